"""Medical cases: the list, the living checklist of each, its papers, the packet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from desk import case_entry, phrases, words
from desk.case_list import Wish, listed
from desk.cases import whole_case
from desk.checklist import ending
from desk.usage import HIGHEST
from desk.web.asked import Number
from desk.web.case_change import (
    Count,
    Short,
    Told,
    Words,
    change,
    reason_of,
    revision_of,
    save,
    subject,
    text_of,
)
from desk.web.case_view import CaseView, view, view_of
from desk.web.press import Job
from desk.web.visit import Changing, Making, Paper, Reading, Visit
from records.archive import Record
from records.errors import Refused
from records.index_store import Asked
from records.medical import MedicalCase, add_paper, change_paper, drop_paper
from records.medical_aid import medical_aid
from records.packets import packet
from records.people import worker_name
from records.proposals import ILLNESS
from records.values import Value
from records.verdicts import Verdict

if TYPE_CHECKING:
    from records.assessing import Assessment
    from records.store import Store

routes = APIRouter()
MOST = 25
"""Lines of a page of the list."""
_OFFERED = 20
"""Records that are offered for a new case."""
Text = Annotated[str, Form(max_length=2000)]
Revision = Annotated[int, Form(ge=0, le=HIGHEST)]


# --- the list, and a new case


@routes.get("/cases")
def list_page(
    visit: Reading,
    q: Words = "",
    year: Annotated[str, Query(pattern="^[0-9]{0,4}$")] = "",
    standing: Annotated[str, Query(pattern="^(yes|no|undetermined)?$")] = "",
    before: Count = 0,
) -> Response:
    """The cases of the visitor's unit."""
    wish = Wish(visit.account.unit, q, int(year or 0), Verdict(standing) if standing else None, before)
    found, more = listed(visit.site.editions, visit.store, wish, MOST, visit.site.stood)
    lines = [(one, CaseView(visit, one.desk, one.told) if one.desk else None) for one in found]
    name = "case-lines.html" if visit.wants_part else "cases.html"
    return visit.page(
        name, lines=lines, more=more, q=q, year=year, standing=standing, standings=phrases.CASE_STANDINGS
    )


@routes.get("/cases/new")
def new_page(visit: Changing, q: Words = "", record: Count = 0) -> Response:
    """For which record a case is to be opened."""
    if record:
        return _opening(visit, visit.record(record))
    name = "case-records.html" if visit.wants_part else "case-new.html"
    return visit.page(name, q=q, records=_offered(visit, q))


def _offered(visit: Visit, text: str) -> list[tuple[Record, str, str]]:
    """Records of the unit whose notice helps with hospital bills: each with the name and the notice."""
    found: list[tuple[Record, str, str]] = []
    numbers = visit.store.index.numbers(Asked(text), visit.account.unit) if text.strip() else []
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
    record: Annotated[int, Form(ge=1, le=HIGHEST)],
    year: Annotated[int, Form(ge=1900, le=2200)],
    illness: Short = "",
) -> Response:
    """Open a case. Raises NoSuchRecord, and Refused (`same_case`, `no_medical_aid`)."""
    found = visit.record(record)
    medical_aid(visit.site.editions[found.edition])
    case = MedicalCase(record, year, illness.strip() or None)
    saved = visit.store.medical.save(case, visit.who, phrases.CASE_OPENED_WHY)
    visit.note("case_opened", subject(saved.number))
    return visit.go(f"/cases/{saved.number}")


# --- one case


@routes.get("/cases/{number}")
def case_page(visit: Reading, number: Number) -> Response:
    """The living checklist of a case."""
    found = view(visit, number)
    visit.note("looked", subject(number))
    return visit.page("case.html", view=found)


@routes.get("/cases/{number}/history")
def history(visit: Reading, number: Number) -> Response:
    """All that ever happened to a case, latest first."""
    found = view(visit, number)
    events = visit.store.medical.history(number)
    visit.note("looked", subject(number))
    return visit.page("case-history.html", view=found, events=events[::-1])


@routes.get("/cases/{number}/facts")
def facts_form(visit: Changing, number: Number) -> Response:
    """What is told of the case itself, in full, to be changed."""
    found = view(visit, number)
    visit.note("unmasked", subject(number), phrases.CASE_FACTS[ILLNESS])
    return visit.page("case-facts.html", view=found)


@routes.put("/cases/{number}/facts")
def change_facts(
    visit: Changing,
    number: Number,
    revision: Revision,
    year: Annotated[int, Form(ge=1900, le=2200)],
    illness: Short = "",
    help: Text = "",  # noqa: A002 - the case's own word
) -> Response:
    """Change the year, the illness or the unit's help."""

    def changed(case: MedicalCase) -> MedicalCase:
        return replace(case, year=year, illness=illness.strip() or None, help=help.strip() or None)

    return change(visit, number, revision, changed, "case-facts.html")


@routes.put("/cases/{number}/answers")
def answer(visit: Changing, number: Number, told: Told) -> Response:
    """Answer what the notice asks besides. Raises Refused (`ask_unreadable`, `no_such_reading`, …)."""
    answers = {key.removeprefix("given."): text_of(told, key) for key in told if key.startswith("given.")}

    def changed(case: MedicalCase) -> MedicalCase:
        given = {**case.given, **{ask: text or None for ask, text in answers.items()}}
        return replace(case, given={ask: text for ask, text in given.items() if text is not None})

    return change(visit, number, revision_of(told), changed)


# --- papers


@routes.post("/cases/{number}/papers")
def add(visit: Changing, number: Number, kind: Short) -> Response:
    """A further paper, which is not scanned yet. Raises Refused (`no_such_kind`)."""
    found = view(visit, number)
    return save(found, add_paper(found.case, found.aid.asked(kind).kind))


@routes.get("/cases/{number}/papers/{paper}")
def paper_form(visit: Paper, number: Number, paper: Number) -> Response:
    """A paper with its pictures, and what is told of it. Raises Refused (`no_such_paper`)."""
    found = view(visit, number)
    shown = found.case.paper(paper)
    visit.note("paper_looked", subject(number), found.label(f"paper-{paper}").rstrip("："))
    return visit.page("case-paper.html", view=found, paper=shown)


@routes.put("/cases/{number}/papers/{paper}/seen")
def change_seen(visit: Changing, number: Number, paper: Number, told: Told) -> Response:
    """Which of original, copy and seals were seen."""

    def changed(case: MedicalCase) -> MedicalCase:
        aid = view_of(visit, case).aid
        seals = case_entry.seal_keys(aid, [str(one) for one in told.getlist("seal")])
        facts: dict[str, Value] = {"seals": seals or None}
        facts |= {key: text_of(told, key) or None for key in ("original", "copy") if key in told}
        return change_paper(case, paper, facts)

    return change(visit, number, revision_of(told), changed)


@routes.put("/cases/{number}/papers/{paper}/facts")
def change_told(visit: Changing, number: Number, paper: Number, told: Told) -> Response:
    """What stands on a paper. Raises Refused (`fact_unreadable`, `no_such_fact`, `no_such_kind`)."""

    def changed(case: MedicalCase) -> MedicalCase:
        aid = view_of(visit, case).aid
        texts = {key.removeprefix("fact."): text_of(told, key) for key in told if key.startswith("fact.")}
        facts = case_entry.facts(aid, texts, None, None)
        facts["kind"] = aid.asked(text_of(told, "kind") or case.paper(paper).kind).kind
        return change_paper(case, paper, facts)

    return change(visit, number, revision_of(told), changed, "case-paper.html", paper)


@routes.post("/cases/{number}/papers/{paper}/drop")
def drop(visit: Changing, number: Number, paper: Number, revision: Revision, why: Short = "") -> Response:
    """Take a paper out of the case; its scans stay. Raises Refused (`why_wanted`)."""
    reason = reason_of(why)
    return change(visit, number, revision, lambda case: drop_paper(case, paper), why=reason)


# --- the packet


@routes.post("/cases/{number}/packet")
def make_packet(visit: Making, number: Number) -> Response:
    """Have the papers of a case bound. Raises Refused (`packet_not_yet`) while anything is missing."""
    found = view(visit, number)
    title = f"{packet(found.desk.edition).title} {found.name}"
    _check_complete(number, found.told)
    visit.note("made", subject(number), title)
    visit.note("made", f"record:{found.case.record}", title)
    return visit.go(visit.site.press.make(visit, title, partial(_bound, visit.store, number)).path)


def _bound(store: Store, number: int, job: Job) -> Sequence[Path]:
    """The packet's files; none when a paper of it cannot be bound. Raises Refused (`packet_not_yet`)."""
    from docgen.packet import make_packet as bind

    whole = whole_case(job.place, store, store.medical.case(number))
    _check_complete(number, whole.told)
    made = bind(whole, store.medical.file, job.folder, job.place.office)
    for note in made.notes:
        job.tell(words.on_page(note))
    for line in made.lacking:
        job.tell(line, failed=True)
    job.revisions[whole.record.number] = whole.record.revision
    job.advance()
    return made.files if made.complete else ()


def _check_complete(number: int, told: Assessment) -> None:
    if not told.complete:
        raise Refused("packet_not_yet", number=number, standing=ending(told))
