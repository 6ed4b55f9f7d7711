"""Workbooks: tables of a list come in, an XLSX file goes out that prints well and computes nothing.

Every text stays text, also one that begins with = + - @ or a tab, and also
identity and card numbers; only amounts and counts are numbers. Headings stay
in sight and are repeated on every printed page. The same list gives the same bytes.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from docgen.placing import write_whole
from records.lines import Shown, Table
from records.rosters import Column

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MADE = datetime(1980, 1, 1)
_MILLIMETRES = 1.9
"""About how wide a figure of a workbook's own type is, mm."""
_ACROSS = 200.0
"""Wider tables are printed across the paper, mm."""
_TITLE = re.compile(r"[\\/*?:\[\]]")
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def write_workbook(tables: Sequence[Table], target: Path) -> Path:
    """The tables, each on a sheet of its own, as the workbook `target`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _write_sheet(book.create_sheet(_TITLE.sub("", table.title)[:31]), table)
    book.properties.created = book.properties.modified = _MADE
    return write_whole(_dated(book), target)


def write_text(cell: Any, text: str) -> None:
    """A text into a cell so that it stays one, whatever it begins with, also when somebody edits the cell."""
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True


def _write_sheet(sheet: Worksheet, table: Table) -> None:
    for place, column in enumerate(table.columns, 1):
        head = sheet.cell(1, place)
        write_text(head, column.head.replace("\n", ""))
        head.font, head.border = Font(bold=True), _BORDER
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        texts = [row[column.key].text for row in table.rows]
        sheet.column_dimensions[get_column_letter(place)].width = round(_width(column, texts), 1)
    for place, column in enumerate(table.columns, 1):
        side = "left" if column.align == "left" else "center"
        aligned = Alignment(horizontal=side, vertical="center", wrap_text=True)
        for number, row in enumerate(table.rows, 2):
            _write_cell(sheet.cell(number, place), row[column.key], aligned)
    _heighten(sheet)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    across = sum(column.width for column in table.columns) > _ACROSS
    sheet.page_setup.orientation = "landscape" if across else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="&P / &N"))


def _heighten(sheet: Worksheet) -> None:
    """Gives each row the height of its longest text: not every program does so when it opens the file."""
    widths = [
        sheet.column_dimensions[get_column_letter(place)].width for place in range(1, sheet.max_column + 1)
    ]
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        lines = (_lines(str(value or ""), width) for value, width in zip(row, widths, strict=True))
        sheet.row_dimensions[number].height = min(_LINE * max(lines), _HIGHEST)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes at most in a column of so many figures."""
    room = max(width - _AROUND, _WIDE_FIGURES)
    return sum(
        max(1, math.ceil((len(line) + (_WIDE_FIGURES - 1) * len(_WIDE.findall(line))) / room))
        for line in text.split("\n")
    )


def _width(column: Column, texts: Sequence[str]) -> float:
    """A column's width in figures: no number or date is broken, no text runs down the page."""
    unbroken = max((len(word) + _AROUND for text in texts for word in _UNBROKEN.findall(text)), default=0.0)
    shared = max(((len(text) + len(_WIDE.findall(text))) / _LINES for text in texts), default=0.0)
    return max(column.width / _MILLIMETRES, min(unbroken, _WIDEST), min(shared, _WIDEST))


_UNBROKEN, _WIDE = re.compile(r"[!-~]+"), re.compile(r"[\u2000-\U0010ffff]")
_AROUND = 1.5
"""What a cell keeps free beside its text, in figures."""
_LINES, _WIDEST = 6, 32.0
_LINE, _HIGHEST = 15.0, 409.0
"""A line's height and that of the highest row that a workbook may have, points."""
_WIDE_FIGURES = 2.1
"""Figures as wide as a Chinese character."""


def _write_cell(cell: Any, shown: Shown, aligned: Alignment) -> None:
    if shown.number is not None:
        cell.value = shown.number
        # As many decimals as it has: 4.0 beside 4.4 is no 4.
        places = -int(shown.number.as_tuple().exponent)
        cell.number_format = f"0.{'0' * places}" if places > 0 else cell.number_format
    elif shown.text:
        write_text(cell, shown.text)
    cell.border, cell.alignment = _BORDER, aligned


def _dated(book: Workbook) -> bytes:
    """The workbook with fixed dates."""
    saved, dated = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with ZipFile(saved) as package, ZipFile(dated, "w") as written:
        for name in package.namelist():
            content = package.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"1980-01-01T00:00:00Z", content)
            written.writestr(ZipInfo(name, _EPOCH), content, ZIP_DEFLATED)
    return dated.getvalue()
