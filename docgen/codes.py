"""Codes on sheets: a placeholder picture in a Word sheet comes in, the same sheet with a code goes out.

A sheet without the placeholder prints no code. The picture is the same for the
same text, bytes and size: 25 modules a side, without the white around it,
which the sheet leaves free.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import segno
from lxml import etree

PLACE = "dangan-code"
"""The name of the placeholder picture in a Word sheet, as Word keeps it."""
MODULES = 25
"""How many modules a code has on each side."""
_VERSION, _SCALE = 2, 8
_NAME = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"


def code_picture(text: str) -> bytes:
    """A QR code as PNG, at least of error correction M."""
    code = segno.make_qr(text, error="m", version=_VERSION, mode="alphanumeric", boost_error=True)
    saved = io.BytesIO()
    code.save(saved, kind="png", scale=_SCALE, border=0)
    return saved.getvalue()


def link_drawing(address: str) -> bytes:
    """A QR code as SVG that leads a phone to an address, with the white around it."""
    saved = io.BytesIO()
    segno.make_qr(address, error="m").save(
        saved, kind="svg", scale=_SCALE, border=4, light="white", xmldecl=False
    )
    return saved.getvalue()


def blank_picture() -> bytes:
    """What stands in a sheet that is not filled: white, of a code's size."""
    saved = io.BytesIO()
    code = segno.make_qr("0", error="m", version=_VERSION)
    code.save(saved, kind="png", scale=_SCALE, border=0, dark="white", light="white")
    return saved.getvalue()


def members_of_codes(sheet: Path) -> frozenset[str]:
    """The members of a Word sheet's package that hold its placeholder; none when it has none."""
    stat = sheet.stat()
    return _members(sheet, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _members(sheet: Path, changed: int, size: int) -> frozenset[str]:
    with ZipFile(sheet) as package:
        if "word/_rels/document.xml.rels" not in package.namelist():
            return frozenset()
        body = etree.fromstring(package.read("word/document.xml"))
        relations = etree.fromstring(package.read("word/_rels/document.xml.rels"))
    targets = {one.get("Id"): one.get("Target") for one in relations}
    wanted = {blip.get(_EMBED) for blip in _places(body)}
    found = {str(targets[one]) for one in wanted if one in targets}
    return frozenset(
        one.lstrip("/") if one.startswith("/") else posixpath.normpath(f"word/{one}") for one in found
    )


def put_code(sheet: Any, form: Any, text: str) -> None:
    """Has a continuation sheet's placeholders, about to go into the form's file, show their own code."""
    for blip in _places(sheet.element.body):
        name, _ = form.part.get_or_add_image(io.BytesIO(code_picture(text)))
        blip.set(_EMBED, name)


def _places(body: etree._Element) -> Iterator[etree._Element]:
    for named in body.iter(_NAME):
        if named.get("name") == PLACE:
            yield from named.getparent().iter(_BLIP)
