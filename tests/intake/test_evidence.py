from __future__ import annotations

import pytest

from intake.evidence import looked_twice
from intake.guessing import blank, guess
from records.drafts import Reading
from records.editions import Edition
from records.evidence import Evidence, Way
from tests.intake.recognised import bare, line_of


def evidence_of(reading: Reading) -> Evidence:
    assert reading.evidence is not None
    return reading.evidence


@pytest.mark.parametrize(
    ("key", "written", "way"),
    [
        ("gender", "女", Way.CHOICE),
        ("secondary_causes", "1、9", Way.FIGURES),
        ("id_number", "410204196202168902", Way.FIGURES),
        ("monthly_income", "1200", Way.FIGURES),
        ("name", "王国明", Way.TEXT),
        ("gender", "", Way.UNREAD),
    ],
)
def test_a_guess_says_how_it_came_about(key: str, written: str, way: Way, henan: Edition) -> None:
    field = henan.field(key)
    expected = Way.CHOICE if field.kind == "choices" else way
    assert evidence_of(guess([line_of(written)], field)).way is expected


def test_a_blank_cell_says_that_it_is_one() -> None:
    assert evidence_of(blank()).way is Way.BLANK


def test_the_lead_over_the_second_entry_is_told(henan: Edition) -> None:
    sure = evidence_of(guess([line_of("男")], henan.field("gender")))
    torn = evidence_of(guess([line_of("男", sure=0.98, doubts={0: {"女": 0.48}})], henan.field("gender")))
    assert torn.margin < 1 < sure.margin


def test_an_entry_unlike_the_engines_own_text_stands_behind_it(shaoxing: Edition) -> None:
    field = shaoxing.field("marital_status")
    assert evidence_of(guess([line_of("已婚")], field)).behind == pytest.approx(0, abs=1e-3)
    assert evidence_of(guess([line_of("打零工")], field)).behind > 3


def test_the_weakest_character_of_all_lines_is_told(henan: Edition) -> None:
    lines = [line_of("河南省"), line_of("西湖区", doubts={1: {"河": 0.4}})]
    evidence = evidence_of(guess(lines, henan.field("address")))
    assert evidence.weakest == pytest.approx(0.599, abs=0.01)
    assert (evidence.lines, evidence.length) == (2, 6)


def test_an_engine_without_probabilities_says_so(henan: Edition) -> None:
    evidence = evidence_of(guess([bare("王国明", 0.7)], henan.field("name")))
    assert (evidence.scored, evidence.weakest) == (False, 0.7)


def test_readings_that_say_the_same_are_the_same_whatever_the_evidence() -> None:
    assert looked_twice(blank()) == blank()
    assert evidence_of(looked_twice(blank())).again
