"""Histories in words: events of a record come in, what happened goes out, for screens and pages alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby

from desk import phrases, words
from records.archive import Event, SignedCopy
from records.editions import Edition
from records.values import Value

SHOWN = "shown"
"""Events of what a public list showed begin with this word."""
Teller = Callable[[Edition, str, Value], str]
"""Tells the value of a field."""


def occasions(events: Iterable[Event]) -> Iterator[tuple[datetime, str, str, list[Event]]]:
    """The events of one moment, clerk and reason together."""
    for (when, who, why), group in groupby(events, key=lambda event: (event.when, event.who, event.why)):
        yield when, who, why, list(group)


def event_line(edition: Edition, event: Event) -> str:
    """An event on one line, with the spot of the paper that it rests on."""
    before, after = (told(edition, event, value) for value in (event.before, event.after))
    return phrases.EVENT.format(
        place=place_of(edition, event), before=before, after=after, spot=_spot(event)
    ).rstrip()


def told(edition: Edition, event: Event, value: Value, teller: Teller = words.value) -> str:
    """What stood or stands there."""
    return _told(edition, event, value, teller) or phrases.BLANK


def _told(edition: Edition, event: Event, value: Value, teller: Teller) -> str:
    head, _, process = event.path.partition(":")
    if head == SHOWN and isinstance(value, tuple):
        return words.labels(edition, (path for path in value if edition.has(path)))
    if process and isinstance(value, str):
        return words.state(edition, process, value)
    if event.path and edition.has(event.path):
        return teller(edition, event.path, value)
    return phrases.BETWEEN.join(value) if isinstance(value, tuple) else str(value or "")


def place_of(edition: Edition, event: Event) -> str:
    """What an event is about."""
    head, _, process = event.path.partition(":")
    if not event.path:
        return phrases.WHOLE_RECORD
    if head == SHOWN:
        return phrases.SHOWN_PATH.format(document=_title(edition, process))
    if process:
        return phrases.STATE_PATH.format(process=words.process(edition, process))
    return words.label(edition, head) if edition.has(head) else head


def ink_told(edition: Edition, copy: SignedCopy) -> str:
    """Which signatures and seals were seen on a sheet."""
    seen = [field.label for field in edition.ink if field.key in copy.ink and copy.ink[field.key].present]
    return phrases.BETWEEN.join(seen) or (phrases.NO_INK if copy.ink else phrases.INK_UNSEEN)


def when_told(moment: datetime) -> str:
    """A moment, to the minute, as clocks here tell it."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def day_told(moment: datetime) -> str:
    """The day of a moment, here."""
    return moment.astimezone().date().isoformat()


def _title(edition: Edition, document: str) -> str:
    return next((use.title for use in edition.documents if use.name == document), document)


def _spot(event: Event) -> str:
    if event.sha256 is None:
        return ""
    told = {"sha256": event.sha256[:8], "page": event.page or 1}
    return phrases.SPOT_BOX.format(box=event.box, **told) if event.box else phrases.SPOT.format(**told)
