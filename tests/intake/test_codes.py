from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import segno

from intake.codes import code_on
from intake.engine import Picture
from records.codes import Code

CODE = Code("4K7QZ", 1234, 12, 0, "7XQ2PA")


def page(text: str, dpi: float, turn: float = 0.0) -> Picture:
    """A4 with a code of 10.5 mm in its corner, as a scanner of this resolution sees it."""
    saved = io.BytesIO()
    segno.make_qr(text, error="m", version=2).save(saved, kind="png", scale=8, border=0)
    code = cv2.imdecode(np.frombuffer(saved.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    fine = np.full((round(210 / 25.4 * 600), round(297 / 25.4 * 600), 3), 255, np.uint8)
    size = round(10.5 / 25.4 * 600)
    fine[200 : 200 + size, -600 : -600 + size] = cv2.resize(code, (size, size), interpolation=cv2.INTER_AREA)
    high, wide = fine.shape[:2]
    turned = cv2.getRotationMatrix2D((wide / 2, high / 2), turn, 0.95)
    seen = cv2.warpAffine(fine, turned, (wide, high), borderValue=(255, 255, 255))
    small = cv2.resize(seen, None, fx=dpi / 600, fy=dpi / 600, interpolation=cv2.INTER_AREA)
    packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("turn", [0.0, 3.0, 180.0])
def test_a_code_is_found_on_a_scan_however_it_lies(dpi: int, turn: float) -> None:
    assert code_on(page(CODE.text, dpi, turn)) == CODE


def test_a_code_of_somebody_else_and_a_page_without_any_say_nothing() -> None:
    assert code_on(page("HTTPS://EXAMPLE.ORG", 200)) is None
    assert code_on(np.full((1600, 2300, 3), 255, np.uint8)) is None
