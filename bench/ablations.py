"""What each way of reading is worth: `python -m bench.ablations FOLDER`, each switched off beside all on.

The same files are read once with everything, and once more without each of
`intake.ways`; a table and a picture show what is lost.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

from bench.accuracy import HEADS, LEGEND, arguments_of, bar, cells, tallied
from bench.pictures import Row, write_table
from bench.reading import Plan, Sheet, read_all, with_truth
from bench.scoring import Tally
from intake.ways import ALL, Ways

ABLATIONS: Mapping[str, Ways] = {
    "all on": ALL,
    **{f"without {one.name}": replace(ALL, **{one.name: False}) for one in fields(Ways)},
}
_SPLIT = ("all", "ink", "kind")


def rows(read: Mapping[str, Sequence[Sheet]], groupings: Sequence[str]) -> Iterator[tuple[str, str, Tally]]:
    """Each group of the asked groupings, one line for each ablation: group, ablation, tally."""
    by_ablation = {name: tallied(sheets) for name, sheets in read.items()}
    first = next(iter(by_ablation.values()))
    for grouping in groupings:
        for group in sorted(first.get(grouping, {})):
            for name, found in by_ablation.items():
                yield group, name, found[grouping][group]


def show(read: Mapping[str, Sequence[Sheet]], groupings: Sequence[str] = _SPLIT) -> Iterator[str]:
    """The table, line by line; what an ablation costs stands behind it in points."""
    yield f"{'':32}" + "".join(f"{head:>10}" for head in HEADS[1:]) + f"{'lost':>8}"
    before = ""
    for group, name, tally in rows(read, groupings):
        if name == next(iter(read)):
            whole = tally
        lost = (whole.shares[0] - tally.shares[0]) * 100
        told = group if group != before else ""
        yield f"{told:12}{name:20}" + "".join(f"{cell:>10}" for cell in cells(tally)) + f"{lost:8.2f}"
        before = group


def draw(read: Mapping[str, Sequence[Sheet]], title: str, file: Path) -> None:
    """The table as a picture."""
    lines: list[Row] = []
    before = ""
    for group, name, tally in rows(read, _SPLIT):
        if group != before:
            lines.append(Row((group,), heading=True))
        lines.append(Row((name, *cells(tally)), bar(tally)))
        before = group
    write_table(file, title, HEADS, lines, LEGEND)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.ablations", description=__doc__)
    arguments_of(parser)
    parser.add_argument("--only", nargs="*", choices=[*ABLATIONS], default=[*ABLATIONS], help="these alone")
    asked = parser.parse_args(arguments)
    files = [file for file in with_truth(asked.folder) if asked.match in file.name]
    read: dict[str, list[Sheet]] = {}
    for name in asked.only:
        plan = Plan(asked.engine, asked.processes, ABLATIONS[name])
        read[name] = list(read_all(files, plan))
        print(f"{name}: {len(read[name])} files read", file=sys.stderr)
    print("\n".join(show(read)))
    if asked.picture:
        draw(read, f"{asked.folder.name}: {len(files)} forms, each way switched off", asked.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
