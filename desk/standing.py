"""Where a record stands: a record and its edition come in, its processes with what may follow go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desk import phrases
from records.archive import Record
from records.archive import State as Reached
from records.editions import Edition
from records.errors import Refused
from records.processes import Process, State, next_states, processes


@dataclass(frozen=True, slots=True)
class Standing:
    """One process of a record: what was reached last, if anything was, and what may follow."""

    process: Process
    now: Reached | None
    following: tuple[State, ...]

    @property
    def label(self) -> str:
        """The state in words; also that nothing has begun."""
        return self.process.state(self.now.state).label if self.now else phrases.NOT_BEGUN


def standings(edition: Edition, record: Record) -> Iterator[Standing]:
    """Every process of the record's edition."""
    for one in processes(edition):
        now = record.states.get(one.name)
        yield Standing(one, now, next_states(one, now.state if now else None))


def from_the_beginning(error: Refused) -> Refused:
    """The refusal of a move; one that names no state before says that nothing has begun."""
    if error.facts.get("last") != "":
        return error
    return Refused(error.code, **(error.facts | {"last": phrases.NOT_BEGUN}))
