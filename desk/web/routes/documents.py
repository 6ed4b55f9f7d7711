"""Documents: what is to be made of which records is chosen; pages to look at and files to keep come out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathPart
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response, StreamingResponse
from starlette.datastructures import FormData

from desk import phrases
from desk.documents_made import Order, Printing, fill_order
from desk.offered import Offer, Sort, offer, offers
from desk.usage import HIGHEST
from desk.web.asked import Number
from desk.web.press import WIDTHS, Job
from desk.web.visit import Making, Visit
from records.accounts import Account
from records.archive import Record
from records.errors import DanganError, NoSuchRecord, Refused
from records.index import IndexRow, Term
from records.index_store import Asked

routes = APIRouter()
LISTED = 30
"""Records that the page offers at a time; whoever looks for another types more of its name."""
MOST = 2000
"""Records that may have a document of their own in one go."""
LINES_EACH = 2000
"""Of more records than these the log has one line for all."""
ROWS = 100
"""Files that the page of a job names; the others are in its ZIP."""
PAGES = 200
"""Pages of a file that are shown."""
LARGEST, LONGEST = 2**18, 500
"""Bytes of a form, and characters of one of its fields."""
_AT_ONCE = 200
_BEAT = 0.25
"""Seconds between two looks at a job."""
_LOOKS = 20
"""Looks at a job to one at the session."""
_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# The browser's own viewer puts a style into the page that it lays around the PDF; nothing else may come in.
_IN_VIEWER = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
    )
}
_OWN = frozenset({"q", "number", "numbers", "record", "document", "which", "page"})
"""Names of the page's own; any other is that of a term."""
Text = Annotated[str, Query(max_length=200)]
OneOrNone = Annotated[int, Query(ge=0, le=HIGHEST)]
Page = Annotated[int, PathPart(ge=1, le=PAGES)]
Long = Annotated[str, Query(max_length=MOST * 11)]


async def posted(request: Request) -> FormData:
    """The form that was sent, whose fields depend on the document.

    Raises DanganError (`request_too_large`, `bad_request`).
    """
    if int(request.headers.get("content-length", LARGEST + 1)) > LARGEST:
        raise DanganError("request_too_large")
    form = await request.form(max_files=0, max_fields=MOST + 200)
    if any(len(str(text)) > LONGEST for _, text in form.multi_items()):
        raise DanganError("bad_request")
    return form


Posted = Annotated[FormData, Depends(posted)]


@dataclass(frozen=True, slots=True)
class Line:
    """A record to choose: how a list shows it, the title of its form, and whether it is chosen."""

    row: IndexRow
    edition: str
    ticked: bool


# --- choosing -------------------------------------------------------------------


@routes.get("/documents")
def documents(
    visit: Making, q: Text = "", numbers: Long = "", record: OneOrNone = 0, document: Text = ""
) -> Response:
    """The page on which documents are chosen.

    It begins with the records of `numbers` (with commas) ticked, or with what the archive's own list
    found by the same words and terms, or with one `record`. Raises NoSuchRecord.
    """
    if record:
        return documents_of_record(visit, record, document)
    picked = _numbers(numbers.replace(",", " ").split())
    return visit.page(
        "documents.html", one=None, jobs=visit.site.press.jobs(visit),
        **_found(visit, picked, Asked(q, _terms(visit.request.query_params))),
        **_offered(visit, document),
    )  # fmt: skip


@routes.get("/records/{number}/documents")
def documents_of_record(visit: Making, number: Number, document: Text = "") -> Response:
    """The same page for one record. Raises NoSuchRecord."""
    [line] = _ticked(visit, [number])
    visit.note("looked", f"record:{number}")
    return visit.page(
        "documents.html", one=line, jobs=visit.site.press.jobs(visit),
        **_offered(visit, document, line.row.edition),
    )  # fmt: skip


@routes.get("/documents/records")
def documents_records(
    visit: Making, number: Annotated[list[int] | None, Query()] = None, q: Text = ""
) -> Response:
    """The records that are found, behind those that are ticked."""
    asked = Asked(q, _terms(visit.request.query_params))
    return visit.page("documents-records.html", **_found(visit, _numbers(number or ()), asked))


@routes.get("/documents/options")
def documents_options(visit: Making, document: Text) -> Response:
    """What a document asks of the clerk. Raises Refused (`no_such_document`)."""
    return visit.page("documents-options.html", **_asked(visit, offer(visit.site.editions, document)))


def _found(visit: Visit, picked: Sequence[int], asked: Asked) -> dict[str, Any]:
    unit = visit.account.unit
    found = visit.store.index.find(asked, unit, size=LISTED)
    every = visit.store.index.find(Asked(), unit, size=0).count
    lines = _ticked(visit, picked)
    lines += [_line(visit, row, ticked=False) for row in found.rows if row.record not in set(picked)]
    return {"lines": lines, "asked": asked, "found": found, "every": every}


def _ticked(visit: Visit, numbers: Sequence[int]) -> list[Line]:
    """The lines of these records. Raises NoSuchRecord, for another unit's as well."""
    rows = {row.record: row for row in visit.store.index.rows(numbers) if visit.account.sees(row.unit)}
    for number in numbers:
        if number not in rows:
            raise NoSuchRecord(number=number)
    return [_line(visit, rows[number], ticked=True) for number in numbers]


def _line(visit: Visit, row: IndexRow, ticked: bool) -> Line:
    return Line(row, visit.site.editions[row.edition].title, ticked)


def _terms(told: Mapping[str, str]) -> tuple[Term, ...]:
    """What else the records have to have: all that is told under a name that is not this page's own."""
    kinds = {name.removeprefix("term."): text for name, text in told.items() if name not in _OWN}
    return tuple(Term(kind, text) for kind, text in kinds.items() if text)


def _offered(visit: Visit, document: str, edition: str = "") -> dict[str, Any]:
    """The documents to choose from, of all editions or of one, and what the chosen one asks."""
    editions = [one for one in visit.site.editions if edition in ("", one.key)]
    groups = [(one.title, list(offers(one))) for one in editions]
    every = [one for _, group in groups for one in group]
    chosen = next((one for one in every if one.key == document), every[0] if every else None)
    return {"groups": groups, "Sort": Sort, **(_asked(visit, chosen) if chosen else {"chosen": None})}


def _asked(visit: Visit, chosen: Offer) -> dict[str, Any]:
    return {"chosen": chosen, "office": visit.site.place.soffice is not None, "Sort": Sort}


def _numbers(told: Sequence[object]) -> list[int]:
    """Numbers of records, each once. Raises DanganError (`bad_request`, `too_many_documents`)."""
    texts = [str(one) for one in told]
    if not all(text.isdecimal() and len(text) < 11 and int(text) <= HIGHEST for text in texts):
        raise DanganError("bad_request")
    if len(texts) > MOST:
        raise Refused("too_many_documents", count=len(texts), most=MOST)
    return list(dict.fromkeys(map(int, texts)))


# --- making ---------------------------------------------------------------------


@routes.post("/documents")
def make(visit: Making, form: Posted) -> Response:
    """Have documents made. Raises NoSuchRecord; Refused, also when a wish cannot be."""
    chosen = offer(visit.site.editions, str(form.get("document", "")))
    order = _order(chosen, form)
    numbers, skipped = _chosen(visit, chosen, form)
    if not numbers:
        raise Refused("nothing_chosen", title=chosen.use.title)
    if chosen.use.of != "records" and len(numbers) > MOST:
        raise Refused("too_many_documents", count=len(numbers), most=MOST)
    job = visit.site.press.make(
        visit, chosen.use.title, _work(visit, chosen, order, numbers, skipped), len(numbers)
    )
    return visit.go(job.path)


def _order(chosen: Offer, form: FormData) -> Order:
    as_what = form.get("as", "word")
    shown, why = [str(one) for one in form.getlist("show")], str(form.get("reason", "")).strip()
    if shown and not why:
        raise Refused("reason_missing", title=chosen.use.title)
    return chosen.order(
        Printing(as_what in ("pdf", "pdfa") or "together" in form, as_what == "pdfa"),
        together="together" in form and chosen.may_lie_together,
        xlsx="xlsx" in form,
        given={ask.key: str(form.get(f"given.{ask.key}", "")).strip() for ask in chosen.asks},
        columns=[str(one) for one in form.getlist("with")],
        shown=shown,
        why=why if shown else "",
    )


def _chosen(visit: Visit, chosen: Offer, form: FormData) -> tuple[list[int], int]:
    """The numbers of the chosen records that are of the document's edition, in order; how many are not."""
    which, edition, unit = form.get("which", "picked"), chosen.edition.key, visit.account.unit
    if which == "picked":
        lines = _ticked(visit, _numbers(form.getlist("number")))
        fitting = [line.row.record for line in lines if line.row.edition == edition]
        return sorted(fitting), len(lines) - len(fitting)
    terms = {name: str(text) for name, text in form.items() if name.startswith("term.")}
    asked = Asked(str(form.get("q", "")), _terms(terms)) if which == "found" else Asked()
    there = visit.store.index.numbers(asked, unit)
    of_edition = set(visit.store.numbers(unit=unit, edition=edition))
    fitting = sorted(number for number in there if number in of_edition)
    return fitting, len(there) - len(fitting)


def _work(
    visit: Visit, chosen: Offer, order: Order, numbers: Sequence[int], skipped: int
) -> Callable[[Job], Sequence[Path]]:
    def work(job: Job) -> Sequence[Path]:
        if skipped:
            job.tell(phrases.PRESS_SKIPPED.format(count=skipped, title=chosen.use.title))
        _note(visit, chosen, order, numbers)
        records = _records(visit.site.store.records, visit.account, job, numbers)
        files = fill_order(job.place, order, records, job.folder, job.tell, job.advance).files
        together = phrases.TOGETHER.format(document=order.document)
        return sorted(files, key=lambda file: file.name != together)  # what was laid out is looked at first

    return work


def _records(
    find: Callable[[Sequence[int]], list[Record]], account: Account, job: Job, numbers: Sequence[int]
) -> Iterator[Record]:
    """The records of these numbers, a few at a time; the job remembers how they stood."""
    for start in range(0, len(numbers), _AT_ONCE):
        for record in find(numbers[start : start + _AT_ONCE]):
            job.go_on()
            if account.sees(record.unit):
                job.revisions[record.number] = record.revision
                yield record


def _note(visit: Visit, chosen: Offer, order: Order, numbers: Sequence[int]) -> None:
    """Who makes what of whom, in the log before anything is made."""
    shown = "、".join(
        chosen.edition.field(key).label for key in order.wishes.shown if chosen.edition.has(key)
    )
    detail = " · ".join(part for part in (chosen.use.title, shown, order.wishes.why) if part)
    if len(numbers) <= LINES_EACH:
        subjects = [f"record:{number}" for number in numbers]
        visit.store.audit.note_each(visit.who, "made", subjects, detail)
    else:
        visit.note("made", "", f"{detail} · {_runs(numbers)}")


def _runs(numbers: Sequence[int]) -> str:
    """Numbers in a few words: `1…20、22`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return phrases.BETWEEN.join("…".join(map(str, run)) for run in runs)


# --- what was made ----------------------------------------------------------------


@dataclass(slots=True)
class Row:
    """What was made of one thing: the places of its files among the job's, by their endings."""

    name: str
    places: dict[str, int]


@routes.get("/documents/jobs/{key}")
def job_page(visit: Making, key: str, show: int = -1) -> Response:
    """What becomes of a job: its progress, then its files and the pages of one of them."""
    job = visit.site.press.job(key, visit)
    over = job.is_over  # asked before its files, which are there by then
    rows = _rows(job)
    pdfs = [row.places[".pdf"] for row in rows if ".pdf" in row.places]
    shown = show if show in pdfs else next(iter(pdfs), None)
    return visit.page(
        "documents-job.html", job=job, over=over, rows=rows[:ROWS], unnamed=max(0, len(rows) - ROWS),
        changed=_changed(visit, job), shown=shown, pages=_pages(job, shown), widths=WIDTHS,
    )  # fmt: skip


@routes.get("/documents/jobs/{key}/events")
def job_events(visit: Making, key: str) -> Response:
    """How a job goes on, as server-sent events: `progress`, at the end `over`."""
    job = visit.site.press.job(key, visit)
    return StreamingResponse(_events(visit, job), media_type="text/event-stream")


@routes.get("/documents/jobs/{key}/stale")
def job_stale(visit: Making, key: str) -> Response:
    """Whether records have changed since."""
    job = visit.site.press.job(key, visit)
    return visit.page("documents-stale.html", changed=_changed(visit, job))


@routes.post("/documents/jobs/{key}/stop")
def stop(visit: Making, key: str) -> Response:
    """Make no more of it, and keep nothing of it."""
    visit.site.press.drop(visit.site.press.job(key, visit))
    return visit.go("/documents")


@routes.get("/documents/jobs/{key}/all")
def download_all(visit: Making, key: str) -> Response:
    """All files of a job in a ZIP."""
    job = visit.site.press.job(key, visit)
    return FileResponse(job.bundle(), media_type="application/zip", filename=f"{job.title}.zip")


@routes.get("/documents/jobs/{key}/files/{index}")
def download(visit: Making, key: str, index: int, view: bool = False) -> Response:
    """A file of a job: to keep, or a PDF in the browser's own viewer, from which it is printed."""
    file = visit.site.press.job(key, visit).file(index)
    seen = view and file.suffix == ".pdf"
    return FileResponse(
        file,
        media_type=_TYPES.get(file.suffix, "application/octet-stream"),
        filename=file.name,
        content_disposition_type="inline" if seen else "attachment",
        headers=_IN_VIEWER if seen else None,
    )


@routes.get("/documents/jobs/{key}/files/{index}/{page}-{width}.png")
def page_picture(visit: Making, key: str, index: int, page: Page, width: int) -> Response:
    """A page (from 1) of a PDF as a picture."""
    job = visit.site.press.job(key, visit)
    return FileResponse(job.page(index, page - 1, width), media_type="image/png")


def _rows(job: Job) -> list[Row]:
    rows: dict[str, Row] = {}
    for place, file in enumerate(job.files):
        rows.setdefault(file.stem, Row(file.stem, {})).places[file.suffix] = place
    return list(rows.values())


def _pages(job: Job, shown: int | None) -> list[tuple[float, float]]:
    """How large each page is, in points."""
    from docgen.picture import sizes

    return [] if shown is None else sizes(job.file(shown))[:PAGES]


def _changed(visit: Visit, job: Job) -> list[int]:
    """The records that have been saved anew since the job looked at them."""
    now = visit.store.revisions(list(job.revisions))
    return [number for number, revision in job.revisions.items() if now.get(number) != revision]


async def _events(visit: Visit, job: Job) -> AsyncIterator[str]:
    before: object = None
    beats = 0
    while True:
        now = (job.stage, job.done, len(job.told))
        if now != before:
            before = now
            yield _event("progress", bytes(visit.page("documents-progress.html", job=job).body).decode())
        if job.is_over or visit.site.reader.changes.is_over:
            yield _event("over", "")
            return
        await asyncio.sleep(_BEAT)
        beats += 1
        if beats % _LOOKS == 0 and not await run_in_threadpool(visit.lasts):
            return


def _event(name: str, text: str) -> str:
    lines = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
    return f"event: {name}\n{lines}\n"
