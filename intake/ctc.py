"""The arithmetic of CTC (Graves et al. 2006): tables of probabilities in, weighed and likely strings out.

A table is steps × (blank + characters), plain probabilities, column 0 the
blank; a string is the columns of its characters. Sums are kept in plain
probabilities and scaled at every step, which is several times as fast as
adding logarithms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
Strings = Sequence[Sequence[int]]

NEVER = -1e4
"""The logarithm of the probability of what cannot be."""
_CERTAIN_BLANK = 0.9995
_MOST_NEXT = 24
_NO_MORE = 1e-300


@dataclass(frozen=True, slots=True)
class Language:
    """What is likelier to be written, whatever the picture says.

    `follows[place, before, char]` is the logarithm of how much a character
    (columns of the table) counts behind another (0: at the beginning), at the
    first, second … place of the text; the last place stands for all later
    ones. `ends[length, char]` is the same for a text that ends so.
    """

    follows: NDArray[np.float64]
    ends: NDArray[np.float64]


def forward(table: Table, strings: Strings) -> NDArray[np.float64]:
    """The logarithm of the probability of each string: all its alignments together, all strings at once."""
    if not strings:
        return np.zeros(0)
    lengths = np.array([len(string) for string in strings])
    states = np.zeros((len(strings), 2 * int(lengths.max()) + 1), np.int64)
    for row, string in enumerate(strings):
        states[row, 1 : 2 * len(string) : 2] = string
    skips = np.zeros(states.shape)
    skips[:, 2:] = (states[:, 2:] != 0) & (states[:, 2:] != states[:, :-2])
    alpha = np.zeros(states.shape)
    alpha[:, :2] = 1.0
    alpha *= table[0][states]
    logarithm = np.zeros(len(strings))
    for emitted in table[1:]:
        scale = np.maximum(alpha.max(axis=1), _NO_MORE)
        alpha /= scale[:, None]
        logarithm += np.log(scale)
        moved = alpha.copy()
        moved[:, 1:] += alpha[:, :-1]
        moved[:, 2:] += alpha[:, :-2] * skips[:, 2:]
        alpha = moved * emitted[states]
    rows, last = np.arange(len(strings)), 2 * lengths
    total = alpha[rows, last] + np.where(lengths > 0, alpha[rows, np.maximum(last - 1, 0)], 0.0)
    return np.where(total > 1e-280, logarithm + np.log(np.maximum(total, _NO_MORE)), NEVER)


def beam(
    table: Table, width: int, language: Language | None = None, faintest: float = 1e-4
) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest strings and the logarithms of their weights, best first (prefix beam search).

    Characters less likely than `faintest` at a step are not begun there.
    """
    search = _Search(table, width, language, faintest)
    for emitted in table:
        search.step(emitted)
    return search.found()


def plainest(table: Table) -> tuple[int, ...]:
    """The string of the likeliest column at every step."""
    best = table.argmax(axis=1)
    return tuple(int(column) for column in best[(best != 0) & (best != np.r_[0, best[:-1]])])


class _Search:
    """The prefixes still in the running, as arrays over them: vectorised over prefixes and characters."""

    def __init__(self, table: Table, width: int, language: Language | None, faintest: float) -> None:
        self._width, self._language, self._faintest = width, language, faintest
        self._columns = table.shape[1]
        self._grew_from, self._grew_by = [-1], [0]
        self._node = np.zeros(1, np.int64)
        self._parent = np.full(1, -1)
        self._last = np.zeros(1, np.int64)
        self._length = np.zeros(1, np.int64)
        self._blank, self._label = np.ones(1), np.zeros(1)
        self._said = np.zeros(1)
        self._scaled = 0.0

    def step(self, emitted: NDArray[np.float64]) -> None:
        total = self._blank + self._label
        if emitted[0] > _CERTAIN_BLANK:
            self._blank, self._label = total, np.zeros(len(total))
            self._rescale()
            return
        stay_blank, stay_label = total * emitted[0], self._label * emitted[self._last]
        stay_label[self._last == 0] = 0.0
        chars = self._next(emitted)
        grown = np.where(self._last[:, None] == chars, self._blank[:, None], total[:, None]) * emitted[chars]
        self._merge(stay_label, grown, chars)
        self._choose(stay_blank, stay_label, grown, chars)
        self._rescale()

    def found(self) -> list[tuple[tuple[int, ...], float]]:
        """Every prefix left, with its whole weight; the same one twice only once."""
        weights = np.log(np.maximum(self._blank + self._label, _NO_MORE)) + self._scaled + self._said
        if self._language is not None:
            ends = self._language.ends
            weights = weights + ends[np.minimum(self._length, len(ends) - 1), self._last]
        best: dict[tuple[int, ...], float] = {}
        for place in np.argsort(-weights):
            prefix = self._prefix(int(self._node[place]))
            best[prefix] = (
                float(np.logaddexp(best[prefix], weights[place])) if prefix in best else float(weights[place])
            )
        return sorted(best.items(), key=lambda item: -item[1])

    def _prefix(self, node: int) -> tuple[int, ...]:
        chars: list[int] = []
        while node > 0:
            chars.append(self._grew_by[node])
            node = self._grew_from[node]
        return tuple(reversed(chars))

    def _next(self, emitted: NDArray[np.float64]) -> NDArray[np.int64]:
        """The characters that may begin at this step."""
        chars = np.flatnonzero(emitted[1:] > self._faintest) + 1
        if len(chars) > _MOST_NEXT:
            chars = chars[np.argpartition(-emitted[chars], _MOST_NEXT)[:_MOST_NEXT]]
        return chars

    def _merge(
        self, stay_label: NDArray[np.float64], grown: NDArray[np.float64], chars: NDArray[np.int64]
    ) -> None:
        """What grows into a prefix that is in the running already is added to it."""
        place = np.full(self._columns, -1)
        place[chars] = np.arange(len(chars))
        rows, kids = np.nonzero(self._node[:, None] == self._parent[None, :])
        columns = place[self._last[kids]]
        real = columns >= 0
        rows, kids, columns = rows[real], kids[real], columns[real]
        stay_label[kids] += grown[rows, columns]
        grown[rows, columns] = 0.0

    def _choose(
        self,
        stay_blank: NDArray[np.float64],
        stay_label: NDArray[np.float64],
        grown: NDArray[np.float64],
        chars: NDArray[np.int64],
    ) -> None:
        """The best prefixes of those that stay and those that grew become the running ones."""
        weights = np.concatenate([stay_blank + stay_label, grown.ravel()])
        said = self._said_next(chars)
        ranks = np.log(np.maximum(weights, _NO_MORE)) + said
        kept = np.flatnonzero(weights > _NO_MORE)
        if len(kept) > self._width:
            kept = kept[np.argpartition(-ranks[kept], self._width)[: self._width]]
        old = kept[kept < len(stay_blank)]
        new = kept[kept >= len(stay_blank)] - len(stay_blank)
        rows, added = new // max(len(chars), 1), chars[new % max(len(chars), 1)]
        first = len(self._grew_from)
        self._grew_from += self._node[rows].tolist()
        self._grew_by += added.tolist()
        self._parent = np.concatenate([self._parent[old], self._node[rows]])
        self._length = np.concatenate([self._length[old], self._length[rows] + 1])
        self._node = np.concatenate([self._node[old], np.arange(first, first + len(new))])
        self._last = np.concatenate([self._last[old], added])
        self._blank = np.concatenate([stay_blank[old], np.zeros(len(new))])
        self._label = np.concatenate([stay_label[old], grown.ravel()[new]])
        self._said = said[kept[np.argsort(kept >= len(stay_blank), kind="stable")]]

    def _said_next(self, chars: NDArray[np.int64]) -> NDArray[np.float64]:
        """What the language says of every prefix that stays or grows."""
        if self._language is None:
            return np.zeros(len(self._said) * (1 + len(chars)))
        follows = self._language.follows
        places = np.minimum(self._length, len(follows) - 1)
        gained = follows[places[:, None], self._last[:, None], chars]
        return np.concatenate([self._said, (self._said[:, None] + gained).ravel()])

    def _rescale(self) -> None:
        scale = max(float((self._blank + self._label).max()), _NO_MORE)
        self._blank /= scale
        self._label /= scale
        self._scaled += float(np.log(scale))
