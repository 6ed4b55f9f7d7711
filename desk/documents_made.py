"""Documents made at the desk: records come in one after the other, Word files and PDFs lie in a folder.

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

from desk import phrases, screen, words
from desk.cases import with_latest_case
from desk.guard import as_ours
from desk.workplace import Workplace
from records.archive import Record
from records.errors import DanganError

_AT_ONCE = 200
"""Records whose Word files go to LibreOffice together: enough for two calls of it side by side."""


@dataclass(frozen=True, slots=True)
class Printing:
    """Whether PDFs are wanted, too, and whether as PDF/A-2b for keeping."""

    wanted: bool = False
    archival: bool = False


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


def make_documents(
    place: Workplace,
    wanted: Iterable[tuple[str, Record]],
    folder: Path,
    printing: Printing,
    advance: Callable[[], None] = lambda: None,
) -> Made:
    """Makes each document of each record; a failure is told and the others go on.

    `advance` is called once for each document.
    """
    made = Made()
    waiting = iter(wanted)
    while some := list(islice(waiting, _AT_ONCE)):
        sheets = list(_filled(place, some, folder, made, advance))
        made.files += [file for file, _ in sheets]
        if not printing.wanted:
            for _ in sheets:
                advance()
            continue
        for pages in dict.fromkeys(pages for _, pages in sheets):
            print_each(
                place, [file for file, count in sheets if count == pages], pages, printing, made, advance
            )
    return made


def _filled(
    place: Workplace,
    wanted: Sequence[tuple[str, Record]],
    folder: Path,
    made: Made,
    advance: Callable[[], None],
) -> Iterator[tuple[Path, int]]:
    """The Word files, each with the pages it is meant to fill."""
    from docgen.documents import make

    for document, record in wanted:
        edition = place.editions[record.edition]
        try:
            files = make(document, with_latest_case(place, document, record), edition, folder)
        except Exception as error:
            _tell_of(record, as_ours(error, place.settings.log))
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
                    _tell(place, result, made)
    except Exception as error:
        _tell(place, error, made)
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


def _tell_of(record: Record, error: DanganError) -> None:
    screen.say(phrases.OF_RECORD.format(record=record.number, told=words.error(error)), "red")


def _tell(place: Workplace, error: Exception, made: Made) -> None:
    screen.complain(as_ours(error, place.settings.log))
    made.failed = True
