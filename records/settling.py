"""Settling: a draft and a clerk's decisions come in, accepted values and what became of each go out.

Nothing doubtful is accepted silently: every reading that wants a look needs a
decision, be it the same value again. Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from records.drafts import Draft, Reading, Source
from records.editions import Edition, Field
from records.errors import NotSettled, Refused
from records.findings import Finding, Severity
from records.kinds import NO_VALUE
from records.rules import findings
from records.values import BLANKS, Value, Values, row_count, row_path, split_path

NOTHING = Reading(None)
_UNTOUCHED = ("read", "carried")
"""What becomes of a reading without a decision: as read on paper, as in the record before."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a clerk decided for a path; the same value accepts a doubtful reading.

    A path in a row beyond the draft's adds the row. `rows.N` without a column,
    with None, drops the whole row; `drop_row` writes that.
    """

    path: str
    value: Value
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one reading: as read, as accepted, why, and the spot of the paper.

    `why` is the clerk's own words or "read", "carried" (as in the record before), "confirmed", "decided",
    "row_added", "row_dropped".
    """

    path: str
    before: Value
    after: Value
    why: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Accepted values in the paper's order, their changes, and the errors that were overridden."""

    values: Values
    changes: tuple[Change, ...]
    overridden: tuple[Finding, ...] = ()


def drop_row(rows: str, index: int, why: str = "") -> Decision:
    """The decision that row `index` (from 0) of a table is none."""
    return Decision(f"{rows}.{index}", None, why)


def settle(draft: Draft, decisions: Sequence[Decision], edition: Edition, override_why: str = "") -> Settled:
    """The draft with the clerk's decisions. Rows that end up blank are left out, the others close up.

    Raises NotSettled naming doubtful fields without a decision; Refused for a
    decision on a path that the edition does not know, for what is no value of
    its field, and for other errors unless `override_why` says why they may stand.
    """
    if draft.edition != edition.key:
        raise Refused("other_edition", what=draft.edition, edition=edition.key)
    decided = {decision.path: decision for decision in decisions}
    dropped = {path: decided.pop(path) for path in list(decided) if _is_row(path, draft, edition)}
    _check_known(edition, (*decided, *draft.readings))
    _check_settled(draft, decided, dropped)
    accepted = _accepted(draft, decided, dropped)
    values = in_order(edition, {path: change.after for path, change in accepted.items()})
    overridden = check_errors(edition, values, override_why)
    return Settled(values, (*_dropped(draft, dropped), *_told(edition, accepted)), overridden)


def in_order(edition: Edition, values: Values) -> Values:
    """The values in the paper's order, blank rows left out and the others closed up.

    Raises Refused (`unknown_path`) for a path that the edition does not know.
    """
    return MappingProxyType({path: values[old] for path, old in _places(edition, values).items()})


def check_errors(edition: Edition, values: Values, override_why: str) -> tuple[Finding, ...]:
    """The errors that stand in the values; raises Refused (`errors_stand`) unless `override_why` is given.

    What is no value of its field at all never stands: Refused (`no_value`), whatever the reason.
    """
    errors = tuple(one for one in findings(edition, values) if one.severity is Severity.ERROR)
    no_values = [one for one in errors if one.rule in NO_VALUE]
    if no_values:
        raise Refused("no_value", **_told_of(no_values))
    if errors and not override_why.strip():
        raise Refused("errors_stand", **_told_of(errors))
    return errors


def _told_of(errors: Iterable[Finding]) -> dict[str, str]:
    """The rules and paths of errors, as facts."""
    found = tuple(errors)
    return {
        "rules": _list(one.rule for one in found),
        "fields": _list(path for one in found for path in one.paths),
    }


def differences(before: Values, after: Values, why: str) -> tuple[Change, ...]:
    """What a clerk or an import changed, in the paper's order; a missing value is a blank one."""
    paths = dict.fromkeys((*after, *before))
    pairs = ((path, before.get(path), after.get(path)) for path in paths)
    return tuple(Change(path, old, new, why) for path, old, new in pairs if old != new)


def _places(edition: Edition, values: Values) -> dict[str, str]:
    """Where each value goes: new path to old, in the paper's order."""
    _check_known(edition, values)
    places: dict[str, str] = {}
    for asked in edition.fields:
        if asked.is_rows:
            places |= _row_places(asked, values)
        elif asked.key in values:
            places[asked.key] = asked.key
    return places


def _row_places(rows: Field, values: Values) -> dict[str, str]:
    filled = [index for index in range(row_count(rows.key, values)) if _is_filled(rows, index, values)]
    return {
        row_path(rows.key, new, column.key): row_path(rows.key, old, column.key)
        for new, old in enumerate(filled)
        for column in rows.fields
        if row_path(rows.key, old, column.key) in values
    }


def _is_filled(rows: Field, index: int, values: Values) -> bool:
    cells = (values.get(row_path(rows.key, index, column.key)) for column in rows.fields)
    return any(value not in BLANKS for value in cells)


def _is_row(path: str, draft: Draft, edition: Edition) -> bool:
    """Whether a decision's path means a whole row that the draft has."""
    return any(
        path == f"{asked.key}.{index}"
        for asked in edition.tables
        for index in range(row_count(asked.key, draft.readings))
    )


def _check_known(edition: Edition, paths: Iterable[str]) -> None:
    for path in paths:
        if not edition.has(path) or edition.field(path).is_rows:
            raise Refused("unknown_path", what=path, edition=edition.key)


def _check_settled(draft: Draft, decided: Mapping[str, Decision], dropped: Mapping[str, Decision]) -> None:
    open_paths = [path for path in draft.doubtful if path not in decided and _row(path) not in dropped]
    if open_paths:
        raise NotSettled(fields=_list(open_paths))


def _accepted(
    draft: Draft, decided: Mapping[str, Decision], dropped: Mapping[str, Decision]
) -> dict[str, Change]:
    """What became of every reading that stays, by its path in the draft."""
    paths = dict.fromkeys((*draft.readings, *decided))
    return {path: _change(path, draft, decided.get(path)) for path in paths if _row(path) not in dropped}


def _change(path: str, draft: Draft, decision: Decision | None) -> Change:
    reading = draft.readings.get(path, NOTHING)
    if decision is None:
        return Change(path, None, reading.value, _UNTOUCHED[draft.forerunner is not None], reading.source)
    why = decision.why or _reason(path, draft, decision.value == reading.value)
    return Change(path, reading.value, decision.value, why, reading.source)


def _reason(path: str, draft: Draft, same: bool) -> str:
    rows, index, _ = split_path(path)
    if index is not None and index >= row_count(rows, draft.readings):
        return "row_added"
    return "confirmed" if same else "decided"


def _dropped(draft: Draft, dropped: Mapping[str, Decision]) -> Iterable[Change]:
    for path, reading in draft.readings.items():
        decision = dropped.get(_row(path))
        if decision is not None and reading.value is not None:
            yield Change(path, reading.value, None, decision.why or "row_dropped", reading.source)


def _told(edition: Edition, accepted: Mapping[str, Change]) -> Iterable[Change]:
    """The changes worth telling, under the paths where the values now stand."""
    moved = _places(edition, {path: change.after for path, change in accepted.items()})
    stays = set(moved.values())
    yield from (one for path, one in accepted.items() if path not in stays and one.before is not None)
    for new, old in moved.items():
        change = accepted[old]
        if change.why not in _UNTOUCHED or change.after is not None:
            yield replace(change, path=new)


def _row(path: str) -> str:
    """The whole row of a table's cell; of any other path, itself."""
    return path.rpartition(".")[0] or path


def _list(names: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(names))
