from __future__ import annotations

import math
from itertools import groupby, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.decode import fold, joined, share, spell, weigh
from intake.engine import Scores
from tests.intake.recognised import line_of, scores_from, scores_of

TINY = ("", "a", "b", "c")


@st.composite
def tiny_scores(draw: st.DrawFn) -> Scores:
    """Up to five steps over a blank and three characters."""
    steps = draw(st.integers(1, 5))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    table = chance.dirichlet(np.full(len(TINY), draw(st.sampled_from([0.3, 1.0, 5.0]))), steps)
    return scores_from(np.log(np.maximum(table, 1e-9)).astype(np.float32), TINY)


def probabilities(scores: Scores) -> dict[str, float]:
    """The probability of every text, by adding up every alignment (the definition of CTC)."""
    table, found = np.exp(scores.log_probs(range(len(TINY))).astype(np.float64)), dict[str, float]()
    for way in product(range(len(scores.alphabet)), repeat=len(table)):
        text = "".join(scores.alphabet[index] for index, _ in groupby(way))
        found[text] = found.get(text, 0.0) + math.prod(table[step, index] for step, index in enumerate(way))
    return found


@given(tiny_scores())
def test_a_text_weighs_as_much_as_all_its_alignments_together(scores: Scores) -> None:
    known = probabilities(scores)
    for guess in weigh(scores, list(known)):
        assert math.exp(guess.log_probability) == pytest.approx(known[guess.text], rel=1e-3, abs=1e-9)


@given(tiny_scores())
def test_the_heaviest_entry_comes_first(scores: Scores) -> None:
    known = probabilities(scores)
    weighed = [known[guess.text] for guess in weigh(scores, list(known))]
    assert all(one >= other * 0.999 - 1e-9 for one, other in pairwise(weighed))


@given(tiny_scores())
def test_a_wide_beam_finds_the_likeliest_text(scores: Scores) -> None:
    known = probabilities(scores)
    best = spell([scores], "abc", width=400)[0]
    assert known[best.text] == pytest.approx(max(known.values()), rel=1e-3)


@given(tiny_scores())
def test_a_beam_keeps_to_its_alphabet(scores: Scores) -> None:
    assert all(set(guess.text) <= set("ab") for guess in spell([scores], "ab"))


def test_what_is_too_long_for_the_picture_cannot_stand_there() -> None:
    scores = scores_of([{"1": 0.9}, {"2": 0.9}])
    assert weigh(scores, ["12", "112"])[-1].log_probability < -1000


def test_a_doubled_character_needs_a_gap() -> None:
    together, apart = scores_of([{"1": 1.0}] * 3), scores_of([{"1": 1.0}, {"": 1.0}, {"1": 1.0}])
    assert weigh(together, ["11", "1"])[0].text == "1"
    assert weigh(apart, ["11", "1"])[0].text == "11"


@pytest.mark.parametrize(
    ("char", "folded"),
    [("（", "("), ("Ａ", "A"), ("５", "5"), ("張", "张"), ("貴", "贵"), ("国", "国"), ("，", ",")],
)
def test_spellings_of_one_character_fold_to_one(char: str, folded: str) -> None:
    assert fold(char) == fold(folded) == folded


def test_full_width_and_traditional_shapes_count_for_the_plain_one() -> None:
    pen = line_of("張贵華").scores
    assert pen is not None
    entries = ["李贵华", "张贵华", "张明华"]
    best, second, _ = weigh(pen, entries)
    assert best.text == "张贵华"
    assert best.log_probability > -0.1
    assert second.log_probability < -3


def test_the_spellings_of_a_digit_add_up() -> None:
    scores = scores_of([{"5": 0.5, "５": 0.5}])
    assert weigh(scores, ["5"])[0].log_probability == pytest.approx(0.0, abs=1e-3)


def test_a_gap_on_paper_says_nothing() -> None:
    scores = scores_of([{"1": 1.0}, {" ": 1.0}, {"2": 1.0}])
    assert weigh(scores, ["12"])[0].log_probability == pytest.approx(0.0, abs=1e-3)


def test_lines_of_one_cell_read_as_one_text() -> None:
    first, second = line_of("河南省").scores, line_of("省市").scores
    assert first is not None
    assert second is not None
    whole = joined([first, second])
    assert weigh(whole, ["河南省省市", "河南省市"])[0].text == "河南省省市"


def test_a_text_of_other_characters_has_no_share_of_an_alphabet() -> None:
    digits, words = line_of("12345").scores, line_of("河南省").scores
    assert digits is not None
    assert words is not None
    assert share(digits, "0123456789") > 0.95
    assert share(words, "0123456789") < 0.05


def test_nothing_to_weigh_gives_nothing() -> None:
    assert weigh(scores_of([{"1": 1.0}]), []) == []


def test_looks_at_the_same_writing_are_weighed_together() -> None:
    narrow, wide = (
        line_of("1230", doubts={1: {"7": 0.4}}).scores,
        line_of("1730", doubts={1: {"2": 0.1}}).scores,
    )
    assert narrow is not None
    assert wide is not None
    both = spell([narrow, wide], "0123456789")
    assert [guess.text for guess in both[:2]] == ["1730", "1230"]
    assert math.exp(both[0].log_probability) == pytest.approx((0.4 + 0.9) / 2, abs=0.02)


def test_what_a_pen_s_digit_is_taken_for_counts_for_it() -> None:
    scores = scores_of([{"(": 0.9}, {"": 1.0}, {"2": 1.0}])
    assert spell([scores], "0123456789")[0].text == "12"
    assert weigh(scores, ["2"])[0].log_probability < -10


def test_a_digit_counts_for_another_only_where_it_is_allowed_to() -> None:
    scores = scores_of([{"9": 0.9, "": 0.1}, {"": 1.0}, {"1": 0.96}])
    assert "41" not in {guess.text for guess in spell([scores], "0123456789")}
    kin = {guess.text: guess.log_probability for guess in spell([scores], "0123456789", kin=0.01)}
    assert kin["91"] - kin["41"] == pytest.approx(-math.log(0.01), abs=0.1)
