"""The PDF of bound files taken apart again: each file's own pages, typefaces and nothing of its neighbours.

LibreOffice gives all pages of a PDF the same pictures and typefaces, with the
characters of every one of them. A page taken out keeps only the pictures and
typefaces that it uses, and of TrueType ones only the shapes. Times and random
identifiers are left out, so that the same pages are the same bytes.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name, Object, Pdf, String

from docgen.merging import BOOKMARK, Leaf

_SHOWING = "Tf Tj TJ ' \" Do"
_SIMPLE = 256
"""Glyphs that a typeface with one byte for a character can show."""
# It warns of the dates that LibreOffice leaves out of the typefaces it puts in.
logging.getLogger("fontTools.ttLib.tables._h_e_a_d").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a bound file stands in the PDF: its first page, from 0, and how many it has."""

    leaf: Leaf
    first: int
    count: int


def places(pdf: Pdf, leaves: Sequence[Leaf]) -> list[Pages]:
    """Where each file stands; raises LookupError when not all begin where they must."""
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    targets = dict(_destinations(pdf))
    first = [numbers[targets[f"{BOOKMARK}{leaf.number}"]] for leaf in leaves]
    ends = [*first[1:], len(pdf.pages)]
    counts = [end - start for start, end in zip(first, ends, strict=True)]
    if first[0] != 0 or min(counts) < 1:
        raise LookupError(BOOKMARK)
    return [Pages(*one) for one in zip(leaves, first, counts, strict=True)]


def _destinations(pdf: Pdf) -> Iterator[tuple[str, tuple[int, int]]]:
    """Bookmarks by name, each with the page's own number in the file."""
    for name, target in pdf.Root.get(Name.Dests, Dictionary()).items():
        yield str(name)[1:], target[0].objgen
    if Name.Names in pdf.Root and Name.Dests in pdf.Root.Names:
        for key, target in pikepdf.NameTree(pdf.Root.Names.Dests).items():
            yield str(key), (target.D if isinstance(target, Dictionary) else target)[0].objgen


def take_out(pdf: Pdf, pages: Pages, target: Path, source: str) -> None:
    """Writes a file's pages as a PDF of their own; `source` says in it what it was made of."""
    with pikepdf.new() as alone:
        alone.pages.extend(pdf.pages[pages.first : pages.first + pages.count])
        _clothe(alone)
        for key in (Name.OutputIntents, Name.Lang, Name.ViewerPreferences):
            if key in pdf.Root:
                value = pdf.Root[key]
                alone.Root[key] = (
                    alone.copy_foreign(value) if value.is_indirect else _copied(alone, pdf, value)
                )
        _print_as_large(alone)
        _describe(alone, pdf, source)
        alone.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _print_as_large(alone: Pdf) -> None:
    """Asks whoever prints it to change no size: forms are held against paper."""
    asked = alone.Root.get(Name.ViewerPreferences, Dictionary())
    asked[Name.PrintScaling] = Name("/None")
    alone.Root[Name.ViewerPreferences] = asked


def _copied(alone: Pdf, pdf: Pdf, value: Object) -> Object:
    return alone.copy_foreign(pdf.make_indirect(value))


def _describe(alone: Pdf, pdf: Pdf, source: str) -> None:
    """Says which standard is kept and what the PDF was made of; in XMP alone, with no time in it."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as before:
        kept = {key: before[key] for key in ("pdfaid:part", "pdfaid:conformance") if key in before}
    with alone.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
        for key, value in kept.items():
            told[key] = value
        told["dc:source"] = source


def source_of(file: Path) -> str:
    """What `take_out` noted; empty where there is no such PDF."""
    try:
        with pikepdf.open(file) as pdf, pdf.open_metadata(update_docinfo=False) as told:
            return str(told.get("dc:source", ""))
    except (OSError, pikepdf.PdfError):
        return ""


# --- pictures and typefaces -------------------------------------------------------


def _clothe(alone: Pdf) -> None:
    """Leaves in each page only what it uses, and in typefaces the shapes that the file uses."""
    used: dict[tuple[int, int], set[int]] = {}
    for page in alone.pages:
        codes, drawn = _shown(page)
        resources = Dictionary(dict(page.obj.Resources.items()))
        fonts = resources.get(Name.Font, Dictionary())
        resources[Name.Font] = _only(fonts, codes)
        if Name.XObject in resources:
            resources[Name.XObject] = _only(resources.XObject, drawn)
        page.obj.Resources = resources
        if Name.StructParents in page.obj:  # the tree of tags stays behind
            del page.obj.StructParents
        for name, shown in codes.items():
            if name in fonts:
                used.setdefault(fonts[name].objgen, set()).update(shown)
    for key, shown in used.items():
        _slim(alone, alone.get_object(key), shown)


def _only(resources: Object, names: Iterable[str]) -> Dictionary:
    return Dictionary({name: resources[name] for name in names if name in resources})


def _shown(page: pikepdf.Page) -> tuple[dict[str, set[int]], set[str]]:
    """The bytes shown in each typeface of a page, by its name there, and the names of what it draws."""
    found: dict[str, set[int]] = {}
    drawn: set[str] = set()
    shown: set[int] = set()
    for told in pikepdf.parse_content_stream(page, _SHOWING):
        if str(told.operator) == "Do":
            drawn.add(str(told.operands[0]))
            continue
        if str(told.operator) == "Tf":
            shown = found.setdefault(str(told.operands[0]), set())
            continue
        for operand in told.operands:
            for text in operand if isinstance(operand, pikepdf.Array) else (operand,):
                if isinstance(text, String):
                    shown |= set(bytes(text))
    return found, drawn


def _slim(alone: Pdf, font: Object, shown: set[int]) -> None:
    """Empties the shapes of a TrueType face with one byte for a character that are not shown."""
    descriptor = font.get(Name.FontDescriptor)
    if descriptor is None or Name.FontFile2 not in descriptor or font.get(Name.Subtype) != Name.TrueType:
        return
    slim = _emptied(descriptor.FontFile2.read_bytes(), shown)
    if slim is not None:
        stream = alone.make_stream(slim)
        stream.Length1 = len(slim)
        descriptor.FontFile2 = stream


def _emptied(face: bytes, shown: set[int]) -> bytes | None:
    """The face with the outlines of all but some characters nulled; None for one not laid out so simply.

    A glyph of nulls has no contours (OpenType, `glyf`).
    """
    with TTFont(io.BytesIO(face), lazy=True) as font:
        glyphs = _glyphs(font)
        if glyphs is None or "glyf" not in font:
            return None
        start, ends = font.reader.tables["glyf"].offset, list(font["loca"])
    kept = {glyphs[code] for code in shown if code in glyphs} | {0}
    slim = bytearray(face)
    for glyph, (low, high) in enumerate(pairwise(ends)):
        if glyph in kept and face[start + low : start + low + 2] == b"\xff\xff":
            return None  # made of other glyphs
        if glyph not in kept:
            slim[start + low : start + high] = bytes(high - low)
    return bytes(slim)


def _glyphs(font: TTFont) -> Mapping[int, int] | None:
    """Glyphs by character code, where a typeface has one byte for a character."""
    if "cmap" not in font or font["maxp"].numGlyphs > _SIMPLE:
        return None
    return {
        code & 0xFF: font.getGlyphID(name)
        for table in font["cmap"].tables
        for code, name in table.cmap.items()
    }
