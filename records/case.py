"""A household before a notice: the form's values, what a clerk was asked besides, the edition's data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from records.forms import Edition, Field
from records.values import Value, Values, row_count, row_path

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One household before one notice."""

    edition: Edition
    values: Values
    given: Mapping[str, Value]

    @property
    def data(self) -> Settings:
        """The edition's `[eligibility]`."""
        return self.edition.eligibility

    def value(self, key: str) -> Value:
        """A field's value or what was given besides; what was given wins."""
        return self.given.get(key, self.values.get(key))

    def text(self, key: str) -> str:
        """A text; empty when unknown."""
        value = self.value(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> Decimal | None:
        """A number; None when unknown."""
        value = self.value(key)
        return value if isinstance(value, Decimal) else None

    def chosen(self, keys: Collection[str]) -> tuple[str, ...]:
        """The entries of choices and sets of choices together."""
        values = [self.value(key) for key in keys]
        return tuple(
            entry
            for value in values
            if value
            for entry in (value if isinstance(value, tuple) else (str(value),))
        )

    def column(self, table: str, column: str) -> tuple[str, ...]:
        """The texts of a table's column, blanks included."""
        return tuple(
            self.text(row_path(table, index, column)) for index in range(row_count(table, self.values))
        )

    def answer(self, ask: str) -> bool | None:
        """A yes or no that was given; None when it was not."""
        return {self.data["yes"]: True, self.data["no"]: False}.get(self.text(ask))

    def assumed(self, name: str) -> str:
        """The reading of an ambiguity that holds: the given one or the default."""
        return self.text(name) or str(self.data["assumptions"][name].get("default", ""))

    def label(self, key: str) -> str:
        """The label of a field or an ask."""
        return next((ask.label for ask in asks(self.edition) if ask.key == key), "") or _field_label(
            self.edition, key
        )


_known: dict[int, tuple[Edition, tuple[Field, ...]]] = {}


def asks(edition: Edition) -> tuple[Field, ...]:
    """What a clerk may be asked besides the form, as fields: parse and show answers by their kinds."""
    if id(edition) not in _known:
        # Kept with its edition, so that no other takes its place in memory.
        _known[id(edition)] = (edition, _asks(edition))
    return _known[id(edition)][1]


def _asks(edition: Edition) -> tuple[Field, ...]:
    data = edition.eligibility
    words = (data["yes"], data["no"]) if "yes" in data else ()
    return tuple(_ask(key, entry, words) for key, entry in data.get("asks", {}).items())


def _ask(key: str, entry: Settings, words: tuple[str, ...]) -> Field:
    asked = Field(key=key, **entry)
    return replace(asked, choices=words, enforced=True) if asked.kind == "choice" else asked


def _field_label(edition: Edition, key: str) -> str:
    return edition.field(key).label if edition.has(key) else key
