"""`dangan list`, `search` and `show`: the store comes in, records are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from desk import phrases, screen, words
from desk.contract import event_json, record_line
from desk.history_told import day_told, event_line, ink_told, occasions, when_told
from desk.usage import RecordNumber
from desk.workplace import Workplace, open_workplace
from records.archive import Event, Record, SignedCopy
from records.editions import Edition
from records.masking import mask
from records.people import household, worker_name

AsJson = Annotated[bool, typer.Option("--json", help=phrases.AS_JSON)]


def list_records(as_json: AsJson = False) -> int:
    """Print every record, one a line."""
    place = open_workplace()
    with place.store() as store:
        _print_records(place, store.records(), as_json)
    return words.OK


def search(
    text: Annotated[str, typer.Argument(metavar=phrases.PLACE_TEXT, help=phrases.SEARCH_TEXT)],
    as_json: AsJson = False,
) -> int:
    """Print the records that hold the text."""
    place = open_workplace()
    with place.store() as store:
        _print_records(place, store.search(text), as_json)
    return words.OK


def show(
    number: RecordNumber,
    history: Annotated[bool, typer.Option("--history", help=phrases.SHOW_HISTORY)] = False,
    as_json: AsJson = False,
) -> int:
    """Print one record, with its history when asked."""
    place = open_workplace()
    with place.store() as store:
        record = store.record(number)
        events = store.history(number) if history else []
        copies = store.copies(number)
    if as_json:
        told = _about(place, record) | record_line(place.editions[record.edition], record.values)
        told = told | {"signed_copies": [_copy(copy) for copy in copies]} if copies else told
        screen.print_json(told | {"history": [_event(event) for event in events]} if history else told)
    else:
        _print_record(place, record, events, copies)
    return words.OK


def _print_records(place: Workplace, records: Iterable[Record], as_json: bool) -> None:
    found = list(records)
    if as_json:
        for record in found:
            screen.print_json(_about(place, record))
    elif found:
        heads = (
            phrases.NUMBER,
            phrases.NAME,
            phrases.ID_NUMBER,
            phrases.EDITION,
            phrases.STATE,
            phrases.CHANGED,
        )
        screen.out().print(screen.rows("", heads, (_line(place, record) for record in found)))
    else:
        screen.say(phrases.NO_RECORDS)


def _about(place: Workplace, record: Record) -> dict[str, Any]:
    return {
        "number": record.number,
        "edition": record.edition,
        "name": worker_name(place.editions[record.edition], record.values),
        "id_number": _own_id(place, record),
        "created": record.created.isoformat(),
        "changed": record.changed.isoformat(),
        "revision": record.revision,
        "states": {process: state.state for process, state in record.states.items()},
    }


def _line(place: Workplace, record: Record) -> tuple[str, ...]:
    edition = place.editions[record.edition]
    states = "、".join(words.state(edition, process, one.state) for process, one in record.states.items())
    name = worker_name(edition, record.values)
    return str(record.number), name, _own_id(place, record), record.edition, states, day_told(record.changed)


def _own_id(place: Workplace, record: Record) -> str:
    people = household(place.editions[record.edition], record.values)
    return mask(next((person.id_number for person in people if person.worker), ""))


def _print_record(place: Workplace, record: Record, events: list[Event], copies: list[SignedCopy]) -> None:
    edition = place.editions[record.edition]
    title = phrases.RECORD_TITLE.format(
        number=record.number,
        edition=edition.title,
        revision=record.revision,
        changed=when_told(record.changed),
    )
    screen.out().print(screen.values_table(title, record.values, edition))
    if copies:
        lines = (_copy_line(edition, copy) for copy in copies)
        screen.out().print(screen.rows(phrases.COPIES_TITLE, phrases.COPIES_HEADS, lines))
    for moment, who, why, group in occasions(events):
        screen.tell(f"\n{when_told(moment)} · {who} · {words.why(why)}", "bold")
        for event in group:
            screen.tell("    " + event_line(edition, event))


def _copy_line(edition: Edition, copy: SignedCopy) -> tuple[str, ...]:
    title = edition.document(copy.document).title
    spot = phrases.SPOT.format(sha256=copy.sha256[:8], page=copy.page)
    return title, str(copy.sheet + 1), str(copy.revision), when_told(copy.when), spot, ink_told(edition, copy)


def _copy(copy: SignedCopy) -> dict[str, Any]:
    return {
        "document": copy.document,
        "sheet": copy.sheet,
        "revision": copy.revision,
        "when": copy.when.isoformat(),
        "sha256": copy.sha256,
        "page": copy.page,
        "ink": {key: ink.present for key, ink in copy.ink.items()},
    }


def _event(event: Event) -> dict[str, Any]:
    return event_json(event) | {
        "sha256": event.sha256,
        "page": event.page,
        "box": list(event.box) if event.box else None,
        "on": event.on.isoformat() if event.on else None,
    }
