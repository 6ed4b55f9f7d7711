"""Going on: a table that runs over its page's end in, the rows without headings on the next page read.

The page with the headings and that with the rows are read apart; columns at
the same places tell that the one goes on with the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from intake.bare import BareCell, BareRow, Columns
from intake.pieces import Piece, without_blank_rows
from records.drafts import Draft, Reading
from records.editions import Edition
from records.evidence import PageEvidence
from records.findings import Reason
from records.forms import Field
from records.values import row_path, split_path

_OFF = 0.012
"""How far a column's side may lie off its heading's, as a share of the ruled width."""
_MANY = 5
"""So many columns are known again on a page that was flattened a little askew."""
_ASKEW = 0.3
"""How far a page may be askew: how much wider its table is at one side than at the other."""


def open_table(form: Piece, rows: Sequence[BareRow]) -> str | None:
    """The table that is open at the end of a form's page and that the rows go on with; None without any."""
    return next((key for key, columns in form.open.items() if rows and _by_column(rows[0], columns)), None)


def _by_column(row: BareRow, columns: Columns) -> dict[str, BareCell]:
    """The cells of a row by the column over each; nothing, unless each column has its own.

    A cell that names the whole table may stand before them or behind.
    """
    keys = sorted(columns, key=lambda key: columns[key])
    wanted = np.array([columns[key] for key in keys]).ravel()
    for first in range(min(len(row) - len(keys), 1) + 1):
        cells = row[first : first + len(keys)]
        if len(row) <= len(keys) + 1 and _lie_alike(np.array([(one.x0, one.x1) for one in cells]), wanted):
            return dict(zip(keys, cells, strict=True))
    return {}


def _lie_alike(sides: NDArray[np.float64], wanted: NDArray[np.float64]) -> bool:
    """Whether sides lie where they are wanted; many may be off as on a page seen from one side."""
    found = sides.ravel()
    if len(found) >= 2 * _MANY:
        # As perspective has it: wanted = (a found + b) / (1 + c found).
        known = np.stack([found, np.ones_like(found), -found * wanted], axis=1)
        (scale, shift, lean), *_ = np.linalg.lstsq(known, wanted, rcond=None)
        if abs(lean) < _ASKEW:
            found = (scale * found + shift) / (1 + lean * found)
    return bool(np.abs(found - wanted).max() < _OFF)


def read_under(form: Piece, key: str, rows: Sequence[BareRow], edition: Edition) -> Piece:
    """The rows as more rows of a form's open table."""
    columns, table = form.open[key], edition.field(key)
    page = _page_of(form, key)
    readings = {
        row_path(key, index, asked.key): _reading(cells[asked.key], asked, page)
        for index, row in enumerate(rows)
        if (cells := _by_column(row, columns))
        for asked in table.fields
        if asked.key in columns
    }
    draft = Draft(edition.key, MappingProxyType(without_blank_rows(readings, edition)))
    return Piece(draft, continues=True, keys=frozenset((key, *(f"{key}.{column}" for column in columns))))


def _reading(cell: BareCell, field: Field, page: PageEvidence | None) -> Reading:
    from intake.guessing import guess  # a Word file needs none of it

    reading = guess(cell.lines, field)
    around = cell.around
    evidence = reading.evidence and replace(
        reading.evidence, faint=around.faint, loose=around.loose, wide=around.wide, page=page
    )
    placed = replace(reading, source=cell.source, evidence=evidence)
    if not cell.doubts:
        return placed
    reasons = (*placed.reasons, *map(Reason, cell.doubts))
    return replace(placed, confidence=min(placed.confidence, 0.6), review=True, reasons=reasons)


def _page_of(form: Piece, key: str) -> PageEvidence | None:
    """What is known of the page whose headings tell the rows."""
    for path, reading in form.draft.readings.items():
        if split_path(path)[0] == key and reading.evidence is not None:
            return reading.evidence.page
    return None
