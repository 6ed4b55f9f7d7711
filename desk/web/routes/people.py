"""People: who works here, what each may see, and the clicks that show what is hidden."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from desk.web import masks
from desk.web.visit import Unmasking
from records.errors import NoSuchCase, NoSuchRecord, Refused

routes = APIRouter()
Path = Annotated[str, Form(max_length=200)]


@routes.post("/records/{number}/unmask")
def unmask(visit: Unmasking, number: int, path: Path) -> Response:
    """A private value of a record, and a line in the log. Raises NoSuchRecord; Refused (`no_such_field`)."""
    record = visit.record(number)
    edition = visit.site.editions[record.edition]
    try:
        one = masks.seen(visit, record, edition, path, unmasked=True)
    except KeyError:
        raise Refused("no_such_field", field=path) from None
    visit.note("unmasked", f"record:{number}", one.label)
    return visit.page("unmasked.html", one=one)


@routes.post("/cases/{number}/unmask")
def unmask_in_case(visit: Unmasking, number: int, path: Path) -> Response:
    """A private value of a case, and a line in the log. Raises NoSuchCase; Refused (`no_such_field`)."""
    case = visit.store.medical.case(number)
    try:
        edition = visit.site.editions[visit.record(case.record).edition]
        one = masks.seen_of_case(visit, case, edition, path, unmasked=True)
    except NoSuchRecord:
        raise NoSuchCase(number=number) from None
    except KeyError:
        raise Refused("no_such_field", field=path) from None
    visit.note("unmasked", f"case:{number}", one.label)
    return visit.page("unmasked.html", one=one)
