"""What is likely to stand on these forms, whatever the picture says: `templates/priors` in, tables out.

A name is a surname and characters that parents choose; an address, a unit, a
bank or a remark is a chain of characters as they follow each other in place
names, in usual words and in what is already known.
"""

from __future__ import annotations

import itertools
import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from intake.ctc import Language
from records import identity
from records.known import NOTHING_KNOWN, Known

_FOLDER = Path(__file__).resolve().parent.parent / "templates" / "priors"

_WEIGHT = 0.8
"""How much what is likely counts beside what the picture says."""
_EACH = 4.5
"""What every character gains, so that longer texts are not less likely for being longer."""
_STRANGE = 1 / 80_000
"""How likely a character is that no word has."""
_KNOWN_WORDS = 20.0
_LIFTED = 2.0
"""How much likelier, as a logarithm, a character becomes at most for standing in words that are known."""
_OUTSIDE = {
    "region": (),
    "place": ("place",),
    "unit": ("unit", "place"),
    "bank": ("bank",),
    "text": ("text", "unit"),
}
"""For each sort of words the lists whose words stand there beside place names."""
_GROUPS = (0.42, 0.3, 0.16, 0.1)
"""The shares of given names' characters that the groups of the list make up."""
_LENGTHS = (-9.0, -7.0, -1.7, -0.25, -3.2, -7.0)
"""The logarithm of how often a name has so many characters."""


@cache
def alike() -> Mapping[str, str]:
    """For each character of numbers and dates, the others that a pen's one is often taken for."""
    return MappingProxyType(_data("alike.toml"))


def language(prior: str | None, chars: Sequence[str], known: Known = NOTHING_KNOWN) -> Language:
    """How the characters follow each other in words of this sort; they are the columns of a table, from 1."""
    if prior == "person":
        return _of_names(chars)
    sort = prior if prior in _OUTSIDE else "text"
    words = known.get(prior or "", ())
    return _of_words(chars, _chain(sort, ()), _chain(sort, words) if words else None)


def may_be_a_name(text: str) -> bool:
    """Whether all characters are such as names have."""
    first, doubles, given = _names()
    begins = text[:1] in first or text[:2] in doubles
    return begins and all(char in given or char in first for char in text[1:])


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Chain:
    """How often characters begin words, stand in them, follow each other and end them."""

    starts: Mapping[str, float]
    singles: Mapping[str, float]
    pairs: Mapping[str, Mapping[str, float]]
    ends: Mapping[str, float]

    def row(self, before: str, chars: Sequence[str]) -> np.ndarray:
        """The probability of each character behind another, or at the beginning of a text."""
        started = np.array([self.starts.get(char, 0.0) for char in chars])
        alone = 0.9 * np.array([self.singles.get(char, 0.0) for char in chars]) + 0.1 * _STRANGE
        if not before:
            return np.asarray(0.85 * started + 0.15 * alone)
        following, ended = self.pairs.get(before, {}), self.ends.get(before, 0.0)
        seen = sum(following.values()) + ended
        counted = np.array([following.get(char, 0.0) for char in chars])
        return np.asarray((counted + ended * started + 2.0 * alone) / (seen + 2.0))


@cache
def _chain(sort: str, known: tuple[str, ...]) -> _Chain:
    listed = _data("words.toml")
    words = {word: 1.0 for name in _OUTSIDE[sort] for word in listed[name].split()}
    if sort in ("text", "unit"):
        words.update(dict.fromkeys(listed["signs"].split(), 30.0))
    words.update(dict.fromkeys(identity.place_names(), 1.0 if sort != "text" else 0.05))
    words.update(dict.fromkeys(known, _KNOWN_WORDS))
    return _chained(words)


def _chained(words: Mapping[str, float]) -> _Chain:
    starts: dict[str, float] = defaultdict(float)
    singles: dict[str, float] = defaultdict(float)
    ends: dict[str, float] = defaultdict(float)
    pairs: dict[str, dict[str, float]] = {}
    for word, weight in words.items():
        text = "".join("0" if char.isdecimal() else char for char in word)
        starts[text[0]] += weight
        ends[text[-1]] += weight
        for char in text:
            singles[char] += weight
        for before, char in itertools.pairwise(text):
            following = pairs.setdefault(before, defaultdict(float))
            following[char] += weight
    return _Chain(_shares(starts), _shares(singles), pairs, ends)


def _shares(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {char: count / total for char, count in counts.items()}


def _of_words(chars: Sequence[str], chain: _Chain, known: _Chain | None = None) -> Language:
    classes = ["0" if char.isdecimal() else char for char in chars]
    digits = np.array([0.1 if char.isdecimal() else 1.0 for char in chars])
    rows = {before: _lifted(before, classes, chain, known) + np.log(digits) for before in {"", *classes}}
    follows = np.zeros((1, len(chars) + 1, len(chars) + 1))
    for place, before in enumerate(["", *classes]):
        follows[0, place, 1:] = _WEIGHT * (rows[before] + _EACH)
    return Language(follows, np.zeros((1, len(chars) + 1)))


def _lifted(before: str, chars: Sequence[str], chain: _Chain, known: _Chain | None) -> np.ndarray:
    """Logarithms of how likely each character is; what is known makes some a little likelier, none less."""
    usual = np.log(chain.row(before, chars))
    if known is None:
        return np.asarray(usual)
    return np.asarray(np.clip(np.log(known.row(before, chars)), usual, usual + _LIFTED))


def _of_names(chars: Sequence[str]) -> Language:
    first, doubles, given = _names()
    follows = np.zeros((5, len(chars) + 1, len(chars) + 1))
    begun = np.array([math.log(first.get(char, _STRANGE)) for char in chars])
    chosen = np.array([math.log(given.get(char, _STRANGE)) for char in chars])
    follows[0, :, 1:] = begun
    follows[1:, :, 1:] = chosen
    for double in doubles:
        if double[0] in chars and double[1] in chars:
            one, other = chars.index(double[0]) + 1, chars.index(double[1]) + 1
            follows[0, :, one] = np.maximum(follows[0, :, one], math.log(1e-4))
            follows[1, one, other] = math.log(0.5)
    follows[:, :, 1:] += _EACH
    ends = np.repeat(np.array(_LENGTHS)[:, None], len(chars) + 1, axis=1)
    return Language(_WEIGHT * follows, _WEIGHT * ends)


@cache
def _names() -> tuple[Mapping[str, float], Sequence[str], Mapping[str, float]]:
    """How often a character begins a surname, the surnames of two, how often one stands in a given name."""
    listed = _data("person.toml")
    surnames = list(dict.fromkeys("".join(listed["surnames"].split())))
    # The share of the surname of rank r falls about as 1 / (r + 3): the first has 7 %, the hundredth 0.2 %.
    first = _shares({char: 1 / (rank + 3) ** 1.25 for rank, char in enumerate(surnames)})
    given: dict[str, float] = {}
    for share, group in zip(_GROUPS, listed["given"], strict=True):
        chars = dict.fromkeys(char for char in group if char not in given)
        given |= dict.fromkeys(chars, share / len(chars))
    return first, tuple(listed["double_surnames"]), given
