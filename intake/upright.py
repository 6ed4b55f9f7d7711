"""Which way is up: a flat page in, the page turned so that its writing can be read out."""

from __future__ import annotations

import numpy as np

from intake.engine import Engine
from intake.page import Page, quarter_turned
from intake.ruling import ruled_cells
from intake.writing import Writing, inside

_UPRIGHT, _LEGIBLE = 0.8, 0.2
"""Shares of a sample of lines: enough to stop turning the page, and least to read it at all."""
_SAMPLE = 10


def upright(flat: Page, engine: Engine) -> Page | None:
    """The page turned so that its writing can be read; None when no quarter turn makes it readable."""
    best: tuple[float, Page] | None = None
    for quarters in range(4):
        page = quarter_turned(flat, quarters)
        legible = _legibility(page, engine)
        if legible >= _UPRIGHT:
            return page
        if best is None or legible > best[0]:
            best = legible, page
    return best[1] if best is not None and best[0] > _LEGIBLE else None


def _legibility(page: Page, engine: Engine) -> float:
    """How sure the engine is of a few lines of Chinese writing, 0 to 1; lone characters prove nothing."""
    writing = Writing(page)
    lines = [line for cell in ruled_cells(page) for line in writing.lines(inside(cell.box, page.line))]
    wide = [
        line for line in lines if 1.8 < (line.box[2] - line.box[0]) / max(line.box[3] - line.box[1], 1) < 14
    ]
    if len(wide) < 4:
        return 0.0
    sample = [wide[round(index)] for index in np.linspace(0, len(wide) - 1, min(_SAMPLE, len(wide)))]
    read = engine.read([line.crop for line in sample])
    sure = [line.confidence * min(1.0, _ideographs(line.text) / 3) for line in read]
    return float(np.mean(sure))


def _ideographs(text: str) -> int:
    return sum(_FIRST_IDEOGRAPH <= ord(char) <= _LAST_IDEOGRAPH for char in text)


_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = 0x4E00, 0x9FFF
