"""The first page: what waits."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from desk.web.visit import Reading

routes = APIRouter()


@routes.get("/")
def home(visit: Reading) -> Response:
    """What waits for this visitor."""
    waiting = [row for row in visit.store.drafts() if visit.account.sees(row.unit)]
    return visit.page("home.html", waiting=waiting)
