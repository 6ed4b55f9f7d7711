"""Spotting: lines as read and the words known to stand printed in them in, where on paper they stand out.

The words are aligned to the engine's own output (Viterbi over the CTC steps):
between them anything may stand and costs nothing, so that numbers, boxes,
marks and writing need not be known. A word that does not stand there is
passed over. Characters of print are evenly set, so that their places give
the edges of words whose ends a mark hides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intake.decode import folded, joined, table_of
from intake.engine import Line, Scores
from intake.writing import Stretch

_WORST = -5.0
"""What a step may cost at most, a natural logarithm: a mark through a character hides no more than that."""
_PASSED = -3.2
"""What passing over a word costs for each of its characters."""
_SPACED = 0.7
"""How much wider than its characters a word is at least that was typed with spaces in it."""
_ALONE = 3
"""Words of so many characters are found out of their order, too, as in columns."""
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one word that stand on one line: from where to where, in page pixels."""

    line: int
    x0: float
    x1: float
    count: int


@dataclass(frozen=True, slots=True)
class Spotted:
    """A word that was found: its runs from line to line, and what its characters cost on average."""

    runs: tuple[Run, ...]
    cost: float


def spotted(
    lines: Sequence[tuple[Stretch, Line]], words: Sequence[str], height: float
) -> tuple[Spotted | None, ...]:
    """Where each word stands, None for those that do not; `height` is that of the page's characters."""
    scores = [line.scores for _, line in lines if line.scores is not None]
    texts = [folded(word) for word in words]
    if not scores or len(scores) < len(lines) or not all(texts):
        return (None,) * len(words)
    found = _aligned(joined(scores), texts)
    for index, text in enumerate(texts):
        if found[index] is None and len(text) >= _ALONE:
            found[index] = _aligned(joined(scores), [text])[0]
    places = _places(lines, scores)
    seen = [None if one is None else ([places(step) for step in one[0]], one[1]) for one in found]
    pitch = _pitch([spots for spots, _ in filter(None, seen)], height)
    return tuple(None if one is None else Spotted(_runs(one[0], pitch), one[1]) for one in seen)


def pitch_of(found: Sequence[Spotted | None], height: float) -> float:
    """How far apart the printed characters stand."""
    runs = [run for one in found if one is not None for run in one.runs]
    return float(np.median([(run.x1 - run.x0) / run.count for run in runs])) if runs else height


class _Track:
    """The states of a text: between words one for anything, in words their characters with blanks between."""

    def __init__(self, words: Sequence[Sequence[int]]) -> None:
        columns, starts = [-1], []
        for word in words:
            starts.append(len(columns))
            for place, char in enumerate(word):
                columns += [char] if place == 0 else [0, char]
            columns.append(-1)
        self.columns = np.array(columns)
        self.starts = starts
        self.lengths = [len(word) for word in words]
        before = np.r_[-1, -1, self.columns[:-2]]
        chars = (self.columns > 0) & (before > 0)
        self.skips = np.where(chars & (self.columns != before), 0.0, _NEVER)
        # From the end of one word to the next one's first character, when nothing lies between.
        for start in starts[1:]:
            self.skips[start] = 0.0

    def word(self, index: int) -> range:
        return range(self.starts[index], self.starts[index] + 2 * self.lengths[index] - 1)


def _aligned(scores: Scores, texts: Sequence[str]) -> list[tuple[list[float], float] | None]:
    """For each text the step of each of its characters and its cost a character, or None."""
    chars = sorted({char for text in texts for char in text})
    place = {char: index + 1 for index, char in enumerate(chars)}
    track = _Track([[place[char] for char in text] for text in texts])
    table = np.log(table_of(scores, chars))
    emitted = np.maximum(table - _highest(scores)[:, None], _WORST)
    path = _path(emitted, track)
    found: list[tuple[list[float], float] | None] = []
    for index, length in enumerate(track.lengths):
        states = track.word(index)
        steps = [np.flatnonzero(path == state) for state in states]
        if any(not len(one) for one in steps[::2]):
            found.append(None)
            continue
        cost = sum(
            emitted[step, track.columns[state]]
            for state, one in zip(states, steps, strict=True)
            for step in one
        )
        found.append(([float(one.mean()) for one in steps[::2]], float(cost) / length))
    return found


def _highest(scores: Scores) -> NDArray[np.float64]:
    """What the likeliest class of each step weighs."""
    classes = np.unique(scores.best)
    weights = scores.log_probs(classes.tolist()).astype(np.float64)
    return np.asarray(weights[np.arange(len(weights)), np.searchsorted(classes, scores.best)])


def _path(emitted: NDArray[np.float64], track: _Track) -> NDArray[np.int64]:
    """The state of each step on the best way through."""
    steps, states = len(emitted), len(track.columns)
    words = [
        (start - 1, start + 2 * length - 1, _PASSED * length)
        for start, length in zip(track.starts, track.lengths, strict=True)
    ]
    said = np.where(track.columns >= 0, emitted[:, np.maximum(track.columns, 0)], 0.0)
    back = np.zeros((steps, states), np.int64)
    rows = np.arange(states)
    weight = np.full(states, _NEVER)
    weight[0] = 0.0
    origin = rows.copy()
    for step in range(steps):
        ways = np.full((3, states), _NEVER)
        ways[0] = weight
        ways[1, 1:] = weight[:-1]
        ways[2, 2:] = weight[:-2] + track.skips[2:]
        # The origin is the state that a way comes from.
        choice = ways.argmax(axis=0)
        weight = ways[choice, rows]
        origin = rows - choice
        for before, after, cost in words:
            if weight[before] + cost > weight[after]:
                weight[after], origin[after] = weight[before] + cost, origin[before]
        weight = weight + said[step]
        back[step] = origin
    state = states - 1 if weight[-1] >= weight[-2] else states - 2
    path = np.zeros(steps, np.int64)
    for step in range(steps - 1, -1, -1):
        path[step] = state
        state = back[step, state]
    return path


def _places(
    lines: Sequence[tuple[Stretch, Line]], scores: Sequence[Scores]
) -> Callable[[float], tuple[int, float]]:
    """How to tell the line and the place on the page of a step."""
    steps = [len(one.best) for one in scores]
    starts = np.cumsum([0, *(count + 1 for count in steps)])

    def place(step: float) -> tuple[int, float]:
        line = int(np.searchsorted(starts, step, side="right")) - 1
        stretch = lines[line][0]
        width = stretch.crop.shape[1] / steps[line]
        return line, stretch.origin[0] + (step - starts[line] + 0.5) * width

    return place


def _pitch(words: Sequence[Sequence[tuple[int, float]]], height: float) -> float:
    """How far the characters of these words stand apart, all of them together."""
    whole, count = 0.0, 0
    for spots in words:
        for _, run in _by_line(spots):
            apart = (run[-1] - run[0]) / max(len(run) - 1, 1)
            if 0.6 * height < apart < 2.0 * height:
                whole, count = whole + run[-1] - run[0], count + len(run) - 1
    return whole / count if count else height * 1.1


def _runs(spots: Sequence[tuple[int, float]], pitch: float) -> tuple[Run, ...]:
    """The characters of a word by lines; each line's edges from all of its characters together."""
    runs: list[Run] = []
    for line, xs in _by_line(spots):
        wide = xs[-1] - xs[0] + pitch
        spaced = wide > pitch * (len(xs) + _SPACED)
        middle = (xs[0] + xs[-1]) / 2 if spaced else sum(xs) / len(xs)
        wide = wide if spaced else pitch * len(xs)
        runs.append(Run(line, middle - wide / 2, middle + wide / 2, len(xs)))
    return tuple(runs)


def _by_line(spots: Sequence[tuple[int, float]]) -> list[tuple[int, list[float]]]:
    """The places of a word's characters, line by line."""
    return [
        (line, [x for other, x in spots if other == line]) for line in sorted({line for line, _ in spots})
    ]
