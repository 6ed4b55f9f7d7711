"""Scoring: what was read beside the truth, field by field, as the contract defines right and silent.

Own code on purpose: a scorer that shares its normal forms with the program
would be blind to the program's mistakes about them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from records.editions import Edition

Json = Mapping[str, Any]
_NUMBERS = ("money", "number", "integer")
_CODES = ("id_number", "code")


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of the truth beside what was read; `flagged` says that a clerk is asked to look."""

    path: str
    kind: str
    want: Any
    have: Any
    flagged: bool

    @property
    def exact(self) -> bool:
        """Whether both mean the same."""
        return bool(_normal(self.want, self.kind) == _normal(self.have, self.kind))

    @property
    def silent(self) -> bool:
        """Wrong, and nobody is told."""
        return not self.exact and not self.flagged


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of compared fields, and the shares that are made of them."""

    fields: int = 0
    exact: int = 0
    silent: int = 0
    straight: int = 0
    flagged: int = 0

    def and_(self, one: Compared) -> Tally:
        """The tally with one more field."""
        return Tally(
            self.fields + 1,
            self.exact + one.exact,
            self.silent + one.silent,
            self.straight + (one.exact and not one.flagged),
            self.flagged + one.flagged,
        )

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Exact, silent, straight and flagged as shares of all fields."""
        total = max(self.fields, 1)
        return self.exact / total, self.silent / total, self.straight / total, self.flagged / total


def compared(read: Json | None, truth: Json, edition: Edition) -> Iterator[Compared]:
    """Every field of the truth; `read` is a form's line of the contract, None when there was none.

    A page said to be no known form counts as flagged; one taken for another form, or none, does not.
    Kinds that a truth calls `unscored` cannot be told from the shapes of its hand alone.
    """
    left_out = truth.get("unscored", ())
    every = _every(read, truth, edition)
    yield from (one for one in every if one.kind not in left_out)


def _every(read: Json | None, truth: Json, edition: Edition) -> Iterator[Compared]:
    said = read.get("edition") if read is not None else ""
    unread = read is not None and said is None
    got = read.get("fields", {}) if read is not None and said == truth["edition"] else {}
    for asked in edition.fields:
        if asked.key not in truth["fields"]:
            continue
        if asked.is_rows:
            yield from _rows(asked.key, {one.key: one.kind for one in asked.fields}, got, truth, unread)
        else:
            cell = _cell(got.get(asked.key))
            yield Compared(
                asked.key, asked.kind, truth["fields"][asked.key], cell["value"], unread or _flag(cell)
            )


def _rows(table: str, kinds: Mapping[str, str], got: Json, truth: Json, unread: bool) -> Iterator[Compared]:
    wanted, had = truth["fields"][table], got.get(table) or []
    for index in range(max(len(wanted), len(had))):
        row = wanted[index] if index < len(wanted) else None
        for key, kind in kinds.items():
            if row is not None and key not in row:
                continue
            cell = _cell(had[index].get(key)) if index < len(had) else _cell(None)
            want = row[key] if row is not None else None
            if want is None and cell["value"] in (None, "", []):
                continue
            yield Compared(f"{table}.{index}.{key}", kind, want, cell["value"], unread or _flag(cell))


def _cell(said: Any) -> Json:
    return said if isinstance(said, dict) and "value" in said else {"value": None, "review": False}


def _flag(cell: Json) -> bool:
    return bool(cell.get("review", False))


def _normal(value: Any, kind: str) -> Any:
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, list):
        return tuple(sorted(_normal(entry, "text") for entry in value))
    text = "".join(unicodedata.normalize("NFKC", str(value)).split())
    if kind in _NUMBERS:
        try:
            return round(float(text.replace(",", "").replace("元", "")), 2)
        except ValueError:
            return text
    return text.upper() if kind in _CODES else text
