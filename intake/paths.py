"""Paths in the paper's order: anything by path in, the same by the order of an edition's fields out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from records.editions import Edition
from records.values import split_path

Thing = TypeVar("Thing")


def in_order(things: Mapping[str, Thing], edition: Edition) -> dict[str, Thing]:
    """Things by path in the order of the edition's fields, a table row by row; unknown paths are left out."""
    order = {asked.key: place for place, asked in enumerate(edition.fields)}
    columns = {
        (table.key, column.key): place
        for table in edition.tables
        for place, column in enumerate(table.fields)
    }

    def rank(path: str) -> tuple[int, int, int]:
        key, index, column = split_path(path)
        return order[key], index or 0, columns.get((key, column), 0)

    return {path: things[path] for path in sorted(filter(edition.has, things), key=rank)}
