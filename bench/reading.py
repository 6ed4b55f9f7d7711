"""Files read as the program reads them: a folder with truths in, compared sheets out, by several processes.

A truth is `NAME.json` beside `NAME.jpg` (or .pdf, .png, .docx): `edition`,
`fields`, and whatever else groups the sheets (`style`, `profile`, `hand`).
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2

from bench.scoring import Compared, Json, compared
from desk.contract import error_line, form_line, page_line
from desk.engines import load_engine
from intake.engine import Engine
from intake.reading import read_file
from intake.ways import ALL, Ways
from records.drafts import Draft, Unmatched
from records.editions import Editions, load_editions
from records.errors import DanganError

_SUFFIXES = (".jpg", ".png", ".tif", ".pdf", ".docx")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read: its truth, every line of the contract, every field compared, seconds taken."""

    file: Path
    truth: Json
    lines: tuple[Json, ...]
    fields: tuple[Compared, ...]
    seconds: float

    @property
    def line(self) -> Json | None:
        """The line of the first form; that of a page without one when there is no other; None on failure."""
        return first_form(self.lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """How files are read: by which engine, by how many processes, and what reading makes use of."""

    engine: str = "rapid"
    processes: int = 1
    ways: Ways = ALL


def with_truth(folder: Path) -> list[Path]:
    """The files of a folder that have a truth beside them; of one sheet in two formats the picture."""
    files = {
        file.stem: file
        for suffix in reversed(_SUFFIXES)
        for file in sorted(folder.iterdir())
        if file.suffix.lower() == suffix and file.with_suffix(".json").is_file()
    }
    return [files[stem] for stem in sorted(files)]


def read_all(files: Sequence[Path], plan: Plan) -> Iterator[Sheet]:
    """Each file with its truth, read and compared, in the order of the files."""
    asked = [(file, plan.engine, plan.ways) for file in files]
    if plan.processes <= 1:
        yield from map(_read, asked)
        return
    with multiprocessing.get_context("spawn").Pool(plan.processes, _alone) as pool:
        yield from pool.imap(_read, asked)


def _alone() -> None:
    """One thread a process: several would fight for the processors."""
    cv2.setNumThreads(1)


@cache
def _engine(name: str) -> Engine:
    return load_engine(name)


@cache
def _editions() -> Editions:
    return load_editions()


def _read(asked: tuple[Path, str, Ways]) -> Sheet:
    file, engine, ways = asked
    truth = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    start = time.perf_counter()
    lines = tuple(_lines(file, _editions(), _engine(engine), ways))
    seconds = time.perf_counter() - start
    fields = tuple(compared(first_form(lines), truth, _editions()[truth["edition"]]))
    return Sheet(file, truth, lines, fields, seconds)


def first_form(lines: Sequence[Json]) -> Json | None:
    """The line of the first form, or of the first page that is none."""
    pages = [line for line in lines if "edition" in line]
    return next((line for line in pages if line["edition"]), pages[0] if pages else None)


def _lines(file: Path, editions: Editions, engine: Engine, ways: Ways) -> Iterator[Json]:
    try:
        for found in read_file(file, editions, engine, ways=ways):
            yield _line(file.name, found, editions)
    except DanganError as error:
        yield error_line(file.name, error)
    except Exception as error:  # a crash counts as a form not read, the others are still measured
        print(f"CRASHED {file.name}: {error!r}", file=sys.stderr)


def _line(file: str, found: Draft | Unmatched, editions: Editions) -> Json:
    if isinstance(found, Draft):
        return form_line(file, found, editions[found.edition])
    return page_line(file, found)
