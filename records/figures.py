"""Figures as a list prints them: a listing comes in, the lines of its statistics go out as tables.

| table | rows |
| --- | --- |
| `rows` | the whole, then every line of every block; on a block's first row `opens` is its heading |
| a block's name | the lines of that block |
| the name and `_ranked` | those in which anybody stands, the greatest first, without the rest |

A row's `part` is filled where it is part of the line above. Single texts are
`households`, `people`, `unsized`, `left_out` and `by_number`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from records.editions import Edition
from records.lines import Contents, Row, Shown, Table, figures_of
from records.listing import Listing
from records.rosters import ROWS
from records.statistics import Block, Count, Line, Statistics, share, statistics

SINGLE = ("households", "people", "unsized", "left_out", "by_number")
ROW = ("block", "label", "households", "households_share", "people", "people_share", "opens", "part")
"""What a sheet may ask for, and what of a row."""
_INDENT = "\u3000\u3000"
"""Stands before the label of a line that is part of the one above."""


def names(edition: Edition) -> Iterator[str]:
    """What a sheet may ask for of this edition."""
    yield from (ROWS, *SINGLE)
    for block in edition.statistics.get("blocks", ()):
        yield from (block["name"], f"{block['name']}_ranked")


def of_statistics(listing: Listing) -> Contents:
    """The edition's statistics over the listing's records; raises EditionError, DocumentError."""
    found = statistics(listing.edition, listing.records)
    settings = listing.roster.settings
    rows = [_row("", Line(settings["total"], found.whole), found.whole)]
    for block in found.blocks:
        rows += _opened(list(_rows(block, found.whole)), block, settings["several"])
    more = [table for block in found.blocks for table in _tables(block, found.whole, listing)]
    figures, notes = figures_of(listing)
    own = Table(ROWS, listing.use.title, listing.columns, tuple(rows))
    if not listing.columns:
        return Contents((), {**figures, **_singles(found)}, notes, (own, *more))
    return Contents((own,), {**figures, **_singles(found)}, notes, tuple(more))


def _singles(found: Statistics) -> dict[str, str]:
    numbers = (found.whole.households, found.whole.people, found.unsized, found.left_out, found.by_number)
    return dict(zip(SINGLE, map(str, numbers), strict=True))


def _tables(block: Block, whole: Count, listing: Listing) -> Iterator[Table]:
    ranked = sorted(
        (line for line in block.said if line.count.households), key=lambda line: -line.count.households
    )
    yield Table(block.name, block.label, listing.columns, tuple(_rows(block, whole)))
    rows = tuple(_row(block.label, line, whole) for line in ranked)
    yield Table(f"{block.name}_ranked", block.label, listing.columns, rows)


def _rows(block: Block, whole: Count) -> Iterator[Row]:
    for line in block.lines:
        yield _row(block.label, line, whole)
        yield from (_row(block.label, part, whole, _INDENT) for part in line.parts)


def _row(block: str, line: Line, whole: Count, indent: str = "") -> Row:
    households, people = line.count.households, line.count.people
    return {
        "block": Shown(block),
        "label": Shown(f"{indent}{line.label}"),
        "households": _number(Decimal(households)),
        "households_share": _number(share(households, whole.households)),
        "people": _number(Decimal(people)),
        "people_share": _number(share(people, whole.people)),
        "opens": Shown(),
        "part": Shown("1" if indent else ""),
    }


def _number(number: Decimal) -> Shown:
    return Shown(str(number), number)


def _opened(rows: list[Row], block: Block, several: str) -> Iterable[Row]:
    """A block's rows, the first with the block's heading; of an empty one none."""
    heading = f"{block.label}{several if block.several else ''}"
    return [{**row, "opens": Shown(heading if row is rows[0] else "")} for row in rows]
