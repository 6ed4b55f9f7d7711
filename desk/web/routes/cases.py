"""Medical cases: the list, the living checklist of each, the settling of what was read, the packet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import FormData

from desk import case_entry, phrases
from desk.case_list import Wish, listed
from desk.inputs import plain_name
from desk.paper_sitting import Sitting
from desk.papers_apart import check_file
from desk.proposed import fact_label
from desk.usage import HIGHEST
from desk.web.case_view import CaseView, page_count, view, view_of
from desk.web.paper_reading import Job
from desk.web.uploads import received
from desk.web.visit import Changing, Paper, Reading, Visit
from records.archive import Record
from records.drafts import Origin
from records.errors import NotSettled, Refused
from records.medical import MedicalCase, add_paper, change_paper, drop_paper, scan_text
from records.medical_aid import medical_aid
from records.people import worker_name
from records.proposals import ILLNESS, Proposal
from records.values import Value
from records.verdicts import Verdict

routes = APIRouter()
MOST = 50
"""Lines of a page of the list."""
_OFFERED = 20
"""Records that are offered for a new case."""
Words = Annotated[str, Query(max_length=200)]
Text = Annotated[str, Form(max_length=2000)]
Short = Annotated[str, Form(max_length=200)]
FileName = Annotated[str, Query(max_length=2000)]
Count = Annotated[int, Query(ge=0, le=HIGHEST)]
Number = Annotated[int, Form(ge=0)]


async def told_form(request: Request) -> FormData:
    """What a form tells under names that the edition gives."""
    return await request.form(max_files=0, max_fields=200)


Told = Annotated[FormData, Depends(told_form)]


# --- the list, and a new case


@routes.get("/cases")
def list_page(
    visit: Reading,
    q: Words = "",
    year: Annotated[str, Query(pattern="^[0-9]{0,4}$")] = "",
    standing: Annotated[str, Query(pattern="^(yes|no|undetermined)?$")] = "",
    before: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The cases of the visitor's unit."""
    wish = Wish(visit.account.unit, q, int(year or 0), Verdict(standing) if standing else None, before)
    found, more = listed(visit.site.editions, visit.store, wish, MOST)
    lines = [(one, CaseView(visit, one.desk) if one.desk else None) for one in found]
    name = "case-lines.html" if visit.wants_part else "cases.html"
    return visit.page(
        name, lines=lines, more=more, q=q, year=year, standing=standing, standings=phrases.CASE_STANDINGS
    )


@routes.get("/cases/new")
def new_page(visit: Changing, q: Words = "", record: Annotated[int, Query(ge=0)] = 0) -> Response:
    """For which record a case is to be opened."""
    if record:
        return _opening(visit, visit.record(record))
    name = "case-records.html" if visit.wants_part else "case-new.html"
    return visit.page(name, q=q, records=_offered(visit, q))


def _offered(visit: Visit, text: str) -> list[tuple[Record, str, str]]:
    """Records of the unit whose notice helps with hospital bills: each with the name and the notice."""
    found: list[tuple[Record, str, str]] = []
    numbers = visit.store.numbers(text) if text.strip() else []
    for start in range(0, len(numbers), MOST):
        for record in visit.store.records(numbers[start : start + MOST]):
            edition = visit.site.editions[record.edition]
            if visit.account.sees(record.unit) and edition.medical:
                found.append((record, worker_name(edition, record.values), edition.title))
            if len(found) == _OFFERED:
                return found
    return found


def _opening(visit: Visit, record: Record) -> Response:
    edition = visit.site.editions[record.edition]
    aid = medical_aid(edition)
    cases = visit.store.medical.cases(record.number)
    visit.note("looked", f"record:{record.number}")
    worker = worker_name(edition, record.values)
    return visit.page("case-open.html", record=record, worker=worker, edition=edition, aid=aid, cases=cases)


@routes.post("/cases")
def open_case(
    visit: Changing,
    record: Annotated[int, Form(ge=1)],
    year: Annotated[int, Form(ge=1900, le=2200)],
    illness: Short = "",
) -> Response:
    """Open a case. Raises NoSuchRecord, and Refused (`same_case`, `no_medical_aid`)."""
    found = visit.record(record)
    medical_aid(visit.site.editions[found.edition])
    case = MedicalCase(record, year, illness.strip() or None)
    saved = visit.store.medical.save(case, visit.who, phrases.CASE_OPENED_WHY)
    visit.note("case_opened", _subject(saved.number))
    return visit.go(f"/cases/{saved.number}")


# --- one case


@routes.get("/cases/{number}")
def case_page(visit: Reading, number: int) -> Response:
    """The living checklist of a case."""
    found = view(visit, number)
    visit.note("looked", _subject(number))
    return visit.page("case.html", view=found)


@routes.get("/cases/{number}/history")
def history(visit: Reading, number: int) -> Response:
    """All that ever happened to a case, latest first."""
    found = view(visit, number)
    events = visit.store.medical.history(number)
    return visit.page("case-history.html", view=found, events=events[::-1])


@routes.get("/cases/{number}/facts")
def facts_form(visit: Changing, number: int) -> Response:
    """What is told of the case itself, in full, to be changed."""
    found = view(visit, number)
    visit.note("unmasked", _subject(number), phrases.CASE_FACTS[ILLNESS])
    return visit.page("case-facts.html", view=found)


@routes.put("/cases/{number}/facts")
def change_facts(
    visit: Changing,
    number: int,
    revision: Number,
    year: Annotated[int, Form(ge=1900, le=2200)],
    illness: Short = "",
    help: Text = "",  # noqa: A002 - the case's own word
) -> Response:
    """Change the year, the illness or the unit's help."""

    def changed(case: MedicalCase) -> MedicalCase:
        return replace(case, year=year, illness=illness.strip() or None, help=help.strip() or None)

    return _changed(visit, number, revision, changed, "case-facts.html")


@routes.put("/cases/{number}/answers")
def answer(visit: Changing, number: int, told: Told) -> Response:
    """Answer what the notice asks besides. Raises Refused (`ask_unreadable`, `no_such_reading`, …)."""
    answers = {key.removeprefix("given."): _text(told, key) for key in told if key.startswith("given.")}

    def changed(case: MedicalCase) -> MedicalCase:
        given = {**case.given, **{ask: text or None for ask, text in answers.items()}}
        return replace(case, given={ask: text for ask, text in given.items() if text is not None})

    return _changed(visit, number, _revision(told), changed)


# --- papers


@routes.post("/cases/{number}/scans")
async def add_scan(
    visit: Changing, number: int, name: FileName, kind: Words = "", paper: Count = 0, revision: Count = 0
) -> Response:
    """One file, the whole body of the request, is a further paper of a `kind`, or a scan more of a `paper`.

    Raises TooLarge, BrokenOff, Unreadable, Encrypted, and Refused (`no_such_kind`, `no_such_paper`).
    """
    called = plain_name(name)
    found = await run_in_threadpool(view, visit, number)
    if paper:
        found.case.paper(paper)
    else:
        found.aid.asked(kind)
    async with received(visit.request, visit.store.home, called) as file:
        return await run_in_threadpool(_scanned, visit, number, file.path, called, kind, paper, revision)


def _scanned(
    visit: Visit, number: int, file: Path, called: str, kind: str, paper: int, revision: int
) -> Response:
    """A scan that came is kept, stands in the case at once, and is read apart.

    It is added to the case as it stands now: whatever others did meanwhile holds.
    """
    check_file(file, called)
    found = view(visit, number)
    medical, unit = visit.store.medical, found.desk.record.unit
    scan = medical.keep(file, name=called, unit=unit)
    case = _with_scan(found, scan, kind, paper)
    saved = medical.save(case, visit.who, "decided")
    waiting = medical.wait(number, scan)
    visit.site.papers.begin(Job(number, found.desk.edition.key, scan, waiting.number))
    visit.note("paper_added", _subject(number), called)
    answer = _shown(found, saved, "case-paper.html" if paper else "", paper)
    if revision != found.case.revision:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _with_scan(found: CaseView, scan: Origin, kind: str, paper: int) -> MedicalCase:
    if not paper:
        return add_paper(found.case, found.aid.asked(kind).kind, {"scans": (scan_text(scan),)})
    before = tuple(map(scan_text, found.case.paper(paper).scans))
    return change_paper(found.case, paper, {"scans": tuple(dict.fromkeys((*before, scan_text(scan))))})


@routes.post("/cases/{number}/papers")
def add(visit: Changing, number: int, kind: Short) -> Response:
    """A further paper, which is not scanned yet. Raises Refused (`no_such_kind`)."""
    found = view(visit, number)
    return _saved(found, add_paper(found.case, found.aid.asked(kind).kind))


@routes.get("/cases/{number}/papers/{paper}")
def paper_form(visit: Paper, number: int, paper: int) -> Response:
    """A paper with its pictures, and what is told of it. Raises Refused (`no_such_paper`)."""
    found = view(visit, number)
    shown = found.case.paper(paper)
    visit.note("paper_looked", _subject(number), found.label(f"paper-{paper}").rstrip("："))
    return visit.page("case-paper.html", view=found, paper=shown)


@routes.put("/cases/{number}/papers/{paper}/seen")
def change_seen(visit: Changing, number: int, paper: int, told: Told) -> Response:
    """Which of original, copy and seals were seen."""

    def changed(case: MedicalCase) -> MedicalCase:
        aid = view_of(visit, case).aid
        seals = case_entry.seal_keys(aid, [str(one) for one in told.getlist("seal")])
        facts: dict[str, Value] = {"seals": seals or None}
        facts |= {key: _text(told, key) or None for key in ("original", "copy") if key in told}
        return change_paper(case, paper, facts)

    return _changed(visit, number, _revision(told), changed)


@routes.put("/cases/{number}/papers/{paper}/facts")
def change_told(visit: Changing, number: int, paper: int, told: Told) -> Response:
    """What stands on a paper. Raises Refused (`fact_unreadable`, `no_such_fact`, `no_such_kind`)."""

    def changed(case: MedicalCase) -> MedicalCase:
        aid = view_of(visit, case).aid
        texts = {key.removeprefix("fact."): _text(told, key) for key in told if key.startswith("fact.")}
        facts = case_entry.facts(aid, texts, None, None)
        facts["kind"] = aid.asked(_text(told, "kind") or case.paper(paper).kind).kind
        return change_paper(case, paper, facts)

    return _changed(visit, number, _revision(told), changed, "case-paper.html", paper)


@routes.post("/cases/{number}/papers/{paper}/drop")
def drop(visit: Changing, number: int, paper: int, revision: Number, why: Short = "") -> Response:
    """Take a paper out of the case; its scans stay. Raises Refused (`why_wanted`)."""
    reason = _why(why)
    return _changed(visit, number, revision, lambda case: drop_paper(case, paper), why=reason)


# --- what was read


@routes.get("/cases/{number}/proposals/{proposal}")
def proposal_page(visit: Paper, number: int, proposal: int, kind: Words = "") -> Response:
    """What was read of a paper, fact by fact beside its picture."""
    found, waiting = _waiting(visit, number, proposal)
    visit.note("paper_looked", _subject(number), waiting.origin.file)
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
def settle(visit: Changing, number: int, proposal: int, told: Told) -> Response:
    """What was read enters the case, every fact of it decided. Raises Refused, NotSettled."""
    found, waiting = _waiting(visit, number, proposal)
    _check_revision(found.case, _revision(told))
    sitting = _sitting(found, waiting)
    kind = found.aid.asked(_text(told, "kind")).kind
    if sitting.standing is None or kind != sitting.standing.kind:
        sitting.decide("kind", kind, kind == waiting.kind)
    for fact in sitting.questions(kind):
        _decide(sitting, fact, told)
    saved = sitting.store(visit.who)
    visit.note(
        "paper_settled", _subject(number), phrases.CASE_PAPER_FACT.format(paper=sitting.paper, fact="")
    )
    return visit.go(f"/cases/{saved.number}#paper-{sitting.paper}")


def _decide(sitting: Sitting, fact: str, told: FormData) -> None:
    """One decision: as read, as typed, or untold. Raises NotSettled where there is none."""
    how, reading = _text(told, f"how.{fact}"), sitting.proposal.facts.get(fact)
    if how == "read" and reading is not None:
        sitting.decide(fact, reading.value, confirmed=True)
    elif how == "typed":
        typed = _text(told, f"fact.{fact}")
        sitting.decide(fact, sitting.typed(fact, typed) if typed else None, confirmed=False)
    elif how != "untold":
        raise NotSettled(fields=fact_label(sitting.desk.aid, fact))


@routes.get("/cases/{number}/waiting")
def waiting(visit: Reading, number: int) -> Response:
    """What was read of the papers so far."""
    return visit.page("case-waiting.html", view=view(visit, number))


@routes.post("/cases/{number}/proposals/{proposal}/read")
def read_again(visit: Changing, number: int, proposal: int) -> Response:
    """Read once more what could not be read."""
    found, one = _waiting(visit, number, proposal)
    visit.site.papers.begin(Job(number, found.desk.edition.key, one.origin, proposal))
    return waiting(visit, number)


@routes.post("/cases/{number}/proposals/{proposal}/drop")
def dismiss(visit: Changing, number: int, proposal: int, why: Short = "") -> Response:
    """A paper as read is nothing for the case; its scan stays. Raises Refused (`why_wanted`)."""
    reason = _why(why)
    view(visit, number)
    visit.store.medical.dismiss(number, proposal, visit.who, reason)
    visit.note("paper_dismissed", _subject(number), reason)
    return visit.go(f"/cases/{number}")


def _waiting(visit: Visit, number: int, proposal: int) -> tuple[CaseView, Proposal]:
    found = view(visit, number)
    for one in found.waiting:
        if one.number == proposal:
            return found, one
    known = "、".join(str(one.number) for one in found.waiting)
    raise Refused("no_such_proposal", number=proposal, known=known)


def _sitting(found: CaseView, waiting: Proposal) -> Sitting:
    return Sitting(found.desk, waiting, found.standing(waiting))


# --- steps


def _changed(
    visit: Visit,
    number: int,
    revision: int,
    change: Callable[[MedicalCase], MedicalCase],
    form: str = "",
    paper: int = 0,
    why: str = "",
) -> Response:
    """A change of the case as the visitor saw it. Raises Refused (`case_changed`)."""
    found = view(visit, number)
    _check_revision(found.case, revision)
    changed = change(found.case)
    replace(found.desk, case=changed).assessed()  # refuse what the notice cannot take
    return _saved(found, changed, form, paper, why)


def _saved(before: CaseView, case: MedicalCase, form: str = "", paper: int = 0, why: str = "") -> Response:
    """Keep a case, and show what that changes on its page; `form` is what was asked for, of a `paper`."""
    visit, number = before.visit, before.case.number
    saved = visit.store.medical.save(case, visit.who, why or "decided")
    if saved.revision != before.case.revision:
        visit.note("case_changed", _subject(number), why)
    return _shown(before, saved, form, paper)


def _shown(before: CaseView, saved: MedicalCase, form: str, paper: int) -> Response:
    """What a change of a case changes on its page."""
    visit = before.visit
    after = view_of(visit, saved)
    facts: dict[str, Any] = {"before": before, "view": after, "form": form}
    if paper:
        facts["paper"] = saved.paper(paper)
    return visit.page("case-changed.html", **facts)


def _check_revision(case: MedicalCase, revision: int) -> None:
    if case.revision != revision:
        raise Refused("case_changed", number=case.number)


def _revision(told: FormData) -> int:
    text = _text(told, "revision")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _text(told: FormData, key: str) -> str:
    value = told.get(key, "")
    return value.strip()[:2000] if isinstance(value, str) else ""


def _why(why: str) -> str:
    """The clerk's reason. Raises Refused (`why_wanted`) when there is none."""
    if not why.strip():
        raise Refused("why_wanted")
    return why.strip()


def _subject(number: int) -> str:
    return f"case:{number}"
