"""The copy of a Word file that goes to the printer: every typeface named in it is really present.

LibreOffice fills in missing typefaces by itself, with Japanese glyph shapes and
centred commas; so each name is replaced by a stand-in from `docgen.fonts`, and
a character that the stand-in lacks gets a run of its own. The clerk's Word file
keeps the official names.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from lxml import etree

from docgen.fonts import Face, Fonts, is_latin
from records.errors import OfficeFailed

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SCRIPTS = tuple(f"{WORD}{script}" for script in ("ascii", "hAnsi", "eastAsia", "cs"))
_NO_ENTITIES = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def typeset(file: Path, target: Path, fonts: Fonts) -> None:
    """Writes the copy of `file` that names only present typefaces; raises OfficeFailed on a broken file."""
    try:
        with ZipFile(file) as package, ZipFile(target, "w", ZIP_DEFLATED) as copied:
            for member in package.infolist():
                copied.writestr(member, typeset_part(member.filename, package.read(member), fonts))
    except (BadZipFile, etree.XMLSyntaxError, OSError) as error:
        raise OfficeFailed("office_failed", file=file.name, what=repr(error)) from error


def typeset_part(name: str, content: bytes, fonts: Fonts) -> bytes:
    """A part of a Word file, naming only present typefaces. Raises XMLSyntaxError."""
    if not (name.startswith("word/") and name.endswith(".xml")):
        return content
    root = typeset_tree(content, fonts)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


@dataclass(frozen=True, slots=True)
class Named:
    """The official typefaces that a run names: for Chinese text, and for Latin letters and digits."""

    chinese: str
    latin: str

    def of(self, character: str) -> str:
        """The name for one character."""
        return self.latin if is_latin(character) else self.chinese


def named(run: etree._Element) -> Named:
    """What a run names; empty where it leaves that to the styles."""
    fonts = run.find(f"{WORD}rPr/{WORD}rFonts")
    return _named(fonts) if fonts is not None else Named("", "")


def _named(fonts: etree._Element) -> Named:
    ascii_, other, chinese, _ = (fonts.get(script, "") for script in _SCRIPTS)
    latin = ascii_ or other
    return Named(chinese or latin, latin or chinese)


def typeset_tree(content: bytes, fonts: Fonts) -> etree._Element:
    """The same as a tree. Raises XMLSyntaxError."""
    root = etree.fromstring(content, _NO_ENTITIES)
    for run in list(root.iter(f"{WORD}r")):
        _split_by_face(run, fonts)
    for element in root.iter(f"{WORD}rFonts"):
        _name(element, _named(element), fonts)
    for typeface in root.iter("{*}latin", "{*}ea", "{*}cs"):
        if "typeface" in typeface.attrib:
            face = fonts.face(typeface.get("typeface", ""))
            typeface.set("typeface", face.family if face else "")
    return root


def _name(element: etree._Element, wanted: Named, fonts: Fonts) -> None:
    latin, chinese = fonts.face(wanted.latin), fonts.face(wanted.chinese)
    if latin is None or chinese is None:
        return
    for attribute in [one for one in element.attrib if str(one).endswith(("Theme", "cstheme"))]:
        del element.attrib[attribute]
    for script, face in zip(_SCRIPTS, (latin, latin, chinese, latin), strict=True):
        element.set(script, face.family)


def _split_by_face(run: etree._Element, fonts: Fonts) -> None:
    """Gives the characters that a run's own faces lack runs of their own, in a face that has them."""
    wanted = named(run)
    texts = run.findall(f"{WORD}t")
    if not any(_other(character, wanted, fonts) for text in texts for character in text.text or ""):
        return
    for piece in _pieces(run, wanted, fonts):
        run.addprevious(piece)
    run.getparent().remove(run)


def _other(character: str, wanted: Named, fonts: Fonts) -> Face | None:
    """The face that must draw a character because the run's own lacks it; None where its own will do."""
    name = wanted.of(character)
    face = fonts.face_for(character, name)
    return None if face is None or face == fonts.face(name) else face


def _pieces(run: etree._Element, wanted: Named, fonts: Fonts) -> Iterator[etree._Element]:
    for child in run:
        if child.tag == f"{WORD}rPr":
            continue
        if child.tag != f"{WORD}t":
            yield _like(run, child, None)
            continue
        faces = ((_other(character, wanted, fonts), character) for character in child.text or "")
        for face, group in groupby(faces, key=lambda pair: pair[0]):
            text = etree.Element(f"{WORD}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            text.text = "".join(character for _, character in group)
            yield _like(run, text, None if face is None else face.family)


def _like(run: etree._Element, child: etree._Element, family: str | None) -> etree._Element:
    """A run with one child, styled like `run`, in another family where one is given."""
    piece = etree.Element(run.tag)
    style = run.find(f"{WORD}rPr")
    piece.append(copy.deepcopy(style) if style is not None else etree.Element(f"{WORD}rPr"))
    piece.append(copy.deepcopy(child))
    if family is not None:
        element = piece.find(f"{WORD}rPr/{WORD}rFonts")
        if element is None:
            element = etree.Element(f"{WORD}rFonts")
            piece[0].insert(0, element)
        for script in _SCRIPTS:
            element.set(script, family)
    return piece
