"""What the overview plots: every plot by its name, for what was chosen.

Which blocks there are is the edition's; what is counted is asked of the store's index (`records.overview`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desk import phrases
from desk.web import plots_of_forms, plots_of_records
from desk.web.marks import Plot
from desk.web.scope import Scope
from records.errors import DanganError
from records.overview import WHOLE, Division
from records.worklists import said

OF_CLERKS = ("clerks", "paces")
"""The plots that tell of single clerks."""
FEWEST = 10
"""Of fewer records, numbers of what is hidden on screens give people away."""


@dataclass(frozen=True)
class Figures(Scope):
    """The plots of a store for what was chosen."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every plot that tells nothing of single clerks, the most asked for first."""
        divisions = [name for name in self._divisions if not self._tells_of_whom(name)]
        units = ["units"] if self.chosen.unit is None else []
        editions = ["editions"] if len(self.store.editions.keys) > 1 else []
        duties = ["duties"] if any(said(self.edition, name) for name in ("deadline", "sync")) else []
        return (*editions, "progress", *duties, *divisions, *units, "settled", "pace", "fields", "tenths")

    @property
    def _divisions(self) -> Mapping[str, Division]:
        return {one.name: one for one in self.store.overview.divisions(self.edition)}

    def is_private(self, name: str) -> bool:
        """Whether a plot tells what is hidden on screens until somebody asks for it."""
        return name in self._divisions and self._divisions[name].private

    def is_closed(self, name: str) -> bool:
        """Whether the visitor is not shown who stands in the lines of a plot."""
        return self.is_private(name) and not self.opened

    def _tells_of_whom(self, name: str) -> bool:
        """Whether a plot that hides who stands in its lines is of so few that its numbers tell it."""
        return self.is_closed(name) and self.store.overview.counted(self.chosen) < FEWEST

    def title(self, name: str) -> str:
        """What a plot is called; empty for all records. Raises DanganError (`no_such_page`)."""
        if name in self._divisions:
            return self._divisions[name].label
        if name not in _TITLES:
            raise DanganError("no_such_page")
        return _TITLES[name]

    def plot(self, name: str) -> Plot:
        """A plot by name. Raises KeyError."""
        if name in self._divisions:
            return plots_of_records.divided(self, self._divisions[name])
        return _PLOTS[name](self)


_TITLES = {
    WHOLE: "",
    "progress": phrases.PLOT_PROGRESS,
    "units": phrases.PLOT_UNITS,
    "editions": phrases.PLOT_EDITIONS,
    "duties": phrases.PLOT_DUTIES,
    "settled": phrases.PLOT_SETTLED,
    "pace": phrases.PLOT_PACE,
    "paces": phrases.PLOT_PACES,
    "fields": phrases.PLOT_FIELDS,
    "clerks": phrases.PLOT_CLERKS,
    "tenths": phrases.PLOT_TENTHS,
}
_PLOTS: Mapping[str, Callable[[Scope], Plot]] = {
    "progress": plots_of_records.progress,
    "units": plots_of_records.units,
    "editions": plots_of_records.editions,
    "duties": plots_of_records.duties,
    "settled": plots_of_forms.settled,
    "pace": plots_of_forms.pace,
    "paces": plots_of_forms.paces,
    "fields": plots_of_forms.fields,
    "clerks": plots_of_forms.clerks,
    "tenths": plots_of_forms.tenths,
}
