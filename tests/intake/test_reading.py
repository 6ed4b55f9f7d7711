from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from intake.reading import read_file
from records import kinds
from records.drafts import Draft, Unmatched
from records.editions import Edition, Editions
from records.findings import Finding
from records.values import Value, row_count, row_path
from tests.intake.conftest import ROOT, NoEngine, plain_values
from tests.intake.drawing import Box, Row
from tests.intake.retyping import retype

Reader = Callable[[Path], list[Draft | Unmatched]]


@pytest.fixture
def read(three_editions: Editions, no_engine: NoEngine) -> Reader:
    def read_all(file: Path) -> list[Draft | Unmatched]:
        return list(read_file(file, three_editions, no_engine))

    return read_all


def truth_of_filled(name: str) -> dict[str, Any]:
    """The truth of a digital form among the tests' data."""
    truth: dict[str, Any] = json.loads((ROOT / f"tests/data/filled/{name}.json").read_text(encoding="utf-8"))
    return truth


def the_draft(found: list[Draft | Unmatched]) -> Draft:
    assert len(found) == 1
    assert isinstance(found[0], Draft), found[0]
    return found[0]


def filled(draft: Draft) -> dict[str, Value]:
    """The values that stand there; sets in the list's order."""
    return {path: value for path, value in draft.values.items() if value is not None}


def expected(values: Mapping[str, Value]) -> dict[str, Value]:
    return {path: value for path, value in values.items() if value is not None}


def said(edition: Edition, values: Mapping[str, Value], path: str) -> str:
    return kinds.show(values.get(path), edition.field(path))


def options(edition: Edition, key: str, values: Mapping[str, Value]) -> str:
    chosen = values.get(key) or ()
    lines = enumerate(edition.field(key).choices, start=1)
    return "\n".join(f"{'√' if choice in chosen else ''}{number}.{choice}" for number, choice in lines)


def written(edition: Edition, values: Mapping[str, Value], key: str) -> str:
    return options(edition, key, values) if edition.field(key).marked else said(edition, values, key)


def family_rows(edition: Edition, values: Mapping[str, Value], blanks: int = 0) -> list[Row]:
    """The family table: headings, each row, and blank rows before the last."""
    table = edition.field("family")
    count = row_count("family", values)
    rows = [
        [said(edition, values, row_path("family", row, column.key)) for column in table.fields]
        for row in range(count)
    ]
    rows[count - 1 : count - 1] = [["" for _ in table.fields] for _ in range(blanks)]
    return [[column.label for column in table.fields], *rows]


def plain_keys(edition: Edition) -> list[str]:
    return [asked.key for asked in edition.on_paper if not asked.is_rows]


@pytest.mark.parametrize("name", ["00", "08"])
def test_a_digital_pdf_is_read_exactly(name: str, read: Reader, henan: Edition) -> None:
    draft = the_draft(read(ROOT / f"tests/data/filled/{name}.pdf"))
    truth = json.loads((ROOT / f"tests/data/filled/{name}.json").read_text(encoding="utf-8"))
    values = plain_values(truth["fields"])
    assert draft.edition == henan.key
    assert filled(draft) == expected(values)
    assert draft.doubtful == ()
    assert draft.ink["signature"].present
    assert draft.origin is not None
    assert (draft.origin.file, draft.origin.pages) == (f"{name}.pdf", (1,))
    source = draft.readings["name"].source
    assert source is not None and source.box is not None
    assert source.page == 1 and 0 < source.box[0] < source.box[2] < 2400


def test_labels_with_their_values_on_the_right_are_read(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    rows: list[Row] = [
        [henan.field(key).labels[-1], written(henan, henan_values, key)] for key in plain_keys(henan)
    ]
    draft = the_draft(read(word_table([*rows, *family_rows(henan, henan_values, blanks=5)])))
    assert filled(draft) == expected(henan_values)
    assert draft.doubtful == ()
    assert all(reading.source is None or reading.source.box is None for reading in draft.readings.values())


def test_labels_and_values_in_one_cell_are_read(
    read: Reader, word_table: Callable[..., Path], shaoxing: Edition, shaoxing_values: Mapping[str, Value]
) -> None:
    told = [
        f"{shaoxing.field(key).label}：{said(shaoxing, shaoxing_values, key)}" for key in plain_keys(shaoxing)
    ]
    rows = [told[start : start + 3] for start in range(0, len(told), 3)]
    draft = the_draft(read(word_table([*rows, *family_rows(shaoxing, shaoxing_values)])))
    assert draft.edition == shaoxing.key
    assert filled(draft) == expected(shaoxing_values)


def test_several_labels_in_one_cell_are_read(
    read: Reader, word_table: Callable[..., Path], shaoxing: Edition, shaoxing_values: Mapping[str, Value]
) -> None:
    told = [
        f"{shaoxing.field(key).label}：{said(shaoxing, shaoxing_values, key)}" for key in plain_keys(shaoxing)
    ]
    rows = [["　　".join(told[start : start + 2])] for start in range(0, len(told), 2)]
    draft = the_draft(read(word_table([*rows, *family_rows(shaoxing, shaoxing_values)])))
    assert filled(draft) == expected(shaoxing_values)


@pytest.mark.parametrize("seed", range(6))
def test_an_invented_edition_is_read_without_touching_code(
    seed: int, read: Reader, word_table: Callable[..., Path], three_editions: Editions
) -> None:
    form = retype(three_editions["river-2020"], seed, keep_all=True)
    draft = the_draft(read(word_table(form.rows)))
    assert draft.edition == "river-2020"
    assert {path: draft.readings[path].raw for path in ("member_no", "name", "berth")} == {
        path: form.expected[path] for path in ("member_no", "name", "berth")
    }
    assert draft.values["verified"] == "是"
    assert draft.values["verified_on"] == "2016-08-07"


def test_what_is_written_behind_other_goes_to_its_own_field(
    read: Reader, word_table: Callable[..., Path], three_editions: Editions
) -> None:
    rows = [
        ["会员证号", "A12345", "会员姓名", "水生"],
        ["性别", "男", "入会日期", "2019.5"],
        ["船只种类", "渔船", "年渔获收入", "1.2万元", "泊位地址", "三号码头"],
        ["申请事项", "√1.医疗\n2.助学\n3.修船\n√4.其他（注明）：补网"],
    ]
    draft = the_draft(read(word_table(rows)))
    assert draft.values["needs"] == ("医疗", "其他")
    assert draft.values["needs_other"] == "补网"
    assert draft.values["yearly_catch"] == 12000
    assert draft.values["joined_on"] == "2019-05"


def halves(edition: Edition, values: Mapping[str, Value]) -> tuple[list[Row], list[Row]]:
    keys = plain_keys(edition)
    rows: list[Row] = [[edition.field(key).label, written(edition, values, key)] for key in keys]
    return rows[: len(rows) // 2], [*rows[len(rows) // 2 :], *family_rows(edition, values)]


def test_a_form_cut_into_several_tables_is_one_form(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    upper, lower = halves(henan, henan_values)
    family = family_rows(henan, henan_values)
    draft = the_draft(read(word_table(upper, lower[: -len(family)], family)))
    assert filled(draft) == expected(henan_values)


def test_two_forms_in_one_file_are_two_drafts(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    rows: list[Row] = [
        [henan.field(key).label, written(henan, henan_values, key)] for key in plain_keys(henan)
    ]
    other: list[Row] = [row if row[0] != "姓名" else ["姓名", "丁二"] for row in rows]
    for tables in ([rows, other], [[*rows, *other]]):
        found = read(word_table(*tables))
        assert [draft.values["name"] for draft in found if isinstance(draft, Draft)] == [
            henan_values["name"],
            "丁二",
        ]


def continuation(edition: Edition, number: str, rows: Iterable[Row], *more: Row) -> list[Row]:
    return [["职工编号", number], *rows, *more]


def test_a_continuation_sheet_adds_its_rows_and_values(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    values = {**henan_values, "remarks": "见续页"}
    upper, lower = halves(henan, values)
    more = continuation(
        henan,
        str(henan_values["worker_no"]),
        family_rows(henan, henan_values),
        ["续填项目", "续填内容"],
        ["备注", "长年患病，"],
        ["备注", "行动不便"],
    )
    draft = the_draft(read(word_table([*upper, *lower], more)))
    count = row_count("family", henan_values)
    assert row_count("family", draft.values) == 2 * count
    assert draft.values[f"family.{count}.name"] == henan_values["family.0.name"]
    assert draft.values["remarks"] == "长年患病，行动不便"


def test_a_value_that_goes_on_nowhere_is_doubtful(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    upper, lower = halves(henan, {**henan_values, "remarks": "见续页"})
    draft = the_draft(read(word_table([*upper, *lower])))
    assert draft.readings["remarks"].value is None
    assert draft.doubtful == ("remarks",)


def test_a_continuation_sheet_of_another_worker_is_set_aside(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    upper, lower = halves(henan, henan_values)
    more = continuation(henan, "999999", family_rows(henan, henan_values))
    found = read(word_table([*upper, *lower], more))
    assert [type(one) for one in found] == [Draft, Unmatched]
    assert isinstance(found[1], Unmatched) and found[1].reason.code == "continues_nothing"


def test_a_file_without_a_known_form_says_so(read: Reader, word_table: Callable[..., Path]) -> None:
    (one,) = read(word_table([["品名", "数量"], ["大米", "2"]]))
    assert isinstance(one, Unmatched)
    assert one.reason.code == "no_known_form"
    (none,) = read(word_table())
    assert isinstance(none, Unmatched) and none.reason.code == "no_table"


def test_what_breaks_a_rule_is_found(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    upper, lower = halves(henan, {**henan_values, "birth_date": "1950-01-01", "address": None})
    draft = the_draft(read(word_table([*upper, *lower])))
    rules = {finding.rule: finding for finding in draft.findings if isinstance(finding, Finding)}
    assert any("birth_date" in finding.paths for finding in draft.findings)
    assert any("address" in finding.paths for finding in draft.findings)
    assert rules
    assert draft.values["address"] is None
    assert "address" not in draft.doubtful


def test_a_text_that_means_nothing_for_its_field_is_doubtful(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    rows: list[Row] = [
        [henan.field(key).label, written(henan, henan_values, key)] for key in plain_keys(henan)
    ]
    words = {"出生日期": "不详", "是否单亲": "看情况", "性别": "√男 √女"}
    rows = [[row[0], words.get(str(row[0]), row[1])] for row in rows]
    draft = the_draft(read(word_table(rows)))
    assert set(draft.doubtful) == {"birth_date", "single_parent", "gender"}
    assert draft.readings["birth_date"].raw == "不详"
    assert all(draft.readings[path].value is None for path in draft.doubtful)
    assert all(draft.readings[path].reasons for path in draft.doubtful)


def test_an_unknown_label_makes_the_missing_fields_doubtful(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    rows: list[Row] = [
        [henan.field(key).label, written(henan, henan_values, key)] for key in plain_keys(henan)
    ]
    left_out = [row for row in rows if row[0] != "其他联系方式"]
    assert "other_contact" not in the_draft(read(word_table(left_out))).doubtful
    renamed = [*left_out, ["微信号码备用", "wx123456"]]
    assert "other_contact" in the_draft(read(word_table(renamed))).doubtful


def test_one_blank_under_all_headings_is_read_but_doubtful(
    read: Reader, word_table: Callable[..., Path], henan: Edition, henan_values: Mapping[str, Value]
) -> None:
    rows: list[Row] = [
        [henan.field(key).label, written(henan, henan_values, key)] for key in plain_keys(henan)
    ]
    table: list[Row] = [[Box("附件", 1, 2), "附件类型", "附件名称", "备注"], [Box("诊断证明 一份", 3)]]
    draft = the_draft(read(word_table([*rows, *table])))
    assert draft.values["attachments.0.type"] == "诊断证明一份"
    assert draft.doubtful == ("attachments.0.type",)


def test_signatures_are_seen_and_never_read(
    read: Reader, word_table: Callable[..., Path], shaoxing: Edition, shaoxing_values: Mapping[str, Value]
) -> None:
    upper, lower = halves(shaoxing, shaoxing_values)
    seals: Row = ["基层工会（盖章）：\n年 月 日", "上级主管部门工会（盖章）：\n年 月 日"]
    draft = the_draft(read(word_table([*upper, *lower, seals])))
    assert {key: ink.present for key, ink in draft.ink.items()} == {
        "seal_union": False,
        "seal_superior": False,
    }


def test_a_form_on_two_pages_of_a_pdf_is_one_form(tmp_path: Path, read: Reader) -> None:
    shutil.copy(ROOT / "tests/data/filled/two-pages.pdf", tmp_path / "two.pdf")
    draft = the_draft(read(tmp_path / "two.pdf"))
    assert draft.origin is not None and draft.origin.pages == (1, 2)
    pages = {reading.source.page for reading in draft.readings.values() if reading.source}
    assert pages == {1, 2}
    truth = json.loads((ROOT / "tests/data/filled/00.json").read_text(encoding="utf-8"))
    assert filled(draft) == expected(plain_values(truth["fields"]))
