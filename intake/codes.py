"""Codes on a page: its picture comes in, what the first of our codes on it says comes out.

A coarse copy is looked at first; the picture itself only where that shows none.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import zxingcpp

from intake.engine import Picture
from intake.pixels import resized
from records.codes import Code, read_code

_COARSE, _FINE = 1800, 4000
"""Long side, in pixels, of the copies on which a code is looked for: A4 at 150 dpi, and at 340."""


def code_on(picture: Picture) -> Code | None:
    """The code on a page; None where none of ours is seen."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    for copy in _copies(grey):
        found = zxingcpp.read_barcodes(
            copy,
            formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
            try_downscale=False,
            try_invert=False,
        )
        codes = [code for one in found if one.valid and (code := read_code(one.text)) is not None]
        if codes:
            return codes[0]
    return None


def _copies(grey: Picture) -> Iterator[Picture]:
    size = max(grey.shape)
    if size > _COARSE:
        yield resized(grey, _COARSE / size)
    yield resized(grey, min(1.0, _FINE / size))
