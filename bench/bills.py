"""Drawn invoices and hospital papers with their truths: `python -m bench.bills OUT --count 60 --seed 3`.

In: a seed. Out: pictures, worn as scans are, and beside each a JSON of what
stands on it. Layouts, wording, order of columns, typefaces, the ink of the
printed form and the wear come by chance; people and hospitals are invented, no
real seal is drawn.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.hands import Style, installed
from bench.medical import capitals
from bench.typefaces import use_typefaces
from bench.wear import DPI, WEAR, Picture
from docgen.fonts import present_fonts

Told = Mapping[str, Any]
Colour = tuple[int, int, int]
_BLACK, _RED, _BROWN, _BLUE = (35, 35, 35), (190, 40, 45), (140, 75, 40), (40, 60, 150)
_SURNAMES, _GIVEN = (
    "王李张刘陈杨周徐沈俞竺裘寿娄章施",
    "建国军伟强明华志海平刚文斌秀英丽芳娟敏静燕艳玲月岚祥根",
)
_PLACES = ("越州", "稽东", "镜湖", "嵊北", "诸山", "上浦", "兰亭", "河桥")
_SORTS = ("市人民医院", "市中心医院", "县中医院", "妇幼保健院", "肿瘤医院", "镇卫生院", "大学附属第二医院")
_ILLNESSES = (
    "乳腺癌",
    "胃恶性肿瘤",
    "慢性肾功能衰竭",
    "脑梗死",
    "冠状动脉粥样硬化性心脏病",
    "急性白血病",
    "肝硬化",
)
_ITEMS = ("床位费", "诊察费", "检查费", "化验费", "治疗费", "手术费", "护理费", "西药费", "中药费", "材料费")
WORN = (
    *(
        "scanner",
        "scanner",
        "fine",
        "tilted",
        "grey",
        "low_ink",
        "fax",
        "copies",
        "coarse_150",
        "sealed",
        "sealed",
    ),
    *(
        "folded",
        "streaks",
        "squeezed",
        "shining_through",
        "sideways",
        "upside_down",
        "overexposed",
        "too_dark",
    ),
    *("phone", "phone", "phone_steep", "phone_dim", "phone_curl"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to draw on in millimetres: printed words in one typeface and ink, filled-in ones in another."""

    picture: Image.Image
    pen: ImageDraw.ImageDraw
    printed: Style
    filled: Style
    ink: Colour

    @classmethod
    def of(cls, size: tuple[float, float], random: Random, printed: Style, filled: Style) -> Sheet:
        """An empty sheet."""
        picture = Image.new("RGB", (_pixels(size[0]), _pixels(size[1])), (255, 255, 255))
        ink = random.choice((_BLACK, _BLACK, _BLACK, _BROWN, _RED, _BLUE))
        return cls(picture, ImageDraw.Draw(picture), printed, filled, ink)

    def write(self, x: float, y: float, text: str, size: float = 4.0, colour: Colour | None = None) -> float:
        """Printed words; gives where they end."""
        return self._put(x, y, text, self.printed, size, colour or self.ink)

    def fill(self, x: float, y: float, text: str, size: float = 4.0) -> float:
        """Words filled in; gives where they end."""
        return self._put(x, y, text, self.filled, size * self.filled.scale, _BLACK)

    def _put(self, x: float, y: float, text: str, style: Style, size: float, colour: Colour) -> float:
        face = _face(style.font, _pixels(size))
        self.pen.text((_pixels(x), _pixels(y)), text, fill=colour, font=face)
        return x + face.getlength(text) * 25.4 / DPI

    def both(self, x: float, y: float, label: str, text: str, size: float = 4.0, gap: float = 1.5) -> float:
        """A label and what is filled in behind it."""
        return self.fill(self.write(x, y, label, size) + gap, y, text, size)

    def box(self, x: float, y: float, wide: float, high: float) -> None:
        """A ruled box."""
        corners = [_pixels(each) for each in (x, y, x + wide, y + high)]
        self.pen.rectangle(corners, outline=self.ink, width=3)

    def rule(self, x: float, y: float, wide: float) -> None:
        """A ruled line."""
        self.pen.line([_pixels(each) for each in (x, y, x + wide, y)], fill=self.ink, width=2)


def _pixels(millimetres: float) -> int:
    return round(millimetres * DPI / 25.4)


@cache
def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    face = present_fonts().face(name)
    if face is None:
        raise LookupError(name)
    return ImageFont.truetype(str(face.file), size, index=face.index)


def bill(random: Random) -> dict[str, Any]:
    """What stands on an invoice."""
    total = Decimal(random.randint(3000, 4_000_000)) / 100
    if random.random() < 0.3:
        total = Decimal(random.randint(3, 400) * 100)
    reimbursed = (total * Decimal(random.randint(10, 75)) / 100).quantize(Decimal("0.01"))
    digits = random.choice((7, 8, 10))
    return {
        "kind": "invoice",
        "name": _name(random),
        "date": _day(random).isoformat(),
        "hospital": _hospital(random),
        "invoice_number": "".join(random.choice("0123456789") for _ in range(digits)),
        "total": str(total),
        "reimbursed": str(reimbursed),
        "own": str(total - reimbursed),
    }


def treatment(random: Random) -> dict[str, Any]:
    """What stands on a hospital record."""
    return {
        "kind": "hospital",
        "name": _name(random),
        "date": _day(random).isoformat(),
        "hospital": _hospital(random),
        "illness": random.choice(_ILLNESSES),
    }


def _name(random: Random) -> str:
    return random.choice(_SURNAMES) + "".join(random.sample(_GIVEN, random.choice((1, 2, 2))))


def _day(random: Random) -> date:
    return date(2010, 1, 1) + timedelta(days=random.randrange(365))


def _hospital(random: Random) -> str:
    return random.choice(_PLACES) + random.choice(_SORTS)


def _said(day: str, random: Random) -> str:
    year, month, date_ = day.split("-")
    shapes = (
        day,
        f"{year}年{int(month)}月{int(date_)}日",
        f"{year}年{month}月{date_}日",
        f"{year}.{month}.{date_}",
    )
    return random.choice((*shapes, f"{year}/{month}/{date_}"))


def _money(amount: str, random: Random) -> str:
    return random.choice(("{:.2f}", "{:,.2f}", "￥{:.2f}", "{:.2f}元")).format(Decimal(amount))


def _shares(told: Told, random: Random, count: int) -> list[tuple[str, str]]:
    """Items that add up to the total."""
    left, found = Decimal(told["total"]), []
    for name in random.sample(_ITEMS, count - 1):
        part = (left * Decimal(random.randint(5, 50)) / 100).quantize(Decimal("0.01"))
        found.append((name, f"{part:.2f}"))
        left -= part
    return [*found, ("其他费", f"{left:.2f}")]


def _split(amount: str, random: Random) -> tuple[str, str]:
    part = (Decimal(amount) * Decimal(random.randint(10, 90)) / 100).quantize(Decimal("0.01"))
    return f"{part:.2f}", f"{Decimal(amount) - part:.2f}"


# --- layouts


def receipt(told: Told, random: Random, sheet: Sheet) -> None:
    """An old receipt: boxes, items in pairs, the number printed in red."""
    sheet.write(60, 8, random.choice(("医疗住院收费收据", "医疗门诊收费票据", "住院医药费收据")), 7)
    sheet.write(
        148, 18, random.choice(("No. ", "№ ", "NO：", "票据号码：")) + told["invoice_number"], 4.6, _RED
    )
    sheet.both(
        15, 18, random.choice(("收款单位：", "医院名称：", "收款单位（盖章）：")), told["hospital"], 4.2
    )
    cells = [("姓名", told["name"]), ("日期", _said(told["date"], random))]
    cells[0] = (random.choice(("姓名", "交款人", "患者姓名")), told["name"])
    y = 28.0
    for place, (label, text) in enumerate([*cells, *_shares(told, random, random.choice((4, 6)))]):
        x = 15 + 90 * (place % 2)
        sheet.box(x, y, 90, 9)
        sheet.both(x + 2, y + 2.4, label, text, gap=random.choice((1.5, 8)))
        y += 9 * (place % 2)
    words = random.choice(("合计（大写）", "合计人民币（大写）", "金额合计（大写）："))
    sheet.box(15, y, 180, 9)
    end = sheet.both(17, y + 2.4, words, capitals(Decimal(told["total"])))
    sheet.fill(end + 10, y + 2.4, f"￥{Decimal(told['total']):.2f}")
    pair = [
        (random.choice(("医保支付", "统筹支付", "医保报销", "医保统筹支付")), told["reimbursed"]),
        (random.choice(("个人支付", "个人自负", "个人负担", "自负")), told["own"]),
    ]
    for place, (label, amount) in enumerate(random.sample(pair, 2)):
        sheet.box(15 + 90 * place, y + 9, 90, 9)
        sheet.both(17 + 90 * place, y + 11.4, label, f"{Decimal(amount):.2f}")
    sheet.write(15, y + 24, "收款人：", 4)
    sheet.write(105, y + 24, "收款单位（盖章）", 4)


def national(told: Told, random: Random, sheet: Sheet) -> None:
    """The ministry's invoice: codes on top, three columns of items, a block of further figures."""
    sheet.write(52, 8, random.choice(("浙江省医疗住院收费票据（电子）", "医疗门诊收费票据（电子）")), 6)
    code = "".join(random.choice("0123456789") for _ in range(8))
    head = [("票据代码：", code, 15.0, 22.0), ("票据号码：", told["invoice_number"], 125.0, 22.0)]
    head += [("交款人统一社会信用代码：", "", 15.0, 29.0), ("校验码：", code[:6], 125.0, 29.0)]
    head += [("交款人：", told["name"], 15.0, 36.0), ("开票日期：", _said(told["date"], random), 125.0, 36.0)]
    for label, text, x, y in head:
        sheet.both(x, y, label, text)
    sheet.box(15, 44, 180, 38)
    for x, label in ((20, "项目名称"), (75, "数量/单位"), (105, "金额（元）"), (140, "备注")):
        sheet.write(x, 46, label)
    for place, (name, amount) in enumerate(_shares(told, random, 4)):
        sheet.fill(20, 53 + 6 * place, name)
        sheet.fill(80, 53 + 6 * place, "1.00")
        sheet.fill(105, 53 + 6 * place, amount)
    sheet.box(15, 82, 180, 9)
    sheet.both(17, 84.4, "金额合计（大写）", capitals(Decimal(told["total"])))
    sheet.both(135, 84.4, "（小写）", f"{Decimal(told['total']):.2f}")
    sheet.box(15, 91, 180, 26)
    account, cash = _split(told["own"], random)
    own = random.choice(
        (
            [("个人账户支付：", account), ("个人现金支付：", cash)],
            [("个人自付：", account), ("个人自费：", cash)],
        )
    )
    figures = [
        ("业务流水号：", code + "01"),
        ("住院号：", code[2:]),
        ("医疗机构类型：", "综合医院"),
        ("性别：", random.choice("男女")),
        ("医保类型：", "职工基本医疗保险"),
        ("医保统筹基金支付：", f"{Decimal(told['reimbursed']):.2f}"),
        ("其他支付：", "0.00"),
        *own,
    ]
    for place, (label, text) in enumerate(figures):
        sheet.both(17 + 60 * (place % 3), 93 + 7.5 * (place // 3), label, text, 3.6)
    sheet.both(15, 120, "收款单位（章）：", told["hospital"])
    sheet.write(105, 120, "复核人：")
    sheet.write(150, 120, "收款人：")


def tax(told: Told, random: Random, sheet: Sheet) -> None:
    """A tax invoice of a private hospital."""
    sheet.write(58, 6, random.choice(("浙江增值税电子普通发票", "浙江省增值税普通发票")), 6.5)
    code = "".join(random.choice("0123456789") for _ in range(12))
    for place, (label, text) in enumerate(
        (
            ("发票代码：", code),
            ("发票号码：", told["invoice_number"]),
            ("开票日期：", _said(told["date"], random)),
            ("校验码：", f"{code[:5]} {code[5:10]}"),
        )
    ):
        sheet.both(138, 12 + 6 * place, label, text, 3.6)
    sheet.box(12, 38, 186, 22)
    sheet.both(18, 41, "名    称：", told["name"], 3.8)
    sheet.write(18, 47, "纳税人识别号：", 3.8)
    sheet.write(18, 53, "地址、电话：", 3.8)
    sheet.box(12, 60, 186, 30)
    for x, label in (
        (18, "货物或应税劳务、服务名称"),
        (80, "数量"),
        (105, "单价"),
        (130, "金额"),
        (160, "税额"),
    ):
        sheet.write(x, 62, label, 3.6)
    for place, (name, amount) in enumerate(_shares(told, random, 3)):
        sheet.fill(18, 68 + 6 * place, f"*医疗服务*{name}", 3.6)
        sheet.fill(130, 68 + 6 * place, amount, 3.6)
        sheet.fill(160, 68 + 6 * place, "免税", 3.6)
    sheet.box(12, 90, 186, 9)
    sheet.both(18, 92.2, "价税合计（大写）", capitals(Decimal(told["total"])), 3.8)
    sheet.both(140, 92.2, "（小写）", f"¥{Decimal(told['total']):.2f}", 3.8)
    sheet.box(12, 99, 186, 22)
    sheet.both(18, 101.5, "名    称：", told["hospital"], 3.8)
    sheet.write(18, 108, "纳税人识别号：", 3.8)
    sheet.both(110, 101.5, "备注：医保统筹支付", f"{Decimal(told['reimbursed']):.2f}", 3.6)
    sheet.both(110, 108, "个人支付", f"{Decimal(told['own']):.2f}", 3.6)


def settlement(told: Told, random: Random, sheet: Sheet) -> None:
    """A settlement sheet: figures below the heads of columns, in any order."""
    sheet.fill(60, 10, told["hospital"], 6)
    sheet.write(70, 20, random.choice(("住院费用结算单", "医疗费用结算单", "出院结算发票")), 6)
    sheet.both(15, 32, "姓名：", told["name"])
    sheet.both(75, 32, "住院号：", "".join(random.choice("0123456789") for _ in range(6)))
    sheet.both(130, 32, "结算日期：", _said(told["date"], random))
    sheet.both(15, 40, random.choice(("发票号：", "票据号：", "收据号码：")), told["invoice_number"])
    heads = [
        (random.choice(("费用总额", "总费用", "费用合计")), told["total"]),
        (random.choice(("统筹支付", "医保支付", "报销金额")), told["reimbursed"]),
        (random.choice(("个人自负", "个人支付", "自负金额")), told["own"]),
        ("起付标准", "800.00"),
    ]
    for place, (label, amount) in enumerate(random.sample(heads, 4)):
        sheet.box(15 + 45 * place, 50, 45, 9)
        sheet.write(25 + 45 * place, 52.4, label)
        sheet.box(15 + 45 * place, 59, 45, 9)
        sheet.fill(25 + 45 * place, 61.4, f"{Decimal(amount):.2f}")
    for place, (name, amount) in enumerate(_shares(told, random, 6)):
        sheet.both(17 + 60 * (place % 3), 74 + 8 * (place // 3), name, amount)
    sheet.both(15, 96, "合计大写：", capitals(Decimal(told["total"])))
    sheet.write(130, 104, "经办人：")


def slip(told: Told, random: Random, sheet: Sheet) -> None:
    """A narrow slip from a till: a label and its value in each line."""
    sheet.fill(12, 6, told["hospital"], 4.6)
    sheet.write(20, 14, random.choice(("门诊收费票据", "收费收据", "门诊发票")), 4.6)
    lines = [
        (random.choice(("票据号：", "发票号码：")), told["invoice_number"]),
        (random.choice(("姓名：", "患者姓名：")), told["name"]),
        (random.choice(("收费日期：", "日期：")), _said(told["date"], random)),
        *((f"{name}：", amount) for name, amount in _shares(told, random, 4)),
        (random.choice(("合计：", "总金额：")), _money(told["total"], random)),
        ("大写：", capitals(Decimal(told["total"]))),
        (random.choice(("医保支付：", "基金支付：")), _money(told["reimbursed"], random)),
        (random.choice(("个人支付：", "现金支付：")), _money(told["own"], random)),
        ("收费员：", "03"),
    ]
    for place, (label, text) in enumerate(lines):
        sheet.both(6, 24 + 7 * place, label, text, 3.6)


def discharge(told: Told, random: Random, sheet: Sheet) -> None:
    """A discharge record: a head with boxes, then paragraphs."""
    sheet.fill(70, 16, told["hospital"], 7)
    sheet.write(85, 28, random.choice(("出院小结", "出院记录", "出 院 记 录")), 6)
    came = (date.fromisoformat(told["date"]) - timedelta(days=random.randint(4, 40))).isoformat()
    sheet.both(20, 44, random.choice(("姓名：", "姓名", "患者姓名：")), told["name"])
    sheet.both(70, 44, "性别：", random.choice("男女"))
    sheet.both(105, 44, "年龄：", f"{random.randint(30, 75)}岁")
    sheet.both(145, 44, "住院号：", str(random.randint(100000, 999999)))
    sheet.both(20, 53, "入院日期：", _said(came, random))
    sheet.both(105, 53, random.choice(("出院日期：", "出院时间：")), _said(told["date"], random))
    sheet.rule(18, 61, 175)
    sheet.both(20, 66, "入院诊断：", told["illness"])
    sheet.both(20, 75, random.choice(("出院诊断：", "主要诊断：")), told["illness"])
    for place, line in enumerate(
        (
            "入院情况：患者因身体不适入院，查体一般情况可，检查后收治。",
            "诊疗经过：予手术及药物治疗，病情好转，情况平稳。",
            "出院情况：一般情况可，无明显不适。",
            "出院医嘱：按期复查，继续服药，注意休息，不适随诊。",
        )
    ):
        sheet.fill(20, 88 + 16 * place, line)
    sheet.write(120, 160, "医师签名：")
    sheet.fill(150, 172, _said(told["date"], random))


def certificate(told: Told, random: Random, sheet: Sheet) -> None:
    """A certificate of an illness, its date at the foot."""
    sheet.fill(60, 14, told["hospital"], 6.5)
    sheet.write(72, 25, random.choice(("疾病诊断证明书", "诊断证明书", "病情证明单")), 6.5)
    sheet.both(22, 42, "姓名：", told["name"], 4.6)
    sheet.both(80, 42, "性别：", random.choice("男女"), 4.6)
    sheet.both(120, 42, "科别：", random.choice(("内科", "外科", "肿瘤科")), 4.6)
    sheet.both(22, 56, random.choice(("临床诊断：", "诊断：", "诊断意见：")), told["illness"], 4.6)
    sheet.both(22, 72, "处理意见：", "建议休息一个月，定期复查。", 4.6)
    sheet.both(110, 96, "医师：", "", 4.6)
    sheet.both(110, 106, random.choice(("日期：", "开具日期：")), _said(told["date"], random), 4.6)


LAYOUTS: Mapping[str, tuple[tuple[float, float], Callable[[Told, Random, Sheet], None]]] = {
    "receipt": ((210, 127), receipt),
    "national": ((210, 135), national),
    "tax": ((210, 130), tax),
    "settlement": ((210, 120), settlement),
    "slip": ((80, 125), slip),
    "discharge": ((210, 200), discharge),
    "certificate": ((210, 140), certificate),
}
_RECORDS = ("discharge", "certificate")


def drawn(
    seed: int, place: int, worn: Sequence[str] = WORN, held_back: bool = False
) -> tuple[Picture, dict[str, Any]]:
    """The picture of one paper and its truth."""
    random, chance = Random(f"{seed}-{place}"), np.random.default_rng((seed, place))
    name = list(LAYOUTS)[place % len(LAYOUTS)]
    told = treatment(random) if name in _RECORDS else bill(random)
    size, layout = LAYOUTS[name]
    hands = installed(held_back)
    printed = random.choice([style for style in hands if not style.hand])
    filled = random.choice([style for style in hands if not style.hand or name in ("receipt", *_RECORDS)])
    sheet = Sheet.of(size, random, printed, filled)
    layout(told, random, sheet)
    wear = random.choice(list(worn))
    picture = WEAR[wear](_on_paper(sheet.picture), chance)
    return picture, {**told, "layout": name, "profile": wear, "style": filled.name}


def _on_paper(sheet: Image.Image) -> Picture:
    """The sheet with the paper around it that a scanner sees."""
    picture: Picture = np.ascontiguousarray(np.asarray(sheet)[:, :, ::-1])
    edge = _pixels(8)
    return cv2.copyMakeBorder(picture, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(255, 255, 255))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.bills", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=42)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=WORN, help="these kinds of wear alone")
    parser.add_argument("--held-back", action="store_true", help="with the hands that are kept for judging")
    asked = parser.parse_args(arguments)
    use_typefaces()
    asked.out.mkdir(parents=True, exist_ok=True)
    for place in range(asked.count):
        picture, told = drawn(asked.seed, place, asked.only, asked.held_back)
        file = asked.out / f"{place:03}-{told['layout']}-{told['profile']}.jpg"
        cv2.imwrite(str(file), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
        file.with_suffix(".json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
