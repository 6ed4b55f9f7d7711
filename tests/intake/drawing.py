"""Tables drawn for tests: rows of texts in, a grid or a Word file as Word itself would write it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.oxml import parse_xml

from intake.grid import Cell, Grid, Origin

_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True)
class Box:
    """A cell to draw: its text, its width in any unit, how many rows it covers."""

    text: str
    width: float = 1.0
    down: int = 1


Row = Sequence[Box | str]


def _boxes(rows: Iterable[Row]) -> list[list[Box]]:
    return [[cell if isinstance(cell, Box) else Box(cell) for cell in row] for row in rows]


def cells_of(rows: Iterable[Row]) -> list[Cell]:
    """The cells of rows that are each as wide as the widest; a box that goes down shortens the rows below."""
    placed = _placed(_boxes(rows))
    edges = sorted({edge for _, _, left, right in placed for edge in (left, right)})
    return [
        Cell(row, edges.index(left), box.down, edges.index(right) - edges.index(left), box.text)
        for row, box, left, right in placed
    ]


def _placed(rows: list[list[Box]], width: float = 120.0) -> list[tuple[int, Box, float, float]]:
    placed: list[tuple[int, Box, float, float]] = []
    hanging: list[tuple[int, float, float]] = []
    for number, row in enumerate(rows):
        taken = sorted((left, right) for until, left, right in hanging if until > number)
        start = taken[0][1] if taken and taken[0][0] == 0 else 0.0
        share = (width - start) / sum(box.width for box in row)
        left = start
        for box in row:
            right = width if box is row[-1] else round(left + box.width * share, 2)
            placed.append((number, box, left, right))
            if box.down > 1:
                hanging.append((number + box.down, left, right))
            left = right
    return placed


def grid_of(rows: Iterable[Row], above: str = "", below: str = "", origin: Origin = Origin.TEXT) -> Grid:
    """A grid of rows of texts or boxes."""
    return Grid(tuple(cells_of(rows)), 1, origin, above, below)


def word_file(file: Path, tables: Sequence[Iterable[Row]], title: str = "", note: str = "") -> Path:
    """A .docx with these tables, merged cells as Word writes them."""
    document = docx.Document()
    document.add_paragraph(title)
    for rows in tables:
        document.element.body.insert_element_before(_table(cells_of(rows)), "w:sectPr")
        document.add_paragraph("")
    document.add_paragraph(note)
    document.save(str(file))
    return file


def _table(cells: Sequence[Cell]) -> object:
    grid = Grid(tuple(cells), 1, Origin.TEXT)
    width = max(cell.right for cell in cells)
    rows = []
    for row in range(grid.height):
        told, column = [], 0
        while column < width:
            cell = grid.at(row, column)
            assert cell is not None, f"a hole in the table at row {row}, column {column}"
            told.append(_word_cell(cell, starts=cell.row == row))
            column = cell.right
        rows.append(f"<w:tr>{''.join(told)}</w:tr>")
    columns = "<w:gridCol/>" * width
    return parse_xml(
        f'<w:tbl xmlns:w="{_NS}"><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def _word_cell(cell: Cell, starts: bool) -> str:
    merge = ""
    if cell.row_span > 1:
        merge = '<w:vMerge w:val="restart"/>' if starts else "<w:vMerge/>"
    span = f'<w:gridSpan w:val="{cell.column_span}"/>' if cell.column_span > 1 else ""
    lines = cell.text.split("\n") if starts else [""]
    paragraphs = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{_escaped(line)}</w:t></w:r></w:p>' for line in lines
    )
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{paragraphs}</w:tc>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
