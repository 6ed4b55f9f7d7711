"""How many threads reading may use: one where many pages are read side by side."""

from __future__ import annotations

from pathlib import Path

import cv2

from intake.files import FileKind, open_scan
from intake.pdf_pages import page_count as pages_of_pdf
from intake.shots import page_count as pages_of_picture
from records.errors import DanganError


def use_one_thread() -> None:
    """From now on this process works on pictures with one thread."""
    cv2.setNumThreads(1)


def page_count(file: Path) -> int:
    """How many pages a file has, told without reading them; 1 where reading it will say what is wrong."""
    try:
        kind = open_scan(file).kind
        if kind is FileKind.PDF:
            return pages_of_pdf(file)
        return pages_of_picture(file) if kind is FileKind.PICTURE else 1
    except DanganError:
        return 1
