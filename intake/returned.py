"""Sheets that came back: what the record prints and what the page shows come in, what differs goes out.

What was printed needs no reading: a cell whose picture speaks for the printed
text is as printed, whatever else might be read into it. The others are read
as ever, and shown with what was printed there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from intake import decode
from intake.engine import Line
from records.codes import Code, Standing
from records.drafts import Draft, Reading
from records.findings import Finding, Reason, Severity
from records.forms import Edition, Field
from records.kinds import show
from records.masking import mask
from records.values import Value, Values

_NEAR = 6.0
"""So far, in natural logarithms, the printed text may lie behind the likeliest by a slip of reading."""
_AS_PRINTED = "as_printed"
_FAULTS = frozenset(
    ("crossed_out", "pen_on_print", "runs_over_rule", "ink_unread", "ink_unread_beside", "mark_unclear")
)
"""What says that a pen may have been at work, whatever is read."""
_NAMED = 5
"""So many fields are named of those that could not be compared."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of the record that a code names: how it stands, its document, the values printed."""

    standing: Standing
    document: str = ""
    values: Values = field(default_factory=lambda: MappingProxyType({}))


Recall = Callable[[Code], Recalled]
"""Asks the archive what a code's record printed."""


def is_printed(lines: Sequence[Line], field: Field, value: Value) -> bool:
    """Whether the lines of a cell show what was printed there, and nothing else."""
    texts = _texts(field, value)
    if not texts or not lines or any(line.scores is None for line in lines):
        return False
    scores = decode.joined([line.scores for line in lines if line.scores is not None])
    own, *said = decode.weights_of(scores, ["".join(line.text for line in lines), *texts])
    return max(said) > own - _NEAR


def as_printed(reading: Reading, value: Value) -> Reading:
    """The reading of a cell that is as it was printed."""
    return Reading(value, reading.raw, 1.0, False, (Reason("as_printed"),), source=reading.source)


def compared(draft: Draft, values: Values, edition: Edition) -> Draft:
    """The draft of a sheet that came back: what is as printed stands, all else is for a clerk to look at."""
    unseen = [path for path, reading in draft.readings.items() if _is_unseen(reading)]
    readings = {
        path: _compared(reading, values.get(path), edition.field(path))
        for path, reading in draft.readings.items()
        if path not in unseen
    }
    findings = tuple(one for one in draft.findings if not one.paths)
    if unseen:
        findings = (*findings, _not_compared(unseen, edition))
    return replace(draft, readings=MappingProxyType(readings), findings=findings)


def _is_unseen(reading: Reading) -> bool:
    return any(reason.code == "label_not_found" for reason in reading.reasons)


def _not_compared(paths: Sequence[str], edition: Edition) -> Finding:
    labels = dict.fromkeys(edition.field(path).label for path in paths)
    facts = {"count": str(len(paths)), "fields": ", ".join(list(labels)[:_NAMED])}
    return Finding("cells_not_compared", Severity.WARNING, (), MappingProxyType(facts))


def _compared(reading: Reading, value: Value, field: Field) -> Reading:
    codes = {reason.code for reason in reading.reasons}
    plainly = _same(reading.value, value) and not _says_more(reading, value, field)
    if _AS_PRINTED in codes or (plainly and not codes & _FAULTS):
        return as_printed(reading, value)
    told = Reason("differs_from_printed", _facts(show(value, field) if value is not None else ""))
    others = tuple(reason for reason in reading.reasons if reason.code != "unsure")
    return replace(reading, review=True, reasons=(told, *others))


def _facts(printed: str) -> Mapping[str, str]:
    return MappingProxyType({"printed": mask(printed)})


def _same(one: Value, other: Value) -> bool:
    if _is_blank(one) or _is_blank(other):
        return _is_blank(one) and _is_blank(other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    return one == other


def _says_more(reading: Reading, value: Value, field: Field) -> bool:
    """Whether more was read than the entry of a list that is taken for it."""
    if field.kind != "choice" or field.marked:
        return False
    return _size(reading.raw) > max(map(_size, _texts(field, value)), default=0)


def _size(text: str) -> int:
    return sum(char.isalnum() for char in text)


def _is_blank(value: Value) -> bool:
    return value is None or value in ("", ())


def _texts(field: Field, value: Value) -> list[str]:
    """The ways in which a sheet prints a value."""
    if _is_blank(value):
        return []
    shown = [show(value, field)]
    if field.numbered:
        chosen = value if isinstance(value, tuple) else (str(value),)
        if all(one in field.choices for one in chosen):
            shown.append("、".join(str(field.choices.index(one) + 1) for one in chosen))
    return shown
