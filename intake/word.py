"""Word: a .docx file in, its tables as grids out.

Merged cells become spans, tables in tables grids of their own, tracked changes
their final text, check boxes and ringed numbers signs in the text. Word has no
pixels, so cells have no boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import docx

from intake.grid import BOX, DRAWN, TICK, Cell, Grid, Origin, with_plain_signs
from records.errors import Unreadable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Word's "enclose characters" is a field: EQ \o\ac(○,2) draws a ring round the 2.
_RINGED = re.compile(r"eq\s*\\o\s*(?:\\a[clr])?\s*\(\s*[○◯〇□△]\s*[,;，]\s*(.+?)\s*\)\s*$", re.IGNORECASE)
_GONE = {
    f"{_W}del",
    f"{_W}moveFrom",
    f"{_W}rPr",
    f"{_W}pPr",
    f"{_W}instrText",
    f"{_W}delText",
    f"{_MC}Fallback",
}
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}


def grids(file: Path) -> tuple[Grid, ...]:
    """The tables of a .docx file in its order, a table inside another one after it; raises Unreadable."""
    try:
        return tuple(_grids_of(docx.Document(str(file)).element.body))
    # A damaged package raises of zipfile, zlib, lxml and python-docx whatever they come upon first.
    except Exception as error:
        raise Unreadable("broken_file", file=file.name, what=type(error).__name__) from error


def _grids_of(body: Any) -> Iterator[Grid]:
    blocks = list(_blocks(body))
    tables = [place for place, block in enumerate(blocks) if block.tag == f"{_W}tbl"]
    for number, place in enumerate(tables):
        before = tables[number - 1] + 1 if number else 0
        after = tables[number + 1] if number + 1 < len(tables) else len(blocks)
        above = _text_of(blocks[before:place])
        yield Grid(tuple(_cells(blocks[place])), 1, Origin.TEXT, above, _text_of(blocks[place + 1 : after]))
        for inner in blocks[place].iter(f"{_W}tbl"):
            if inner is not blocks[place]:
                yield Grid(tuple(_cells(inner)), 1, Origin.TEXT)


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables of a body or a cell, those inside content controls included."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
            yield from _blocks(child)


def _cells(table: Any) -> Iterator[Cell]:
    """The cells of a table with their spans; one that continues a vertical merge lengthens the one above."""
    rows = [_row(row) for row in _inside(table, f"{_W}tr")]
    for number, row in enumerate(rows):
        for column, span, cell in row:
            if _merge(cell) == "continue" and _above(rows, number, column) is not None:
                continue
            yield Cell(number, column, 1 + _continued(rows, number, column), span, _text_of(_blocks(cell)))


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, looked for through content controls and tracked insertions."""
    for child in parent:
        if child.tag == tag:
            if not _is_deleted(child):
                yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _inside(child, tag)


def _is_deleted(row: Any) -> bool:
    return row.find(f"{_W}trPr/{_W}del") is not None


def _row(row: Any) -> list[tuple[int, int, Any]]:
    """(column, span, cell) of each cell of a row."""
    column = _number(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
    found = []
    for cell in _inside(row, f"{_W}tc"):
        span = max(1, _number(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1))
        found.append((column, span, cell))
        column += span
    return found


def _number(element: Any, otherwise: int) -> int:
    value = None if element is None else element.get(f"{_W}val")
    return int(value) if value is not None and value.isdigit() else otherwise


def _merge(cell: Any) -> str | None:
    """`restart`, `continue` or None; an empty w:vMerge continues."""
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    if merge is None:
        return None
    return "restart" if merge.get(f"{_W}val") == "restart" else "continue"


def _above(rows: Sequence[list[tuple[int, int, Any]]], number: int, column: int) -> Any | None:
    """The cell above at the same column that a continued cell belongs to."""
    if number == 0:
        return None
    found = next((cell for start, _, cell in rows[number - 1] if start == column), None)
    return found if found is not None and _merge(found) is not None else None


def _continued(rows: Sequence[list[tuple[int, int, Any]]], number: int, column: int) -> int:
    """How many rows below carry on the cell that starts here."""
    count = 0
    while number + count + 1 < len(rows) and _merge_at(rows[number + count + 1], column) == "continue":
        if _merge_at(rows[number + count], column) is None:
            break
        count += 1
    return count


def _merge_at(row: list[tuple[int, int, Any]], column: int) -> str | None:
    return next((_merge(cell) for start, _, cell in row if start == column), None)


def _text_of(blocks: Any) -> str:
    lines = [_paragraph(block) if block.tag == f"{_W}p" else _flat(block) for block in blocks]
    return with_plain_signs("\n".join(lines)).strip("\n")


def _flat(table: Any) -> str:
    """A table inside a cell as text, row by row."""
    rows = (
        " ".join(_text_of(_blocks(cell)) for cell in _inside(row, f"{_W}tc"))
        for row in _inside(table, f"{_W}tr")
    )
    return "\n".join(rows)


def _paragraph(paragraph: Any) -> str:
    told = _Told()
    _tell(paragraph, told)
    return told.text


class _Told:
    """The text of a paragraph as it is gathered; inside a field only its result counts."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.fields: list[list[str] | None] = []
        """For each open field its instruction so far; None once its result has begun."""

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def say(self, piece: str) -> None:
        if all(instruction is None for instruction in self.fields):
            self.pieces.append(piece)


def _tell(element: Any, told: _Told) -> None:
    for child in element:
        tag = child.tag
        if tag == f"{_W}instrText":
            _instruct(child, told)
        elif tag == f"{_W}fldChar":
            _field_mark(child, told)
        elif tag == f"{_W}t":
            told.say(child.text or "")
        elif tag in _BREAKS:
            told.say(_BREAKS[tag])
        elif tag == f"{_W}sym":
            told.say(chr(int(child.get(f"{_W}char"), 16)))
        elif tag in (f"{_W}drawing", f"{_W}pict", f"{_W}object"):
            _drawing(child, told)
        elif tag == f"{_W}sdt":
            _control(child, told)
        elif tag == f"{_W}fldSimple":
            _simple_field(child, told)
        elif tag == f"{_W}r" and _is_struck(child):
            continue
        elif tag not in _GONE and isinstance(tag, str):
            _tell(child, told)


def _is_struck(run: Any) -> bool:
    """Whether a run is hidden or struck through, and so no longer said."""
    marks = (run.find(f"{_W}rPr/{_W}{name}") for name in ("vanish", "strike", "dstrike"))
    return any(mark is not None and mark.get(f"{_W}val") not in ("0", "false") for mark in marks)


def _instruct(instruction: Any, told: _Told) -> None:
    if told.fields and (gathered := told.fields[-1]) is not None:
        gathered.append(instruction.text or "")


def _field_mark(mark: Any, told: _Told) -> None:
    kind = mark.get(f"{_W}fldCharType")
    if kind == "begin":
        _form_field(mark, told)
        told.fields.append([])
    elif told.fields and kind == "separate":
        if not _ringed("".join(told.fields[-1] or ())):
            told.fields[-1] = None
    elif told.fields and kind == "end":
        told.say(_ringed("".join(told.fields.pop() or ())))


def _ringed(instruction: str) -> str:
    found = _RINGED.match(instruction.strip())
    return f"{TICK}{found.group(1)}" if found else ""


def _simple_field(field: Any, told: _Told) -> None:
    ringed = _ringed(field.get(f"{_W}instr") or "")
    if ringed:
        told.say(ringed)
    else:
        _tell(field, told)


def _form_field(mark: Any, told: _Told) -> None:
    """The old form fields: a check box, or the chosen entry of a list."""
    box = mark.find(f"{_W}ffData/{_W}checkBox")
    if box is not None:
        checked = box.find(f"{_W}checked")
        told.say(TICK if _is_on(box.find(f"{_W}default") if checked is None else checked) else BOX)
    entries = mark.find(f"{_W}ffData/{_W}ddList")
    if entries is not None:
        names = [entry.get(f"{_W}val") for entry in entries.findall(f"{_W}listEntry")]
        chosen = _number(entries.find(f"{_W}result"), 0)
        told.say(names[chosen] if chosen < len(names) else "")


def _is_on(element: Any) -> bool:
    return element is not None and element.get(f"{_W}val") not in ("0", "false")


def _control(control: Any, told: _Told) -> None:
    """A content control: a check box as a sign, a prompt that nobody overwrote as nothing, else its text."""
    settings = control.find(f"{_W}sdtPr")
    box = None if settings is None else settings.find(f"{_W14}checkbox")
    if box is not None:
        checked = box.find(f"{_W14}checked")
        on = checked is not None and checked.get(f"{_W14}val") not in ("0", "false")
        told.say(TICK if on else BOX)
        return
    if settings is not None and settings.find(f"{_W}showingPlcHdr") is not None:
        return
    content = control.find(f"{_W}sdtContent")
    if content is not None:
        _tell(content, told)


def _drawing(drawing: Any, told: _Told) -> None:
    """A picture as its sign; a text box as its text."""
    boxes = list(drawing.iter(f"{_W}txbxContent"))
    for box in boxes:
        told.say(_text_of(_blocks(box)))
    if not boxes and _shows_picture(drawing):
        told.say(DRAWN)


def _shows_picture(drawing: Any) -> bool:
    return any(str(inner.tag).endswith(("}pic", "}imagedata", "}OLEObject")) for inner in drawing.iter())
