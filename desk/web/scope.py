"""What the overview counts: what was chosen of a store, and the ways to what is behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from desk import phrases, words
from records.forms import Edition
from records.overview import Chosen
from records.worklists import said

if TYPE_CHECKING:
    from records.store import Store


@dataclass(frozen=True)
class Scope:
    """What is counted of a store; who is behind a private line only where they are `opened`."""

    store: Store
    edition: Edition
    chosen: Chosen
    opened: bool = False

    @property
    def range(self) -> str:
        """What is counted: edition, unit and days."""
        chosen, told = self.chosen, [words.edition(self.edition)]
        told.append(phrases.PLOT_EVERY_UNIT if chosen.unit is None else chosen.unit or phrases.PLOT_NO_UNIT)
        days = ((phrases.PLOT_SINCE, chosen.first), (phrases.PLOT_TILL, chosen.last))
        told += [text.format(day=day) for text, day in days if day is not None]
        return "，".join(told)

    @property
    def about(self) -> str:
        """What is counted, and when."""
        return f"{self.range}。{phrases.PLOT_COUNTED_ON} {self.today}"

    @property
    def today(self) -> date:
        """The day from which days are counted."""
        return date.today()

    @property
    def deadline(self) -> date | None:
        """The last day of the notice."""
        deadline = said(self.edition, "deadline")
        return date.fromisoformat(deadline["day"]) if deadline else None

    def link(self, path: str, **more: object) -> str:
        """A path of the desk with what was chosen, and more."""
        chosen = self.chosen
        told = {"edition": chosen.edition, "unit": chosen.unit, "first": chosen.first, "last": chosen.last}
        given = {key: one for key, one in (told | more).items() if one is not None}
        return f"{path}?{urlencode(given, doseq=True)}"

    def records(self, block: str, labels: Sequence[str] = (), **more: object) -> str:
        """Where the records of a block's line are listed."""
        return self.link("/figures/records", block=block, label=list(labels), **more)

    def forms(self, plot: str, key: str = "", **more: object) -> str:
        """Where the forms behind a mark of a plot are listed."""
        return self.link("/figures/forms", plot=plot, key=key, **more)


def part_of(chosen: Chosen, since: date | None, till: date | None, unit: str | None) -> Chosen:
    """What of that which was chosen lies between two days, or is of a unit: one column, one bar of it."""
    first = max(filter(None, (chosen.first, since)), default=None)
    last = min(filter(None, (chosen.last, till)), default=None)
    return Chosen(chosen.edition, unit if chosen.unit is None else chosen.unit, first, last)


def narrowed(chosen: Chosen, unit: str) -> Chosen:
    """What an account of a unit may see of what was chosen."""
    return replace(chosen, unit=unit) if unit else chosen
