"""Parts of pages that keep themselves up to date: what a page shows comes in, nothing or the part goes out.

A page asks again and again with the mark of what it shows (static/live.js). Asking is cheap as long as
nothing changed, and looks like no work: it prolongs no session, and stands in no log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from desk.web.visit import Visit

Known = Annotated[str, Query(max_length=64)]


def mark_of(visit: Visit, *facts: object) -> str:
    """What tells whether something looks as before to a visitor."""
    return hashlib.sha256(repr((visit.account.number, *facts)).encode()).hexdigest()[:16]


def news(visit: Visit, known: str, mark: str, name: str, facts: Callable[[], Mapping[str, Any]]) -> Response:
    """The part of a page as it looks now, or nothing when the page knows it."""
    answer = Response(status_code=204) if known == mark else visit.page(name, mark=mark, **facts())
    answer.headers["X-Account"] = str(visit.account.number)
    return answer
