"""How fast and how flat many documents are made: `python -m bench.printing pdf` and `… word`.

`pdf` makes PDFs of the same Word files by one call of LibreOffice for each and
by the program's own way, in one run; `word` makes Word files of many records
and shows what memory the process holds meanwhile. All people are invented.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from bench.people import household
from bench.pictures import BAD, GOOD, OTHER, Row, write_table
from docgen.documents import make
from docgen.fonts import present_fonts
from docgen.office import Office
from docgen.typesetting import typeset
from records.archive import Record
from records.editions import Edition, load_editions

_WHEN = datetime(2016, 10, 1, tzinfo=UTC)
_MIB = 2**20
_PARTS = 10
_FLAT = 10.0
"""MiB that a process may grow, while its memory of measured texts fills, and still be called flat."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many files cost: seconds by the clock and of processors."""

    files: int
    clock: float
    cpu: float


def invented(edition: Edition, count: int) -> Iterator[Record]:
    """Records of invented people."""
    chance = random.Random(20)
    for number in range(1, count + 1):
        yield Record(number, edition.key, household(edition, chance), _WHEN, _WHEN, 1)


def sheets(edition: Edition, document: str, count: int, folder: Path) -> list[Path]:
    """So many Word files."""
    return [file for record in invented(edition, count) for file in make(document, record, edition, folder)]


def one_by_one(office: Office, files: Sequence[Path], folder: Path) -> Cost:
    """One call of LibreOffice for each file, with a profile that is warm, as a script would do it."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    ready = [folder / f"{number}.docx" for number in range(len(files))]
    for file, copy in zip(files, ready, strict=True):
        typeset(file, copy, office.fonts)
    words = [str(office.program), profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*words, str(folder), str(ready[0])], check=True, capture_output=True)
    with _Measured(len(files)) as measured:
        for copy in ready:
            subprocess.run([*words, str(folder), str(copy)], check=True, capture_output=True)
    return measured.cost


def together(office: Office, files: Sequence[Path], folder: Path, *, archival: bool = False) -> Cost:
    """The program's own way, with all that it checks."""
    with _Measured(len(files)) as measured:
        office.to_pdf(files, folder, archival=archival)
    return measured.cost


class _Measured:
    """What happens inside, measured."""

    def __init__(self, files: int) -> None:
        self._files = files

    def __enter__(self) -> _Measured:
        self._clock, self._cpu = time.monotonic(), _cpu()
        return self

    def __exit__(self, *_: object) -> None:
        self.cost = Cost(self._files, time.monotonic() - self._clock, _cpu() - self._cpu)


def _cpu() -> float:
    own, others = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def memory() -> float:
    """MiB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / _MIB


def pdf(edition: Edition, document: str, count: int, few: int) -> list[tuple[str, Cost]]:
    """The ways, the slow one on fewer files."""
    program = shutil.which("soffice")
    if program is None:
        raise SystemExit("LibreOffice is not installed")
    office = Office(Path(program), fonts=present_fonts())
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        files = sheets(edition, document, count, room / "word")
        (room / "slow").mkdir()
        return [
            ("one call a file", one_by_one(office, files[:few], room / "slow")),
            ("dangan, one at a time", together(Office(Path(program), at_once=1), files, room / "one")),
            ("dangan", together(office, files, room / "two")),
            ("dangan, PDF/A-2b", together(office, files, room / "archival", archival=True)),
        ]


def word(edition: Edition, document: str, count: int) -> list[tuple[int, float, float]]:
    """After each part: files made, seconds of processor for each, MiB held."""
    parts = []
    with tempfile.TemporaryDirectory() as name:
        folder, since, done = Path(name), _cpu(), 0
        for number, record in enumerate(invented(edition, count), 1):
            make(document, record, edition, folder)
            if number % max(1, count // _PARTS) == 0:
                now = _cpu()
                parts.append((number, (now - since) / (number - done), memory()))
                since, done = _cpu(), number
    return parts


def main(words: Sequence[str] | None = None) -> int:
    """Prints the figures, and draws them with --picture."""
    parser = argparse.ArgumentParser(prog="python -m bench.printing", description=__doc__)
    parser.add_argument("what", choices=("pdf", "word"))
    parser.add_argument("--edition", default="henan-2016")
    parser.add_argument("--document", default="archive")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--few", type=int, default=20, help="files for the way with one call for each")
    parser.add_argument("--picture", type=Path)
    asked = parser.parse_args(words)
    edition = load_editions()[asked.edition]
    if asked.what == "pdf":
        heads, rows = _pdf_rows(pdf(edition, asked.document, asked.count, min(asked.few, asked.count)))
    else:
        heads, rows = _word_rows(word(edition, asked.document, asked.count))
    for cells in (heads, *(row.cells for row in rows)):
        print("".join(f"{cell:>16}" if place else f"{cell:24}" for place, cell in enumerate(cells)))
    if asked.picture:
        write_table(asked.picture, f"{asked.what} of {asked.document}, {edition.key}", heads, rows)
    return 0


def _pdf_rows(costs: Sequence[tuple[str, Cost]]) -> tuple[tuple[str, ...], list[Row]]:
    peer, best = costs[0][1], max(cost.files / cost.clock for _, cost in costs)
    rows = [
        Row(
            (
                name,
                str(cost.files),
                f"{cost.files / cost.clock:.2f}",
                f"{cost.cpu / cost.files:.3f}",
                f"{peer.clock / peer.files / (cost.clock / cost.files):.1f} x",
            ),
            ((cost.files / cost.clock / best, OTHER if cost is peer else GOOD),),
        )
        for name, cost in costs
    ]
    return ("way", "files", "files a second", "CPU s a file", "times as fast"), rows


def _word_rows(parts: Sequence[tuple[int, float, float]]) -> tuple[tuple[str, ...], list[Row]]:
    first, most = parts[0][2], max(held for *_, held in parts)
    rows = [
        Row(
            (str(number), f"{seconds * 1000:.1f}", f"{held:.0f}"),
            ((held / most, GOOD if held - first <= _FLAT else BAD),),
        )
        for number, seconds, held in parts
    ]
    return ("files", "CPU ms a file", "MiB held"), rows


if __name__ == "__main__":
    sys.exit(main())
