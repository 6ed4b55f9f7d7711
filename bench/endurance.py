"""Whether memory stays flat over many pages: `python -m bench.endurance FOLDER --pages 1000 --processes 2`.

The pages of a folder are read over and over by the batch that `dangan take`
and `dangan read` use. Meanwhile the memory of each process is looked at twice a
second; a table shows the most that each held while every so many pages were
read, and at its end how much it grew. Linux only.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from bench.pictures import BAD, GOOD, Row, write_table
from desk.batch import read_each
from desk.settings import Settings
from desk.workplace import Workplace
from records.drafts import Unmatched

_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif")
_MIB = 2**20
_LIMIT = 1024.0
"""MiB that a process may hold."""
_GROWTH = 50.0
"""MiB that a process may grow in 1,000 pages and still be called flat."""
_WARMING = 0.2
"""The share of the pages during which models are loaded and labels learnt: growth is counted behind it."""
_PARTS = 20
_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """What each process held at one moment, MiB by its number, when so many pages had come out."""

    pages: int
    held: Mapping[int, float]


@dataclass
class Watch:
    """Looks at the processes while the batch runs; `pages` is told from outside."""

    pages: int = 0
    looks: list[Look] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look until it is ended."""
        while not self.ended.wait(_SECONDS):
            numbers = [process.pid for process in multiprocessing.active_children() if process.pid]
            held = {number: _held(number) for number in (os.getpid(), *numbers)}
            self.looks.append(Look(self.pages, {number: size for number, size in held.items() if size}))


@dataclass(frozen=True, slots=True)
class Part:
    """Some pages of the run: behind how many, in how many seconds, the most that each process held."""

    pages: int
    seconds: float
    most: Mapping[int, float]


def _held(number: int) -> float:
    """MiB of memory that a process holds; 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{number}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB


def read_many(files: Sequence[Path], pages: int, processes: int, engine: str) -> tuple[list[Part], int]:
    """The parts of a run over so many pages, and how many of them were lost with their process."""
    watch, parts, lost = Watch(), list[Part](), 0
    looking = threading.Thread(target=watch.run, daemon=True)
    looking.start()
    every = max(1, pages // _PARTS)
    start, seen = time.perf_counter(), 0
    with tempfile.TemporaryDirectory() as home:
        place = Workplace(Settings(Path(home), "bench", engine=engine))
        items = ((file, file) for file in islice(cycle(files), pages))
        with closing(read_each(items, place, engine, processes)) as batch:
            for file, results in batch:
                lost += sum(_is_lost(one) for one in results)
                watch.pages += 1
                if watch.pages % every == 0 or watch.pages == pages:
                    now = time.perf_counter()
                    parts.append(Part(watch.pages, now - start, _most(watch.looks[seen:])))
                    print(f"{watch.pages}/{pages} {file.name}", file=sys.stderr)
                    start, seen = now, len(watch.looks)
    watch.ended.set()
    looking.join()
    return parts, lost


def _is_lost(found: object) -> bool:
    return isinstance(found, Unmatched) and found.reason.code in ("reader_crashed", "reader_too_slow")


def _most(looks: Sequence[Look]) -> dict[int, float]:
    numbers = {number: None for look in looks for number in look.held}
    return {number: max(look.held.get(number, 0.0) for look in looks) for number in numbers}


def growth(parts: Sequence[Part], number: int) -> float | None:
    """MiB by which a process grew in 1,000 pages, behind its warming up; None when it was seen too briefly.

    The median of the slopes between any two parts, so that one heavy page is no trend.
    """
    last = parts[-1].pages
    seen = [
        (part.pages, part.most[number])
        for part in parts
        if number in part.most and part.pages > last * _WARMING
    ]
    slopes = [
        (later[1] - sooner[1]) / (later[0] - sooner[0]) * 1000
        for place, sooner in enumerate(seen)
        for later in seen[place + 1 :]
    ]
    return median(slopes) if len(seen) > 3 else None


def show(parts: Sequence[Part], lost: int) -> list[str]:
    """The table, and what it comes to."""
    numbers = _numbers(parts)
    lines = [" ".join(f"{head:>14}" for head in _heads(numbers))]
    before = 0
    for part in parts:
        lines.append(" ".join(f"{cell:>14}" for cell in _cells(part, before, numbers)))
        before = part.pages
    return [*lines, *_verdicts(parts, lost)]


def is_flat(parts: Sequence[Part]) -> bool:
    """Whether no process grew, none was above the limit, and none had to be replaced."""
    grown = [growth(parts, number) for number in _numbers(parts)]
    most = max((size for part in parts for size in part.most.values()), default=0.0)
    return most <= _LIMIT and all(one is not None and one <= _GROWTH for one in grown)


def _numbers(parts: Sequence[Part]) -> list[int]:
    """The processes, this one first, then as they came."""
    return list(dict.fromkeys((os.getpid(), *(number for part in parts for number in part.most))))


def _heads(numbers: Sequence[int]) -> list[str]:
    workers = (f"process {place} MiB" for place in range(1, len(numbers)))
    return ["pages", "pages a minute", "here MiB", *workers]


def _cells(part: Part, before: int, numbers: Sequence[int]) -> Iterator[str]:
    yield str(part.pages)
    yield f"{(part.pages - before) / max(part.seconds, 1e-6) * 60:.1f}"
    yield from (f"{part.most[number]:.0f}" if number in part.most else "-" for number in numbers)


def _verdicts(parts: Sequence[Part], lost: int) -> Iterator[str]:
    names = ["here", *(f"process {place}" for place in range(1, len(_numbers(parts))))]
    for name, number in zip(names, _numbers(parts), strict=True):
        grown = growth(parts, number)
        most = max(part.most.get(number, 0.0) for part in parts)
        told = "seen too briefly" if grown is None else f"{grown:+.1f} MiB in 1,000 pages"
        yield f"{name}: most {most:.0f} MiB, {told}"
    if lost:
        yield f"pages lost with their process: {lost}"
    limits = f"at most {_GROWTH:.0f} MiB in 1,000 pages, {_LIMIT:.0f} MiB in all"
    yield f"flat ({limits})" if is_flat(parts) else f"NOT flat ({limits})"


def draw(parts: Sequence[Part], lost: int, title: str, file: Path) -> None:
    """The table as a picture; the bars are the largest process, the full width is the limit."""
    numbers, rows, before = _numbers(parts), [], 0
    for part in parts:
        share = max(part.most.values(), default=0.0) / _LIMIT
        rows.append(
            Row(tuple(_cells(part, before, numbers)), ((min(share, 1.0), BAD if share > 1 else GOOD),))
        )
        before = part.pages
    rows += [Row((line,), heading=True) for line in _verdicts(parts, lost)]
    write_table(file, title, _heads(numbers), rows, ((f"largest process, of {_LIMIT:.0f} MiB", GOOD),))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 when memory was not flat or a page was lost."""
    parser = argparse.ArgumentParser(prog="bench.endurance", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1000, help="how many pages in a row")
    parser.add_argument("--processes", type=int, default=2, help="how many processes read them")
    parser.add_argument("--engine", default="rapid", help="rapid, tesseract, or module:Class")
    parser.add_argument("--picture", type=Path, help="the table as a PNG")
    asked = parser.parse_args(arguments)
    files = sorted(file for file in asked.folder.iterdir() if file.suffix.lower() in _SUFFIXES)
    if asked.processes < 2 or not files:
        parser.error("needs pictures in the folder, and two processes or more")
    parts, lost = read_many(files, asked.pages, asked.processes, asked.engine)
    print("\n".join(show(parts, lost)))
    if asked.picture:
        title = f"{asked.folder.name}: {asked.pages} pages by {asked.processes} processes"
        draw(parts, lost, title, asked.picture)
    return 0 if is_flat(parts) and not lost else 1


if __name__ == "__main__":
    sys.exit(main())
