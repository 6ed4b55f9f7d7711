"""Pieces: what one page gives, before pages are joined to forms.

The readers of digital sheets and of pictures both make them, so that one
recipe joins continuation sheets and names the file behind each draft. They
hold no picture and can be pickled: pages may be read in other processes.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from intake.continued import Carried
from intake.grid import Grid
from intake.paths import in_order
from records.drafts import Draft, Reading
from records.editions import Edition
from records.findings import Reason
from records.values import row_count, row_path, split_path


def _view(entries: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(entries)


# Python itself cannot pickle the read-only views that drafts and reasons hold.
copyreg.pickle(MappingProxyType, lambda view: (_view, (dict(view),)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A form, or more rows of the form before it; its draft has no origin yet and no findings.

    `carried` are values of the form that found room only on a continuation sheet.
    `labels` are the keys whose wording was found (`rows.column` for a heading),
    `score` is how well the edition explains the page, 0 to 1.
    """

    draft: Draft
    continues: bool = False
    carried: tuple[Carried, ...] = ()
    labels: frozenset[str] = frozenset()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What pages gave: a piece of a draft, or the reason why there is none.

    `grids` are digital tables, kept while they may still go on on the next page.
    """

    pages: tuple[int, ...]
    what: Piece | Reason
    grids: tuple[Grid, ...] = ()


def without_blank_rows(readings: Mapping[str, Reading], edition: Edition) -> dict[str, Reading]:
    """The readings without rows in which nothing stands, the others counted anew from 0."""
    kept: dict[str, Reading] = {}
    for table in edition.tables:
        rows = [
            {path: reading for path, reading in readings.items() if path.startswith(f"{table.key}.{index}.")}
            for index in range(row_count(table.key, readings))
        ]
        filled = [row for row in rows if any(_is_filled(reading) for reading in row.values())]
        kept |= _numbered(table.key, filled, 0)
    plain = {path: reading for path, reading in readings.items() if split_path(path)[1] is None}
    return in_order(plain | kept, edition)


def _is_filled(reading: Reading) -> bool:
    return reading.value is not None or reading.review


def _numbered(key: str, rows: Iterable[Mapping[str, Reading]], first: int) -> dict[str, Reading]:
    return {
        row_path(key, index, split_path(path)[2]): reading
        for index, row in enumerate(rows, start=first)
        for path, reading in row.items()
    }


def with_rows_of(
    draft: Mapping[str, Reading], more: Mapping[str, Reading], edition: Edition
) -> dict[str, Reading]:
    """A form's readings with the rows of its continuation sheet behind its own."""
    joined = dict(draft)
    for table in edition.tables:
        rows = [
            {path: reading for path, reading in more.items() if path.startswith(f"{table.key}.{index}.")}
            for index in range(row_count(table.key, more))
        ]
        joined |= _numbered(table.key, rows, row_count(table.key, draft))
    return in_order(joined, edition)
