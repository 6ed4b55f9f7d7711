"""What goes wrong on a page: any exception comes in, a page or a part of one in Chinese goes out.

The one place that gives an error its HTTP status.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from desk import words
from desk.guard import as_ours
from desk.web.asked import is_inside
from desk.web.paper import page
from records.errors import (
    AlreadyTaken,
    DanganError,
    DiskFull,
    EngineMissing,
    IntakeError,
    NoSuchCase,
    NoSuchDraft,
    NoSuchRecord,
    NotSettled,
    OfficeMissing,
    RecordError,
    StoreBusy,
    StoreError,
    TooLarge,
)

STATUS: tuple[tuple[type[DanganError], int], ...] = (
    (NoSuchRecord, 404),
    (NoSuchDraft, 404),
    (NoSuchCase, 404),
    (NotSettled, 409),
    (AlreadyTaken, 409),
    (TooLarge, 413),
    (EngineMissing, 503),
    (OfficeMissing, 503),
    (IntakeError, 422),
    (StoreBusy, 503),
    (DiskFull, 507),
    (StoreError, 500),
    (RecordError, 409),
)
"""The status of the first kind that an error is of."""
CODES = {
    "not_signed_in": 401,
    "not_allowed": 403,
    "forged": 403,
    "foreign_host": 421,
    "request_too_large": 413,
    "no_such_page": 404,
    "no_picture": 404,
    "page_not_there": 404,
    "scan_not_kept": 404,
    "no_such_job": 404,
    "no_such_edition": 404,
    "wrong_password": 401,
    "locked_out": 429,
    "address_locked_out": 429,
    "too_many_requests": 429,
    "too_slow": 408,
    "address_too_long": 414,
    "must_change_password": 403,
    "no_such_account": 404,
    "no_such_token": 404,
    "bad_request": 422,
    "unexpected": 500,
}
"""The status of single codes, which win."""

WAYS = {"not_signed_in": "/sign-in", "must_change_password": "/account"}
"""Where whoever asked is sent to put an error right."""
LEAVING = "/sign-out"
"""Whoever is signed out already has left nothing on the page."""


def status_of(error: DanganError) -> int:
    """The HTTP status of an error."""
    if error.code in CODES:
        return CODES[error.code]
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def told(error: DanganError, *, part: bool, data: bool, way: str = "") -> Response:
    """The error as JSON for programs, as a part of a page for htmx (with the way to go on), or a page."""
    sentence, status = words.on_page(error), status_of(error)
    if data:
        answer: Response = JSONResponse({"error": error.code, "message": sentence}, status)
    else:
        answer = page("fault-part.html" if part else "fault.html", status, sentence=sentence, way=way)
    if error.code == "too_many_requests":
        answer.headers["Retry-After"] = error.facts["seconds"]
    return answer


def answer_to(error: DanganError, scope: Scope) -> Response:
    """What whoever asked is told of an error, or where they are sent to put it right."""
    part, data = b"hx-request" in dict(scope["headers"]), scope["path"].startswith("/api/")
    way = WAYS.get(error.code)
    if way is None or data or scope["path"] == way:
        return told(error, part=part, data=data)
    if part and error.code == "not_signed_in" and scope["path"] != LEAVING:
        return told(error, part=True, data=False, way=way)  # what is typed on the page stays there
    if part:
        return HTMLResponse(status_code=status_of(error), headers={"HX-Redirect": way})
    return HTMLResponse(status_code=303, headers={"Location": way + _back(error, scope)})


def _back(error: DanganError, scope: Scope) -> str:
    """What brings whoever signs in to the page that was asked for."""
    asked = quote(scope["path"]) + "?" * bool(scope["query_string"]) + scope["query_string"].decode("latin-1")
    if error.code != "not_signed_in" or scope["method"] != "GET" or asked == "/" or not is_inside(asked):
        return ""
    return f"?{urlencode({'back': asked})}"


def add_faults(app: FastAPI) -> None:
    """Let every exception of a route be told; what nobody foresaw goes on to the shield, which tells it."""
    app.add_exception_handler(DanganError, _answer)
    app.add_exception_handler(HTTPException, _answer)
    app.add_exception_handler(RequestValidationError, _answer)


def _answer(request: Request, error: Exception) -> Response:
    return answer_to(_ours(request, error), request.scope)


def _ours(request: Request, error: Exception) -> DanganError:
    if isinstance(error, HTTPException):
        return DanganError("no_such_page" if error.status_code in (404, 405) else "bad_request")
    if isinstance(error, RequestValidationError):
        return DanganError("bad_request")
    return as_ours(error, request.app.state.site.place.settings.log)
