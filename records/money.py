"""Amounts and other numbers as clerks write them, to exact decimals: 1.2万元, 约800, 伍万元整, 无.

A range gives no value. A word for none is zero and said to be one; a slash or
a dash is a blank, which is not zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from records.parsing import BLANK, Parsed, Problem, error, info, is_blank, read_digits, warning
from records.values import Value, narrow


@dataclass(frozen=True, slots=True)
class Words:
    """What may stand round a number of one sort, its decimal places, the prefix of its problems' codes."""

    name: str
    before: str
    after: str
    places: int


MONEY = Words("money", "人民币|RMB|CNY|[¥￥]", "[元圆块]?钱?[整正]?(?:/?每?[年月])?", places=2)
AREA = Words("number", "面积|建筑面积", "(?:平方米|平方|平米|平|m2|m²|M2)?", places=4)
COUNT = Words("integer", "共", "(?:口人|人|口|个|名|户)?", places=0)

_NONE = frozenset({"无", "没有", "无收入", "没有收入", "暂无"})
_ABOUT = "大约|大概|约|近|≈|~"
_ROUND = (
    "(?:(?P<words>{before})|(?P<about>"
    + _ABOUT
    + "))*(?P<bare>.+?)(?P<more>多|余)?{after}(?P<roughly>左右|上下)?"
)
_DASHES = str.maketrans("‐‑‒–—―−～，", "-------~,")
_RANGE = re.compile(r"(?P<low>.+?)(?:-|~|至|到)(?P<high>.+)")

_NUMERALS = {char: str(digit) for digit, chars in enumerate(
    ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
) for char in chars}  # fmt: skip
_PLAIN_UNITS = str.maketrans("圆块仟佰拾毛正", "元元千百十角整")

_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?|[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,6})?")
_POINTED = re.compile(r"(?P<thousands>[0-9]{1,3}(\.[0-9]{3})+)(?P<decimals>\.[0-9]{2})")
"""Points for the commas between thousands, told from decimals by the two places behind the last."""
_COINED = re.compile(r"(?P<yuan>.+?)元(?:0?(?P<jiao>[0-9])角)?(?:0?(?P<fen>[0-9])分)?整?")
_SCALED = re.compile(r"(?:(?P<yi>[^亿]+)亿)?(?:(?P<wan>[^万]+)万)?(?P<rest>[^亿万]*)")
_SECTION = re.compile(
    r"(?:(?P<thousands>[0-9.]+)千)?(?:0?(?P<hundreds>[0-9.]+)百)?"
    r"(?:(?P<none>0)十|0?(?P<tens>[0-9.]*)十)?(?:(?P<zero>0)?(?P<ones>[0-9]))?"
)


def parse(text: str, words: Words = MONEY, unit: str | None = None) -> Parsed:
    """The number that a cell holds; `words` are what may stand round it, `unit` the field's, as 元/月."""
    if is_blank(text):
        return BLANK
    written = narrow(text).rstrip("。.，,、；;")
    if written in _NONE:
        return Parsed(Decimal(0), (info(f"{words.name}_none_word", text=written),))
    plain = written.translate(_DASHES)
    number, about = _coins(plain), False
    if number is None:
        number, about = _stripped(plain, words)
    if number is None:
        return _unreadable(written, plain, words)
    if _places(number) > words.places or _written_places(plain) > max(words.places, 1):
        return Parsed(None, (error(f"{words.name}_places", text=written),), _without_point(plain, words))
    return Parsed(_tidy(number), _doubts(written, about, words, unit))


def read(bare: str) -> Decimal | None:
    """The number of a bare text, Arabic or Chinese, with units or without; None when it is none."""
    if _PLAIN.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    pointed = _POINTED.fullmatch(bare)
    if pointed:
        return Decimal(pointed["thousands"].replace(".", "") + pointed["decimals"])
    scaled = _SCALED.fullmatch("".join(_NUMERALS.get(char, char) for char in bare).translate(_PLAIN_UNITS))
    return _sum(scaled["yi"], scaled["wan"], scaled["rest"]) if scaled and bare else None


def show(number: Decimal) -> str:
    """A number without an exponent and without needless zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def check(number: Decimal, words: Words = MONEY) -> tuple[Problem, ...]:
    """What is wrong with a number by itself."""
    if number < 0:
        return (error(f"{words.name}_negative", text=show(number)),)
    return () if _places(number) <= words.places else (error(f"{words.name}_places", text=show(number)),)


def _doubts(written: str, about: bool, words: Words, unit: str | None) -> tuple[Problem, ...]:
    doubts = []
    if about:
        doubts.append(warning(f"{words.name}_about", text=written))
    period = re.search("[年月]$", written)
    if period and unit and not unit.endswith(period[0]):
        doubts.append(warning(f"{words.name}_other_period", text=written, unit=unit))
    return tuple(doubts)


def _coins(text: str) -> Decimal | None:
    """Yuan with 角 or 分 behind them, as on invoices."""
    found = _COINED.fullmatch("".join(_NUMERALS.get(char, char) for char in text).translate(_PLAIN_UNITS))
    if not found or not (found["jiao"] or found["fen"]):
        return None
    yuan = read(re.sub(MONEY.before, "", found["yuan"]))
    return None if yuan is None else yuan + Decimal(f"0.{found['jiao'] or 0}{found['fen'] or 0}")


def _stripped(text: str, words: Words) -> tuple[Decimal | None, bool]:
    """The number without the words round it, and whether they say that it is only about right."""
    found = re.fullmatch(_ROUND.format(before=words.before, after=words.after), text)
    if not found:
        return None, False
    return read(found["bare"]), any(found[name] for name in ("about", "more", "roughly"))


def _sum(yi: str | None, wan: str | None, rest: str) -> Decimal | None:
    if rest and (yi or wan) and not _fills(rest):
        return None
    parts = [(yi, 10**8), (wan, 10**4), (rest, 1)]
    sections = [(_section(part), scale) for part, scale in parts if part]
    if any(section is None for section, _ in sections):
        return None
    return (
        sum((section * scale for section, scale in sections if section is not None), Decimal(0)).normalize()
        + 0
    )


def _fills(rest: str) -> bool:
    """Whether digits behind 万 are clear: 1万2000, 1万2千 and 1万零2 are, 1万2 may be 12000."""
    return rest.startswith("0") or re.fullmatch(r"[0-9]{4}(\.[0-9]+)?|.*[千百十].*", rest) is not None


def _section(text: str) -> Decimal | None:
    """A number below 万 (with 千, 百, 十) or plain digits; None when it is none."""
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", ""))
    found = _SECTION.fullmatch(text)
    if not found:
        return None
    higher = [found[name] for name in ("thousands", "hundreds")]
    if found["ones"] and not found["zero"] and found["tens"] is found["none"] is None and any(higher):
        return None  # 三千五 is 3500 to most and 3005 to some
    tens = "1" if found["tens"] == "" else found["tens"]
    digits = (*higher, tens, found["ones"])
    if any(part and not _PLAIN.fullmatch(part) for part in digits):
        return None
    return sum((Decimal(part) * 10 ** (3 - place) for place, part in enumerate(digits) if part), Decimal(0))


def _tidy(number: Decimal) -> Decimal:
    return Decimal(show(number))


def _places(number: Decimal) -> int:
    return len(show(number).partition(".")[2])


def _written_places(plain: str) -> int:
    """Decimals as written, needless zeros too: 1.200 may be a foreigner's 1200. Units move the point."""
    found = re.search(r"\.([0-9]+)(?![0-9]*[.千仟百佰万亿])", plain)
    return len(found[1]) if found else 0


def _without_point(plain: str, words: Words) -> tuple[Value, ...]:
    thousands = (
        _stripped(plain.replace(".", ""), words)[0] if re.search(r"\.[0-9]{3}(?![0-9])", plain) else None
    )
    return () if thousands is None else (thousands,)


def _unreadable(written: str, plain: str, words: Words) -> Parsed:
    span = _RANGE.fullmatch(plain)
    ends = [_stripped(end, words)[0] for end in (span["low"], span["high"])] if span else []
    if span and None not in ends:
        return Parsed(None, (error(f"{words.name}_range", text=written),), tuple(ends))
    meant = _stripped(read_digits(plain), words)[0]
    candidates = () if meant is None or _places(meant) > words.places else (_tidy(meant),)
    return Parsed(None, (error(f"{words.name}_unreadable", text=written),), candidates)
