"""PDF pages to pictures, for previews and for looking at what was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image

from records.turns import PDFIUM


def picture(pdf: Path, number: int, width: int) -> Image.Image:
    """Page `number` (from 0) of a PDF so many pixels wide, in RGB. Raises IndexError where there is none."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            if not 0 <= number < len(document):
                raise IndexError(number)
            page = document[number]
            drawn: Image.Image = page.render(scale=width / page.get_width()).to_pil()
            return drawn.convert("RGB")
        finally:
            document.close()


def sizes(pdf: Path) -> list[tuple[float, float]]:
    """The width and height of each page of a PDF, in points."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [page.get_size() for page in document]
        finally:
            document.close()


def pages(pdf: Path, dpi: int = 200) -> Iterator[Image.Image]:
    """Each page of a PDF as an RGB picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()
