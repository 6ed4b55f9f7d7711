"""A new paper against the record: what changed since last year, and the way to take it over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from desk import words
from desk.reviewing import Form as Filled
from desk.web.asked import Number
from desk.web.routes.review import hand_of, may_decide, work_on
from desk.web.visit import Filing, Visit
from records.archive import DraftRow, Record
from records.drafts import Draft
from records.editions import Edition
from records.errors import Refused
from records.joining import is_of_worker, is_same, merged
from records.known_again import in_rows_of, is_near
from records.values import BLANKS, Value, Values, split_path

routes = APIRouter()
FieldPath = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Change:
    """A field that the new paper changes: what the record says, what was read, whether the old one is kept.

    `open` when a clerk must still look at it, `near` when both differ in a character only. `gone` when
    the path is a whole row, of somebody whom the new paper does not have.
    """

    path: str
    label: str
    before: str
    after: str
    kept: bool
    open: bool
    near: bool = False
    picture: str = ""
    gone: bool = False


@dataclass(frozen=True)
class Meeting:
    """A record and a draft of the same edition."""

    visit: Visit
    record: Record
    row: DraftRow
    draft: Draft
    edition: Edition

    @cached_property
    def filled(self) -> Filled:
        """The draft with what was decided."""
        decisions = self.visit.store.reviews.decisions(self.row.number)
        return Filled(self.draft, self.edition, decisions)

    @cached_property
    def old(self) -> Values:
        """What the record says, everybody in the row where the new paper has them."""
        return in_rows_of(self.edition, self.record.values, self.filled.values)

    def check(self) -> None:
        """Raises Refused (`other_worker`): whoever they are, their data is not for this paper."""
        if self.row.joins != self.record.number and not is_of_worker(
            self.edition, self.record.values, self.filled.values
        ):
            raise Refused("other_worker", number=self.record.number)

    def changes(self) -> Iterator[Change]:
        """What the new paper changes, or was decided not to change, in the paper's order."""
        readings = self.draft.readings
        read, now = (merged(self.old, readings, values) for values in (self.draft.values, self.filled.values))
        gone = self._gone(read)
        for path in dict.fromkeys((*readings, *now, *self.old)):
            head = path.rpartition(".")[0]
            if head in gone:
                if path == next(iter(gone[head])):
                    yield self._leaving(head, gone[head], now)
            elif (change := self._change(path, read, now)) is not None:
                yield change

    def _gone(self, read: Values) -> dict[str, dict[str, Value]]:
        """Each row of which the new paper says nothing any more, with what the record says in it."""
        rows: dict[str, dict[str, Value]] = {}
        for path, value in self.old.items():
            if path.count(".") and value not in BLANKS:
                rows.setdefault(path.rpartition(".")[0], {})[path] = value
        filled = {path.rpartition(".")[0] for path, value in read.items() if value not in BLANKS}
        return {row: told for row, told in rows.items() if row not in filled}

    def _leaving(self, row: str, told: Values, now: Values) -> Change:
        """A whole row that the new paper leaves out."""
        before = " · ".join(words.value(self.edition, path, value) for path, value in told.items())
        kept = any(now.get(path) not in BLANKS for path in told)
        return Change(
            row, self.edition.field(split_path(next(iter(told)))[0]).row, before, "", kept, False, gone=True
        )

    def _change(self, path: str, read: Values, now: Values) -> Change | None:
        """What becomes of one field; None when nothing does."""
        before, after = self.old.get(path), now.get(path)
        kept = is_same(before, after)
        if kept and is_same(before, read.get(path)):
            return None
        shown = read.get(path) if kept else after
        return Change(
            path,
            words.label(self.edition, path),
            words.value(self.edition, path, before),
            words.value(self.edition, path, shown),
            kept,
            path in self.still_open,
            isinstance(before, str) and isinstance(shown, str) and is_near(before, shown),
            self._picture(path),
        )

    @cached_property
    def still_open(self) -> frozenset[str]:
        """What a clerk must still look at."""
        return frozenset(self.filled.open)

    def paths(self, path: str) -> list[str]:
        """The field, or all that the record says in a row."""
        cells = [one for one in self.old if one.rpartition(".")[0] == path]
        return cells or [path]

    def _picture(self, path: str) -> str:
        reading = self.draft.readings.get(path)
        if reading is None or reading.source is None or not self.row.sha256:
            return ""
        box = f"?box={','.join(map(str, reading.source.box))}" if reading.source.box else ""
        return f"/scans/{self.row.sha256}/{reading.source.page}.png{box}"


def _meeting(visit: Visit, number: int, draft: int) -> Meeting:
    """Raises NoSuchRecord, NoSuchDraft; Refused (`draft_closed`, `other_edition`)."""
    record, row = visit.record(number), visit.draft_row(draft)
    if row.closed is not None:
        raise Refused("draft_closed", number=draft, record=row.record or "")
    if row.edition != record.edition:
        raise Refused("other_edition", what=record.edition, edition=row.edition)
    return Meeting(visit, record, row, visit.store.draft(draft), visit.site.editions[row.edition])


@routes.get("/records/{number}/against/{draft}")
def against(visit: Filing, number: Number, draft: Number) -> Response:
    """What a new paper changes in a record, nothing else."""
    met = _meeting(visit, number, draft)
    met.check()
    visit.note("looked", f"record:{number}", f"draft:{draft}")
    return visit.page("record-against.html", record=met.record, row=met.row, changes=list(met.changes()))


@routes.post("/records/{number}/against/{draft}/field")
def choose(
    visit: Filing, number: Number, draft: Number, path: FieldPath, keep: Annotated[bool, Form()] = False
) -> Response:
    """One change is taken over, or what the record says is kept.

    Raises NotAllowed, and what `Reviews.decide` does.
    """
    met = _meeting(visit, number, draft)
    met.check()
    may_decide(work_on(visit, draft))
    there = met.old if keep else met.draft.values
    visit.store.reviews.decide_all(draft, {one: there.get(one) for one in met.paths(path)}, hand_of(visit))
    met = _meeting(visit, number, draft)
    return visit.page("record-changes.html", record=met.record, row=met.row, changes=list(met.changes()))


@routes.post("/records/{number}/against/{draft}")
def join(visit: Filing, number: Number, draft: Number) -> Response:
    """The paper goes to this record once it is settled and approved. Raises Refused."""
    _meeting(visit, number, draft).check()
    visit.store.join(draft, number)
    visit.note("joined", f"record:{number}", f"draft:{draft}")
    return visit.go(f"/review/{draft}")


@routes.delete("/records/{number}/against/{draft}")
def part(visit: Filing, number: Number, draft: Number) -> Response:
    """The paper goes to no record that is there. Raises Refused."""
    _meeting(visit, number, draft)
    visit.store.join(draft, None)
    visit.note("parted", f"record:{number}", f"draft:{draft}")
    return visit.go(f"/records/{number}/against/{draft}")
