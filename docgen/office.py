"""LibreOffice without a desktop: Word files to PDF, old Word files to .docx, many in one call.

Word files are bound into one for each call and the PDF is taken apart again, so
that starting and reading typefaces is paid once. Two calls run at a time where
there are two processors and several files for each; a call has a profile of its
own, which is thrown away. A call that takes too long is stopped with all its
processes, and the files of a call that failed are tried again by halves, so that
one bad file costs no other.
Nothing is left behind in the folder where a file could not be made.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from typing import Self
from zipfile import ZipFile

import pikepdf
import pypdfium2
from lxml import etree

from docgen.converting import Calls
from docgen.fonts import Fonts, present_fonts
from docgen.merging import Binding, Leaf, bindings, read_leaf
from docgen.placing import write_whole
from docgen.proving import prove
from docgen.splitting import Pages, places, source_of, take_out
from docgen.typesetting import WORD
from records.errors import DocumentError, OfficeFailed, OfficeMissing, Overflow
from records.turns import PDFIUM

START = 60.0
"""Seconds that LibreOffice may take to start on a slow, busy machine."""
EACH = 8.0
"""Seconds more for each file."""
BATCH = 100
"""Files for one start of LibreOffice: it grows with every page."""
_WORTH = 4
"""Files that are worth a start: two of them at a time begin when each has so many."""
_ARCHIVAL = "2"
"""LibreOffice's number for PDF/A-2b (ISO 19005-2)."""
Result = Path | DocumentError


@dataclass(frozen=True)
class Office:
    """LibreOffice at `program` (None: not installed), with the fonts of this machine.

    `at_once` is how many calls run at a time; calls of offices that share a `turn` run one after the other.
    """

    program: Path | None
    timeout: float | None = None
    fonts: Fonts = field(default_factory=present_fonts)
    at_once: int = field(default_factory=lambda: min(2, os.cpu_count() or 1))
    turn: AbstractContextManager[object] = field(default_factory=nullcontext)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _working: list[Calls] = field(default_factory=list)

    def to_pdf(
        self, files: Sequence[Path], folder: Path, pages: int = 1, *, archival: bool = False
    ) -> list[Path]:
        """A PDF beside each name in `folder`, in the order of `files`; existing ones are replaced.

        Raises the first error that `printed` gives; the other files are made all the same.
        """
        results = list(self.printed(files, folder, pages, archival=archival))
        for result in results:
            if isinstance(result, DocumentError):
                raise result
        return [result for result in results if isinstance(result, Path)]

    def printed(
        self, files: Sequence[Path], folder: Path, pages: int = 1, *, archival: bool = False
    ) -> Iterator[Result]:
        """The PDF of each file in turn, or why there is none: OfficeFailed, Overflow, a DocumentError.

        `pages` is what each form is meant to fill, 0 for one that takes as many as it needs; every
        further section of a file (a continuation sheet) counts one more.
        `archival` makes PDF/A-2b. Raises OfficeMissing.
        """
        if self.program is None:
            raise OfficeMissing("office_missing")
        with self.calls() as calls, _Printing(self, calls, folder, pages, archival) as printing:
            yield from printing.results(files)

    def to_docx(self, file: Path, folder: Path) -> Path:
        """An old Word or WPS file as .docx in `folder`; raises OfficeMissing, OfficeFailed."""
        with tempfile.TemporaryDirectory(prefix="dangan-") as name:
            room = Path(name)
            copy = room / "in" / f"0{_true_suffix(file)}"
            copy.parent.mkdir()
            shutil.copyfile(file, copy)
            with self.calls() as calls, self.turn:
                said = calls.convert(
                    "docx:MS Word 2007 XML", [copy], room / "out", room / "profile",
                    seconds=self.seconds(1), asked=file.name,
                )  # fmt: skip
            made = _there(file, room / "out" / "0.docx", said)
            return write_whole(made.read_bytes(), folder / f"{file.stem}.docx")

    def stop(self) -> None:
        """Ends the calls that run, from any thread, and lets no more begin."""
        self._stopped.set()
        for calls in list(self._working):
            calls.end()

    @contextmanager
    def calls(self) -> Iterator[Calls]:
        """Calls that end when the office is stopped, and at the latest afterwards."""
        calls = Calls(self.program)
        self._working.append(calls)
        try:
            if self._stopped.is_set():  # before they could be found
                calls.end()
            yield calls
        finally:
            calls.end()
            self._working.remove(calls)

    def seconds(self, files: int) -> float:
        """How long a call with so many files may take."""
        return self.timeout or START + EACH * files


class _Printing:
    """Word files on their way to PDFs in one folder; a context manager, at whose end nothing runs."""

    def __init__(self, office: Office, calls: Calls, folder: Path, pages: int, archival: bool) -> None:
        self._office, self._calls, self._folder, self._pages = office, calls, folder, pages
        options = {"ExportBookmarksToPDFDestination": _told("boolean", "true")}
        options |= {"SelectPdfVersion": _told("long", _ARCHIVAL)} if archival else {}
        self._how = f"pdf:writer_pdf_Export:{json.dumps(options)}"
        self._archival = archival
        self._profiles: SimpleQueue[Path] = SimpleQueue()

    def __enter__(self) -> Self:
        self._room = tempfile.TemporaryDirectory(prefix="dangan-")
        for number in range(self._office.at_once):
            self._profiles.put(Path(self._room.name) / f"profile-{number}")
        self._threads = ThreadPoolExecutor(self._office.at_once)
        return self

    def __exit__(self, *_: object) -> None:
        self._calls.end()
        self._threads.shutdown(cancel_futures=True)
        self._room.cleanup()

    def results(self, files: Sequence[Path]) -> Iterator[Result]:
        """What becomes of each file, in order."""
        calls = max(1, min(self._office.at_once, len(files) // _WORTH))
        size = max(1, min(BATCH, -(-len(files) // calls)))
        batches = [files[start : start + size] for start in range(0, len(files), size)]
        for results in self._threads.map(self._batch, batches):
            yield from results

    def _batch(self, files: Sequence[Path]) -> list[Result]:
        results: dict[int, Result] = {}
        leaves = []
        for number, file in enumerate(files):
            try:
                leaves.append(read_leaf(file, self._office.fonts, number))
            except DocumentError as error:
                results[number] = error
        results |= self._called(bindings(leaves))
        return [results[number] for number in range(len(files))]

    def _called(self, bound: Sequence[Binding]) -> dict[int, Result]:
        """The results of one call, and of those after it by which failed files are tried again."""
        if not bound:
            return {}
        results: dict[int, Result] = {}
        failed: list[Leaf] = []
        error: DocumentError | None = None
        with tempfile.TemporaryDirectory(dir=self._room.name) as name:
            try:
                said = self._converted(bound, Path(name))
            except OfficeFailed as failure:
                said, error = "", failure
            for number, binding in enumerate(bound):
                try:
                    results |= self._taken_apart(binding, Path(name) / "out" / f"{number}.pdf", said)
                except (LookupError, OfficeFailed, pikepdf.PdfError) as failure:
                    error = error or _failure(binding, failure)
                    failed += binding.leaves
        if len(failed) == 1 and len(bound) == 1 and error is not None:
            return results | {failed[0].number: error}
        middle = (len(failed) + 1) // 2
        for half in (failed[:middle], failed[middle:]):
            results |= self._called(bindings(half))
        return results

    def _converted(self, bound: Sequence[Binding], room: Path) -> str:
        copies = [room / f"{number}.docx" for number in range(len(bound))]
        for binding, copy in zip(bound, copies, strict=True):
            binding.write(copy, self._office.fonts)
        leaves = [leaf for binding in bound for leaf in binding.leaves]
        profile = self._profiles.get()
        try:
            seconds = self._office.seconds(len(leaves))
            with self._office.turn:
                return self._calls.convert(
                    self._how, copies, room / "out", profile, seconds=seconds, asked=leaves[0].file.name
                )
        except OfficeFailed:
            # One that was stopped may have left its profile locked or half written.
            shutil.rmtree(profile, ignore_errors=True)
            raise
        finally:
            self._profiles.put(profile)

    def _taken_apart(self, binding: Binding, made: Path, said: str) -> dict[int, Result]:
        """The PDF of each file; raises OfficeFailed, LookupError and pikepdf's PdfError for the whole."""
        with pikepdf.open(_there(binding.leaves[0].file, made, said)) as pdf:
            found = places(pdf, binding.leaves)
            return {pages.leaf.number: self._alone(pdf, pages, made.parent) for pages in found}

    def _alone(self, pdf: pikepdf.Pdf, pages: Pages, room: Path) -> Result:
        file = pages.leaf.file
        expected = self._pages + pages.leaf.sections - 1
        if self._pages and pages.count != expected:
            return Overflow("overflow", file=file.name, pages=pages.count, expected=expected)
        alone = room / f"alone-{pages.leaf.number}.pdf"
        try:
            take_out(pdf, pages, alone, _made_of(file, self._archival))
            prove(alone, file, pages.leaf.text, self._office.fonts)
        except DocumentError as error:
            return error
        return write_whole(alone.read_bytes(), self._folder / f"{file.stem}.pdf")


def is_made_of(pdf: Path, file: Path, *, archival: bool = False) -> bool:
    """Whether a PDF stands there that was made of this very Word file, and of this kind."""
    return source_of(pdf) == _made_of(file, archival)


def _made_of(file: Path, archival: bool) -> str:
    """What a PDF notes of the Word file that it was made of: its SHA-256, and the kind of PDF."""
    return f"sha256:{sha256(file.read_bytes()).hexdigest()}{';PDF/A-2b' if archival else ''}"


def _told(kind: str, value: str) -> dict[str, str]:
    """An option as LibreOffice reads it on its command line."""
    return {"type": kind, "value": value}


def _failure(binding: Binding, failure: Exception) -> DocumentError:
    if isinstance(failure, DocumentError):
        return failure
    return OfficeFailed("office_failed", file=binding.leaves[0].file.name, what=repr(failure))


def _true_suffix(file: Path) -> str:
    """WPS writes Word's formats under a name of its own, which would be taken for Microsoft Works."""
    with file.open("rb") as opened:
        head = opened.read(4)
    return {b"\xd0\xcf\x11\xe0": ".doc", b"PK\x03\x04": ".docx"}.get(head, file.suffix)


def _there(file: Path, made: Path, said: str) -> Path:
    if not made.is_file() or made.stat().st_size == 0:
        raise OfficeFailed("office_failed", file=file.name, what=said or "no output")
    return made


def count_pages(pdf: Path) -> int:
    """How many pages a PDF has; raises OfficeFailed when it is none."""
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise OfficeFailed("office_failed", file=pdf.name, what=repr(error)) from error
        try:
            return len(document)
        finally:
            document.close()


def sections(file: Path) -> int:
    """How many sections a Word file has; each begins a sheet of its own."""
    with ZipFile(file) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    return sum(1 for _ in root.iter(f"{WORD}sectPr"))
