from __future__ import annotations

import json
from types import MappingProxyType

import numpy as np
import pytest

from bench.collected import CollectedPage, page_from_json, page_to_json
from bench.fitting import Known, fit, to_text
from intake.calibration import UNSCORED, from_json
from records.drafts import Reading
from records.evidence import Evidence, PageEvidence, Way
from records.findings import Reason


def drawn(count: int, seed: int) -> list[Known]:
    """Readings that are right as often as their weakest character says; another sign says nothing."""
    chance = np.random.default_rng(seed)
    found = []
    for number in range(count):
        odds = float(chance.normal(2.5, 2.0))
        right = bool(chance.random() < 1 / (1 + np.exp(-odds)))
        evidence = {"weakest": odds, "length": float(chance.normal(2, 1)), "kind text": 1.0}
        found.append(Known(f"page {number // 40}", "text", evidence, right, certain=False))
    return found


@pytest.fixture(scope="module")
def readings() -> list[Known]:
    return drawn(6000, 1)


def test_what_is_said_of_readings_not_seen_is_what_came(readings: list[Known]) -> None:
    calibration, unseen = fit(readings)
    later = drawn(6000, 2)
    said = np.array([calibration.probability(one.group, one.evidence) for one in later])
    right = np.array([one.right for one in later])
    for low in (0.2, 0.4, 0.6, 0.8, 0.9):
        inside = (said >= low) & (said < low + 0.2)
        assert abs(said[inside].mean() - right[inside].mean()) < 0.05
    assert abs(unseen.mean() - np.mean([one.right for one in readings])) < 0.01


def test_a_threshold_keeps_within_its_budget_on_readings_not_seen(readings: list[Known]) -> None:
    calibration, _ = fit(readings)
    later = drawn(12000, 3)
    least = calibration.threshold(0.02)
    passed = [one for one in later if calibration.probability(one.group, one.evidence) >= least]
    assert passed
    assert sum(not one.right for one in passed) / len(later) < 0.03


def test_a_weight_does_not_turn_against_its_plain_direction() -> None:
    upside = [Known(one.page, one.group, {**one.evidence, "faint": 0.2 * one.right}, one.right, False)
              for one in drawn(800, 4)]  # fmt: skip
    calibration, _ = fit(upside)
    assert calibration.groups["text"].weights.get("faint", 0.0) <= 0.0


def test_the_file_holds_the_calibration(readings: list[Known]) -> None:
    calibration, _ = fit(readings)
    read = from_json(to_text(calibration, {"readings": len(readings)}))
    for one in readings[:50]:
        assert read.probability(one.group, one.evidence) == pytest.approx(
            calibration.probability(one.group, one.evidence), abs=1e-3
        )
    assert read.thresholds == calibration.thresholds


def test_a_collected_page_comes_back_without_what_stood_on_it() -> None:
    evidence = Evidence(Way.CHOICE, margin=3.5, doubts=("shared_cell",), page=PageEvidence(score=0.9))
    readings = {
        "name": Reading("张三", "张三", 0.7, True, (Reason("unsure"),), evidence=evidence),
        "gender": Reading(None, evidence=Evidence(Way.BLANK)),
        "health": Reading("良好"),
    }
    page = CollectedPage("set/a", "henan-2016", MappingProxyType(readings), {"name": True}, 2)
    line = page_to_json(page)
    assert "张三" not in json.loads(line).__repr__()
    back = page_from_json(line)
    assert (back.name, back.edition, back.right, back.lost) == ("set/a", "henan-2016", {"name": True}, 2)
    assert back.readings["name"].evidence == evidence
    assert back.readings["name"].value is not None
    assert back.readings["gender"].value is None
    assert back.readings["health"].evidence is None


def test_readings_of_engines_without_probabilities_are_fitted_apart(readings: list[Known]) -> None:
    bare = [Known(one.page, f"text{UNSCORED}", one.evidence, not one.right, False) for one in drawn(800, 5)]
    together, _ = fit([*readings[:800], *bare])
    alone, _ = fit(readings[:800])
    assert together.groups["text"].weights == alone.groups["text"].weights
    assert f"text{UNSCORED}" in together.groups
