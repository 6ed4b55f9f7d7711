from __future__ import annotations

import numpy as np
import pytest

from intake.engine import Line
from intake.spotting import Spotted, pitch_of, spotted
from intake.writing import Stretch
from tests.intake.recognised import bare, line_of

PITCH = 16.0
"""How far apart the characters of `line_of` stand: two steps of eight pixels."""


def lines(*texts: str) -> list[tuple[Stretch, Line]]:
    """Lines read as texts, one under the other, each from x = 100 on."""
    found = []
    for row, text in enumerate(texts):
        crop = np.full((24, round(PITCH * len(text) + PITCH / 2), 3), 255, np.uint8)
        found.append((Stretch((100, 30 * row, 600, 30 * row + 20), crop, (100, 30 * row)), line_of(text)))
    return found


def start(place: int) -> float:
    """Where the character at a place of its line begins."""
    return 100 + 8 + 4 + PITCH * place - PITCH / 2


def places(one: Spotted | None) -> list[tuple[int, float, float]]:
    assert one is not None
    return [(run.line, run.x0, run.x1) for run in one.runs]


def test_words_are_found_whatever_stands_around_them() -> None:
    first, second = spotted(lines("√1.下岗失业0 2.子女上学"), ("下岗失业", "子女上学"), PITCH)
    assert places(first) == [(0, pytest.approx(start(3)), pytest.approx(start(7)))]
    assert places(second) == [(0, pytest.approx(start(11)), pytest.approx(start(15)))]


def test_a_word_may_run_on_to_the_next_line() -> None:
    (word,) = spotted(lines("1.下岗", "失业√"), ("下岗失业",), PITCH)
    assert [line for line, _, _ in places(word)] == [0, 1]
    assert places(word)[1][1] == pytest.approx(start(0))


def test_a_hidden_character_still_has_its_place() -> None:
    read = lines("1.下√失业")
    (word,) = spotted(read, ("下岗失业",), PITCH)
    assert places(word) == [(0, pytest.approx(start(2)), pytest.approx(start(6)))]


def test_words_that_do_not_stand_there_are_passed_over() -> None:
    found = spotted(lines("1.下岗失业 2.子女上学"), ("下岗失业", "重特大疾病", "子女上学"), PITCH)
    assert [one is None for one in found] == [False, True, False]


def test_words_in_columns_are_found_out_of_their_order() -> None:
    found = spotted(
        lines("1.下岗失业 3.子女上学", "2.重特大疾病"), ("下岗失业", "重特大疾病", "子女上学"), PITCH
    )
    assert [[line for line, _, _ in places(one)] for one in found] == [[0], [1], [0]]


def test_one_character_is_told_from_the_same_one_in_the_words_before() -> None:
    label, yes, no = spotted(lines("是否下岗:是√ 否"), ("是否下岗", "是", "否"), PITCH)
    assert [places(one)[0][1] for one in (label, yes, no)] == [pytest.approx(start(n)) for n in (0, 5, 8)]


def test_a_label_typed_with_spaces_is_as_wide_as_it_stands() -> None:
    label, other = spotted(lines("下  岗:子女上学"), ("下岗", "子女上学"), PITCH)
    assert places(label)[0][1:] == (pytest.approx(start(0)), pytest.approx(start(4)))
    assert pitch_of((label, other), PITCH) > PITCH


def test_nothing_is_found_without_probabilities() -> None:
    (stretch, _), *_ = lines("是")
    assert spotted([(stretch, bare("1.下岗失业"))], ("下岗失业",), PITCH) == (None,)
