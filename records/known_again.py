"""People known again: an old paper's and a new one's values come in, the old in the new one's rows go out.

A family is written down in another order each year, somebody is born and somebody leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from records.forms import Edition, Field
from records.lookalike import shape
from records.people import spellings
from records.values import BLANKS, Values, row_count, row_path, split_path


def in_rows_of(edition: Edition, old: Values, new: Values) -> Values:
    """The old values with everybody in the row where the new paper has them.

    Whom the new paper does not have stands in a row that it leaves blank.
    """
    places = {
        (asked.key, before): after
        for asked in edition.fields
        if any(column.prior == "person" for column in asked.fields)
        for before, after in _places(asked, old, new).items()
    }
    return {_moved(path, places): value for path, value in old.items()}


def _moved(path: str, places: Mapping[tuple[str, int], int]) -> str:
    rows, index, key = split_path(path)
    return path if index is None else row_path(rows, places.get((rows, index), index), key)


@dataclass(frozen=True, slots=True)
class _Someone:
    """A row of a table of people."""

    place: int
    name: str
    numbers: frozenset[str]


def _places(asked: Field, old: Values, new: Values) -> dict[int, int]:
    """Where each row of a table goes: to the same number, the same name, one like it, or what is left."""
    there, here = list(_people(asked, old)), list(_people(asked, new))
    places: dict[int, int] = {}
    for is_same in _SAME:
        for one in there:
            taken = places.values()
            found = (other.place for other in here if other.place not in taken and is_same(one, other))
            if one.place not in places and (place := next(found, None)) is not None:
                places[one.place] = place
    blank = (place for place in range(len(there) + len(here)) if place not in {one.place for one in here})
    gone = (one.place for one in there if one.place not in places)
    return places | dict(zip(gone, blank, strict=False))


def _people(asked: Field, values: Values) -> Iterator[_Someone]:
    """The rows that are not blank."""
    for place in range(row_count(asked.key, values)):
        cells = [(column, values.get(row_path(asked.key, place, column.key))) for column in asked.fields]
        filled = [(column, value) for column, value in cells if value not in BLANKS]
        if filled:
            names = (value for column, value in filled if column.prior == "person")
            numbers = (value for column, value in filled if column.kind == "id_number")
            told = (spelling for one in numbers for spelling in spellings(str(one)))
            yield _Someone(place, str(next(names, "")), frozenset(told))


def is_near(one: str, other: str) -> bool:
    """Whether two texts differ by one character among others, or only by how characters look."""
    if len(one) != len(other):
        return False
    return shape(one) == shape(other) or (len(one) > 1 and sum(map(str.__ne__, one, other)) == 1)


_SAME: tuple[Callable[[_Someone, _Someone], bool], ...] = (
    lambda one, other: bool(one.numbers & other.numbers),
    lambda one, other: bool(one.name) and one.name == other.name,
    lambda one, other: bool(one.name) and is_near(one.name, other.name) and one.place == other.place,
    lambda one, other: one.place == other.place and not (one.name and other.name),
)
"""By what a row is known again, the surest first."""
