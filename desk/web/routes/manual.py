"""Help: the manual, part by part, beginning with the desk in the browser."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from fastapi.responses import FileResponse, Response

from desk.web import manual
from desk.web.visit import Here
from records.errors import DanganError

routes = APIRouter()
Anchor = Annotated[str, InPath(max_length=100)]


@routes.get("/help")
def help_page(visit: Here) -> Response:
    """Every part by its headings, and the one on the desk, which alone has pictures, whole."""
    return _page(visit, next(one for one in manual.parts() if "<img" in one.html))


@routes.get("/help/pictures/{name}")
def picture(visit: Here, name: Anchor) -> Response:
    """A picture of the manual."""
    found = manual.picture(name)
    if found is None:
        raise DanganError("no_such_page")
    return FileResponse(found, media_type="image/png")


@routes.get("/help/{anchor}")
def help_part(visit: Here, anchor: Anchor) -> Response:
    """One part, by the anchor of any heading in it."""
    found = next(
        (
            one
            for one in manual.parts()
            if anchor in (one.heading.anchor, *(heading.anchor for heading in one.below))
        ),
        None,
    )
    if found is None:
        raise DanganError("no_such_page")
    return _page(visit, found)


def _page(visit: Here, part: manual.Part) -> Response:
    return visit.page("help.html", part=part, parts=manual.parts())
