"""A new paper against the record: what changed since last year, and the way to take it over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from records.joining import merged
from records.lookalike import shape
from records.values import Value

routes = APIRouter()
FieldPath = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Change:
    """A field that the new paper changes: what the record says, what was read, whether the old one is kept.

    `open` when a clerk must still look at it, `near` when both differ in a character only.
    """

    path: str
    label: str
    before: str
    after: str
    kept: bool
    open: bool
    near: bool
    picture: str


@dataclass(frozen=True)
class Meeting:
    """A record and a draft of the same edition."""

    visit: Visit
    record: Record
    row: DraftRow
    draft: Draft
    edition: Edition

    @property
    def filled(self) -> Filled:
        """The draft with what was decided."""
        decisions = self.visit.store.reviews.decisions(self.row.number)
        return Filled(self.draft, self.edition, decisions)

    def changes(self) -> Iterator[Change]:
        """What the new paper changes, or was decided not to change, in the paper's order."""
        filled, old, readings = self.filled, self.record.values, self.draft.readings
        read, now = merged(old, readings, self.draft.values), merged(old, readings, filled.values)
        still_open = set(filled.open)
        for path in dict.fromkeys((*readings, *now, *old)):
            before, after = old.get(path) or None, now.get(path) or None
            if before == (read.get(path) or None) and before == after:
                continue
            shown = after if before != after else read.get(path)
            yield Change(
                path,
                words.label(self.edition, path),
                words.value(self.edition, path, before),
                words.value(self.edition, path, shown),
                before == after,
                path in still_open,
                _is_near(before, shown),
                self._picture(path),
            )

    def _picture(self, path: str) -> str:
        reading = self.draft.readings.get(path)
        if reading is None or reading.source is None or not self.row.sha256:
            return ""
        box = f"?box={','.join(map(str, reading.source.box))}" if reading.source.box else ""
        return f"/scans/{self.row.sha256}/{reading.source.page}.png{box}"


def _is_near(before: Value, after: Value) -> bool:
    """Whether two texts differ by one character, or only by how characters look."""
    if not isinstance(before, str) or not isinstance(after, str) or len(before) != len(after):
        return False
    return shape(before) == shape(after) or sum(map(str.__ne__, before, after)) == 1


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
    may_decide(work_on(visit, draft))
    reading = met.draft.readings.get(path)
    value = met.record.values.get(path) if keep else (reading.value if reading else None)
    visit.store.reviews.decide(draft, path, value, hand_of(visit))
    return visit.page("record-changes.html", record=met.record, row=met.row, changes=list(met.changes()))


@routes.post("/records/{number}/against/{draft}")
def join(visit: Filing, number: Number, draft: Number) -> Response:
    """The paper goes to this record once it is settled and approved. Raises Refused."""
    _meeting(visit, number, draft)
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
