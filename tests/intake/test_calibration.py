from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from intake.calibration import BUDGET, DOUBTS, Calibration, Weights, evidence_of, fitted, from_json, judged
from records.drafts import Draft, Reading
from records.editions import Edition
from records.evidence import Evidence, PageEvidence, Way
from records.findings import Reason
from records.values import Value

PLAIN = Evidence(Way.TEXT, length=3, lines=1, mean=0.999, weakest=0.998, likelihood=-0.001)


def reading(value: Value = "王国明", *codes: str, **known: object) -> Reading:
    evidence = replace(PLAIN, **known)  # type: ignore[arg-type]
    return Reading(value, "", 0.5, bool(codes), tuple(Reason(code) for code in codes), evidence=evidence)


def draft_of(**readings: Reading) -> Draft:
    return Draft("henan-2016", MappingProxyType(dict(readings)))


def calibration(step: tuple[tuple[float, float], ...] = ((-5.0, 0.1), (5.0, 0.9))) -> Calibration:
    weights = Weights(0.0, {"weakest": 1.0}, {"weakest": (-4.0, 6.0)}, step)
    return Calibration({"text": weights}, ((0.001, 0.88), (0.01, 0.5)))


def test_the_probability_rises_with_the_evidence_and_is_never_certain(henan: Edition) -> None:
    weak, strong = (
        judged(draft_of(name=reading(weakest=share)), henan, BUDGET, calibration()).readings["name"]
        for share in (0.3, 0.9)
    )
    assert 0.1 < weak.confidence < 0.5 < strong.confidence < 0.9


def test_evidence_beyond_what_was_seen_counts_as_its_bound(henan: Edition) -> None:
    certain = draft_of(name=reading(weakest=1.0))
    assert judged(certain, henan, BUDGET, calibration()).readings["name"].confidence == 0.9
    assert calibration().probability("text", {"weakest": 99.0}) == 0.9
    assert calibration().probability("text", {"weakest": -99.0}) == pytest.approx(0.18)


def test_of_a_way_of_reading_that_was_never_seen_little_is_believed() -> None:
    assert calibration().probability("marks", {}) == 0.5


@pytest.mark.parametrize(
    ("budget", "least"), [(0.0, 1.0), (0.0005, 1.0), (0.001, 0.88), (0.005, 0.88), (0.5, 0.5)]
)
def test_a_budget_lets_pass_what_the_next_smaller_one_that_was_tried_does(
    budget: float, least: float
) -> None:
    assert calibration().threshold(budget) == least


def test_a_larger_budget_lets_more_pass(henan: Edition) -> None:
    draft = draft_of(name=reading(weakest=0.95))
    small, large = (judged(draft, henan, budget, calibration()).readings["name"] for budget in (0.001, 0.01))
    assert (small.review, large.review) == (True, False)
    assert small.confidence == large.confidence
    assert [reason.code for reason in small.reasons] == ["unsure"]
    assert large.reasons == ()


@pytest.mark.parametrize("code", sorted(DOUBTS))
def test_a_doubt_is_evidence_and_asks_for_no_look_by_itself(code: str, henan: Edition) -> None:
    told = judged(draft_of(name=reading("王国明", code)), henan, BUDGET, calibration()).readings["name"]
    assert (told.review, told.reasons) == (False, ())


@pytest.mark.parametrize("code", ["repaired", "id_check_digit", "birth_matches_id", "ink_unread"])
def test_a_certain_fault_wants_a_look_however_likely_the_value(code: str, henan: Edition) -> None:
    told = judged(draft_of(name=reading("王国明", code)), henan, 1.0, calibration()).readings["name"]
    assert told.review
    assert [reason.code for reason in told.reasons] == [code]


def test_what_was_not_read_at_all_wants_a_look_however_likely_a_blank_is(henan: Edition) -> None:
    lost = Reading(None, "", 0.5, True, (Reason("words_unplaced"),), evidence=Evidence(Way.UNREAD))
    sure = Calibration({"unread": Weights(0.0, {}, {}, ((0.0, 0.99),))}, ((0.001, 0.9),))
    told = judged(draft_of(name=lost), henan, BUDGET, sure).readings["name"]
    assert (told.review, told.confidence) == (True, 0.99)


def test_what_reasoning_changed_and_believes_is_told_without_a_look(henan: Edition) -> None:
    changed = replace(reading("王国明", "figure_weighed"), review=False)
    told = judged(draft_of(name=changed), henan, BUDGET, calibration()).readings["name"]
    assert (told.review, [reason.code for reason in told.reasons]) == (False, ["figure_weighed"])


def test_doubts_outlive_the_judgement_as_evidence(henan: Edition) -> None:
    told = judged(draft_of(name=reading("王国明", "label_misread", "unsure")), henan, BUDGET, calibration())
    evidence = told.readings["name"].evidence
    assert evidence is not None
    assert evidence.doubts == ("label_misread",)
    [(_, _, sums)] = evidence_of(told.readings, henan)
    assert sums["reason label_misread"] == 1.0


def test_a_reading_without_evidence_stands_as_it_is(henan: Edition) -> None:
    exact = Reading("王国明", "王国明", 0.9985)
    assert judged(draft_of(name=exact), henan, BUDGET, calibration()).readings["name"] is exact


def test_neighbours_in_a_row_speak_for_each_other(henan: Edition) -> None:
    def sure_of(neighbour: Reading) -> float:
        row = {"family.0.name": reading(), "family.0.employer": neighbour}
        told = {path: sums for path, _, sums in evidence_of(row, henan)}
        return told["family.0.name"]["row sure"]

    assert sure_of(reading(weakest=0.3)) < sure_of(reading())


# --- the calibration that ships ---------------------------------------------------------------------


def test_every_way_of_reading_is_known_to_the_fit() -> None:
    assert {way.value for way in Way} <= set(fitted().groups)


def test_thresholds_fall_with_larger_budgets() -> None:
    budgets, least = zip(*fitted().thresholds, strict=True)
    assert list(budgets) == sorted(budgets)
    assert list(least) == sorted(least, reverse=True)
    assert BUDGET in budgets


def test_nothing_is_ever_said_to_be_certain() -> None:
    for weights in fitted().groups.values():
        sums, shares = zip(*weights.step, strict=True)
        assert list(sums) == sorted(sums)
        assert list(shares) == sorted(shares)
        assert 0.0 < shares[0] <= shares[-1] < 1.0


@pytest.mark.parametrize("way", [way for way in Way if way is not Way.UNREAD])
def test_a_doubt_never_makes_a_value_surer(way: Way, henan: Edition) -> None:
    page = PageEvidence(labels=0.99)
    plain = reading(way=way, page=page)
    for code in sorted(DOUBTS - {"unsure"}):
        doubted = reading("王国明", code, way=way, page=page)
        sure, less = (judged(draft_of(name=one), henan, BUDGET).readings["name"] for one in (plain, doubted))
        assert less.confidence <= sure.confidence


def test_a_value_read_clearly_passes_and_a_torn_one_does_not(henan: Edition) -> None:
    page = PageEvidence(labels=0.997)
    clear = {
        key: reading(key, way=Way.CHOICE, mean=0.9999, weakest=0.9998, page=page)
        for key in ("gender", "health", "housing_type", "work_status")
    }
    torn = reading(
        "ethnicity", way=Way.CHOICE, margin=0.1, behind=3.0, likelihood=-3.0, weakest=0.3, first=0.4
    )
    told = judged(draft_of(**clear, ethnicity=torn), henan, BUDGET).readings
    assert not any(told[key].review for key in clear)
    assert told["ethnicity"].review


def test_a_calibration_is_read_as_it_was_written() -> None:
    text = {"bias": 1, "step": [[0, 0.5]], "evidence": {"mean": [2, -1, 3]}}
    read = from_json(json.dumps({"thresholds": [[0.001, 0.9]], "groups": {"text": text}}))
    assert read.thresholds == ((0.001, 0.9),)
    assert read.groups["text"].weights == {"mean": 2}
    assert read.groups["text"].bounds == {"mean": (-1, 3)}


def test_a_value_that_hardly_leads_is_never_believed_much() -> None:
    sure = Calibration({"text": Weights(0.0, {}, {}, ((0.0, 0.999),))}, ())
    torn, clear, spoken = (
        sure.probability("text", {"margin": margin, "spoken": odds})
        for margin, odds in ((0.1, 0.0), (3.0, 0.0), (0.1, 5.0))
    )
    assert torn < 0.8
    assert (clear, spoken) == (0.999, pytest.approx(0.998, abs=1e-3))
