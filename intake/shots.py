"""Pictures of paper: an image file in, each of its pages out as pixels with the way back to the file's own.

JPEG, PNG, TIFF of many pages, HEIC and what else Pillow knows; a camera's
orientation is applied, a picture finer than needed is made coarser.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import ceil, sqrt
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from PIL import Image

from intake.engine import Picture
from intake.limits import LIMITS, Limits
from records.drafts import Box
from records.errors import DanganError, TooLarge, Unreadable

_ORIENTATION = 0x0112
_BELIEVABLE_DPI = (100.0, 1300.0)
"""Cameras and editors write 72 or 96 into every file; that is no resolution of paper."""

_REDUCIBLE = ("L", "RGB", "RGBA", "CMYK", "I", "F")

# EXIF 2.3, 4.6.4: how the shown picture is turned into the file's own: x and y of the file as
# (share of x, share of y, share of the file's width or height) of the shown x and y.
_TO_FILE = {
    1: ((1, 0, 0), (0, 1, 0)),
    2: ((-1, 0, 1), (0, 1, 0)),
    3: ((-1, 0, 1), (0, -1, 1)),
    4: ((1, 0, 0), (0, -1, 1)),
    5: ((0, 1, 0), (1, 0, 0)),
    6: ((0, 1, 0), (-1, 0, 1)),
    7: ((0, -1, 1), (-1, 0, 1)),
    8: ((0, -1, 1), (1, 0, 0)),
}
_TURNED = 5
"""From this orientation on, width and height change places."""
_SHOWN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Back:
    """The way from a shot's pixels to those of the file's page: scaled, turned or mirrored, shifted."""

    x: tuple[float, float, float] = (1.0, 0.0, 0.0)
    y: tuple[float, float, float] = (0.0, 1.0, 0.0)

    def box(self, box: Box) -> Box:
        """A box of the shot as a box of the file's page."""
        corners = [self.point(x, y) for x in box[::2] for y in box[1::2]]
        across, down = [round(x) for x, _ in corners], [round(y) for _, y in corners]
        return min(across), min(down), max(across), max(down)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A spot of the shot as a spot of the file's page."""
        return (
            self.x[0] * x + self.x[1] * y + self.x[2],
            self.y[0] * x + self.y[1] * y + self.y[2],
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """A page as it is shown, without its picture: its width and height, and the way back to the file's."""

    size: tuple[float, float]
    back: Back = Back()

    def part(self, box: Box) -> tuple[float, float, float, float]:
        """Where a box of the file's page lies on the shown one: left, top, right, bottom, as shares of it."""
        corners = [self._shown(x, y) for x in box[::2] for y in box[1::2]]
        across = [min(max(x / self.size[0], 0.0), 1.0) for x, _ in corners]
        down = [min(max(y / self.size[1], 0.0), 1.0) for _, y in corners]
        return min(across), min(down), max(across), max(down)

    def _shown(self, x: float, y: float) -> tuple[float, float]:
        (a, b, left), (c, d, top) = self.back.x, self.back.y
        x, y, area = x - left, y - top, a * d - b * c
        return (d * x - b * y) / area, (a * y - c * x) / area


@dataclass(frozen=True, slots=True)
class Shot:
    """A page as a picture; `dpi` is the resolution of the paper where the file says it credibly."""

    picture: Picture
    dpi: float | None = None
    back: Back = Back()


def shots(file: Path, heic: bool, limits: Limits = LIMITS) -> Iterator[Callable[[], Shot]]:
    """For each page of an image file a function that loads it, so that one page at a time is in memory.

    Raises Unreadable or TooLarge, the function as well.
    """
    count = 1 if heic else page_count(file)
    if count > limits.pages:
        raise TooLarge("too_many_pages", file=file.name, what=count, limit=limits.pages)
    for number in range(count):
        yield partial(_shot, file, heic, number, limits)


def frame(file: Path, heic: bool, number: int, limits: Limits = LIMITS) -> Frame:
    """A page (from 0) as it is shown, without drawing it. Raises Unreadable, TooLarge."""
    with _told(file), _opened(file, heic, limits) as opened:
        opened.seek(number)
        orientation = _orientation(opened)
        size = opened.size if orientation < _TURNED else opened.size[::-1]
        return Frame(size, _back(orientation, 1.0, opened.size))


def page_count(file: Path) -> int:
    """How many pages an image file has: a moving picture is one, only TIFF holds a page in each frame.

    Raises Unreadable, TooLarge.
    """
    with _told(file), Image.open(file) as image:
        return getattr(image, "n_frames", 1) if image.format == "TIFF" else 1


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Whatever a broken picture makes its decoder raise, told as one error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except DanganError:
        raise
    except Image.DecompressionBombError as error:
        # Pillow tells the size in words only.
        pixels = next(iter(re.findall(r"\d+", str(error))), "")
        raise TooLarge("too_many_pixels", file=file.name, what=pixels, limit=LIMITS.pixels) from error
    # Decoders raise OSError, SyntaxError, ValueError, struct.error, zlib.error and their own kinds.
    except Exception as error:
        raise Unreadable("broken_file", file=file.name, what=type(error).__name__) from error


def _opened(file: Path, heic: bool, limits: Limits) -> Image.Image:
    if not heic:
        return Image.open(file)
    container = pillow_heif.open_heif(file, convert_hdr_to_8bit=True)
    _check_size(file, container.size, limits)
    image: Image.Image = container.to_pillow()
    # Its decoder has turned the picture upright already.
    image.info.pop("exif", None)
    return image


def _check_size(file: Path, size: tuple[int, int], limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels:
        facts = {"what": f"{size[0]}×{size[1]}", "limit": limits.pixels}
        raise TooLarge("too_many_pixels", file=file.name, **facts)


def _shot(file: Path, heic: bool, number: int, limits: Limits) -> Shot:
    with _told(file), _opened(file, heic, limits) as opened:
        opened.seek(number)
        size = opened.size
        _check_size(file, size, limits)
        orientation = _orientation(opened)
        image = _coarser(opened, limits)
        scale = size[0] / image.width
        shown = image.transpose(_SHOWN[orientation]) if orientation in _SHOWN else image
        picture = cv2.cvtColor(np.asarray(_coloured(shown)), cv2.COLOR_RGB2BGR)
        return Shot(picture, _dpi(opened, scale), _back(orientation, scale, size))


def _orientation(image: Image.Image) -> int:
    found = image.getexif().get(_ORIENTATION, 1)
    return found if found in _TO_FILE else 1


def _coarser(image: Image.Image, limits: Limits) -> Image.Image:
    """The picture, decoded or reduced by a whole factor where it is finer than is worked on."""
    factor = ceil(sqrt(image.width * image.height / limits.working_pixels))
    if factor <= 1:
        return image
    image.draft("RGB", (image.width // factor, image.height // factor))
    factor = ceil(sqrt(image.width * image.height / limits.working_pixels))
    if factor <= 1:
        return image
    # Made coarser before it is made coloured: a second whole copy would be too much memory.
    return (image if image.mode in _REDUCIBLE else _coloured(image)).reduce(factor)


def _coloured(image: Image.Image) -> Image.Image:
    """Any mode as RGB: see-through on white, 16 bits as 8."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        deep = np.asarray(image, dtype=np.float32)
        top = 255.0 if deep.max(initial=0) <= 255 else 65535.0
        return Image.fromarray((deep * (255.0 / top)).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        see_through = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, see_through).convert("RGB")
    return image.convert("RGB")


def _dpi(image: Image.Image, scale: float) -> float | None:
    said = image.info.get("dpi")
    try:
        across = float(said[0]) if said else 0.0
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    low, high = _BELIEVABLE_DPI
    return across / scale if low <= across <= high else None


def _back(orientation: int, scale: float, size: tuple[int, int]) -> Back:
    across, down = _TO_FILE[orientation]
    return Back(
        (across[0] * scale, across[1] * scale, float(across[2] * size[0])),
        (down[0] * scale, down[1] * scale, float(down[2] * size[1])),
    )
