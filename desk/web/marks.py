"""Plots before they are drawn: their marks, the lines of their tables, what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from desk import phrases
from records.statistics import share

Cell = str | int | Decimal


class Way(StrEnum):
    """How a plot is drawn."""

    BARS = "bars"
    COLUMNS = "columns"
    DOTS = "dots"


@dataclass(frozen=True, slots=True)
class Point:
    """A bar, a column or a dot: its label, its number, what is said of it, its line in the table.

    A dot lies `at` a place across, for `weight` cases; `rest` tells apart what is no line of its own.
    """

    label: str
    number: float
    said: str
    cells: tuple[Cell, ...]
    link: str = ""
    rest: bool = False
    at: float = 0.0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and the heads of its table. `until` is a place among columns, `up` and `across` name axes."""

    name: str
    title: str
    way: Way
    points: tuple[Point, ...]
    heads: tuple[str, ...]
    notes: tuple[str, ...] = ()
    until: float | None = None
    until_said: str = ""
    up: str = ""
    across: str = ""


def counted(label: str, count: int, whole: int, link: str, rest: bool = False) -> Point:
    """A bar that counts records: how many, and which share of the whole."""
    per_cent = share(count, whole)
    told = phrases.PLOT_COUNT.format(count=count, share=per_cent)
    return Point(label, count, told, (label, count, per_cent), link if count else "", rest)
