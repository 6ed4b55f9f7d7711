"""Documents of a record: a filled Word file from the edition's sheet, ready to be stamped and signed.

What the printed rows do not hold, and what does not fit its cell, goes to
continuation sheets in the same file. Nothing is ever cut, drawn for a seal or
written for a signature. The same record gives the same bytes.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from zipfile import BadZipFile, ZipFile

from docx.opc.exceptions import PackageNotFoundError
from jinja2 import TemplateError
from lxml import etree

from docgen.codes import code_picture, members_of_codes, put_code
from docgen.fitting import Cell, cells, fit, keep_whole, pieces_of
from docgen.fonts import Fonts, present_fonts
from docgen.forms import Form, continued_in, form_of, row_of
from docgen.merging import end_section
from docgen.placing import write_whole
from docgen.quick import QuickTemplate
from docgen.source import number_drawings
from docgen.tags import Continued, Tag, Words, check_text, escaped, label_of, whole
from docgen.templates import environment, names_in, printable_of
from docgen.typesetting import WORD
from docgen.zipping import member, packed
from records.archive import Record
from records.codes import Code, code_of
from records.editions import DocumentUse, Edition
from records.errors import DocumentError, TemplateBroken
from records.values import row_count, split_path

_HEIGHT = f"{WORD}trPr/{WORD}trHeight"
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_LONGEST_NAME = 60


def make(
    document: str, record: Record, edition: Edition, folder: Path, fonts: Fonts | None = None
) -> list[Path]:
    """Makes a document of a record as Word in `folder`; its continuation sheets are in the same file.

    Raises EditionError (no such document or sheet), TemplateBroken (file, tag)
    and DocumentError (a character that no sheet can show, rows without a sheet).
    """
    use = edition.document(document)
    edition = printable_of(use, edition)
    fonts = fonts or present_fonts()
    check_text(record.values, edition, fonts)
    filled = _filled(use, record, edition, fonts)
    folder.mkdir(parents=True, exist_ok=True)
    return [write_whole(filled, folder / file_name(use, record))]


def _codes(use: DocumentUse, record: Record, edition: Edition) -> Mapping[str, bytes]:
    """The picture of the form's code under the members of its package that show it; none on many a sheet."""
    members = members_of_codes(edition.file(use.template))
    return dict.fromkeys(members, code_picture(_code(use, record, edition).text)) if members else {}


def _code(use: DocumentUse, record: Record, edition: Edition, sheet: int = 0) -> Code:
    """What the code on a sheet says."""
    return code_of(edition.key, use.name, record.number, record.revision, record.values, sheet)


def file_name(use: DocumentUse, record: Record) -> str:
    """`<number>-<name>-<title>.docx`, with nothing in it that a file system refuses."""
    name = record.values.get("name")
    return safe_name(f"{record.number:04d}", *([name] if isinstance(name, str) else []), use.title)


def safe_name(*parts: str) -> str:
    """The name of a Word file of these parts, with nothing in it that a file system refuses.

    What is too long is cut in its longest part, so that the others tell files apart.
    """
    safe = [_UNSAFE.sub("", part.replace("\n", "").replace(" ", "")) for part in parts]
    while len("-".join(safe)) > _LONGEST_NAME:
        longest = max(safe, key=len)
        safe[safe.index(longest)] = longest[:-1]
    return f"{'-'.join(safe).rstrip('.')}.docx"


# --- filling ------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A sheet with its tags replaced: what it was made of, its cells before, the Word file."""

    form: Form
    words: Words
    blank: Sequence[Cell]
    word: QuickTemplate


def _filled(use: DocumentUse, record: Record, edition: Edition, fonts: Fonts) -> bytes:
    """The whole document: fill, see what does not fit, move that to a continuation sheet, fill again."""
    form = form_of(edition.file(use.template), edition)
    more = form_of(edition.file(use.continuation), edition) if use.continuation else None
    codes = _codes(use, record, edition)
    quick = form.quickly(Words(edition, record.number, record.values), codes, fonts)
    if quick is not None:
        return quick
    moved: dict[str, str] = {}
    while True:
        words = list(_words(form, more, record, edition, moved, fonts))
        sheets = [_fill(form, words[0]), *(_fill(more, one) for one in words[1:] if more)]
        over = _fitted(sheets, fonts)
        if not over or more is None:
            for further in sheets[1:]:
                text = _code(use, record, edition, further.words.sheet).text
                put_code(further.word.docx, sheets[0].word.docx, text)
            return _dated(_bound([sheet.word for sheet in sheets]), codes)
        moved |= dict.fromkeys(over, use.see_more)


def _words(
    form: Form, more: Form | None, record: Record, edition: Edition, moved: Mapping[str, str], fonts: Fonts
) -> Iterator[Words]:
    """What the tags print: on the form first, then on each continuation sheet."""
    yield Words(edition, record.number, record.values, moved=moved)
    first = {table.key: form.rows(table.key) for table in edition.tables}
    left = {key: row_count(key, record.values) - printed for key, printed in first.items() if printed}
    if more is None:
        for key in (key for key, rows in left.items() if rows > 0):
            raise DocumentError("no_continuation", file=form.file.name, field=edition.field(key).label)
        return
    ordered = sorted(moved, key=lambda path: _place(path, edition))
    waiting = [piece for path in ordered for piece in _continue(path, record, edition, more, fonts)]
    sheet = 0
    while waiting or any(rows > 0 for rows in left.values()):
        sheet += 1
        words = Words(edition, record.number, record.values, dict(first), moved, sheet=sheet)
        taken = _taken(waiting, more, words)
        waiting = waiting[len(taken) :]
        yield replace(words, continued=taken)
        for key in left:
            first[key] += more.rows(key)
            left[key] -= more.rows(key)
        if sheet > _MOST_SHEETS:
            raise DocumentError("no_continuation", file=more.file.name, field=", ".join(first))


_MOST_SHEETS = 200
"""More would mean that a continuation sheet takes nothing."""


def _place(path: str, edition: Edition) -> tuple[int, int, int]:
    """Where a path stands on the paper: its field, its row, its column."""
    key, row, column = split_path(path)
    asked = edition.field(key)
    columns = [one.key for one in asked.fields]
    return edition.fields.index(asked), row or 0, columns.index(column) if column in columns else 0


def _taken(waiting: Sequence[Continued], more: Form, words: Words) -> list[Continued]:
    """The first of the waiting texts, as many as the sheet holds."""
    room = _room(more, words)
    ends = accumulate(one.rows for one in waiting)
    return [one for one, end in zip(waiting, ends, strict=True) if end <= room][: len(more.continued)]


def _room(more: Form, words: Words) -> int:
    """How many rows a sheet has for texts when its unused rows make room for them."""
    texts = more.continued
    if not more.stretches or not texts or not texts[0].height:
        return len(texts)
    unused = sum(map(_height, _unused(more.cells, more, words))) / 20
    return len(texts) + int(unused / texts[0].height)


def _continue(path: str, record: Record, edition: Edition, more: Form, fonts: Fonts) -> Iterator[Continued]:
    """A moved value, in as many pieces as the continuation's cells want."""
    if not more.continued:
        raise DocumentError("no_continuation", file=more.file.name, field=label_of(path, edition))
    asked = edition.field(path)
    words = Words(edition, record.number, {asked.key: record.values[path]})
    text = whole(words, Tag(asked.key, whole, asked, asked.key))
    label = label_of(path, edition)
    most = _room(more, Words(edition, record.number, {})) if more.stretches else 1
    for piece, rows in pieces_of(text, more.continued[0], most, fonts):
        yield Continued(path, label, piece, rows)


def _fill(form: Form, words: Words) -> Filled:
    """The sheet with its tags replaced, each continued text in a row of its own height."""
    context = {name: escaped(words.text(name)) for name in form.tags}
    try:
        filled = QuickTemplate(form.file)
        filled.init_docx()
        _stretch(cells(filled.docx.element), form, words)
        blank = cells(copy.deepcopy(filled.docx.element))
        filled.render(context, environment(), autoescape=True)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise TemplateBroken("template_broken", file=form.file.name, tag="", what=str(error)) from error
    except (PackageNotFoundError, BadZipFile, etree.XMLSyntaxError) as error:
        raise TemplateBroken("template_broken", file=form.file.name, tag="", what=repr(error)) from error
    return Filled(form, words, blank, filled)


def _height(row: etree._Element) -> int:
    """The height that a row is given, twips; 0 where it is given none."""
    return sum(int(height.get(f"{WORD}val", "0")) for height in row.iterfind(_HEIGHT))


def _unused(blank: Sequence[Cell], form: Form, words: Words) -> list[etree._Element]:
    """The rows of tables in which nothing stands on this sheet, but for the first of each table."""
    rows = dict.fromkeys(row_of(cell) for cell in blank if "{{" in cell.text)
    return [row for row in rows if _is_unused(row, form, words)]


def _is_unused(row: etree._Element, form: Form, words: Words) -> bool:
    names = names_in("".join(piece.text or "" for piece in row.iter(f"{WORD}t")))
    begins = any(merge.get(f"{WORD}val") == "restart" for merge in row.iter(f"{WORD}vMerge"))
    return bool(names) and not begins and all(_is_beyond(form.tags.get(name), words) for name in names)


def _is_beyond(tag: Tag | None, words: Words) -> bool:
    """Whether a tag shows a cell beyond the last row of its table."""
    if tag is None or not tag.row:
        return False
    table, row, _ = split_path(words.path(tag))
    return row is not None and row >= words.rows(table)


def _stretch(blank: Sequence[Cell], form: Form, words: Words) -> None:
    """Gives each text the height of its rows, and takes as much from the rows that stay unused."""
    rows = [row_of(cell) for cell in continued_in(blank)]
    texts = words.continued
    wanted = 0
    for row, text in zip(rows, texts, strict=False):
        wanted += _height(row) * (text.rows - 1)
        for height in row.iterfind(_HEIGHT):
            height.set(f"{WORD}val", str(_height(row) * text.rows))
    for row in [*reversed(rows[len(texts) :]), *reversed(_unused(blank, form, words))]:
        if wanted > 0:
            wanted -= _height(row)
            row.getparent().remove(row)


def _fitted(sheets: Sequence[Filled], fonts: Fonts) -> list[str]:
    """Shrinks what is too long, cell by cell; the paths whose values do not fit even so."""
    over = []
    for sheet in sheets:
        after = cells(sheet.word.docx.element)
        # A sheet with loops has other cells after filling; its rows then grow with their text.
        before = sheet.blank if len(sheet.blank) == len(after) else ()
        for blank, cell in zip(before, after, strict=False):
            if "{{" in blank.text and not fit(cell, fonts):
                over += _longest(blank, sheet.form, sheet.words)
    return over


def _longest(blank: Cell, form: Form, words: Words) -> list[str]:
    """The path of the longest value in a cell that may still be moved, if there is one."""
    tags = [form.tags[name] for name in sorted(names_in(blank.text)) if name in form.tags]
    movable = [tag for tag in tags if tag.shows is whole and words.path(tag) not in words.moved]
    return [words.path(max(movable, key=lambda tag: len(words.text(tag.name))))] if movable else []


# --- lists --------------------------------------------------------------------


def fill_list(
    file: Path,
    context: Mapping[str, object],
    arrange: Callable[[etree._Element], None],
    target: Path,
    fonts: Fonts,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> Path:
    """A sheet with loops, arranged and then filled, as the Word file `target`. Raises TemplateBroken.

    Its rows grow with their text; only numbers that would break are set smaller.
    `pictures` take the place of the sheet's own, by their members of its package.
    """
    try:
        filled = QuickTemplate(file)
        filled.init_docx()
        arrange(filled.docx.element)
        filled.render(context, environment(), autoescape=True)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise TemplateBroken("template_broken", file=file.name, tag="", what=str(error)) from error
    except (PackageNotFoundError, BadZipFile, etree.XMLSyntaxError) as error:
        raise TemplateBroken("template_broken", file=file.name, tag="", what=repr(error)) from error
    target.parent.mkdir(parents=True, exist_ok=True)
    for cell in cells(filled.docx.element):
        keep_whole(cell, fonts)
    return write_whole(_dated(_bound([filled]), pictures), target)


# --- binding ------------------------------------------------------------------


def _bound(sheets: Sequence[QuickTemplate]) -> bytes:
    """The form with its continuation sheets behind it, each beginning a page, as one Word file."""
    form, *others = sheets
    body = form.docx.element.body
    for other in others:
        end_section(body)
        for element in other.docx.element.body:
            body.append(copy.deepcopy(element))
    number_drawings(body)
    saved = io.BytesIO()
    form.save(saved)
    return saved.getvalue()


def _dated(filled: bytes, pictures: Mapping[str, bytes]) -> bytes:
    """The package again with fixed dates and its own pictures: codes, charts."""
    with ZipFile(io.BytesIO(filled)) as package:
        return packed(member(name, pictures.get(name) or package.read(name)) for name in package.namelist())
