from __future__ import annotations

import numpy as np
import pytest

from bench.hands import RINGED, STYLES, TICK, TICKED, inked, installed, mark, undrawn
from bench.wear import Picture

PEN = next(style for style in STYLES if style.hand)
PRINT = next(style for style in STYLES if not style.hand)


def page(*colours: str) -> Picture:
    """A white page with a bar in each colour, in the order blue, green, red."""
    drawn = np.full((400, 400, 3), 255, np.uint8)
    for place, colour in enumerate(colours):
        red, green, blue = bytes.fromhex(colour)
        drawn[60 + 90 * place : 90 + 90 * place, 150:180] = (blue, green, red)
    return drawn


def chance() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize("colour", [RINGED, TICKED, TICK])
def test_each_colour_asks_for_one_mark_in_the_ink_of_the_writer(colour: str) -> None:
    marked, count = mark(page(colour), chance())
    blue = (marked[..., 0] > 200) & (marked[..., 2] < 60)
    assert count == 1
    assert blue.sum() > 50


def test_as_many_marks_are_drawn_as_colours_ask_for() -> None:
    assert mark(page(RINGED, TICK, TICKED), chance())[1] == 3
    assert mark(page("000000", "0000FF"), chance())[1] == 0


@pytest.mark.parametrize("style", [PEN, PRINT], ids=lambda style: style.name)
def test_a_place_for_a_tick_leaves_nothing_and_ringed_print_stays_black(style: object) -> None:
    assert isinstance(style, type(PEN))
    seen = inked(page(TICK, RINGED, TICKED), style, chance())
    assert seen[60:90, 150:180].min() > 240
    assert seen[150:180, 150:180].max() < 20
    assert seen[240:270, 150:180].max() < 20


def test_what_is_written_has_the_colour_of_a_pen_only_from_a_hand() -> None:
    written = inked(page("0000FF"), PRINT, chance())[75, 165]
    assert len(set(written.tolist())) == 1
    assert written[0] < 30


def test_hands_that_are_held_back_must_be_asked_for() -> None:
    assert not any(style.held_back for style in installed())
    assert set(installed()) <= set(installed(held_back=True))


def test_a_character_that_a_hand_cannot_write_is_noticed() -> None:
    for style in installed()[:1]:
        assert undrawn(style, "\ue000王\U0002b83b") == "\ue000\U0002b83b"
