"""Decoding: what may stand in a cell, weighed against a recognition model's own output.

In come the `Scores` of a cell's lines; out come guesses with their
probabilities. An entry of a list, or a string over a small alphabet, is scored
by the CTC forward algorithm (Graves et al. 2006), so that "the best text is in
the list" is never asked, only "which entry does the picture speak for".
Spellings that mean the same on these forms (full and half width, traditional
and simplified shapes of a pen) count as one character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from intake import ctc, priors
from intake.engine import LIKELY, Scores

_BLANK = 0
_FLOOR = 1e-9
_BEYOND_DOUBT = -0.01
_STRANGER = 0.5
"""How much a look-alike counts that may not stand there itself."""
_SIGN = 0.3
"""How much a letter or a sign counts for the digit that it resembles where both may stand."""
_NEIGHBOUR = 0.02
"""How much a sign counts that may."""


Speak = Callable[[Sequence[str]], ctc.Language]


@dataclass(frozen=True, slots=True)
class Guess:
    """A text that may stand there and the natural logarithm of its probability under the model."""

    text: str
    log_probability: float


def joined(lines: Sequence[Scores]) -> Scores:
    """The output of several lines as of one, a blank step between them; there must be one at least."""
    first = lines[0]
    if len(lines) == 1:
        return first
    seam = np.full(1, _BLANK)
    best = [part for line in lines for part in (line.best, seam)][:-1]
    likely = frozenset().union(*(line.likely for line in lines), {_BLANK})

    def log_probs(classes: Sequence[int]) -> NDArray[np.float32]:
        blank = np.where(np.asarray(classes) == _BLANK, 0.0, ctc.NEVER)[None].astype(np.float32)
        return np.concatenate([part for line in lines for part in (line.log_probs(classes), blank)][:-1])

    return Scores(first.alphabet, np.concatenate(best), likely, log_probs)


def weigh(scores: Scores, entries: Collection[str]) -> list[Guess]:
    """The entries by how well the picture fits them, best first."""
    weights = weights_of(scores, list(entries))
    found = [Guess(entry, weight) for entry, weight in zip(entries, weights, strict=True)]
    return sorted(found, key=lambda guess: -guess.log_probability)


def weights_of(scores: Scores, entries: Sequence[str]) -> list[float]:
    """The natural logarithm of the probability of each entry, in their order."""
    wanted = [folded(entry) for entry in entries]
    chars = sorted({char for text in wanted for char in text})
    place = {char: index + 1 for index, char in enumerate(chars)}
    strings = [[place[char] for char in text] for text in wanted]
    return [float(weight) for weight in ctc.forward(table_of(scores, chars), strings)]


def spell(
    looks: Sequence[Scores], alphabet: Collection[str], width: int = 16, kin: float = 0.0
) -> list[Guess]:
    """The likeliest strings over an alphabet (prefix beam search), best first.

    Several looks at the same writing each propose; a string is as likely as
    they make it on average. What a pen's character of the alphabet is often
    taken for counts for it, at a discount; `kin` is how much one counts that may
    stand there itself, for kinds whose check tells them apart.
    """
    chars = sorted({folded(char) for char in alphabet if folded(char)})
    tables = [_alike_table(look, chars, kin) for look in looks]
    strings = _beyond_doubt(tables) or sorted(
        {string for table in tables for string, _ in ctc.beam(table, width)}
    )
    weights = np.logaddexp.reduce([ctc.forward(table, strings) for table in tables]) - np.log(len(tables))
    found = [
        Guess("".join(chars[index - 1] for index in string), float(weight))
        for string, weight in zip(strings, weights, strict=True)
        if weight > ctc.NEVER / 2
    ]
    return sorted(found, key=lambda guess: -guess.log_probability)


def compose(scores: Scores, speak: Speak, width: int = 16) -> list[Guess]:
    """The likeliest texts of any characters, by the picture and by what is likely to stand there, best first.

    `speak` tells, for the characters that the picture offers, how they follow each other.
    """
    chars = _offered(scores)
    language = speak(chars)
    table = _with_figures(scores, chars)
    strings = dict(ctc.beam(table, width, language, LIKELY))
    return [
        Guess("".join(chars[index - 1] for index in string), weight)
        for string, weight in sorted(strings.items(), key=lambda item: -item[1])
        if weight > ctc.NEVER / 2
    ]


def _offered(scores: Scores) -> list[str]:
    """The characters that the picture makes at all likely somewhere, and digits that may be behind signs."""
    chars = {fold(scores.alphabet[index]) for index in scores.likely if index != _BLANK} - {"", " "}
    digits = {digit for digit, others in priors.alike().items() if digit.isdecimal() and chars & set(others)}
    return sorted(char for char in chars | digits if len(char) == 1)


def _with_figures(scores: Scores, chars: Sequence[str]) -> ctc.Table:
    """The table with a part of what a pen's digits are taken for: letters and signs, never words."""
    table = table_of(scores, chars)
    place = {char: index for index, char in enumerate(chars, start=1)}
    known = table.copy()
    for digit, others in priors.alike().items():
        for other in others if digit.isdecimal() and digit in place else "":
            if other in place and other.isascii() and not other.isdecimal():
                table[:, place[digit]] += known[:, place[other]] * _SIGN
    return table


def share(scores: Scores, alphabet: Collection[str]) -> float:
    """The probability, 0 to 1, per character written, that only characters of the alphabet stand there."""
    table = _alike_table(scores, sorted({folded(char) for char in alphabet if folded(char)}))
    inside = np.log(np.minimum(table.sum(axis=1), 1.0))
    written = max(1, int((scores.best != _BLANK).sum()))
    return float(np.exp(inside.sum() / written))


def _beyond_doubt(tables: Sequence[ctc.Table]) -> list[tuple[int, ...]]:
    """The one string that every look says, when hardly any likelihood is left for others."""
    strings = {ctc.plainest(table) for table in tables}
    if len(strings) > 1:
        return []
    sure = min(float(ctc.forward(table, list(strings))[0]) for table in tables)
    return list(strings) if sure > _BEYOND_DOUBT else []


def _alike_table(scores: Scores, chars: Sequence[str], kin: float = 0.0) -> ctc.Table:
    """The table with a part of what each character is often taken for."""
    table = table_of(scores, chars)
    pairs, strangers = _alikes(tuple(chars))
    place = {char: index for index, char in enumerate(chars, start=1)}
    strange = dict(zip(strangers, (table_of(scores, strangers)[:, 1:] - _FLOOR).T, strict=True))
    known = table.copy()
    for other, char in pairs:
        discount = kin if other.isdecimal() else _NEIGHBOUR
        more = known[:, place[other]] * discount if other in place else strange[other] * _STRANGER
        table[:, place[char]] += more
    return table


@lru_cache(maxsize=64)
def _alikes(chars: tuple[str, ...]) -> tuple[list[tuple[str, str]], list[str]]:
    """What is taken for which of the characters, and what of that is none of them."""
    pairs = [(fold(other), char) for char in chars for other in priors.alike().get(char, "")]
    return pairs, sorted({other for other, _ in pairs} - set(chars))


@lru_cache(maxsize=32768)
def fold(char: str) -> str:
    """The one spelling of a character: half-width, simplified."""
    plain = unicodedata.normalize("NFKC", char)
    return _simplified().get(plain, plain) if len(plain) == 1 else plain


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    import opencc

    converter = opencc.OpenCC("t2s")
    ideographs = [chr(code) for code in range(0x4E00, 0x9FA6)]
    turned = converter.convert("\n".join(ideographs)).split("\n")
    return {before: after for before, after in zip(ideographs, turned, strict=True) if before != after}


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """A text in the one spelling of its characters."""
    return "".join(fold(char) for char in text)


class _Classes:
    """The classes of each folded character of an alphabet."""

    def __init__(self, alphabet: tuple[str, ...]) -> None:
        self.alphabet = alphabet
        self._of: dict[str, list[int]] = {}
        for index, char in enumerate(alphabet):
            if index != _BLANK:
                self._of.setdefault(fold(char), []).append(index)
        self.asked = lru_cache(maxsize=1024)(self._asked)

    def _asked(self, chars: tuple[str, ...]) -> tuple[list[int], list[int], NDArray[np.int64]]:
        """The classes of the blank and of some characters; which of those have any, where theirs begin."""
        # A gap on paper says nothing.
        groups = [[_BLANK, *self._of.get(" ", ())], *(self._of.get(char, []) for char in chars)]
        filled = [index for index, group in enumerate(groups) if group]
        starts = np.cumsum([0, *(len(group) for group in groups)])[filled]
        return [index for group in groups for index in group], filled, starts


_CLASSES: dict[int, _Classes] = {}
"""By the identity of an alphabet, which is kept: to hash its many thousand characters takes too long."""
_ALPHABETS = 4


def _classes(alphabet: tuple[str, ...]) -> _Classes:
    if id(alphabet) not in _CLASSES:
        if len(_CLASSES) == _ALPHABETS:
            _CLASSES.clear()
        _CLASSES[id(alphabet)] = _Classes(alphabet)
    return _CLASSES[id(alphabet)]


def table_of(scores: Scores, chars: Sequence[str]) -> ctc.Table:
    """Steps × (blank + characters): the probability of each, its spellings together."""
    listed, filled, starts = _classes(scores.alphabet).asked(tuple(chars))
    columns = np.exp(scores.log_probs(listed).astype(np.float64))
    table = np.full((len(scores.best), len(chars) + 1), _FLOOR)
    table[:, filled] += np.add.reduceat(columns, starts, axis=1)
    return table
