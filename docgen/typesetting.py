"""The copy of a Word file that goes to the printer: every typeface named in it is really present.

LibreOffice fills in missing typefaces by itself, with Japanese glyph shapes and
centred commas; so each name is replaced by a stand-in from `docgen.fonts`, and
a character that the stand-in lacks gets a run of its own. The clerk's Word file
keeps the official names.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from lxml import etree

from docgen.fonts import Fonts
from records.errors import OfficeFailed

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SCRIPTS = tuple(f"{WORD}{script}" for script in ("ascii", "hAnsi", "eastAsia", "cs"))
_NO_ENTITIES = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def typeset(file: Path, target: Path, fonts: Fonts) -> None:
    """Writes the copy of `file` that names only present typefaces; raises OfficeFailed on a broken file."""
    try:
        with ZipFile(file) as package, ZipFile(target, "w", ZIP_DEFLATED) as copied:
            for member in package.infolist():
                content = package.read(member)
                if member.filename.startswith("word/") and member.filename.endswith(".xml"):
                    content = _replaced(content, fonts)
                copied.writestr(member, content)
    except (BadZipFile, etree.XMLSyntaxError, OSError) as error:
        raise OfficeFailed("office_failed", file=file.name, what=repr(error)) from error


def _replaced(content: bytes, fonts: Fonts) -> bytes:
    root = etree.fromstring(content, _NO_ENTITIES)
    for run in list(root.iter(f"{WORD}r")):
        _split_by_face(run, fonts)
    for named in root.iter(f"{WORD}rFonts"):
        _name(named, _wanted(named), fonts)
    for typeface in root.iter("{*}latin", "{*}ea", "{*}cs"):
        if "typeface" in typeface.attrib:
            face = fonts.face(typeface.get("typeface", ""))
            typeface.set("typeface", face.family if face else "")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _wanted(named: etree._Element) -> str:
    """The official name behind a w:rFonts; the East Asian one says what Chinese text looks like."""
    return next((named.get(script, "") for script in reversed(_SCRIPTS[:3]) if named.get(script)), "")


def _name(named: etree._Element, wanted: str, fonts: Fonts) -> None:
    face = fonts.face(wanted)
    if face is None:
        return
    for attribute in [one for one in named.attrib if str(one).endswith(("Theme", "cstheme"))]:
        del named.attrib[attribute]
    for script in _SCRIPTS:
        named.set(script, face.family)


def _split_by_face(run: etree._Element, fonts: Fonts) -> None:
    """Gives the characters that a run's own face lacks runs of their own, in a face that has them."""
    named = run.find(f"{WORD}rPr/{WORD}rFonts")
    wanted = _wanted(named) if named is not None else ""
    texts = run.findall(f"{WORD}t")
    if not any(_faces(text.text or "", wanted, fonts) for text in texts):
        return
    for piece in _pieces(run, wanted, fonts):
        run.addprevious(piece)
    run.getparent().remove(run)


def _faces(text: str, wanted: str, fonts: Fonts) -> set[str]:
    """The other faces that a text needs besides its own."""
    own = fonts.face(wanted)
    needed = {fonts.face_for(character, wanted) for character in text}
    return {face.family for face in needed if face is not None and face != own}


def _pieces(run: etree._Element, wanted: str, fonts: Fonts) -> Iterator[etree._Element]:
    for child in run:
        if child.tag == f"{WORD}rPr":
            continue
        if child.tag != f"{WORD}t":
            yield _like(run, child, None)
            continue
        faces = ((fonts.face_for(character, wanted), character) for character in child.text or "")
        for face, group in groupby(faces, key=lambda pair: pair[0]):
            text = etree.Element(f"{WORD}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            text.text = "".join(character for _, character in group)
            yield _like(run, text, None if face == fonts.face(wanted) or face is None else face.family)


def _like(run: etree._Element, child: etree._Element, family: str | None) -> etree._Element:
    """A run with one child, styled like `run`, in another family where one is given."""
    piece = etree.Element(run.tag)
    style = run.find(f"{WORD}rPr")
    piece.append(copy.deepcopy(style) if style is not None else etree.Element(f"{WORD}rPr"))
    piece.append(copy.deepcopy(child))
    if family is not None:
        named = piece.find(f"{WORD}rPr/{WORD}rFonts")
        if named is None:
            named = etree.Element(f"{WORD}rFonts")
            piece[0].insert(0, named)
        for script in _SCRIPTS:
            named.set(script, family)
    return piece
