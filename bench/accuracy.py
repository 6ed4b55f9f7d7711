"""How well forms are read: `python -m bench.accuracy FOLDER`, pictures with their truths in, tables out.

A truth is `NAME.json` beside `NAME.jpg` (or .pdf, .png, .docx): `edition`,
`fields`, and whatever else groups the sheets (`style`, `profile`, `hand`).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.scoring import Compared, Json, Tally, compared
from desk.contract import form_line, page_line
from desk.engines import ENGINES, load_engine
from intake.engine import Engine
from intake.reading import read_file
from records.drafts import Draft, Unmatched
from records.editions import Editions, load_editions

_SUFFIXES = (".jpg", ".png", ".tif", ".pdf", ".docx")
_GROUPS = ("edition", "style", "profile")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read: its truth, the line of its first form, every field compared, seconds taken."""

    file: Path
    truth: Json
    line: Json | None
    fields: tuple[Compared, ...]
    seconds: float


def read_all(files: Sequence[Path], editions: Editions, engine: Engine) -> Iterator[Sheet]:
    """Each file with a truth beside it, read and compared."""
    for file in files:
        truth = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        start = time.perf_counter()
        line = _first_line(file, editions, engine)
        seconds = time.perf_counter() - start
        yield Sheet(file, truth, line, tuple(compared(line, truth, editions[truth["edition"]])), seconds)


def _first_line(file: Path, editions: Editions, engine: Engine) -> dict[str, Any] | None:
    """The line of the first form; that of a page without one when there is no other; None on failure."""
    lines: list[dict[str, Any]] = []
    try:
        lines += (_line(file.name, found, editions) for found in read_file(file, editions, engine))
    except Exception as error:  # a crash counts as a form not read, the others are still measured
        print(f"CRASHED {file.name}: {error!r}", file=sys.stderr)
    return next((line for line in lines if line["edition"]), lines[0] if lines else None)


def _line(file: str, found: Draft | Unmatched, editions: Editions) -> dict[str, Any]:
    if isinstance(found, Draft):
        return form_line(file, found, editions[found.edition])
    return page_line(file, found)


def tallied(sheets: Sequence[Sheet]) -> Mapping[str, Mapping[str, Tally]]:
    """Tallies by grouping (all, kind, edition, style, profile) and by group."""
    found: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for sheet in sheets:
        pen = "pen" if sheet.truth.get("hand") else "print"
        groups = {name: str(sheet.truth.get(name)) for name in _GROUPS if name in sheet.truth}
        for one in sheet.fields:
            for grouping, group in {"all": "all", "ink": pen, "kind": one.kind, **groups}.items():
                found[grouping][group] = found[grouping][group].and_(one)
    return found


def show(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The report, line by line."""
    unread = [sheet for sheet in sheets if (sheet.line or {}).get("edition") != sheet.truth["edition"]]
    yield f"forms {len(sheets)}, without their edition {len(unread)}"
    for sheet in unread:
        said = sheet.line.get("reason") or sheet.line.get("edition") if sheet.line else "no line"
        yield f"  {sheet.file.name}: {said}"
    yield f"{'':26} {'fields':>7} {'exact':>8} {'silent':>8} {'straight':>9} {'flagged':>8}"
    for grouping, groups in tallied(sheets).items():
        for group, tally in sorted(groups.items()):
            exact, silent, straight, flagged = (f"{share:.2%}" for share in tally.shares)
            name = f"{grouping:8} {group:17}"
            yield f"{name} {tally.fields:7d} {exact:>8} {silent:>8} {straight:>9} {flagged:>8}"
    yield f"seconds a form: {sum(sheet.seconds for sheet in sheets) / max(len(sheets), 1):.2f}"


def _wrong(sheet: Sheet) -> Iterator[str]:
    for one in sheet.fields:
        if not one.exact:
            word = "SILENT " if one.silent else "flagged"
            yield f"{word} {sheet.file.stem} {one.path} [{one.kind}] want {one.want!r} read {one.have!r}"


def with_truth(folder: Path) -> list[Path]:
    """The files of a folder that have a truth beside them."""
    files = (file for file in sorted(folder.iterdir()) if file.suffix.lower() in _SUFFIXES)
    return [file for file in files if file.with_suffix(".json").is_file()]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.accuracy", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", default="rapid", help=f"one of {', '.join(ENGINES)}, or module:Class")
    parser.add_argument("--errors", action="store_true", help="list every wrong field")
    parser.add_argument("--match", default="", help="only files whose name holds this")
    asked = parser.parse_args(arguments)
    files = [file for file in with_truth(asked.folder) if asked.match in file.name]
    sheets = []
    for number, sheet in enumerate(read_all(files, load_editions(), load_engine(asked.engine)), 1):
        sheets.append(sheet)
        print(f"{number}/{len(files)} {sheet.file.name} {sheet.seconds:.1f} s", file=sys.stderr)
        if asked.errors:
            print("".join(f"{line}\n" for line in _wrong(sheet)), end="", flush=True)
    print("\n".join(show(sheets)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
