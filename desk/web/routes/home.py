"""The first page: what waits."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from desk.web.visit import Reading

routes = APIRouter()


@routes.get("/")
def home(visit: Reading) -> Response:
    """What waits for this visitor, counted."""
    unit = visit.account.unit
    waits = visit.store.index.waiting(unit)
    papers = visit.store.index.papers_waiting(unit)
    return visit.page("home.html", waits=waits, papers=papers)
