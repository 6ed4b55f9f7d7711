"""Small sheets laid out many to a page, with marks to cut along: PDFs come in, one PDF goes out.

What is printed on the largest of them gives the size for all, so that one cut
goes through a whole pile. Nothing is scaled.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Page, Pdf
from PIL import Image, ImageOps

from docgen.placing import write_whole
from records.errors import DocumentError
from records.turns import PDFIUM

_MM = 72 / 25.4
_PAGE = (210 * _MM, 297 * _MM)
_EDGE = 8 * _MM
"""Printers leave so much white at the edges of a page."""
_AROUND = 4 * _MM
"""White around what is printed, for a knife that is not straight."""
_MARK = 4 * _MM
_SCALE = 2.0
"""Pixels in a point when looking where ink stands."""
_WHITE = 250


@dataclass(frozen=True, slots=True)
class Extent:
    """What is printed on a page, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height with the white around it."""
        return self.right - self.left + 2 * _AROUND, self.top - self.bottom + 2 * _AROUND


def impose(files: Sequence[Path], target: Path) -> int:
    """Lays the pages of these PDFs out on A4 in their order; returns how many pages came of it.

    Raises DocumentError (`too_large_to_impose`) for one that does not fit a page.
    """
    cards = [(file, number, extent) for file in files for number, extent in enumerate(_extents(file))]
    width, height = (max((extent.size[side] for *_, extent in cards), default=0.0) for side in (0, 1))
    columns, rows = (
        int((page - 2 * _EDGE) // size) if size else 1
        for page, size in zip(_PAGE, (width, height), strict=True)
    )
    if columns * rows < 1:
        largest = max(cards, key=lambda card: max(card[2].size))
        raise DocumentError("too_large_to_impose", file=largest[0].name)
    waiting = iter(cards)
    with pikepdf.new() as sheet:
        while some := list(islice(waiting, columns * rows)):
            page = sheet.add_blank_page(page_size=_PAGE)
            content = [_marks(width, height, columns, rows)]
            for place, (file, number, extent) in enumerate(some):
                left = (_PAGE[0] - columns * width) / 2 + place % columns * width
                top = _PAGE[1] - (_PAGE[1] - rows * height) / 2 - place // columns * height
                content.append(
                    _placed(sheet, page, file, number, extent, left, top - height, (width, height))
                )
            page.contents_add("\n".join(content).encode())
        sheet.Root.ViewerPreferences = Dictionary(PrintScaling=Name("/None"))
        saved = io.BytesIO()
        sheet.save(saved, deterministic_id=True)
        write_whole(saved.getvalue(), target)
        return len(sheet.pages)


def _extents(file: Path) -> list[Extent]:
    with PDFIUM:
        document = pypdfium2.PdfDocument(file)
        try:
            return [_extent(page.render(scale=_SCALE).to_pil().convert("L")) for page in document]
        finally:
            document.close()


def _extent(picture: Image.Image) -> Extent:
    ink = ImageOps.invert(picture).point(lambda level: 255 * (level > 255 - _WHITE))
    left, top, right, bottom = ink.getbbox() or (0, 0, 1, 1)
    height = picture.height
    return Extent(left / _SCALE, (height - bottom) / _SCALE, right / _SCALE, (height - top) / _SCALE)


def _placed(
    sheet: Pdf,
    page: Page,
    file: Path,
    number: int,
    extent: Extent,
    left: float,
    bottom: float,
    size: tuple[float, float],
) -> str:
    """Draws one card in its place, in the middle of its field."""
    with pikepdf.open(file) as source:
        form = sheet.copy_foreign(Page(source.pages[number]).as_form_xobject())
    form.BBox = Array([extent.left, extent.bottom, extent.right, extent.top])
    name = page.add_resource(form, Name.XObject)
    across = left + (size[0] - (extent.right - extent.left)) / 2 - extent.left
    up = bottom + (size[1] - (extent.top - extent.bottom)) / 2 - extent.bottom
    return f"q 1 0 0 1 {across:.3f} {up:.3f} cm {name} Do Q"


def _marks(width: float, height: float, columns: int, rows: int) -> str:
    """Short lines at the edge of the page where it is to be cut, and crosses where cuts meet."""
    across = [(_PAGE[0] - columns * width) / 2 + column * width for column in range(columns + 1)]
    up = [(_PAGE[1] - rows * height) / 2 + row * height for row in range(rows + 1)]
    lines = [
        *(line for x in across for y in up for line in _cross(x, y)),
    ]
    return "q 0.3 w 0.4 G " + " ".join(lines) + " S Q"


def _cross(x: float, y: float) -> Iterator[str]:
    half = _MARK / 2
    yield f"{x - half:.3f} {y:.3f} m {x + half:.3f} {y:.3f} l"
    yield f"{x:.3f} {y - half:.3f} m {x:.3f} {y + half:.3f} l"
