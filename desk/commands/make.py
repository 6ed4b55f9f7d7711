"""`dangan make`: records come in, Word and PDF documents lie in a folder afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from desk import phrases, screen, words
from desk.documents_made import Made, Order, Printing, fill_order, is_list
from desk.lists_made import WrongWish, wishes
from desk.progress import advancing
from desk.usage import HIGHEST, misuse
from desk.workplace import Workplace, open_workplace
from records.archive import Record
from records.editions import Edition
from records.errors import NoSuchRecord


def make(
    document: Annotated[str, typer.Argument(metavar=phrases.PLACE_DOCUMENT, help=phrases.MAKE_DOCUMENT)] = "",
    numbers: Annotated[
        list[int] | None,
        typer.Argument(metavar=phrases.PLACE_NUMBER, help=phrases.RECORD_NUMBERS, min=1, max=HIGHEST),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar=phrases.PLACE_FOLDER, help=phrases.OUT_FOLDER)
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help=phrases.MAKE_PDF)] = False,
    everything: Annotated[bool, typer.Option("--all", help=phrases.MAKE_ALL)] = False,
    search: Annotated[
        str, typer.Option("--search", metavar=phrases.PLACE_TEXT, help=phrases.MAKE_SEARCH)
    ] = "",
    archival: Annotated[bool, typer.Option("--archival", help=phrases.MAKE_ARCHIVAL)] = False,
    together: Annotated[bool, typer.Option("--together", help=phrases.MAKE_TOGETHER)] = False,
    listing: Annotated[bool, typer.Option("--list", help=phrases.MAKE_LIST)] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help=phrases.MAKE_XLSX)] = False,
    given: Annotated[
        list[str] | None, typer.Option("--given", metavar=phrases.PLACE_PAIR, help=phrases.MAKE_GIVEN)
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--with", metavar=phrases.PLACE_FIELD, help=phrases.MAKE_WITH)
    ] = None,
    shown: Annotated[
        list[str] | None, typer.Option("--show", metavar=phrases.PLACE_FIELD, help=phrases.MAKE_SHOW)
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar=phrases.PLACE_GROUND_WHY, help=phrases.MAKE_REASON)
    ] = "",
) -> int:
    """Make one document for every record asked for, or one list of them all."""
    place = open_workplace()
    if listing:
        return _list(place)
    if not document or out is None:
        raise misuse(phrases.MAKE_WHAT)
    if sum((bool(numbers), everything, bool(search))) != 1:
        raise misuse(phrases.MAKE_WHICH)
    if not any(use.name == document for edition in place.editions for use in edition.documents):
        raise misuse(phrases.MAKE_UNKNOWN.format(document=document))
    printing = Printing(pdf or archival or together, archival)
    chosen, status = _chosen(place, numbers or [], everything, search)
    wanted = (record for record in _records(place, chosen) if numbers or _offers(place, record, document))
    wished = wishes(xlsx, given, columns, shown, reason)
    order = Order(document, printing, wished, together)
    if is_list(place, document):
        try:
            made = fill_order(place, order, wanted, out, screen.report)
        except WrongWish as wrong:
            raise misuse(str(wrong).rstrip(phrases.STOP)) from wrong
    elif wished:
        raise misuse(phrases.MAKE_LIST_ONLY)
    else:
        with advancing(phrases.MAKING, len(chosen)) as advance:
            made = fill_order(place, order, wanted, out, screen.report, advance)
    _say(made, out)
    return words.FAILED if made.failed or status else words.OK


def _say(made: Made, folder: Path) -> None:
    if made.files:
        screen.tell(phrases.MADE.format(count=len(made.files), folder=folder))
    elif not made.failed:
        screen.say(phrases.NOTHING_MADE)
    if made.kept:
        screen.tell(phrases.MADE_BEFORE.format(count=made.kept))


def _chosen(place: Workplace, numbers: list[int], everything: bool, search: str) -> tuple[list[int], int]:
    """The numbers of the records asked for, and whether all of them are there."""
    with place.store() as store:
        if everything:
            return list(store.numbers()), words.OK
        if search:
            return list(store.numbers(search)), words.OK
        there = set(store.numbers())
    missing = [number for number in numbers if number not in there]
    for number in missing:
        screen.complain(NoSuchRecord(number=number))
    return [number for number in numbers if number in there], words.FAILED if missing else words.OK


def _records(place: Workplace, numbers: list[int]) -> Iterator[Record]:
    """The records of these numbers, a few at a time."""
    with place.store() as store:
        for start in range(0, len(numbers), _AT_ONCE):
            yield from store.records(numbers[start : start + _AT_ONCE])


_AT_ONCE = 200


def _offers(place: Workplace, record: Record, document: str) -> bool:
    """Whether the record's edition has the document; one that has not is said and passed over."""
    if any(use.name == document for use in place.editions[record.edition].documents):
        return True
    screen.say(
        phrases.SKIPPED_EDITION.format(number=record.number, edition=record.edition, document=document)
    )
    return False


def _list(place: Workplace) -> int:
    lines = [line for edition in place.editions for line in _document_lines(edition)]
    screen.out().print(
        screen.rows(phrases.MAKE_TITLE, (phrases.DOCUMENT, phrases.TITLE, phrases.EDITION), lines)
    )
    return words.OK


def _document_lines(edition: Edition) -> list[tuple[str, str, str]]:
    return [(use.name, use.title, edition.key) for use in edition.documents]
