"""Binding pages into one PDF: A4 throughout, each numbered in its margin, found by bookmarks, small enough.

In: PDFs with the pages of papers and sheets. Out: one PDF. Pages are placed as
they are; only when the whole would be too large are its pictures made coarser,
step by step, never below what a reader needs. The same pages give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name, Rectangle
from PIL import Image

from docgen.enclosures import POINTS, images, inherited
from records.errors import DocumentError
from records.turns import PDFIUM

A4 = (210 / 25.4 * POINTS, 297 / 25.4 * POINTS)
FOOT = 12 / 25.4 * POINTS
"""The strip at the foot of every page that is the number's alone, points."""
SIDE = 5 / 25.4 * POINTS
"""What stays free on the other sides of a paper that is placed, points."""
BASELINE = 6 / 25.4 * POINTS
SIZE = 9.0
TURN = 1.1
"""A paper is turned when it stands so many times larger on the turned page."""
_SAME = 3.0
"""Points by which a page may differ from A4 and be A4."""
STEPS = ((300, 85), (200, 80), (150, 75))
"""To which resolution (dots an inch of the paper) and JPEG quality pictures are brought, step by step."""
_GAIN = 0.9
"""A picture is replaced when it becomes smaller than this share of itself."""
_INK = 225
"""How dark, of 255, a spot of the strip is that may be content; a number never goes over it."""
_PLAIN = frozenset({"/SMask", "/Mask", "/Decode"})
"""What a picture has that is more than its pixels; such a one is left alone."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to bind: which page of which PDF; `unstamped` when it still waits for a seal."""

    pdf: Path
    page: int
    unstamped: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A bookmark: its words, its page from 0, the bookmarks below it."""

    title: str
    page: int
    below: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Volume:
    """What to bind: the pages, the bookmarks, the title, the words in the margin and the type they are in.

    `numbering` takes {page} and {pages}; `unstamped` is said of pages that wait for a seal.
    """

    sheets: Sequence[Sheet]
    marks: Sequence[Mark]
    title: str
    numbering: str
    unstamped: str
    type: Path


@dataclass(frozen=True, slots=True)
class Bound:
    """A PDF that was bound: its bytes, to which resolution its pictures were brought (None: to none)."""

    data: bytes
    resolution: int | None


def bind(volume: Volume, largest: float) -> Bound:
    """The pages as one PDF of at most `largest` bytes, or as near as legible pictures come to it."""
    bound = Bound(_bound(volume, None), None)
    for resolution, quality in STEPS:
        if len(bound.data) <= largest:
            break
        bound = Bound(_bound(volume, (resolution, quality)), resolution)
    return bound


def _bound(volume: Volume, step: tuple[int, int] | None) -> bytes:
    with ExitStack() as open_, pikepdf.new() as pdf:
        letters = Letters.of(pdf, open_.enter_context(pikepdf.open(volume.type)))
        number = 0
        for file, sheets in groupby(volume.sheets, key=lambda sheet: sheet.pdf):
            source = open_.enter_context(pikepdf.open(file))
            free = _free_feet(file)
            for sheet in sheets:
                number += 1
                page = source.pages[sheet.page]
                if step is not None:
                    _coarsen(source, page, *step)
                said = volume.numbering.format(page=number, pages=len(volume.sheets))
                margin = (said, volume.unstamped if sheet.unstamped else "")
                _place(pdf, page, letters, margin, as_is=sheet.page in free)
        _mark(pdf, volume.marks)
        pdf.docinfo[Name.Title] = volume.title
        saved = io.BytesIO()
        pdf.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return saved.getvalue()


def _mark(pdf: pikepdf.Pdf, marks: Sequence[Mark]) -> None:
    with pdf.open_outline() as outline:
        outline.root.extend(map(_outlined, marks))


def _outlined(mark: Mark) -> pikepdf.OutlineItem:
    item = pikepdf.OutlineItem(mark.title, mark.page)
    item.children.extend(map(_outlined, mark.below))
    return item


# --- placing --------------------------------------------------------------------


def _place(
    pdf: pikepdf.Pdf, page: pikepdf.Page, letters: Letters, margin: tuple[str, str], *, as_is: bool
) -> None:
    """A new last page with this page on it, and the margin's words."""
    # A page shows its crop box; what only a printer would cut stays.
    if Name.TrimBox in page.obj:
        del page.obj[Name.TrimBox]
    form = pdf.copy_foreign(page.as_form_xobject())
    size, room = _laid_out(*_size(page), as_is=as_is)
    target = pdf.add_blank_page(page_size=size)
    drawn = target.calc_form_xobject_placement(
        form, Name.Paper, room, invert_transformations=True, allow_shrink=True, allow_expand=False
    )
    said, unstamped = margin
    middle = (size[0] - letters.width(said)) / 2
    words = letters.drawn(said, middle) + letters.drawn(unstamped, SIDE * 2)
    target.Resources = Dictionary(XObject=Dictionary(Paper=form), Font=letters.fonts)
    target.Contents = pdf.make_stream(drawn + words)


def _size(page: pikepdf.Page) -> tuple[float, float]:
    box = page.trimbox
    width, height = float(box[2]) - float(box[0]), float(box[3]) - float(box[1])
    turned = int(inherited(page, Name.Rotate) or 0) % 180 == 90
    unit = float(page.obj.get(Name.UserUnit, 1))
    return (height * unit, width * unit) if turned else (width * unit, height * unit)


def _laid_out(width: float, height: float, *, as_is: bool) -> tuple[tuple[float, float], Rectangle]:
    """The page's size, and the room on it that the paper is shrunk into."""
    upright, turned = A4, (A4[1], A4[0])
    for size in (upright, turned):
        if as_is and abs(width - size[0]) < _SAME and abs(height - size[1]) < _SAME:
            return size, Rectangle(0, 0, *size)
    gain = _scale(width, height, turned) / _scale(width, height, upright)
    size = turned if gain > TURN else upright
    return size, Rectangle(SIDE, FOOT, size[0] - SIDE, size[1] - SIDE)


def _scale(width: float, height: float, size: tuple[float, float]) -> float:
    return min(1.0, (size[0] - 2 * SIDE) / width, (size[1] - SIDE - FOOT) / height)


def _free_feet(file: Path) -> set[int]:
    """The pages with nothing in the strip that the number wants."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(file)
        try:
            return {index for index, page in enumerate(document) if _is_free(page)}
        finally:
            document.close()


def _is_free(page: pypdfium2.PdfPage) -> bool:
    drawn = page.render(scale=1, crop=(0, 0, 0, max(0.0, page.get_height() - FOOT)), grayscale=True)
    return bool((drawn.to_numpy() >= _INK).all())


# --- the margin's words -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a typeset page, to write other words with: font, code and width of each."""

    fonts: Dictionary
    of_character: Mapping[str, tuple[str, bytes, float]]

    @classmethod
    def of(cls, pdf: pikepdf.Pdf, typeset: pikepdf.Pdf) -> Letters:
        """The letters on the first page of a PDF, in fonts that are now this one's."""
        fonts = Dictionary()
        known: dict[str, tuple[str, bytes, float]] = {}
        for place, font in enumerate(typeset.pages[0].Resources.Font.values()):
            name = f"/Letters{place}"
            fonts[name] = pdf.copy_foreign(font)
            for character, code in _codes(font.ToUnicode.read_bytes().decode("latin-1")):
                width = float(font.Widths[code[0] - int(font.FirstChar)])
                known.setdefault(character, (name, code, width / 1000))
        return cls(pdf.make_indirect(fonts), known)

    def width(self, text: str) -> float:
        """How wide a text runs, points."""
        return sum(self._letter(one)[2] for one in text) * SIZE

    def drawn(self, text: str, left: float) -> bytes:
        """The operators that write a text in the margin; none for an empty one."""
        if not text:
            return b""
        runs = groupby(map(self._letter, text), key=lambda letter: letter[0])
        shown = " ".join(
            f"{name} {SIZE} Tf <{b''.join(code for _, code, _ in letters).hex()}> Tj"
            for name, letters in runs
        )
        return f"\nBT 0 g {left:.2f} {BASELINE:.2f} Td {shown} ET\n".encode()

    def _letter(self, character: str) -> tuple[str, bytes, float]:
        try:
            return self.of_character[character]
        except KeyError:
            raise DocumentError("no_letter", character=character) from None


def _codes(table: str) -> Iterator[tuple[str, bytes]]:
    """The characters of a ToUnicode table with their codes of one byte."""
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]{2})>\s*<([0-9A-Fa-f]+)>", block):
            yield bytes.fromhex(text).decode("utf-16-be"), bytes.fromhex(code)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, text in re.findall(
            r"<([0-9A-Fa-f]{2})>\s*<([0-9A-Fa-f]{2})>\s*<([0-9A-Fa-f]{4})>", block
        ):
            for step in range(int(high, 16) - int(low, 16) + 1):
                yield chr(int(text, 16) + step), bytes([int(low, 16) + step])


# --- smaller pictures --------------------------------------------------------------


def _coarsen(pdf: pikepdf.Pdf, page: pikepdf.Page, resolution: int, quality: int) -> None:
    """Brings the page's pictures to a resolution, measured as if each filled the page: never coarser."""
    longest = round(max(_size(page)) / POINTS * resolution)
    for image in images(page):
        # A picture of a rare kind, which the library cannot unpack, stays as it is.
        with suppress(Exception):
            smaller = _smaller(image, longest, quality)
            if smaller is not None and len(smaller[0]) < _GAIN * len(image.read_raw_bytes()):
                _replace(image, *smaller)


def _smaller(image: pikepdf.Stream, longest: int, quality: int) -> tuple[bytes, Image.Image] | None:
    if int(image.get(Name.BitsPerComponent, 1)) == 1 or not _PLAIN.isdisjoint(image.keys()):
        return None
    picture = pikepdf.PdfImage(image).as_pil_image()
    if picture.mode not in ("L", "RGB"):
        if picture.mode != "P":
            return None
        picture = picture.convert("RGB")
    share = min(1.0, longest / max(picture.size))
    if share < 1:
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    saved = io.BytesIO()
    picture.save(saved, "JPEG", quality=quality, optimize=True)
    return saved.getvalue(), picture


def _replace(image: pikepdf.Stream, data: bytes, picture: Image.Image) -> None:
    image.write(data, filter=Name.DCTDecode)
    image.Width, image.Height = picture.size
    image.BitsPerComponent = 8
    image.ColorSpace = Name.DeviceGray if picture.mode == "L" else Name.DeviceRGB
