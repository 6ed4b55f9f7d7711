"""Reliability: fields with their probabilities and what became of them come in, a curve and ten bins go out.

The curve says which share of the fields passes without a look and how many
of these are wrong; the bins say whether of the fields said with 0.9 nine in
ten are right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.truth import Said
from intake.calibration import Calibration

BINS = 10
ENOUGH = 100
"""A bin of fewer fields says nothing."""
CLOSE = 0.03
"""How far the share that is right may lie off what was said."""
PER_THOUSAND = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0)
"""Budgets that are shown: silent errors in a thousand fields."""


@dataclass(frozen=True, slots=True)
class Told:
    """A field: how likely it was said to be right, whether it was; `certain` wants a look anyhow."""

    probability: float
    right: bool
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """What a budget gives: its threshold, the share that passes, of all fields those silent and straight."""

    per_thousand: float
    threshold: float
    accepted: float
    silent: float
    straight: float


@dataclass(frozen=True, slots=True)
class Bin:
    """The fields said with a probability between two bounds: how many, what was said, what was right."""

    low: float
    high: float
    count: int
    said: float
    right: float

    @property
    def tells(self) -> bool:
        """Whether there are enough fields to judge by."""
        return self.count >= ENOUGH

    @property
    def holds(self) -> bool:
        """Whether what was said is what came."""
        return abs(self.said - self.right) <= CLOSE


def told(said: Iterable[Said]) -> list[Told]:
    """The fields of a draft that were said with evidence, as the curve and the bins take them."""
    return [
        Told(
            one.reading.confidence,
            one.right,
            one.reading.evidence is not None and one.reading.evidence.forced,
        )
        for one in said
    ]


def points(fields: Sequence[Told], calibration: Calibration, lost: int = 0) -> list[Point]:
    """What each budget gives; `lost` are fields of which nothing was said."""
    total = max(len(fields) + lost, 1)
    found = []
    for per_thousand in PER_THOUSAND:
        least = calibration.threshold(per_thousand / 1000)
        passed = [one for one in fields if one.probability >= least and not one.certain]
        right = sum(one.right for one in passed)
        found.append(
            Point(per_thousand, least, len(passed) / total, (len(passed) - right) / total, right / total)
        )
    return found


def curve(fields: Sequence[Told], lost: int = 0) -> list[tuple[float, float]]:
    """(accepted share, silent share) of all fields while ever less likely ones are let pass."""
    total = max(len(fields) + lost, 1)
    steps = [(0.0, 0.0)]
    silent = 0
    open_ = sorted((one for one in fields if not one.certain), key=lambda one: -one.probability)
    for accepted, one in enumerate(open_, 1):
        silent += not one.right
        if accepted == len(open_) or open_[accepted].probability < one.probability:
            steps.append((accepted / total, silent / total))
    return steps


def bins(fields: Iterable[Told]) -> list[Bin]:
    """Ten bins of equal width over the probability."""
    sorted_: list[list[Told]] = [[] for _ in range(BINS)]
    for one in fields:
        sorted_[min(int(one.probability * BINS), BINS - 1)].append(one)
    return [_bin(place, inside) for place, inside in enumerate(sorted_)]


def _bin(place: int, inside: Sequence[Told]) -> Bin:
    count = max(len(inside), 1)
    said = sum(one.probability for one in inside) / count
    right = sum(one.right for one in inside) / count
    return Bin(place / BINS, (place + 1) / BINS, len(inside), said, right)
