"""`dangan list`, `search` and `show`: the store comes in, records are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any

import typer

from desk import phrases, screen, words
from desk.contract import event_json, record_line
from desk.usage import RecordNumber
from desk.workplace import Workplace, open_workplace
from records.archive import Event, Record, SignedCopy
from records.editions import Edition
from records.masking import mask
from records.people import household, worker_name
from records.values import Value

SHOWN = "shown"
"""Events of what a public list showed begin with this word."""
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
    return str(record.number), name, _own_id(place, record), record.edition, states, _day(record.changed)


def _own_id(place: Workplace, record: Record) -> str:
    people = household(place.editions[record.edition], record.values)
    return mask(next((person.id_number for person in people if person.worker), ""))


def _print_record(place: Workplace, record: Record, events: list[Event], copies: list[SignedCopy]) -> None:
    edition = place.editions[record.edition]
    title = phrases.RECORD_TITLE.format(
        number=record.number, edition=edition.title, revision=record.revision, changed=_when(record.changed)
    )
    screen.out().print(screen.values_table(title, record.values, edition))
    if copies:
        lines = (_copy_line(edition, copy) for copy in copies)
        screen.out().print(screen.rows(phrases.COPIES_TITLE, phrases.COPIES_HEADS, lines))
    for moment, who, why, group in _occasions(events):
        screen.tell(f"\n{_when(moment)} · {who} · {words.why(why)}", "bold")
        for event in group:
            screen.tell("    " + _event_line(edition, event))


def _copy_line(edition: Edition, copy: SignedCopy) -> tuple[str, ...]:
    title = edition.document(copy.document).title
    spot = phrases.SPOT.format(sha256=copy.sha256[:8], page=copy.page)
    return title, str(copy.sheet + 1), str(copy.revision), _when(copy.when), spot, _ink_told(edition, copy)


def _ink_told(edition: Edition, copy: SignedCopy) -> str:
    """Which signatures and seals were seen on a sheet."""
    seen = [field.label for field in edition.ink if field.key in copy.ink and copy.ink[field.key].present]
    return phrases.BETWEEN.join(seen) or (phrases.NO_INK if copy.ink else phrases.INK_UNSEEN)


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


def _occasions(events: list[Event]) -> Iterator[tuple[datetime, str, str, list[Event]]]:
    """The events of one moment, clerk and reason together."""
    for (when, who, why), group in groupby(events, key=lambda event: (event.when, event.who, event.why)):
        yield when, who, why, list(group)


def _event_line(edition: Edition, event: Event) -> str:
    before, after = (_shown(edition, event, value) or phrases.BLANK for value in (event.before, event.after))
    return phrases.EVENT.format(
        place=_place_of(edition, event), before=before, after=after, spot=_spot(event)
    ).rstrip()


def _shown(edition: Edition, event: Event, value: Value) -> str:
    head, _, process = event.path.partition(":")
    if head == SHOWN and isinstance(value, tuple):
        return words.labels(edition, (path for path in value if edition.has(path)))
    if process and isinstance(value, str):
        return words.state(edition, process, value)
    if event.path and edition.has(event.path):
        return words.value(edition, event.path, value)
    return "、".join(value) if isinstance(value, tuple) else str(value or "")


def _place_of(edition: Edition, event: Event) -> str:
    head, _, process = event.path.partition(":")
    if not event.path:
        return phrases.WHOLE_RECORD
    if head == SHOWN:
        return phrases.SHOWN_PATH.format(document=_title(edition, process))
    if process:
        return phrases.STATE_PATH.format(process=words.process(edition, process))
    return words.label(edition, head)


def _title(edition: Edition, document: str) -> str:
    return next((use.title for use in edition.documents if use.name == document), document)


def _spot(event: Event) -> str:
    if event.sha256 is None:
        return ""
    told = {"sha256": event.sha256[:8], "page": event.page or 1}
    return phrases.SPOT_BOX.format(box=event.box, **told) if event.box else phrases.SPOT.format(**told)


def _event(event: Event) -> dict[str, Any]:
    return event_json(event) | {
        "sha256": event.sha256,
        "page": event.page,
        "box": list(event.box) if event.box else None,
        "on": event.on.isoformat() if event.on else None,
    }


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _day(moment: datetime) -> str:
    return moment.astimezone().date().isoformat()
