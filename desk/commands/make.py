"""`dangan make`: records come in, Word and PDF documents lie in a folder afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from desk import phrases, screen, words
from desk.guard import as_ours
from desk.lists_made import Wishes, make_lists, wishes
from desk.usage import HIGHEST, misuse
from desk.workplace import Workplace, open_workplace
from records.archive import Record
from records.editions import Edition


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
    records, status = _chosen(place, numbers or [], everything, search)
    wanted = [record for record in records if numbers or _offers(place, record, document)]
    if wanted:
        out.mkdir(parents=True, exist_ok=True)
    wished = wishes(xlsx, given, columns, shown, reason)
    lists = [record for record in wanted if _is_list(place, record, document)]
    if wished and not lists:
        raise misuse(phrases.MAKE_LIST_ONLY)
    made, failed = _make_lists(place, document, lists, out, wished, pdf=pdf)
    singles = [(document, record) for record in wanted if not _is_list(place, record, document)]
    more, also_failed = make_documents(place, singles, out, pdf=pdf)
    made, failed = [*made, *more], failed or also_failed
    if made:
        screen.tell(phrases.MADE.format(count=len(made), folder=out))
    elif not wanted:
        screen.say(phrases.NOTHING_MADE)
    return words.FAILED if failed or status else words.OK


def make_documents(
    place: Workplace, wanted: Iterable[tuple[str, Record]], folder: Path, *, pdf: bool
) -> tuple[list[Path], bool]:
    """The files made, and whether one could not be; each failure is told and the others go on."""
    from docgen.documents import make

    by_pages: dict[int, list[Path]] = {}
    failed = False
    for document, record in wanted:
        edition = place.editions[record.edition]
        try:
            made = make(document, record, edition, folder)
        except Exception as error:
            screen.complain(as_ours(error, place.settings.log))
            failed = True
        else:
            by_pages.setdefault(edition.document(document).pages, []).extend(made)
    words_made = [file for files in by_pages.values() for file in files]
    if not pdf:
        return words_made, failed
    printed = [_print(place, files, folder, pages) for pages, files in by_pages.items()]
    pdfs = [file for made, _ in printed for file in made]
    return [*words_made, *pdfs], failed or not all(whole for _, whole in printed)


def _is_list(place: Workplace, record: Record, document: str) -> bool:
    documents = place.editions[record.edition].documents
    return any(use.name == document and use.roster is not None for use in documents)


def _make_lists(
    place: Workplace, document: str, records: list[Record], folder: Path, wanted: Wishes, *, pdf: bool
) -> tuple[list[Path], bool]:
    made, failed = make_lists(place, document, records, folder, wanted)
    sheets = [file for file in made if file.suffix == ".docx"]
    if not pdf or not sheets:
        return made, failed
    printed, whole = _print(place, sheets, folder, 0)
    return [*made, *printed], failed or not whole


def _print(place: Workplace, files: list[Path], folder: Path, pages: int) -> tuple[list[Path], bool]:
    """The PDFs of files of so many pages each, and whether all were made."""
    try:
        return place.office.to_pdf(files, folder, pages), True
    except Exception as error:
        screen.complain(as_ours(error, place.settings.log))
        return [], False


def _chosen(place: Workplace, numbers: list[int], everything: bool, search: str) -> tuple[list[Record], int]:
    with place.store() as store:
        if everything:
            return list(store.records()), words.OK
        if search:
            return list(store.search(search)), words.OK
        found, status = [], words.OK
        for number in numbers:
            try:
                found.append(store.record(number))
            except Exception as error:
                screen.complain(as_ours(error, place.settings.log))
                status = words.FAILED
        return found, status


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
