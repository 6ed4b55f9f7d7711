"""The review station: drafts settled field by field beside their scan, filed by one, approved by another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Path
from fastapi.responses import JSONResponse, Response
from starlette.background import BackgroundTask

from desk import phrases, reviewing, words
from desk.reviewing import Part, Queue, is_unread, turn_of
from desk.type_ahead import lists_of
from desk.web.asked import Number
from desk.web.live import Known, mark_of, news
from desk.web.routes.scans import scan_of
from desk.web.visit import Approving, Awaiting, Filing, Visit
from records.accounts import Right
from records.drafts import Draft, Source
from records.editions import Edition
from records.errors import DanganError, NotSettled, Refused
from records.findings import Severity
from records.kinds import parse
from records.parsing import Parsed
from records.reviews import Hand, Review, Stage
from records.settling import NOTHING
from records.values import Value

if TYPE_CHECKING:
    from intake.shots import Frame
    from records.archive import DraftRow

routes = APIRouter()
MOST = 4000
FieldPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.]{1,120}$")]
Words = Annotated[str, Form(max_length=MOST)]
Yes = Annotated[bool, Form()]
Moment = Annotated[datetime | None, Form()]
_IN_SPITE = ("errors_stand", "same_worker")
"""What a clerk may do in spite of a refusal, for a reason or on purpose."""


@dataclass(frozen=True)
class Work:
    """A draft that somebody has before him."""

    visit: Visit
    row: DraftRow

    @cached_property
    def draft(self) -> Draft:
        """The draft, whole."""
        return self.visit.store.draft(self.row.number)

    @property
    def edition(self) -> Edition:
        """Its edition."""
        return self.visit.site.editions[self.row.edition]

    @property
    def review(self) -> Review:
        """Where it stands."""
        return self.visit.store.reviews.review(self.row.number)

    @property
    def form(self) -> reviewing.Form:
        """The form as it stands now."""
        return reviewing.Form(self.draft, self.edition, self.visit.store.reviews.decisions(self.row.number))

    def mode(self, review: Review) -> str:
        """What the visitor may do with it: settle it, approve it, take it back, or only look."""
        if review.stage is not Stage.FILED:
            return "file"
        if review.filed_by is not None and review.filed_by.is_same(hand_of(self.visit)):
            return "own"
        return "approve" if self.visit.may(Right.APPROVE) else "look"

    def told(self) -> dict[str, Any]:
        """What changes with each decision, for the page."""
        form = self.form
        own = self.row.joins or reviewing.own_record(self.draft)
        same = self.visit.store.same_person(form.values, own)
        return {
            "open": form.open,
            "look": form.to_look_at,
            "findings": [
                {"severity": one.severity, "said": one.said, "paths": one.paths} for one in form.told(same)
            ],
        }


@dataclass(frozen=True)
class Spot:
    """Where a field lies: on which page, and on which part of it."""

    page: int
    part: Part

    @property
    def told(self) -> dict[str, Any]:
        """For the page."""
        return {"page": self.page, "part": [round(share, 5) for share in self.part]}


def work_on(visit: Visit, number: int) -> Work:
    """A draft of the visitor's unit; raises NoSuchDraft."""
    return Work(visit, visit.draft_row(number))


def hand_of(visit: Visit) -> Hand:
    """Who the visitor is, for reviews."""
    return Hand(visit.who, visit.account.number)


def queue_of(visit: Visit) -> Queue:
    """What waits for the visitor."""
    rows = [row for row in visit.store.drafts() if visit.account.sees(row.unit)]
    states = visit.store.reviews.states()
    return reviewing.queue(rows, states, hand_of(visit), approves=visit.may(Right.APPROVE))


@routes.get("/review")
def waiting(visit: Filing) -> Response:
    """The drafts that wait."""
    answer = visit.page("review.html", mark=_mark(visit), **_waiting(visit))
    answer.background = BackgroundTask(visit.site.pictures.warm)
    return answer


@routes.get("/review/waiting")
def waiting_now(visit: Awaiting, known: Known = "") -> Response:
    """The same as it is now, for a page that knows how it was."""
    return news(visit, known, _mark(visit), "review-waiting.html", lambda: _waiting(visit))


def _mark(visit: Visit) -> str:
    return mark_of(visit, visit.store.reviews.mark(visit.account.unit))


def _waiting(visit: Visit) -> dict[str, Any]:
    return {"queue": queue_of(visit), "editions": visit.site.editions, "phrases": phrases}


@routes.get("/review/next")
def go_on(visit: Filing, after: int = 0, approve: bool = False) -> Response:
    """To the next draft that waits, or back to the list."""
    return visit.go(_next(visit, Stage.FILED if approve else Stage.WAITING, after))


@routes.get("/review/{number}")
def station(visit: Filing, number: Number) -> Response:
    """A draft beside its scan. Raises NoSuchDraft."""
    work = work_on(visit, number)
    if work.row.closed is not None:
        return visit.page("review-closed.html", row=work.row)
    visit.note("looked", f"draft:{number}", work.row.file)
    review = work.review
    pages, spots = _paper(work)
    return visit.page(
        "review-draft.html",
        row=work.row,
        draft=work.draft,
        edition=work.edition,
        form=work.form,
        review=review,
        mode=work.mode(review),
        pages=pages,
        state=work.told()
        | {"spots": spots, "number": number, "seen": review.filed_at and review.filed_at.isoformat()},
        lists=lists_of(work.edition, visit.site.words(visit.account.unit)),
        paper=_whence(work.row),
        words_of=phrases,
        page_findings=[words.finding(one, work.edition) for one in work.draft.findings if not one.paths],
    )


@routes.put("/review/{number}/fields/{path}")
def decide(
    visit: Filing,
    number: Number,
    path: FieldPath,
    text: Words = "",
    as_read: Yes = False,
    typing: Yes = False,
) -> Response:
    """Keep a decision: what was typed, or what stands, `as_read`. While `typing` it decides nothing yet.

    Raises NoSuchDraft, NotAllowed, Refused as `Reviews.decide` does.
    """
    work = may_decide(work_on(visit, number))
    if not work.edition.has(path) or work.edition.field(path).is_rows:
        raise Refused("unknown_path", what=path, edition=work.edition.key)
    parsed = Parsed(_standing(work, path)) if as_read else parse(text, work.edition.field(path))
    unread = typing or is_unread(text, parsed)
    visit.store.reviews.decide(
        number, path, parsed.value, hand_of(visit), text=(text or " ") if unread and not as_read else ""
    )
    return _answer(work, path, parsed)


@routes.delete("/review/{number}/fields/{path}")
def undecide(visit: Filing, number: Number, path: FieldPath) -> Response:
    """A decision is taken back. Raises as `decide` does."""
    work = may_decide(work_on(visit, number))
    visit.store.reviews.undecide(number, path, hand_of(visit))
    return _answer(work, path, Parsed(None))


@routes.get("/review/{number}/rows/{table}/{index}")
def new_row(
    visit: Filing, number: Number, table: FieldPath, index: Annotated[int, Path(ge=0, le=200)]
) -> Response:
    """A row to be added to a table."""
    work = work_on(visit, number)
    if not work.edition.has(table) or not work.edition.field(table).is_rows:
        raise Refused("unknown_path", what=table, edition=work.edition.key)
    asked = work.edition.field(table)
    return visit.page(
        "review-row.html", row=work.form.row(asked, index), asked=asked, mode="file", edition=work.edition
    )


@routes.put("/review/{number}/rows/{table}/{index}")
def drop_row(
    visit: Filing,
    number: Number,
    table: FieldPath,
    index: Annotated[int, Path(ge=0, le=200)],
    dropped: Yes,
) -> Response:
    """A row of a table is none, or is one again. Raises as `decide` does."""
    work = may_decide(work_on(visit, number))
    path, hand, reviews = f"{table}.{index}", hand_of(visit), visit.store.reviews
    if not dropped:
        reviews.undecide(number, path, hand)
    elif any(read.startswith(f"{path}.") for read in work.draft.readings):
        reviews.decide(number, path, None, hand)
    else:
        for cell in [one for one in work.form.decisions.standing if one.startswith(f"{path}.")]:
            reviews.undecide(number, cell, hand)
    return JSONResponse(work.told())


@routes.post("/review/{number}/claim")
def claim(visit: Filing, number: Number, force: Yes = False) -> Response:
    """The visitor has the draft open; told with `draft_claimed` while somebody else has, unless by force."""
    work = work_on(visit, number)

    def claimed() -> Response:
        visit.store.reviews.claim(number, hand_of(visit), force=force)
        return JSONResponse({})

    if work.mode(work.review) in ("own", "look"):
        return JSONResponse({})
    return _tried(work, claimed)


@routes.post("/review/{number}/release")
def release(visit: Filing, number: Number) -> Response:
    """The visitor closed the draft."""
    work = work_on(visit, number)
    visit.store.reviews.release(work.row.number, hand_of(visit))
    return JSONResponse({})


@routes.post("/review/{number}/file")
def file(visit: Filing, number: Number, why: Words = "", force: Yes = False) -> Response:
    """Everything is settled (建档). Tells what still is not, or where to go on."""
    work = work_on(visit, number)

    def filed() -> Response:
        two = visit.site.place.settings.two_people
        visit.store.reviews.file(number, work.edition, hand_of(visit), why, force=force, two_people=two)
        visit.note("draft_filed", f"draft:{number}", why)
        return JSONResponse({"next": _next(visit, Stage.WAITING, number)})

    return _tried(work, filed)


@routes.post("/review/{number}/approve")
def approve(
    visit: Approving, number: Number, why: Words = "", force: Yes = False, seen: Moment = None
) -> Response:
    """What another filed becomes a record (审核), as it was `seen` on the page."""
    work = work_on(visit, number)

    def approved() -> Response:
        hand = hand_of(visit)
        record = visit.store.reviews.approve(number, work.edition, hand, why, force=force, seen=seen)
        _tell(work)
        visit.note("draft_approved", f"draft:{number}", f"record:{record.number}")
        return JSONResponse({"next": _next(visit, Stage.FILED, number)})

    return _tried(work, approved)


@routes.post("/review/{number}/send-back")
def send_back(visit: Filing, number: Number, why: Words = "") -> Response:
    """What was filed goes back to a clerk; whoever filed it takes it back himself. Raises NotAllowed."""
    work = work_on(visit, number)
    mode = work.mode(work.review)
    if mode == "look":
        raise DanganError("not_allowed")

    def sent() -> Response:
        visit.store.reviews.send_back(number, hand_of(visit), why)
        visit.note("draft_sent_back", f"draft:{number}", why)
        return JSONResponse(
            {"next": f"/review/{number}" if mode == "own" else _next(visit, Stage.FILED, number)}
        )

    return _tried(work, sent)


@routes.post("/review/{number}/skip")
def skip(visit: Filing, number: Number, why: Words = "") -> Response:
    """The draft is passed by for now."""
    work = work_on(visit, number)

    def skipped() -> Response:
        stage = work.review.stage
        visit.store.reviews.skip(number, hand_of(visit), why)
        visit.note("draft_skipped", f"draft:{number}", why)
        return JSONResponse({"next": _next(visit, stage, number)})

    return _tried(work, skipped)


@routes.post("/review/{number}/drop")
def drop(visit: Filing, number: Number, why: Words = "") -> Response:
    """The draft leaves without a record; its paper stays. Raises Refused (`why_wanted`, `draft_filed`)."""
    work = work_on(visit, number)

    def dropped() -> Response:
        if not why.strip():
            raise Refused("why_wanted")
        if work.review.stage is Stage.FILED:
            raise Refused("draft_filed", number=number, who=(work.review.filed_by or Hand("")).name)
        visit.store.reviews.claim(number, hand_of(visit))
        visit.store.drop(number, visit.who, why)
        _tell(work)
        visit.note("draft_dropped", f"draft:{number}", why)
        return JSONResponse({"next": _next(visit, Stage.WAITING, number)})

    return _tried(work, dropped)


def _next(visit: Visit, stage: Stage, after: int) -> str:
    """Where to go on."""
    found = queue_of(visit).next(stage, after, hand_of(visit))
    return "/review" if found is None else f"/review/{found}"


def _tell(work: Work) -> None:
    """Whoever watches what became of the papers hears of it."""
    if work.draft.origin is not None:
        work.visit.site.reader.changes.tell(work.draft.origin.sha256)


def may_decide(work: Work) -> Work:
    """Raises NotAllowed when the draft waits for somebody who may approve."""
    if work.mode(work.review) == "look":
        raise DanganError("not_allowed")
    return work


def _standing(work: Work, path: str) -> Value:
    """The value that stands at a path now."""
    decided = work.form.decisions.standing.get(path)
    return work.draft.readings.get(path, NOTHING).value if decided is None else decided.value


def _answer(work: Work, path: str, parsed: Parsed) -> Response:
    """How a field stands now, and the form with it."""
    entry = work.form.entry(path)
    problems = [
        {"severity": one.severity, "said": words.sentence(one.code, one.facts, work.edition)}
        for one in parsed.problems
        if one.severity is not Severity.INFO
    ]
    field = {
        "path": path,
        "now": entry.now,
        "chosen": entry.chosen,
        "open": entry.open,
        "decided": entry.decided is not None and not entry.decided.text,
        "changed": entry.changed,
        "problems": problems,
    }
    return JSONResponse({"field": field} | work.told())


def _tried(work: Work, step: Callable[[], Response]) -> Response:
    """The step's answer, or why it is refused, with what may be done: part of the talk, no failure."""
    try:
        return step()
    except (NotSettled, Refused) as error:
        told = {
            "error": error.code,
            "message": words.error(error, work.edition),
            "may": error.code in _IN_SPITE,
            "fields": [path for path in error.facts.get("fields", "").split(",") if path],
            "record": error.facts.get("number", "") if error.code == "same_worker" else "",
        }
        return JSONResponse(told)


def _whence(row: DraftRow) -> str:
    """The pages behind a draft, or the record that it was carried over from."""
    if row.forerunner is not None:
        return phrases.CARRIED_FROM.format(number=row.forerunner)
    return phrases.REVIEW_PAGES.format(file=row.file, pages="、".join(map(str, row.pages)))


def _paper(work: Work) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The pages that can be shown, and where each field lies on them; neither for Word."""
    origin = work.draft.origin
    if origin is None:
        return [], {}
    frames: dict[int, Frame] = {}
    # Word has no picture, and a form is reviewed by its texts as well when its paper cannot be shown now.
    try:
        file = scan_of(work.visit, origin.sha256).path
        for page in origin.pages:
            frames[page] = work.visit.site.pictures.frame(file, page)
    except DanganError:
        return [], {}
    spots = {
        path: Spot(source.page, frames[source.page].part(source.box))
        for path, source in _sources(work.draft)
        if source.box is not None and source.page in frames
    }
    pages = [
        {
            "number": page,
            "address": f"/scans/{origin.sha256}/{page}.jpg?width=2400",
            "turn": turn_of([spot.part for spot in spots.values() if spot.page == page]),
            "width": round(frame.size[0]),
            "height": round(frame.size[1]),
        }
        for page, frame in frames.items()
    ]
    return pages, {path: spot.told for path, spot in spots.items()}


def _sources(draft: Draft) -> list[tuple[str, Source]]:
    return [(path, one.source) for path, one in draft.readings.items() if one.source is not None]
