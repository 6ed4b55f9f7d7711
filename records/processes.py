"""Processes: the states that a household's papers pass through, as an edition's data says.

`[processes.<name>]` has a label and `states`, the first being where it starts;
each names its next states and its side exits. A move needs a date and a ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from records.errors import Refused
from records.forms import Edition


@dataclass(frozen=True, slots=True)
class State:
    """One state of a process: name, Chinese label, states that follow, side exits."""

    name: str
    label: str
    next: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()

    @property
    def follows(self) -> tuple[str, ...]:
        """Every state that may come next, side exits last."""
        return (*self.next, *self.exits)


@dataclass(frozen=True, slots=True)
class Process:
    """A process of an edition, its states in the notice's order."""

    name: str
    label: str
    states: tuple[State, ...]

    def state(self, name: str) -> State:
        """A state by name; raises Refused (`no_such_state`)."""
        for state in self.states:
            if state.name == name:
                return state
        known = "、".join(state.name for state in self.states)
        raise Refused("no_such_state", state=name, process=self.label, known=known)


@dataclass(frozen=True, slots=True)
class Step:
    """That a record reached a state on a day."""

    state: str
    on: date


def processes(edition: Edition) -> tuple[Process, ...]:
    """The processes of an edition; raises KeyError, TypeError or ValueError when its data is wrong."""
    return tuple(_process(name, data) for name, data in edition.processes.items())


def process(edition: Edition, name: str) -> Process:
    """A process of an edition by name; raises Refused (`no_such_process`)."""
    found = processes(edition)
    for one in found:
        if one.name == name:
            return one
    known = "、".join(one.name for one in found)
    raise Refused("no_such_process", process=name, edition=edition.key, known=known)


def next_states(of: Process, last: str | None = None) -> tuple[State, ...]:
    """The states that may follow `last`; the first state when nothing has happened yet."""
    if last is None:
        return of.states[:1]
    return tuple(of.state(name) for name in of.state(last).follows)


def check_move(of: Process, last: Step | None, state: str, on: date, ground: str) -> State:
    """The state that a move leads to.

    Raises Refused: `no_such_state`, `no_such_move` (facts say what may follow),
    `move_without_ground`, `move_before_last` (a day before the last state's), `move_to_come` (a day
    that is not yet: every later move would have to wait for it).
    """
    wanted = of.state(state)
    allowed = next_states(of, last.state if last else None)
    if wanted not in allowed:
        labels = "、".join(one.label for one in allowed)
        came_from = of.state(last.state).label if last else ""
        raise Refused("no_such_move", process=of.label, last=came_from, state=wanted.label, allowed=labels)
    if not ground.strip():
        raise Refused("move_without_ground", process=of.label, state=wanted.label)
    if on > date.today():
        raise Refused("move_to_come", state=wanted.label, on=on)
    if last and on < last.on:
        raise Refused("move_before_last", state=wanted.label, on=on, last=last.on)
    return wanted


def _process(name: str, data: dict[str, Any]) -> Process:
    states = tuple(_state(entry) for entry in data["states"])
    names = [state.name for state in states]
    unknown = {follower for state in states for follower in state.follows} - set(names)
    if not states or len(set(names)) < len(names) or unknown:
        raise ValueError(f"process {name}: no states, doubled states or unknown ones: {sorted(unknown)}")
    return Process(name, data["label"], states)


def _state(entry: dict[str, Any]) -> State:
    unknown = set(entry) - {"name", "label", "next", "exits"}
    if unknown:
        raise ValueError(f"state {entry['name']}: unknown {sorted(unknown)}")
    return State(entry["name"], entry["label"], tuple(entry.get("next", ())), tuple(entry.get("exits", ())))
