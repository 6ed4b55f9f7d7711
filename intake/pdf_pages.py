"""PDF files: opened once for their words and once for their looks, page by page.

A page with text and ruled lines gives grids at once; any page can be drawn: a
scanned one at its picture's own resolution, another at 200 dpi. Boxes always
count at 200 dpi.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BufferedReader, BytesIO
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
import pypdfium2 as pdfium
from pdfplumber.pdf import PDF
from pypdfium2 import raw

from intake import pdf
from intake.grid import Grid
from intake.limits import LIMITS, Limits
from intake.shots import Back, Frame, Shot
from intake.text_line import TextLine
from records.errors import Encrypted, TooLarge, Unreadable

_FINEST, _COARSEST = 400.0, 72.0
_SCANNED = 0.6
"""A page is scanned when pictures cover at least this share of it."""
_DECORATED = 0.25
"""A digital page with that much picture on it may hold its form in the picture."""


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page of a PDF: its digital tables, if any, how to draw it, and how to get its digital lines.

    `pictured` says that a picture on the page may hold what its text does not.
    """

    grids: tuple[Grid, ...]
    draw: Callable[[], Shot]
    pictured: bool
    written: Callable[[], tuple[TextLine, ...]]


def pdf_pages(file: Path, limits: Limits = LIMITS) -> Iterator[PdfPage]:
    """The pages of a PDF, one at a time; raises Encrypted, Unreadable, TooLarge."""
    pdf.quiet()
    document = _opened(file)
    try:
        if len(document) > limits.pages:
            raise TooLarge("too_many_pages", file=file.name, what=len(document), limit=limits.pages)
        with file.open("rb") as stream:
            words = _words(file, document, stream)
            for number in range(len(document)):
                yield _page(file, document, words, number, limits)
    finally:
        document.close()


def page_count(file: Path) -> int:
    """How many pages a PDF has. Raises Encrypted, Unreadable."""
    document = _opened(file)
    try:
        return len(document)
    finally:
        document.close()


def frame(file: Path, number: int) -> Frame:
    """A page (from 0) as it is shown, without drawing it. Raises Encrypted, Unreadable."""
    document = _opened(file)
    try:
        width, height = document[number].get_size()
        return Frame((width * pdf.DPI / 72, height * pdf.DPI / 72))
    except pdfium.PdfiumError as error:
        raise Unreadable("broken_file", file=file.name, what="PDF") from error
    finally:
        document.close()


def drawn(file: Path, number: int, limits: Limits = LIMITS) -> Shot:
    """A page (from 0) as a picture, its text unread. Raises Encrypted, Unreadable, TooLarge."""
    document = _opened(file)
    try:
        own = _own_resolution(*_pictures(file, document, number, limits))
    finally:
        document.close()
    return _drawn(file, number, own, limits)


def _opened(file: Path) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise Encrypted(file=file.name) from error
        raise Unreadable("broken_file", file=file.name, what="PDF") from error
    if len(document) == 0:
        document.close()
        raise Unreadable("broken_file", file=file.name, what="PDF")
    return document


def _words(file: Path, document: pdfium.PdfDocument, stream: BufferedReader) -> PDF | None:
    """The file as pdfplumber reads it, fields and notes made part of the page; None when it cannot."""
    # A damaged file makes pdfminer raise nearly anything; the pages can still be drawn.
    with suppress(Exception):
        if not _annotated(document):
            return pdfplumber.open(stream)
        flat = pdfium.PdfDocument(file)
        flat.init_forms()
        for number in range(len(flat)):
            raw.FPDFPage_Flatten(flat[number], raw.FLAT_NORMALDISPLAY)
        kept = BytesIO()
        flat.save(kept)
        flat.close()
        return pdfplumber.open(kept)
    return None


def _annotated(document: pdfium.PdfDocument) -> bool:
    counts = (raw.FPDFPage_GetAnnotCount(document[number]) for number in range(len(document)))
    return any(count > 0 for count in counts)


def _page(
    file: Path, document: pdfium.PdfDocument, words: PDF | None, number: int, limits: Limits
) -> PdfPage:
    images, size = _pictures(file, document, number, limits)
    covered = _covered(images, size)
    return PdfPage(
        _grids(words, number),
        partial(_drawn, file, number, _own_resolution(images, size), limits),
        covered >= _DECORATED,
        partial(_written, file, number) if covered < _SCANNED else _nothing_written,
    )


def _pictures(
    file: Path, document: pdfium.PdfDocument, number: int, limits: Limits
) -> tuple[list[_Picture], tuple[float, float]]:
    """The pictures on a page, and its size in points; raises Unreadable, TooLarge."""
    try:
        page = document[number]
        images = [
            _Picture.of(image) for image in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=4)
        ]
        size = page.get_size()
        page.close()
    except pdfium.PdfiumError as error:
        raise Unreadable("broken_file", file=file.name, what="PDF") from error
    for image in images:
        if image.pixels > limits.pixels:
            raise TooLarge("too_many_pixels", file=file.name, what=image.pixels, limit=limits.pixels)
    return images, size


def _covered(images: list[_Picture], size: tuple[float, float]) -> float:
    """The share of a page that pictures cover."""
    return sum(image.area for image in images) / max(1.0, size[0] * size[1])


def _own_resolution(images: list[_Picture], size: tuple[float, float]) -> float:
    """The resolution of a scanned page's finest picture; 0 of any other page."""
    return max((image.dpi for image in images), default=0.0) if _covered(images, size) >= _SCANNED else 0.0


def _nothing_written() -> tuple[TextLine, ...]:
    """What is written behind a scan is what another program read off it."""
    return ()


def _written(file: Path, number: int) -> tuple[TextLine, ...]:
    """The lines of digital text on a page; none where its text is no help."""
    document = _opened(file)
    try:
        # As below: what pdfminer cannot read is drawn instead.
        with suppress(Exception), file.open("rb") as stream:
            words = _words(file, document, stream)
            if words is not None:
                return pdf.text_lines(words.pages[number])
    finally:
        document.close()
    return ()


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture on a page: its pixels, its area in square points, its resolution."""

    pixels: int
    area: float
    dpi: float

    @classmethod
    def of(cls, image: Any) -> _Picture:
        """What pdfium says about an image object."""
        width, height = image.get_px_size()
        left, bottom, right, top = image.get_bounds()
        across, down = max(1e-3, right - left), max(1e-3, top - bottom)
        # Bounds are of the picture as turned on the page; the finer reading of the two is the true one.
        return cls(width * height, across * down, 72 * sqrt(width * height / (across * down)))


def _grids(words: PDF | None, number: int) -> tuple[Grid, ...]:
    """The digital tables of a page; none where its text is no help."""
    # As above: what pdfminer cannot read is drawn instead.
    with suppress(Exception):
        if words is not None and number < len(words.pages):
            page = words.pages[number]
            try:
                return pdf.grids(page) if pdf.is_digital(page) else ()
            finally:
                page.close()
    return ()


def _drawn(file: Path, number: int, own: float, limits: Limits) -> Shot:
    """The page as a picture: a scan at its own resolution within bounds, else at 200 dpi."""
    document = _opened(file)
    try:
        page = document[number]
        dpi = _resolution(page.get_size(), own, limits)
        bitmap = page.render(scale=dpi / 72)
        # A copy, for the bitmap's memory goes with the document.
        picture = np.array(bitmap.to_numpy()[:, :, :3])
    except (pdfium.PdfiumError, MemoryError, ValueError) as error:
        raise Unreadable("broken_file", file=file.name, what="PDF") from error
    finally:
        document.close()
    scale = pdf.DPI / dpi
    return Shot(picture, dpi, Back((scale, 0.0, 0.0), (0.0, scale, 0.0)))


def _resolution(size: tuple[float, float], own: float, limits: Limits) -> float:
    wanted = min(max(own, _COARSEST), _FINEST) if own else float(pdf.DPI)
    return min(wanted, 72 * sqrt(limits.working_pixels / max(1.0, size[0] * size[1])))
