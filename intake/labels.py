"""Labels: which cells of a grid carry which printed wording of an edition.

Cells and an edition in, hits out. A hit says how close the wording is and
whether a value stands behind the label in the same cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from intake.grid import Cell
from intake.wording import bare, behind, distance, has_colon, length_in, plain, said_before_colons, tolerance
from records.editions import Edition, Field

EXACT = 1.0
ALIAS = 0.995
WITHOUT_BRACKETS = 0.98
BEHIND_COLON = 0.97
WITHOUT_COLON = 0.9
STRONG = 0.97
"""From here on a cell surely is a label: only stars, spaces, brackets and colons differ."""


class Role(StrEnum):
    """What a printed wording is in its edition."""

    FIELD = "field"
    COLUMN = "column"
    ROWS = "rows"
    INK = "ink"
    PRINTED = "printed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wording that the paper may print: for which key (`rows.column` for a heading), in which role.

    `entries` are the plain words of the list that a value behind it is of.
    """

    key: str
    role: Role
    label: str
    plain: str
    bare: str
    primary: bool
    entries: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[Role, str]:
        """Role and key, the same for all spellings of one label."""
        return self.role, self.key


@dataclass(frozen=True, slots=True)
class Hit:
    """A cell that carries a wording; `start` is where in its text the label ends and a value may follow.

    `start` is None when the cell holds nothing but the label; `stop` is where
    the next label of the same cell begins.
    """

    wanted: Wanted
    cell: Cell
    closeness: float
    start: int | None = None
    stop: int | None = None
    colon: bool = False

    @property
    def behind(self) -> str:
        """The text behind the label in its own cell."""
        return "" if self.start is None else behind(self.cell.text[: self.stop], self.start)


def wanted_of(edition: Edition) -> tuple[Wanted, ...]:
    """Every wording of an edition's form, the labels of cards and packets aside."""
    return (
        *_of_fields(edition.on_paper),
        *(entry for ink in edition.ink for entry in _spellings(ink.key, Role.INK, ink.labels)),
        *(entry for text in edition.printed for entry in _spellings(text, Role.PRINTED, (text,))),
    )


def _of_fields(fields: Iterable[Field]) -> Iterator[Wanted]:
    for asked in fields:
        role = Role.ROWS if asked.is_rows else Role.FIELD
        yield from _spellings(asked.key, role, asked.labels, tuple(map(plain, asked.choices)))
        for column in asked.fields:
            yield from _spellings(f"{asked.key}.{column.key}", Role.COLUMN, column.labels)


def _spellings(
    key: str, role: Role, labels: Sequence[str], entries: tuple[str, ...] = ()
) -> Iterator[Wanted]:
    for place, label in enumerate(labels):
        yield Wanted(key, role, label, plain(label), bare(label), place == 0, entries)


_MOST_TEXTS = 8192
"""How many texts are kept with what they resemble: the same labels stand on page after page."""


def vocabulary_of(edition: Edition) -> Vocabulary:
    """The wordings of an edition, looked up for all of its pages."""
    return _vocabulary(wanted_of(edition))


@lru_cache(maxsize=64)
def _vocabulary(wanted: tuple[Wanted, ...]) -> Vocabulary:
    return Vocabulary(wanted)


class Vocabulary:
    """Wordings by their text, for quick looking up."""

    def __init__(self, wanted: tuple[Wanted, ...]) -> None:
        self.wanted = wanted
        self.by_plain: dict[str, list[Wanted]] = {}
        self.by_bare: dict[str, list[Wanted]] = {}
        for entry in self.wanted:
            self.by_plain.setdefault(entry.plain, []).append(entry)
            if len(entry.bare) >= 2:
                self.by_bare.setdefault(entry.bare, []).append(entry)
        self.by_length: dict[int, list[Wanted]] = {}
        for entry in self.wanted:
            self.by_length.setdefault(len(entry.plain), []).append(entry)
        self._near: dict[str, list[tuple[Wanted, float]]] = {}

    def exact(self, text: str) -> list[tuple[Wanted, float]]:
        """The wordings that a text spells, brackets aside, each with its closeness."""
        found = {entry: EXACT if entry.primary else ALIAS for entry in self.by_plain.get(plain(text), ())}
        for spelled in {plain(text), bare(text)}:
            for entry in self.by_bare.get(spelled, ()):
                found.setdefault(entry, WITHOUT_BRACKETS)
        return list(found.items())

    def near(self, text: str) -> list[tuple[Wanted, float]]:
        """The wordings that a text resembles with a wrong character or two; nothing for a short text."""
        spelled = plain(text)
        if spelled not in self._near:
            if len(self._near) >= _MOST_TEXTS:
                self._near.clear()
            self._near[spelled] = list(self._resembled(spelled))
        return self._near[spelled]

    def _resembled(self, spelled: str) -> Iterator[tuple[Wanted, float]]:
        reach = tolerance(len(spelled)) + 1
        for length in range(len(spelled) - reach, len(spelled) + reach + 1):
            for entry in self.by_length.get(length, ()):
                wrong = distance(spelled, entry.plain)
                # A character behind the whole label is a value, not noise.
                if wrong and not spelled.startswith(entry.plain):
                    yield entry, 0.95 - 0.4 * wrong / len(entry.plain)

    def any_spelling(self, text: str) -> list[tuple[Wanted, float]]:
        """Exact wordings, or the near ones where there is none."""
        return self.exact(text) or self.near(text)


def hits_in(cell: Cell, words: Vocabulary) -> list[Hit]:
    """Every wording that a cell carries: whole, before a colon, or before its value without a colon."""
    text = cell.text
    if not plain(text):
        return []
    whole = [Hit(entry, cell, close, colon=has_colon(text)) for entry, close in words.any_spelling(text)]
    if any(hit.closeness >= STRONG for hit in whole):
        return whole
    return whole + (_before_colons(cell, words) or _before_gap(cell, words))


def _before_colons(cell: Cell, words: Vocabulary) -> list[Hit]:
    found: list[tuple[int, Hit]] = []
    for said in said_before_colons(cell.text):
        for start, entry, close in _ending(said.label, words):
            closeness = min(close, BEHIND_COLON) if close >= STRONG else close - 0.02
            found.append((said.start + start, Hit(entry, cell, closeness, said.end, colon=True)))
    starts = sorted({start for start, _ in found})
    return [
        Hit(hit.wanted, cell, hit.closeness, hit.start, _next(starts, start), colon=True)
        for start, hit in found
    ]


def _next(starts: list[int], start: int) -> int | None:
    return next((other for other in starts if other > start), None)


def _ending(words_said: str, words: Vocabulary) -> list[tuple[int, Wanted, float]]:
    """The labels that the words before a colon spell or end with: (start, wording, closeness)."""
    pieces = [0, *(place + 1 for place, char in enumerate(words_said) if not char.isalnum())]
    for look in (words.exact, words.near):
        for start in pieces:
            found = look(words_said[start:])
            if found:
                return [(start, entry, close) for entry, close in found]
    return []


def _before_gap(cell: Cell, words: Vocabulary) -> list[Hit]:
    """A label whose colon is missing: a bracket, a space or an entry of its list follows."""
    spelled = plain(cell.text)
    for length in range(len(spelled) - 1, 1, -1):
        for entry in words.by_plain.get(spelled[:length], ()):
            end = length_in(cell.text, entry.plain)
            if end is None or entry.role is Role.COLUMN:
                continue
            if _is_gap(cell.text[end : end + 1]) or spelled.startswith(entry.entries, length):
                return [Hit(entry, cell, WITHOUT_COLON, end)]
    return []


_GAPS = frozenset(" \t\n\u00a0\u3000）);；")


def _is_gap(char: str) -> bool:
    """Whether a label ends here: a bracket, a space, a misread colon, or a number right behind it."""
    return char in _GAPS or char.isdecimal()


def hits_of(cells: Iterable[Cell], words: Vocabulary) -> dict[Cell, list[Hit]]:
    """The hits of every cell that has any."""
    found = {cell: hits_in(cell, words) for cell in cells}
    return {cell: hits for cell, hits in found.items() if hits}


def best_only(hits: Mapping[Cell, list[Hit]]) -> dict[Cell, list[Hit]]:
    """Of the cells that surely carry one label only the best, the first on paper among equals.

    So 身份证 written as a kind of paper is no label where 身份证号 stands printed.
    """
    best: dict[tuple[Role, str], tuple[float, int, int]] = {}
    for hit in (hit for found in hits.values() for hit in found if _counts(hit)):
        rank = _rank(hit)
        best[hit.wanted.name] = min(best.get(hit.wanted.name, rank), rank)
    kept = {
        cell: [hit for hit in found if not _counts(hit) or _rank(hit) == best[hit.wanted.name]]
        for cell, found in hits.items()
    }
    return {cell: found for cell, found in kept.items() if found}


def _counts(hit: Hit) -> bool:
    return hit.closeness >= STRONG and hit.wanted.role is not Role.PRINTED


def _rank(hit: Hit) -> tuple[float, int, int]:
    return -hit.closeness, hit.cell.row, hit.cell.column


def nearest_only(
    hits: Mapping[Cell, list[Hit]], others: Iterable[Mapping[Cell, list[Hit]]]
) -> dict[Cell, list[Hit]]:
    """The hits without those that another edition's wording explains better, as 年 for 月 would be."""
    rivals: dict[Cell, list[Hit]] = {}
    for other in others:
        for cell, found in other.items():
            rivals.setdefault(cell, []).extend(found)
    kept = {
        cell: [hit for hit in found if not _bettered(hit, rivals.get(cell, ()))]
        for cell, found in hits.items()
    }
    return {cell: found for cell, found in kept.items() if found}


def _bettered(hit: Hit, rivals: Iterable[Hit]) -> bool:
    if hit.closeness >= WITHOUT_COLON:
        return False
    return any(rival.closeness > hit.closeness and rival.wanted.key != hit.wanted.key for rival in rivals)
