"""Values, drafts and findings as JSON text and back, losing nothing.

A `Decimal` is written as `{"number": "1200.50"}`, so that it comes back with
its own digits; text, lists of choices and blanks are written as themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from records.archive import Event
from records.codes import Code, Return, Standing
from records.drafts import Alternative, Box, Draft, Forerunner, Ink, Origin, Reading, Source
from records.findings import Finding, Reason, Severity
from records.values import Value

if TYPE_CHECKING:
    from records.tables import HistoryLine


def value_to_json(value: Value) -> str:
    """One value as JSON text."""
    return _text(_value(value))


def value_from_json(text: str) -> Value:
    """The value that `value_to_json` wrote."""
    return _value_of(json.loads(text))


def event_to_columns(event: Event) -> dict[str, Any]:
    """What every history keeps of one of its lines."""
    return {
        "revision": event.revision,
        "at": event.when,
        "who": event.who,
        "path": event.path,
        "before_json": value_to_json(event.before),
        "after_json": value_to_json(event.after),
        "why": event.why,
    }


def event_from_columns(row: HistoryLine) -> Event:
    """The line that `event_to_columns` wrote."""
    before, after = value_from_json(row.before_json), value_from_json(row.after_json)
    return Event(row.at, row.who, row.revision, row.path, before, after, row.why)


def draft_to_json(draft: Draft) -> str:
    """A whole draft as JSON text: readings, alternatives, reasons, sources, ink, findings, where from."""
    return _text(
        {
            "edition": draft.edition,
            "readings": {path: _reading(reading) for path, reading in draft.readings.items()},
            "ink": _inks(draft.ink),
            "findings": [_finding(finding) for finding in draft.findings],
            "origin": draft.origin and _origin(draft.origin),
            "forerunner": draft.forerunner and _forerunner(draft.forerunner),
        }
        | ({"returns": [_return(one) for one in draft.returns]} if draft.returns else {})
    )


def draft_from_json(text: str) -> Draft:
    """The draft that `draft_to_json` wrote."""
    data = json.loads(text)
    return Draft(
        edition=data["edition"],
        readings=MappingProxyType({path: _reading_of(entry) for path, entry in data["readings"].items()}),
        ink=_inks_of(data["ink"]),
        findings=tuple(_finding_of(entry) for entry in data["findings"]),
        origin=data["origin"] and _origin_of(data["origin"]),
        # Drafts of older programs know no forerunner.
        forerunner=data.get("forerunner") and Forerunner(*data["forerunner"]),
        returns=tuple(_return_of(one) for one in data.get("returns", ())),
    )


def readings_to_json(readings: Mapping[str, Reading]) -> str:
    """Readings by path as JSON text."""
    return _text({path: _reading(reading) for path, reading in readings.items()})


def readings_from_json(text: str) -> Mapping[str, Reading]:
    """What `readings_to_json` wrote."""
    return MappingProxyType({path: _reading_of(entry) for path, entry in json.loads(text).items()})


def ink_to_json(ink: Mapping[str, Ink]) -> str:
    """Signatures and seals as JSON text."""
    return _text(_inks(ink))


def ink_from_json(text: str) -> Mapping[str, Ink]:
    """What `ink_to_json` wrote."""
    return _inks_of(json.loads(text))


def facts_to_json(facts: Mapping[str, str]) -> str:
    """The facts of a reason as JSON text."""
    return _text(dict(facts))


def facts_from_json(text: str) -> Mapping[str, str]:
    """What `facts_to_json` wrote."""
    return MappingProxyType(json.loads(text))


def box_to_json(box: Box | None) -> str | None:
    """A box as JSON text; None stays None."""
    return None if box is None else _text(box)


def box_from_json(text: str | None) -> Box | None:
    """What `box_to_json` wrote."""
    return None if text is None else _box_of(json.loads(text))


def pages_to_json(pages: tuple[int, ...]) -> str:
    """Page numbers as JSON text."""
    return _text(pages)


def pages_from_json(text: str) -> tuple[int, ...]:
    """What `pages_to_json` wrote."""
    return tuple(json.loads(text))


def _text(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _value(value: Value) -> object:
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _value_of(data: Any) -> Value:
    if isinstance(data, dict):
        return Decimal(data["number"])
    return tuple(data) if isinstance(data, list) else data


def _reading(reading: Reading) -> dict[str, object]:
    return {
        "value": _value(reading.value),
        "raw": reading.raw,
        "confidence": reading.confidence,
        "review": reading.review,
        "reasons": [[reason.code, dict(reason.facts)] for reason in reading.reasons],
        "alternatives": [[_value(other.value), other.confidence] for other in reading.alternatives],
        "source": _source(reading.source),
    }


def _reading_of(data: Any) -> Reading:
    return Reading(
        value=_value_of(data["value"]),
        raw=data["raw"],
        confidence=data["confidence"],
        review=data["review"],
        reasons=tuple(Reason(code, MappingProxyType(facts)) for code, facts in data["reasons"]),
        alternatives=tuple(Alternative(_value_of(value), sure) for value, sure in data["alternatives"]),
        source=_source_of(data["source"]),
    )


def _source(source: Source | None) -> object:
    return None if source is None else [source.page, source.box]


def _source_of(data: Any) -> Source | None:
    return None if data is None else Source(data[0], _box_of(data[1]))


def _box_of(data: Any) -> Box | None:
    return None if data is None else (data[0], data[1], data[2], data[3])


def _inks(inks: Mapping[str, Ink]) -> dict[str, object]:
    return {key: [ink.present, ink.confidence, _source(ink.source)] for key, ink in inks.items()}


def _inks_of(data: Any) -> Mapping[str, Ink]:
    inks = {key: Ink(present, sure, _source_of(source)) for key, (present, sure, source) in data.items()}
    return MappingProxyType(inks)


def _finding(finding: Finding) -> list[object]:
    return [finding.rule, finding.severity.value, finding.paths, dict(finding.facts)]


def _finding_of(data: Any) -> Finding:
    rule, severity, paths, facts = data
    return Finding(rule, Severity(severity), tuple(paths), MappingProxyType(facts))


def _origin(origin: Origin) -> list[object]:
    return [origin.file, origin.sha256, origin.pages]


def _origin_of(data: Any) -> Origin:
    file, sha256, pages = data
    return Origin(file, sha256, tuple(pages))


def _forerunner(forerunner: Forerunner) -> list[object]:
    return [forerunner.number, forerunner.edition, forerunner.revision]


def _return(one: Return) -> list[object]:
    code = one.code
    said = [code.form, code.record, code.revision, code.sheet, code.check]
    return [said, one.standing.value, one.document, one.page]


def _return_of(data: Any) -> Return:
    said, standing, document, page = data
    return Return(Code(*said), Standing(standing), document, page)
