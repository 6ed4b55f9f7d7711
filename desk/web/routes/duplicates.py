"""Possible duplicates: pairs of records, and two records side by side with what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from desk.web import masks
from desk.web.asked import Number
from desk.web.visit import Changing, Reading, Visit
from records.archive import Record
from records.duplicates import MOST
from records.editions import Edition
from records.errors import NoSuchRecord
from records.known_again import in_rows_of
from records.values import BLANKS, Values, split_path

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """A field in two records as a visitor sees it."""

    label: str
    first: str
    second: str
    differs: bool


@routes.get("/records/duplicates")
def duplicates(visit: Reading) -> Response:
    """The pairs of which the visitor sees at least one record."""
    return visit.page("records-duplicates.html", pairs=visit.store.index.duplicates(visit.account.unit))


@routes.get("/records/duplicates/count")
def how_many(visit: Reading) -> Response:
    """How many pairs there are, for the first page: counting them may take longer than that page may."""
    found = len(visit.store.index.duplicates(visit.account.unit))
    return HTMLResponse(f"{found}{'+' if found >= MOST else ''}")


@routes.get("/records/{number}/beside/{other}")
def beside(visit: Reading, number: Number, other: Number) -> Response:
    """Two records in two columns."""
    first, second = _two(visit, number, other)
    for one in (first, second):
        visit.note("looked", f"record:{one.number}")
    settled = visit.store.index.settled_pair(number, other)
    lines = list(_lines(visit, first, second))
    return visit.page("records-beside.html", first=first, second=second, lines=lines, settled=settled)


@routes.post("/records/{number}/beside/{other}")
def settle(
    visit: Changing, number: Number, other: Number, why: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """The two are no longer told as duplicates. Raises Refused (`why_wanted`)."""
    _two(visit, number, other)
    visit.store.index.settle_pair(number, other, why, visit.who)
    visit.note("pair_settled", f"record:{number}", f"record:{other} · {why}")
    return visit.go("/records/duplicates")


@routes.delete("/records/{number}/beside/{other}")
def reopen(visit: Changing, number: Number, other: Number) -> Response:
    """The two are told again."""
    _two(visit, number, other)
    visit.store.index.reopen_pair(number, other)
    visit.note("pair_reopened", f"record:{number}", f"record:{other}")
    return visit.go(f"/records/{number}/beside/{other}")


def _two(visit: Visit, number: int, other: int) -> tuple[Record, Record]:
    """Two records of the visitor's unit; raises NoSuchRecord, also for one and the same."""
    if number == other:
        raise NoSuchRecord(number=other)
    return visit.record(number), visit.record(other)


def _lines(visit: Visit, first: Record, second: Record) -> Iterator[Line]:
    """The filled fields of both by their labels, so that two editions meet, too; a family by its people."""
    editions = [visit.site.editions[one.edition] for one in (first, second)]
    values = [first.values, second.values]
    if first.edition == second.edition:
        values[1] = in_rows_of(editions[1], second.values, first.values)
    told = [dict(_told(visit, edition, one)) for edition, one in zip(editions, values, strict=True)]
    for label in dict.fromkeys((*told[0], *told[1])):
        one, other = told[0].get(label, ("", None)), told[1].get(label, ("", None))
        yield Line(label, one[0], other[0], one[1] != other[1])


def _told(visit: Visit, edition: Edition, values: Values) -> Iterator[tuple[str, tuple[str, object]]]:
    """Each filled field's label with its text and its value."""
    for path, value in values.items():
        rows, index, _ = split_path(path)
        if value not in BLANKS and edition.has(path):
            asked = edition.field(path)
            head = f"{edition.field(rows).row}{index + 1}·" if index is not None else ""
            yield f"{head}{asked.label}", (masks.shown(visit, edition, path, value), value)
