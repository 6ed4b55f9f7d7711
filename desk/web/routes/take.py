"""Taking in: files come in through the browser; what became of each of them goes out, as it happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response, StreamingResponse
from pydantic import Field, StringConstraints

from desk.inputs import SUFFIXES, plain_name
from desk.web.site import LOOPBACK, Site
from desk.web.uploads import LARGEST, MOST_PAGES, Received, fate_of, keep, keep_pages, received, subject
from desk.web.visit import Taking, Visit
from records.archive import Fate
from records.errors import DanganError

routes = APIRouter()
_SHOWN = 100
"""So many scans are listed, the newest."""
_TOGETHER = 1.0
"""Seconds in which changes are gathered before they are sent."""
_ALIVE = 15.0
"""Seconds after which a stream without news tells again how things stand, and looks after its session."""

Sum = str
Why = Annotated[str, Form(max_length=500)]
Name = Annotated[str, Query(max_length=2000)]
Names = Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Query(max_length=MOST_PAGES)]
Sizes = Annotated[list[Annotated[int, Field(ge=1)]], Query(max_length=MOST_PAGES)]


@routes.get("/take")
def take_page(visit: Taking) -> Response:
    """The page on which files are dropped."""
    mark = visit.site.reader.changes.mark
    return visit.page(
        "take.html",
        mark=mark,
        largest=LARGEST,
        most_pages=MOST_PAGES,
        suffixes=sorted(SUFFIXES),
        phone=_phone(visit),
        **_lists(visit),
    )


@routes.get("/take/lists")
def lists(visit: Taking) -> Response:
    """Everything that the page lists, anew."""
    return visit.page("take-lists.html", **_lists(visit))


@routes.get("/take/aside")
def aside(visit: Taking) -> Response:
    """What is set aside."""
    return visit.page("take-aside.html", aside=_aside(visit))


@routes.post("/take/files")
async def upload(visit: Taking, name: Name = "") -> Response:
    """One file, the whole body of the request. Raises TooLarge, BrokenOff, Refused, StoreError."""
    called = plain_name(name)
    async with received(visit.request, visit.store.home, called) as file:
        return await run_in_threadpool(_keep, visit, file, called)


@routes.post("/take/pages")
async def upload_pages(visit: Taking, name: Names, size: Sizes) -> Response:
    """Pictures of one form's pages, one behind the other in the body, each told by its name and its size.

    Raises as `upload` does, Unreadable, and DanganError (`bad_request`).
    """
    called = [plain_name(one) for one in name]
    if len(called) != len(size):
        raise DanganError("bad_request")
    async with received(visit.request, visit.store.home, called[0]) as file:
        pictures = list(zip(called, size, strict=True))
        return await run_in_threadpool(_keep_pages, visit, file, pictures)


@routes.post("/take/again/{sha256}")
def read_again(visit: Taking, sha256: Sum) -> Response:
    """A scan of which nothing stands is read once more."""
    fate = fate_of(visit, sha256)
    visit.store.read_again(sha256)
    visit.note("read_again", subject(sha256), fate.scan.file)
    visit.site.reader.changes.tell(sha256)
    visit.site.reader.wake()
    return aside(visit)


@routes.post("/take/dismiss/{sha256}")
def dismiss(visit: Taking, sha256: Sum, why: Why) -> Response:
    """What was set aside of a scan needs nobody any more."""
    fate_of(visit, sha256)
    visit.store.dismiss(sha256, visit.who, why)
    visit.site.reader.changes.tell(sha256)
    return aside(visit)


@routes.get("/take/original/{sha256}")
def original(visit: Taking, sha256: Sum) -> Response:
    """The untouched file, to be saved and not shown: what is in it is not the desk's own."""
    fate = fate_of(visit, sha256)
    visit.note("looked", subject(sha256), fate.scan.file)
    return FileResponse(fate.scan.path, media_type="application/octet-stream", filename=fate.scan.file)


@routes.get("/take/code.svg")
def code(visit: Taking) -> Response:
    """The code that leads a phone in the office network here."""
    from docgen.codes import link_drawing

    address = _phone(visit)
    if not address:
        raise DanganError("no_such_page")
    return Response(link_drawing(address), media_type="image/svg+xml")


@routes.get("/take/events")
async def events(visit: Taking, since: str = "") -> Response:
    """What becomes of the files of the visitor's unit, as it happens, until the session or the desk ends."""
    mark = visit.request.headers.get("last-event-id", since)
    return StreamingResponse(_stream(visit, mark), media_type="text/event-stream")


def _keep(visit: Visit, file: Received, called: str) -> Response:
    fate, again = keep(visit, file, called)
    return visit.page("take-file.html", again=again, **_row(visit, fate))


def _keep_pages(visit: Visit, file: Received, pictures: list[tuple[str, int]]) -> Response:
    fate, again = keep_pages(visit, file, pictures)
    return visit.page("take-file.html", again=again, **_row(visit, fate))


# --- showing


def _row(visit: Visit, fate: Fate) -> dict[str, Any]:
    return {"fate": fate, "live": visit.site.reader.under_way.get(fate.scan.sha256)}


def _lists(visit: Visit) -> dict[str, Any]:
    fates = visit.store.fates(visit.account.unit, _SHOWN)
    return {
        "rows": [_row(visit, fate) for fate in fates],
        "tally": _tally(visit),
        "aside": _aside(visit),
        "watch": visit.site.watch if visit.account.sees("") else None,
    }


def _aside(visit: Visit) -> list[Fate]:
    return visit.store.fates(visit.account.unit, _SHOWN, only_aside=True)


def _tally(visit: Visit) -> dict[str, Any]:
    """What waits for the visitor's unit, and how long everything may take."""
    reader = visit.site.reader
    mine = [one for one in visit.store.unread() if visit.account.sees(one.unit)]
    return {
        "waiting": len(mine),
        "seconds": reader.seconds_left() if mine else None,
        "trouble": reader.trouble if mine else None,
    }


def _phone(visit: Visit) -> str:
    """The address of this page in the office network; empty when only this computer is served."""
    site: Site = visit.site
    asked = urlsplit(f"//{visit.request.headers.get('host', '')}")
    names = sorted(site.hosts - LOOPBACK, key=lambda name: (not name.replace(".", "").isdecimal(), name))
    if not names:
        return ""
    host = asked.hostname if asked.hostname in names else names[0]
    port = f":{asked.port}" if asked.port else ""
    return f"http{'s' if site.secure else ''}://{host}{port}/take"


# --- telling


async def _stream(visit: Visit, mark: str) -> AsyncIterator[str]:
    changes = visit.site.reader.changes
    with changes.heard() as heard:
        known: int | None = None
        while not changes.is_over:
            if not await run_in_threadpool(visit.lasts):
                yield _event("over", "")
                return
            before = mark
            told, mark = await run_in_threadpool(_news, visit, mark)
            yield told
            standing = await run_in_threadpool(_standing, visit)
            if known not in (None, standing) and mark == before:
                # The command line changed it, and tells nobody.
                yield _event("anew", "")
            known = standing
            await asyncio.sleep(_TOGETHER)
            with suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), _ALIVE)
            heard.clear()


def _standing(visit: Visit) -> int:
    """What became of the newest files, as one number to compare."""
    return hash(repr(visit.store.fates(visit.account.unit, _SHOWN)))


def _news(visit: Visit, mark: str) -> tuple[str, str]:
    """The events since a mark, and the mark after them."""
    changes = visit.site.reader.changes
    after = changes.mark
    changed = changes.since(mark)
    tally = _event("tally", _html(visit.page("take-tally.html", tally=_tally(visit))), after)
    if changed is None:
        return _event("anew", "") + tally, after
    fates = visit.store.fates(visit.account.unit, sums=changed) if changed else []
    rows = [
        _event("file", _html(visit.page("take-file.html", again=False, **_row(visit, one)))) for one in fates
    ]
    done = _event("aside", "") if any(one.scan.done for one in fates) else ""
    return "".join(rows) + done + tally, after


def _html(page: Response) -> str:
    return bytes(page.body).decode()


def _event(name: str, html: str, mark: str = "") -> str:
    told = f"id: {mark}\n" if mark else ""
    return f"{told}event: {name}\ndata: {json.dumps(html, ensure_ascii=False)}\n\n"
