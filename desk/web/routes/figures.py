"""The overview: plots of what stands in the archive, each leading to its records, each to take along."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from desk import words
from desk.web import plots
from desk.web.asked import day_of
from desk.web.plotted import OF_CLERKS, Cell, Figures, Plot, narrowed
from desk.web.visit import NotAllowed, Reading, Visit
from records.accounts import Right
from records.archive import Record
from records.errors import DanganError
from records.forms import Edition
from records.lines import Shown, Table
from records.overview import WHOLE, Chosen, Duty
from records.people import worker_name, workplace
from records.rosters import Column

routes = APIRouter()
PAGE = 50
EVERY_UNIT = "*"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDE = 60.0
_FIGURE = 25.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor chose; without an edition the first that any record has."""

    edition: str
    unit: str | None
    first: date | None
    last: date | None


Label = Annotated[str, Query(max_length=200)]


def asked(edition: Label = "", unit: Label = EVERY_UNIT, first: Label = "", last: Label = "") -> Asked:
    """What stands in the address. Raises DanganError (`bad_request`) for what is no day."""
    return Asked(edition, None if unit == EVERY_UNIT else unit, day_of(first), day_of(last))


Choice = Annotated[Asked, Depends(asked)]


@routes.get("/figures")
def overview(visit: Reading, choice: Choice) -> Response:
    """Every plot of an edition."""
    figures = _figures(visit, choice)
    waiting = visit.store.overview.waiting(figures.edition.key)
    chosen = figures.chosen
    return visit.page(
        "figures.html",
        figures=figures,
        waiting=waiting,
        names=[] if waiting else _names(visit, figures),
        editions=list(visit.site.editions),
        units=[] if visit.account.unit else _units(visit, figures),
        counted=visit.store.overview.counted(chosen),
        left_out=visit.store.overview.counted(chosen, left_out=True),
        every_unit=EVERY_UNIT,
    )


@routes.post("/figures/catch-up")
def catch_up(visit: Reading, choice: Choice) -> Response:
    """Count some of the records that an older program stored."""
    figures = _figures(visit, choice)
    waiting = visit.store.overview.catch_up(figures.edition.key)
    if not waiting:
        return HTMLResponse(headers={"HX-Refresh": "true"})
    return visit.page("figures-waiting.html", figures=figures, waiting=waiting)


@routes.get("/figures/plots/{name}")
def plot(visit: Reading, choice: Choice, name: str) -> Response:
    """One plot with its table: a part of the overview, or a page of its own."""
    figures = _figures(visit, choice)
    found = _plot(visit, figures, name)
    page = "figures-plot.html" if visit.wants_part else "figures-one.html"
    return visit.page(page, figures=figures, plot=found, picture=plots.shown(found))


@routes.get("/figures/plots/{name}/picture.svg")
def as_svg(visit: Reading, choice: Choice, name: str) -> Response:
    """A plot as an SVG file."""
    found = _plot(visit, _figures(visit, choice), name)
    return _file(plots.standalone(found), "image/svg+xml", f"{name}.svg")


@routes.get("/figures/plots/{name}/picture.png")
def as_png(visit: Reading, choice: Choice, name: str) -> Response:
    """A plot as a PNG file. Raises DocumentError without a typeface for it."""
    found = _plot(visit, _figures(visit, choice), name)
    return _file(plots.png(found), "image/png", f"{name}.png")


@routes.get("/figures/plots/{name}/table.xlsx")
def as_xlsx(visit: Reading, choice: Choice, name: str) -> Response:
    """The numbers of a plot as a workbook: numbers are numbers, no text is a formula."""
    found = _plot(visit, _figures(visit, choice), name)
    return _file(_workbook(found), _XLSX, f"{name}.xlsx")


@routes.get("/figures/records")
def behind(
    visit: Reading,
    choice: Choice,
    block: Label = WHOLE,
    label: Annotated[list[Label] | None, Query()] = None,
    rest: bool = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The records that a bar stands for, the newest first.

    Who has an illness is told like the illness itself. Raises NotAllowed.
    """
    figures, labels = _figures(visit, choice), label or []
    if figures.is_closed(block):
        raise NotAllowed(right=Right.UNMASK)
    count, records = visit.store.overview.members(
        block, labels, rest, figures.chosen, (page - 1) * PAGE, PAGE
    )
    told = "，".join(filter(None, (figures.title(block), "".join(labels), str(page))))
    visit.note("unmasked" if figures.is_private(block) else "listed", "", told)
    title = f"{figures.title(block)}：{figures.label(block, labels[0])}" if labels else ""
    more = {"block": block, "label": labels, "rest": int(rest)}
    return _listed(visit, figures, title, count, records, page, "/figures/records", more)


@routes.get("/figures/due")
def due(
    visit: Reading,
    choice: Choice,
    duty: Duty,
    late: bool = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The records that wait for what has to be done by a day, the newest first."""
    figures = _figures(visit, choice)
    count, records = visit.store.overview.due_members(
        duty, late, figures.today, figures.chosen, (page - 1) * PAGE, PAGE
    )
    visit.note("listed", "", f"{figures.title('duties')}，{duty.value}，{page}")
    more = {"duty": duty.value, "late": int(late)}
    return _listed(visit, figures, figures.title("duties"), count, records, page, "/figures/due", more)


def _listed(
    visit: Visit,
    figures: Figures,
    title: str,
    count: int,
    records: Sequence[Record],
    page: int,
    path: str,
    more: Mapping[str, object],
) -> Response:
    return visit.page(
        "figures-records.html",
        figures=figures,
        title=title,
        rows=[_row(visit, figures.edition, record) for record in records],
        named=visit.may(Right.PAPER),
        count=count,
        page=page,
        pages=-(-count // PAGE),
        onwards=lambda to: figures.link(path, **more, page=to),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A record in a list behind a figure."""

    number: int
    name: str
    workplace: str
    unit: str
    filed: date
    states: str


def _row(visit: Visit, edition: Edition, record: Record) -> Row:
    place = workplace(edition)
    states = (words.state(edition, name, one.state) for name, one in record.states.items())
    return Row(
        record.number,
        worker_name(edition, record.values) if visit.may(Right.PAPER) else "",
        str(record.values.get(place.key) or "") if place else "",
        record.unit,
        record.created.astimezone().date(),
        "、".join(states),
    )


def _figures(visit: Visit, choice: Asked) -> Figures:
    """The plots for a visitor. Raises EditionError."""
    key = choice.edition or _first(visit)
    edition = visit.site.editions[key]
    chosen = Chosen(key, choice.unit, choice.first, choice.last)
    return Figures(visit.store, edition, narrowed(chosen, visit.account.unit), visit.may(Right.UNMASK))


def _first(visit: Visit) -> str:
    """The first edition that any record has; the first of all where there is none."""
    keys, overview = visit.site.editions.keys, visit.store.overview
    return next((key for key in keys if overview.counted(Chosen(key)) or overview.waiting(key)), keys[0])


def _names(visit: Visit, figures: Figures) -> tuple[str, ...]:
    return (*figures.names, *(OF_CLERKS if visit.may(Right.MANAGE) else ()))


def _plot(visit: Visit, figures: Figures, name: str) -> Plot:
    """A plot that the visitor may see. Raises DanganError (`no_such_page`)."""
    if name not in _names(visit, figures):
        raise DanganError("no_such_page")
    return figures.plot(name)


def _units(visit: Visit, figures: Figures) -> list[str]:
    return [unit for unit, _ in visit.store.overview.by_unit(Chosen(figures.edition.key))]


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _workbook(plot: Plot) -> bytes:
    from docgen.workbooks import write_workbook

    columns = tuple(
        Column(str(place), head, _FIGURE if place else _WIDE, align="centre" if place else "left")
        for place, head in enumerate(plot.heads)
    )
    rows = tuple(
        {str(place): _shown(cell) for place, cell in enumerate(point.cells)} for point in plot.points
    )
    with tempfile.TemporaryDirectory() as folder:
        table = Table(plot.name, plot.title, columns, rows)
        return write_workbook([table], Path(folder) / "table.xlsx").read_bytes()


def _shown(cell: Cell) -> Shown:
    return Shown(cell) if isinstance(cell, str) else Shown(str(cell), Decimal(cell))
