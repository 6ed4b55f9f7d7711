"""The sheet: a grid matched to an edition, and the cell of every field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from intake.grid import Cell, Grid
from records.editions import Edition
from records.findings import Reason
from records.values import split_path


class Place(StrEnum):
    """Where in its cell a value stands."""

    WHOLE = "whole"
    """The cell holds nothing but the value."""
    BEHIND = "behind"
    """The value follows the label (and its colon) in the same cell."""
    SENTENCE = "sentence"
    """The value fills a blank of a printed sentence."""
    OPTIONS = "options"
    """The cell lists printed options, some of them marked."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The spot of one field: its path, its cell, where in the cell, and the label as printed.

    `text` is the part of the cell's text that is the value's: without the
    label before it, without the rest of a sentence.
    """

    path: str
    cell: Cell
    place: Place
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid that was recognised: which edition, how well (0 to 1), every field's slot.

    `labels` are the cells whose wording was found, by key (`rows.column` for a
    column's heading); of these, `misread` were told only by their neighbours.
    `missing` are keys whose label was not found; `unplaced` are cells that
    hold words which belong to nothing. `continues` is true for a sheet that
    only carries more rows of the form before it, or values that found no room
    there: `carried`, in order, a value in several pieces perhaps. `lacking` is
    why the sheet is no form unless another page holds the rest of it.
    """

    edition: Edition
    score: float
    grid: Grid
    slots: Mapping[str, Slot]
    ink: Mapping[str, Cell]
    missing: tuple[str, ...] = ()
    continues: bool = False
    labels: Mapping[str, Cell] = field(default_factory=lambda: MappingProxyType({}))
    misread: tuple[str, ...] = ()
    unplaced: tuple[Cell, ...] = ()
    carried: tuple[Slot, ...] = ()
    lacking: Reason | None = None

    @property
    def keys(self) -> frozenset[str]:
        """The keys of which a label or a blank was found; of a table its own and its headings'."""
        plain = (path for path in self.slots if split_path(path)[1] is None)
        return frozenset((*self.labels, *plain))
