from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from intake.engine import Line, Picture
from intake.guessing import guess
from intake.looks import looked_closer
from intake.writing import Stretch
from records.drafts import Reading
from records.editions import Edition
from tests.intake.recognised import line_of

ID = "410204196202168902"
CROP = np.full((40, 100, 3), 255, np.uint8)
STRETCH = Stretch((14, 12, 86, 28), CROP, (0, 0))


class Says:
    """An engine that reads every crop as the same line and remembers how large they were."""

    name = "says"

    def __init__(self, line: Line) -> None:
        self.line = line
        self.sizes: list[tuple[int, int]] = []

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        self.sizes += [(crop.shape[0], crop.shape[1]) for crop in crops]
        return [self.line for _ in crops]


def look(first: Line, closer: Line, key: str, edition: Edition) -> tuple[Reading, Says]:
    engine, field = Says(closer), edition.field(key)
    return looked_closer(guess([first], field), [first], [STRETCH], field, engine), engine


def test_a_number_that_lost_digits_is_found_in_wider_and_larger_crops(henan: Edition) -> None:
    reading, engine = look(line_of(ID[:6] + ID[9:]), line_of(ID), "id_number", henan)
    assert (reading.value, reading.review) == (ID, False)
    assert all(width > CROP.shape[1] for _, width in engine.sizes)
    assert any(height < CROP.shape[0] for height, _ in engine.sizes)


@pytest.mark.parametrize(("key", "written"), [("id_number", ID), ("monthly_income", "1200")])
def test_a_sure_number_is_read_once(key: str, written: str, henan: Edition) -> None:
    _, engine = look(line_of(written, sure=0.9999), line_of("0"), key, henan)
    assert engine.sizes == []


def test_doubtful_words_are_read_from_a_larger_crop(henan: Edition) -> None:
    reading, engine = look(line_of("干国明", sure=0.5), line_of("王国明"), "name", henan)
    assert (reading.value, reading.review) == ("王国明", False)
    assert engine.sizes[0][0] < CROP.shape[0]


def test_two_looks_that_each_could_be_right_leave_it_to_the_clerk(henan: Edition) -> None:
    reading, _ = look(line_of("1200", sure=0.99), line_of("11200", sure=0.999), "monthly_income", henan)
    assert reading.review
    assert "looks_differ" in {reason.code for reason in reading.reasons}


def test_a_doubtful_choice_is_decided_by_a_larger_crop(henan: Edition) -> None:
    reading, engine = look(line_of("男", sure=0.98, doubts={0: {"女": 0.48}}), line_of("女"), "gender", henan)
    assert (reading.value, reading.review) == ("女", False)
    assert len(engine.sizes) == 1


def test_a_sure_choice_is_read_once(henan: Edition) -> None:
    _, engine = look(line_of("女"), line_of("男"), "gender", henan)
    assert engine.sizes == []


class SaysTwo(Says):
    """An engine that reads wider crops as another line."""

    def __init__(self, line: Line, wider: Line) -> None:
        super().__init__(line)
        self.wider = wider

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        super().read(crops)
        return [self.wider if crop.shape[1] > CROP.shape[1] else self.line for crop in crops]


@pytest.mark.parametrize(("otherwise", "doubtful"), [("李国明", True), ("王国明", False)])
def test_a_doubtful_name_that_another_look_tells_otherwise_goes_to_a_clerk(
    otherwise: str, doubtful: bool, henan: Edition
) -> None:
    line, field = line_of("王国明"), henan.field("name")
    first = replace(guess([line], field), review=True)
    reading = looked_closer(first, [line], [STRETCH], field, SaysTwo(line, line_of(otherwise)))
    assert reading.value == "王国明"
    assert ("name_differs" in {reason.code for reason in reading.reasons}) is doubtful


@pytest.mark.parametrize("usual", [-1.5, 0.5])
def test_only_a_rare_name_that_was_read_clearly_is_looked_at_twice(usual: float, henan: Edition) -> None:
    line, field = line_of("王国明"), henan.field("name")
    first = guess([line], field)
    assert not first.review
    assert first.evidence is not None
    told = replace(first, evidence=replace(first.evidence, usual=usual))
    reading = looked_closer(told, [line], [STRETCH], field, SaysTwo(line, line_of("李国明")))
    assert reading.review is (usual < 0)
