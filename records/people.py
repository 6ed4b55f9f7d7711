"""Who a household is: the identity numbers in its values, found by kind, never by a fixed key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from records.editions import Edition, Field
from records.identity import upgraded
from records.values import Value, Values, row_count, row_path

# Also numbers with a digit too few: the same slip twice is still the same person.
_LIKE_AN_ID = re.compile(r"[0-9]{14,17}[0-9X]")


@dataclass(frozen=True, slots=True)
class Person:
    """An identity number of a household: where it stands, and whether it is the worker's own."""

    path: str
    id_number: str
    worker: bool


def household(edition: Edition, values: Values) -> tuple[Person, ...]:
    """The identity numbers of the worker and of every member, as they stand."""
    return tuple(
        Person(path, number, worker)
        for path, worker in _id_paths(edition, values)
        if is_id_like(number := values.get(path))
    )


def worker_name(edition: Edition, values: Values) -> str:
    """The worker's name: the first plain field that holds a person; empty when blank."""
    name = next((values.get(asked.key) for asked in edition.fields if asked.prior == "person"), None)
    return name if isinstance(name, str) else ""


def workplace(edition: Edition) -> Field | None:
    """The field that asks where the worker works: the first plain one that holds a unit."""
    return next((asked for asked in edition.fields if asked.prior == "unit"), None)


def member_names(edition: Edition, values: Values) -> tuple[str, ...]:
    """The names of the worker's family: of the persons in tables that ask for identity numbers, too."""
    columns = [
        (asked.key, column.key)
        for asked in edition.fields
        if any(column.kind == "id_number" for column in asked.fields)
        for column in asked.fields
        if column.prior == "person"
    ]
    names = [
        values.get(row_path(rows, index, key))
        for rows, key in columns
        for index in range(row_count(rows, values))
    ]
    return tuple(name for name in names if isinstance(name, str) and name)


def is_id_like(value: Value) -> TypeGuard[str]:
    """Whether a value may be an identity number, sound or with a digit too few."""
    return isinstance(value, str) and _LIKE_AN_ID.fullmatch(value) is not None


def spellings(id_number: str) -> tuple[str, ...]:
    """The number, and for 15 digits also the 18-digit candidate derived from it (GB 11643-1999)."""
    candidate = upgraded(id_number)
    return (id_number,) if candidate is None else (id_number, candidate)


def _id_paths(edition: Edition, values: Values) -> Iterator[tuple[str, bool]]:
    for asked in edition.fields:
        if asked.kind == "id_number":
            yield asked.key, True
        elif asked.is_rows:
            yield from ((path, False) for path in _id_cells(asked, values))


def _id_cells(rows: Field, values: Values) -> Iterator[str]:
    columns = [column.key for column in rows.fields if column.kind == "id_number"]
    for index in range(row_count(rows.key, values)):
        yield from (row_path(rows.key, index, key) for key in columns)
