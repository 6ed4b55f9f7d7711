"""Making values fit their cells: measured with the real fonts, shrunk to a floor, wrapped, never cut.

In: the table of a filled Word sheet. Out: the same table with smaller type
where it is needed, and the cells whose text does not fit even so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, inf

from lxml import etree

from docgen.fonts import Fonts
from docgen.typesetting import WORD, Named, named

FLOOR = 6.5
"""The smallest type that a value may be set in, points."""
STEP = 0.5
PITCH = 1.2
"""Line pitch over type size, where a sheet gives an exact pitch."""
NATURAL = 1.45
"""Line height over type size where a sheet leaves it to the font (the tallest of ours)."""
_WORD_MARGIN = 108
"""Word's own left and right cell margin, twips, where a table names none."""
_BETWEEN = 0.25
"""The gap, over type size, that programs leave between Chinese and Latin text."""
_SLACK = 0.6
"""Points kept free in width, for programs round differently."""
_AIR = 2.0
"""Points kept free above and below a continued text."""
_SIDES = ("left", "right")
_TOKEN = re.compile(r"[!-~]+|\s|[（《“‘]*[^!-~\s][，。、；：！？）》”’]*")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table and the room inside it, points; `height` is None where the row has none."""

    element: etree._Element
    width: float
    height: float | None

    @property
    def text(self) -> str:
        """The cell's text, paragraphs joined by a newline."""
        paragraphs = self.element.findall(f"{WORD}p")
        return "\n".join("".join(piece.text or "" for piece in p.iter(f"{WORD}t")) for p in paragraphs)


def cells(root: etree._Element) -> list[Cell]:
    """Every cell of every table, in document order, the continuations of merged cells left out."""
    return [cell for table in root.iter(f"{WORD}tbl") for cell in _cells(table)]


def _cells(table: etree._Element) -> Iterator[Cell]:
    columns = [_number(column, "w") for column in table.findall(f"{WORD}tblGrid/{WORD}gridCol")]
    rows = [list(_placed(row)) for row in table.findall(f"{WORD}tr")]
    heights = [_height(row) for row in table.findall(f"{WORD}tr")]
    margin = _margins(table)
    for index, row in enumerate(rows):
        for element, start, span in row:
            if _merge(element) == "continue":
                continue
            width = sum(columns[start : start + span]) / 20 - margin
            yield Cell(element, width, _covered(rows, heights, index, start, _merge(element)))


def _placed(row: etree._Element) -> Iterator[tuple[etree._Element, int, int]]:
    before = row.find(f"{WORD}trPr/{WORD}gridBefore")
    column = _number(before, "val") if before is not None else 0
    for element in row.findall(f"{WORD}tc"):
        spanned = element.find(f"{WORD}tcPr/{WORD}gridSpan")
        span = _number(spanned, "val") if spanned is not None else 1
        yield element, column, span
        column += span


def _covered(
    rows: Sequence[Sequence[tuple[etree._Element, int, int]]],
    heights: Sequence[float | None],
    index: int,
    start: int,
    merge: str | None,
) -> float | None:
    """The height of a cell over all the rows that it covers."""
    covered = [heights[index]]
    if merge == "restart":
        for row, height in zip(rows[index + 1 :], heights[index + 1 :], strict=True):
            if not any(column == start and _merge(one) == "continue" for one, column, _ in row):
                break
            covered.append(height)
    return None if None in covered else sum(height for height in covered if height is not None)


def _merge(element: etree._Element) -> str | None:
    merge = element.find(f"{WORD}tcPr/{WORD}vMerge")
    return None if merge is None else merge.get(f"{WORD}val", "continue")


def _height(row: etree._Element) -> float | None:
    height = row.find(f"{WORD}trPr/{WORD}trHeight")
    return None if height is None else _number(height, "val") / 20


def _margins(table: etree._Element) -> float:
    sides = []
    for side in _SIDES:
        margin = table.find(f"{WORD}tblPr/{WORD}tblCellMar/{WORD}{side}")
        sides.append(_WORD_MARGIN if margin is None else _number(margin, "w"))
    return sum(sides) / 20


# --- measuring ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph in one type, or a jump to the next tab stop (text is a tab)."""

    text: str
    font: Named
    size: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What counts of a paragraph when it is measured, points.

    `exact` is the pitch of its lines where the sheet gives one, else the pitch
    is `spread` times the font's own; `around` is the space above and below.
    """

    pieces: tuple[Piece, ...]
    left: float
    first: float
    right: float
    exact: float | None
    spread: float
    around: float

    def size(self, less: float) -> float:
        """The largest type in it, smaller by `less`."""
        return max((_less(piece.size, less) for piece in self.pieces), default=FLOOR)

    def pitch(self, less: float) -> float:
        """From one line to the next, with type smaller by `less`."""
        if self.exact is not None:
            return self.exact if less == 0 else self.size(less) * PITCH
        return self.size(less) * NATURAL * self.spread


def fit(cell: Cell, fonts: Fonts) -> bool:
    """Shrinks a cell's type by steps until its text fits; False when it does not even at the floor."""
    if cell.height is None:
        return True
    paragraphs = measured(cell.element)
    less = shrinking(paragraphs, cell.width, cell.height, fonts)
    shrink(cell.element, floor_of(paragraphs) if less is None else less)
    return less is not None or _fits(
        measured(cell.element), cell.width, cell.height, fonts, 0, whole_words=False
    )


def keep_whole(cell: Cell, fonts: Fonts) -> None:
    """Shrinks a cell's type until no number or Latin word in it is broken, as far as the floor lets it."""
    if not _UNBREAKABLE.search(cell.text):
        return
    paragraphs = measured(cell.element)
    less = shrinking(paragraphs, cell.width, inf, fonts)
    if less is not None:
        shrink(cell.element, less)


_UNBREAKABLE = re.compile(r"[!-~]{5}")
"""What is shorter fits any cell."""


def shrinking(paragraphs: Sequence[Paragraph], width: float, height: float, fonts: Fonts) -> float | None:
    """By how much type must be smaller for the text to fit, numbers unbroken; None where it does not."""
    steps = round(floor_of(paragraphs) / STEP)
    for less in (STEP * step for step in range(steps + 1)):
        if _fits(paragraphs, width, height, fonts, less, whole_words=True):
            return less
    return None


def floor_of(paragraphs: Sequence[Paragraph]) -> float:
    """By how much type can be smaller before it is too small."""
    largest = max((paragraph.size(0) for paragraph in paragraphs), default=FLOOR)
    return STEP * max(0, round((largest - FLOOR) / STEP))


def _fits(
    paragraphs: Sequence[Paragraph],
    width: float,
    height: float,
    fonts: Fonts,
    less: float,
    *,
    whole_words: bool,
) -> bool:
    """Whether the text stands inside the room with type smaller by `less`; numbers unbroken if wanted."""
    needed = 0.0
    for paragraph in paragraphs:
        lines, broken = _lines(paragraph, width - _SLACK - paragraph.right, fonts, less)
        if broken and whole_words:
            return False
        needed += lines * paragraph.pitch(less) + paragraph.around
    return needed <= height + 0.01


def _lines(paragraph: Paragraph, width: float, fonts: Fonts, less: float) -> tuple[int, bool]:
    """How many lines a paragraph takes, and whether a number or a Latin word had to be broken."""
    indent = paragraph.left
    lines, at, broken = 1, paragraph.first, False
    for piece in paragraph.pieces:
        if piece.text == "\n":
            lines, at = lines + 1, indent
            continue
        if piece.text == "\t":
            at = max(at, indent)
            continue
        size = _less(piece.size, less)
        for token in _TOKEN.findall(piece.text):
            wide = _wide(token, piece, size, fonts)
            if at + wide > width and at > indent:
                lines, at = lines + 1, indent
                if token.isspace():
                    continue
            while wide > width - indent:
                broken = True
                lines, wide = lines + 1, wide - (width - indent)
            at += wide
    return lines, broken


def _less(size: float, less: float) -> float:
    return max(FLOOR, size - less) if less else size


def _wide(word: str, piece: Piece, size: float, fonts: Fonts) -> float:
    if word == "\n":
        return 0.0
    gaps = 2 * _BETWEEN * size if word[0].isascii() and word != piece.text else 0
    return fonts.width(word, piece.font.of(word[0]), size) + gaps


def measured(cell: etree._Element) -> tuple[Paragraph, ...]:
    """The paragraphs of a cell."""
    return tuple(_measured(paragraph) for paragraph in cell.findall(f"{WORD}p"))


def _measured(paragraph: etree._Element) -> Paragraph:
    left, first = _indents(paragraph)
    right = _sides(paragraph) - left
    spacing = paragraph.find(f"{WORD}pPr/{WORD}spacing")
    given = {} if spacing is None else {name: spacing.get(f"{WORD}{name}") for name in _SPACING}
    exact = _number(spacing, "line") / 20 if spacing is not None and given["lineRule"] == "exact" else None
    spread = int(given.get("line") or "240") / 240 if exact is None else 1.0
    around = sum(int(given.get(side) or "0") for side in ("before", "after")) / 20
    return Paragraph(tuple(_pieces(paragraph)), left, first, right, exact, spread, around)


_SPACING = ("line", "lineRule", "before", "after")


def _pieces(paragraph: etree._Element) -> Iterator[Piece]:
    for run in paragraph.iter(f"{WORD}r"):
        font, size = named(run), _size(run)
        for child in run:
            if child.tag == f"{WORD}t" and child.text:
                yield Piece(child.text, font, size)
            elif child.tag == f"{WORD}tab":
                yield Piece("\t", font, size)
            elif child.tag in (f"{WORD}br", f"{WORD}cr"):
                yield Piece("\n", font, size)


def _size(run: etree._Element) -> float:
    size = run.find(f"{WORD}rPr/{WORD}sz")
    return 10.5 if size is None else _number(size, "val") / 2


def _indents(paragraph: etree._Element) -> tuple[float, float]:
    """Where lines begin, and where the first one does, points from the cell's left margin."""
    indent = paragraph.find(f"{WORD}pPr/{WORD}ind")
    if indent is None:
        return 0.0, 0.0
    left, hanging, first = (
        int(indent.get(f"{WORD}{name}", "0")) / 20 for name in ("left", "hanging", "firstLine")
    )
    return left, left - hanging + first


# --- shrinking ----------------------------------------------------------------


def shrink(cell: etree._Element, less: float) -> None:
    """Sets a cell's type smaller by `less` points, not below the floor."""
    if less == 0:
        return
    for paragraph in cell.findall(f"{WORD}p"):
        pitch = _measured(paragraph).pitch(less)
        for size in paragraph.iter(f"{WORD}sz", f"{WORD}szCs"):
            size.set(f"{WORD}val", str(round(max(FLOOR, _number(size, "val") / 2 - less) * 2)))
        spacing = paragraph.find(f"{WORD}pPr/{WORD}spacing")
        if spacing is not None and spacing.get(f"{WORD}lineRule") == "exact":
            spacing.set(f"{WORD}line", str(round(pitch * 20)))


def _number(element: etree._Element, name: str) -> int:
    return int(float(element.get(f"{WORD}{name}", "0")))


# --- cutting a long text into pieces -------------------------------------------


def pieces_of(text: str, cell: Cell, most: int, fonts: Fonts) -> list[tuple[str, int]]:
    """A long text in the type of a cell (one paragraph), in pieces, each with how many such rows it takes.

    A piece takes at most `most` rows; a text that these hold stays whole.
    """
    paragraph = cell.element.findall(f"{WORD}p")[0]
    styled = next(_pieces(paragraph), Piece("", Named("", ""), FLOOR))
    pitch = _measured(paragraph).pitch(0)
    row = cell.height or pitch + _AIR
    room = max(1, int((most * row - _AIR) / pitch))
    lines = list(_broken(text, cell.width - _SLACK - _sides(paragraph), styled, fonts))
    starts = [*range(0, len(lines), room), len(lines)]
    return [
        ("".join(lines[low:high]).strip("\n"), min(most, ceil(((high - low) * pitch + _AIR) / row)))
        for low, high in pairwise(starts)
    ]


def _sides(paragraph: etree._Element) -> float:
    """Left and right indent together, points."""
    indent = paragraph.find(f"{WORD}pPr/{WORD}ind")
    return 0.0 if indent is None else sum(int(indent.get(f"{WORD}{side}", "0")) for side in _SIDES) / 20


def _broken(text: str, width: float, styled: Piece, fonts: Fonts) -> Iterator[str]:
    line, at = "", 0.0
    for token in _TOKEN.findall(text):
        for bit in [token] if _wide(token, styled, styled.size, fonts) <= width else token:
            wide = _wide(bit, styled, styled.size, fonts)
            if line and (at + wide > width or bit == "\n"):
                yield line
                line, at = "", 0.0
            line, at = line + bit, at + wide
    if line:
        yield line
