"""The desk for programs: the same functions as the pages, in JSON, described by OpenAPI.

A program asks with a token that its owner made (`Authorization: Bearer …`) and may do what the owner may;
what is hidden from a visitor is hidden here, and is shown whole only where `full` asks for it, which the
audit log keeps.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from desk import __version__, words
from desk.checklist import case_head, case_json
from desk.contract import event_json, finding_line, form_line, record_line
from desk.documents_made import Order, Printing, fill_order
from desk.inputs import plain_name
from desk.lists_made import Tell
from desk.web import masks
from desk.web.asked import Number
from desk.web.case_view import view
from desk.web.uploads import Received, fate_of, keep, received
from desk.web.visit import Changing, Filing, Here, Making, NotAllowed, Reading, Taking, Visit
from records.accounts import Right
from records.archive import Fate, Record
from records.editions import Edition
from records.errors import DanganError, OfficeMissing, Refused
from records.findings import Finding
from records.index import IndexRow
from records.index_store import Asked
from records.masking import mask
from records.rules import findings
from records.values import Value, Values

PREFIX = "/api/v1"
routes = APIRouter(prefix=PREFIX)
Sum = Annotated[str, InPath(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file")]
Name = Annotated[str, InPath(max_length=100, pattern="^[a-z0-9-]+$")]
Text = Annotated[str, Query(max_length=200)]
Start = Annotated[int, Query(ge=0, le=10**6, description="how many to pass over")]
Size = Annotated[int, Query(ge=1, le=200)]
Full = Annotated[bool, Query(description="show private values whole; the audit log keeps it")]
FAULTS: dict[int | str, dict[str, Any]] = {}


class Fault(BaseModel):
    """What went wrong: a code for programs, a sentence for people."""

    error: str
    message: str


FAULTS.update({status: {"model": Fault} for status in (401, 403, 404, 409, 413, 415, 422, 429, 503)})


class EditionHead(BaseModel):
    """An edition of the form."""

    key: str
    title: str
    notice: str
    dated: str


class FieldSaid(BaseModel):
    """What an edition asks: `kind` as in the contract, `fields` are the columns of a table."""

    key: str
    label: str
    kind: str
    required: bool
    private: bool
    choices: list[str]
    fields: list[FieldSaid]


class EditionSaid(EditionHead):
    """An edition with everything that it asks, and the documents that it has."""

    fields: list[FieldSaid]
    documents: dict[str, str]


class RecordHead(BaseModel):
    """What a list says of a record."""

    number: int
    edition: str
    name: str
    unit: str


class Records(BaseModel):
    """A part of what was found; `more` when there are more than `count`."""

    records: list[RecordHead]
    count: int
    more: bool


class StateSaid(BaseModel):
    """Where a record stands in a process."""

    state: str
    on: date
    ground: str
    who: str


class RecordSaid(BaseModel):
    """A record: its values under the edition's keys, as `dangan export` writes them; private ones masked."""

    number: int
    edition: str
    unit: str
    created: datetime
    changed: datetime
    revision: int
    states: dict[str, StateSaid]
    fields: dict[str, Any]
    findings: list[dict[str, Any]]


class EventSaid(BaseModel):
    """A line of a record's history."""

    when: datetime
    who: str
    revision: int
    path: str
    before: Any
    after: Any
    why: str


class DraftHead(BaseModel):
    """A draft that waits for a clerk."""

    number: int
    edition: str
    name: str
    file: str
    doubtful: int
    taken: datetime


class Drafts(BaseModel):
    """A part of the drafts that wait; `count` is how many there are."""

    drafts: list[DraftHead]
    count: int


class Cases(BaseModel):
    """A part of the medical cases, each without its papers; `count` is how many there are."""

    cases: list[dict[str, Any]]
    count: int


class FileSaid(BaseModel):
    """What became of a file so far: the drafts and records that came of it."""

    sha256: str
    file: str
    read: bool
    drafts: list[int]
    records: list[int]
    again: bool = False


class Move(BaseModel):
    """A record goes to a state of a process, since a day and on a ground."""

    process: Annotated[str, Field(max_length=100)]
    state: Annotated[str, Field(max_length=100)]
    on: date
    ground: Annotated[str, Field(max_length=1000)]


@routes.get("/openapi.json", include_in_schema=False)
def description(visit: Here) -> Response:
    """The OpenAPI description of all this."""
    return JSONResponse(openapi(visit))


def openapi(visit: Visit) -> dict[str, Any]:
    """OpenAPI 3.1 of the routes in this file, with the token that they want."""
    told = get_openapi(title="dangan", version=__version__, routes=visit.request.app.routes)
    told.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    told["security"] = [{"token": []}]
    return told


# --- editions


@routes.get("/editions", responses=FAULTS)
def editions(visit: Reading) -> list[EditionHead]:
    """Every edition that this desk knows."""
    return [EditionHead.model_validate(one, from_attributes=True) for one in visit.site.editions]


@routes.get("/editions/{key}", responses=FAULTS)
def edition(visit: Reading, key: Name) -> EditionSaid:
    """What an edition asks."""
    if key not in visit.site.editions:
        raise DanganError("no_such_page")
    found = visit.site.editions[key]
    return EditionSaid(
        **EditionHead.model_validate(found, from_attributes=True).model_dump(),
        fields=[_field(one) for one in found.fields],
        documents={use.name: use.title for use in found.documents},
    )


def _field(asked: Any) -> FieldSaid:
    return FieldSaid(
        key=asked.key,
        label=asked.label,
        kind=asked.kind,
        required=asked.required,
        private=asked.is_private,
        choices=list(asked.choices),
        fields=[_field(column) for column in asked.fields],
    )


# --- records


@routes.get("/records", responses=FAULTS)
def records(visit: Reading, q: Text = "", start: Start = 0, size: Size = 50) -> Records:
    """The records in which every word is found (names, pinyin, numbers, units), the likeliest first."""
    found = visit.store.index.find(Asked(q), visit.account.unit, start, size)
    visit.note("searched", "", q)
    return Records(records=[_head(row) for row in found.rows], count=found.count, more=found.more)


def _head(row: IndexRow) -> RecordHead:
    return RecordHead(number=row.record, edition=row.edition, name=row.name, unit=row.unit)


@routes.get("/records/{number}", responses=FAULTS)
def record(visit: Reading, number: Number, full: Full = False) -> RecordSaid:
    """A record as it stands."""
    if full and not visit.may(Right.UNMASK):
        raise NotAllowed(right=Right.UNMASK)
    found = visit.record(number)
    visit.note("unmasked" if full else "looked", f"record:{number}", "*" if full else "")
    return _record(visit, found, full)


@routes.get("/records/{number}/history", responses=FAULTS)
def history(visit: Reading, number: Number) -> list[EventSaid]:
    """All that ever happened to a record, oldest first; private values masked."""
    found = visit.record(number)
    asked = visit.site.editions[found.edition]
    visit.note("looked", f"record:{number}")
    lines = []
    for event in visit.store.history(number):
        if asked.has(event.path):
            before, after = (_seen(visit, asked, event.path, one) for one in (event.before, event.after))
            event = replace(event, before=before, after=after)
        lines.append(EventSaid.model_validate(event_json(replace(event, why=mask(event.why)))))
    return lines


@routes.post("/records/{number}/states", responses=FAULTS)
def move(visit: Changing, number: Number, asked: Move) -> RecordSaid:
    """The record goes to another state."""
    edition = visit.site.editions[visit.record(number).edition]
    moved = visit.store.move(number, asked.process, asked.state, asked.on, asked.ground, visit.who)
    visit.note("moved", f"record:{number}", words.state(edition, asked.process, asked.state))
    return _record(visit, moved, full=False)


def _record(visit: Visit, found: Record, full: bool) -> RecordSaid:
    asked = visit.site.editions[found.edition]
    return RecordSaid(
        number=found.number,
        edition=found.edition,
        unit=found.unit,
        created=found.created,
        changed=found.changed,
        revision=found.revision,
        states={
            name: StateSaid(state=one.state, on=one.on, ground=mask(one.ground), who=one.who)
            for name, one in found.states.items()
        },
        fields=record_line(asked, found.values if full else _masked(visit, found))["fields"],
        findings=[_finding(one, asked, full) for one in findings(asked, found.values)],
    )


def _masked(visit: Visit, found: Record) -> Values:
    """The values, of which those that a visitor does not see are their masks."""
    asked = visit.site.editions[found.edition]
    return {path: _seen(visit, asked, path, value) for path, value in found.values.items()}


def _seen(visit: Visit, asked: Edition, path: str, value: Value) -> Value:
    """The value itself where a visitor sees it, else its mask."""
    text = masks.shown(visit, asked, path, value)
    return value if text == words.value(asked, path, value) else text


def _finding(finding: Finding, asked: Edition, full: bool) -> dict[str, Any]:
    """A finding, whose sentence may quote a number."""
    line = finding_line(finding, asked)
    return line if full else line | {"message": mask(line["message"])}


# --- paper


@routes.post(
    "/files",
    responses=FAULTS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take(visit: Taking, name: Text = "") -> FileSaid:
    """Take a file in: the body is the file; it is read in the background. The same file twice is one."""
    called = plain_name(name)
    async with received(visit.request, visit.store.home, called) as file:
        return await run_in_threadpool(_keep, visit, file, called)


def _keep(visit: Visit, came: Received, called: str) -> FileSaid:
    return _file(*keep(visit, came, called))


@routes.get("/files/{sha256}", responses=FAULTS)
def file(visit: Taking, sha256: Sum) -> FileSaid:
    """What became of a file so far."""
    return _file(fate_of(visit, sha256))


def _file(fate: Fate, again: bool = False) -> FileSaid:
    return FileSaid(
        sha256=fate.scan.sha256,
        file=fate.scan.file,
        read=fate.scan.done,
        drafts=[one.number for one in fate.drafts if one.record is None],
        records=[one.record for one in fate.drafts if one.record is not None],
        again=again,
    )


@routes.get("/drafts", responses=FAULTS)
def drafts(visit: Filing, start: Start = 0, size: Size = 50) -> Drafts:
    """The drafts of the visitor's unit that wait for a clerk, oldest first."""
    waiting = [row for row in visit.store.drafts() if visit.account.sees(row.unit)]
    some = waiting[start : start + size]
    heads = [DraftHead.model_validate(row, from_attributes=True) for row in some]
    return Drafts(drafts=heads, count=len(waiting))


@routes.get("/drafts/{number}", responses=FAULTS)
def draft(visit: Filing, number: Number) -> dict[str, Any]:
    """A draft as it was read, as `dangan read --json` prints it."""
    row = visit.draft_row(number)
    visit.note("looked", f"draft:{number}")
    return form_line(row.file, visit.store.draft(number), visit.site.editions[row.edition])


# --- cases and documents


@routes.get("/cases", responses=FAULTS)
def cases(visit: Reading, start: Start = 0, size: Size = 50) -> Cases:
    """The medical cases of the visitor's unit, the newest first, without the illness."""
    medical = visit.store.medical
    heads = medical.heads(visit.account.unit)
    found = medical.some([number for number, _ in heads[start : start + size]])
    return Cases(cases=[case_head(one) | {"illness": None} for one in found], count=len(heads))


@routes.get("/cases/{number}", responses=FAULTS)
def case(visit: Changing, number: Number) -> dict[str, Any]:
    """A case with its papers, sums and judgement, as `dangan case show --json` prints it."""
    found = view(visit, number)
    visit.note("unmasked", f"case:{number}", "*")
    return case_json(found.case, found.told)


def _told_into(told: list[str]) -> Tell:
    def tell(text: str, failed: bool = False) -> None:
        if failed:
            told.append(text)

    return tell


@routes.post("/records/{number}/documents/{document}", responses=FAULTS, response_class=FileResponse)
def make(
    visit: Making,
    number: Number,
    document: Name,
    as_what: Annotated[Literal["docx", "pdf"], Query(alias="as")] = "docx",
) -> Response:
    """A document of a record, as Word or PDF."""
    found = visit.record(number)
    uses = {use.name: use for use in visit.site.editions[found.edition].documents}
    if document not in uses or uses[document].of == "records":
        raise DanganError("no_such_page")
    if as_what == "pdf" and visit.site.place.soffice is None:
        raise OfficeMissing
    visit.note("made", f"record:{number}", uses[document].title)
    with ExitStack() as undone:
        folder = undone.enter_context(visit.site.press.folder_for_now())
        made = _made(visit, Order(document, Printing(as_what == "pdf")), found, folder)
        sent = undone.pop_all()
    return FileResponse(made, filename=made.name, background=BackgroundTask(sent.close))


def _made(visit: Visit, order: Order, of: Record, folder: Path) -> Path:
    """The file that was ordered. Raises Refused (`not_made`)."""
    told: list[str] = []
    with visit.site.press.lent(visit) as place:
        files = fill_order(place, order, [of], folder, _told_into(told)).files
    wanted = ".pdf" if order.printing.wanted else ".docx"
    for file in files:
        if file.suffix == wanted:
            return file
    raise Refused("not_made", what="".join(told))
