"""Scans of a medical case's papers: kept, read apart, and settled fact by fact beside the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import FormData

from desk import phrases
from desk.inputs import plain_name
from desk.paper_sitting import Sitting
from desk.papers_apart import check_file
from desk.pictures import Wanted
from desk.proposed import fact_label
from desk.web.asked import Number
from desk.web.case_change import (
    Count,
    Short,
    Told,
    Words,
    check_revision,
    reason_of,
    revision_of,
    show,
    subject,
    text_of,
)
from desk.web.case_view import CaseView, page_count, view
from desk.web.paper_reading import Unread
from desk.web.uploads import received
from desk.web.visit import Changing, Paper, Reading, Visit
from records.drafts import Origin
from records.errors import NotSettled, Refused, Unreadable
from records.medical import MedicalCase, add_paper, change_paper, scan_text
from records.proposals import Proposal

routes = APIRouter()
FileName = Annotated[str, Query(max_length=2000)]


# --- scans


@routes.post("/cases/{number}/scans")
async def add_scan(
    visit: Changing, number: Number, name: FileName, kind: Words = "", paper: Count = 0, revision: Count = 0
) -> Response:
    """One file, the whole body of the request, is a further paper of a `kind`, or a scan more of a `paper`.

    With neither, what is read of it says what it may be, and a clerk decides.
    Raises TooLarge, BrokenOff, Unreadable, Encrypted, and Refused (`no_such_kind`, `no_such_paper`).
    """
    called = plain_name(name)
    found = await run_in_threadpool(view, visit, number)
    if paper:
        found.case.paper(paper)
    elif kind:
        found.aid.asked(kind)
    async with received(visit.request, visit.store.home, called) as file:
        return await run_in_threadpool(_scanned, visit, number, file.path, called, kind, paper, revision)


def _scanned(
    visit: Visit, number: int, file: Path, called: str, kind: str, paper: int, revision: int
) -> Response:
    """A scan that came is kept, stands in the case at once, and is read apart where there is much to read.

    It is added to the case as it stands now: whatever others did meanwhile holds.
    """
    check_file(file, called)
    if kind or paper:  # stands in the case at once; what only waits is told with its fault
        _check_opens(visit, file, called)
    found = view(visit, number)
    medical, unit = visit.store.medical, found.desk.record.unit
    scan = medical.keep(file, name=called, unit=unit)
    case = _with_scan(found, scan, kind, paper)
    saved = medical.save(case, visit.who, "decided")
    if not kind or found.aid.printed.tells(kind):
        waiting = medical.wait(number, scan)
        visit.site.papers.begin(Unread(number, found.desk.edition.key, scan, waiting.number))
    visit.note("paper_added", subject(number), called)
    answer = show(found, saved, "case-paper.html" if paper else "", paper)
    if revision != found.case.revision:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _check_opens(visit: Visit, file: Path, called: str) -> None:
    """Whether the first page can be seen, where there are pages. Raises Unreadable."""
    try:
        visit.site.pictures.picture(Wanted(file, 1, width=64, kind="jpg"))
    except Unreadable as error:
        if error.code != "no_picture":
            raise Unreadable(error.code, **{**error.facts, "file": called}) from error


def _with_scan(found: CaseView, scan: Origin, kind: str, paper: int) -> MedicalCase:
    if not paper and not kind:
        return found.case
    if not paper:
        return add_paper(found.case, found.aid.asked(kind).kind, {"scans": (scan_text(scan),)})
    before = tuple(map(scan_text, found.case.paper(paper).scans))
    return change_paper(found.case, paper, {"scans": tuple(dict.fromkeys((*before, scan_text(scan))))})


# --- what was read


@routes.get("/cases/{number}/proposals/{proposal}")
def proposal_page(visit: Paper, number: Number, proposal: Number, kind: Words = "") -> Response:
    """What was read of a paper, fact by fact beside its picture."""
    found, waiting = _waiting(visit, number, proposal)
    visit.note("paper_looked", subject(number), waiting.origin.file)
    sitting = _sitting(found, waiting)
    guessed = sitting.standing.kind if sitting.standing else waiting.kind
    named = kind or guessed
    asked = found.aid.asked(named) if named else None
    questions = sitting.questions(asked.kind) if asked else {}
    facts: dict[str, Any] = {
        "view": found,
        "sitting": sitting,
        "proposal": waiting,
        "asked": asked,
        "questions": questions,
    }
    if visit.wants_part:
        return visit.page("case-questions.html", **facts)
    return visit.page("case-proposal.html", pages=_pages(visit, waiting), **facts)


Spot = tuple[float, float, float, float]


def _pages(visit: Visit, waiting: Proposal) -> list[tuple[int, list[tuple[str, Spot]]]]:
    """The pages of a proposal, each with the spots of its facts as shares of the shown page."""
    file, pictures = visit.store.medical.file(waiting.origin), visit.site.pictures
    pages = waiting.origin.pages or tuple(range(1, page_count(visit, waiting.origin) + 1))
    boxes = {
        fact: one.source for fact, one in waiting.facts.items() if one.source is not None and one.source.box
    }
    return [
        (
            page,
            [
                (fact, pictures.frame(file, page).part(source.box))
                for fact, source in boxes.items()
                if source.page == page and source.box
            ],
        )
        for page in pages
    ]


@routes.post("/cases/{number}/proposals/{proposal}")
def settle(visit: Changing, number: Number, proposal: Number, told: Told) -> Response:
    """What was read enters the case, every fact of it decided. Raises Refused, NotSettled."""
    found, waiting = _waiting(visit, number, proposal)
    check_revision(found.case, revision_of(told))
    sitting = _sitting(found, waiting)
    kind = found.aid.asked(text_of(told, "kind")).kind
    if sitting.standing is None or kind != sitting.standing.kind:
        sitting.decide("kind", kind, kind == waiting.kind)
    for fact in sitting.questions(kind):
        _decide(sitting, fact, told)
    saved = sitting.store(visit.who)
    visit.note("paper_settled", subject(number), phrases.CASE_PAPER_FACT.format(paper=sitting.paper, fact=""))
    return visit.go(f"/cases/{saved.number}#paper-{sitting.paper}")


def _decide(sitting: Sitting, fact: str, told: FormData) -> None:
    """One decision: as read, as typed, or untold. Raises NotSettled where there is none."""
    how, reading = text_of(told, f"how.{fact}"), sitting.proposal.facts.get(fact)
    if how == "read" and reading is not None:
        sitting.decide(fact, reading.value, confirmed=True)
    elif how == "typed":
        typed = text_of(told, f"fact.{fact}")
        sitting.decide(fact, sitting.typed(fact, typed) if typed else None, confirmed=False)
    elif how != "untold":
        raise NotSettled(fields=fact_label(sitting.desk.aid, fact))


@routes.get("/cases/{number}/waiting")
def waiting(visit: Reading, number: Number) -> Response:
    """What was read of the papers so far."""
    return visit.page("case-waiting.html", view=view(visit, number))


@routes.post("/cases/{number}/proposals/{proposal}/read")
def read_again(visit: Changing, number: Number, proposal: Number) -> Response:
    """Read once more what could not be read."""
    found, one = _waiting(visit, number, proposal)
    visit.site.papers.begin(Unread(number, found.desk.edition.key, one.origin, proposal))
    return waiting(visit, number)


@routes.post("/cases/{number}/proposals/{proposal}/drop")
def dismiss(visit: Changing, number: Number, proposal: Number, why: Short = "") -> Response:
    """A paper as read is nothing for the case; its scan stays. Raises Refused (`why_wanted`)."""
    reason = reason_of(why)
    view(visit, number)
    visit.store.medical.dismiss(number, proposal, visit.who, reason)
    visit.note("paper_dismissed", subject(number), reason)
    return visit.go(f"/cases/{number}")


def _waiting(visit: Visit, number: Number, proposal: Number) -> tuple[CaseView, Proposal]:
    found = view(visit, number)
    for one in found.waiting:
        if one.number == proposal:
            return found, one
    known = "、".join(str(one.number) for one in found.waiting)
    raise Refused("no_such_proposal", number=proposal, known=known)


def _sitting(found: CaseView, waiting: Proposal) -> Sitting:
    return Sitting(found.desk, waiting, found.standing(waiting))
