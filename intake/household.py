"""The household decoded together: a form's readings in, the same readings weighed against each other out.

An identity number, a birth date, a sex and a relation tell of one another, sums
tell of their parts. The alternatives of each cell compete under these bonds:
agreement makes a value surer, contradiction puts it before a clerk, and what a
bond decided says so. Nothing is proposed that no picture speaks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from intake.bonds import Bond, bonds
from intake.candidates import Candidate, Origin, candidates, seen, with_repairs
from intake.guessing import REVIEW_BELOW
from intake.weighing import Weighed, misread_keeps, narrowed, weighed
from records import kinds
from records.drafts import Reading
from records.findings import Reason, Severity
from records.forms import Edition, Field
from records.masking import mask
from records.values import Value, Values, split_path

_FIRM = 0.05
"""Bonds that so few honest forms break may change a value; the others only weigh on how sure it is."""
_PASSES_AS_READ, _PASSES_CHANGED = 0.98, 0.99
"""How likely a doubted value, or one that reasoning changed, must be to pass without a clerk."""
_REPAIR_AT_MOST = 0.85
"""No value that the engine did not propose itself is surer than this."""
_SUREST = 0.998
_TELLING = 0.9
"""A bond that a misread value would keep more often says nothing about it."""
_UNCHECKED = 15
"""The length of identity numbers without a check digit."""


@dataclass(frozen=True, slots=True)
class Reasoned:
    """The readings after reasoning, and how much their neighbours spoke for or against each.

    `agreement` is in log-odds by path, 0 where nothing is known to bind it.
    """

    readings: Mapping[str, Reading]
    agreement: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Group:
    """Cells that are bound to each other, each with what may stand there, and what its picture said."""

    cells: Mapping[str, tuple[Candidate, ...]]
    bonds: tuple[Bond, ...]
    seen: Values


def reasoned(readings: Mapping[str, Reading], edition: Edition, today: date | None = None) -> Reasoned:
    """The readings of one form weighed together: the plain fields first, then each row.

    Those without evidence are no machine's guess, and stand as they are.
    """
    found, agreement = dict(readings), dict[str, float]()
    open_cells = {
        path: some
        for path, reading in readings.items()
        if reading.evidence is not None
        and edition.has(path)
        and len(some := candidates(reading, edition.field(path))) > 1
    }
    for in_rows in (False, True):
        cells = {path: some for path, some in open_cells.items() if _is_in_row(path) is in_rows}
        values = {path: reading.value for path, reading in found.items()}
        said = {path: seen(readings[path], edition.field(path)) for path in cells}
        for group in _groups(cells, bonds(edition, values, cells, today or date.today()), said):
            mended = _mended(group, edition)
            settled = weighed(mended.cells, mended.bonds, edition)
            for path, worth in settled.items():
                found[path], agreement[path] = _settled(found[path], path, mended, settled, worth, edition)
    return Reasoned(MappingProxyType(found), MappingProxyType(agreement))


def _is_in_row(path: str) -> bool:
    return split_path(path)[1] is not None


def _groups(
    cells: Mapping[str, tuple[Candidate, ...]], tied: Sequence[Bond], said: Values
) -> Iterator[_Group]:
    """The bound cells, those of each person or sum apart from the others."""
    groups: list[set[str]] = []
    for bond in tied:
        touching = [group for group in groups if not group.isdisjoint(bond.paths)]
        groups = [group for group in groups if group not in touching]
        groups.append(set(bond.paths).union(*touching))
    for group in groups:
        inside = {path: some for path, some in cells.items() if path in group}
        yield _Group(narrowed(inside), tuple(bond for bond in tied if bond.paths[0] in group), said)


def _mended(group: _Group, edition: Edition) -> _Group:
    """The group, with what one other figure would mend where a firm bond is broken."""
    as_read = {path: some[0].value for path, some in group.cells.items()}
    broken = [path for bond in _firm(group.bonds) if not _holds(bond, as_read) for path in bond.paths]
    mistrusted = [path for path in group.cells if group.seen[path] != as_read[path]]
    cells = dict(group.cells)
    for path in dict.fromkeys((*broken, *mistrusted)):
        cells[path] = _with_repairs(path, group, as_read, edition)
    return replace(group, cells=narrowed(cells))


def _with_repairs(path: str, group: _Group, as_read: Values, edition: Edition) -> tuple[Candidate, ...]:
    """The candidates of a cell with repairs: all that mend its own failed check, else every firm bond."""
    known, field = group.cells[path], edition.field(path)
    firm = [bond for bond in _firm(group.bonds) if path in bond.paths]
    own = [bond for bond in firm if bond.is_own]

    def keeps(asked: Sequence[Bond], value: Value) -> bool:
        return all(_holds(bond, {**as_read, path: value}) for bond in asked)

    def is_sound(value: Value) -> bool:
        return not _is_wrong(value, field)

    base = group.seen[path]
    checked = bool(own) and not keeps(own, base)
    return with_repairs(known, field, base, is_sound, lambda value: checked or keeps(firm, value))


def _is_wrong(value: Value, field: Field) -> bool:
    return any(problem.severity is Severity.ERROR for problem in kinds.check(value, field))


def _firm(some: Iterable[Bond]) -> list[Bond]:
    return [bond for bond in some if bond.exceptions <= _FIRM]


def _holds(bond: Bond, values: Values) -> bool:
    return bond.holds({path: values[path] for path in bond.paths})


def _settled(
    reading: Reading,
    path: str,
    group: _Group,
    settled: Mapping[str, Weighed],
    worth: Weighed,
    edition: Edition,
) -> tuple[Reading, float]:
    """A reading as its neighbours leave it, and how much they spoke for its value."""
    some = group.cells[path]
    values = {other: group.cells[other][settled[other].best].value for other in group.cells}
    chosen = some[worth.best]
    if chosen.value != reading.value and not _forcing(path, group, values, reading.value):
        chosen = some[0]
    place = some.index(chosen)
    share = worth.shares[place]
    spoken = _log_odds(share) - _log_odds(chosen.share)
    values[path] = chosen.value
    speaking = tuple(_speaking(path, group.bonds, values, edition))
    against = [bond for bond in group.bonds if path in bond.paths and not _holds(bond, values)]
    witnesses = [other for bond in speaking for other in bond.paths if other != path]
    known = _with_evidence(reading, len(speaking), len(_firm(against)), spoken)
    if chosen.value != reading.value:
        forcing = _forcing(path, group, values, reading.value)
        told = [*witnesses, *(other for bond in forcing for other in bond.paths if other != path)]
        return _changed(known, path, chosen, share, witnesses, told, edition), spoken
    return _kept(known, path, share, witnesses, _contradicting(path, group), against, edition), spoken


def _contradicting(path: str, group: _Group) -> list[Bond]:
    """The firm bonds of a path that the form broke as it was read, with whatever was chosen since."""
    as_read = {other: some[0].value for other, some in group.cells.items()}
    return [bond for bond in _firm(group.bonds) if path in bond.paths and not _holds(bond, as_read)]


def _with_evidence(reading: Reading, agreements: int, contradictions: int, spoken: float) -> Reading:
    if reading.evidence is None:
        return reading
    evidence = replace(reading.evidence, agreements=agreements, contradictions=contradictions, spoken=spoken)
    return replace(reading, evidence=evidence)


def _forcing(path: str, group: _Group, values: Values, read: Value) -> list[Bond]:
    """The firm bonds that are broken by the value as read, and not by the one chosen."""
    tried = {**values, path: read}
    return [
        bond
        for bond in _firm(group.bonds)
        if path in bond.paths and _holds(bond, values) and (read is None or not _holds(bond, tried))
    ]


def _speaking(path: str, some: Iterable[Bond], values: Values, edition: Edition) -> Iterator[Bond]:
    """The firm bonds that hold, and would not so easily, had this path been misread."""
    for bond in _firm(some):
        if path in bond.paths:
            seen_by = {other: values[other] for other in bond.paths}
            if misread_keeps(bond, path, seen_by, edition) < _TELLING:
                yield bond


def _changed(
    reading: Reading,
    path: str,
    chosen: Candidate,
    share: float,
    witnesses: Sequence[str],
    told: Sequence[str],
    edition: Edition,
) -> Reading:
    """The reading with another value, and why; before a clerk unless it is all but certain.

    `witnesses` would have told on a misread value, `told` are all that spoke for the change.
    """
    field = edition.field(path)
    proposed = chosen.origin is Origin.ENGINE
    stale = {problem.code for problem in kinds.check(reading.value, field)} | _OF_NUMBERS
    others = tuple(reason for reason in reading.reasons if reason.code not in stale)
    problems = tuple(Reason(problem.code, problem.facts) for problem in kinds.check(chosen.value, field))
    certain = proposed and share >= _PASSES_CHANGED and bool(witnesses) and not others and not problems
    return replace(
        reading,
        value=chosen.value,
        confidence=min(share, _SUREST if proposed else _REPAIR_AT_MOST),
        review=not certain or _is_unchecked(chosen.value, field.kind),
        reasons=(*others, *problems, _told(reading.value, chosen.value, path, told)),
    )


_OF_NUMBERS = frozenset(("unsure", "repaired", "id_length_asked"))


def _told(read: Value, value: Value, path: str, witnesses: Sequence[str]) -> Reason:
    """What reasoning changed, from what to what, and what speaks for it."""
    facts = {
        "read": mask(_shown(read)),
        "value": mask(_shown(value)),
        "fields": ",".join(dict.fromkeys(witnesses)),
    }
    places = _changed_places(read, value)
    if len(places) == 1 and isinstance(read, str) and isinstance(value, str):
        figures = {"place": str(places[0] + 1), "read": read[places[0]], "value": value[places[0]]}
        code_facts = MappingProxyType(facts | figures)
        return Reason("figure_weighed", code_facts) if witnesses else Reason("figure_checked", code_facts)
    return Reason("value_weighed" if witnesses else "value_checked", MappingProxyType(facts))


def _shown(value: Value) -> str:
    return "" if value is None else str(value)


def _changed_places(read: Value, value: Value) -> list[int]:
    """The places of two numbers in which they differ; none when they are not so alike."""
    if not (isinstance(read, str) and isinstance(value, str) and len(read) == len(value) >= _UNCHECKED):
        return []
    return [place for place, (one, other) in enumerate(zip(read, value, strict=True)) if one != other]


def _kept(
    reading: Reading,
    path: str,
    share: float,
    witnesses: Sequence[str],
    before: Sequence[Bond],
    against: Sequence[Bond],
    edition: Edition,
) -> Reading:
    """The reading with the same value, surer or less sure; it was contradicted `before`, or still is."""
    sure = min(share, _SUREST)
    reasons, review = reading.reasons, reading.review
    if {reason.code for reason in reasons} <= _DOUBTS and sure >= _needed(reasons) and witnesses:
        reasons = tuple(reason for reason in reasons if reason.code != "unsure")
        review = False
    if not review and sure < (_PASSES_CHANGED if before else REVIEW_BELOW):
        reasons, review = (*reasons, _doubt(path, sure, (*before, *against))), True
    if _is_unchecked(reading.value, edition.field(path).kind):
        reasons, review = (*reasons, Reason("id_unproved")), True
    return replace(reading, confidence=sure, review=review, reasons=reasons)


def _doubt(path: str, sure: float, against: Iterable[Bond]) -> Reason:
    others = dict.fromkeys(other for bond in against for other in bond.paths if other != path)
    if not others:
        return Reason("unsure", MappingProxyType({"percent": str(round(sure * 100))}))
    return Reason("disagrees", MappingProxyType({"fields": ",".join(others)}))


_DOUBTS = frozenset(("unsure", "repaired"))
"""Doubts about the picture alone, which neighbours may lift."""


def _needed(reasons: Iterable[Reason]) -> float:
    return _PASSES_CHANGED if any(reason.code == "repaired" for reason in reasons) else _PASSES_AS_READ


def _is_unchecked(value: Value, kind: str) -> bool:
    """An identity number of which two figures have no witness at all."""
    return kind == "id_number" and isinstance(value, str) and len(value) == _UNCHECKED


def _log_odds(share: float) -> float:
    bounded = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))
