"""Looking again: a doubtful value's lines are read once more from other crops of the same writing.

A pen's narrow figures share too few of a recogniser's steps in an ordinary
crop: wider, and larger with less white around, each gets its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import cv2

from intake.engine import Engine, Line, Picture
from intake.evidence import looked_twice
from intake.guessing import FIGURES, guess
from intake.priors import NOTHING_KNOWN, Known
from intake.writing import Stretch
from records.drafts import Reading
from records.findings import Reason
from records.forms import Field

_WIDE = 2.0
_LARGE_AND_WIDE = 1.4
_SURE = 0.98
_DIFFERENT = 0.7
"""Confidence where two looks, each believable, say different things."""
_WHITE_CUT = 0.55
"""The part of the white above and below that a larger crop goes without."""


def looked_closer(
    first: Reading,
    lines: Sequence[Line],
    stretches: Sequence[Stretch],
    field: Field,
    engine: Engine,
    known: Known | None = NOTHING_KNOWN,
) -> Reading:
    """The reading; one that is not quite sure as closer looks tell it."""
    crops = _CROPS.get(field.kind, ())
    sure = _SURE if field.kind in FIGURES else 0.0
    if not stretches or not crops or not (first.review or first.confidence < sure):
        return first
    looks = [engine.read([crop(one) for one in stretches]) for crop in crops]
    second = looked_twice(guess(lines, field, looks, known))
    if second.value == first.value:
        return replace(second, review=True, reasons=first.reasons) if _lost_ink(first) else second
    if first.review or first.value is None:
        return second
    doubts = (*second.reasons, Reason("looks_differ", MappingProxyType({"other": first.raw})))
    return replace(second, confidence=min(second.confidence, _DIFFERENT), review=True, reasons=doubts)


def _lost_ink(reading: Reading) -> bool:
    return any(reason.code == "ink_unread_beside" for reason in reading.reasons)


def _wide(stretch: Stretch) -> Picture:
    return cv2.resize(stretch.crop, None, fx=_WIDE, fy=1.0, interpolation=cv2.INTER_CUBIC)


def _large(stretch: Stretch, wide: float = 1.0) -> Picture:
    over = stretch.box[1] - stretch.origin[1]
    under = stretch.origin[1] + len(stretch.crop) - stretch.box[3]
    top, bottom = round(over * _WHITE_CUT), len(stretch.crop) - round(under * _WHITE_CUT)
    return cv2.resize(
        stretch.crop[max(top, 0) : bottom], None, fx=wide, fy=1.0, interpolation=cv2.INTER_CUBIC
    )


def _large_and_wide(stretch: Stretch) -> Picture:
    return _large(stretch, _LARGE_AND_WIDE)


_CROPS: Mapping[str, tuple[Callable[[Stretch], Picture], ...]] = MappingProxyType(
    {
        **dict.fromkeys(FIGURES, (_wide, _large_and_wide)),
        **dict.fromkeys(("choice", "choices"), (_large_and_wide,)),
        "text": (_large,),
    }
)
"""What a doubtful value of each kind is read from again."""
