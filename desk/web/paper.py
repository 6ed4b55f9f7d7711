"""Pages: a name and facts come in, HTML goes out, with every value escaped."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desk import __version__, words
from desk.history_told import day_told
from desk.web import masks
from records.accounts import Right
from records.masking import mask, mask_id, mask_name
from records.people import worker_name

FOLDER = Path(__file__).parent
"""Holds `pages` and `static`."""


@cache
def environment() -> Environment:
    """Where pages come from: all values escaped, an unknown one is a fault."""
    found = Environment(
        loader=FileSystemLoader(FOLDER / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(words=words, version=__version__, Right=Right)
    found.globals.update(seen=masks.seen, seen_of_case=masks.seen_of_case)
    found.filters.update(mask=mask, mask_id=mask_id, mask_name=mask_name, moment=_moment)
    found.filters.update(day=day_told, worker=lambda record, edition: worker_name(edition, record.values))
    return found


def _moment(when: datetime) -> str:
    """A time as the clocks here show it."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M")


def page(name: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page or a part of one."""
    return HTMLResponse(environment().get_template(name).render(facts), status)
