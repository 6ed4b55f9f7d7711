"""The form as it is laid out: an edition and values come in, its parts in the paper's order go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from records.editions import Edition, Field
from records.values import row_count, row_path


@dataclass(frozen=True, slots=True)
class Blanks:
    """Plain fields that follow one another; `cards` are asked on cards and packets, not on the form."""

    fields: tuple[Field, ...]
    cards: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its filled rows, each cell by its path."""

    field: Field
    rows: tuple[tuple[str, ...], ...]


def parts(edition: Edition, values: Mapping[str, Any]) -> Iterator[Blanks | Table]:
    """The parts of a form: runs of plain fields, and tables between them."""
    for (is_rows, cards), run in groupby(edition.fields, key=lambda asked: (asked.is_rows, asked.card_only)):
        if is_rows:
            yield from (Table(asked, tuple(_rows(asked, values))) for asked in run)
        else:
            yield Blanks(tuple(run), cards)


def _rows(table: Field, values: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for index in range(row_count(table.key, values)):
        yield tuple(row_path(table.key, index, column.key) for column in table.fields)
