"""A record carried over comes in; what became of every field goes out, for the screen and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desk import phrases, screen, words
from desk.history_told import Teller
from records.carry_over import Carried
from records.editions import Edition
from records.findings import Reason
from records.moves import Fate, Move
from records.values import Values, to_plain

LISTED = (Fate.LOSSLESS, Fate.MISSING, Fate.UNASKED)
"""The fates of which naming the fields says enough, but for faults."""
PLAIN = {"carried_stale", "carried_missing"}
"""The reasons that the report says once for all fields."""


@dataclass(frozen=True, slots=True)
class Section:
    """The fields that met one fate: their labels where these say enough, those to be checked, and lines."""

    fate: Fate
    title: str
    count: int
    labels: str
    stale: str
    lines: tuple[tuple[str, ...], ...]


def sections(
    carried: Carried, old: Edition, values: Values, new: Edition, teller: Teller = words.value
) -> Iterator[Section]:
    """The report, fate by fate."""
    for fate in Fate:
        moves = [move for move in carried.moves if move.fate is fate]
        listed = moves if fate in LISTED else []
        told = [move for move in moves if fate not in LISTED or {one.code for one in move.reasons} - PLAIN]
        stale = [move.path for move in listed if Reason("carried_stale") in move.reasons]
        yield Section(
            fate,
            phrases.CARRY_FATES[fate],
            len(moves),
            words.labels(new, (move.path for move in listed)),
            words.labels(new, stale),
            tuple(_line(move, old, values, new, teller) for move in told),
        )


def unsettled(carried: Carried, new: Edition) -> int:
    """How many fields have to be filled and are not."""
    asked = (move for move in carried.moves if move.asked)
    return sum(move.value is None and new.field(move.path).required for move in asked)


def tell(carried: Carried, old: Edition, values: Values, new: Edition) -> None:
    """The report as lines and tables, fate by fate."""
    number = carried.draft.forerunner.number if carried.draft.forerunner else ""
    screen.tell(phrases.CARRY_TITLE.format(number=number, old=old.title, new=new.title), "bold")
    for one in sections(carried, old, values, new):
        screen.tell(phrases.CARRY_SECTION.format(fate=one.title, count=one.count), "bold")
        if one.labels:
            screen.tell(phrases.CARRY_LIST.format(labels=one.labels))
        if one.stale:
            screen.tell(phrases.CARRY_STALE.format(labels=one.stale))
        if one.lines:
            _tell_table(one.lines)
    screen.tell(phrases.CARRY_ASKED.format(count=sum(move.asked for move in carried.moves)))
    if missing := unsettled(carried, new):
        screen.tell(phrases.CARRY_NOT_COMPLETE.format(count=missing), "yellow")


def as_json(carried: Carried, old: Edition, values: Values, new: Edition) -> dict[str, Any]:
    """The report for programs."""
    return {
        "from": old.key,
        "to": new.key,
        "counts": {str(fate): count for fate, count in carried.counts.items()},
        "asked": list(carried.draft.doubtful),
        "fields": [_move_json(move, old, values, new) for move in carried.moves],
    }


def _tell_table(lines: Sequence[Sequence[str]]) -> None:
    """The moves, one a line, without columns that are empty in all of them."""
    filled = [place for place in range(len(phrases.CARRY_HEADS)) if any(line[place] for line in lines)]
    shown = ([line[place] for place in filled] for line in lines)
    screen.out().print(screen.rows("", [phrases.CARRY_HEADS[place] for place in filled], shown))


def _line(move: Move, old: Edition, values: Values, new: Edition, teller: Teller) -> tuple[str, ...]:
    return (
        words.label(new, move.path) if move.path else "",
        "；".join(
            f"{words.label(old, path)}：{teller(old, path, values.get(path))}" for path in move.sources
        ),
        teller(new, move.path, move.value) if move.path else str(move.value),
        "；".join(teller(new, move.path, other) for other in move.others),
        "".join(words.reason(reason) for reason in move.reasons),
    )


def _move_json(move: Move, old: Edition, values: Values, new: Edition) -> dict[str, Any]:
    return {
        "field": move.path,
        "label": words.label(new, move.path) if move.path else "",
        "fate": str(move.fate),
        "value": to_plain(move.value),
        "candidates": [to_plain(other) for other in move.others],
        "asked": move.asked,
        "reasons": [words.reason(reason) for reason in move.reasons],
        "sources": [
            {"field": path, "label": words.label(old, path), "value": to_plain(values.get(path))}
            for path in move.sources
        ],
    }
