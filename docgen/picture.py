"""PDF pages to pictures, for previews and for looking at what was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image


def pages(pdf: Path, dpi: int = 200) -> Iterator[Image.Image]:
    """Each page of a PDF as an RGB picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()
