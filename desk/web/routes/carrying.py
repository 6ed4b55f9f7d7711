"""Carrying over: a record and another edition come in, every field's fate and a draft go out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from desk import carried_told, phrases
from desk.web import masks
from desk.web.asked import Number
from desk.web.visit import Changing, Visit
from records.archive import Record
from records.carry_over import Carried, carry_record, sources_of
from records.editions import Edition
from records.errors import DanganError

routes = APIRouter()
Key = Annotated[str, Path(max_length=100)]


@routes.get("/records/{number}/carry/{key}")
def look(visit: Changing, number: Number, key: Key) -> Response:
    """What would become of every field. Raises NoSuchRecord, EditionError, Refused."""
    record, old, new, carried = _carried(visit, number, key)
    visit.note("looked", f"record:{number}", new.title)
    told = carried_told.sections(
        carried, old, record.values, new, lambda of, path, value: masks.shown(visit, of, path, value)
    )
    return visit.page(
        "record-carry.html",
        record=record,
        old=old,
        new=new,
        sections=[one for one in told if one.count],
        heads=phrases.CARRY_HEADS,
        asked=len(carried.draft.doubtful),
        missing=carried_told.unsettled(carried, new),
    )


@routes.post("/records/{number}/carry/{key}")
def carry(visit: Changing, number: Number, key: Key) -> Response:
    """A draft of the other edition waits for a clerk. Raises as the command does."""
    *_, carried = _carried(visit, number, key)
    draft = visit.store.carry(carried.draft)
    visit.note("carried", f"record:{number}", f"draft:{draft}")
    return visit.go(f"/review/{draft}")


def _carried(visit: Visit, number: int, key: str) -> tuple[Record, Edition, Edition, Carried]:
    record = visit.record(number)
    if key != record.edition and not _is_carried_to(visit, record, key):
        raise DanganError("no_such_page")
    old, new = visit.site.editions[record.edition], visit.site.editions[key]
    return record, old, new, carry_record(record, old, new)


def _is_carried_to(visit: Visit, record: Record, key: str) -> bool:
    """Whether there is a way from the record's edition to another."""
    return key in visit.site.editions and record.edition in sources_of(visit.site.editions[key])
