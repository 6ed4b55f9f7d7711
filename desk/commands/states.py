"""`dangan state`: a record's states in its edition's processes are shown, or it moves to the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import typer

from desk import phrases, screen, words
from desk.standing import Standing, from_the_beginning, standings
from desk.usage import RecordNumber, misuse
from desk.workplace import Workplace, open_workplace
from records.archive import Record
from records.editions import Edition
from records.errors import Refused
from records.processes import Process, process, processes


def state(
    number: RecordNumber,
    process_name: Annotated[
        str, typer.Argument(metavar=phrases.PLACE_PROCESS, help=phrases.STATE_PROCESS)
    ] = "",
    new: Annotated[str, typer.Argument(metavar=phrases.PLACE_STATE, help=phrases.STATE_NEW)] = "",
    on: Annotated[str, typer.Option("--on", metavar=phrases.PLACE_DAY, help=phrases.STATE_ON)] = "",
    ground: Annotated[
        str, typer.Option("--ground", metavar=phrases.PLACE_GROUND, help=phrases.STATE_GROUND)
    ] = "",
    who: Annotated[str, typer.Option("--who", metavar=phrases.PLACE_PERSON, help=phrases.WHO)] = "",
) -> int:
    """Show where a record stands, or move it with a day and a ground."""
    place = open_workplace()
    if bool(process_name) is not bool(new):
        raise misuse(phrases.STATE_NEEDS)
    day = _day(on)
    with place.store() as store:
        record = store.record(number)
        edition = place.editions[record.edition]
        if new:
            asked = _process(edition, process_name)
            try:
                record = store.move(
                    number, asked.name, _state(asked, new), day, ground, who or place.settings.user
                )
            except Refused as error:
                raise from_the_beginning(error) from error
    _print(place, record)
    return words.OK


def _day(text: str) -> date:
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise misuse(phrases.STATE_ON_WRONG) from None


def _process(edition: Edition, told: str) -> Process:
    """The process that a clerk names by its label or its name. Raises Refused."""
    by_label = {one.label: one.name for one in processes(edition)}
    return process(edition, by_label.get(told, told))


def _state(of: Process, told: str) -> str:
    by_label = {one.label: one.name for one in of.states}
    return by_label.get(told, told)


def _print(place: Workplace, record: Record) -> None:
    edition = place.editions[record.edition]
    heads = (phrases.PROCESS, phrases.STATE, phrases.SINCE, phrases.GROUND, phrases.NEXT)
    lines = (_line(one) for one in standings(edition, record))
    screen.out().print(screen.rows("", heads, lines))


def _line(one: Standing) -> Iterable[str]:
    following = phrases.BETWEEN.join(state.label for state in one.following)
    if one.now is None:
        return one.process.label, one.label, "", "", following
    return one.process.label, one.label, one.now.on.isoformat(), one.now.ground, following
