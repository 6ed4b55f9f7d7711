"""Calibration: readings with their evidence in, readings with a probability that means something out.

For each way of reading a logistic regression weighs the evidence, and a
monotone step makes of its sum the share that was right among readings like
it (`python -m bench.calibration fit` makes both and writes `calibration.json`).
A reading is put before a clerk when a reason demands it, or when it is less
likely to be right than the unit's error budget asks.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from math import exp, expm1, log, log1p, sqrt
from types import MappingProxyType

from records.drafts import Draft, Reading
from records.editions import Edition
from records.evidence import Evidence, PageEvidence, Way
from records.findings import Reason
from records.forms import Field
from records.values import split_path

BUDGET = 0.001
"""The share of fields that may be wrong without anybody being told, where a unit sets no other."""

DOUBTS = frozenset(
    (
        "ink_unread_beside",
        "label_misread",
        "looks_differ",
        "nearest_entry",
        "options_unread",
        "sides_guessed",
        "unsure",
        "unsure_marks",
        "value_cut",
        "words_unplaced",
    )
)
"""Reasons that are evidence, no certain faults: whether they want a look is for the probability to say."""

UNSCORED = "_unscored"
"""Behind the name of a group: readings of engines that give no probabilities."""
_UNSURE = "unsure"
_CAUTIOUS = 0.5
"""What is said of a reading of which nothing like it was ever seen."""
_LEAD = 1.0
"""By so much, in logarithms of odds, a value may be believed beyond what its lead over the next one says."""
_SURE, _UNLIKELY = 9.0, -4.0
"""Bounds of a logarithm of odds: beyond them engines tell nothing more."""

Sums = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """One way of reading: what each kind of evidence weighs, the bounds in which it was seen, the step.

    `step` are points (sum, probability), both rising.
    """

    bias: float
    weights: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]
    step: tuple[tuple[float, float], ...]

    def probability(self, evidence: Sums) -> float:
        """How likely a reading with this evidence is right; what was never seen counts as its bound."""
        total = self.bias
        for name, weight in self.weights.items():
            low, high = self.bounds[name]
            total += weight * min(max(evidence.get(name, 0.0), low), high)
        return on_step(self.step, total)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted: weights by group, and from which probability on a budget lets readings pass.

    `thresholds` are pairs (budget, probability), the smallest budget first.
    """

    groups: Mapping[str, Weights]
    thresholds: tuple[tuple[float, float], ...]

    def probability(self, group: str, evidence: Sums) -> float:
        """How likely a reading of a group is right; of an unknown group little is believed."""
        weights = self.groups.get(group)
        return _CAUTIOUS if weights is None else min(weights.probability(evidence), _ceiling(evidence))

    def threshold(self, budget: float) -> float:
        """The least probability that a budget lets pass: 1 for a budget smaller than any that was tried."""
        return next((least for share, least in reversed(self.thresholds) if share <= budget * 1.000001), 1.0)


@lru_cache(maxsize=1)
def fitted() -> Calibration:
    """The calibration that comes with the program."""
    return from_json(files("intake").joinpath("calibration.json").read_text(encoding="utf-8"))


def from_json(text: str) -> Calibration:
    """The calibration that a fit wrote."""
    told = json.loads(text)
    groups = {
        name: Weights(
            one["bias"],
            MappingProxyType({key: said[0] for key, said in one["evidence"].items()}),
            MappingProxyType({key: (said[1], said[2]) for key, said in one["evidence"].items()}),
            tuple((point[0], point[1]) for point in one["step"]),
        )
        for name, one in told["groups"].items()
    }
    return Calibration(MappingProxyType(groups), tuple((pair[0], pair[1]) for pair in told["thresholds"]))


def judged(draft: Draft, edition: Edition, budget: float, by: Calibration | None = None) -> Draft:
    """The draft, each reading that came with evidence with its probability and whether to look at it."""
    calibration = by or fitted()
    least = calibration.threshold(budget)
    readings = dict(draft.readings)
    for path, group, evidence in evidence_of(draft.readings, edition):
        readings[path] = _judged(readings[path], calibration.probability(group, evidence), least)
    return replace(draft, readings=MappingProxyType(readings))


def _ceiling(evidence: Sums) -> float:
    """What a value can be believed at most: the decoder's odds against the next one, and what spoke since.

    Values that hardly lead are seldom, so that a fit may not have seen how often they are wrong.
    """
    if "margin" not in evidence:
        return 1.0
    return 1.0 / (1.0 + exp(-(expm1(evidence["margin"]) + _LEAD + max(evidence.get("spoken", 0.0), 0.0))))


def _judged(reading: Reading, probability: float, least: float) -> Reading:
    """The reading as its probability leaves it; what reasoning changed stays told even of one believed."""
    doubts = tuple(reason for reason in reading.reasons if reason.code in DOUBTS and reason.code != _UNSURE)
    told = tuple(reason for reason in reading.reasons if reason.code not in DOUBTS)
    forced = reading.review and (bool(told) or _is_unread(reading))
    evidence = reading.evidence and replace(reading.evidence, doubts=_doubts(reading), forced=forced)
    known = replace(reading, confidence=probability, evidence=evidence)
    if probability >= least:
        return replace(known, review=forced, reasons=told)
    percent = MappingProxyType({"percent": str(round(probability * 100))})
    why = (*told, *doubts) if forced or doubts else (*told, Reason(_UNSURE, percent))
    return replace(known, review=True, reasons=why)


def _is_unread(reading: Reading) -> bool:
    """Whether nothing was read where something may stand: no probability of a blank makes up for that."""
    return reading.evidence is not None and reading.evidence.way is Way.UNREAD


def _doubts(reading: Reading) -> tuple[str, ...]:
    """The doubts about a reading, those included that were weighed before."""
    known = reading.evidence.doubts if reading.evidence else ()
    codes = (reason.code for reason in reading.reasons if reason.code in DOUBTS and reason.code != _UNSURE)
    return tuple(dict.fromkeys((*known, *codes)))


def evidence_of(readings: Mapping[str, Reading], edition: Edition) -> Iterator[tuple[str, str, Sums]]:
    """For each reading that has evidence: its path, its group, and all that speaks for or against it."""
    around = _Around.of(readings)
    for path, reading in readings.items():
        if reading.evidence is not None:
            field = edition.field(path)
            sums = _of_reading(reading, reading.evidence, field) | around.beside(path)
            yield path, group_of(reading.evidence), sums


def group_of(evidence: Evidence) -> str:
    """The readings with which one is weighed together."""
    if evidence.scored or evidence.way in (Way.BLANK, Way.UNREAD):
        return evidence.way.value
    return evidence.way.value + UNSCORED


def _of_reading(reading: Reading, evidence: Evidence, field: Field) -> dict[str, float]:
    certain = {reason.code for reason in reading.reasons} - DOUBTS
    return {
        "first": _odds(evidence.first),
        "mean": _odds(evidence.mean),
        "weakest": _odds(evidence.weakest),
        "margin": log1p(max(evidence.margin, 0.0)),
        "close": exp(-max(evidence.margin, 0.0) / 2),
        "likelihood": log1p(max(-evidence.likelihood, 0.0)),
        "behind": log1p(max(evidence.behind, 0.0)),
        "inside": _odds(evidence.inside),
        "usual": evidence.usual,
        "length": log1p(evidence.length),
        "lines": float(min(max(evidence.lines - 1, 0), 3)),
        "again": float(evidence.again),
        "required": float(field.required),
        "empty": float(reading.value in (None, ())),
        "foreign": log1p(evidence.foreign),
        "roomy": min(max(evidence.wide - 0.2, 0.0), 2.0),
        "tight": min(max(-0.3 - evidence.wide, 0.0), 2.0),
        "faint": min(evidence.faint, 1.0),
        "beside": float(evidence.beside),
        "loose": sqrt(min(evidence.loose, 0.2)),
        "agreements": float(min(evidence.agreements, 3)),
        "contradictions": float(min(evidence.contradictions, 3)),
        "spoken": min(max(evidence.spoken, -6.0), 6.0),
        **_of_page(evidence.page or PageEvidence()),
        f"kind {field.kind}": 1.0,
        **({f"prior {field.prior}": 1.0} if field.prior else {}),
        **{f"reason {code}": 1.0 for code in _doubts(reading)},
        **{f"reason {code}": 1.0 for code in certain},
        "reasons": float(min(len(certain), 3)),
    }


def _of_page(page: PageEvidence) -> dict[str, float]:
    return {
        "page score": page.score,
        "page misread": sqrt(page.misread),
        "page missing": sqrt(page.missing),
        "page homeless": sqrt(page.homeless),
        "page labels": _odds(page.labels),
        "page coarse": max(log(22.0 / max(page.height, 1.0)), 0.0),
    }


def _odds(share: float) -> float:
    """The logarithm of the odds, within bounds."""
    if share >= 1.0:
        return _SURE
    return min(max(log(max(share, 1e-9) / (1.0 - share)), _UNLIKELY), _SURE)


@dataclass(frozen=True, slots=True)
class _Sort:
    """Readings of one page or row: how many, how many blank, faulty and weak ones, how sure in all."""

    count: int = 0
    blank: int = 0
    faulty: int = 0
    weak: int = 0
    sure: float = 0.0

    def and_(self, other: _Sort, times: int = 1) -> _Sort:
        """Both together; with -1 the first without the second."""
        return _Sort(
            self.count + times * other.count,
            self.blank + times * other.blank,
            self.faulty + times * other.faulty,
            self.weak + times * other.weak,
            self.sure + times * other.sure,
        )

    @classmethod
    def of(cls, reading: Reading) -> _Sort:
        """One reading alone."""
        evidence = reading.evidence
        if evidence is None:
            return cls()
        blank = evidence.way is Way.BLANK
        faulty = any(reason.code not in DOUBTS for reason in reading.reasons)
        weakest = _SURE if blank else _odds(evidence.weakest)
        return cls(1, int(blank), int(faulty), int(not blank and weakest < 0.0), 0.0 if blank else weakest)


@dataclass(frozen=True, slots=True)
class _Around:
    """The readings of every page and every row of a form, summed up."""

    own: Mapping[str, _Sort]
    pages: Mapping[int, _Sort]
    rows: Mapping[str, _Sort]
    page_of: Mapping[str, int]

    @classmethod
    def of(cls, readings: Mapping[str, Reading]) -> _Around:
        """All readings, sorted."""
        own = {path: _Sort.of(reading) for path, reading in readings.items()}
        page_of = {path: one.source.page if one.source else 0 for path, one in readings.items()}
        pages: dict[int, _Sort] = {}
        rows: dict[str, _Sort] = {}
        for path, sort in own.items():
            pages[page_of[path]] = pages.get(page_of[path], _Sort()).and_(sort)
            rows[_row(path)] = rows.get(_row(path), _Sort()).and_(sort)
        return cls(own, pages, rows, page_of)

    def beside(self, path: str) -> dict[str, float]:
        """What the others on the page and in the row are like, the reading itself left out."""
        page = self.pages[self.page_of[path]].and_(self.own[path], -1)
        row = self.rows[_row(path)].and_(self.own[path], -1) if _row(path) else _Sort()
        written, in_row = max(page.count - page.blank, 1), max(row.count - row.blank, 1)
        page_sure = page.sure / written
        return {
            "page sure": page_sure,
            "page weak": page.weak / written,
            "page faulty": page.faulty / max(page.count, 1),
            "row": float(bool(row.count)),
            "row blank": row.blank / row.count if row.count else 0.0,
            "row sure": row.sure / in_row if row.count > row.blank else page_sure,
            "row faulty": row.faulty / row.count if row.count else page.faulty / max(page.count, 1),
        }


def _row(path: str) -> str:
    key, index, _ = split_path(path)
    return "" if index is None else f"{key}.{index}"


def on_step(step: Sequence[tuple[float, float]], total: float) -> float:
    """The probability at a sum: between two points on their line, beyond the last ones as at them."""
    place = bisect_right(step, (total, 2.0))
    if place == 0:
        return step[0][1]
    if place == len(step):
        return step[-1][1]
    (x0, y0), (x1, y1) = step[place - 1], step[place]
    return y0 + (y1 - y0) * (total - x0) / (x1 - x0)
