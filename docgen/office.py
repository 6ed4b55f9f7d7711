"""LibreOffice without a desktop: Word files to PDF, old Word files to .docx, many in one call.

Each call has a profile of its own, which is thrown away; a call that takes too
long is stopped with all its processes. Nothing is left behind in the folder
where a file could not be made.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

import pypdfium2
from lxml import etree

from docgen.fonts import Fonts, present_fonts
from docgen.typesetting import WORD, typeset
from records.errors import DocumentError, OfficeFailed, OfficeMissing, Overflow

START = 60.0
"""Seconds that LibreOffice may take to start on a slow, busy machine."""
EACH = 20.0
"""Seconds more for each file."""

BATCH = 50
"""Files for one start of LibreOffice: it grows with every page."""


@dataclass(frozen=True)
class Office:
    """LibreOffice at `program` (None: not installed), with the fonts of this machine."""

    program: Path | None
    timeout: float | None = None
    fonts: Fonts = field(default_factory=present_fonts)

    def to_pdf(self, files: Sequence[Path], folder: Path, pages: int = 1) -> list[Path]:
        """A PDF beside each name in `folder`, in the order of `files`; existing ones are replaced.

        `pages` is what each form is meant to fill, 0 for one that takes as many
        as it needs; every further section of a file (a continuation sheet)
        counts one more. Raises OfficeMissing, OfficeFailed and, for a form that
        spilled over, Overflow; the other files of the call are made all the same.
        """
        made: list[Path] = []
        wrong: list[DocumentError] = []
        for start in range(0, len(files), BATCH):
            with tempfile.TemporaryDirectory(prefix="dangan-") as name:
                for result in self._printed(files[start : start + BATCH], Path(name), pages):
                    if isinstance(result, DocumentError):
                        wrong.append(result)
                    else:
                        made.append(_keep(result[1], folder / f"{result[0].stem}.pdf"))
        if wrong:
            raise wrong[0]
        return made

    def _printed(
        self, files: Sequence[Path], room: Path, pages: int
    ) -> Iterator[tuple[Path, Path] | DocumentError]:
        """Each file with its PDF in `room`, or what is wrong with it."""
        copies = [room / "in" / f"{number}.docx" for number in range(len(files))]
        (room / "in").mkdir()
        wrong: dict[Path, DocumentError] = {}
        for file, copy in zip(files, copies, strict=True):
            try:
                typeset(file, copy, self.fonts)
            except OfficeFailed as error:
                wrong[copy] = error
        said = self._run("pdf:writer_pdf_Export", [one for one in copies if one not in wrong], room, files)
        for file, copy in zip(files, copies, strict=True):
            try:
                yield wrong.get(copy) or (
                    file,
                    _checked(file, room / "out" / f"{copy.stem}.pdf", said, pages),
                )
            except DocumentError as error:
                yield error

    def to_docx(self, file: Path, folder: Path) -> Path:
        """An old Word or WPS file as .docx in `folder`; raises OfficeMissing, OfficeFailed."""
        with tempfile.TemporaryDirectory(prefix="dangan-") as name:
            copy = Path(name) / "in" / f"0{_true_suffix(file)}"
            copy.parent.mkdir()
            shutil.copyfile(file, copy)
            said = self._run("docx:MS Word 2007 XML", [copy], Path(name), [file])
            return _keep(_there(file, Path(name) / "out" / "0.docx", said), folder / f"{file.stem}.docx")

    def _run(self, filter_: str, copies: Sequence[Path], room: Path, files: Sequence[Path]) -> str:
        """Converts the copies into `room`/out; returns what LibreOffice said."""
        if self.program is None:
            raise OfficeMissing("office_missing")
        if not copies:
            return ""
        asked = [
            str(self.program), f"-env:UserInstallation={(room / 'profile').as_uri()}", "--headless",
            "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
            "--convert-to", filter_, "--outdir", str(room / "out"), *map(str, copies),
        ]  # fmt: skip
        try:
            process = subprocess.Popen(
                asked,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise OfficeMissing("office_missing") from error
        with process:
            try:
                _, said = process.communicate(timeout=self.timeout or START + EACH * len(copies))
            except subprocess.TimeoutExpired as error:
                raise OfficeFailed("office_timeout", file=files[0].name) from error
            finally:
                _stop(process)
        return said.decode("utf-8", "replace").strip()[-400:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and all that it started; soffice leaves soffice.bin behind otherwise."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _keep(made: Path, target: Path) -> Path:
    """Moves a finished file to its place, so that a half one never stands there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    shutil.copyfile(made, beside)
    return beside.replace(target)


def _true_suffix(file: Path) -> str:
    """WPS writes Word's formats under a name of its own, which would be taken for Microsoft Works."""
    with file.open("rb") as opened:
        head = opened.read(4)
    return {b"\xd0\xcf\x11\xe0": ".doc", b"PK\x03\x04": ".docx"}.get(head, file.suffix)


def _there(file: Path, made: Path, said: str) -> Path:
    if not made.is_file() or made.stat().st_size == 0:
        raise OfficeFailed("office_failed", file=file.name, what=said or "no output")
    return made


def _checked(file: Path, made: Path, said: str, pages: int) -> Path:
    """The PDF that was made of a file, when it is there and has the pages it should."""
    expected = pages + sections(file) - 1
    found = count_pages(_there(file, made, said))
    if pages and found != expected:
        raise Overflow("overflow", file=file.name, pages=found, expected=expected)
    return made


def count_pages(pdf: Path) -> int:
    """How many pages a PDF has; raises OfficeFailed when it is none."""
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
