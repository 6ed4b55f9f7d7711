"""What an address may ask for: numbers and days, none of which the store or the calendar cannot hold."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import Response

from desk.usage import HIGHEST
from records.errors import DanganError

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""The days that may be asked for."""
Number = Annotated[int, Path(ge=1, le=HIGHEST)]
"""The number of a record, a draft, a case, an account, … in a path."""
Day = Annotated[date | None, Query(ge=FIRST, le=LAST)]

_NUMBER = re.compile(r"\d{7,}")


def stays_out_of_history(text: str, answer: Response) -> Response:
    """The answer to what was typed; a browser keeps no address in which most of somebody's number stands."""
    if _NUMBER.search(text):
        answer.headers["HX-Replace-Url"] = "false"
    return answer


def is_inside(address: str) -> bool:
    """Whether an address is a page of the desk itself, and not somebody else's who wants to be gone to."""
    return re.fullmatch(r"/(?![/\\])[!-\[\]-~]{0,1500}", address) is not None


def day_of(text: str) -> date | None:
    """The day that is told; None for nothing. Raises DanganError (`bad_request`) for what is no such day."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise DanganError("bad_request") from None
    if day is not None and not FIRST <= day <= LAST:
        raise DanganError("bad_request")
    return day
