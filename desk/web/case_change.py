"""Changing a medical case from its page: a form comes in, what that changes on the page goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Form, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from desk.usage import HIGHEST
from desk.web.case_view import CaseView, view, view_of
from desk.web.visit import Visit
from records.errors import Refused
from records.medical import MedicalCase

Count = Annotated[int, Query(ge=0, le=HIGHEST)]
Words = Annotated[str, Query(max_length=200)]
Short = Annotated[str, Form(max_length=200)]


async def told_form(request: Request) -> FormData:
    """What a form tells under names that the edition gives."""
    return await request.form(max_files=0, max_fields=200)


Told = Annotated[FormData, Depends(told_form)]


def change(
    visit: Visit,
    number: int,
    revision: int,
    to: Callable[[MedicalCase], MedicalCase],
    form: str = "",
    paper: int = 0,
    why: str = "",
) -> Response:
    """A change of the case as the visitor saw it. Raises Refused (`case_changed`)."""
    found = view(visit, number)
    check_revision(found.case, revision)
    changed = to(found.case)
    replace(found.desk, case=changed).assessed()  # refuse what the notice cannot take
    return save(found, changed, form, paper, why)


def save(before: CaseView, case: MedicalCase, form: str = "", paper: int = 0, why: str = "") -> Response:
    """Keep a case, and show what that changes on its page; `form` is what was asked for, of a `paper`."""
    visit, number = before.visit, before.case.number
    saved = visit.store.medical.save(case, visit.who, why or "decided")
    if saved.revision != before.case.revision:
        visit.note("case_changed", subject(number), why)
    return show(before, saved, form, paper)


def show(before: CaseView, saved: MedicalCase, form: str, paper: int) -> Response:
    """What a change of a case changes on its page."""
    visit = before.visit
    after = view_of(visit, saved)
    facts: dict[str, Any] = {"before": before, "view": after, "form": form}
    if paper:
        facts["paper"] = saved.paper(paper)
    return visit.page("case-changed.html", **facts)


def check_revision(case: MedicalCase, revision: int) -> None:
    """Whether it is the case that the visitor saw. Raises Refused (`case_changed`)."""
    if case.revision != revision:
        raise Refused("case_changed", number=case.number)


def revision_of(told: FormData) -> int:
    """Which revision of the case the visitor saw."""
    text = text_of(told, "revision")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def text_of(told: FormData, key: str) -> str:
    """What a form tells under a name; empty when nothing."""
    value = told.get(key, "")
    return value.strip()[:2000] if isinstance(value, str) else ""


def reason_of(why: str) -> str:
    """The reason that a clerk gives. Raises Refused (`why_wanted`) when there is none."""
    if not why.strip():
        raise Refused("why_wanted")
    return why.strip()


def subject(number: int) -> str:
    """How the log names a case."""
    return f"case:{number}"
