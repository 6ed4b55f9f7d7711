"""Lists: what may be seen of many records comes in, a Word file or a workbook goes out.

The Word sheet belongs to the edition and holds one row between `{%tr for row in
rows %}` and `{%tr endfor %}`; columns that are not wanted leave it, columns
added for once join it, and the others share the width. Rows grow with their
text and are never split; what stands above them is repeated on every page.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lxml import etree
from markupsafe import Markup

from docgen.charts import charts
from docgen.documents import file_name, fill_list, safe_name
from docgen.fonts import Fonts, present_fonts
from docgen.tags import escaped, unprintable
from docgen.typesetting import WORD
from docgen.workbooks import write_workbook
from records.errors import DocumentError
from records.lines import Contents, Row
from records.listing import Listing
from records.rosters import ROWS, Column

_TAG = re.compile(r"\brow\.(\w+)")
_TWIPS = 1440 / 25.4


def make_list(listing: Listing, contents: Contents, folder: Path, fonts: Fonts | None = None) -> Path:
    """The list as Word in `folder`. Raises EditionError, TemplateBroken, DocumentError for a character."""
    fonts = fonts or present_fonts()
    _check_text(contents, fonts)
    wanted = {column.key: column for column in listing.columns}

    def arrange(root: etree._Element) -> None:
        for table in root.iter(f"{WORD}tbl"):
            _arrange(table, listing, wanted)

    sheet, target = listing.edition.file(listing.use.template), folder / list_name(listing)
    pictures = charts(sheet, (*contents.tables, *contents.more), fonts)
    return fill_list(sheet, context(listing, contents), arrange, target, fonts, pictures)


def make_workbook(listing: Listing, contents: Contents, folder: Path) -> Path:
    """The list as an XLSX workbook in `folder`, one sheet a table. Raises DocumentError for a character."""
    _check_text(contents, None)
    return write_workbook(contents.tables, (folder / list_name(listing)).with_suffix(".xlsx"))


def list_name(listing: Listing) -> str:
    """`<title>-<edition>.docx`, of one record's list `<number>-<name>-<title>.docx`.

    A list that shows what is hidden otherwise says so, and never lies where the masked one does.
    """
    if listing.use.of == "record":
        return file_name(listing.use, listing.records[0])
    shown = [listing.edition.field(key).label for key in listing.shown]
    return safe_name(listing.use.title, listing.edition.key, *shown)


def context(listing: Listing, contents: Contents) -> dict[str, object]:
    """What the sheet's tags may name: its figures, and its tables' rows with every column of the roster.

    A column that may not be seen is blank, whatever the sheet asks for.
    """
    figures = {name: escaped(text) for name, text in contents.figures.items()}
    own = {one.key: "" for columns in listing.roster.tables.values() for one in columns}
    tables = {
        table.name: [_texts(row, own) for row in table.rows] for table in (*contents.tables, *contents.more)
    }
    return {**figures, **tables}


def _texts(row: Row, own: Mapping[str, str]) -> dict[str, str | Markup]:
    """A row's texts by column; under `<column>_code` the printed numbers of options."""
    texts = {key: escaped(shown.text) for key, shown in row.items()}
    codes = {f"{key}_code": escaped(shown.code or shown.text) for key, shown in row.items()}
    return {**own, **{f"{key}_code": "" for key in own}, **texts, **codes}


def _check_text(contents: Contents, fonts: Fonts | None) -> None:
    fonts = fonts or Fonts((), present_fonts().typefaces)
    fine: set[str] = set()
    for name, text in contents.figures.items():
        _refuse(text, name, fonts, fine)
    for table in contents.tables:
        for place, row in enumerate(table.rows, 1):
            for column in table.columns:
                _refuse(row[column.key].text, f"{place} {column.head}", fonts, fine)


def _refuse(text: str, field: str, fonts: Fonts, fine: set[str]) -> None:
    """Refuses a text that cannot be shown; `fine` are the characters that were found to be."""
    new = [character for character in text if character not in fine]
    if found := unprintable("".join(new), fonts):
        raise DocumentError(found[0], field=field, character=found[1])
    fine.update(new)


# --- the columns of the sheet's table -------------------------------------------


def _arrange(table: etree._Element, listing: Listing, wanted: Mapping[str, Column]) -> None:
    """Takes the columns out of a list's table that are not wanted, and puts added ones behind its last."""
    rows = [row for row in table.findall(f"{WORD}tr") if not _is_loop(row)]
    line = next((row for row in rows if _TAG.search(_text(row))), None)
    if line is None or any(len(_cells(row)) != len(_cells(line)) for row in rows):
        return
    keys = [_key(cell) for cell in _cells(line)]
    own = {column.key for column in listing.roster.tables.get(ROWS, ())}
    for place in reversed(range(len(keys))):
        if keys[place] in own and keys[place] not in wanted:
            _remove(table, rows, place)
    for column in wanted.values():
        if column.key not in keys and (column.optional or column.key not in own):
            _add(table, rows, column)
    _widen(table, rows)


def _is_loop(row: etree._Element) -> bool:
    return "{%tr" in _text(row)


def _text(element: etree._Element) -> str:
    return "".join(piece.text or "" for piece in element.iter(f"{WORD}t"))


def _cells(row: etree._Element) -> list[etree._Element]:
    return list(row.findall(f"{WORD}tc"))


def _key(cell: etree._Element) -> str:
    found = _TAG.search(_text(cell))
    return found[1].removesuffix("_code") if found else ""


def _remove(table: etree._Element, rows: Iterable[etree._Element], place: int) -> None:
    for row in rows:
        row.remove(_cells(row)[place])
    grid = table.find(f"{WORD}tblGrid")
    grid.remove(grid[place])


def _add(table: etree._Element, rows: Sequence[etree._Element], column: Column) -> None:
    for row in rows:
        last = _cells(row)[-1]
        cell = copy.deepcopy(last)
        _write(cell, f"{{{{ row.{column.key} }}}}" if _TAG.search(_text(row)) else column.head)
        cell.find(f"{WORD}tcPr/{WORD}tcW").set(f"{WORD}w", str(round(column.width * _TWIPS)))
        last.addnext(cell)
    grid = table.find(f"{WORD}tblGrid")
    etree.SubElement(grid, f"{WORD}gridCol").set(f"{WORD}w", str(round(column.width * _TWIPS)))


def _write(cell: etree._Element, text: str) -> None:
    """Puts one text in the place of all that stands in a cell."""
    paragraph, *others = cell.findall(f"{WORD}p")
    for other in others:
        cell.remove(other)
    runs = paragraph.findall(f"{WORD}r")
    for run in runs[1:]:
        paragraph.remove(run)
    run = runs[0] if runs else etree.SubElement(paragraph, f"{WORD}r")
    for child in run.findall(f"{WORD}t"):
        run.remove(child)
    etree.SubElement(run, f"{WORD}t").text = text


def _widen(table: etree._Element, rows: Iterable[etree._Element]) -> None:
    """Shares the table's whole width among its columns anew, each as wide beside the others as before."""
    grid = table.find(f"{WORD}tblGrid")
    widths = [int(one.get(f"{WORD}w", "0")) for one in grid]
    whole = int(table.find(f"{WORD}tblPr/{WORD}tblW").get(f"{WORD}w", "0"))
    if not whole or sum(widths) == whole:
        return
    ends = [round(sum(widths[: place + 1]) * whole / sum(widths)) for place in range(len(widths))]
    shares = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    for one, share in zip(grid, shares, strict=True):
        one.set(f"{WORD}w", str(share))
    for row in rows:
        for cell, share in zip(_cells(row), shares, strict=True):
            cell.find(f"{WORD}tcPr/{WORD}tcW").set(f"{WORD}w", str(share))
