"""Possible duplicates: pairs of records, and two records side by side with what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from desk.web import masks
from desk.web.asked import Number
from desk.web.visit import Reading, Visit
from records.archive import Record
from records.duplicates import MOST
from records.editions import Edition
from records.values import split_path

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
    first, second = visit.record(number), visit.record(other)
    for one in (first, second):
        visit.note("looked", f"record:{one.number}")
    return visit.page(
        "records-beside.html", first=first, second=second, lines=list(_lines(visit, first, second))
    )


def _lines(visit: Visit, first: Record, second: Record) -> Iterator[Line]:
    """The filled fields of both by their labels, so that two editions meet, too."""
    editions = [visit.site.editions[one.edition] for one in (first, second)]
    told = [dict(_told(visit, edition, one)) for edition, one in zip(editions, (first, second), strict=True)]
    for label in dict.fromkeys((*told[0], *told[1])):
        one, other = told[0].get(label, ("", None)), told[1].get(label, ("", None))
        yield Line(label, one[0], other[0], one[1] != other[1])


def _told(visit: Visit, edition: Edition, record: Record) -> Iterator[tuple[str, tuple[str, object]]]:
    """Each filled field's label with its text and its value."""
    for path, value in record.values.items():
        rows, index, _ = split_path(path)
        if value not in (None, "", ()) and edition.has(path):
            asked = edition.field(path)
            head = f"{edition.field(rows).row}{index + 1}·" if index is not None else ""
            yield f"{head}{asked.label}", (masks.shown(visit, edition, path, value), value)
