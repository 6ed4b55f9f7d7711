from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.marking import Printed, Verdict, leaning, marked
from intake.spotting import Run, Spotted
from tests.intake.pictures import font

EM = 40
OPTIONS = ("下岗失业", "子女上学", "重特大疾病", "无劳动能力", "其他")
Spot = tuple[float, float]
Draw = Callable[[ImageDraw.ImageDraw, Sequence["Place"]], None]


class Place:
    """Where an option stands: its number, its words, the middle of its line."""

    def __init__(self, lead: float, words: float, end: float, middle: float, line: int) -> None:
        self.lead, self.words, self.end, self.middle, self.line = lead, words, end, middle, line


def sheet(
    draw_marks: Draw, across: bool = False, number: str = "{}.", gap: float = 1.5, noted: bool = False
) -> Verdict:
    """The options printed one a line or all on one line, numbered, then marked."""
    face = font(EM)
    picture = Image.new("L", (2200, 500), 0)
    draw = ImageDraw.Draw(picture)
    places: list[Place] = []
    x = 100.0
    for index, option in enumerate(OPTIONS):
        left, top = (x, 60.0) if across else (100.0, 40 + index * EM * 1.3)
        lead = number.format(index + 1)
        words = left + draw.textlength(lead, font=face)
        draw.text((left, top), lead, fill=255, font=face)
        draw.text((words, top), option, fill=255, font=face)
        box = draw.textbbox((words, top), option, font=face)
        end = words + EM * len(option)
        places.append(Place(left, words, end, (box[1] + box[3]) / 2, 0 if across else index))
        x = end + gap * EM
    draw_marks(draw, places)
    middles = [places[0].middle] if across else [place.middle for place in places]
    found = [
        Spotted((Run(place.line, place.words, place.end, len(option)),), 0.0)
        for place, option in zip(places, OPTIONS, strict=True)
    ]
    ink = ((np.asarray(picture) > 128) * 255).astype(np.uint8)
    return marked(Printed(ink, (0, 0), middles, EM, found, numbered=True, noted=noted))


def tick(draw: ImageDraw.ImageDraw, x: float, y: float, size: float = 1.3) -> None:
    """A tick whose ink begins at x, its middle at y."""
    half = EM * size / 2
    draw.line([(x, y), (x + half * 0.6, y + half), (x + half * 1.7, y - half)], fill=255, width=5)


def ring(draw: ImageDraw.ImageDraw, x: float, y: float, size: float = 0.75) -> None:
    half = EM * size
    draw.ellipse((x - half, y - half, x + half, y + half), outline=255, width=4)


def numbers(verdict: Verdict) -> list[int]:
    """The numbers of the options marked."""
    return [place for place, is_chosen in enumerate(verdict.chosen, start=1) if is_chosen]


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("number", ["{}.", "({})", "{}、", "□{}."])
def test_a_tick_before_an_option_marks_it(across: bool, number: str) -> None:
    def marks(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        for place in (places[1], places[3]):
            tick(draw, place.lead - EM * 0.9, place.middle)

    verdict = sheet(marks, across, number)
    assert numbers(verdict) == [2, 4]
    assert not verdict.unclear


@pytest.mark.parametrize("across", [False, True])
def test_a_tick_behind_an_option_marks_it(across: bool) -> None:
    def marks(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        for place in (places[0], places[2]):
            tick(draw, place.end - EM * 0.2, place.middle)

    verdict = sheet(marks, across)
    assert numbers(verdict) == [1, 3]
    assert not verdict.unclear


def test_a_tick_over_the_number_itself_marks_the_option() -> None:
    verdict = sheet(lambda draw, places: tick(draw, places[2].lead - EM * 0.3, places[2].middle))
    assert numbers(verdict) == [3]


@pytest.mark.parametrize("across", [False, True])
def test_a_ring_around_a_number_marks_it(across: bool) -> None:
    verdict = sheet(lambda draw, places: ring(draw, places[3].lead + EM * 0.3, places[3].middle), across)
    assert numbers(verdict) == [4]
    assert not verdict.unclear


def test_rings_that_touch_each_other_mark_two_options() -> None:
    def marks(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        for place in places[1:3]:
            ring(draw, place.lead + EM * 0.3, place.middle)

    assert numbers(sheet(marks)) == [2, 3]


def test_filled_boxes_mark_their_options() -> None:
    def marks(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        for place in (places[0], places[3]):
            draw.rectangle((place.lead + 4, place.middle - 14, place.lead + 34, place.middle + 14), fill=255)

    assert numbers(sheet(marks, number="□{}.")) == [1, 4]


def test_a_tick_that_stays_in_its_box_marks_its_option() -> None:
    def marks(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        for place in (places[1], places[4]):
            tick(draw, place.lead + 5, place.middle, 0.8)

    assert numbers(sheet(marks, number="□{}.")) == [2, 5]


def test_print_alone_marks_nothing() -> None:
    for number in ("{}.", "({})", "{}、", "□{}."):
        verdict = sheet(lambda draw, places: None, number=number)
        assert numbers(verdict) == []
        assert not verdict.unclear


def test_marks_halfway_between_two_options_are_unclear() -> None:
    def marks(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        middle = (places[1].end + places[2].lead) / 2
        tick(draw, middle - EM * 0.55, places[1].middle)

    assert sheet(marks, across=True, gap=2.2).unclear


def test_one_plain_mark_tells_the_side_of_the_others() -> None:
    def marks(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        tick(draw, places[0].end + EM * 0.6, places[0].middle)
        tick(draw, places[4].end + EM * 0.2, places[4].middle)

    assert numbers(sheet(marks, across=True, gap=2.2)) == [1, 5]


def test_dust_behind_an_option_is_no_mark_however_much_of_it_there_is() -> None:
    def dusty(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        tick(draw, places[1].end + EM * 0.4, places[1].middle)
        for place in places[2:4]:
            for step in range(4):
                x, y = place.end + EM * (0.4 + 0.3 * step), place.middle - EM * 0.3 + 8 * step
                draw.ellipse([x - 4, y - 4, x + 4, y + 4], fill=255)

    found = sheet(dusty)
    assert found.chosen == (False, True, False, False, False)
    assert found.ink[2] == found.ink[3] == 0


@pytest.mark.parametrize(("away", "unclear"), [(0.2, False), (0.8, True), (4.0, False)])
def test_ink_behind_the_last_option_is_its_mark_or_its_note_and_said_where_it_may_be_either(
    away: float, unclear: bool
) -> None:
    def marks(draw: ImageDraw.ImageDraw, places: Sequence[Place]) -> None:
        tick(draw, places[1].end + EM * 0.2, places[1].middle)
        tick(draw, places[4].end + EM * away, places[4].middle)

    verdict = sheet(marks, noted=True)
    assert numbers(verdict) == ([2, 5] if away < 0.5 else [2])
    assert verdict.unclear == unclear


def two(
    draw_marks: Callable[[ImageDraw.ImageDraw, float, float], None], label: bool = False
) -> tuple[Printed, float]:
    """是 and 否 without numbers on one line, a label with its colon before them or not; where 是 ends."""
    face = font(EM)
    picture = Image.new("L", (900, 140), 0)
    draw = ImageDraw.Draw(picture)
    words = {"是否单亲": 60.0, "是": 280.0, "否": 280.0 + 2.6 * EM}
    for word, x in words.items():
        if label or len(word) == 1:
            draw.text((x, 40), word, fill=255, font=face)
    if label:
        for y in (58, 74):
            draw.rectangle((234, y, 238, y + 4), fill=255)
    middle = sum(draw.textbbox((280, 40), "是", font=face)[1::2]) / 2
    draw_marks(draw, 280.0 + EM, middle)
    ink = ((np.asarray(picture) > 128) * 255).astype(np.uint8)
    options = [Spotted((Run(0, words[word], words[word] + EM, 1),), 0.0) for word in ("是", "否")]
    others = [Spotted((Run(0, 60.0, 60.0 + 4 * EM, 4),), 0.0), Spotted((Run(0, 220.0, 250.0, 1),), 0.0)]
    return Printed(ink, (0, 0), [middle], EM, options, others if label else ()), 280.0 + EM


def test_a_colon_before_options_without_numbers_makes_no_number_of_a_tick() -> None:
    cell, _ = two(lambda draw, end, y: tick(draw, end + EM * 0.15, y), label=True)
    assert marked(cell).chosen == (True, False)


@pytest.mark.parametrize("before", [False, True])
def test_a_mark_halfway_is_told_by_the_other_cells_of_its_sheet(before: bool) -> None:
    plain, _ = two(lambda draw, end, y: tick(draw, end + EM * (0.45 if before else 0.05), y))
    halfway, _ = two(lambda draw, end, y: tick(draw, end + EM * 0.25, y))
    assert marked(halfway).unclear
    verdict = marked(halfway, 2 * leaning(plain))
    assert verdict.chosen == ((False, True) if before else (True, False))
    assert not verdict.unclear


def test_a_cell_that_says_plainly_otherwise_than_its_sheet_is_unclear() -> None:
    before, _ = two(lambda draw, end, y: tick(draw, end + EM * 0.45, y))
    behind, _ = two(lambda draw, end, y: tick(draw, end + EM * 0.05, y))
    assert marked(before, 3 * leaning(behind)).unclear
