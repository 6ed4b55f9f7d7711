"""A Word template's source as the finished part will stand: docxtpl's patched XML in, jinja source out.

docxtpl renders, parses, mends and serialises each document anew. Where tags
only fill texts and repeat or leave out whole elements, parsing and serialising
the *template* once, its tags held by placeholders, gives a text that renders
to the very bytes. `NotSimple` says why that is not so for a template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from docgen.typesetting import WORD

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_TRIMMED = re.compile(r"^\{[{%#][-+]|[-+][}%#]\}$")
_HELD = re.compile("\ue000(\\d+)\ue001")
_STATEMENT = re.compile(r"\{%\s*(\w+)")
_OPENS, _TURNS, _CLOSES = ("for", "if"), ("else", "elif"), ("endfor", "endif")
_TEXT = re.compile(r"(<w:t(?: [^<>]*)?>)[^<]*\ue000[^<]*</w:t>")
_ANY_TEXT = ("<w:t>", '<w:t xml:space="preserve">')
"""The texts that docxtpl writes for line breaks and tabs."""
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_NUMBERED = re.compile(r'(<wp:docPr [^<>]*?\bid=")[0-9]+')
_FIRST_DRAWING = 1001
"""docxtpl numbers the drawings of a body from here on."""


class NotSimple(Exception):
    """Why a part cannot be laid out beforehand; docxtpl fills its template then."""


@dataclass(frozen=True)
class Source:
    """The source of one part: what stands before and after it as it is, and what is rendered.

    `emptied` are pairs of texts: a text element that turned out empty, and how
    it is written then. `broken` is True where the template's own text holds line
    breaks or tabs, `braced` where it holds braces, `settled` where docxtpl's
    patched XML stood as it is written in the end, so that a line break in a
    value is resolved alike in both.
    """

    head: str
    body: str
    tail: str
    emptied: tuple[tuple[bytes, bytes], ...]
    broken: bool
    braced: bool
    settled: bool


def laid_out(patched: str, written: Callable[[etree._Element], tuple[str, str, str]]) -> Source:
    """The source of a part from its patched XML; raises NotSimple.

    `written` takes the parsed XML, mends it as docxtpl would and gives the
    part's text, cut into what stands before the rendered element, it, and after.
    """
    tags = TAG.findall(patched)
    held = _held(patched, tags)
    tree = _parsed(held)
    places = list(_walked(tree, tags, []))
    _check(places, tags)
    head, body, tail = written(tree)
    if [int(number) for number in _HELD.findall(body)] != list(range(len(tags))):
        raise NotSimple("tags_moved")
    static = _HELD.sub("", body)
    return Source(
        head,
        _HELD.sub(lambda match: tags[int(match[1])], body),
        tail,
        tuple(map(_emptied, sorted({*_ANY_TEXT, *_TEXT.findall(body)}))),
        "\n" in static or "\t" in static,
        "{" in static or "}" in static,
        _without_root(held) == _without_root(body),
    )


def _emptied(start: str) -> tuple[bytes, bytes]:
    return f"{start}</w:t>".encode(), f"{start[:-1]}/>".encode()


def _held(patched: str, tags: Sequence[str]) -> str:
    """The XML with each tag held by two private characters around its number."""
    if "\ue000" in patched or "\ue001" in patched:
        raise NotSimple("private_characters")
    if any(_TRIMMED.search(tag) for tag in tags):
        raise NotSimple("white_space_control")
    numbers = iter(range(len(tags)))
    held = TAG.sub(lambda _: f"\ue000{next(numbers)}\ue001", patched)
    if _STRAY.search(held):
        raise NotSimple("stray_braces")
    return held


def _parsed(held: str) -> etree._Element:
    try:
        return etree.fromstring(held)
    except etree.XMLSyntaxError as error:
        raise NotSimple("not_well_formed") from error


def _without_root(text: str) -> str:
    """A part's text from its first inner element on, for the names of spaces in its root are written anew.

    So are the numbers of its drawings.
    """
    return _NUMBERED.sub(r"\1", text.partition(">")[2])


# --- where the tags stand ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """An element, or a tag (its number) inside one; `blocks` are the branches around it, outermost first."""

    element: etree._Element
    tag: int | None
    blocks: tuple[int, ...]


Open = list[tuple[int, etree._Element]]
"""The blocks that are open: the tag of each one's branch, and the element around it."""


def _walked(element: etree._Element, tags: Sequence[str], open_: Open) -> Iterator[Place]:
    """Elements and tags in the order of the document; blocks hold whole elements or NotSimple is raised."""
    if not isinstance(element.tag, str):
        raise NotSimple("comment")
    if any("\ue000" in value for value in element.attrib.values()):
        raise NotSimple("tag_in_attribute")
    yield Place(element, None, tuple(branch for branch, _ in open_))
    deep = len(open_)
    yield from _tags(element, element.text, tags, open_)
    for child in element:
        yield from _walked(child, tags, open_)
        yield from _tags(element, child.tail, tags, open_)
    if len(open_) != deep:
        raise NotSimple("block_across_elements")


def _tags(element: etree._Element, text: str | None, tags: Sequence[str], open_: Open) -> Iterator[Place]:
    for match in _HELD.finditer(text or ""):
        number = int(match[1])
        if tags[number].startswith("{%"):
            _turn(number, tags[number], element, open_)
        yield Place(element, number, tuple(branch for branch, _ in open_))


def _turn(number: int, tag: str, element: etree._Element, open_: Open) -> None:
    """Opens, changes or closes the branch that a statement stands for."""
    match = _STATEMENT.match(tag)
    word = match[1] if match else ""
    if word in _OPENS:
        open_.append((number, element))
    elif word in (*_TURNS, *_CLOSES):
        if not open_ or open_[-1][1] is not element:
            raise NotSimple("block_across_elements")
        open_.pop()
        if word in _TURNS:
            open_.append((number, element))
    elif word != "set" or "=" not in tag:
        raise NotSimple("other_statement")


def _check(places: Sequence[Place], tags: Sequence[str]) -> None:
    """Raises NotSimple unless values fill texts alone, and blocks leave no other element empty."""
    around = {id(place.element): place.blocks for place in places if place.tag is None}
    firm = {id(one.element.getparent()) for one in places if _is_firm(one, around)}
    for place in places:
        if place.tag is None or place.element.tag == f"{WORD}t":
            continue
        if tags[place.tag].startswith("{{"):
            raise NotSimple("value_outside_text")
        if id(place.element) not in firm and not _own_text(place.element):
            raise NotSimple("element_may_be_emptied")


def _is_firm(place: Place, around: dict[int, tuple[int, ...]]) -> bool:
    """Whether an element stands wherever the element around it does."""
    parent = place.element.getparent()
    return place.tag is None and parent is not None and around[id(parent)] == place.blocks


def _own_text(element: etree._Element) -> str:
    return _HELD.sub("", "".join([element.text or "", *(child.tail or "" for child in element)]))


# --- what docxtpl mends in every body -------------------------------------------


def check_tables(tree: etree._Element) -> None:
    """Raises NotSimple unless every table keeps its columns, whatever rows are repeated or left out."""
    for table in tree.iter(f"{WORD}tbl"):
        grid = table.find(f"{WORD}tblGrid")
        rows = list(table.iter(f"{WORD}tr"))
        if grid is None or any(_HELD.search(_direct_text(row)) for row in rows):
            raise NotSimple("cells_come_and_go")
        columns = len(grid.findall(f"{WORD}gridCol"))
        if any(len(row.findall(f"{WORD}tc")) > columns for row in rows):
            raise NotSimple("more_cells_than_columns")
        if not any(_spanned(row) >= columns for row in rows if _is_always_in(row, table)):
            raise NotSimple("no_row_fills_the_table")


def _direct_text(element: etree._Element) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _is_always_in(row: etree._Element, table: etree._Element) -> bool:
    """Whether a row is its table's own and no block stands before it there: none can hold it."""
    before = [table.text or ""]
    for child in table:
        if child is row:
            return not _HELD.search("".join(before))
        before.append(child.tail or "")
    return False


def _spanned(row: etree._Element) -> int:
    spans = [cell.find(f"{WORD}tcPr/{WORD}gridSpan") for cell in row.findall(f"{WORD}tc")]
    return sum(1 if span is None else int(span.get(f"{WORD}val", "1")) for span in spans)


def number_drawings(tree: etree._Element) -> None:
    """Numbers drawings as docxtpl does; raises NotSimple where blocks may change their count."""
    for number, drawing in enumerate(tree.iter(_DRAWING), start=_FIRST_DRAWING):
        drawing.set("id", str(number))
        if any(_HELD.search(_direct_text(one)) for one in drawing.iterancestors()):
            raise NotSimple("drawing_beside_tags")
