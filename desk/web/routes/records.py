"""The archive: what a clerk types comes in, records go out, each as its form with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import Response

from desk import form_told, history_told, words
from desk.standing import from_the_beginning, standings
from desk.web import masks
from desk.web.asked import Day, Number, stays_out_of_history
from desk.web.visit import Changing, Reading, Visit
from records.accounts import Right
from records.archive import DraftRow, Event, FiledPaper, Record
from records.as_of import a_year_before, days_of_change, end_of
from records.carry_over import sources_of
from records.editions import Edition
from records.errors import Refused
from records.index import Kind, Term
from records.index_store import Asked, WorkList
from records.settling import differences
from records.statistics import is_private
from records.values import Value

routes = APIRouter()
SIZE = 50
"""Records on one page of a list."""
_FARTHEST = 10000
Words = Annotated[str, Query(max_length=200)]
Page = Annotated[int, Query(ge=1, le=_FARTHEST)]
Told = Annotated[str, Form(max_length=2000)]


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice beside the search: the name under which it is sent, its label, what may be chosen, what is."""

    name: str
    label: str
    options: tuple[str, ...]
    chosen: str


# --- lists


@routes.get("/records")
def find(visit: Reading, q: Words = "", page: Page = 1) -> Response:
    """The records that fit what is typed and chosen; for htmx only the list."""
    labels = dict(_kinds(visit))
    terms = tuple(
        Term(kind, text) for kind, text in visit.request.query_params.items() if kind in labels and text
    )
    found = visit.store.index.find(Asked(q, terms), visit.account.unit, (page - 1) * SIZE, SIZE)
    chosen = {"q": q, **{term.kind: term.text for term in terms}}
    facts: dict[str, Any] = {
        "found": found,
        "page": page,
        "size": SIZE,
        "chosen": {key: one for key, one in chosen.items() if one},
    }
    if visit.wants_part:
        return stays_out_of_history(q, visit.page("records-list.html", **facts))
    return visit.page("records.html", q=q, filters=_filters(visit, labels, terms), **facts)


@routes.get("/records/work/{name}")
def work_list(visit: Reading, name: WorkList, page: Page = 1) -> Response:
    """A work list."""
    found = visit.store.index.work_list(name, visit.account.unit, (page - 1) * SIZE, SIZE)
    sources = [one.worklists[_SAID[name]] for one in visit.site.editions if _SAID.get(name) in one.worklists]
    return visit.page(
        "records-work.html", of=name, found=found, page=page, size=SIZE, sources=sources, today=date.today()
    )


_SAID = {WorkList.OVERDUE: "sync", WorkList.DEADLINE: "deadline"}


def _kinds(visit: Visit) -> Iterator[tuple[str, str]]:
    """By what records can be chosen, each with its label; what the editions' figures tell openly among it."""
    yield Kind.EDITION, ""
    if not visit.account.unit:
        yield Kind.UNIT, ""
    yield Kind.STATE, ""
    for edition in visit.site.editions:
        for block in edition.statistics.get("blocks", ()):
            if block["by"] in ("region", "choice") and not is_private(edition, block):
                yield block["name"], block["label"]


def _filters(visit: Visit, labels: dict[str, str], terms: tuple[Term, ...]) -> list[Filter]:
    known: dict[str, list[str]] = {kind: [] for kind in labels}
    for term in visit.store.index.terms(list(labels), visit.account.unit):
        known[term.kind].append(term.text)
    chosen = {term.kind: term.text for term in terms}
    return [
        Filter(kind, labels[kind], tuple(texts), chosen.get(kind, ""))
        for kind, texts in known.items()
        if texts
    ]


# --- one record


@routes.get("/records/{number}")
def show(visit: Reading, number: Number) -> Response:
    """A record as its form."""
    record = visit.record(number)
    edition = visit.site.editions[record.edition]
    visit.note("looked", f"record:{number}")
    return visit.page(
        "record.html",
        record=record,
        edition=edition,
        parts=list(form_told.parts(edition, record.values)),
        standings=list(standings(edition, record)),
        papers=_papers(visit, edition, number),
        cases=visit.store.medical.cases(number),
        waiting=_waiting(visit, record),
        targets=[one for one in visit.site.editions if edition.key in sources_of(one)],
        today=date.today(),
        when=history_told.when_told,
    )


def _waiting(visit: Visit, record: Record) -> list[DraftRow]:
    """The drafts that may be a new paper of the record, for whoever settles drafts."""
    if not visit.may(Right.FILE):
        return []
    return [
        row for row in visit.store.papers_of(record) if visit.account.sees(row.unit) and not row.forerunner
    ]


@dataclass(frozen=True, slots=True)
class Paper:
    """Paper of a record: of which document (none for the filled form), which signatures were seen."""

    paper: FiledPaper
    title: str
    ink: str


def _papers(visit: Visit, edition: Edition, number: int) -> list[Paper]:
    papers = visit.store.filed_papers(number)
    sheets = visit.store.copies(number) if any(one.document for one in papers) else ()
    copies = {(one.sha256, one.document): one for one in sheets}
    found = []
    for paper in papers:
        copy = copies.get((paper.sha256, paper.document)) if paper.document else None
        title = edition.document(paper.document).title if paper.document else ""
        found.append(Paper(paper, title, history_told.ink_told(edition, copy) if copy else ""))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a history as a visitor sees it; `picture` is the spot of the paper, if it has one."""

    event: Event
    when: str
    place: str
    before: str
    after: str
    picture: str


@routes.get("/records/{number}/field/{path}")
def field(visit: Reading, number: Number, path: Annotated[str, Path(max_length=200)]) -> Response:
    """Where a value is from: the spot of the paper, and all that ever happened to it."""
    record = visit.record(number)
    edition = visit.site.editions[record.edition]
    if not edition.has(path) or edition.field(path).is_rows:
        raise Refused("no_such_field", field=path)
    lines = list(_lines(visit, edition, visit.store.history_of(number, path)))
    picture = next((line.picture for line in reversed(lines) if line.picture), "")
    visit.note("looked", f"record:{number}", words.label(edition, path))
    return visit.page(
        "record-field.html", record=record, edition=edition, path=path, lines=lines, picture=picture
    )


@routes.get("/records/{number}/history")
def history(visit: Reading, number: Number) -> Response:
    """All that ever happened to a record, the latest first."""
    record = visit.record(number)
    edition = visit.site.editions[record.edition]
    occasions = [
        (history_told.when_told(when), who, why, list(_lines(visit, edition, events)))
        for when, who, why, events in history_told.occasions(visit.store.history(number))
    ]
    visit.note("looked", f"record:{number}")
    return visit.page("record-history.html", record=record, edition=edition, occasions=occasions[::-1])


def _lines(visit: Visit, edition: Edition, events: list[Event]) -> Iterator[Line]:
    def teller(of: Edition, path: str, value: Value) -> str:
        return masks.shown(visit, of, path, value)

    for event in events:
        yield Line(
            event,
            history_told.when_told(event.when),
            history_told.place_of(edition, event),
            history_told.told(edition, event, event.before, teller),
            history_told.told(edition, event, event.after, teller),
            _picture(visit, event),
        )


def _picture(visit: Visit, event: Event) -> str:
    """Where the spot of the paper is shown; empty for whoever may not see paper."""
    if event.sha256 is None or event.page is None or not visit.may(Right.PAPER):
        return ""
    box = f"?box={','.join(map(str, event.box))}" if event.box else ""
    return f"/scans/{event.sha256}/{event.page}.png{box}"


# --- two days


@routes.get("/records/{number}/compare")
def compare(visit: Reading, number: Number, first: Day = None, last: Day = None) -> Response:
    """What of a record differs between two days."""
    record = visit.record(number)
    edition = visit.site.editions[record.edition]
    events = visit.store.history(number)
    last = last or date.today()
    first = first or a_year_before(last)
    before, after = (visit.store.values_at(number, end_of(day)) for day in (first, last))
    visit.note("looked", f"record:{number}")
    return visit.page(
        "record-compare.html",
        record=record,
        edition=edition,
        first=first,
        last=last,
        begun=bool(before),
        days=days_of_change(events),
        changes=[
            (
                change.path,
                masks.shown(visit, edition, change.path, change.before),
                masks.shown(visit, edition, change.path, change.after),
                _same_mask(visit, edition, change.path, change.before, change.after),
            )
            for change in differences(before, after, "")
        ],
    )


def _same_mask(visit: Visit, edition: Edition, path: str, before: Value, after: Value) -> bool:
    """Whether two values that differ look alike behind their masks."""
    return masks.shown(visit, edition, path, before) == masks.shown(visit, edition, path, after)


# --- states


@routes.post("/records/{number}/state")
def move(
    visit: Changing,
    number: Number,
    process: Told = "",
    state: Told = "",
    on: Told = "",
    ground: Told = "",
) -> Response:
    """A record goes to a state, since a day and on a ground. Raises Refused."""
    edition = visit.site.editions[visit.record(number).edition]
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise Refused("no_day", text=on) from None
    try:
        visit.store.move(number, process, state, day, ground.strip(), visit.who)
    except Refused as error:
        raise from_the_beginning(error) from error
    visit.note("moved", f"record:{number}", f"{words.state(edition, process, state)} {on}")
    return visit.go(f"/records/{number}")
