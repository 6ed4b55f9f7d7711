"""Misread labels: in a row that is all labels, the cell that the engine misread, by what is still missing.

Two-character labels allow no wrong character by themselves (姓名 and 姓各 may
be anything); between labels that were read, with the others accounted for, the
nearest missing one is meant. Only for pictures: digital text is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rapidfuzz import fuzz

from intake.grid import Cell
from intake.labels import Hit, Wanted
from intake.wording import looks_labelled, plain, said_before_colons

_HALF = 50.0
_MOSTLY = 70.0
GUESSED = 0.6
"""How close a misread label counts: nearer to nothing else, but not its own wording."""


def recovered(cells: Iterable[Cell], missing: Collection[Wanted]) -> list[Hit]:
    """For each cell the missing label that it most resembles, at least by half; no label twice."""
    offers = sorted(
        (
            (-fuzz.ratio(plain(cell.text), entry.plain), cell.row, cell.column, entry.key, cell, entry)
            for cell in cells
            for entry in missing
            if _resembles(cell, entry)
        ),
        key=lambda offer: offer[:4],
    )
    found: list[Hit] = []
    for *_, cell, entry in offers:
        if all(hit.cell != cell and hit.wanted.key != entry.key for hit in found):
            found.append(Hit(entry, cell, GUESSED))
    return found


def _resembles(cell: Cell, entry: Wanted) -> bool:
    said = plain(cell.text)
    near = 0 < len(said) <= len(entry.plain) + 2
    return near and fuzz.ratio(said, entry.plain) >= _HALF


def is_label_row(row: Sequence[Cell], labels: Collection[Cell]) -> bool:
    """Whether nearly all cells of a row are known labels."""
    known = sum(cell in labels for cell in row)
    return known >= 2 and known >= 0.6 * len(row)


def is_like_label(cell: Cell, missing: Iterable[Wanted]) -> bool:
    """Whether a cell's words, starred or not, are a long label with wrong characters, and so no value."""
    said = cell.text.strip()
    starred = said[:1] in _STARS or said[-1:] in _STARS
    words = plain(said_before_colons(said)[0].label) if looks_labelled(said) else plain(said)
    if starred and 0 < len(words) <= 12:
        return True
    return 3 <= len(words) <= 16 and any(fuzz.ratio(words, entry.plain) >= _MOSTLY for entry in missing)


_STARS = frozenset("*＊﹡✱")
