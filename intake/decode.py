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
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from intake.engine import Scores

_BLANK = 0
_NEVER = np.float32(-1e4)
_CERTAIN_BLANK = -1e-3


@dataclass(frozen=True, slots=True)
class Guess:
    """A text that may stand there and the natural logarithm of its probability under the model."""

    text: str
    log_probability: float


def joined(lines: Sequence[Scores]) -> Scores:
    """The output of several lines as of one, a blank step between them; there must be one at least."""
    first = lines[0]
    seam = np.full((1, first.log_probs.shape[1]), _NEVER, np.float32)
    seam[0, _BLANK] = 0
    parts: list[NDArray[np.float32]] = []
    for line in lines:
        parts += [line.log_probs, seam]
    return Scores(np.concatenate(parts[:-1]), first.alphabet, first.step_width)


def part(scores: Scores, start: float, end: float) -> Scores:
    """The steps between two places of the crop, in pixels."""
    first, last = round(start / scores.step_width), round(end / scores.step_width)
    return Scores(scores.log_probs[max(first, 0) : last], scores.alphabet, scores.step_width)


def weigh(scores: Scores, entries: Collection[str]) -> list[Guess]:
    """The entries by how well the picture fits them, best first."""
    wanted = [_folded_text(entry) for entry in entries]
    columns = sorted({char for text in wanted for char in text})
    table = _columns(scores, columns)
    place = {char: index + 1 for index, char in enumerate(columns)}
    labels = [[place[char] for char in text] for text in wanted]
    found = [Guess(entry, score) for entry, score in zip(entries, _forward(table, labels), strict=True)]
    return sorted(found, key=lambda guess: -guess.log_probability)


def spell(scores: Scores, alphabet: Collection[str], width: int = 12) -> list[Guess]:
    """The likeliest strings over an alphabet (prefix beam search), best first, by their forward scores."""
    chars = sorted({_folded_text(char) for char in alphabet if _folded_text(char)})
    table = _columns(scores, chars)
    texts = {"".join(chars[index] for index in prefix) for prefix in _beam(table, width)}
    return [guess for guess in weigh(scores, sorted(texts)) if guess.log_probability > float(_NEVER) / 2]


def share(scores: Scores, alphabet: Collection[str]) -> float:
    """The probability, 0 to 1, per character written, that only characters of the alphabet stand there."""
    table = _columns(scores, sorted({_folded_text(char) for char in alphabet if _folded_text(char)}))
    inside = np.logaddexp.reduce(table, axis=1)
    written = max(1, int((scores.log_probs.argmax(axis=1) != _BLANK).sum()))
    return float(np.exp(inside.sum() / written))


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


def _folded_text(text: str) -> str:
    return "".join(fold(char) for char in text)


@lru_cache(maxsize=4)
def _classes(alphabet: tuple[str, ...]) -> dict[str, list[int]]:
    """The classes of each folded character."""
    found: dict[str, list[int]] = {}
    for index, char in enumerate(alphabet):
        if index != _BLANK:
            found.setdefault(fold(char), []).append(index)
    return found


def _columns(scores: Scores, chars: Sequence[str]) -> NDArray[np.float32]:
    """Steps × (blank + characters): the log-probability of each, its spellings together."""
    classes = _classes(scores.alphabet)
    table = np.full((len(scores.log_probs), len(chars) + 1), _NEVER, np.float32)
    table[:, 0] = scores.log_probs[:, _BLANK]
    for space in classes.get(" ", ()):  # a gap on paper says nothing
        table[:, 0] = np.logaddexp(table[:, 0], scores.log_probs[:, space])
    for index, char in enumerate(chars):
        for known in classes.get(char, ()):
            table[:, index + 1] = np.logaddexp(table[:, index + 1], scores.log_probs[:, known])
    return table


def _forward(table: NDArray[np.float32], labels: list[list[int]]) -> list[float]:
    """The CTC forward score of each label string, all strings at once."""
    if not labels:
        return []
    longest = max(len(label) for label in labels)
    states = np.zeros((len(labels), 2 * longest + 1), np.int64)
    for row, label in enumerate(labels):
        states[row, 1 : 2 * len(label) : 2] = label
    skip = np.full(states.shape, _NEVER, np.float32)
    skip[:, 2:] = np.where((states[:, 2:] != 0) & (states[:, 2:] != states[:, :-2]), 0, _NEVER)
    alpha = np.full(states.shape, _NEVER, np.float32)
    alpha[:, 0] = 0  # before the first step: nothing written
    alpha_one = np.full_like(alpha, _NEVER)
    for step, emitted in enumerate(table):
        alpha_one[:, 1:] = alpha[:, :-1]
        stay = np.logaddexp(alpha, alpha_one) if step else _started(states.shape)
        if step and states.shape[1] > 2:
            alpha_two = np.full_like(alpha, _NEVER)
            alpha_two[:, 2:] = alpha[:, :-2]
            stay = np.logaddexp(stay, alpha_two + skip)
        alpha = np.maximum(stay + emitted[states], _NEVER)
    ends = [2 * len(label) for label in labels]
    rows = range(len(labels))
    return [
        float(np.logaddexp(alpha[row, end], alpha[row, end - 1]) if end else alpha[row, 0])
        for row, end in zip(rows, ends, strict=True)
    ]


def _started(shape: tuple[int, ...]) -> NDArray[np.float32]:
    begin = np.full(shape, _NEVER, np.float32)
    begin[:, :2] = 0
    return begin


def _beam(table: NDArray[np.float32], width: int) -> list[tuple[int, ...]]:
    """The likeliest label strings by prefix beam search (Hannun et al. 2014, without a language model)."""
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, float(_NEVER))}
    for emitted in table:
        if emitted[0] > _CERTAIN_BLANK:
            beams = {prefix: (float(np.logaddexp(*ends)), float(_NEVER)) for prefix, ends in beams.items()}
            continue
        likely = [int(index) for index in np.flatnonzero(emitted[1:] > emitted.max() - 12)]
        grown: dict[tuple[int, ...], tuple[float, float]] = {}
        for prefix, (blank, label) in beams.items():
            total = float(np.logaddexp(blank, label))
            _add(grown, prefix, total + float(emitted[0]), float(_NEVER))
            for index in likely:
                gain = float(emitted[index + 1])
                if prefix and prefix[-1] == index:
                    _add(grown, prefix, float(_NEVER), label + gain)
                    _add(grown, (*prefix, index), float(_NEVER), blank + gain)
                else:
                    _add(grown, (*prefix, index), float(_NEVER), total + gain)
        best = sorted(grown.items(), key=lambda beam: -float(np.logaddexp(*beam[1])))
        beams = dict(best[:width])
    return list(beams)


def _add(
    beams: dict[tuple[int, ...], tuple[float, float]], prefix: tuple[int, ...], blank: float, label: float
) -> None:
    had = beams.get(prefix, (float(_NEVER), float(_NEVER)))
    beams[prefix] = (float(np.logaddexp(had[0], blank)), float(np.logaddexp(had[1], label)))
