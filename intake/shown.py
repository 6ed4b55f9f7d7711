"""A page of a kept file for the screen: the file and a page's number come in, an upright picture goes out.

Boxes are those of `records.drafts.Source`, in the file's own pixels; a part of
the page is cut at its full resolution, the whole made as small as the screen wants.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from intake import pdf_pages, shots
from intake.engine import Picture
from intake.files import FileKind, Scan, open_scan
from intake.limits import LIMITS, Limits
from intake.shots import Frame, Shot
from records.drafts import Box
from records.errors import Unreadable

_QUALITY = 88
_ROOM = 0.15
"""How much of the paper around a box is shown with it, as a share of its height."""


def frame(file: Path, number: int, limits: Limits = LIMITS) -> Frame:
    """How a page (from 1) lies when shown. Raises Unreadable (`no_picture`, `page_not_there`), TooLarge."""
    scan = _scan(file, number, limits)
    if scan.kind is FileKind.PDF:
        return pdf_pages.frame(file, number - 1)
    return shots.frame(file, scan.kind is FileKind.HEIC, number - 1, limits)


def shot(file: Path, number: int, limits: Limits = LIMITS) -> Shot:
    """A page (from 1), upright, at full resolution. Raises as `frame` does."""
    scan = _scan(file, number, limits)
    if scan.kind is FileKind.PDF:
        return pdf_pages.drawn(file, number - 1, limits)
    pages = list(shots.shots(file, scan.kind is FileKind.HEIC, limits))
    return pages[number - 1]()


def encoded(seen: Shot, box: Box | None, width: int, kind: str) -> bytes:
    """The page or a box of it as an image file (`png`, `jpg`), no wider than `width`."""
    picture = seen.picture if box is None else _cut(seen, box)
    scale = width / picture.shape[1]
    if scale < 1:
        size = (width, max(1, round(picture.shape[0] * scale)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY] if kind == "jpg" else []
    done, data = cv2.imencode(f".{kind}", picture, quality)
    if not done:
        raise Unreadable("broken_file", what=kind)
    return bytes(data)


def _scan(file: Path, number: int, limits: Limits) -> Scan:
    scan = open_scan(file, limits)
    if scan.kind in (FileKind.DOCX, FileKind.OLD_WORD):
        raise Unreadable("no_picture", file=file.name)
    count = _count(scan)
    if number > count:
        raise Unreadable("page_not_there", file=file.name, page=number, pages=count)
    return scan


def _count(scan: Scan) -> int:
    if scan.kind is FileKind.PDF:
        return pdf_pages.page_count(scan.path)
    return 1 if scan.kind is FileKind.HEIC else shots.page_count(scan.path)


def _cut(seen: Shot, box: Box) -> Picture:
    high, wide = seen.picture.shape[:2]
    left, top, right, bottom = Frame((wide, high), seen.back).part(box)
    room = _ROOM * (bottom - top) * high
    x0, x1 = int(min(max(left * wide - room, 0), wide - 1)), int(min(right * wide + room, wide))
    y0, y1 = int(min(max(top * high - room, 0), high - 1)), int(min(bottom * high + room, high))
    return np.ascontiguousarray(seen.picture[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)])
