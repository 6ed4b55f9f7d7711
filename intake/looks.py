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
from intake.writing import Stretch
from records.drafts import Reading
from records.findings import Facts, Reason
from records.forms import Field
from records.known import NOTHING_KNOWN, Known

_WIDE = 2.0
_LARGE_AND_WIDE = 1.4
_SURE = 0.98
_DIFFERENT = 0.7
"""Confidence where two looks, each believable, say different things."""
_RARE = -1.2
"""A name of such rare characters is looked at twice, however clearly it was read."""
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
        rare = first.evidence is not None and first.evidence.usual < _RARE
        named = bool(stretches) and rare and field.prior == "person"
        return _told_one_way(first, stretches, engine, field, known) if named else first
    looks = [engine.read([crop(one) for one in stretches]) for crop in crops]
    second = looked_twice(guess(lines, field, looks, known))
    if second.value == first.value:
        told = replace(second, review=True, reasons=first.reasons) if _lost_ink(first) else second
    elif first.review or first.value is None:
        told = second
    else:
        doubts = (*second.reasons, Reason("looks_differ", _other(first)))
        told = replace(second, confidence=min(second.confidence, _DIFFERENT), review=True, reasons=doubts)
    return _told_one_way(told, stretches, engine, field, known) if field.prior == "person" else told


def _told_one_way(
    told: Reading, stretches: Sequence[Stretch], engine: Engine, field: Field, known: Known | None
) -> Reading:
    """A doubtful or a rare name; one that another look tells otherwise is looked at."""
    other = guess(engine.read([_large_and_wide(one) for one in stretches]), field, known=known)
    if other.value == told.value:
        return told
    return replace(told, review=True, reasons=(*told.reasons, Reason("name_differs", _other(other))))


def _other(reading: Reading) -> Facts:
    return MappingProxyType({"other": reading.raw})


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
