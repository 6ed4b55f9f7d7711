from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from intake.doubts import cut_by_edge, doubted, much_lost
from intake.grid import Cell, Grid, Origin
from intake.sheet import Place, Sheet, Slot
from records.drafts import Reading, Source
from records.editions import Editions
from records.findings import Reason

LABEL = Cell(0, 0, 1, 1, "姓名", (0, 0, 100, 40))
VALUE = Cell(0, 1, 1, 1, "张三", (100, 0, 200, 40))
SURE = Reading("张三", "张三", 0.99, False, ())


def sheet_of(editions: Editions, *unplaced: Cell) -> Sheet:
    """A sheet of which one field was found, and cells whose words belong to nothing."""
    return Sheet(
        edition=editions["henan-2016"],
        score=0.9,
        grid=Grid((LABEL, VALUE, *unplaced), 1, Origin.PICTURE),
        slots=MappingProxyType({"name": Slot("name", VALUE, Place.WHOLE, "姓名", "张三")}),
        ink=MappingProxyType({}),
        labels=MappingProxyType({"name": LABEL}),
        unplaced=unplaced,
    )


def reasons(reading: Reading) -> list[str]:
    return [reason.code for reason in reading.reasons]


def test_a_value_in_a_cell_of_guessed_sides_is_looked_at(editions: Editions) -> None:
    sheet = sheet_of(editions)
    assert doubted({"name": SURE}, sheet, 20)["name"] == SURE
    torn = doubted({"name": SURE}, sheet, 20, frozenset([VALUE]))["name"]
    assert torn.review
    assert reasons(torn) == ["sides_guessed"]


@pytest.mark.parametrize(
    ("box", "doubtful"),
    [((200, 0, 300, 40), True), ((100, 40, 200, 80), False), ((240, 0, 300, 40), False)],
)
def test_words_of_nobody_right_beside_a_value_put_it_before_a_clerk(
    box: tuple[float, float, float, float], doubtful: bool, editions: Editions
) -> None:
    sheet = sheet_of(editions, Cell(0, 2, 1, 1, "丰", box))
    found = doubted({"name": SURE}, sheet, 20)["name"]
    assert found.review is doubtful
    assert reasons(found) == (["value_cut"] if doubtful else [])


@pytest.mark.parametrize("below", [True, False])
def test_two_labels_over_one_cell_are_both_looked_at(below: bool, editions: Editions) -> None:
    def cell(row: int, column: int, down: int, across: int, text: str) -> Cell:
        return Cell(row, column, down, across, text) if below else Cell(column, row, across, down, text)

    labels = {"name": cell(0, 0, 1, 1, "姓名"), "mobile": cell(0, 1, 1, 1, "手机号码")}
    labels["address"] = cell(0, 2, 1, 1, "家庭住址")
    value, other = cell(1, 0, 1, 2, "张三13800000000"), cell(1, 2, 1, 1, "李村")
    slots = {
        "name": Slot("name", value, Place.WHOLE, "姓名", value.text),
        "mobile": Slot("mobile", labels["mobile"], Place.BEHIND, "手机号码", ""),
        "address": Slot("address", other, Place.WHOLE, "家庭住址", other.text),
    }
    sheet = replace(
        sheet_of(editions),
        grid=Grid((*labels.values(), value, other), 1, Origin.PICTURE),
        labels=MappingProxyType(labels),
        slots=MappingProxyType(slots),
    )
    blank = Reading(None, "", 0.99, False, ())
    found = doubted({"name": SURE, "mobile": blank, "address": SURE}, sheet, 20)
    assert [path for path, one in found.items() if "shared_cell" in reasons(one)] == ["name", "mobile"]
    assert not found["address"].review


@pytest.mark.parametrize(
    ("box", "cut"),
    [
        ((100, 50, 300, 90), False),
        ((700, 50, 799, 90), True),
        ((100, 560, 300, 599), True),
        ((1, 50, 90, 90), True),
        ((700, 50, 790, 90), False),
    ],
)
def test_a_value_at_the_very_edge_of_the_picture_may_go_on_beyond_it(
    box: tuple[int, int, int, int], cut: bool
) -> None:
    reading = replace(SURE, source=Source(1, box))
    found = cut_by_edge({"name": reading}, (600, 800), 20)["name"]
    assert found.review is cut
    assert reasons(found) == (["cut_by_edge"] if cut else [])


def test_much_of_a_whole_form_is_lost_when_many_of_its_labels_were_not_found(editions: Editions) -> None:
    sheet = sheet_of(editions)
    assert not much_lost(sheet)
    lost = replace(sheet, missing=("gender", "ethnicity"))
    assert much_lost(lost)
    assert not much_lost(replace(lost, continues=True))
    assert not much_lost(replace(lost, lacking=Reason("part_alone")))
