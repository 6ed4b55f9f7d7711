"""A recogniser's output made by hand: characters and doubts in, a line with its probabilities out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from intake.engine import LIKELY, Glyph, Line, Scores

ALPHABET = (
    "",
    *"0123456789X.,-/:年月日元万角分一二三四五六七八九十壹贰叁〇零",
    *"０１２３４５６７８９，、。（）()ABab",
    *"男女是否有无已未婚离异丧偶在岗冈下待失业退休病内农民工职医保城镇居新合商险灵活就打零",
    *"張张贵貴国國华華李王明河南省杭州市西湖区路号",
    *"干何√",
    *"父亲母丈夫妻子儿女其他动能力患重特大疾病学上",
    " ",
)
_STEP = 8.0
_REST = 1e-6


def scores_from(table: NDArray[np.float32], alphabet: tuple[str, ...]) -> Scores:
    """What an engine hands out, from the logarithms of all probabilities, steps × classes."""
    likely = np.flatnonzero((table > np.log(LIKELY)).any(axis=0))
    return Scores(
        alphabet,
        table.argmax(axis=1),
        frozenset(likely.tolist()),
        lambda classes: table[:, np.asarray(classes, np.int64)],
    )


def scores_of(columns: Sequence[Mapping[str, float]]) -> Scores:
    """One step for each mapping of characters to probabilities; "" is the blank, the rest is spread thin."""
    table = np.full((len(columns), len(ALPHABET)), _REST)
    for row, said in zip(table, columns, strict=True):
        for char, probability in said.items():
            row[ALPHABET.index(char)] = probability
    table /= table.sum(axis=1, keepdims=True)
    return scores_from(np.log(table).astype(np.float32), ALPHABET)


def line_of(text: str, sure: float = 0.999, doubts: Mapping[int, Mapping[str, float]] | None = None) -> Line:
    """A line read as `text`; at some places other characters get the probabilities of `doubts`."""
    columns: list[Mapping[str, float]] = [{"": 1.0}]
    glyphs = []
    for place, char in enumerate(text):
        others = (doubts or {}).get(place, {})
        own = max(sure - sum(others.values()), 0.0)
        columns += [{char: own, "": max(1 - sure, 0.0), **others}, {"": 1.0}]
        glyphs.append(Glyph(char, (2 * place + 1) * _STEP, (2 * place + 2) * _STEP, own))
    mean = sum(glyph.confidence for glyph in glyphs) / max(len(glyphs), 1)
    return Line(text, mean, tuple(glyphs), scores_of(columns))


def bare(text: str, confidence: float = 0.99) -> Line:
    """The same from an engine that has no probabilities."""
    return Line(text, confidence)
