"""What is behind a figure: the records, the settled forms or the reviews that a mark of a plot counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from desk import phrases, words
from desk.web import masks
from desk.web.asked import day_of
from desk.web.plots_of_forms import field, tenth
from desk.web.plots_of_records import MOST, line_label, standing
from desk.web.plotted import Figures
from desk.web.routes.figures import Choice, Label, figures_of, names_of
from desk.web.scope import part_of
from desk.web.visit import NotAllowed, Reading, Visit
from records.accounts import Right
from records.archive import Record
from records.errors import DanganError
from records.form_figures import EVERY_FIELD, TENTHS, WHOLE_FORM, By, Form
from records.forms import Edition
from records.overview import WHOLE, WORKPLACES, Chosen, Duty, Stand
from records.people import worker_name, workplace
from records.values import Value

routes = APIRouter()
PAGE, FORMS = 50, 20
"""Records, and forms with their readings, on a page."""
_PACES, _OF_DAYS = ("pace", "paces"), ("pace", By.DAYS)

Page = Annotated[int, Query(ge=1, le=100_000)]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of what was chosen that a column or a bar stands for, and which page of its list."""

    since: date | None
    till: date | None
    unit: str | None
    page: int

    def of(self, chosen: Chosen) -> Chosen:
        """That part, of what was chosen."""
        return part_of(chosen, self.since, self.till, self.unit)


def part(since: Label = "", till: Label = "", of: Label | None = None, page: Page = 1) -> Part:
    """What stands in the address. Raises DanganError (`bad_request`) for what is no day."""
    return Part(day_of(since), day_of(till), of, page)


Some = Annotated[Part, Depends(part)]


# --- records


@routes.get("/figures/records")
def records(
    visit: Reading,
    choice: Choice,
    some: Some,
    block: Label = WHOLE,
    label: Annotated[list[Label] | None, Query(max_length=MOST)] = None,
    rest: bool = False,
) -> Response:
    """The records that a bar stands for, the newest first.

    Who has an illness is told like the illness itself. Raises NotAllowed, DanganError (`bad_request`).
    """
    figures, labels = figures_of(visit, choice), label or []
    if labels and block == WHOLE:
        raise DanganError("bad_request")
    if figures.is_closed(block):
        raise NotAllowed(right=Right.UNMASK)
    chosen = some.of(figures.chosen)
    found = visit.store.overview.members(block, labels, rest, chosen, (some.page - 1) * PAGE, PAGE)
    told = "，".join(filter(None, (figures.title(block), "".join(labels), str(some.page))))
    visit.note("unmasked" if figures.is_private(block) else "listed", "", told)
    line = line_label(figures, block, labels[0]) if labels else ""
    title = "：".join(filter(None, (figures.title(block), line)))
    return _listed(List(visit, figures, some, _plot_of(block, some), title), found)


def _plot_of(block: str, some: Part) -> str:
    """The plot in which a block, or a part of all records, has its mark."""
    if block != WHOLE:
        return block
    if some.unit is not None:
        return "units"
    return "progress" if some.since else "editions"


@routes.get("/figures/others")
def others(visit: Reading, choice: Choice, some: Some) -> Response:
    """The records of the workplaces that have no bar of their own, the newest first."""
    figures = figures_of(visit, choice)
    found = visit.store.overview.other_members(WORKPLACES, MOST, figures.chosen, (some.page - 1) * PAGE, PAGE)
    title = f"{figures.title(WORKPLACES)}：{phrases.PLOT_FEWER}"
    visit.note("listed", "", f"{title}，{some.page}")
    return _listed(List(visit, figures, some, WORKPLACES, title), found)


@routes.get("/figures/due")
def due(visit: Reading, choice: Choice, some: Some, duty: Duty, stand: Stand) -> Response:
    """The records that stand so to what has to be done by a day, the newest first."""
    figures = figures_of(visit, choice)
    found = visit.store.overview.due_members(
        duty, stand, figures.today, figures.chosen, (some.page - 1) * PAGE, PAGE
    )
    title = f"{figures.title('duties')}：{standing(figures, duty, stand)}"
    visit.note("listed", "", f"{title}，{some.page}")
    return _listed(List(visit, figures, some, "duties", title), found)


@dataclass(frozen=True, slots=True)
class List:
    """A list behind a mark of a plot."""

    visit: Visit
    figures: Figures
    some: Part
    plot: str
    title: str

    @property
    def named(self) -> bool:
        """Whether the visitor is told names."""
        return self.visit.may(Right.PAPER)

    @property
    def chosen(self) -> Chosen:
        """What is listed."""
        return self.some.of(self.figures.chosen)

    @property
    def back(self) -> str:
        """The plot that leads here, among the others."""
        return f"{self.figures.link('/figures')}#plot-{self.plot}"

    def turned(self, page: int) -> str:
        """Another page of the list."""
        return f"?{urlencode([*self._asked(), ('page', page)])}"

    def _asked(self) -> list[tuple[str, str]]:
        return [(key, text) for key, text in self.visit.request.query_params.multi_items() if key != "page"]


def _listed(told: List, found: tuple[int, Sequence[Record]]) -> Response:
    count, some = found
    rows = [_row(told.visit, told.figures.edition, record) for record in some]
    return told.visit.page("figures-records.html", list=told, rows=rows, count=count, pages=-(-count // PAGE))


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


# --- forms


@routes.get("/figures/forms")
def forms(visit: Reading, choice: Choice, some: Some, plot: Label, key: Label = "") -> Response:
    """The forms that a column or a dot stands for, the newest first; single clerks' to who may see these.

    Raises DanganError (`no_such_page`).
    """
    figures = figures_of(visit, choice)
    if plot not in names_of(visit, figures) or plot not in (*By, *_PACES):
        raise DanganError("no_such_page")
    told = List(visit, figures, some, plot, _title(figures, plot, key))
    visit.note("listed", "", f"{told.title}，{some.page}")
    if plot in _PACES:
        return _reviews(told, key if plot == "paces" else None)
    return _settled(told, By(plot), key)


def _title(figures: Figures, plot: str, key: str) -> str:
    """What the list is called. Raises DanganError (`no_such_page`) for what no mark stands for."""
    shown = "" if plot in _OF_DAYS else key
    if plot == By.TENTH:
        shown = tenth(key) if key in map(str, range(TENTHS)) else ""
    elif plot == By.FIELD:
        shown = field(figures, key) if key not in (WHOLE_FORM, EVERY_FIELD) else ""
    if not shown and plot not in _OF_DAYS:
        raise DanganError("no_such_page")
    return "：".join(filter(None, (figures.title(plot), shown)))


def _reviews(told: List, who: str | None) -> Response:
    visit, page = told.visit, told.some.page
    count, some = visit.store.form_figures.reviewed(who, told.chosen, (page - 1) * PAGE, PAGE)
    names = _names(told, [one.record for one in some])
    rows = [(one, names.get(one.record or 0, one.name)) for one in some]
    return visit.page("figures-reviews.html", list=told, rows=rows, count=count, pages=-(-count // PAGE))


def _settled(told: List, by: By, key: str) -> Response:
    visit, skip = told.visit, (told.some.page - 1) * FORMS
    found = visit.store.form_figures.behind(by, key, told.chosen, skip, FORMS)
    names = _names(told, [one.record for one in found.some])
    rows = [(one, names.get(one.record or 0, one.name), list(_read(told, one))) for one in found.some]
    return visit.page(
        "figures-forms.html",
        list=told,
        rows=rows,
        counts_forms=by is By.DAYS,
        only_changed=by in (By.FIELD, By.WHO),
        group=f"/review/group/{told.figures.edition.key}/{key}" if by is By.FIELD else "",
        count=found.count,
        cases=found.cases,
        pages=-(-found.count // FORMS),
    )


def _names(told: List, numbers: Sequence[int | None]) -> dict[int, str]:
    """The workers' names as they stand in the records."""
    found = told.visit.store.records([number for number in numbers if number is not None])
    return {record.number: worker_name(told.figures.edition, record.values) for record in found}


@dataclass(frozen=True, slots=True)
class Read:
    """A reading in a list: of which field, what was read, whether and into what it was changed."""

    label: str
    text: str
    changed: bool
    after: str


def _read(told: List, form: Form) -> Iterator[Read]:
    edition = told.figures.edition
    for one in form.readings:
        yield Read(
            words.label(edition, one.path) if edition.has(one.path) else phrases.PLOT_NO_FIELD,
            _text(told, one.path, one.reading.value),
            one.changed,
            _text(told, one.path, one.after),
        )


def _text(told: List, path: str, value: Value) -> str:
    """A value as the visitor sees it: none without a right to the paper, private ones masked."""
    edition = told.figures.edition
    if value is None or not told.named or not edition.has(path):
        return ""
    return masks.shown(told.visit, edition, path, value)
