"""Dates as clerks write them, to `YYYY[-MM[-DD]]`, as precise as the paper.

Arabic and Chinese numerals, with any of the zeros that stand in Chinese years;
a two-digit year or an impossible date gives no value but candidates to ask about.
"""

from __future__ import annotations

import re
from datetime import date

from records.parsing import BLANK, Parsed, Problem, error, is_blank, read_digits
from records.values import narrow

EARLIEST, LATEST = 1850, 2100
_SURELY_LAST_CENTURY = 50

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_TIME_OF_DAY = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$")
# In a printed sentence a date stands in brackets; behind 日 the closing one, or a piece of it, may follow.
_SEPARATED = re.compile(
    r"(?P<year>[0-9]+)(?:[-./年](?:(?P<month>[0-9]{1,2})(?:[-./月](?:(?P<day>[0-9]{1,2})(?:[日号]\W?)?)?)?)?)?[.。]?"
)
_RUN_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?")
_SHORT_RUN = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")
_YEARLESS = re.compile(r"[0-9]{1,2}月([0-9]{1,2}[日号]?)?")
_PRINTED_BLANK = re.compile(r"年?月?日?")
_UNFILLED = re.compile(r"(?<=年)月日?$|(?<=月)日$")
_INSIDE = re.compile(r"(?<![0-9])[0-9]{4}[-./年][0-9]{1,2}(?:[-./月][0-9]{1,2})?(?![0-9])")

# 〇 and its look-alikes: U+25CB, U+25EF, U+3007, the Greek and the Latin O, and the word for zero.
_NUMERALS = {char: str(digit) for digit, chars in enumerate(
    ("〇○◯零OoΟ", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
) for char in chars}  # fmt: skip
_TENS = re.compile(r"([1-3]?)[十拾]([1-9]?)")
_SPECIAL = (("元月", "1月"), ("正月", "1月"), ("廿", "二十"), ("卅", "三十"))
_DASHES = str.maketrans("‐‑‒–—―−·、,，", "-------....")


def parse(text: str) -> Parsed:
    """The date that a cell holds, as precise as it was written."""
    written = narrow(_TIME_OF_DAY.sub("", text.strip()))
    if is_blank(written) or _PRINTED_BLANK.fullmatch(written):
        return BLANK
    plain = _UNFILLED.sub("", _arabic(written).translate(_DASHES))
    return _run_together(plain, written) or _separated(plain, written) or _unreadable(plain, written)


def check(value: str) -> tuple[Problem, ...]:
    """What is wrong with a date in normal form."""
    found = _ISO.fullmatch(value)
    if not found:
        return (error("date_unreadable", text=value),)
    return () if _exists(*found.groups()) else (error("date_impossible", text=value),)


def precision(value: str) -> str:
    """`year`, `month` or `day`, of a date in normal form."""
    return ("year", "month", "day")[value.count("-")]


def span(value: str) -> tuple[date, date]:
    """The first and the last day that a date in normal form may mean; raises ValueError."""
    found = _ISO.fullmatch(value)
    if not found:
        raise ValueError(f"no date: {value}")
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or month is None:
        return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    if day is None:
        following = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), date.fromordinal(following.toordinal() - 1)
    return date(year, month, day), date(year, month, day)


def agree(one: str, other: str) -> bool:
    """Whether two dates in normal form may be the same day."""
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer.startswith(f"{shorter}-")


def years_between(start: date, end: date) -> int:
    """Whole years from one day to another; an anniversary counts when it is reached."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _arabic(text: str) -> str:
    for special, meant in _SPECIAL:
        text = text.replace(special, meant)
    if not re.search("[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]", text):
        return text
    text = "".join(_NUMERALS.get(char, char) for char in text)
    return _TENS.sub(lambda ten: f"{int(ten[1] or 1) * 10 + int(ten[2] or 0)}", text)


def _run_together(plain: str, written: str) -> Parsed | None:
    found = _RUN_TOGETHER.fullmatch(plain)
    if found and _exists(*found.groups()):
        return Parsed(_iso(*found.groups()))
    short = _SHORT_RUN.fullmatch(plain)
    if short:
        return _two_digits(short[1], short[2], short[3], written)
    return Parsed(None, (error("date_impossible", text=written),)) if found else None


def _separated(plain: str, written: str) -> Parsed | None:
    found = _SEPARATED.fullmatch(plain)
    if not found or (plain == found["year"] and len(plain) != 4):
        return None
    year, month, day = found["year"], found["month"], found["day"]
    if len(year) == 2:
        return _two_digits(year, month, day, written)
    if len(year) != 4 or not _exists(year, month, day):
        return Parsed(None, (error("date_impossible", text=written),))
    return Parsed(_iso(year, month, day))


def _two_digits(year: str, month: str | None, day: str | None, written: str) -> Parsed | None:
    centuries = ("19", "20") if int(year) < _SURELY_LAST_CENTURY else ("19",)
    meant = [century + year for century in centuries if _exists(century + year, month, day)]
    if not meant:
        return Parsed(None, (error("date_impossible", text=written),))
    candidates = tuple(_iso(full, month, day) for full in meant)
    return Parsed(None, (error("date_two_digit_year", text=written),), candidates)


def _unreadable(plain: str, written: str) -> Parsed:
    if _YEARLESS.fullmatch(plain):
        return Parsed(None, (error("date_without_year", text=written),))
    return Parsed(None, (error("date_unreadable", text=written),), _meant(plain))


def _meant(plain: str) -> tuple[str, ...]:
    """Dates that an unreadable text may mean: letters taken for digits, words around, a lost zero."""
    texts = [read_digits(plain), *_INSIDE.findall(plain)]
    if re.fullmatch(r"[0-9]{7}", plain):
        texts += [f"{plain[:4]}.{plain[4]}.{plain[5:]}", f"{plain[:4]}.{plain[4:6]}.{plain[6]}"]
    if re.fullmatch(r"[0-9]{5}", plain):
        texts.append(f"{plain[:4]}.{plain[4]}")
    found = [_run_together(text, text) or _separated(text, text) for text in texts]
    return tuple(dict.fromkeys(str(parsed.value) for parsed in found if parsed and parsed.value))


def _exists(year: str, month: str | None = None, day: str | None = None) -> bool:
    if not EARLIEST <= int(year) <= LATEST:
        return False
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True


def _iso(year: str, month: str | None = None, day: str | None = None) -> str:
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def official(day: str, numerals: bool = False) -> str:
    """A day in normal form as official papers write it: `2016年9月1日`, or in numerals as before 2012."""
    year, month, number = (part.lstrip("0") for part in day.split("-"))
    if not numerals:
        return f"{year}年{month}月{number}日"
    return f"{''.join(_DIGITS[int(one)] for one in year)}年{_said(int(month))}月{_said(int(number))}日"


_DIGITS = "〇一二三四五六七八九"


def _said(number: int) -> str:
    """A number below a hundred as it is said: 10 is 十, 21 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")
