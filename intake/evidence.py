"""Gathering evidence: what lines, cells and the page tell about a reading in, readings that carry it out.

`intake.calibration` makes one probability of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np

from intake import decode
from intake.engine import Line, Scores
from intake.pixels import shade
from intake.sheet import Place, Sheet, Slot
from intake.transcript import Transcript, lines_of
from intake.writing import Stretch
from records.drafts import Reading
from records.evidence import Evidence, PageEvidence, Way
from records.forms import Field

_LISTS = ("choice", "choices")
_SIGNS = frozenset(" ()（）、，,。.；;：:-—·/")


def seen(reading: Reading, lines: Sequence[Line], field: Field, scores: Scores | None = None) -> Evidence:
    """What the lines of a cell tell beside what was weighed: characters, length, the engine's own text."""
    evidence = reading.evidence or Evidence(Way.TEXT)
    raw = "".join(line.text for line in lines)
    way = Way.CHOICE if field.kind in _LISTS and evidence.way is not Way.TEXT else evidence.way
    found = replace(
        evidence,
        way=way,
        scored=scores is not None,
        first=reading.confidence,
        mean=_mean(line.confidence for line in lines),
        weakest=_weakest(lines),
        length=len(raw),
        lines=len(lines),
        foreign=sum(not _is_native(char) for char in raw),
    )
    if scores is None or not raw:
        return found
    own = decode.weigh(scores, [raw])[0].log_probability / len(raw)
    if way is Way.TEXT and not found.likelihood:
        return replace(found, likelihood=own)
    return replace(found, behind=max(0.0, own - found.likelihood))


def of_marks(lines: Sequence[tuple[Stretch, Line]], sure: float) -> Evidence:
    """What the lines of printed options tell about the marks at them; `sure` is what the marks look like."""
    read = [line for _, line in lines]
    scored = all(line.scores is not None for line in read)
    # The weakest character is a tick or a box, which engines do not know.
    mean = _mean(line.confidence for line in read)
    return Evidence(Way.MARKS, scored, first=sure, mean=mean, lines=len(read))


def looked_twice(reading: Reading) -> Reading:
    """The reading, said to be the better of two."""
    return _with(reading, again=True)


def with_page(readings: Mapping[str, Reading], read: Transcript, sheet: Sheet) -> dict[str, Reading]:
    """The readings with what their page and their cell tell."""
    page = _of_page(read, sheet)
    ground = ground_of(read)
    found = {}
    for path, reading in readings.items():
        slot = sheet.slots.get(path)
        if slot is None or slot.cell.box is None or slot.place is not Place.WHOLE:
            found[path] = _with(reading, page=page)
            continue
        around = around_cell(slot, read, ground)
        found[path] = _with(reading, page=page, faint=around.faint, loose=around.loose, wide=around.wide)
    return found


def around_cell(slot: Slot, read: Transcript, ground: tuple[float, float]) -> Evidence:
    """What a cell shows around the lines that were read in it."""
    if slot.cell.box is None:
        return Evidence(Way.UNREAD)
    faint, loose = _outside(slot.cell.box, lines_of(read, slot), read, ground)
    return Evidence(Way.UNREAD, faint=faint, loose=loose, wide=_wide(lines_of(read, slot), read.page.line))


def _with(reading: Reading, **more: object) -> Reading:
    evidence = reading.evidence or Evidence(Way.UNREAD)
    return replace(reading, evidence=replace(evidence, **more))  # type: ignore[arg-type]


def _mean(numbers: Iterable[float]) -> float:
    listed = list(numbers)
    return sum(listed) / len(listed) if listed else 1.0


def _weakest(lines: Iterable[Line]) -> float:
    """The least sure character; the least sure line where the engine tells no characters."""
    sure = [min((glyph.confidence for glyph in line.glyphs), default=line.confidence) for line in lines]
    return min(sure, default=1.0)


def _of_page(read: Transcript, sheet: Sheet) -> PageEvidence:
    worded = sum(bool(cell.text.strip()) for cell in sheet.grid.cells)
    homeless = sum(bool(cell.text.strip()) for cell in sheet.unplaced)
    labelled = max(len(sheet.labels), 1)
    boxes = {cell.box for cell in sheet.labels.values() if cell.box is not None}
    lines = [line for box in boxes if box in read.cells for _, line in read.cells[box].lines]
    return PageEvidence(
        score=sheet.score,
        misread=len(sheet.misread) / labelled,
        missing=0.0 if sheet.continues else len(sheet.missing) / (labelled + len(sheet.missing)),
        homeless=homeless / max(worded, 1),
        labels=_mean(line.confidence for line in lines),
        height=read.page.line * read.page.density,
    )


def ground_of(read: Transcript) -> tuple[float, float]:
    """The grey of a page's paper, and how much darker its writing is."""
    dark, paper = (float(level) for level in np.percentile(read.page.ink[::3, ::3], (1, 60)))
    return paper, max(paper - dark, 1.0)


def _wide(lines: Sequence[tuple[Stretch, Line]], height: float) -> float:
    """How wide the ink of the lines is beside what their characters take, as a logarithm; 0 without any."""
    taken = sum(0.5 if ord(char) < 0x2E80 else 1.0 for _, line in lines for char in line.text)
    if not taken:
        return 0.0
    # A pen's characters are as wide as they are high, whatever the print is.
    inked = [(box[2] - box[0]) / max(box[3] - box[1], height * 0.7) for box in (one.box for one, _ in lines)]
    return math.log(max(sum(inked), 0.1) / taken)


def _is_native(char: str) -> bool:
    """A Chinese character, a figure, or a sign that stands in Chinese texts."""
    return char.isdigit() or char in _SIGNS or "\u2e80" <= char <= "\u9fff"


def _outside(
    cell: tuple[float, float, float, float],
    lines: Sequence[tuple[Stretch, Line]],
    read: Transcript,
    ground: tuple[float, float],
) -> tuple[float, float]:
    """What a cell may hide outside the lines read in it: its darkest spot, the share of it that is ink."""
    inset = max(2, round(read.page.line * 0.25))
    x0, y0, x1, y1 = (round(side) for side in cell)
    x0, y0, x1, y1 = x0 + inset, y0 + inset, x1 - inset, y1 - inset
    gray = read.page.ink[y0:y1, x0:x1]
    if min(gray.shape) < 4:
        return 0.0, 0.0
    outside = np.ones(gray.shape, bool)
    for stretch, _ in lines:
        left, top, right, bottom = stretch.box
        outside[
            max(top - inset - y0, 0) : bottom + inset - y0, max(left - inset - x0, 0) : right + inset - x0
        ] = 0
    if not outside.any():
        return 0.0, 0.0
    smooth = cv2.blur(gray, (2, 2))[outside]
    darkest = (shade(smooth, 50) - shade(smooth, 1)) / ground[1]
    return max(0.0, darkest), float((read.writing.ink[y0:y1, x0:x1][outside] > 0).mean())
