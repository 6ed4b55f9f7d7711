"""Scans: pages of kept paper as pictures, for whoever may see the paper of that unit."""

from __future__ import annotations

import re
import time
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from desk.pictures import Wanted
from desk.web.visit import Paper, Visit
from records.archive import Kept
from records.drafts import Box
from records.errors import DanganError, Refused

routes = APIRouter()
SHA256 = "[0-9a-f]{64}"
WIDEST = 4000
_TYPES = {"png": "image/png", "jpg": "image/jpeg"}
_AGAIN = 600.0
"""Seconds after which looking at the same page is noted anew."""
_BOX = re.compile(r"(-?\d{1,6}),(-?\d{1,6}),(-?\d{1,6}),(-?\d{1,6})")


@routes.get("/scans/{sha256}/{page}.{kind}")
def scan_page(
    visit: Paper,
    sha256: Annotated[str, Path(pattern=f"^{SHA256}$")],
    page: Annotated[int, Path(ge=1, le=9999)],
    kind: Annotated[str, Path(pattern="^(png|jpg)$")],
    box: Annotated[str, Query(max_length=40)] = "",
    width: Annotated[int, Query(ge=16, le=WIDEST)] = 1600,
) -> Response:
    """A page, or a box of it in the file's own pixels, upright, no wider than `width`.

    Raises Refused (`scan_not_kept`), also of another unit's; Unreadable for Word and for pages not there.
    """
    kept = scan_of(visit, sha256)
    wanted = Wanted(kept.path, page, _box(box), width, kind)
    picture = visit.site.pictures.picture(wanted)
    _note(visit, kept, page)
    return Response(picture, media_type=_TYPES[kind], headers={"Cache-Control": "private, max-age=600"})


def scan_of(visit: Visit, sha256: str) -> Kept:
    """A kept scan of the visitor's unit; raises Refused (`scan_not_kept`), for another unit's as well."""
    kept = visit.store.scan(sha256)
    if not visit.account.sees(kept.unit) and not any(
        map(visit.account.sees, visit.store.units_of_scan(sha256))
    ):
        raise Refused("scan_not_kept", what=sha256)
    return kept


def _note(visit: Visit, kept: Kept, page: int) -> None:
    """Note that somebody looks at a page; not again for each part of it that a screen shows."""
    looked, now = visit.site.looked, time.monotonic()
    key = (visit.account.number, kept.sha256, page)
    if now - looked.get(key, -_AGAIN) >= _AGAIN:
        looked[key] = now
        for old in [one for one, when in list(looked.items()) if now - when >= _AGAIN]:
            looked.pop(old, None)
        visit.note("paper_looked", f"scan:{kept.sha256[:12]}", f"{kept.file} · {page}")


def _box(text: str) -> Box | None:
    if not text:
        return None
    found = _BOX.fullmatch(text)
    if found is None:
        raise DanganError("bad_request")
    x0, y0, x1, y1 = map(int, found.groups())
    return x0, y0, x1, y1
