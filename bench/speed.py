"""How long a page takes: `python -m bench.speed FOLDER`, beside RapidOCR and Tesseract on the full page.

All three read the same pages in the same run, so that the ratios mean
something on any machine. Each runs in a process of its own, one after the
other, which also gives its peak memory.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

_SUFFIXES = (".jpg", ".png", ".tif")


@dataclass(frozen=True, slots=True)
class Took:
    """A way of reading: seconds of its first page, of each later one, peak memory of the process in MiB."""

    first: float
    later: tuple[float, ...]
    peak: float

    @property
    def page(self) -> float:
        """Seconds of an ordinary page: the median, without the loading of models."""
        return float(np.median(self.later or (self.first,)))


def _dangan() -> Callable[[Path], object]:
    from intake.rapid import RapidEngine
    from intake.reading import read_file
    from records.editions import load_editions

    editions, engine = load_editions(), RapidEngine()
    return lambda file: list(read_file(file, editions, engine))


def _rapid_page() -> Callable[[Path], object]:
    from rapidocr import RapidOCR

    logging.disable(logging.INFO)
    reader = RapidOCR()
    return lambda file: reader(str(file))


def _tesseract_page() -> Callable[[Path], object]:
    import pytesseract

    os.environ["OMP_THREAD_LIMIT"] = "2"  # as many as the others have
    return lambda file: pytesseract.image_to_data(cv2.imread(str(file)), lang="chi_sim")


WAYS: Mapping[str, Callable[[], Callable[[Path], object]]] = MappingProxyType(
    {"dangan": _dangan, "RapidOCR, full page": _rapid_page, "Tesseract, full page": _tesseract_page}
)


def timed(way: str, files: Sequence[Path]) -> Took:
    """One way of reading the files, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_time, (way, files))


def _time(way: str, files: Sequence[Path]) -> Took:
    seconds = []
    start = time.perf_counter()
    read = WAYS[way]()
    for file in files:
        read(file)
        seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
    # A program started by this process (Tesseract) counts by itself; kilobytes on Linux.
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Took(seconds[0], tuple(seconds[1:]), peak / 1024)


def show(took: Mapping[str, Took]) -> Iterator[str]:
    """The table, line by line; ratios to the first way."""
    own = next(iter(took.values())).page
    yield f"{'':22} {'first page':>11} {'a page':>9} {'ratio':>7} {'peak MiB':>9}"
    for way, one in took.items():
        yield f"{way:22} {one.first:9.2f} s {one.page:7.2f} s {one.page / own:7.2f} {one.peak:9.0f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.speed", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=6, help="how many pages of the folder, spread over it")
    asked = parser.parse_args(arguments)
    every = [file for file in sorted(asked.folder.iterdir()) if file.suffix.lower() in _SUFFIXES]
    files = every[:: max(1, len(every) // asked.pages)][: asked.pages]
    ways = [way for way in WAYS if "Tesseract" not in way or shutil.which("tesseract")]
    print("\n".join(show({way: timed(way, files) for way in ways})))
    return 0


if __name__ == "__main__":
    sys.exit(main())
