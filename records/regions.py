"""Where a household is registered: a written place (or an identity number) in, its city and county out.

Clerks write places with and without province, city and endings. What fits two
counties alike is told apart by the identity number, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from records.identity import Region, every_region, region

_ENDINGS = "省市区县旗"
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A place of GB/T 2260, told by names: the county is empty where only the city is known.

    `code` is the county's, or the city's; it puts places in order.
    """

    code: str
    province: str
    city: str
    county: str


@lru_cache(maxsize=4096)
def placed(text: str, id_number: str, year: int) -> Place | None:
    """The place that a text names or gives the code of, as places were in a year; None when in doubt."""
    code = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    if code and (coded := place_of_number(code[0])):
        return coded  # other six digits are a postcode
    best = _likeliest(text, year)
    cities = {Place(place.code, place.province, place.city, "") for place in best}
    if len(best) > 1 and len({place.city for place in cities}) == 1:
        # A city and the county named after it: the text says no more than the city.
        best = {place for place in best if not place.county} or best
    if len(best) > 1:
        own = region(id_number)
        best = {place for place in best if own is not None and place == _place(own)}
    return next(iter(best)) if len(best) == 1 else None


def place_of_number(id_number: str) -> Place | None:
    """The place in an identity number; None when no list has ever had it."""
    found = region(id_number)
    return None if found is None else _place(found)


def _likeliest(text: str, year: int) -> set[Place]:
    """The places that fit a text best, alike well."""
    scores: dict[Place, tuple[int, int, bool]] = {}
    for found in _named(text):
        score = _score(found, text, year)
        place = _place(found)
        scores[place] = max(score, scores.get(place, score))
    top = max(scores.values(), default=None)
    return {place for place, score in scores.items() if score == top}


def _named(text: str) -> Iterator[Region]:
    """Every region whose own name stands in a text, with its ending or without."""
    starts = range(len(text) - 1)
    pieces = {text[one:end] for one in starts for end in range(one + 2, min(one + _LONGEST, len(text)) + 1)}
    for piece in pieces:
        yield from _by_name().get(piece, ())


def _score(found: Region, text: str, year: int) -> tuple[int, int, bool]:
    """How many of a region's names a text tells, from left to right; their letters; whether it was there."""
    *above, own = found.names
    at, covered = _last(own, text)
    levels = 1
    for name in reversed(above):
        at_name, letters = _last(name, text[:at])
        if letters:
            at, levels, covered = at_name, levels + 1, covered + letters
    return levels, covered, found.ended is None or found.ended >= year


def _last(name: str, text: str) -> tuple[int, int]:
    """Where a name, or at least the name without its ending, stands last in a text, and its letters there."""
    there = name if name in text else _bare(name)
    return (text.rindex(there), len(there)) if there in text else (len(text), 0)


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    by_name: dict[str, list[Region]] = {}
    for one in (each for each in every_region() if len(each.names[-1]) > 1):
        for name in {one.names[-1], _bare(one.names[-1])}:
            by_name.setdefault(name, []).append(one)
    return {name: tuple(regions) for name, regions in by_name.items()}


def _bare(name: str) -> str:
    """A name without its ending; a name of two characters keeps it (开县)."""
    return name[:-1] if len(name) > 2 and name[-1] in _ENDINGS else name


def _place(found: Region) -> Place:
    province, *others = found.names
    if found.code.endswith("0000"):
        # A municipality is province and city in one.
        return Place(found.code, province, province if found.code[:2] in _MUNICIPALITIES else "", "")
    if found.code[:2] in _MUNICIPALITIES:
        return Place(found.code, province, province, others[-1] if others else "")
    if found.code.endswith("00") or len(others) == 1:
        # A city, or a county that no city stands above.
        return Place(found.code, province, others[0], "")
    return Place(found.code, province, others[0], others[-1])
