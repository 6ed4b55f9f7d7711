"""Invented people: a seed and an edition in, a household's values by path out.

Nobody here lives. Identity numbers belong to existing counties of two provinces
and are valid; what an edition asks by a key that is not known here is filled
by its kind and its list, so that a new edition needs nothing of this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from records import identity
from records.editions import Edition, Field
from records.values import Value, Values, row_path

_PROVINCES = ("41", "33")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤裘寿娄"
)
_DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛")
_MALE = "建国军伟强勇明华志海平刚文斌波涛辉杰鹏飞宏祥根富贵福泉水木荣昌春林宝成松柏彬浩然子轩宇晨"
_FEMALE = "秀英丽芳娟敏静燕艳玲桂兰凤珍梅霞红云萍琴香月莲彩翠珠雪晴婷欣怡思琪雨涵佩瑶"
_STREETS = (
    "人民路",
    "解放东路",
    "胜利西路",
    "建设大道",
    "中山街",
    "延安路",
    "环城北路",
    "新华街",
    "和平巷",
    "鲁迅中路",
    "工人新村",
    "文明大道",
)
_TRADES = (
    "棉纺织",
    "机械制造",
    "食品加工",
    "化工",
    "印染",
    "水泥",
    "轴承",
    "造纸",
    "制药",
    "五金工具",
    "丝绸",
    "酿酒",
    "电机",
    "农药",
)
_UNITS = ("有限责任公司", "总厂", "厂", "集团公司", "股份有限公司")
_OFFICES = ("环卫处", "公交总公司", "第二人民医院", "自来水公司", "市政工程公司", "粮食局", "供销社")
_SCHOOLS = ("第一中学", "实验小学", "职业技术学院", "第三初级中学", "中心幼儿园")
_BANKS = ("中国工商银行", "中国农业银行", "中国建设银行", "中国银行", "交通银行", "中国邮政储蓄银行")
_REMARKS = (
    *("女儿就读绍兴文理学院", "子女在读大学，学费负担重", "2015年手术自费3.2万元", "父母年迈需赡养"),
    *("租住公租房，无其他房产", "本人长期服药，医疗费用高", "已享受低保待遇", "配偶下岗多年，打零工维持生活"),
)
_DISABILITIES = ("肢体三级", "视力残疾二级", "听力残疾", "智力四级")
_TODAY = date(2016, 10, 28)


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody invented: what every form may ask about them."""

    name: str
    male: bool
    born: date
    id_number: str


def household(edition: Edition, random: Random) -> Values:
    """A household's values as the edition asks them, blanks included."""
    county = random.choice(_counties())
    worker = _person(random, county, 30, 58)
    members = [_member(random, county, worker, place) for place in range(random.choice((0, 1, 2, 2, 3, 4)))]
    facts = _facts(random, county, worker, members)
    values: dict[str, Value] = {}
    for asked in edition.on_paper:
        if asked.is_rows:
            values |= _rows(asked, members, random)
        else:
            values[asked.key] = _value(asked, facts, random)
    return values


@cache
def _counties() -> tuple[identity.Region, ...]:
    codes = (f"{province}{number:04d}" for province in _PROVINCES for number in range(101, 1300))
    found = (identity.region(code + "19650101001X") for code in codes)
    return tuple(county for county in found if county is not None and county.ended is None)


def _person(
    random: Random, county: identity.Region, youngest: int, oldest: int, male: bool | None = None
) -> _Person:
    male = random.random() < 0.5 if male is None else male
    born = _TODAY - timedelta(days=random.randint(youngest * 365, oldest * 365 + 364))
    sequence = random.randint(0, 499) * 2 + (1 if male else 0)
    body = f"{county.code}{born:%Y%m%d}{sequence:03d}"
    return _Person(_name(random, male), male, born, body + identity.check_digit(body))


def _name(random: Random, male: bool) -> str:
    surname = random.choice(_DOUBLE_SURNAMES) if random.random() < 0.04 else random.choice(_SURNAMES)
    given = _MALE if male else _FEMALE
    return surname + "".join(random.sample(given, random.choice((1, 2, 2, 2))))


def _member(random: Random, county: identity.Region, worker: _Person, place: int) -> tuple[str, _Person]:
    if place == 0:
        return ("妻子" if worker.male else "丈夫"), _person(random, county, 28, 60, not worker.male)
    old = random.random() < 0.3
    person = _person(random, county, 62, 85) if old else _person(random, county, 3, 24)
    words = ("父亲", "母亲") if old else ("儿子", "女儿")
    return words[0 if person.male else 1], person


_Facts = Mapping[str, Value]


def _facts(
    random: Random, county: identity.Region, worker: _Person, members: list[tuple[str, _Person]]
) -> _Facts:
    size = len(members) + 1
    own = random.choice((0, 380, 860, 1200, 1450, 1680, 2150))
    yearly = own * 12 + random.choice((0, 3600, 7200, 9600))
    return {
        **_told(worker),
        "household_size": Decimal(size),
        "monthly_income": Decimal(own),
        "household_annual_income": Decimal(yearly),
        "income_per_capita_month": round(Decimal(yearly) / size / 12, 2).normalize() + 0,
        "income_per_capita_year": round(Decimal(yearly) / size, 2).normalize() + 0,
        "registered_region": county.name,
        "address": _address(random, county),
        "is_target": "是",
        "determined_on": f"2016-{random.randint(8, 12):02d}-{random.randint(1, 28):02d}",
        "disability": random.choice(_DISABILITIES) if random.random() < 0.15 else None,
        "work_start": f"{min(worker.born.year + random.randint(17, 24), 2015)}-{random.randint(1, 12):02d}",
        "remarks": random.choice(_REMARKS) if random.random() < 0.7 else None,
        "bank_name": random.choice(_BANKS),
        "bank_branch": f"{county.names[-1]}{random.choice(('城关', '新华', '建设路', '人民路'))}支行",
        "other_contact": _landline(random) if random.random() < 0.3 else None,
        "worker_no": "".join(random.choices("0123456789", k=random.choice((8, 10, 12)))),
    }


def _told(person: _Person) -> dict[str, Value]:
    return {
        "name": person.name,
        "gender": "男" if person.male else "女",
        "id_number": person.id_number,
        "birth_date": person.born.isoformat(),
    }


def _rows(table: Field, members: list[tuple[str, _Person]], random: Random) -> dict[str, Value]:
    keys = {column.key for column in table.fields}
    if "relation" not in keys:
        return {}
    values: dict[str, Value] = {}
    for index, (relation, person) in enumerate(members[: table.printed_rows]):
        facts: dict[str, Value] = {**_told(person), "relation": relation}
        age = (_TODAY - person.born).days // 365
        facts["monthly_income"] = Decimal(random.choice((0, 650, 1100, 1380)) if age >= 18 else 0)
        facts["identity"] = "退休" if age > 60 else random.choice(("在岗", "农民工", "内退", "病休"))
        if age < 19:
            facts |= {"employer": random.choice(_SCHOOLS), "political_status": "群众"}
            facts["identity"] = next(word for least, word in _SCHOOLING if age >= least)
        values |= {row_path(table.key, index, one.key): _value(one, facts, random) for one in table.fields}
    return values


_SCHOOLING = ((16, "高中"), (13, "初中"), (7, "小学"), (0, "幼儿"))


def _value(asked: Field, facts: _Facts, random: Random) -> Value:
    if asked.key in facts:
        return facts[asked.key]
    if asked.prior == "unit" and asked.kind == "text":
        return _unit(random)
    return _BY_KIND[asked.kind](asked, random)


def _choices(asked: Field, random: Random) -> Value:
    real = asked.choices[:-1]
    picked = random.sample(real, random.randint(1, min(asked.at_most or 2, 3, len(real))))
    return tuple(entry for entry in asked.choices if entry in picked)


def _choice(asked: Field, random: Random) -> Value:
    # What most people are stands most often, as on real forms.
    return asked.choices[0] if random.random() < 0.35 else random.choice(asked.choices)


def _text(asked: Field, random: Random) -> Value:
    return _name(random, random.random() < 0.5) if asked.prior == "person" else "无"


def _code(asked: Field, random: Random) -> Value:
    return f"{random.choice((312, 450, 471))}{random.randint(0, 999):03d}"


def _phone(asked: Field, random: Random) -> Value:
    mobile = asked.pattern is not None or random.random() < 0.6
    return f"1{random.choice('35789')}{random.randint(0, 10**9 - 1):09d}" if mobile else _landline(random)


def _landline(random: Random) -> str:
    return f"{random.choice(('0575', '0371', '0378'))}-{random.randint(2_000_0000, 8_999_9999)}"


def _card(asked: Field, random: Random) -> Value:
    body = f"62{random.randint(10**15, 10**16 - 1)}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    total = sum(number // 10 + number % 10 for number in doubled)
    return f"{body}{-total % 10}"


_BY_KIND: Mapping[str, Callable[[Field, Random], Value]] = {
    "choice": _choice,
    "choices": _choices,
    "text": _text,
    "code": _code,
    "phone": _phone,
    "bank_card": _card,
    "money": lambda asked, random: Decimal(random.choice((0, 600, 1800, 3600, 12000))),
    "number": lambda asked, random: Decimal(random.choice(("45", "58.5", "62", "89", "76.3"))),
    "integer": lambda asked, random: Decimal(random.randint(1, 6)),
    "date": lambda asked, random: (
        f"20{random.randint(0, 16):02d}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    ),
    "id_number": lambda asked, random: _person(random, random.choice(_counties()), 20, 60).id_number,
}


def _address(random: Random, county: identity.Region) -> str:
    street = f"{random.choice(_STREETS)}{random.randint(1, 399)}号"
    home = random.choice(
        (
            "",
            f"{random.randint(1, 30)}幢{random.randint(101, 909)}室",
            f"院{random.randint(2, 19)}号楼{random.randint(1, 6)}单元{random.randint(1, 33)}室",
        )
    )
    return f"{county.name}{street}{home}"


def _unit(random: Random) -> str:
    city = random.choice(_counties()).names[-1]
    made = f"{random.choice(_TRADES)}{random.choice(_UNITS)}"
    return random.choice((f"{city}{made}", made, f"{city}{random.choice(_OFFICES)}"))
