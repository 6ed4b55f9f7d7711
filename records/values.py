"""Values in normal form, and the paths under which they stand.

A value is what the contract of reading and importing calls the normal form:
text, a date as `YYYY[-MM[-DD]]`, money and numbers as `Decimal`, a set of
choices as a tuple, a blank as None. A path is a field's key, or
`rows.N.key` for a cell of a table's row N, counted from 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

Value = str | Decimal | tuple[str, ...] | None
Values = Mapping[str, Value]
Plain = str | int | float | list[str] | None
BLANKS: tuple[Value, ...] = (None, "", ())
"""What stands for nothing; 0 is an amount."""


def to_plain(value: Value) -> Plain:
    """The JSON form: money in 元 as a number, choices as a list."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return list(value)
    return value


def from_plain(value: object) -> Value:
    """The normal form of a JSON value; raises ValueError for what no field holds."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise ValueError(f"true and false are no values: {value!r}")  # noqa: TRY004 - one error for outside data
    if isinstance(value, int | float | Decimal):
        return _finite(Decimal(str(value)))
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(entry, str) for entry in value):
        return tuple(value) or None
    raise ValueError(f"no value: {value!r}")


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError(f"no number: {number}")
    return number


def row_path(rows: str, index: int, key: str) -> str:
    """The path of a cell in row `index` (from 0) of a table field."""
    return f"{rows}.{index}.{key}"


def split_path(path: str) -> tuple[str, int | None, str]:
    """(key, None, key) of a plain field, or (rows, index, key) of a table's cell; raises ValueError."""
    parts = path.split(".")
    if len(parts) == 1:
        return path, None, path
    if len(parts) == 3 and _INDEX.fullmatch(parts[1]):
        return parts[0], int(parts[1]), parts[2]
    raise ValueError(f"no path: {path}")


def key_of(path: str) -> str:
    """The field that a path is of: a plain one's key, or `table.column`; raises ValueError."""
    table, index, key = split_path(path)
    return key if index is None else f"{table}.{key}"


# One spelling for each row, so that a value has one path.
_INDEX = re.compile(r"0|[1-9][0-9]{0,3}")


def row_count(rows: str, paths: Iterable[str]) -> int:
    """How many rows of a table field these paths hold."""
    indexes = [split_path(path)[1] for path in paths if path.startswith(f"{rows}.")]
    return max((index for index in indexes if index is not None), default=-1) + 1


def narrow(text: str) -> str:
    """Full-width digits and letters made half-width, spaces inside Chinese text removed.

    NFKC also unifies look-alike radicals that PDF writers leave behind (⾏ → 行).
    Chinese brackets and commas stay as the paper has them.
    """
    kept = "".join(char if char in _CHINESE_MARKS else _narrow_char(char) for char in text)
    return _SPACES.sub(_space, kept).strip()


_SPACES = re.compile(r"(?<=([A-Za-z]))?\s+(?=([A-Za-z]))?")
_CHINESE_MARKS = frozenset("（）：；，。、！？“”‘’《》〔〕")


def _space(gap: re.Match[str]) -> str:
    # A space stays only between two Latin words.
    return " " if gap[1] and gap[2] else ""


@lru_cache(maxsize=32768)
def _narrow_char(char: str) -> str:
    if unicodedata.category(char) == "Cf":  # zero-width marks that Word and PDF writers leave behind
        return ""
    return _RADICALS.get(char) or unicodedata.normalize("NFKC", char)


# CJK Radicals Supplement with their unified ideographs (Unicode: EquivalentUnifiedIdeograph.txt).
_RADICALS = dict(
    zip(
        "⺁⺄⺈⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺗⺘⺙⺛⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⻀⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻍⻎⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻯⻰⻳",
        "厂乙刀卩小小尢尣尢尣巳幺彑心手攴旡歹母民氵水灬爪爫丬牛犭王疋目示礻竹糸纟网罒网罓罒羊羊羊耂肀聿肉臼艹艹衤覀西见角讠贝足车辶辶辶钅長長长门阝雨青韦页风飞食饣飠马骨鬼鱼鸟卤麦黄齐齿竜龙龟",
        strict=True,
    )
)
# Radicals whose normal form is the old shape of a character that the mainland writes otherwise: 戶, 靑, 黃.
_RADICALS |= {"⼾": "户", "⾭": "青", "⿈": "黄"}
