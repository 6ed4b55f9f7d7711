"""Tesseract through pytesseract: the second engine, for a unit that already has it.

pytesseract starts a process a call, so lines are stacked into mosaics and read
together. Tesseract hands out words with a confidence but no probabilities
behind them: its `Line`s have no scores, and values are weighed by edit
distance alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytesseract

from intake.engine import Glyph, Line, Picture
from records.errors import EngineFailed, EngineMissing

_LANGUAGE = "chi_sim"
_HEIGHT = 56
"""Line height, in pixels, at which Tesseract reads Chinese best (about 300 dpi)."""
_GAP = 28
_MOST = 40
_SECONDS = 120
# 6: one block of text; spaces between words are not wanted in Chinese.
_CONFIG = "--psm 6 -c preserve_interword_spaces=1"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as Tesseract saw it: text, confidence 0 to 1, box in the mosaic."""

    text: str
    confidence: float
    left: int
    top: int
    width: int
    height: int


class TesseractEngine:
    """Reads line crops with Tesseract and its simplified-Chinese data."""

    name = "tesseract"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """One `Line` a crop, in order, without scores. Raises EngineMissing, EngineFailed."""
        lines: list[Line] = []
        for start in range(0, len(crops), _MOST):
            lines += _read_together(crops[start : start + _MOST])
        return lines


def _read_together(crops: Sequence[Picture]) -> list[Line]:
    scaled = [_scaled(crop) for crop in crops]
    tops = [(_HEIGHT + _GAP) * index + _GAP for index in range(len(scaled))]
    wide = max(crop.shape[1] for crop in scaled) + 2 * _GAP
    mosaic = np.full((tops[-1] + _HEIGHT + _GAP, wide, 3), 255, np.uint8)
    for crop, top in zip(scaled, tops, strict=True):
        mosaic[top : top + _HEIGHT, _GAP : _GAP + crop.shape[1]] = crop
    words = list(_words(mosaic))
    lines: list[Line] = []
    for crop, top in zip(crops, tops, strict=True):
        own = [
            word for word in words if top - _GAP / 2 <= word.top + word.height / 2 < top + _HEIGHT + _GAP / 2
        ]
        lines.append(_line(sorted(own, key=lambda word: word.left), crop.shape[0] / _HEIGHT))
    return lines


def _scaled(crop: Picture) -> Picture:
    wide = max(1, round(crop.shape[1] * _HEIGHT / crop.shape[0]))
    return cv2.resize(
        crop, (wide, _HEIGHT), interpolation=cv2.INTER_AREA if crop.shape[0] > _HEIGHT else cv2.INTER_CUBIC
    )


def _words(mosaic: Picture) -> Iterator[_Word]:
    try:
        data = pytesseract.image_to_data(
            cv2.cvtColor(mosaic, cv2.COLOR_BGR2RGB),
            lang=_LANGUAGE,
            config=_CONFIG,
            timeout=_SECONDS,
            output_type=pytesseract.Output.DICT,
        )
    except pytesseract.TesseractNotFoundError as error:
        raise EngineMissing(engine=TesseractEngine.name, what=error) from error
    except pytesseract.TesseractError as error:
        missing = _LANGUAGE in str(error)
        raise (EngineMissing if missing else EngineFailed)(engine=TesseractEngine.name, what=error) from error
    except (RuntimeError, OSError) as error:  # a time-out, or a process that could not be started
        raise EngineFailed(engine=TesseractEngine.name, what=error) from error
    columns = (data[key] for key in ("text", "conf", "left", "top", "width", "height"))
    for text, confidence, left, top, width, height in zip(*columns, strict=True):
        if str(text).strip() and float(confidence) >= 0:
            yield _Word(
                str(text).strip(), float(confidence) / 100, int(left), int(top), int(width), int(height)
            )


def _line(words: Sequence[_Word], scale: float) -> Line:
    """Words joined; a word's characters share its box evenly."""
    glyphs: list[Glyph] = []
    for word in words:
        wide = word.width / len(word.text)
        for index, char in enumerate(word.text):
            x0 = (word.left - _GAP + wide * index) * scale
            glyphs.append(Glyph(char, x0, x0 + wide * scale, word.confidence))
    confidence = float(np.mean([word.confidence for word in words])) if words else 0.0
    return Line("".join(word.text for word in words), confidence, tuple(glyphs))
