"""The first page: what waits."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from desk.web.live import Known, mark_of, news
from desk.web.visit import Listening, Reading, Visit

routes = APIRouter()


@routes.get("/")
def home(visit: Reading) -> Response:
    """What waits for this visitor, counted."""
    waits = _waits(visit)
    return visit.page("home.html", mark=mark_of(visit, waits), **waits)


@routes.get("/waiting")
def home_now(visit: Listening, known: Known = "") -> Response:
    """The same as it is now, for a page that knows how it was."""
    waits = _waits(visit)
    return news(visit, known, mark_of(visit, waits), "home-waiting.html", lambda: waits)


def _waits(visit: Visit) -> dict[str, Any]:
    unit = visit.account.unit
    return {"waits": visit.store.index.waiting(unit), "papers": visit.store.index.papers_waiting(unit)}
