"""The overview: plots of what stands in the archive, each to take along; what is behind them: `behind`."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from desk import phrases
from desk.web import drawn
from desk.web.asked import day_of
from desk.web.marks import Cell, Plot
from desk.web.plotted import OF_CLERKS, Figures
from desk.web.scope import narrowed
from desk.web.visit import Reading, Visit
from records.accounts import Right
from records.errors import DanganError
from records.lines import Shown, Table
from records.overview import Chosen
from records.rosters import Column

routes = APIRouter()
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
    figures = figures_of(visit, choice)
    waiting = sum(map(visit.store.overview.waiting, visit.site.editions.keys))
    chosen = figures.chosen
    return visit.page(
        "figures.html",
        figures=figures,
        waiting=waiting,
        names=[] if waiting else names_of(visit, figures),
        editions=list(visit.site.editions),
        units=[] if visit.account.unit else _units(visit, figures),
        counted=visit.store.overview.counted(chosen),
        left_out=visit.store.overview.counted(chosen, left_out=True),
        every_unit=EVERY_UNIT,
    )


@routes.post("/figures/catch-up")
def catch_up(visit: Reading, choice: Choice) -> Response:
    """Count some of the records that an older program stored."""
    figures = figures_of(visit, choice)
    overview, keys = visit.store.overview, visit.site.editions.keys
    behind = next((key for key in keys if overview.waiting(key)), figures.edition.key)
    overview.catch_up(behind)
    waiting = sum(map(overview.waiting, keys))
    if not waiting:
        return HTMLResponse(headers={"HX-Refresh": "true"})
    return visit.page("figures-waiting.html", figures=figures, waiting=waiting)


@routes.get("/figures/plots/{name}")
def plot(visit: Reading, choice: Choice, name: str) -> Response:
    """One plot with its table: a part of the overview, or a page of its own."""
    figures = figures_of(visit, choice)
    found = _plot(visit, figures, name)
    page = "figures-plot.html" if visit.wants_part else "figures-one.html"
    return visit.page(page, figures=figures, plot=found, picture=drawn.shown(found))


@routes.get("/figures/plots/{name}/picture.svg")
def as_svg(visit: Reading, choice: Choice, name: str) -> Response:
    """A plot as an SVG file."""
    figures = figures_of(visit, choice)
    return _file(drawn.standalone(_plot(visit, figures, name), figures.about), "image/svg+xml", f"{name}.svg")


@routes.get("/figures/plots/{name}/picture.png")
def as_png(visit: Reading, choice: Choice, name: str) -> Response:
    """A plot as a PNG file. Raises DocumentError without a typeface for it."""
    figures = figures_of(visit, choice)
    return _file(drawn.png(_plot(visit, figures, name), figures.about), "image/png", f"{name}.png")


@routes.get("/figures/plots/{name}/table.xlsx")
def as_xlsx(visit: Reading, choice: Choice, name: str) -> Response:
    """The numbers of a plot as a workbook: numbers are numbers, no text is a formula."""
    figures = figures_of(visit, choice)
    return _file(_workbook(_plot(visit, figures, name), figures), _XLSX, f"{name}.xlsx")


def figures_of(visit: Visit, choice: Asked) -> Figures:
    """The plots for a visitor. Raises EditionError."""
    key = choice.edition or _first(visit)
    edition = visit.site.editions[key]
    chosen = Chosen(key, choice.unit, choice.first, choice.last)
    return Figures(visit.store, edition, narrowed(chosen, visit.account.unit), visit.may(Right.UNMASK))


def _first(visit: Visit) -> str:
    """The first edition that any record has; the first of all where there is none."""
    keys, overview = visit.site.editions.keys, visit.store.overview
    return next((key for key in keys if overview.counted(Chosen(key)) or overview.waiting(key)), keys[0])


def names_of(visit: Visit, figures: Figures) -> tuple[str, ...]:
    """The plots that the visitor may see."""
    return (*figures.names, *(OF_CLERKS if visit.may(Right.MANAGE) else ()))


def _plot(visit: Visit, figures: Figures, name: str) -> Plot:
    """A plot that the visitor may see. Raises DanganError (`no_such_page`)."""
    if name not in names_of(visit, figures):
        raise DanganError("no_such_page")
    return figures.plot(name)


def _units(visit: Visit, figures: Figures) -> list[str]:
    return [unit for unit, _ in visit.store.overview.by_unit(Chosen(figures.edition.key))]


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _workbook(plot: Plot, figures: Figures) -> bytes:
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
        return write_workbook([table, _about(plot, figures)], Path(folder) / "table.xlsx").read_bytes()


def _about(plot: Plot, figures: Figures) -> Table:
    """A sheet that tells what the numbers are of, so that the file can stand alone."""
    what, of = phrases.PLOT_ABOUT
    columns = (Column("what", what, _FIGURE, align="left"), Column("of", of, 2 * _WIDE, align="left"))
    lines = (
        (phrases.PLOT_TITLE, plot.title),
        (phrases.PLOT_RANGE, figures.range),
        (phrases.PLOT_COUNTED_ON, figures.today.isoformat()),
        *((phrases.PLOT_NOTE, note) for note in plot.notes),
    )
    rows = tuple({"what": Shown(name), "of": Shown(text)} for name, text in lines)
    return Table("about", phrases.PLOT_SHEET, columns, rows)


def _shown(cell: Cell) -> Shown:
    return Shown(cell) if isinstance(cell, str) else Shown(str(cell), Decimal(cell))
