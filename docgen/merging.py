"""Word files bound into one for the printer, so that LibreOffice starts and reads typefaces once for many.

Files can be bound together when they differ in nothing but their body and its
pictures. In the bound file each begins a page of its own and carries a bookmark,
by which its pages are found again in the PDF (`docgen.splitting`).
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from lxml import etree

from docgen.fonts import Fonts
from docgen.typesetting import WORD, typeset_part, typeset_tree
from records.errors import OfficeFailed

BOOKMARK = "dangan"
"""A bound file begins at the bookmark of this name and its number."""
_BODY, _RELATIONS, _TYPES = "word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"
_PICTURE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BEFORE_TYPE = ("headerReference", "footerReference", "footnotePr", "endnotePr")
_BEFORE_NUMBERS = (*_BEFORE_TYPE, "type", "pgSz", "pgMar", "paperSrc", "pgBorders", "lnNumType")
"""What stands before a section's kind and its page numbers (ECMA-376, 17.6.17)."""
_CUT, _HERE = "dangan-cut", b"dangan-here"
Relation = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a body: where its file has it, beside the body, and its bytes."""

    target: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """One Word file, typeset and marked with its `number`.

    Its body is `head`, then `tail`; `section`, the settings of its last pages,
    stand between them where another file follows, and else behind them. `text`
    is all that the body prints but for what fields work out, `sections` how
    many sheets begin in it, `shell` what must be alike to be bound.
    """

    file: Path
    number: int
    head: str
    section: str
    tail: str
    text: str
    sections: int
    pictures: Mapping[str, Picture]
    shell: frozenset[object]


@dataclass(frozen=True, slots=True)
class Binding:
    """Files to be printed as one, in order."""

    leaves: Sequence[Leaf]

    def write(self, target: Path, fonts: Fonts) -> None:
        """The bound Word file."""
        pictures = {name: picture for leaf in self.leaves for name, picture in leaf.pictures.items()}
        with ZipFile(self.leaves[0].file) as package, ZipFile(target, "w", ZIP_DEFLATED) as bound:
            for name in package.namelist():
                content = package.read(name)
                if name == _BODY:
                    bound.writestr(name, _emptied(content).replace(_HERE, self._body().encode()))
                elif name == _RELATIONS:
                    bound.writestr(name, _related(content, pictures))
                elif not _is_picture(name):
                    bound.writestr(name, typeset_part(name, content, fonts))
            for name, content in dict(map(_stored, pictures.values())).items():
                bound.writestr(f"word/{name}", content)

    def _body(self) -> str:
        *others, last = self.leaves
        bodies = [f"{leaf.head}{leaf.section}{leaf.tail}" for leaf in others]
        return "".join([*bodies, last.head, last.tail, last.section])


def bindings(leaves: Iterable[Leaf]) -> list[Binding]:
    """Leaves one behind the other, those that may be bound in one."""
    return [Binding(tuple(group)) for _, group in groupby(leaves, key=attrgetter("shell"))]


def read_leaf(file: Path, fonts: Fonts, number: int) -> Leaf:
    """A Word file, typeset; raises OfficeFailed on a broken one."""
    try:
        with ZipFile(file) as package:
            root = typeset_tree(package.read(_BODY), fonts)
            relations = _relations(package)
            pictures = {
                name: Picture(target, package.read(posixpath.normpath(f"word/{target}")))
                for name, kind, target, mode in relations
                if kind == _PICTURE and mode != "External"
            }
            shell = frozenset(_shell(package, root, [one for one in relations if one[0] not in pictures]))
        return _leaf(file, number, root.find(f"{WORD}body"), pictures, shell)
    except (BadZipFile, etree.XMLSyntaxError, LookupError, OSError, AttributeError) as error:
        raise OfficeFailed("office_failed", file=file.name, what=repr(error)) from error


def _leaf(
    file: Path, number: int, body: etree._Element, pictures: Mapping[str, Picture], shell: frozenset[object]
) -> Leaf:
    """The leaf of a body, which is changed."""
    text = "".join(piece.text or "" for piece in body.iter(f"{WORD}t") if not _is_worked_out(piece))
    named = {name: f"{name}n{number}" for name in pictures}
    _mark(body, number)
    _rename(body, named)
    _begin_page(next(body.iter(f"{WORD}sectPr"), None))
    sections = max(1, sum(1 for _ in body.iter(f"{WORD}sectPr")))
    section = end_section(body)
    section.addnext(etree.Comment(_CUT))
    written = etree.tostring(section, encoding="unicode", with_tail=False)
    section.getparent().remove(section)
    head, _, tail = etree.tostring(body, encoding="unicode").partition(f"<!--{_CUT}-->")
    return Leaf(
        file,
        number,
        head[head.index(">") + 1 :],
        written,
        tail[: tail.rindex("</")],
        text,
        sections,
        {named[name]: picture for name, picture in pictures.items()},
        shell,
    )


def _shell(package: ZipFile, root: etree._Element, relations: Sequence[Relation]) -> Iterator[object]:
    """What two files must share to be bound."""
    yield from relations
    yield from root.nsmap.items()
    for member in package.infolist():
        name = member.filename
        if name not in (_BODY, _RELATIONS) and not name.startswith("docProps/") and not _is_picture(name):
            yield name, member.CRC
    # A count of all pages would count those of the others.
    if any(b"NUMPAGES" in package.read(name) for name in package.namelist() if _is_text(name)):
        yield object()


def _is_picture(name: str) -> bool:
    return name.startswith("word/media/")


def _is_text(name: str) -> bool:
    return name.startswith(("word/document", "word/header", "word/footer")) and name.endswith(".xml")


def _is_worked_out(piece: etree._Element) -> bool:
    return any(True for _ in piece.iterancestors(f"{WORD}fldSimple"))


def _relations(package: ZipFile) -> list[Relation]:
    if _RELATIONS not in package.namelist():
        return []
    found = etree.fromstring(package.read(_RELATIONS))
    return [
        (one.get("Id", ""), one.get("Type", ""), one.get("Target", ""), one.get("TargetMode", ""))
        for one in found
    ]


# --- one behind the other ---------------------------------------------------------


def _rename(body: etree._Element, named: Mapping[str, str]) -> None:
    """Pictures under names that no other file's have."""
    for element in body.iter(etree.Element) if named else ():
        for attribute, value in element.attrib.items():
            if str(attribute).startswith(_ID) and value in named:
                element.set(attribute, named[str(value)])


def _mark(body: etree._Element, number: int) -> None:
    first = body.find(f".//{WORD}p")
    if first is None:
        first = etree.SubElement(body, f"{WORD}p")
    named = {f"{WORD}id": str(number), f"{WORD}name": f"{BOOKMARK}{number}"}
    start = etree.Element(f"{WORD}bookmarkStart", named)
    end = etree.Element(f"{WORD}bookmarkEnd", {f"{WORD}id": str(number)})
    at = 1 if len(first) and first[0].tag == f"{WORD}pPr" else 0
    first[at:at] = [start, end]


def _begin_page(section: etree._Element | None) -> None:
    """A file begins a page, and its pages are counted from 1."""
    if section is None:
        return
    _setting(section, "type", _BEFORE_TYPE).set(f"{WORD}val", "nextPage")
    numbers = _setting(section, "pgNumType", _BEFORE_NUMBERS)
    if numbers.get(f"{WORD}start") is None:
        numbers.set(f"{WORD}start", "1")


def _setting(section: etree._Element, name: str, before: Sequence[str]) -> etree._Element:
    found = section.find(f"{WORD}{name}")
    if found is None:
        found = etree.Element(f"{WORD}{name}")
        earlier = {f"{WORD}{one}" for one in before}
        section.insert(sum(1 for one in section if one.tag in earlier), found)
    return found


def end_section(body: etree._Element) -> etree._Element:
    """Moves the last pages' settings into the last paragraph, so that a new page may follow; the settings."""
    section = body.find(f"{WORD}sectPr")
    if section is None:
        section = etree.SubElement(body, f"{WORD}sectPr")
    last = section.getprevious()
    if last is None or last.tag != f"{WORD}p":
        last = _no_line()
        section.addprevious(last)
    style = last.find(f"{WORD}pPr")
    if style is None:
        style = etree.Element(f"{WORD}pPr")
        last.insert(0, style)
    style.append(section)
    return section


def _no_line() -> etree._Element:
    """A paragraph that takes next to no room: a full line below a full page would begin another one."""
    paragraph = etree.Element(f"{WORD}p")
    style = etree.SubElement(paragraph, f"{WORD}pPr")
    exact = {"before": "0", "after": "0", "line": "20", "lineRule": "exact"}
    etree.SubElement(style, f"{WORD}spacing", {f"{WORD}{key}": value for key, value in exact.items()})
    etree.SubElement(etree.SubElement(style, f"{WORD}rPr"), f"{WORD}sz", {f"{WORD}val": "2"})
    return paragraph


def _emptied(content: bytes) -> bytes:
    """A document with a mark in place of its body's insides."""
    root = etree.fromstring(content)
    body = root.find(f"{WORD}body")
    del body[:]
    body.text = _HERE.decode()
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _related(content: bytes, pictures: Mapping[str, Picture]) -> bytes:
    root = etree.fromstring(content)
    for one in list(root):
        if one.get("Type") == _PICTURE and one.get("TargetMode") != "External":
            root.remove(one)
    for name, picture in pictures.items():
        target, _ = _stored(picture)
        etree.SubElement(root, f"{root.tag[:-1]}", Id=name, Type=_PICTURE, Target=target)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _stored(picture: Picture) -> tuple[str, bytes]:
    """A picture under a name that its content gives it, so that the same one lies there once."""
    suffix = posixpath.splitext(picture.target)[1]
    return f"media/{hashlib.sha256(picture.content).hexdigest()[:24]}{suffix}", picture.content
