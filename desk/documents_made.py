"""Documents made at the desk: records come in one after the other, Word files and PDFs lie in a folder.

The command line and the browser ask alike, by an `Order`.

Word files are made anew each time: that costs next to nothing and shows what
the archive holds now. A PDF stays when it was made of the very same Word file,
so a run that was stopped goes on where it ended. Only so many records are held
at a time, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from desk import phrases, words
from desk.cases import with_latest_case
from desk.guard import as_ours
from desk.lists_made import Tell, Wishes, make_lists
from desk.workplace import Workplace
from records.archive import Record

_AT_ONCE = 200
"""Records whose Word files go to LibreOffice together: enough for two calls of it side by side."""


@dataclass(frozen=True, slots=True)
class Printing:
    """Whether PDFs are wanted, too, and whether as PDF/A-2b for keeping."""

    wanted: bool = False
    archival: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One document for every record, or one list of them all; `together` lays them out on A4, too."""

    document: str
    printing: Printing = Printing()
    wishes: Wishes = field(default_factory=Wishes)
    together: bool = False


@dataclass(slots=True)
class Made:
    """The files that stand in the folder now, how many PDFs of them stood there already, what went wrong."""

    files: list[Path] = field(default_factory=list)
    kept: int = 0
    failed: bool = False

    @property
    def pdfs(self) -> list[Path]:
        """The PDFs, in the order of their records."""
        return [file for file in self.files if file.suffix == ".pdf"]


def is_list(place: Workplace, document: str) -> bool:
    """Whether a document is a list; it is the same in every edition that has it."""
    documents = [use for edition in place.editions for use in edition.documents if use.name == document]
    return any(use.roster is not None for use in documents)


def fill_order(
    place: Workplace,
    order: Order,
    records: Iterable[Record],
    folder: Path,
    tell: Tell,
    advance: Callable[[], None] = lambda: None,
) -> Made:
    """Makes all that an order wants of these records; a failure is told and the others go on.

    `advance` is called once for each record that has a document of its own. Raises WrongWish.
    """
    if is_list(place, order.document):
        made = _make_lists(place, order, list(records), folder, tell)
    else:
        asked = ((order.document, record) for record in records)
        made = make_documents(place, asked, folder, order.printing, tell, advance)
    if order.together:
        _impose(place, order.document, folder, made, tell)
    return made


def _make_lists(place: Workplace, order: Order, records: list[Record], folder: Path, tell: Tell) -> Made:
    if records:
        folder.mkdir(parents=True, exist_ok=True)
    files, failed = make_lists(place, order.document, records, folder, order.wishes, tell)
    made = Made(files, failed=failed)
    if order.printing.wanted:
        sheets = [file for file in files if file.suffix == ".docx"]
        print_each(place, sheets, 0, order.printing, made, tell)
    return made


def _impose(place: Workplace, document: str, folder: Path, made: Made, tell: Tell) -> None:
    """All of them many to a page, in one more PDF; one of before goes, whatever becomes of this."""
    from docgen.imposing import impose

    target = folder / phrases.TOGETHER.format(document=document)
    try:
        target.unlink(missing_ok=True)
        if not made.pdfs:
            return
        impose(made.pdfs, target)
    except Exception as error:
        _tell(place, error, made, tell)
    else:
        made.files.append(target)


def make_documents(
    place: Workplace,
    wanted: Iterable[tuple[str, Record]],
    folder: Path,
    printing: Printing,
    tell: Tell,
    advance: Callable[[], None] = lambda: None,
) -> Made:
    """Makes each document of each record; a failure is told and the others go on.

    `advance` is called once for each document.
    """
    made = Made()
    waiting = iter(wanted)
    while some := list(islice(waiting, _AT_ONCE)):
        sheets = list(_filled(place, some, folder, made, tell, advance))
        made.files += [file for file, _ in sheets]
        if not printing.wanted:
            for _ in sheets:
                advance()
            continue
        for pages in dict.fromkeys(pages for _, pages in sheets):
            alike = [file for file, count in sheets if count == pages]
            print_each(place, alike, pages, printing, made, tell, advance)
    return made


def _filled(
    place: Workplace,
    wanted: Sequence[tuple[str, Record]],
    folder: Path,
    made: Made,
    tell: Tell,
    advance: Callable[[], None],
) -> Iterator[tuple[Path, int]]:
    """The Word files, each with the pages it is meant to fill."""
    from docgen.documents import make

    for document, record in wanted:
        edition = place.editions[record.edition]
        try:
            files = make(document, with_latest_case(place, document, record), edition, folder)
        except Exception as error:
            told = words.error(as_ours(error, place.settings.log))
            tell(phrases.OF_RECORD.format(record=record.number, told=told), True)
            made.failed = True
            advance()
        else:
            pages = edition.document(document).pages
            yield from ((file, pages) for file in files)


def print_each(
    place: Workplace,
    sheets: Sequence[Path],
    pages: int,
    printing: Printing,
    made: Made,
    tell: Tell,
    advance: Callable[[], None] = lambda: None,
) -> None:
    """Makes the PDFs of Word files beside them, but for those that stand there already.

    One that stands there of an older Word file goes first: should the new one
    fail, nobody is to print what does not hold any more.
    """
    there: dict[Path, Path] = {}
    try:
        stale = list(_stale(sheets, printing, there))
        made.kept += len(there)
        for _ in there:
            advance()
        if stale:
            folder = stale[0].parent
            results = place.office.printed(stale, folder, pages, archival=printing.archival)
            for sheet, result in zip(stale, results, strict=False):
                advance()
                if isinstance(result, Path):
                    there[sheet] = result
                else:
                    _tell(place, result, made, tell)
    except Exception as error:
        _tell(place, error, made, tell)
    made.files += [there[sheet] for sheet in sheets if sheet in there]


def _stale(sheets: Iterable[Path], printing: Printing, there: dict[Path, Path]) -> Iterator[Path]:
    """The Word files without a PDF made of them; the others go into `there`, each with its PDF."""
    from docgen.office import is_made_of

    for sheet in sheets:
        pdf = sheet.with_suffix(".pdf")
        if is_made_of(pdf, sheet, archival=printing.archival):
            there[sheet] = pdf
        else:
            pdf.unlink(missing_ok=True)
            yield sheet


def _tell(place: Workplace, error: Exception, made: Made, tell: Tell) -> None:
    tell(words.error(as_ours(error, place.settings.log)), True)
    made.failed = True
