"""A line of text on a page, or a piece of one, wherever it came from: what it says and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from records.drafts import Box

_APART = 2.4
"""From how far on, in line heights, the middles of two characters tell two pieces of a line."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A piece of a line: its characters, where each stands along it, how sure each is.

    `box` is its place on the level page, `slope` how far it falls there for
    each step to the right; `corners` is its outline in the file's own pixels,
    `stops` are the (left, right) of each character as shares of its width.
    """

    text: str
    box: tuple[float, float, float, float]
    corners: tuple[tuple[float, float], ...]
    stops: tuple[tuple[float, float], ...]
    sure: tuple[float, ...]
    slope: float = 0.0

    @property
    def height(self) -> float:
        """How high the line is."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        """How far down the page it stands."""
        return (self.box[1] + self.box[3]) / 2

    def part(self, start: int, end: int) -> TextLine:
        """Some of its characters, one at least, as a piece of their own."""
        low, high = self.stops[start][0], self.stops[end - 1][1]
        wide = max(high - low, 1e-6)
        x0, y0, x1, y1 = self.box
        fall = self.slope * (x1 - x0) * ((low + high) / 2 - 0.5)
        upper_left, upper_right, lower_right, lower_left = self.corners
        return replace(
            self,
            text=self.text[start:end],
            box=(x0 + (x1 - x0) * low, y0 + fall, x0 + (x1 - x0) * high, y1 + fall),
            corners=(
                _between(upper_left, upper_right, low),
                _between(upper_left, upper_right, high),
                _between(lower_left, lower_right, high),
                _between(lower_left, lower_right, low),
            ),
            stops=tuple(((left - low) / wide, (right - low) / wide) for left, right in self.stops[start:end]),
            sure=self.sure[start:end],
        )

    def followed_by(self, other: TextLine) -> TextLine:
        """This piece and one further to the right as a single one."""
        x0, x1 = self.box[0], other.box[2]
        wide = max(x1 - x0, 1e-6)
        stops = tuple(
            tuple((one.box[0] + (one.box[2] - one.box[0]) * stop - x0) / wide for stop in both)
            for one in (self, other)
            for both in one.stops
        )
        return replace(
            self,
            text=self.text + other.text,
            box=(x0, min(self.box[1], other.box[1]), x1, max(self.box[3], other.box[3])),
            corners=(self.corners[0], other.corners[1], other.corners[2], self.corners[3]),
            stops=tuple((left, right) for left, right in stops),
            sure=self.sure + other.sure,
        )

    def gap(self, place: int) -> float:
        """How far, in line heights, a character's middle lies from that of the one before it."""
        before, here = (sum(self.stops[one]) / 2 for one in (place - 1, place))
        return (here - before) * (self.box[2] - self.box[0]) / max(self.height, 1e-6)

    @property
    def around(self) -> Box:
        """The box around it in the file's own pixels."""
        across, down = zip(*self.corners, strict=True)
        return int(min(across)), int(min(down)), round(max(across)), round(max(down))


def _between(one: tuple[float, float], other: tuple[float, float], share: float) -> tuple[float, float]:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def pieces(line: TextLine) -> Iterator[TextLine]:
    """The line, cut where a wide gap tells two columns apart."""
    start = 0
    for place in range(1, len(line.text)):
        if line.gap(place) > _APART and not _in_day(line.text[place - 1], line.text[place]):
            yield line.part(start, place)
            start = place
    yield line.part(start, len(line.text))


def _in_day(before: str, here: str) -> bool:
    """Whether two characters belong to a day written into a printed blank, however wide."""
    return (before.isdigit() and here in _DAY) or (before in _DAY[:2] and here.isdigit())


_DAY = "年月日"
