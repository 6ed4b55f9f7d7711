"""How well forms are read: `python -m bench.accuracy FOLDER`, pictures with their truths in, tables out.

Tallies are taken by kind of field, edition, typeface, ink and degradation, and
by whatever else a truth says of its sheet; one picture shows them all.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.pictures import BAD, FAIR, GOOD, POOR, Row, write_table
from bench.reading import Plan, Sheet, read_all, with_truth
from bench.scoring import Tally
from desk.engines import ENGINES

_GROUPS = ("edition", "style", "warped", "profile", "orientation", "layout", "marks")
HEADS = ("", "fields", "exact", "silent", "straight", "flagged")
LEGEND = (
    ("right, not flagged", GOOD),
    ("right, flagged", FAIR),
    ("wrong, flagged", POOR),
    ("wrong, silent", BAD),
)


def tallied(sheets: Sequence[Sheet]) -> Mapping[str, Mapping[str, Tally]]:
    """Tallies by grouping (all, ink, kind, edition, style, profile, …) and by group."""
    found: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for sheet in sheets:
        pen = "pen" if sheet.truth.get("hand") else "print"
        groups = {name: str(sheet.truth[name]) for name in _GROUPS if name in sheet.truth}
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
    yield f"{'':30} {'fields':>7} {'exact':>8} {'silent':>8} {'straight':>9} {'flagged':>8}"
    for grouping, groups in tallied(sheets).items():
        for group, tally in sorted(groups.items()):
            fields, exact, silent, straight, flagged = cells(tally)
            name = f"{grouping:12} {group:17}"
            yield f"{name} {fields:>7} {exact:>8} {silent:>8} {straight:>9} {flagged:>8}"
    yield f"seconds a form: {sum(sheet.seconds for sheet in sheets) / max(len(sheets), 1):.2f}"


def cells(tally: Tally) -> tuple[str, ...]:
    """A tally's numbers as a table shows them."""
    return str(tally.fields), *(f"{share:.2%}" for share in tally.shares)


def bar(tally: Tally) -> tuple[tuple[float, tuple[int, int, int]], ...]:
    """A tally as the parts of a bar, in the order of LEGEND."""
    exact, silent, straight, _ = tally.shares
    return (straight, GOOD), (exact - straight, FAIR), (1 - exact - silent, POOR), (silent, BAD)


def draw(sheets: Sequence[Sheet], title: str, file: Path) -> None:
    """The whole table as a picture."""
    rows: list[Row] = []
    for grouping, groups in tallied(sheets).items():
        if grouping not in ("all", "ink"):
            rows.append(Row((grouping,), heading=True))
        rows += [Row((group, *cells(tally)), bar(tally)) for group, tally in sorted(groups.items())]
    write_table(file, title, HEADS, rows, LEGEND)


def _wrong(sheet: Sheet) -> Iterator[str]:
    for one in sheet.fields:
        if not one.exact:
            word = "SILENT " if one.silent else "flagged"
            yield f"{word} {sheet.file.stem} {one.path} [{one.kind}] want {one.want!r} read {one.have!r}"


def arguments_of(parser: argparse.ArgumentParser) -> None:
    """What every command asks that reads a folder with truths."""
    parser.add_argument("folder", type=Path)
    parser.add_argument("--match", default="", help="only files whose name holds this")
    parser.add_argument("--engine", default="rapid", help=f"one of {', '.join(ENGINES)}, or module:Class")
    parser.add_argument("--processes", type=int, default=1, help="how many files are read at a time")
    parser.add_argument("--picture", type=Path, help="the table as a PNG")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.accuracy", description=__doc__)
    arguments_of(parser)
    parser.add_argument("--errors", action="store_true", help="list every wrong field")
    parser.add_argument("--lines", type=Path, help="what was read, as JSON lines of the contract")
    asked = parser.parse_args(arguments)
    files = [file for file in with_truth(asked.folder) if asked.match in file.name]
    sheets = []
    for number, sheet in enumerate(read_all(files, Plan(asked.engine, asked.processes)), 1):
        sheets.append(sheet)
        print(f"{number}/{len(files)} {sheet.file.name} {sheet.seconds:.1f} s", file=sys.stderr)
        if asked.errors:
            print("".join(f"{line}\n" for line in _wrong(sheet)), end="", flush=True)
    if asked.lines:
        lines = (json.dumps(line, ensure_ascii=False) for sheet in sheets for line in sheet.lines)
        asked.lines.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print("\n".join(show(sheets)))
    if asked.picture:
        draw(sheets, f"{asked.folder.name}: {len(sheets)} forms", asked.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
