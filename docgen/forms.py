"""Word sheets of an edition, ready to be filled: read, checked and compiled once for all their documents.

Most documents fit their sheet. Their texts are measured cell by cell on what
was read of the sheet, smaller type comes from a variant of the cell, and the
whole is one run of the compiled sheet (`docgen.quick`). What does not fit, and
sheets that cannot be compiled, are for `docgen.documents` and docxtpl.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from zipfile import ZipFile

from jinja2 import Environment, Template
from lxml import etree
from markupsafe import Markup

from docgen.fitting import Cell, Paragraph, Piece, cells, measured, shrink, shrinking
from docgen.fonts import Fonts
from docgen.quick import BODY, Inset, Plan, by_docxtpl, compiled, hooked_into, sources
from docgen.source import TAG, Source
from docgen.tags import Tag, Words, escaped, printed
from docgen.templates import WordSheet, environment, read_sheet, tags_of
from docgen.typesetting import WORD
from records.editions import Edition
from records.errors import TemplateBroken
from records.values import row_count

_CELL = re.compile(r"<w:tc[ >](?:(?!<w:tc[ >]).)*?</w:tc>", re.DOTALL)
_SHRUNK = "_shrunk"
"""The name under which a sheet is told its cells with smaller type; no tag begins so."""
_SPACE_NAMES = re.compile(' xmlns:[a-z0-9]+="[^"]*"')
_NAME = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MOST_FORMS = 32
_MOST_FITS = 20_000


@dataclass(frozen=True)
class Form:
    """A Word sheet ready to be filled: its file, its tags with their meanings, its cells before filling."""

    file: Path
    sheet: WordSheet
    tags: Mapping[str, Tag]
    cells: Sequence[Cell]

    def rows(self, table: str) -> int:
        """How many rows of a table the sheet prints."""
        return max((tag.row + 1 for tag in self._cells_of(table) if tag.row is not None), default=0)

    def _cells_of(self, table: str) -> Iterator[Tag]:
        return (tag for tag in self.tags.values() if (tag.path or "").startswith(f"{table}."))

    @property
    def continued(self) -> list[Cell]:
        """The cells that take what continues from another sheet."""
        return continued_in(self.cells)

    @property
    def stretches(self) -> bool:
        """Whether a text may take several of these cells' rows: not where two stand in one row."""
        return len({row_of(cell) for cell in self.continued}) == len(self.continued)

    @cached_property
    def press(self) -> Press | None:
        """The sheet compiled; None where only docxtpl can fill it."""
        return _pressed(self.file.read_bytes(), self.tags)

    def quickly(self, words: Words, codes: Mapping[str, bytes], fonts: Fonts) -> bytes | None:
        """The document, where it stands on this one sheet; None where it may not.

        `codes` are pictures under the members of the package that they stand in for.
        """
        if (
            self.press is None
            or self.continued
            or any(self._lacks_rows(table.key, words) for table in words.edition.tables)
        ):
            return None
        texts = {name: printed(words.shown(tag)) for name, tag in self.tags.items()}
        return self.press.filled(texts, codes, fonts)

    def _lacks_rows(self, table: str, words: Words) -> bool:
        return 0 < self.rows(table) < row_count(table, words.values)


def continued_in(blank: Sequence[Cell]) -> list[Cell]:
    """The cells that take what continues from another sheet."""
    return [cell for cell in blank if re.search(r"continued_\d+_text", cell.text)]


def row_of(cell: Cell) -> etree._Element:
    """The table row that a cell stands in."""
    return next(cell.element.iterancestors(f"{WORD}tr"))


_forms: OrderedDict[tuple[Path, int, int, int], tuple[Edition, Form]] = OrderedDict()


def form_of(file: Path, edition: Edition) -> Form:
    """A sheet, read anew when its file has changed. Raises TemplateBroken."""
    stat = file.stat()
    key = (file, stat.st_mtime_ns, stat.st_size, id(edition))
    if key not in _forms:
        _forms[key] = (edition, _read(file, edition))
        while len(_forms) > _MOST_FORMS:
            _forms.popitem(last=False)
    return _forms[key][1]


def _read(file: Path, edition: Edition) -> Form:
    sheet = read_sheet(file)
    sheet.require_sound()
    tags = {tag.name: tag for tag in tags_of(sheet, edition)}
    for name in sorted(sheet.names - set(tags)):
        raise TemplateBroken("unknown_tag", file=file.name, tag=name)
    with ZipFile(file) as package:
        return Form(file, sheet, tags, cells(etree.fromstring(package.read(BODY))))


# --- the compiled sheet ---------------------------------------------------------


@dataclass(frozen=True)
class Blank:
    """A cell with tags as it is before filling: its source, what its tags show, its room in points."""

    source: str
    tags: Mapping[str, Callable[[Mapping[str, str]], str]]
    width: float
    height: float | None
    paragraphs: tuple[Paragraph, ...]

    def with_texts(self, texts: Mapping[str, str]) -> tuple[Paragraph, ...]:
        """Its paragraphs as they stand when each tag is replaced by its text."""
        return tuple(replace(one, pieces=tuple(_replaced(one.pieces, texts))) for one in self.paragraphs)


def _replaced(pieces: Sequence[Piece], texts: Mapping[str, str]) -> Iterator[Piece]:
    for piece in pieces:
        if "{{" not in piece.text:
            yield piece
            continue
        lines = TAG.sub(lambda match: texts[match[0]], piece.text).split("\n")
        for number, line in enumerate(lines):
            if number:
                yield replace(piece, text="\n")
            if line:
                yield replace(piece, text=line)


@dataclass
class Press:
    """A sheet compiled, with its blanks; what was measured and made once is kept."""

    plan: Plan
    blanks: Sequence[Blank]
    space: Environment
    root: str
    _fits: OrderedDict[tuple[int, tuple[str, ...]], float | None] = field(default_factory=OrderedDict)
    _variants: dict[tuple[int, float, tuple[bool, ...]], Template] = field(default_factory=dict)

    def filled(self, texts: Mapping[str, str], codes: Mapping[str, bytes], fonts: Fonts) -> bytes | None:
        """The document; None where a text does not fit even in the smallest type, or docxtpl is needed."""
        context: dict[str, object] = {name: escaped(text) for name, text in texts.items()}
        shrunk: dict[int, Inset] = {}
        for number, blank in enumerate(self.blanks):
            own = tuple(shows(texts) for shows in blank.tags.values())
            less = self._less(number, own, fonts)
            if less is None:
                return None
            if less:
                shrunk[number] = Inset(self._variant(number, less, own), context)
        return self.plan.filled(context | {_SHRUNK: shrunk}, codes)

    def _less(self, number: int, own: tuple[str, ...], fonts: Fonts) -> float | None:
        key = (number, own)
        if key not in self._fits:
            blank = self.blanks[number]
            paragraphs = blank.with_texts(dict(zip(blank.tags, own, strict=True)))
            height = blank.height
            self._fits[key] = 0.0 if height is None else shrinking(paragraphs, blank.width, height, fonts)
            if len(self._fits) > _MOST_FITS:
                self._fits.popitem(last=False)
        return self._fits[key]

    def _variant(self, number: int, less: float, own: tuple[str, ...]) -> Template:
        """A cell's source in smaller type; which texts are empty counts where type differs within a line."""
        there = tuple(bool(text) for text in own)
        key = (number, less, there)
        if key not in self._variants:
            blank = self.blanks[number]
            sample = {tag: ("X" if full else "") for tag, full in zip(blank.tags, there, strict=True)}
            self._variants[key] = self.space.from_string(_smaller(blank, sample, less, self.root))
        return self._variants[key]


def _pressed(template: bytes, tags: Mapping[str, Tag]) -> Press | None:
    """The sheet compiled and proven on one document; None where only docxtpl can fill it."""
    context = {name: Markup(name) for name in tags}  # noqa: S704 - names hold letters only
    try:
        parts = dict(sources(template))
        blanks, body, root = _blanks(parts[BODY])
        plan = compiled(parts | {BODY: replace(parts[BODY], body=body)}, environment())
        plan.prove(by_docxtpl(template, context, environment()), context | {_SHRUNK: {}})
    except Exception:  # what a sheet is wrong for, docxtpl says when it fills it
        return None
    return Press(plan, blanks, hooked_into(environment()), root) if plan.members else None


def _blanks(source: Source) -> tuple[list[Blank], str, str]:
    """The cells with tags, the body in which each of them may be replaced, and its root's beginning."""
    root = re.search(r"<w:document[^>]*>", source.head)
    if root is None or any(tag.startswith("{%") for tag in TAG.findall(source.body)):
        raise ValueError
    tree = etree.fromstring(f"{root[0]}{source.body}</w:document>".encode())
    tagged = [cell for cell in cells(tree) if TAG.search(cell.text)]
    found = [match[0] for match in _CELL.finditer(source.body) if TAG.search(match[0])]
    if len(tagged) != len(found) or "<w:tbl>" in "".join(found):
        raise ValueError
    blanks = [_blank(cell, text) for cell, text in zip(tagged, found, strict=True)]
    numbers = iter(range(len(found)))
    return blanks, _CELL.sub(lambda match: _either(match, numbers), source.body), root[0]


def _blank(cell: Cell, source: str) -> Blank:
    found = TAG.findall(cell.text)
    if found != TAG.findall(source):
        raise ValueError
    return Blank(source, {tag: _shown(tag) for tag in found}, cell.width, cell.height, measured(cell.element))


def _shown(tag: str) -> Callable[[Mapping[str, str]], str]:
    """What a tag prints of the texts by their names."""
    if name := _NAME.fullmatch(tag):
        return itemgetter(name[1])
    expression = environment().compile_expression(tag[2:-2], undefined_to_none=False)
    return lambda texts: str(expression(texts))


def _either(match: re.Match[str], numbers: Iterator[int]) -> str:
    """A cell that may be replaced by its variant, where it holds tags."""
    if not TAG.search(match[0]):
        return match[0]
    number = next(numbers)
    return f"{{% if {number} in {_SHRUNK} %}}{{{{ {_SHRUNK}[{number}] }}}}{{% else %}}{match[0]}{{% endif %}}"


def _smaller(blank: Blank, texts: Mapping[str, str], less: float, root: str) -> str:
    """A cell's source with the sizes that it would have filled with these texts and shrunk."""
    filled, source = (
        etree.fromstring(f"{root}{text}</w:document>".encode())[0]
        for text in (TAG.sub(lambda match: texts[match[0]], blank.source), blank.source)
    )
    shrink(filled, less)
    for sized, plain in zip(filled.iter(), source.iter(), strict=True):
        for name, value in sized.attrib.items():
            plain.set(name, value)
    start, _, rest = etree.tostring(source, encoding="unicode").partition(">")
    return f"{_SPACE_NAMES.sub('', start)}>{rest}"
