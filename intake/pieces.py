"""Pieces: what one page gives, before pages are joined to forms.

The readers of digital sheets and of pictures both make them, so that one
recipe joins continuation sheets and names the file behind each draft. They
hold no picture and can be pickled: pages may be read in other processes.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from intake.bare import BareRow, Columns
from intake.continued import Carried
from intake.grid import Grid
from intake.paths import in_order
from records.codes import Return
from records.drafts import Draft, Reading
from records.editions import Edition
from records.findings import Reason
from records.values import Values, row_count, row_path, split_path


def _view(entries: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(entries)


# Python itself cannot pickle the read-only views that drafts and reasons hold.
copyreg.pickle(MappingProxyType, lambda view: (_view, (dict(view),)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A form, or more rows of the form before it; its draft has no origin yet and no findings.

    `carried` are values of the form that found room only on a continuation sheet.
    `keys` are those of which a label or a blank was found (`rows.column` for a
    heading), `score` is how well the edition explains the page, 0 to 1.
    `lacking` is why it is no form unless another page holds the rest of it.
    `open` are the tables that a picture's next page may go on with.
    """

    draft: Draft
    continues: bool = False
    carried: tuple[Carried, ...] = ()
    keys: frozenset[str] = frozenset()
    score: float = 0.0
    lacking: Reason | None = None
    open: Mapping[str, Columns] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Found:
    """What pages gave: a piece of a draft, or the reason why there is none.

    `grids` are digital tables, kept while they may still go on on the next page;
    `bare` are rows of a picture that no heading on it tells; `returned` says that
    a page is a sheet of a record, `printed` what that record prints.
    """

    pages: tuple[int, ...]
    what: Piece | Reason
    grids: tuple[Grid, ...] = ()
    bare: tuple[BareRow, ...] = ()
    returned: Return | None = None
    printed: Values | None = None


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


def joined_to(form: Piece, other: Piece, edition: Edition) -> Piece:
    """A form with what a further page of it holds: fields that it does not ask itself, more rows, values."""
    here, there = form.draft, other.draft
    gained = _with_notes(other.keys - form.keys, edition)
    new_tables = {table.key for table in edition.tables if table.key in _tables(gained)}
    readings = {path: one for path, one in here.readings.items() if split_path(path)[0] not in new_tables}
    readings |= {path: one for path, one in there.readings.items() if path in gained}
    readings = _with_rows_of(readings, there.readings, _tables(other.keys), edition)
    keys, score = form.keys | other.keys, min(1.0, form.score + other.score)
    readings = {path: _explained(one, keys, score, edition) for path, one in readings.items()}
    ink = dict(there.ink) | dict(here.ink)
    said = {finding.rule for finding in here.findings}
    findings = (*here.findings, *(finding for finding in there.findings if finding.rule not in said))
    draft = replace(here, readings=MappingProxyType(readings), ink=MappingProxyType(ink), findings=findings)
    carried = (*form.carried, *other.carried)
    asked = {field.key for field in edition.on_paper if not field.is_rows}
    lacking = None if gained & asked else form.lacking
    return Piece(draft, form.continues, carried, keys, score, lacking, form.open)


def _explained(reading: Reading, keys: frozenset[str], score: float, edition: Edition) -> Reading:
    """The reading, known to stand on a form of which other pages hold what its own page does not ask."""
    evidence = reading.evidence
    if evidence is None or evidence.page is None:
        return reading
    found = keys | _tables(keys)
    missing = sum(field.key not in found for field in edition.on_paper)
    page = replace(
        evidence.page,
        score=max(evidence.page.score, score),
        missing=min(evidence.page.missing, missing / (len(keys) + missing)),
    )
    return replace(reading, evidence=replace(evidence, page=page))


def _with_notes(keys: Iterable[str], edition: Edition) -> set[str]:
    """The keys, and those that hold what is written behind 其他 in their option cells."""
    notes = (edition.field(key).other_text for key in keys if edition.has(key))
    return {*keys, *(note for note in notes if note is not None)}


def _tables(keys: Iterable[str]) -> set[str]:
    """The tables of which a heading was found."""
    return {key.partition(".")[0] for key in keys if "." in key}


def _with_rows_of(
    readings: Mapping[str, Reading], more: Mapping[str, Reading], tables: Iterable[str], edition: Edition
) -> dict[str, Reading]:
    """A form's readings with the rows of another page behind its own."""
    joined = dict(readings)
    for table in tables:
        rows = [
            {path: reading for path, reading in more.items() if path.startswith(f"{table}.{index}.")}
            for index in range(row_count(table, more))
        ]
        joined |= _numbered(table, rows, row_count(table, readings))
    return in_order(joined, edition)
