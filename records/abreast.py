"""Abreast: one field of many drafts. A field comes in, its readings in all drafts that wait go out.

Only what nobody has decided yet, in drafts that a clerk must settle and that nobody else has open. Readings
are taken out of the drafts by the database: a whole draft is a hundred times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, and_, cast, exists, func, or_, select, true
from sqlalchemy.sql.selectable import TableValuedAlias

from records import wire
from records.database import Database
from records.drafts import Reading
from records.reviews import Hand, Stage
from records.tables import Drafts, ReviewDecisions, Reviews
from records.values import key_of


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many readings of a field wait, and how many of these want a look.

    `key` is a plain field's, or `table.column`.
    """

    edition: str
    key: str
    readings: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One reading of the field: in which draft and where, of whom, on which scan."""

    draft: int
    path: str
    name: str
    sha256: str
    reading: Reading


@dataclass(frozen=True)
class Abreast:
    """The drafts of a store, side by side; every method raises StoreBusy, DiskFull or StoreError as need be.

    `unit` narrows to what one unit took in, empty for all.
    """

    database: Database
    clock: Callable[[], datetime] = field(default=_now)

    def waiting(self, unit: str, hand: Hand) -> list[Waiting]:
        """The fields of which readings wait, with their numbers, edition by edition in no order."""
        each = self._each()
        wants = self._flag(each)
        wanted = (
            select(Drafts.edition, each.c.key, wants, func.count()).select_from(Drafts).join(each, true())
        )
        wanted = wanted.where(*self._free(each, unit, hand)).group_by(Drafts.edition, each.c.key, wants)
        sums: dict[tuple[str, str], list[int]] = {}
        with self.database.reading() as session:
            for edition, path, doubtful, count in session.execute(wanted):
                one = sums.setdefault((edition, key_of(path)), [0, 0])
                one[0] += count
                one[1] += count if doubtful else 0
        return [Waiting(*named, *counts) for named, counts in sums.items()]

    def cells(self, edition: str, key: str, unit: str, hand: Hand) -> list[Cell]:
        """The readings of a field that wait, by draft and place."""
        each = self._each()
        table, _, column = key.rpartition(".")
        here = each.c.key.like(f"{table}.%.{column}") if table else each.c.key == key
        columns = (Drafts.number, each.c.key, Drafts.name, Drafts.sha256, self._text(each))
        wanted: Select[Any] = select(*columns).select_from(Drafts).join(each, true())
        wanted = wanted.where(Drafts.edition == edition, here, *self._free(each, unit, hand))
        with self.database.reading() as session:
            found = session.execute(wanted.order_by(Drafts.number)).all()
        return [
            Cell(number, path, name, sha256, _reading(text))
            for number, path, name, sha256, text in found
            if key_of(path) == key
        ]

    def _free(self, each: TableValuedAlias, unit: str, hand: Hand) -> Sequence[ColumnElement[bool]]:
        """Of open drafts from paper: not filed, not open by others, the reading not decided."""
        held = Reviews.claimed_until > self.clock()
        mine = or_(Reviews.claimed_by == hand.name, Reviews.claimed_account == hand.account)
        taken = exists().where(
            Reviews.draft == Drafts.number, or_(Reviews.stage == Stage.FILED, and_(held, ~mine))
        )
        of_path = or_(
            ReviewDecisions.path == each.c.key, each.c.key.startswith(ReviewDecisions.path.concat("."))
        )
        decided = exists().where(ReviewDecisions.draft == Drafts.number, of_path)
        own = [Drafts.unit == unit] if unit else []
        return [Drafts.closed_at.is_(None), Drafts.sha256.is_not(None), ~taken, ~decided, *own]

    # --- how each database takes a text of JSON apart

    @property
    def _is_lite(self) -> bool:
        return self.database.engine.dialect.name == "sqlite"

    def _each(self) -> TableValuedAlias:
        if self._is_lite:
            return func.json_each(Drafts.draft_json, "$.readings").table_valued("key", "value")
        readings = func.json_each(cast(Drafts.draft_json, JSON)["readings"])
        return readings.table_valued("key", "value").render_derived()

    def _flag(self, each: TableValuedAlias) -> ColumnElement[Any]:
        if self._is_lite:
            return func.json_extract(each.c.value, "$.review")
        return func.json_extract_path_text(each.c.value, "review") == "true"

    def _text(self, each: TableValuedAlias) -> ColumnElement[Any]:
        return each.c.value if self._is_lite else func.concat(each.c.value)


def _reading(text: str) -> Reading:
    return wire.readings_from_json(f'{{"": {text}}}')[""]
