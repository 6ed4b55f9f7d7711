"""Plots of forms: how many were settled, how long reviews took, how well was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from desk import phrases
from desk.glance import field_label, field_of
from desk.reliability import ENOUGH
from desk.web.marks import Cell, Plot, Point, Way
from desk.web.scope import Scope
from desk.web.spans import Span, spans
from records.form_figures import By, Fared
from records.statistics import share

MOST = 15
"""Fields that are shown, those that were changed the most often."""


def settled(scope: Scope) -> Plot:
    """How many drafts were settled in each day, month or year."""
    found = [
        (date.fromisoformat(one.key), one.read)
        for one in scope.store.form_figures.forms_by("on_day", scope.chosen)
    ]
    points = tuple(
        Point(span.label, count, str(count), (span.label, count), _forms_of(scope, By.DAYS, span, count))
        for span, count in spans(found)
    )
    heads = (phrases.PLOT_PERIOD, phrases.PLOT_FORMS)
    return Plot("settled", phrases.PLOT_SETTLED, Way.COLUMNS, points, heads)


def _forms_of(scope: Scope, plot: str, span: Span, count: int) -> str:
    return scope.forms(plot, since=span.first, till=span.last) if count else ""


def pace(scope: Scope) -> Plot:
    """How long a form took, by the day, month or year in which it was filed."""
    found = scope.store.form_figures.paced_by("day", scope.chosen)
    forms = dict(spans([(date.fromisoformat(one.key), one.forms) for one in found]))
    seconds = dict(spans([(date.fromisoformat(one.key), one.seconds) for one in found]))
    points = tuple(
        _paced(
            span.label, minutes, count, (span.label, count, minutes), _forms_of(scope, "pace", span, count)
        )
        for span, count in forms.items()
        for minutes in [_minutes(seconds[span], count)]
    )
    heads = (phrases.PLOT_PERIOD, phrases.PLOT_FORMS, phrases.PLOT_MINUTES)
    return Plot("pace", phrases.PLOT_PACE, Way.COLUMNS, points, heads, (phrases.PLOT_PACE_NOTE,))


def paces(scope: Scope) -> Plot:
    """How many forms each person filed a day, how long each took, what was corrected afterwards."""
    found = sorted(scope.store.form_figures.paced_by("who", scope.chosen), key=lambda one: -one.forms)
    points = []
    for one in found:
        minutes, a_day = _minutes(one.seconds, one.forms), round(Decimal(one.forms) / one.days, 1)
        cells = (one.key, one.forms, one.days, a_day, minutes, one.corrected, one.sent_back)
        link = scope.forms("paces", one.key)
        points.append(_paced(one.key, minutes, one.forms, cells, link))
    heads = (
        phrases.PLOT_PERSON,
        phrases.PLOT_FORMS,
        phrases.PLOT_WORKED,
        phrases.PLOT_A_DAY,
        phrases.PLOT_MINUTES,
        phrases.PLOT_CORRECTED,
        phrases.PLOT_SENT_BACK,
    )
    return Plot("paces", phrases.PLOT_PACES, Way.BARS, tuple(points), heads, (phrases.PLOT_PACE_NOTE,))


def _minutes(seconds: int, forms: int) -> Decimal:
    return round(Decimal(seconds) / 60 / max(forms, 1), 1)


def _paced(label: str, minutes: Decimal, forms: int, cells: tuple[Cell, ...], link: str) -> Point:
    told = phrases.PLOT_PACE_OF.format(minutes=minutes, forms=forms)
    return Point(label, float(minutes), told, cells, link)


# --- how reading fared


def fields(scope: Scope) -> Plot:
    """The fields that clerks changed the most often."""
    found = [one for one in scope.store.form_figures.fared_by("field", scope.chosen) if one.changed]
    worst = sorted(found, key=lambda one: (-one.changed / one.read, one.key))[:MOST]
    points = tuple(_fared(field(scope, one.key), one, scope.forms(By.FIELD, one.key)) for one in worst)
    heads = _fared_heads(phrases.PLOT_FIELD)
    return Plot("fields", phrases.PLOT_FIELDS, Way.BARS, points, heads, _few(points))


def field(scope: Scope, key: str) -> str:
    """What a field is called."""
    return field_label(scope.edition, key) if field_of(scope.edition, key) else phrases.PLOT_NO_FIELD


def clerks(scope: Scope) -> Plot:
    """How often each person changed what was read."""
    found = sorted(scope.store.form_figures.fared_by("who", scope.chosen), key=lambda one: -one.read)
    points = tuple(_fared(one.key, one, scope.forms(By.WHO, one.key)) for one in found)
    heads = _fared_heads(phrases.PLOT_PERSON)
    return Plot("clerks", phrases.PLOT_CLERKS, Way.BARS, points, heads, _few(points))


def tenths(scope: Scope) -> Plot:
    """What was said of readings, by tenths of probability, against what stood in the end."""
    found = scope.store.form_figures.fared_by("tenth", scope.chosen)
    points = tuple(_dot(one, scope.forms(By.TENTH, one.key)) for one in found)
    heads = (
        phrases.PLOT_SAID,
        phrases.PLOT_READ,
        phrases.PLOT_CHANGED,
        phrases.PLOT_SAID_MEAN,
        phrases.PLOT_HELD,
    )
    return Plot(
        "tenths",
        phrases.PLOT_TENTHS,
        Way.DOTS,
        points,
        heads,
        (phrases.PLOT_TENTHS_NOTE, *_few(points)),
        up=phrases.PLOT_UP,
        across=phrases.PLOT_ACROSS,
    )


def _fared(label: str, one: Fared, link: str) -> Point:
    per_cent = share(one.changed, one.read)
    said = phrases.PLOT_OF.format(changed=one.changed, read=one.read, share=per_cent)
    return Point(
        label,
        float(per_cent),
        said,
        (label, one.read, one.looked, one.changed, per_cent),
        link if one.changed else "",
        one.read < ENOUGH,
    )


def _few(points: Sequence[Point]) -> tuple[str, ...]:
    """Why some are light."""
    return (phrases.PLOT_FEW.format(enough=ENOUGH),) if any(point.rest for point in points) else ()


def _fared_heads(what: str) -> tuple[str, ...]:
    return (
        what,
        phrases.PLOT_READ,
        phrases.PLOT_LOOKED,
        phrases.PLOT_CHANGED,
        phrases.PLOT_CHANGED_SHARE,
    )


def tenth(key: str) -> str:
    """What a tenth of probability is called."""
    low = 10 * int(key)
    return phrases.PLOT_TENTH.format(low=low, high=low + 10)


def _dot(one: Fared, link: str) -> Point:
    held, label = one.read - one.changed, tenth(one.key)
    said, right = round(Decimal(100 * one.said / one.read), 1), share(held, one.read)
    told = phrases.PLOT_DOT.format(said=said, held=right, read=one.read)
    cells = (label, one.read, one.changed, said, right)
    return Point(label, held / one.read, told, cells, link, one.read < ENOUGH, one.said / one.read, one.read)
