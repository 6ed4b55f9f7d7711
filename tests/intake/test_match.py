from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.grid import Cell, Grid, Origin
from intake.labels import hits_in, vocabulary_of
from intake.match import match, matches
from intake.sheet import Place, Sheet
from records.editions import Edition, Editions, load_editions
from records.findings import Reason
from tests.intake.conftest import INVENTED, ROOT
from tests.intake.drawing import Box, grid_of
from tests.intake.retyping import Retyped, retype

THREE = load_editions(INVENTED)
NOISE = (
    "的一是了我不在人有他这大来上国到说们为子和你地出道也时得就那要下以生会自着去之过学对可她里后小么心多天"
)


def the_sheet(grid: Grid, editions: Editions) -> Sheet:
    found = match(grid, editions)
    assert isinstance(found, Sheet), found
    return found


def texts(sheet: Sheet) -> dict[str, str]:
    return {path: slot.text.strip() for path, slot in sheet.slots.items()}


def expected_of(form: Retyped) -> dict[str, str]:
    return {path: text.strip() for path, text in form.expected.items()}


def henan_form(henan: Edition) -> Grid:
    """The blank form of the notice, cell by cell."""
    rows = json.loads((ROOT / "tests/data/henan-2016-rows.json").read_text(encoding="utf-8"))["form"]
    return grid_of(rows, above=henan.title)


def test_the_blank_form_of_the_notice_has_a_place_for_every_field(henan: Edition, editions: Editions) -> None:
    sheet = the_sheet(henan_form(henan), editions)
    assert sheet.edition.key == henan.key
    assert sheet.score > 0.99
    assert set(sheet.missing) == set()
    assert sheet.unplaced == ()
    placed = {path.split(".")[0] for path in sheet.slots}
    assert placed == {asked.key for asked in henan.on_paper} - {"attachments"} | ({"attachments"} & placed)
    assert sheet.slots["primary_cause"].place is Place.BEHIND
    assert sheet.slots["key_groups"].place is Place.OPTIONS
    assert sheet.slots["is_target"].place is Place.SENTENCE
    assert set(sheet.ink) == {"signature"}


@pytest.mark.parametrize("key", THREE.keys)
@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_retyped_form_is_read_whatever_its_order_spelling_and_sides(key: str, seed: int) -> None:
    form = retype(THREE[key], seed)
    sheet = the_sheet(grid_of(form.rows), THREE)
    assert sheet.edition.key == key
    assert not sheet.continues
    found = texts(sheet)
    assert {path: found.get(path) for path in form.expected} == expected_of(form)
    assert {path for path, text in found.items() if text} <= set(form.expected)


@pytest.mark.parametrize("key", THREE.keys)
@pytest.mark.parametrize("seed", range(12))
def test_a_badly_recognised_form_keeps_its_edition_and_swaps_no_values(key: str, seed: int) -> None:
    form, chance = retype(THREE[key], seed), Random(seed)
    rows = [[replace(box, text=_misread(box.text, chance)) for box in row] for row in form.rows]
    sheet = the_sheet(grid_of(rows, origin=Origin.PICTURE), THREE)
    assert sheet.edition.key == key
    found = texts(sheet)
    asked = [path for path, text in form.expected.items() if text.startswith("甲")]
    wrong = [path for path in asked if found.get(path, "") not in ("", form.expected[path].strip())]
    read = [path for path in asked if found.get(path) == form.expected[path].strip()]
    assert wrong == []
    assert len(read) >= len(asked) - max(2, len(asked) // 10)


def _misread(text: str, chance: Random) -> str:
    """Three labels' characters in a hundred wrong; what is filled in stays right."""
    label, found, value = text.partition("甲")
    told = "".join(
        chance.choice(NOISE) if "一" <= char <= "鿿" and chance.random() < 0.03 else char for char in label
    )
    return f"{told}{found}{value}"


def test_labels_repeated_in_the_family_table_belong_to_the_table(henan: Edition, editions: Editions) -> None:
    sheet = the_sheet(henan_form(henan), editions)
    assert sheet.slots["name"].cell.row == 2
    assert sheet.slots["family.0.name"].cell.row == 11
    assert [path for path in sheet.slots if path.endswith(".gender")] == [
        f"family.{row}.gender" for row in range(4)
    ]


def test_the_name_of_a_table_owns_no_blank(henan: Edition, editions: Editions) -> None:
    rows = [
        ["姓名", "甲1", "性别", "甲2"],
        [Box("附件", 1, 2), Box("附件类型"), Box("附件名称"), Box("备注")],
        ["病历", "甲3", "甲4"],
        ["备注", "甲5"],
    ]
    filled = [*rows, *_labels_of(henan, without={"name", "gender", "remarks", "attachments"})]
    found = texts(the_sheet(grid_of(filled), editions))
    assert found["attachments.0.type"] == "病历"
    assert found["attachments.0.name"] == "甲3"
    assert found["attachments.0.remark"] == "甲4"
    assert found["remarks"] == "甲5"
    assert "attachments" not in found


def _labels_of(edition: Edition, without: set[str]) -> list[list[str]]:
    return [
        [asked.label, f"乙{place}"]
        for place, asked in enumerate(edition.on_paper)
        if asked.key not in without and not asked.is_rows and not asked.marked
    ]


def test_a_paper_named_as_a_label_is_no_label(henan: Edition, editions: Editions) -> None:
    rows = [
        [Box("附件", 1, 3), Box("附件类型"), Box("附件名称"), Box("备注")],
        ["身份证", "甲1", ""],
        ["病历", "甲2", ""],
    ]
    filled = [*_labels_of(henan, without={"attachments"}), *rows]
    found = texts(the_sheet(grid_of(filled), editions))
    assert found["attachments.0.type"] == "身份证"
    assert found["attachments.1.type"] == "病历"


def test_the_heading_of_causes_does_not_take_the_main_cause(henan: Edition, editions: Editions) -> None:
    rows = [
        [Box("致困原因（个人或家庭成员）", 1, 2), Box("1.无劳动能力；2.有劳动能力而未就业", 4)],
        ["主要致困原因（限选一项）1", "次要致困原因：2、3"],
    ]
    filled = [*_labels_of(henan, without={"primary_cause", "secondary_causes"}), *rows]
    found = texts(the_sheet(grid_of(filled), editions))
    assert (found["primary_cause"], found["secondary_causes"]) == ("1", "2、3")


def test_one_wrong_character_never_turns_a_month_into_a_year(henan: Edition, editions: Editions) -> None:
    rows = [*_labels_of(henan, without={"income_per_capita_month"}), ["家庭年人均收入", "甲1"]]
    sheet = the_sheet(grid_of(rows), editions)
    assert "income_per_capita_month" in sheet.missing
    assert [cell.text for cell in sheet.unplaced] == ["家庭年人均收入", "甲1"]


def test_a_line_above_the_table_may_carry_a_label(henan: Edition, editions: Editions) -> None:
    rows = _labels_of(henan, without={"worker_no", "entered_by"})
    sheet = the_sheet(grid_of(rows, above=f"{henan.title}\n职工编号：A-77", below="录入人：丁一"), editions)
    assert sheet.slots["worker_no"].text == "A-77"
    assert sheet.slots["entered_by"].text == "丁一"


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["入会申请表", ""],
            ["姓名", "张三", "性别", "男"],
            ["民族", "汉族", "出生日期", "1980-01-01"],
            ["联系电话", "1"],
        ],
        [["序号", "品名", "数量", "单价"], ["1", "大米", "2", "50"], ["2", "食用油", "1", "60"]],
        [["一", "二"], ["三", "四"]],
    ],
)
def test_a_form_of_no_known_edition_is_refused(rows: list[list[str]], editions: Editions) -> None:
    found = match(grid_of(rows), editions)
    assert isinstance(found, Reason)
    assert found.code == "no_known_form"
    assert float(found.facts["score"]) < 0.35


def test_contact_cards_are_no_archive_form(editions: Editions) -> None:
    cards = json.loads((ROOT / "tests/data/henan-2016-rows.json").read_text(encoding="utf-8"))
    for card in ("card_helper", "card_worker"):
        assert isinstance(match(grid_of(cards[card]), editions), Reason)


def test_two_editions_that_cannot_be_told_apart_are_not_guessed(henan: Edition) -> None:
    twins = Editions({"one": replace(henan, key="one"), "two": replace(henan, key="two")})
    found = match(henan_form(henan), twins)
    assert isinstance(found, Reason)
    assert (found.code, found.facts["editions"]) == ("several_editions", "one, two")


def test_rows_alone_are_a_continuation_sheet(henan: Edition, editions: Editions) -> None:
    heads = [column.label for column in henan.field("family").fields]
    rows = [["职工编号", "A1", "姓名", "张三"], heads, [f"甲{number}" for number in range(len(heads))]]
    sheet = the_sheet(grid_of(rows), editions)
    assert sheet.continues
    assert sheet.edition.key == henan.key
    assert sheet.slots["family.0.name"].text == "甲0"


def test_forms_below_and_beside_each_other_are_cut_apart(editions: Editions, henan: Edition) -> None:
    one, two = (_labels_of(henan, without={"name"}) for _ in range(2))
    below = grid_of([["姓名", "甲1"], *one, ["姓名", "甲2"], *two])
    beside = grid_of(
        [["姓名", "甲1", "姓名", "甲2"], *[left + right for left, right in zip(one, two, strict=True)]]
    )
    for grid in (below, beside):
        sheets = [sheet for _, sheet in matches(grid, editions)]
        assert [sheet.slots["name"].text for sheet in sheets if isinstance(sheet, Sheet)] == ["甲1", "甲2"]


@pytest.fixture
def heading(henan: Edition) -> Callable[[list[str]], Grid]:
    def lay(heads: list[str]) -> Grid:
        values = [f"甲{number}" for number in range(len(heads))]
        return grid_of([*_labels_of(henan, without=set()), heads, values], origin=Origin.PICTURE)

    return lay


def test_a_misread_heading_is_told_by_the_headings_beside_it(
    heading: Callable[[list[str]], Grid], editions: Editions
) -> None:
    sheet = the_sheet(
        heading(["姓各", "关系", "性别", "政治面貌", "身份证号", "出生日期", "月收入"]), editions
    )
    assert sheet.slots["family.0.name"].text == "甲0"


@pytest.mark.parametrize(
    ("said", "behind"),
    [("单亲是否", "是否"), ("单亲；是", "是"), ("单亲否", "否"), ("单亲：是", "是")],
)
def test_a_colon_that_was_lost_or_misread_parts_a_label_from_an_entry_of_its_list(
    said: str, behind: str, shaoxing: Edition
) -> None:
    [hit] = [
        hit
        for hit in hits_in(Cell(0, 0, 1, 1, said), vocabulary_of(shaoxing))
        if hit.wanted.key == "single_parent" and hit.start is not None
    ]
    assert hit.behind == behind


def test_words_that_only_begin_like_a_label_are_none(shaoxing: Edition) -> None:
    assert not [hit for hit in hits_in(Cell(0, 0, 1, 1, "性别研究会"), vocabulary_of(shaoxing)) if hit.behind]
