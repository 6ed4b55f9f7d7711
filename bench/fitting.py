"""Fitting: evidence and what was right in, a calibration out; in pure numpy.

A ridge logistic regression over all readings, then one for each group that is
held near to it; weights whose direction is plain (a weaker character never
speaks for a value) are kept from turning by chance. On predictions of
pages that a fit has not seen rest the monotone step (pool adjacent violators)
and the thresholds of the budgets. A page is never on both sides.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.collected import CollectedPage
from intake.calibration import UNSCORED, Calibration, Weights, evidence_of, on_step
from records.editions import Editions
from records.evidence import Way

Floats = NDArray[np.float64]
_FOLDS = 5
_SHARED, _OWN = 10.0, 4.0
"""How strongly weights are held: those of all groups to 0, those of one group to these."""
_RARE = 10
"""Evidence seen in fewer readings is left to `reasons`, the count of all certain faults."""
_BLOCK = 40
"""The fewest readings that a point of the step rests on."""
_LEAST = 1e-4
"""Nothing is believed or disbelieved beyond this."""
_GROUP = 150
"""A group with fewer readings, or fewer than `_FAULTS` wrong ones, takes the step of all."""
_FAULTS = 15
_EXPECTED = {
    "weakest": 0.4,
    "mean": 0.2,
    "first": 0.2,
    "margin": 0.5,
    "inside": 0.2,
    "page sure": 0.2,
    "spoken": 0.3,
    "behind": -1.0,
    "likelihood": -1.0,
    "close": -2.0,
    "faint": -4.0,
    "roomy": -1.0,
    "foreign": -0.5,
    "loose": -2.0,
    "beside": -2.0,
    "page faulty": -2.0,
    "page weak": -1.0,
    "page homeless": -3.0,
    "page missing": -3.0,
    "page misread": -2.0,
    "contradictions": -1.0,
    "reasons": -1.0,
}
"""What evidence is taken to weigh until readings say otherwise: a doubt that was hardly seen is still one."""
_DOUBT = -3.0
_FOR = (
    "agreements",
    "first",
    "inside",
    "margin",
    "mean",
    "page labels",
    "page score",
    "page sure",
    "row sure",
    "spoken",
    "weakest",
)
_AGAINST = (
    *(
        "behind",
        "beside",
        "close",
        "contradictions",
        "faint",
        "foreign",
        "likelihood",
        "lines",
        "loose",
        "reasons",
    ),
    *("roomy", "tight"),
    *(
        "page coarse",
        "page faulty",
        "page homeless",
        "page misread",
        "page missing",
        "page weak",
        "row faulty",
    ),
)
"""Evidence that never speaks against a value, or never for it."""
_IDLE = 1e-3
"""Evidence that moves a sum by less is left out of the file."""
BUDGETS = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05)


@dataclass(frozen=True, slots=True)
class Known:
    """A reading of which it is known whether it is right; `certain` says that a reason demands a look."""

    page: str
    group: str
    evidence: Mapping[str, float]
    right: bool
    certain: bool


def known(pages: Iterable[CollectedPage], editions: Editions) -> list[Known]:
    """The readings of collected pages that their truths know."""
    found = []
    for page in pages:
        for path, group, evidence in evidence_of(page.readings, editions[page.edition]):
            if path in page.right:
                said = page.readings[path].evidence
                forced = said is not None and said.forced
                found.append(Known(page.name, group, evidence, page.right[path], forced))
    return found


def fit(readings: Sequence[Known], lost: Mapping[str, int] | None = None) -> tuple[Calibration, Floats]:
    """The calibration of all readings, and for each the probability that a fit without its page gives.

    Engines that give no probabilities are fitted apart; the thresholds are those
    of the others, where there are any. `lost` counts for each set the fields of
    which nothing was said.
    """
    bare = np.array([one.group.endswith(UNSCORED) for one in readings])
    unseen = np.zeros(len(readings))
    groups: dict[str, Weights] = {}
    for part in (bare, ~bare):
        if part.any():
            inside, unseen[part] = _fit_alike(_those(readings, part))
            groups |= inside
    telling = ~bare if (~bare).any() else bare
    thresholds = _thresholds(_those(readings, telling), unseen[telling], lost or {})
    return Calibration(groups, thresholds), unseen


def _those(readings: Sequence[Known], mask: NDArray[np.bool_]) -> list[Known]:
    return [one for one, wanted in zip(readings, mask, strict=True) if wanted]


def _fit_alike(readings: Sequence[Known]) -> tuple[dict[str, Weights], Floats]:
    """The groups of one sort of engine, and each reading's probability by a fit without its page."""
    folds = np.array([zlib.crc32(one.page.encode()) % _FOLDS for one in readings])
    unseen = np.zeros(len(readings))
    for fold in range(_FOLDS):
        rest = [one for one, place in zip(readings, folds, strict=True) if place != fold]
        model = Calibration(dict(_groups(rest)), ())
        for index, one in enumerate(readings):
            if folds[index] == fold:
                unseen[index] = model.probability(one.group, one.evidence)
    settled, step = _settled(readings, unseen, folds)
    groups = {
        name: one if name == Way.UNREAD else replace(one, step=_on(step, one.step))
        for name, one in _groups(readings)
    }
    return groups, settled


Step = tuple[tuple[float, float], ...]


def _settled(readings: Sequence[Known], unseen: Floats, folds: NDArray[np.int64]) -> tuple[Floats, Step]:
    """What probabilities of readings not seen come to, and the step that says so.

    A page that is unlike all others is read worse than its evidence foretells; each fold's own
    probabilities are settled by the other folds.
    """
    odds = np.log(unseen / (1 - unseen))
    right = np.array([one.right for one in readings], float)
    read = np.array([one.group != Way.UNREAD for one in readings])
    settled = unseen.copy()
    for fold in range(_FOLDS):
        step = _step(odds[read & (folds != fold)], right[read & (folds != fold)])
        for index in np.flatnonzero(read & (folds == fold)):
            settled[index] = on_step(step, float(odds[index]))
    return settled, _step(odds[read], right[read])


def _on(step: Step, points: Step) -> Step:
    """The points of a step, their shares settled by another."""
    return tuple((total, round(on_step(step, math.log(share / (1 - share))), 5)) for total, share in points)


def _groups(readings: Sequence[Known]) -> Iterator[tuple[str, Weights]]:
    folds = np.array([zlib.crc32(one.page[::-1].encode()) % _FOLDS for one in readings])
    table = _Table.of(readings)
    sums = np.zeros(len(readings))
    for fold in range(_FOLDS):
        seen = folds != fold
        sums[~seen] = table.sums(table.fitted(seen))[~seen]
    right = np.array([one.right for one in readings], float)
    read = table.group != table.unread
    every = _step(sums[read], right[read])
    solved = table.fitted(np.ones(len(readings), bool))
    for place, name in enumerate(table.groups):
        inside = table.group == place
        enough = inside.sum() >= _GROUP and (1 - right[inside]).sum() >= _FAULTS
        step = _step(sums[inside], right[inside]) if enough else every
        yield name, table.weights(solved, place, step)


@dataclass(frozen=True)
class _Table:
    """All readings as numbers: evidence centred and scaled, one block of columns for each group behind."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    values: Floats
    group: NDArray[np.int64]
    right: Floats
    middle: Floats
    scale: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, readings: Sequence[Known]) -> _Table:
        counts: dict[str, int] = {}
        for one in readings:
            for name, value in one.evidence.items():
                counts[name] = counts.get(name, 0) + (value != 0)
        names = tuple(sorted(name for name, count in counts.items() if count >= _RARE))
        groups = tuple(sorted({one.group for one in readings}))
        raw = np.array([[one.evidence.get(name, 0.0) for name in names] for one in readings])
        middle, scale = raw.mean(axis=0), raw.std(axis=0) + 1e-6
        # Rare signs would be blown up by their small spread.
        scale = np.maximum(scale, 0.15)
        group = np.array([groups.index(one.group) for one in readings])
        right = np.array([one.right for one in readings], float)
        values = (raw - middle) / scale
        return cls(names, groups, values, group, right, middle, scale, raw.min(axis=0), raw.max(axis=0))

    @property
    def unread(self) -> int:
        """The group of what was not read at all: its readings tell nothing about the others."""
        return self.groups.index(Way.UNREAD) if Way.UNREAD in self.groups else -1

    def fitted(self, seen: NDArray[np.bool_]) -> Floats:
        """Bias and weights of each group, a row each, over the readings that may be seen."""
        ones = np.hstack([np.ones((len(self.values), 1)), self.values])
        signs = np.array([0, *(_sign(name) for name in self.names)])
        width = len(self.names) + 1
        # A bias for each group, so that what all share is not blurred by how often a group is right.
        apart = np.hstack([ones, *((self.group == place)[:, None] for place in range(len(self.groups)))])
        held = np.full(apart.shape[1], _SHARED)
        held[0], held[width:] = 0.01, 1.0
        hoped = np.zeros(len(held))
        hoped[1:width] = [_expected(name) for name in self.names] * self.scale
        read = seen & (self.group != self.unread)
        shared = _ridge(apart[read], self.right[read], hoped, held, np.append(signs, [0] * len(self.groups)))
        found = []
        for place in range(len(self.groups)):
            inside = seen & (self.group == place)
            towards = np.append(shared[0] + shared[width + place], shared[1:width])
            near = np.full(width, _OWN)
            near[0] = 1.0
            found.append(_ridge(ones[inside], self.right[inside], towards, near, signs))
        return np.array(found)

    def sums(self, solved: Floats) -> Floats:
        """What the solution sums up for every reading."""
        own = solved[self.group]
        return np.asarray(own[:, 0] + (own[:, 1:] * self.values).sum(axis=1))

    def weights(self, solved: Floats, place: int, step: Sequence[tuple[float, float]]) -> Weights:
        """The solution of one group in terms of the evidence as it comes."""
        own = solved[place]
        raw = self.values[self.group == place] * self.scale + self.middle
        each = own[1:] / self.scale
        bias = float(own[0] - each @ self.middle)
        weights, bounds = {}, {}
        for name, weight, low, high in zip(self.names, each, raw.min(axis=0), raw.max(axis=0), strict=True):
            # A doubt never seen in this group weighs as it does in the others.
            top = 1.0 if name.startswith("reason ") else float(high)
            if abs(weight) * (top - low) < _IDLE:
                bias += float(weight * low)
            else:
                weights[name], bounds[name] = float(weight), (float(low), top)
        return Weights(bias, weights, bounds, tuple(step))


def _sign(name: str) -> int:
    """The direction in which evidence may speak: 1 for, -1 against, 0 either."""
    return 1 if name in _FOR else -1 if name in _AGAINST or name.startswith("reason ") else 0


def _expected(name: str) -> float:
    """What evidence is taken to weigh before any reading was looked at."""
    return _DOUBT if name.startswith("reason ") else _EXPECTED.get(name, 0.0)


def _ridge(columns: Floats, right: Floats, towards: Floats, held: Floats, signs: Floats) -> Floats:
    """Logistic regression with weights held near given ones and kept to their signs (Newton)."""

    def loss(tried: Floats) -> float:
        return float(
            np.logaddexp(0.0, np.where(right > 0, -1, 1) * (columns @ tried)).sum()
            + 0.5 * (held * (tried - towards) ** 2).sum()
        )

    solved = np.where(towards * signs < 0, 0.0, towards)
    least = loss(solved)
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(columns @ solved, -30, 30)))
        slope = columns.T @ (right - chance) - held * (solved - towards)
        bend = (columns * (chance * (1 - chance))[:, None]).T @ columns + np.diag(held)
        free = (signs == 0) | (solved * signs > 0) | (slope * signs > 0)
        move = np.zeros_like(solved)
        move[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
        for share in (1.0, 0.5, 0.25, 0.1, 0.03, 0.01):
            tried = solved + share * move
            tried = np.where(tried * signs < 0, 0.0, tried)
            if loss(tried) < least:
                break
        else:
            break
        gained, least, solved = least - loss(tried), loss(tried), tried
        if gained < 1e-4:
            break
    return solved


def _step(sums: Floats, right: Floats) -> Step:
    """Rising shares of right readings over the sums: adjacent violators pooled, never 0 nor 1."""
    order = np.argsort(sums, kind="stable")
    blocks: list[tuple[int, int, float]] = []  # from, to, how many are right
    for start in range(0, len(order), _BLOCK):
        part = order[start : start + _BLOCK]
        blocks.append((start, start + len(part), float(right[part].sum())))
        while len(blocks) > 1 and _share(blocks[-2]) >= _share(blocks[-1]):
            (first, _, one), (_, last, other) = blocks[-2:]
            blocks[-2:] = [(first, last, one + other)]
    points: list[tuple[float, float]] = []
    for block in blocks:
        points += _points(sums[order[block[0] : block[1]]], block)
    highest = np.maximum.accumulate([share for _, share in points])
    return tuple(
        (round(total, 4), round(min(max(float(share), _LEAST), 1 - _LEAST), 5))
        for (total, _), share in zip(points, highest, strict=True)
    )


def _share(block: tuple[int, int, float]) -> float:
    return block[2] / (block[1] - block[0])


def _points(sums: Floats, block: tuple[int, int, float]) -> Iterator[tuple[float, float]]:
    """Points inside a block: its wrong readings, and half a one more, lie where the sums are less sure."""
    count = block[1] - block[0]
    wrong = (count - block[2] + 0.5) / (count + 1)
    feared = 1 / (1 + np.exp(sums))
    for part in np.array_split(np.arange(count), max(1, min(8, count // _BLOCK))):
        share = wrong * float(feared[part].mean()) / float(feared.mean())
        yield float(sums[part].mean()), 1 - share


def _thresholds(
    readings: Sequence[Known], unseen: Floats, lost: Mapping[str, int]
) -> tuple[tuple[float, float], ...]:
    """For each budget the least probability from which on every set keeps within it.

    A unit's paper is of one sort, not the mean of all: what holds for clean
    print alone would promise too much for retyped forms filled in by pen.
    """
    sets = np.array([_set_of(one.page) for one in readings])
    counted = [name for name in sorted(set(sets)) if (sets == name).sum() >= _TELLING_SET] or [None]
    least = dict.fromkeys(BUDGETS, 0.0)
    for name in counted:
        inside = sets == name if name else np.ones(len(readings), bool)
        gone = lost.get(name, 0) if name else sum(lost.values())
        own = _least(_those(readings, inside), unseen[inside], gone)
        least = {budget: max(share, own[budget]) for budget, share in least.items()}
    return tuple((budget, share) for budget, share in least.items() if share < 1.0)


_KEPT_WITHIN = 0.75
"""The part of a budget that pages worked on may use: those never seen before go wrong more often."""
_TELLING_SET = 1000
"""Readings that a set must have to say what a budget of 1 in 1,000 takes."""


def _set_of(page: str) -> str:
    return page.partition("/")[0]


def _least(readings: Sequence[Known], unseen: Floats, lost: int) -> dict[float, float]:
    """For each budget the least probability from which on these readings keep within it; 1 where none does.

    Half of what counts are the wrong readings that came, half those that the probabilities foretell:
    wrong ones come by the page, and a threshold shall not hang on one page.
    """
    free = [index for index, one in enumerate(readings) if not one.certain]
    free.sort(key=lambda index: -unseen[index])
    total = len(readings) + lost
    least = dict.fromkeys(BUDGETS, 1.0)
    silent = 0.0
    for place, index in enumerate(free):
        silent += 0.5 * (not readings[index].right) + 0.5 * (1 - unseen[index])
        if place + 1 == len(free) or unseen[free[place + 1]] < unseen[index]:
            within = (budget for budget in BUDGETS if silent <= budget * total * _KEPT_WITHIN)
            least |= dict.fromkeys(within, round(float(unseen[index]), 5))
    return least


def to_text(calibration: Calibration, about: Mapping[str, Any]) -> str:
    """The calibration as its file holds it: of each evidence its weight, the least and most that was seen."""
    groups = ",\n".join(_group_text(name, one) for name, one in calibration.groups.items())
    head = f'{{\n"about": {json.dumps(dict(about))},\n"thresholds": {json.dumps(calibration.thresholds)},'
    return f'{head}\n"groups": {{\n{groups}\n}}\n}}\n'


def _group_text(name: str, one: Weights) -> str:
    evidence = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps([round(number, 4) for number in (weight, *one.bounds[key])])}"
        for key, weight in one.weights.items()
    )
    step = json.dumps(one.step)
    return f' "{name}": {{"bias": {one.bias:.4f},\n "step": {step},\n "evidence": {{\n{evidence}}}}}'
