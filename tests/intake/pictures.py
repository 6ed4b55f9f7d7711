"""Pictures drawn for tests: a ruled table with merged cells, what paper suffers, the way of every point."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from intake.engine import Picture
from intake.page import Page, find_tables, flatten, without_streaks
from intake.ruling import Field, ruled_cells

MM = 25.4
WIDTHS = (34, 42, 30, 50, 44)
HEIGHTS = (10, 10, 12, 12, 10, 14, 10, 10, 12)
MARGIN = 24
CELLS = (
    *((0, 0, 1, 1), (0, 1, 1, 2), (0, 3, 1, 1), (0, 4, 1, 1)),
    *((1, column, 1, 1) for column in range(5)),
    *((2, 0, 2, 1), (2, 1, 1, 1), (2, 2, 1, 1), (2, 3, 1, 2), (3, 1, 1, 3), (3, 4, 1, 1)),
    (4, 0, 1, 5),
    *((5, column, 1, 1) for column in range(5)),
    *((6, 0, 1, 2), (6, 2, 2, 3), (7, 0, 1, 1), (7, 1, 1, 1)),
    *((8, column, 1, 1) for column in range(5)),
)
"""Row, column and spans of every cell."""
WORDS = ("姓名", "性别", "民族", "家庭住址", "健康状况", "婚姻", "工作单位", "身份证号", "农业", "本人月收入")
BLANKS = ((4, 0), (6, 2), (8, 3))
"""Places of cells that hold nothing."""

Box = tuple[float, float, float, float]


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """A Chinese face of this machine."""
    asked = ["fc-match", "--format", "%{file}|%{index}", "Noto Serif CJK SC:lang=zh-cn"]
    file, index = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split("|")
    return ImageFont.truetype(file, size, index=int(index) & 0xFFFF)


@dataclass(frozen=True)
class Drawn:
    """A drawn sheet, and how a point of the drawing lies in the picture after all it has suffered."""

    picture: Picture
    boxes: dict[tuple[int, int], Box]
    dpi: float
    way: NDArray[np.float64]

    def box(self, place: tuple[int, int]) -> Box:
        """Where the cell that starts at (row, column) lies in the picture: the box around its corners."""
        x0, y0, x1, y1 = self.boxes[place]
        corners = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], np.float64)
        spots = cv2.perspectiveTransform(corners, self.way)[0]
        low, high = spots.min(axis=0), spots.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def worn(self, picture: Picture) -> Drawn:
        """The same sheet with other pixels."""
        return replace(self, picture=picture)

    def warped(self, way: NDArray[np.float64], size: tuple[int, int]) -> Drawn:
        """The sheet moved by a 3 × 3 matrix onto white of (width, height)."""
        moved = cv2.warpPerspective(
            self.picture, way, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)
        )
        return replace(self, picture=moved, way=way @ self.way)


def table(dpi: float = 200, words: tuple[str, ...] = WORDS) -> Drawn:
    """The table of CELLS with a word in every cell that is not blank."""
    dot = dpi / MM
    xs = [round((MARGIN + sum(WIDTHS[:count])) * dot) for count in range(len(WIDTHS) + 1)]
    ys = [round((MARGIN + sum(HEIGHTS[:count])) * dot) for count in range(len(HEIGHTS) + 1)]
    sheet = Image.new("L", (xs[-1] + xs[0], ys[-1] + ys[0]), 255)
    pen = ImageDraw.Draw(sheet)
    thick = max(1, round(0.25 * dot))
    boxes = {}
    for number, (row, column, down, across) in enumerate(CELLS):
        box = xs[column], ys[row], xs[column + across], ys[row + down]
        boxes[row, column] = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
        pen.rectangle((*box[:2], box[2] + thick - 1, box[3] + thick - 1), outline=0, width=thick)
        if (row, column) not in BLANKS:
            middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            pen.text(middle, words[number % len(words)], 0, font(round(3.7 * dot)), anchor="mm")
    return Drawn(cv2.cvtColor(np.asarray(sheet), cv2.COLOR_GRAY2BGR), boxes, dpi, np.eye(3))


def turned(sheet: Drawn, degrees: float) -> Drawn:
    """Turned by an angle, on paper large enough."""
    height, width = sheet.picture.shape[:2]
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), [0, 0, 1]])
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = round(height * sin + width * cos), round(height * cos + width * sin)
    turn[0, 2] += (wide - width) / 2
    turn[1, 2] += (high - height) / 2
    return sheet.warped(turn, (wide, high))


def leaning(sheet: Drawn, lean: float = 0.05) -> Drawn:
    """Seen from the side: the far edge shorter than the near one."""
    height, width = sheet.picture.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = flat + np.array([(lean, lean / 2), (-lean, 0), (0, 0), (0, -lean / 2)], np.float32) * width
    way = cv2.getPerspectiveTransform(flat, seen.astype(np.float32)).astype(np.float64)
    return sheet.warped(way, (width, height))


def with_dropouts(sheet: Drawn) -> Drawn:
    """White gaps in the ruled lines, each shorter than half of any cell's side."""
    picture, dot = sheet.picture.copy(), sheet.dpi / MM
    for place, (x0, y0, x1, y1) in enumerate(sheet.boxes.values()):
        gap, reach = round(dot * 1.6), round(dot)
        x, y = round(x0 + (x1 - x0) * (0.3 + 0.1 * (place % 4))), round((y0 + y1) / 2)
        picture[round(y0) - reach : round(y0) + reach, x : x + gap] = 255
        picture[y : y + gap, round(x0) - reach : round(x0) + reach] = 255
    return sheet.worn(picture)


def with_streaks(sheet: Drawn) -> Drawn:
    """Dark lines of a dirty scanner from edge to edge, one down and one across, both through cells."""
    picture, dot = sheet.picture.copy(), sheet.dpi / MM
    x, y = sheet.boxes[5, 3][0] + 9 * dot, sheet.boxes[4, 0][1] + 2 * dot
    picture[:, round(x) : round(x) + 2] = 90
    picture[round(y) : round(y) + 2] = 90
    return sheet.worn(picture)


def with_seal(sheet: Drawn) -> Drawn:
    """A red seal of 42 mm over cells."""
    picture, dot = sheet.picture.astype(np.float32), sheet.dpi / MM
    stamp = np.zeros(sheet.picture.shape[:2], np.uint8)
    centre = round((MARGIN + 90) * dot), round((MARGIN + 40) * dot)
    cv2.circle(stamp, centre, round(20 * dot), 255, round(1.2 * dot))
    cv2.putText(stamp, "*", centre, cv2.FONT_HERSHEY_SIMPLEX, dot / 2, 255, round(dot))
    share = (stamp / 255 * 0.85)[..., None]
    red = np.array((60, 45, 215)) / 255
    return sheet.worn((picture * (1 - share * (1 - red))).astype(np.uint8))


def with_shadow(sheet: Drawn) -> Drawn:
    """A hand's soft shadow over dim paper."""
    height, width = sheet.picture.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light = 0.38 + 0.5 / (1 + np.exp(-(x + 0.6 * y) * 6))
    return sheet.worn((sheet.picture * light[..., None]).astype(np.uint8))


def with_specks(sheet: Drawn) -> Drawn:
    """Dirt of up to half a millimetre everywhere."""
    picture, chance = sheet.picture.copy(), np.random.default_rng(5)
    height, width = picture.shape[:2]
    for x, y in zip(chance.integers(0, width, 400), chance.integers(0, height, 400), strict=True):
        cv2.circle(picture, (int(x), int(y)), int(chance.integers(1, 3)), (30, 30, 30), -1)
    return sheet.worn(picture)


def curled(sheet: Drawn, depth: float = 0.012) -> Drawn:
    """A page that bulges; the way of points is not kept."""
    height, width = sheet.picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bulge = (np.sin(x / width * np.pi) * height * depth).astype(np.float32)
    picture = cv2.remap(sheet.picture, x, y + bulge, cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return sheet.worn(picture)


def page_of(picture: Picture) -> Page:
    """The first table of a picture, flattened."""
    clean = without_streaks(picture)
    return flatten(clean, next(find_tables(clean)))


@cache
def plain_page(dpi: float = 200) -> Page:
    """The flattened page of the table as drawn; pages are slow to make, so tests share it."""
    return page_of(table(dpi).picture)


def places(fields: tuple[Field, ...]) -> set[tuple[int, int, int, int]]:
    """Row, column and spans of every cell found."""
    return {(one.row, one.column, one.row_span, one.column_span) for one in fields}


def cells_of(page: Page) -> dict[tuple[int, int], Field]:
    """The cells of a page by the place where they start."""
    return {(one.row, one.column): one for one in ruled_cells(page)}
