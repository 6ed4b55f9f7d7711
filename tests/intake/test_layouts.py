"""Labels known by their looks: the same word in the same type is known again, another word never."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.engine import Glyph, Line, Picture
from intake.layouts import Layouts, layouts_of
from intake.picture import read_picture
from intake.pieces import Piece
from intake.sheet import Sheet
from intake.transcript import Transcript
from intake.writing import Stretch
from records.editions import Editions
from records.values import Value
from tests.intake.conftest import SAMPLES
from tests.intake.pictures import font
from tests.intake.test_picture import Remembering

LABELS = ("姓名", "性别", "月收入", "主要致困原因", "健康状况", "家庭住址", "身份证号", "单位性质")
OTHERS = (
    "姓各",
    "民族",
    "年收入",
    "次要致困原因",
    "医保状况",
    "婚姻状况",
    "家庭地址",
    "身份证件",
    "单位住址",
)
"""Words that no page printed before; most differ from one that was printed in a character or two."""


def strip(text: str, wear: int = 0, place: int = 0, size: int = 26) -> Stretch:
    """A line of print as it is cut from a page; `wear` is how many times it was copied."""
    left, top, right, bottom = font(size).getbbox(text)
    paper = Image.new("L", (round(right - left) + 32, round(bottom - top) + 32), "white")
    ImageDraw.Draw(paper).text((16 - left, 16 - top), text, "black", font(size))
    gray = np.asarray(paper)
    chance = np.random.default_rng(wear + 1)
    for _ in range(wear):
        gray = cv2.GaussianBlur(gray, (0, 0), 0.8)
        gray = np.clip(gray + chance.normal(0, 14, gray.shape), 0, 255).astype(np.uint8)
    box = (place, 0, place + gray.shape[1] - 32, gray.shape[0] - 32)
    return Stretch(box, np.repeat(gray[..., None], 3, axis=2), (place - 16, -16))


def read_as(text: str) -> Line:
    """What an engine says of a strip."""
    width = strip(text).box[2] / len(text)
    glyphs = (Glyph(char, 16 + n * width, 16 + (n + 1) * width, 0.99) for n, char in enumerate(text))
    return Line(text, 0.99, tuple(glyphs))


@pytest.fixture
def seen() -> Layouts:
    layouts = Layouts()
    layouts.learn((strip(text), read_as(text)) for text in LABELS)
    return layouts


@pytest.mark.parametrize("wear", [0, 1, 2])
def test_a_label_is_known_again_on_the_next_copy(seen: Layouts, wear: int) -> None:
    lines = [strip(text, wear, 1000 * number) for number, text in enumerate(LABELS)]
    recalled = seen.recalled(lines)
    assert {box: line.text for box, line in recalled.items()} == dict(
        zip([line.box for line in lines], LABELS, strict=True)
    )


def test_the_characters_of_a_line_known_again_stand_where_they_are_now(seen: Layouts) -> None:
    large = strip("健康状况", place=300, size=39)
    (line,) = seen.recalled([large]).values()
    width = large.box[2] - large.box[0]
    assert [glyph.x0 for glyph in line.glyphs] == pytest.approx([16 + n * width / 4 for n in range(4)], abs=2)
    assert line.glyphs[-1].x1 == pytest.approx(16 + width, abs=2)


@pytest.mark.parametrize("wear", [0, 1, 2, 3])
@pytest.mark.parametrize("text", OTHERS)
def test_a_changed_label_is_not(seen: Layouts, text: str, wear: int) -> None:
    assert seen.recalled([strip(text, wear)]) == {}


def test_a_mark_beside_a_label_or_in_it_is_seen(seen: Layouts) -> None:
    ticked = strip("家庭住址")
    ticked.crop[18:34, 66:74] = 40
    assert seen.recalled([ticked]) == {}


LONGER = ("3.阳光就业计划", "1.低保范围内有劳动能力而未充分就业")


def ticked(text: str, x: int) -> Stretch:
    """The strip with a tick drawn at a place of it, cut as the page would cut it."""
    plain = strip(text)
    crop = np.pad(plain.crop, ((0, 0), (40, 40), (0, 0)), constant_values=255)
    cv2.polylines(crop, [np.array([[x + 40, 26], [x + 46, 36], [x + 60, 14]])], False, (30, 30, 30), 2)
    dark = np.flatnonzero((crop[..., 0] < 128).any(axis=0))
    box = (int(dark[0]), plain.box[1], int(dark[-1]) + 1, plain.box[3])
    return Stretch(box, crop, (0, -16))


@pytest.mark.parametrize("text", LONGER)
@pytest.mark.parametrize("where", ["before", "behind", "on"])
def test_a_tick_at_a_printed_line_is_seen(text: str, where: str) -> None:
    layouts = Layouts()
    layouts.learn([(strip(text), read_as(text))])
    width = strip(text).box[2]
    assert layouts.recalled([strip(text, wear=1)])
    assert layouts.recalled([ticked(text, {"before": -12, "behind": 20 + width, "on": 18}[where])]) == {}


def test_nothing_is_known_of_an_engine_that_read_nothing() -> None:
    one, other = Remembering(), Remembering()
    layouts_of(one).learn([(strip("姓名"), read_as("姓名"))])
    assert layouts_of(one).recalled([strip("姓名")])
    assert layouts_of(other).recalled([strip("姓名")]) == {}


class Counting:
    """An engine that counts what it is given."""

    name = "counting"

    def __init__(self, behind: Remembering) -> None:
        self.behind, self.given = behind, 0

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        self.given += len(crops)
        return self.behind.read(crops)


@pytest.fixture(scope="module")
def behind() -> Remembering:
    return Remembering()


@pytest.fixture(scope="module")
def page() -> Picture:
    picture = cv2.imread(str(SAMPLES / "14-shaoxing-2010-wenkai-phone_good.jpg"))
    assert picture is not None
    return picture


def understood(page: Picture, editions: Editions, engine: Counting) -> tuple[dict[str, Value], Transcript]:
    [(read, [piece])] = list(read_picture(page, 1, editions, engine))
    assert isinstance(piece, Piece)
    assert read is not None
    return {path: reading.value for path, reading in piece.draft.readings.items()}, read


def swapped(page: Picture, read: Transcript) -> Picture:
    """The page with two labels of one size changed for each other."""
    [sheet] = [sheet for sheet in read.sheets if isinstance(sheet, Sheet)]
    boxes = sorted(
        (read.page.box_in_file(cell.box) for cell in set(sheet.labels.values()) if cell.box),
        key=lambda box: (box[2] - box[0], box[3] - box[1]),
    )
    (x0, y0, x1, y1), (u0, v0, u1, v1) = min(
        pairwise(boxes), key=lambda two: abs(np.subtract(np.diff(two[0][::2]), np.diff(two[1][::2]))).sum()
    )
    wide, high = min(x1 - x0, u1 - u0) - 8, min(y1 - y0, v1 - v0) - 8
    here, there = page[y0 + 4 : y0 + 4 + high, x0 + 4 : x0 + 4 + wide], np.s_[v0 + 4 : v0 + 4 + high]
    changed = page.copy()
    changed[y0 + 4 : y0 + 4 + high, x0 + 4 : x0 + 4 + wide] = page[there, u0 + 4 : u0 + 4 + wide]
    changed[there, u0 + 4 : u0 + 4 + wide] = here
    return changed


def test_a_page_seen_before_is_read_alike_with_less_work(
    page: Picture, editions: Editions, behind: Remembering
) -> None:
    engine = Counting(behind)
    first, _ = understood(page, editions, engine)
    given, engine.given = engine.given, 0
    second, _ = understood(page, editions, engine)
    assert second == first
    assert engine.given < 0.65 * given


def test_labels_that_changed_places_take_their_values_along(
    page: Picture, editions: Editions, behind: Remembering
) -> None:
    engine = Counting(behind)
    first, read = understood(page, editions, engine)
    other = swapped(page, read)
    fresh, _ = understood(other, editions, Counting(behind))
    assert fresh != first
    assert understood(other, editions, engine)[0] == fresh
