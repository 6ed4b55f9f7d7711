"""How a page was understood, drawn on the page itself: grid, labels, values, doubt in colour.

Blue is a printed label, green a value that was taken as read, orange one that
a clerk must look at, grey a cell that belongs to no field; what was read
stands beside its spot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from intake.engine import Picture
from records.drafts import Box, Reading
from records.values import to_plain

Outline = tuple[tuple[float, float], ...]
"""The corners of a cell in the picture's pixels."""

_GREY, _BLUE, _GREEN, _ORANGE = (150, 150, 150), (40, 90, 220), (0, 130, 60), (235, 100, 0)


@dataclass(frozen=True, slots=True)
class View:
    """A page with what was found on it; outlines and boxes in the picture's own pixels."""

    page: int
    picture: Picture
    cells: tuple[Outline, ...]
    labels: tuple[Outline, ...]
    readings: Mapping[str, Reading]


def drawn(view: View, font: Path | None = None) -> Picture:
    """The page with its understanding drawn over it; without a font, boxes only."""
    picture = np.ascontiguousarray(view.picture.copy())
    size = max(picture.shape[:2])
    thick = max(1, size // 1200)
    _outline(picture, view.cells, _GREY, thick)
    _fill(picture, view.labels, _BLUE)
    found = [
        (reading, reading.source.box)
        for reading in view.readings.values()
        if reading.source and reading.source.box
    ]
    for reading, box in found:
        cv2.rectangle(picture, box[:2], box[2:], _colour(reading)[::-1], 2 * thick)
    return _worded(picture, found, font, max(12, size // 110)) if font else picture


def _colour(reading: Reading) -> tuple[int, int, int]:
    return _ORANGE if reading.review else _GREEN


def _outline(picture: Picture, outlines: Iterable[Outline], colour: tuple[int, int, int], thick: int) -> None:
    for outline in outlines:
        cv2.polylines(picture, [_points(outline)], True, colour[::-1], thick)


def _fill(picture: Picture, outlines: Sequence[Outline], colour: tuple[int, int, int]) -> None:
    tint = picture.copy()
    for outline in outlines:
        cv2.fillPoly(tint, [_points(outline)], colour[::-1])
    cv2.addWeighted(tint, 0.18, picture, 0.82, 0, picture)


def _points(outline: Outline) -> NDArray[np.int32]:
    return np.round(np.array(outline)).astype(np.int32)


def _worded(picture: Picture, found: Iterable[tuple[Reading, Box]], font: Path, size: int) -> Picture:
    image = Image.fromarray(picture[:, :, ::-1])
    pen = ImageDraw.Draw(image)
    face = ImageFont.truetype(str(font), size)
    for reading, (x0, y0, _, y1) in found:
        text = _shown(reading)
        place = (x0, y0 - size - 3) if y0 > size + 3 else (x0, y1 + 2)
        left, top, right, bottom = pen.textbbox(place, text, font=face)
        pen.rectangle((left - 2, top - 1, right + 2, bottom + 1), fill=(255, 255, 255))
        pen.text(place, text, font=face, fill=_colour(reading))
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _shown(reading: Reading) -> str:
    value = to_plain(reading.value)
    if value is None:
        return "—"
    return "、".join(value) if isinstance(value, list) else str(value)
