"""The log: who looked and who changed, by person, subject and day; whether it is what it was; as XLSX."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from desk import phrases, words
from desk.web.asked import day_of
from desk.web.visit import Managing
from desk.xlsx import write_lines
from records.audit import Asked

routes = APIRouter()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A_PAGE = 100
"""Lines on one page."""
Text = Annotated[str, Query(max_length=200)]


def _asked(who: Text = "", subject: Text = "", what: Text = "", day: Text = "") -> Asked:
    return Asked(who.strip(), words.subject_of(subject), what, day_of(day))


Lines = Annotated[Asked, Depends(_asked)]


@routes.get("/audit")
def audit(visit: Managing, asked: Lines, before: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Response:
    """A page of the log, the newest lines first."""
    lines = visit.store.audit.lines(newest=A_PAGE + 1, before=before, asked=asked)
    visit.note("audit_looked", "", _told(asked))
    return visit.page(
        "audit.html",
        asked=asked,
        lines=lines[:A_PAGE],
        older=lines[A_PAGE - 1].number if len(lines) > A_PAGE else 0,
        question={"who": asked.who, "subject": asked.subject, "what": asked.what, "day": asked.day or ""},
        people=visit.store.audit.people(),
        mark=visit.store.audit.mark(),
    )


@routes.get("/audit.xlsx")
def export(visit: Managing, asked: Lines) -> Response:
    """The lines as a workbook, the oldest first."""
    visit.note("audit_exported", "", _told(asked))
    file = SpooledTemporaryFile(2**22)  # noqa: SIM115  # closed when it was sent
    write_lines(
        file, phrases.AUDIT_SHEET, phrases.AUDIT_HEADS, map(words.audit_line, visit.store.audit.every(asked))
    )
    file.seek(0)
    headers = {"Content-Disposition": 'attachment; filename="audit.xlsx"'}
    return StreamingResponse(file, media_type=XLSX, headers=headers, background=BackgroundTask(file.close))


@routes.post("/audit/verify")
def verify(visit: Managing) -> Response:
    """Whether the log is what it was."""
    faults = list(map(words.reason, visit.store.audit.faults()))
    visit.note("audit_verified", "", str(len(faults)) if faults else "")
    return visit.page("audit-verified.html", faults=faults[:20])


def _told(asked: Asked) -> str:
    return " · ".join(filter(None, (asked.who, asked.subject, asked.what, str(asked.day or ""))))
