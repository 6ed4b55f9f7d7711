"""The grid: what paper, Word and PDF all become, so that one matcher and one reader serve them.

A grid is made by `intake.ruling` (a picture's ruled lines), `intake.word` or
`intake.pdf` (a digital table). Its cells tile the table: place, spans, and the
text that stands in them; a picture's text is what the engine first read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TICK = "√"
"""The one sign for a mark on an option, whatever the paper shows: a tick, a ring, a filled box."""


class Origin(StrEnum):
    """Where a grid's text comes from: read off a picture, or digital and exact."""

    PICTURE = "picture"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: place from 0, spans of at least 1, text (lines joined by a newline).

    `box` is (x0, y0, x1, y1) in pixels of the upright page (a PDF's: at 200
    dpi); None in Word. In `text`, each mark on an option stands as TICK beside
    the option that it marks.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    box: tuple[float, float, float, float] | None = None

    @property
    def bottom(self) -> int:
        """The first row below the cell."""
        return self.row + self.row_span

    @property
    def right(self) -> int:
        """The first column right of the cell."""
        return self.column + self.column_span


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's cells in reading order, with the text around the table (title, notes)."""

    cells: tuple[Cell, ...]
    page: int
    origin: Origin
    above: str = ""
    below: str = ""

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers this place."""
        for cell in self.cells:
            if cell.row <= row < cell.bottom and cell.column <= column < cell.right:
                return cell
        return None

    def right_of(self, cell: Cell) -> Cell | None:
        """The neighbour that starts where the cell ends, in its first row."""
        return self.at(cell.row, cell.right)

    def below_of(self, cell: Cell) -> Cell | None:
        """The neighbour under the cell's first column."""
        return self.at(cell.bottom, cell.column)
