"""The contract with other programs: drafts and records come in, plain JSON goes out, and back.

Reading prints one line per form found, importing and exporting speak
`{"edition": …, "fields": {key: value}}`; both in the keys of the edition.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from desk import words
from records.archive import Event
from records.drafts import Draft, Ink, Reading, Source, Unmatched
from records.editions import Edition, Field
from records.errors import DanganError
from records.findings import Finding
from records.values import Plain, Value, Values, from_plain, row_count, row_path, to_plain

Json = dict[str, Any]


def form_line(file: str, draft: Draft, edition: Edition) -> Json:
    """One form as read."""
    readings = {path: _reading(reading, edition.field(path).kind) for path, reading in draft.readings.items()}
    return {
        "file": file,
        "sha256": draft.origin.sha256 if draft.origin else None,
        "pages": list(draft.origin.pages) if draft.origin else [],
        "edition": draft.edition,
        "fields": nest(edition, readings, lambda cell: cell["value"] not in (None, []) or cell["review"]),
        "ink": {key: _ink(ink) for key, ink in draft.ink.items()},
        "findings": [finding_line(finding, edition) for finding in draft.findings],
    }


def page_line(file: str, page: Unmatched) -> Json:
    """A page that is no known form, and why: in words, and as a code for programs (`blank_page`, …)."""
    return {
        "file": file,
        "sha256": page.origin.sha256,
        "pages": list(page.origin.pages),
        "edition": None,
        "code": page.reason.code,
        "reason": words.reason(page.reason),
    }


def error_line(file: str, error: DanganError) -> Json:
    """A file that could not be read."""
    return {"file": file, "error": {"code": error.code, "message": words.error(error)}}


def finding_line(finding: Finding, edition: Edition) -> Json:
    """A rule that a form breaks."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "fields": list(finding.paths),
        "message": words.finding(finding, edition),
    }


def record_line(edition: Edition, values: Values) -> Json:
    """A record as importing takes it and exporting writes it: every key of the edition, blanks included."""
    paths = [path for field in edition.fields for path in _paths(field, values)]
    plain = {path: _plain(values.get(path), edition.field(path).kind) for path in paths}
    return {"edition": edition.key, "fields": nest(edition, plain, lambda value: value not in (None, []))}


def event_json(event: Event) -> Json:
    """A line of a history."""
    return {
        "when": event.when.isoformat(),
        "who": event.who,
        "revision": event.revision,
        "path": event.path,
        "before": to_plain(event.before),
        "after": to_plain(event.after),
        "why": event.why,
    }


def nest(edition: Edition, by_path: Mapping[str, Any], filled: Callable[[Any], bool]) -> Json:
    """What is told by path, under the edition's keys: a table as a list of rows, blank rows left out."""
    nested: Json = {}
    for field in edition.fields:
        if field.is_rows:
            nested[field.key] = _rows(field, by_path, filled)
        elif field.key in by_path:
            nested[field.key] = by_path[field.key]
    return nested


def _rows(field: Field, by_path: Mapping[str, Any], filled: Callable[[Any], bool]) -> list[Json]:
    rows = []
    for index in range(row_count(field.key, by_path)):
        paths = {column.key: row_path(field.key, index, column.key) for column in field.fields}
        row = {key: by_path[path] for key, path in paths.items() if path in by_path}
        if any(filled(cell) for cell in row.values()):
            rows.append(row)
    return rows


def _paths(field: Field, values: Values) -> Iterator[str]:
    """Where a field's values stand: its key, or every cell of its rows."""
    if not field.is_rows:
        yield field.key
    for index in range(row_count(field.key, values) if field.is_rows else 0):
        yield from (row_path(field.key, index, column.key) for column in field.fields)


def _plain(value: Value, kind: str) -> Plain:
    return [] if value is None and kind == "choices" else to_plain(value)


def _reading(reading: Reading, kind: str) -> Json:
    return {
        "value": _plain(reading.value, kind),
        "raw": reading.raw,
        "confidence": round(reading.confidence, 4),
        "review": reading.review,
        "reasons": [words.reason(reason) for reason in reading.reasons],
        **_spot(reading.source),
    }


def _ink(ink: Ink) -> Json:
    return {"present": ink.present, "confidence": round(ink.confidence, 4), **_spot(ink.source)}


def _spot(source: Source | None) -> Json:
    if source is None:
        return {"page": None, "box": None}
    return {"page": source.page, "box": list(source.box) if source.box else None}


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something in an imported record that its edition does not know: where, a code, facts."""

    where: str
    code: str
    facts: Mapping[str, str]


def misfit_line(misfit: Misfit, edition: Edition) -> Json:
    """Something in a record that its edition does not know."""
    told = words.sentence(misfit.code, misfit.facts)
    where = f"{words.label(edition, misfit.where)}：" if edition.has(misfit.where) else ""
    return {"field": misfit.where, "code": misfit.code, "message": f"{where}{told}"}


def read_fields(edition: Edition, fields: Mapping[str, object]) -> tuple[dict[str, Value], list[Misfit]]:
    """The values by path of an imported record's fields, and everything in it that does not fit."""
    values: dict[str, Value] = {}
    misfits: list[Misfit] = []
    asked = {field.key: field for field in edition.fields}
    for key, given in fields.items():
        if key not in asked:
            misfits.append(Misfit(key, "unknown_key", {"key": key}))
        elif asked[key].is_rows:
            _read_rows(asked[key], given, values, misfits)
        else:
            _read_value(key, asked[key], given, values, misfits)
    return values, misfits


def _read_rows(field: Field, given: object, values: dict[str, Value], misfits: list[Misfit]) -> None:
    rows = [] if given is None else given
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        misfits.append(Misfit(field.key, "not_rows", {"key": field.key}))
        return
    columns = {column.key: column for column in field.fields}
    for index, row in enumerate(rows):
        for key, value in row.items():
            path = row_path(field.key, index, key)
            if key in columns:
                _read_value(path, columns[key], value, values, misfits)
            else:
                misfits.append(Misfit(path, "unknown_key", {"key": path}))


def _read_value(
    path: str, field: Field, given: object, values: dict[str, Value], misfits: list[Misfit]
) -> None:
    try:
        values[path] = _of_kind(field, from_plain(given))
    except ValueError:
        misfits.append(
            Misfit(path, "wrong_type", {"text": given if isinstance(given, str) else reprlib.repr(given)})
        )


def _of_kind(field: Field, value: Value) -> Value:
    """The value when its type is the kind's own; raises ValueError."""
    if value is None:
        return None
    if isinstance(value, tuple) is not (field.kind == "choices"):
        raise ValueError(value)
    numeric = field.kind in ("money", "number", "integer")
    if not isinstance(value, tuple) and isinstance(value, str) is numeric:
        raise ValueError(value)
    return value
