from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import cv2
import numpy as np
import pytest

from intake.engine import Line, Picture
from intake.picture import read_picture
from intake.pieces import Piece
from intake.rapid import RapidEngine
from records.drafts import Draft
from records.editions import Editions
from records.errors import EngineFailed
from records.findings import Reason
from records.values import Value
from tests.intake.conftest import SAMPLES, truth_of
from tests.intake.pictures import table, turned

HENAN, SHAOXING = "00-henan-2016-song-office_200", "14-shaoxing-2010-wenkai-phone_good"


class Remembering:
    """The real engine, which never reads the same crop twice: pages are slow."""

    name = "remembering"

    def __init__(self) -> None:
        self._engine = RapidEngine()
        self._known: dict[bytes, Line] = {}

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        keys = [repr(crop.shape).encode() + crop.tobytes() for crop in crops]
        new = {key: crop for key, crop in zip(keys, crops, strict=True) if key not in self._known}
        self._known |= dict(zip(new, self._engine.read(list(new.values())), strict=True))
        return [self._known[key] for key in keys]


@dataclass(frozen=True)
class OnlyText:
    """An engine that knows text and nothing else."""

    behind: Remembering
    name: str = "only-text"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        return [Line(line.text, line.confidence) for line in self.behind.read(crops)]


class Failing:
    """An engine that breaks down."""

    name = "failing"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        raise EngineFailed(engine=self.name, what="out of memory")


@pytest.fixture(scope="module")
def engine() -> Remembering:
    return Remembering()


def picture_of(name: str) -> Picture:
    picture = cv2.imread(str(SAMPLES / f"{name}.jpg"))
    assert picture is not None
    return picture.astype(np.uint8)


def drafts(picture: Picture, editions: Editions, engine: Remembering | OnlyText) -> list[Draft]:
    found = [what for _, pieces in read_picture(picture, 1, editions, engine) for what in pieces]
    return [what.draft for what in found if isinstance(what, Piece)]


def reasons(picture: Picture, editions: Editions, engine: Remembering) -> list[Reason]:
    found = [what for _, pieces in read_picture(picture, 1, editions, engine) for what in pieces]
    assert all(isinstance(what, Reason) for what in found)
    return [what for what in found if isinstance(what, Reason)]


def plain(value: Value) -> object:
    """A value as it compares: sets without order, whole numbers without their noughts."""
    if isinstance(value, Decimal):
        return value.normalize()
    return frozenset(value) if isinstance(value, tuple) else value


def wrong(draft: Draft, truth: Mapping[str, Value]) -> dict[str, tuple[object, object]]:
    """The paths whose value is not the truth's: what was wanted, what was read."""
    paths = {
        path for path in (*truth, *draft.readings) if draft.values.get(path) is not None or path in truth
    }
    both = {path: (plain(truth.get(path)), plain(draft.values.get(path))) for path in paths}
    return {path: pair for path, pair in both.items() if pair[0] != pair[1]}


@pytest.fixture(scope="module")
def read(editions: Editions, engine: Remembering) -> Mapping[str, Draft]:
    """One sample of each edition, read as it lies there."""
    return {name: only(drafts(picture_of(name), editions, engine)) for name in (HENAN, SHAOXING)}


def only(found: Sequence[Draft]) -> Draft:
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("name", "edition"), [(HENAN, "henan-2016"), (SHAOXING, "shaoxing-2010")])
def test_a_sample_of_each_edition_is_read_as_its_truth(
    name: str, edition: str, read: Mapping[str, Draft]
) -> None:
    draft, truth = read[name], truth_of(name)
    assert draft.edition == edition
    errors = wrong(draft, truth)
    assert len(errors) <= 0.01 * len(truth), errors
    assert [path for path in errors if path in draft.readings and not draft.readings[path].review] == []
    assert len(draft.doubtful) <= 0.1 * len(truth)


@pytest.mark.parametrize("name", [HENAN, SHAOXING])
def test_every_value_shows_its_spot_on_the_scan(name: str, read: Mapping[str, Draft]) -> None:
    height, width = picture_of(name).shape[:2]
    for path, reading in read[name].readings.items():
        assert reading.source is not None, path
        assert reading.source.box is not None, path
        x0, y0, x1, y1 = reading.source.box
        assert 0 <= x0 < x1 <= width, path
        assert 0 <= y0 < y1 <= height, path


def test_the_spot_of_a_value_holds_its_ink_and_no_other_values(read: Mapping[str, Draft]) -> None:
    spots = {path: reading.source.box for path, reading in read[HENAN].readings.items() if reading.source}
    name, id_number = spots["name"], spots["id_number"]
    assert name is not None
    assert id_number is not None
    gray = cv2.cvtColor(picture_of(HENAN), cv2.COLOR_BGR2GRAY)
    for x0, y0, x1, y1 in (name, id_number):
        assert gray[y0:y1, x0:x1].min() < 110
    assert name[2] < id_number[0]
    assert abs(name[1] - id_number[1]) < 40
    assert (id_number[2] - id_number[0]) / (id_number[3] - id_number[1]) == pytest.approx(9, abs=2.5)


def test_an_engine_without_probabilities_reads_with_more_doubt_but_reads(
    editions: Editions, engine: Remembering, read: Mapping[str, Draft]
) -> None:
    draft = only(drafts(picture_of(HENAN), editions, OnlyText(engine)))
    truth = truth_of(HENAN)
    assert draft.edition == "henan-2016"
    assert len(wrong(draft, truth)) <= 0.1 * len(truth)


def test_two_forms_in_one_picture_are_both_read(
    editions: Editions, engine: Remembering, read: Mapping[str, Draft]
) -> None:
    first, second = picture_of(SHAOXING), picture_of(HENAN)
    wide = max(first.shape[1], second.shape[1])
    white = cv2.BORDER_CONSTANT
    parts = [
        cv2.copyMakeBorder(one, 0, 0, 0, wide - one.shape[1], white, value=(255, 255, 255))
        for one in (first, second)
    ]
    found = drafts(np.vstack(parts).astype(np.uint8), editions, engine)
    assert {draft.edition for draft in found} == {"henan-2016", "shaoxing-2010"}
    for draft in found:
        name = HENAN if draft.edition == "henan-2016" else SHAOXING
        truth = truth_of(name)
        assert len(wrong(draft, truth)) <= 0.04 * len(truth)


@pytest.mark.parametrize("shade", [0, 255])
def test_a_page_without_a_table_is_said_to_have_none(
    shade: int, editions: Editions, engine: Remembering
) -> None:
    assert [reason.code for reason in reasons(np.full((900, 700, 3), shade, np.uint8), editions, engine)] == [
        "no_table"
    ]


def noise() -> Picture:
    return np.random.default_rng(1).integers(0, 255, (900, 700, 3)).astype(np.uint8)


def empty_table() -> Picture:
    return table(words=("",)).picture


@pytest.mark.parametrize("draw", [noise, empty_table])
def test_lines_that_are_no_form_are_said_to_be_none(
    draw: Callable[[], Picture], editions: Editions, engine: Remembering
) -> None:
    assert len(reasons(draw(), editions, engine)) == 1


@pytest.mark.parametrize("degrees", [0, 90])
def test_a_table_of_other_labels_is_no_known_form(
    degrees: float, editions: Editions, engine: Remembering
) -> None:
    words = ("品名", "规格", "数量", "单价", "金额", "产地", "仓库", "经手人", "日期", "入库单号")
    picture = turned(table(words=words), degrees).picture
    assert [reason.code for reason in reasons(picture, editions, engine)] == ["no_known_form"]


def test_an_engine_that_fails_is_passed_on(editions: Editions) -> None:
    with pytest.raises(EngineFailed) as failure:
        list(read_picture(table().picture, 1, editions, Failing()))
    assert failure.value.facts["engine"] == "failing"
