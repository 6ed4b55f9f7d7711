"""Candidates: what may stand in a cell, with how much the picture speaks for each.

What the engine proposed and its alternatives; where rules are broken, also what
one other figure would make of it; and always that it is something unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from records import kinds
from records.drafts import Reading
from records.forms import Field
from records.values import Value

_SUREST, _LEAST = 0.998, 0.02
_OPEN, _CLOSED = 0.75, 0.98
"""How much of what the first choice leaves its alternatives may have, of open and closed lists."""
_ONE_FIGURE = 0.85
"""How many wrong readings of figures are wrong in one of them."""
_MOST = 12
_SHORT_LIST = 4
_ALIKE = {
    "0": "689", "1": "74", "2": "73", "3": "852", "4": "91",
    "5": "36", "6": "058", "7": "192", "8": "3609", "9": "740",
}  # fmt: skip
"""Figures that hands and bad scans make alike."""
_ALIKE_WEIGHT = 4.0
_FIGURES = "0123456789"


class Origin(StrEnum):
    """Who proposes a candidate."""

    READ = "read"
    ENGINE = "engine"
    REPAIR = "repair"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that may stand there, and its share of the probability before the rules are asked."""

    value: Value
    share: float
    origin: Origin


def seen(reading: Reading, field: Field) -> Value:
    """What the picture said before the value's own check preferred another."""
    told = (reason.facts.get("read", "") for reason in reading.reasons if reason.code == "repaired")
    return next((kinds.parse(text, field).value for text in told if text), reading.value)


def candidates(reading: Reading, field: Field) -> tuple[Candidate, ...]:
    """What a reading leaves open, the value as read first and the unknown last."""
    sure = min(max(reading.confidence, _LEAST), _SUREST) if reading.value is not None else 0.0
    others = [one for one in reading.alternatives if one.value not in (None, reading.value)][:_MOST]
    asked = sum(max(one.confidence, 0.0) for one in others)
    room = (1 - sure) * (_CLOSED if field.enforced else _OPEN)
    scale = room / asked if asked > room or (reading.value is None and asked) else 1.0
    given = [Candidate(one.value, one.confidence * scale, Origin.ENGINE) for one in others]
    left = 1 - sure - sum(one.share for one in given)
    read = Candidate(reading.value, sure, Origin.READ)
    return (*([read] if sure else ()), *given, Candidate(reading.value, left, Origin.UNKNOWN))


def with_repairs(
    known: Sequence[Candidate],
    field: Field,
    base: Value,
    is_sound: Callable[[Value], bool],
    mends: Callable[[Value], bool],
) -> tuple[Candidate, ...]:
    """The candidates with those values, one figure away from the one read, that mend what is broken.

    What may have been misread as `base` is sound by itself; of that, what mends nothing stays unknown.
    """
    read, unknown = known[0], known[-1]
    sound = {value: weight for value, weight in _near(base, field) if is_sound(value)}
    mending = {value: weight for value, weight in sound.items() if mends(value)}
    if read.origin is not Origin.READ or not mending:
        return tuple(known)
    room = unknown.share * (_CLOSED if field.enforced else _ONE_FIGURE) / sum(sound.values())
    given = [replace(one, share=one.share + room * mending.pop(one.value, 0.0)) for one in known[:-1]]
    repairs = [Candidate(value, room * weight, Origin.REPAIR) for value, weight in mending.items()]
    left = 1 - sum(one.share for one in (*given, *repairs))
    return (*given, *repairs, replace(unknown, share=left))


def _near(value: Value, field: Field) -> Iterator[tuple[Value, float]]:
    """What may have been misread as this value, with a weight: one figure, or an entry of a short list."""
    if field.kind in ("id_number", "date") and isinstance(value, str):
        for place, figure in enumerate(value):
            for other in _instead(figure, last=place == len(value) - 1 and len(value) == 18):
                weight = _ALIKE_WEIGHT if other in _ALIKE.get(figure, "") else 1.0
                yield f"{value[:place]}{other}{value[place + 1 :]}", weight
    elif field.kind == "choice" and field.enforced and len(field.choices) <= _SHORT_LIST:
        yield from ((entry, 1.0) for entry in field.choices if entry != value)


def _instead(figure: str, last: bool) -> str:
    if figure not in _FIGURES + "X":
        return ""
    return (_FIGURES + "X" if last else _FIGURES).replace(figure, "")


def disturbed(value: Value, field: Field) -> Sequence[Value]:
    """A few values that differ from this one as misreadings do, each place or entry once."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return [Decimal(one) for one in _shifted(text)]
    if isinstance(value, str) and field.choices:
        return [entry for entry in field.choices if entry != value][:_MOST]
    if isinstance(value, str) and any(char in _FIGURES for char in value) and field.kind != "text":
        return list(_shifted(value))
    if isinstance(value, str):
        return [value[:place] + value[place + 1 :] for place in range(min(len(value), _MOST))]
    return []


def _shifted(text: str) -> Iterator[str]:
    """The text with each of its figures in turn replaced by one that is like it."""
    for place, char in enumerate(text):
        if char in _ALIKE:
            yield f"{text[:place]}{_ALIKE[char][place % len(_ALIKE[char])]}{text[place + 1 :]}"
