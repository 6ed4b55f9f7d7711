"""Rosters: what an edition's `<name>.roster.toml` says of a list: columns, questions, secrets, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

ROWS = "rows"
"""The name of a roster's own table in its sheet."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the sheet, heading, width in mm, and what it shows, by a name of `WAYS`.

    `of` are the fields that it shows; `mask` is a name of `MASKS`; an
    `optional` column is there only when asked for. `coded` prints the numbers
    of printed options instead of their words. `words` are other words for states.
    """

    key: str
    head: str
    width: float
    shows: str = "field"
    of: tuple[str, ...] = ()
    mask: str = ""
    align: str = "centre"
    optional: bool = False
    coded: bool = False
    process: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that only the clerk knows: a day, a number, a telephone."""

    key: str
    label: str
    kind: str = "text"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Never:
    """Fields that a public list does not show, and why not."""

    fields: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster as its file describes it; `settings` is what only its source knows.

    Days are written in Chinese `numerals` where the paper's time asks for it."""

    source: str
    tables: Mapping[str, tuple[Column, ...]]
    asks: tuple[Ask, ...]
    public: bool
    never: tuple[Never, ...]
    why_hidden: str
    settings: Mapping[str, Any]
    numerals: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its own table."""
        return self.tables.get(ROWS, ())


def read_roster(data: dict[str, Any]) -> Roster:
    """The roster that a file's data describes; raises KeyError, TypeError."""
    tables = {ROWS: data.pop("columns")} if "columns" in data else {}
    tables |= {name: table["columns"] for name, table in data.get("tables", {}).items()}
    return Roster(
        source=data.pop("source", "records"),
        tables={name: tuple(_column(one) for one in columns) for name, columns in tables.items()},
        asks=tuple(Ask(key, **told) for key, told in data.pop("asks", {}).items()),
        public=data.pop("public", False),
        never=tuple(Never(tuple(one["fields"]), one["why"]) for one in data.pop("never", ())),
        why_hidden=data.pop("why_hidden", ""),
        numerals=data.pop("numerals", False),
        settings=MappingProxyType(data),
    )


def _column(data: dict[str, Any]) -> Column:
    known: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
    }
    column = Column(**known)
    return column if column.of or column.shows != "field" else replace(column, of=(column.key,))
