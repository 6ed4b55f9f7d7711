"""How fast pages are read: `python -m bench.speed FOLDER`, beside RapidOCR and Tesseract on the full page.

All read the same pages in the same run on the same processors, so that the
ratios mean something on any machine: first one page after the other with all
processors for each, then as many pages at a time as there are processors. Each
way runs in processes of its own, which gives its peak memory; what it found of
the truths is counted at the same time.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import re
import resource
import shutil
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from bench.pictures import GOOD, OTHER, PLAIN, Row, write_table
from bench.stages import STAGES, Sampled, sampling

_SUFFIXES = (".jpg", ".png", ".tif")
Json = Mapping[str, Any]
Reader = Callable[[Path], str]
"""Reads one page: everything it found on it as one text, values between line breaks."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as one process read it: seconds, values found whole of those wanted, peak memory in MiB."""

    seconds: float
    found: int
    wanted: int
    peak: float


@dataclass(frozen=True, slots=True)
class Run:
    """A way of reading many pages: each page, and how long all took by the clock."""

    pages: tuple[Page, ...]
    seconds: float
    stages: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Pages a second, the loading of models left out."""
        return len(self.pages) / self.seconds

    @property
    def peak(self) -> float:
        """The most memory that one process took, MiB."""
        return max(page.peak for page in self.pages)

    @property
    def found(self) -> float:
        """Share of the values that were found whole."""
        return sum(page.found for page in self.pages) / max(sum(page.wanted for page in self.pages), 1)


# --- the ways -----------------------------------------------------------------


def _dangan(threads: int) -> Reader:
    from desk.contract import form_line
    from intake.rapid import RapidEngine
    from intake.reading import read_file
    from records.drafts import Draft
    from records.editions import load_editions

    editions, engine = load_editions(), RapidEngine(threads=threads)

    def read(file: Path) -> str:
        forms = [one for one in read_file(file, editions, engine) if isinstance(one, Draft)]
        lines = [form_line(file.name, form, editions[form.edition]) for form in forms]
        return "\n".join(written(one) for line in lines for one in _leaves(line["fields"]))

    return read


def _rapid_page(threads: int) -> Reader:
    from rapidocr import RapidOCR

    logging.disable(logging.INFO)
    reader = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": threads})
    return lambda file: "".join(getattr(reader(str(file)), "txts", None) or ())


def _tesseract_page(threads: int) -> Reader:
    import pytesseract

    os.environ["OMP_THREAD_LIMIT"] = str(threads)

    def read(file: Path) -> str:
        return str(pytesseract.image_to_string(cv2.imread(str(file)), lang="chi_sim"))

    return read


WAYS: Mapping[str, Callable[[int], Reader]] = MappingProxyType(
    {"dangan": _dangan, "RapidOCR, full page": _rapid_page, "Tesseract, full page": _tesseract_page}
)
"""Each takes the number of threads that it may use."""


# --- what was found -----------------------------------------------------------


def _leaves(said: object) -> Iterator[object]:
    """Every value of a form's line, or of a truth."""
    if isinstance(said, Mapping):
        yield from [said["value"]] if "value" in said else _inside(said.values())
    elif isinstance(said, list) and any(isinstance(one, Mapping) for one in said):
        yield from _inside(said)
    elif said not in (None, "", []):
        yield said


def _inside(parts: Any) -> Iterator[object]:
    for part in parts:
        yield from _leaves(part)


def written(value: object) -> str:
    """A value as a text."""
    return "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def spellings(value: object) -> tuple[str, ...]:
    """How a value of a truth may stand on the paper; any of them counts as found."""
    text = written(value)
    parts = text.split("-")
    if not re.fullmatch(r"\d{4}(-\d\d){1,2}", text):
        return (text,)
    bare = [parts[0], *(part.lstrip("0") for part in parts[1:])]
    joined = [sign.join(some) for sign in "-./" for some in (parts, bare)]
    named = [
        "".join(part + sign for part, sign in zip(some, "年月日", strict=False)) for some in (parts, bare)
    ]
    return (*joined, *named, "".join(parts))


def found_in(text: str, truth: Json) -> tuple[int, int]:
    """How many values of a truth stand whole in what was read, and how many there are."""
    page = _plain(text)
    wanted = [
        one for value in _leaves(truth["fields"]) for one in (value if isinstance(value, list) else [value])
    ]
    found = sum(any(_plain(one) in page for one in spellings(value)) for value in wanted)
    return found, len(wanted)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


# --- running ------------------------------------------------------------------

_reader: Reader
_stages: Sampled | None = None


def measured(way: str, files: Sequence[Path], processes: int, threads: int, cores: Sequence[int]) -> Run:
    """One way of reading the files with so many processes and threads, on these processors alone."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    os.environ["OMP_NUM_THREADS"] = str(threads)  # for libraries that read it as they are loaded
    with context.Pool(processes, _get_ready, (way, files[0], threads, cores, ready)) as pool:
        ready.wait()
        start = time.perf_counter()
        told = pool.map(_read, files, chunksize=1)
        seconds = time.perf_counter() - start
    stages: Counter[str] = Counter()
    for _, some in told:
        stages.update(some)
    return Run(tuple(page for page, _ in told), seconds, dict(stages))


def _get_ready(way: str, first: Path, threads: int, cores: Sequence[int], ready: Barrier) -> None:
    """Loads the models of a process and reads one page, so that only reading is timed."""
    global _reader, _stages
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    cv2.setNumThreads(threads)
    _reader = WAYS[way](threads)
    _reader(first)
    _stages = sampling() if way == next(iter(WAYS)) else None
    ready.wait()


def _read(file: Path) -> tuple[Page, dict[str, float]]:
    before = _stages.seconds() if _stages else Counter()
    start = time.perf_counter()
    text = _reader(file)
    seconds = time.perf_counter() - start
    spent = _stages.seconds() - before if _stages else Counter()
    truth = file.with_suffix(".json")
    found = found_in(text, json.loads(truth.read_text(encoding="utf-8"))) if truth.is_file() else (0, 0)
    return Page(seconds, *found, _peak()), dict(spent)


def _peak() -> float:
    """The most that this process ever took, or a program that it started; kilobytes on Linux."""
    return (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024
    )


# --- the report ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """A way in both plans: one page after the other, and a page on each processor."""

    way: str
    alone: Run
    batch: Run

    @property
    def best(self) -> float:
        """Pages a second in the better plan."""
        return max(self.alone.rate, self.batch.rate)


HEADS = (
    "",
    "s a page",
    "pages/s",
    "ratio",
    "batch pages/s",
    "ratio",
    "best ratio",
    "peak MiB",
    "values whole",
)


def rows(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """The table; a ratio says how many times faster the first way is."""
    own = results[0]
    return [
        (
            one.way,
            f"{np.median([page.seconds for page in one.alone.pages]):.2f}",
            f"{one.alone.rate:.3f}",
            f"{own.alone.rate / one.alone.rate:.2f}",
            f"{one.batch.rate:.3f}",
            f"{own.batch.rate / one.batch.rate:.2f}",
            f"{own.best / one.best:.2f}",
            f"{max(one.alone.peak, one.batch.peak):.0f}",
            f"{one.batch.found:.1%}",
        )
        for one in results
    ]


def show(results: Sequence[Result]) -> Iterator[str]:
    """The report, line by line."""
    for line in (HEADS, *rows(results)):
        yield f"{line[0]:22}" + "".join(f"{cell:>15}" for cell in line[1:])
    yield ""
    yield from (f"{stage:22}{share:>15.1%}" for stage, share in shares(results[0].alone.stages).items())


def shares(stages: Mapping[str, float]) -> dict[str, float]:
    """Each stage's share of the time, in the order of a page's path."""
    whole = sum(stages.values()) or 1.0
    return {stage: stages[stage] / whole for stage in (*STAGES, "other") if stages.get(stage)}


def draw(results: Sequence[Result], title: str, file: Path) -> None:
    """The table as a picture: bars of pages a second, below them the stages of a page."""
    most = max(one.best for one in results)
    lines = [
        Row(cells, ((one.best / most, GOOD if number == 0 else OTHER),))
        for number, (one, cells) in enumerate(zip(results, rows(results), strict=True))
    ]
    stages = shares(results[0].alone.stages)
    lines.append(Row(("where the time of a page goes",), heading=True))
    lines += [Row((stage, f"{share:.1%}"), ((share, PLAIN),)) for stage, share in stages.items()]
    write_table(file, title, HEADS, lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.speed", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=6, help="how many pages of the folder, spread over it")
    parser.add_argument("--cores", type=int, default=2, help="how many processors all ways may use")
    parser.add_argument("--only", nargs="*", choices=[*WAYS], default=[*WAYS], help="these ways alone")
    parser.add_argument("--picture", type=Path, help="the table as a PNG")
    asked = parser.parse_args(arguments)
    every = [file for file in sorted(asked.folder.iterdir()) if file.suffix.lower() in _SUFFIXES]
    files = every[:: max(1, len(every) // asked.pages)][: asked.pages]
    cores = sorted(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(asked.cores))[
        : asked.cores
    ]
    results = []
    for way in asked.only:
        if "Tesseract" in way and not shutil.which("tesseract"):
            continue
        alone = measured(way, files, 1, len(cores), cores)
        batch = measured(way, files, len(cores), 1, cores)
        results.append(Result(way, alone, batch))
        print(f"{way}: {alone.rate:.3f} and {batch.rate:.3f} pages a second", file=sys.stderr)
    print("\n".join(show(results)))
    if asked.picture:
        draw(results, f"{asked.folder.name}: {len(files)} pages on {len(cores)} processors", asked.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
