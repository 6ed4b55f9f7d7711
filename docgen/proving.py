"""A PDF held against the Word file that it was made of: nothing lost, no typeface that was not meant.

LibreOffice says nothing when it leaves out text or takes another typeface, so
every PDF is looked at before it stands in its folder.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name, Object

from docgen.fonts import Fonts
from records.errors import DocumentError
from records.turns import PDFIUM

_FILES = (Name.FontFile, Name.FontFile2, Name.FontFile3)


_HYPHEN = "\ufffe"
"""What PDFium gives for a hyphen at the end of a line, in case one wants the word without it."""


def prove(pdf: Path, file: Path, text: str, fonts: Fonts) -> None:
    """Raises DocumentError: `text_lost` (which characters), `foreign_typeface` (which one)."""
    lost = _characters(text) - _characters(_text_of(pdf))
    if lost:
        raise DocumentError("text_lost", file=file.name, characters="".join(sorted(lost))[:40])
    allowed = fonts.printed_names
    for name, is_inside in sorted(set(_typefaces(pdf))):
        if not is_inside or (allowed and not name.startswith(allowed)):
            raise DocumentError("foreign_typeface", file=file.name, typeface=name)


def _characters(text: str) -> Counter[str]:
    """How often each character stands in a text; one that is only another spelling counts as the same."""
    return Counter(one for one in unicodedata.normalize("NFKC", text) if one.isprintable() and one != " ")


def _text_of(pdf: Path) -> str:
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            text = "".join(page.get_textpage().get_text_range() for page in document)
            return text.replace(_HYPHEN, "-")
        finally:
            document.close()


def _typefaces(pdf: Path) -> Iterator[tuple[str, bool]]:
    """The typefaces of a PDF, without the mark of a subset, and whether each lies in it."""
    with pikepdf.open(pdf) as opened:
        for page in opened.pages:
            for font in page.obj.Resources.get(Name.Font, Dictionary()).values():
                named = _described(font)
                descriptor = named.get(Name.FontDescriptor, Dictionary())
                name = str(named.get(Name.BaseFont, "/")).lstrip("/").rpartition("+")[2]
                yield name, any(one in descriptor for one in _FILES)


def _described(font: Object) -> Object:
    """The font that bears the descriptor: the descendant of a composite one (ISO 32000-1, 9.7)."""
    return font.DescendantFonts[0] if Name.DescendantFonts in font else font
