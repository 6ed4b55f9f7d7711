"""Bare rows: what a page hands out of rows that no heading on it tells, for the form on the page before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake.engine import Line
from records.drafts import Source
from records.evidence import Evidence

Columns = Mapping[str, tuple[float, float]]
"""By its key, where each column of a table begins and ends, as shares of the width of what is ruled."""


@dataclass(frozen=True, slots=True)
class BareCell:
    """A cell without a heading: its sides as shares of the ruled width, its lines as read, its spot.

    `around` is what the cell shows around its lines; `doubts` are the codes of
    the reasons why it wants a look.
    """

    x0: float
    x1: float
    lines: tuple[Line, ...]
    source: Source
    around: Evidence
    doubts: tuple[str, ...] = ()


BareRow = tuple[BareCell, ...]
