"""Rows without headings on a page of their own: joined to the table whose columns lie at the same places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import pytest

from intake.bare import BareCell, BareRow
from intake.engine import Line
from intake.joining import joined
from intake.pieces import Found, Piece
from records.drafts import Source
from records.editions import Edition, Editions
from records.evidence import Evidence, Way
from records.findings import Reason
from records.values import row_count, row_path
from tests.intake.stacks import BLANK, UNKNOWN, Stack

SIDES = (0.05, 0.15, 0.22, 0.3, 0.45, 0.6, 1.0)
OTHER_SIDES = (0.05, 0.2, 0.3, 0.35, 0.45, 0.6, 1.0)


def cell(said: str, x0: float, x1: float, number: int) -> BareCell:
    lines = (Line(said, 0.99),) if said else ()
    return BareCell(x0, x1, lines, Source(number, (1, 2, 3, 4)), Evidence(Way.UNREAD))


def row(said: Sequence[str], number: int, sides: Sequence[float] = SIDES, before: bool = False) -> BareRow:
    owner = (cell("家庭成员", 0.0, sides[0], number),) if before else ()
    return (*owner, *(cell(one, *two, number) for one, two in zip(said, pairwise(sides), strict=True)))


@pytest.fixture
def columns(henan: Edition) -> list[str]:
    """The table's columns on the page with the headings: not all of them, nor in the edition's order."""
    texts = [one.key for one in henan.tables[0].fields if one.kind == "text"]
    choices = [one.key for one in henan.tables[0].fields if one.kind == "choice"]
    return [*texts[:2], *choices[:4]][: len(SIDES) - 1]


@pytest.fixture
def form(henan: Edition, columns: list[str]) -> Piece:
    """A form whose table is open at its page's end."""
    places = MappingProxyType(dict(zip(columns, pairwise(SIDES), strict=True)))
    return replace(Stack(henan).whole("a"), open=MappingProxyType({henan.tables[0].key: places}))


def said_of(henan: Edition, columns: list[str]) -> list[str]:
    table = henan.tables[0]
    fields = {one.key: one for one in table.fields}
    return [fields[key].choices[0] if fields[key].choices else "李建国" for key in columns]


def bare(number: int, *rows: BareRow, what: Piece | Reason = UNKNOWN) -> Found:
    return Found((number,), what, bare=rows)


def values(found: Found, key: str, index: int, columns: Sequence[str]) -> list[object]:
    assert isinstance(found.what, Piece)
    return [found.what.draft.values.get(row_path(key, index, column)) for column in columns]


@pytest.mark.parametrize("before", [False, True])
def test_bare_rows_are_more_rows_of_the_table_before(
    form: Piece, henan: Edition, editions: Editions, columns: list[str], before: bool
) -> None:
    key, told = henan.tables[0].key, said_of(henan, columns)
    page = bare(3, row(told, 3, before=before), row([""] * 6, 3), row(told, 3))
    [found, _] = joined([Found((1,), form), Found((2,), BLANK), page], editions)
    assert found.pages == (1, 3)
    assert isinstance(found.what, Piece)
    assert row_count(key, found.what.draft.readings) == 3
    assert values(found, key, 1, columns) == values(found, key, 2, columns) == told
    assert found.what.draft.readings[row_path(key, 2, columns[0])].source == Source(3, (1, 2, 3, 4))
    assert [one.rule for one in found.what.draft.findings] == ["joined_by_place"]


def test_the_page_before_may_have_been_flattened_askew(
    form: Piece, henan: Edition, editions: Editions, columns: list[str]
) -> None:
    askew = [x * 1.15 / (1 + 0.15 * x) for x in SIDES]
    page = bare(2, row(said_of(henan, columns), 2, askew))
    assert [one.pages for one in joined([Found((1,), form), page], editions)] == [(1, 2)]


@pytest.mark.parametrize(
    "sides", [(0.05, 0.2, 0.3, 0.35, 0.45, 0.6, 1.0), (0.05, 0.15, 0.22, 0.3, 0.45, 0.6)]
)
def test_a_table_cut_otherwise_stays_an_unknown_page(
    form: Piece, henan: Edition, editions: Editions, columns: list[str], sides: Sequence[float]
) -> None:
    page = bare(2, row(said_of(henan, columns)[: len(sides) - 1], 2, sides))
    found = joined([Found((1,), form), page], editions)
    assert [(one.pages, one.what) for one in found[1:]] == [((2,), UNKNOWN)]


def test_bare_rows_after_a_form_whose_table_is_closed_stay_an_unknown_page(
    form: Piece, henan: Edition, editions: Editions, columns: list[str]
) -> None:
    closed = replace(form, open=MappingProxyType({}))
    found = joined([Found((1,), closed), bare(2, row(said_of(henan, columns), 2))], editions)
    assert [one.what for one in found[1:]] == [UNKNOWN]


def test_bare_rows_between_two_open_forms_are_set_aside(
    form: Piece, henan: Edition, editions: Editions, columns: list[str]
) -> None:
    page = bare(2, row(said_of(henan, columns), 2))
    found = joined([Found((1,), form), page, Found((3,), form)], editions)
    [left] = [one.what for one in found if isinstance(one.what, Reason)]
    assert (left.code, left.facts["pages"]) == ("sheet_of_whom", "1, 3")


def test_rows_over_the_other_half_of_a_form_come_before_its_own(
    henan: Edition, form: Piece, editions: Editions, columns: list[str]
) -> None:
    stack, key, told = Stack(henan), henan.tables[0].key, said_of(henan, columns)
    half = stack.back()
    labels = frozenset(one for one in half.keys if one != key and not one.startswith(f"{key}."))
    half = replace(half, keys=labels)
    front = replace(stack.front("a"), open=form.open, keys=stack.front("a").keys | {f"{key}.{columns[0]}"})
    [found] = joined([Found((1,), front), bare(2, row(told, 2), what=half)], editions)
    assert values(found, key, 0, columns) == told
    assert isinstance(found.what, Piece)
    assert "rows_without_headings" not in [one.rule for one in found.what.draft.findings]
    otherwise = bare(2, row(told, 2, OTHER_SIDES), what=half)
    [found] = joined([Found((1,), front), otherwise], editions)
    assert isinstance(found.what, Piece)
    assert "rows_without_headings" in [one.rule for one in found.what.draft.findings]


@pytest.mark.parametrize("code", ["ink_unread_beside", "crossed_out", "sides_guessed"])
def test_a_doubtful_cell_is_looked_at(
    form: Piece, henan: Edition, editions: Editions, columns: list[str], code: str
) -> None:
    told = said_of(henan, columns)
    cells = list(row(told, 2))
    cells[0] = replace(cells[0], doubts=(code,))
    [found] = joined([Found((1,), form), bare(2, tuple(cells))], editions)
    assert isinstance(found.what, Piece)
    reading = found.what.draft.readings[row_path(henan.tables[0].key, 1, columns[0])]
    assert reading.review
    assert [reason.code for reason in reading.reasons] == [code]
