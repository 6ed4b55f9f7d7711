"""The grid: what paper, Word and PDF all become, so that one matcher and one reader serve them.

A grid is made by `intake.ruling` (a picture's ruled lines), `intake.word` or
`intake.pdf` (a digital table). Its cells tile the table: place, spans, and the
text that stands in them; a picture's text is what the engine first read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

TICK = "√"
"""The one sign for a mark on an option, whatever the paper shows: a tick, a ring, a filled box."""
BOX = "□"
"""The one sign for an empty box before an option."""
DRAWN = "\ufffc"
"""Stands in a digital cell's text for a picture: a signature or a seal that was put in."""

# What fonts draw as ticks and boxes, Wingdings' private codes included (0xF000 + the font's code).
_SIGNS = str.maketrans(
    dict.fromkeys("✓✔☑☒🗹🗸■▣\uf0fc\uf0fe\uf0fd\uf0fb\uf050\uf052\uf051\uf053\uf054", TICK)
    | dict.fromkeys("☐◻⬜▢❏❑\uf0a8\uf06f\uf071\uf0a3\uf035", BOX)
)


def with_plain_signs(text: str) -> str:
    """A digital text with every kind of tick as TICK and every empty box as BOX."""
    return text.translate(_SIGNS)


class Origin(StrEnum):
    """Where a grid's text comes from: read off a picture, or digital and exact."""

    PICTURE = "picture"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: place from 0, spans of at least 1, text (lines joined by a newline).

    `box` is (x0, y0, x1, y1) in pixels of the upright page (a PDF's: at 200
    dpi); None in Word. In `text`, each mark on an option stands as TICK beside
    the option that it marks. `page` is None except in a grid that runs over
    several pages.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    box: tuple[float, float, float, float] | None = None
    page: int | None = None

    @property
    def bottom(self) -> int:
        """The first row below the cell."""
        return self.row + self.row_span

    @property
    def right(self) -> int:
        """The first column right of the cell."""
        return self.column + self.column_span

    def stands_over(self, other: Cell) -> bool:
        """Whether two cells cover nearly the same columns; lines that nearly meet leave slivers between."""
        return self.column == other.column or self.right == other.right or self.shared_width(other) >= 0.5

    def shared_width(self, other: Cell) -> float:
        """Of the width that two cells cover together the share that both cover."""
        if self.box is not None and other.box is not None:
            return _shared(self.box[0], self.box[2], other.box[0], other.box[2])
        return _shared(self.column, self.right, other.column, other.right)


def _shared(start: float, end: float, other_start: float, other_end: float) -> float:
    """How much two stretches share of what they cover together."""
    both = min(end, other_end) - max(start, other_start)
    return max(0.0, both) / (max(end, other_end) - min(start, other_start))


@dataclass(frozen=True)
class Grid:
    """A table's cells in reading order, with the text around the table (title, notes)."""

    cells: tuple[Cell, ...]
    page: int
    origin: Origin
    above: str = ""
    below: str = ""

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers this place."""
        return self._places.get((row, column))

    @cached_property
    def _places(self) -> dict[tuple[int, int], Cell]:
        return {
            (row, column): cell
            for cell in reversed(self.cells)
            for row in range(cell.row, cell.bottom)
            for column in range(cell.column, cell.right)
        }

    @property
    def height(self) -> int:
        """How many rows the grid has."""
        return max((cell.bottom for cell in self.cells), default=0)

    def row(self, row: int) -> tuple[Cell, ...]:
        """The cells that start in this row, from left to right."""
        return self._rows.get(row, ())

    @cached_property
    def _rows(self) -> dict[int, tuple[Cell, ...]]:
        found: dict[int, list[Cell]] = {}
        for cell in sorted(self.cells, key=lambda cell: cell.column):
            found.setdefault(cell.row, []).append(cell)
        return {row: tuple(cells) for row, cells in found.items()}

    def right_of(self, cell: Cell) -> Cell | None:
        """The neighbour that starts where the cell ends, in its first row."""
        return self.at(cell.row, cell.right)

    def below_of(self, cell: Cell) -> Cell | None:
        """The neighbour under the cell's first column."""
        return self.at(cell.bottom, cell.column)
