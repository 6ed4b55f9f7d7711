"""A record carried over comes in; what became of every field goes out, for the screen and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desk import phrases, screen, words
from records.carry_over import Carried
from records.editions import Edition
from records.findings import Reason
from records.moves import Fate, Move
from records.values import Values, to_plain

LISTED = (Fate.LOSSLESS, Fate.MISSING, Fate.UNASKED)
"""The fates of which naming the fields says enough, but for faults."""
PLAIN = {"carried_stale", "carried_missing"}
"""The reasons that the report says once for all fields."""


def tell(carried: Carried, old: Edition, values: Values, new: Edition) -> None:
    """The report as lines and tables, fate by fate."""
    number = carried.draft.forerunner.number if carried.draft.forerunner else ""
    screen.tell(phrases.CARRY_TITLE.format(number=number, old=old.title, new=new.title), "bold")
    for fate in Fate:
        moves = [move for move in carried.moves if move.fate is fate]
        screen.tell(phrases.CARRY_SECTION.format(fate=phrases.CARRY_FATES[fate], count=len(moves)), "bold")
        if fate in LISTED:
            _tell_labels(moves, new)
            moves = [move for move in moves if {reason.code for reason in move.reasons} - PLAIN]
        if moves:
            _tell_table(moves, old, values, new)
    asked = [move for move in carried.moves if move.asked]
    screen.tell(phrases.CARRY_ASKED.format(count=len(asked)))
    unsettled = [move for move in asked if move.value is None and new.field(move.path).required]
    if unsettled:
        screen.tell(phrases.CARRY_NOT_COMPLETE.format(count=len(unsettled)), "yellow")


def as_json(carried: Carried, old: Edition, values: Values, new: Edition) -> dict[str, Any]:
    """The report for programs."""
    return {
        "from": old.key,
        "to": new.key,
        "counts": {str(fate): count for fate, count in carried.counts.items()},
        "asked": list(carried.draft.doubtful),
        "fields": [_move_json(move, old, values, new) for move in carried.moves],
    }


def _tell_labels(moves: Iterable[Move], new: Edition) -> None:
    found = list(moves)
    stale = [move.path for move in found if Reason("carried_stale") in move.reasons]
    if found:
        screen.tell(phrases.CARRY_LIST.format(labels=words.labels(new, (move.path for move in found))))
    if stale:
        screen.tell(phrases.CARRY_STALE.format(labels=words.labels(new, stale)))


def _tell_table(moves: Iterable[Move], old: Edition, values: Values, new: Edition) -> None:
    """The moves, one a line, without columns that are empty in all of them."""
    heads = (phrases.FIELD, phrases.OLD_VALUE, phrases.NEW_VALUE, phrases.CANDIDATES, phrases.NOTICE)
    lines = [_line(move, old, values, new) for move in moves]
    filled = [place for place in range(len(heads)) if any(line[place] for line in lines)]
    shown = ([line[place] for place in filled] for line in lines)
    screen.out().print(screen.rows("", [heads[place] for place in filled], shown))


def _line(move: Move, old: Edition, values: Values, new: Edition) -> tuple[str, ...]:
    return (
        words.label(new, move.path) if move.path else "",
        "；".join(_old_told(source, old, values) for source in move.sources),
        words.value(new, move.path, move.value) if move.path else str(move.value),
        "；".join(words.value(new, move.path, other) for other in move.others),
        "".join(words.reason(reason) for reason in move.reasons),
    )


def _old_told(path: str, old: Edition, values: Values) -> str:
    return f"{words.label(old, path)}：{words.value(old, path, values.get(path))}"


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
