"""Import and export: what goes out comes in again, whatever the format."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from desk.contract import record_line
from desk.exchange import UnknownEntryKeys, as_record, read_entries, write_entries
from records.editions import Edition, Field, load_editions
from records.errors import Unreadable
from records.values import Value, row_path
from tests.clerk import SAMPLES, Clerk, Said

EDITIONS = load_editions()
TRUTHS = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(SAMPLES.glob("*.json"))]
WRITTEN = st.text(
    st.characters(min_codepoint=32, max_codepoint=0xFFFD, exclude_categories=["Cs", "Cc", "Cn", "Co"]),
    min_size=1,
    max_size=12,
).filter(lambda text: text == text.strip())
FORMULA = st.builds(str.__add__, st.sampled_from("=+-@"), st.just("1+1|'/c calc'!A0"))
AMOUNT = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False)


def value_of(asked: Field) -> st.SearchStrategy[Value]:
    """Any value that a field may hold."""
    if asked.kind in ("money", "number"):
        return AMOUNT
    if asked.kind == "integer":
        return st.integers(0, 99).map(Decimal)
    if asked.kind == "choices":
        return st.lists(st.sampled_from(asked.choices), min_size=1, unique=True).map(tuple)
    if asked.kind == "choice":
        return st.sampled_from(asked.choices)
    if asked.kind == "date":
        return st.dates().map(lambda day: day.isoformat())
    if asked.kind in ("id_number", "bank_card", "code", "phone"):
        return st.text("0123456789", min_size=4, max_size=19)
    return WRITTEN | FORMULA


@st.composite
def values_of(draw: st.DrawFn, edition: Edition) -> dict[str, Value]:
    """A household of the edition, some fields blank."""
    values: dict[str, Value] = {}
    for asked in edition.fields:
        for index in range(draw(st.integers(0, 3)) if asked.is_rows else 0):
            cells = {row_path(asked.key, index, one.key): draw(value_of(one)) for one in asked.fields}
            values |= cells
        if not asked.is_rows and draw(st.booleans()):
            values[asked.key] = draw(value_of(asked))
    return values


@pytest.mark.parametrize("edition", list(EDITIONS), ids=lambda edition: edition.key)
def test_whatever_is_written_is_read_again(
    edition: Edition, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("out")

    # Each household fills some twenty fields: a few dozen of them are a thousand values in each form.
    @settings(max_examples=25)
    @given(st.lists(values_of(edition), min_size=1, max_size=2))
    def check(households: list[dict[str, Value]]) -> None:
        told = [record_line(edition, values) for values in households]
        # Inventing the households takes longer than writing them.
        for form in ("json", "jsonl", "xlsx"):
            file = folder / f"records.{form}"
            write_entries(file, form, told, EDITIONS)
            again = [as_record(entry, EDITIONS) for _, entry in read_entries(file, EDITIONS)]
            assert [record_line(found, values) for found, values in again] == told, form

    check()


def test_records_of_two_editions_share_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"
    told = [{"edition": truth["edition"], "fields": truth["fields"]} for truth in TRUTHS]
    write_entries(file, "xlsx", told, EDITIONS)
    found = [as_record(entry, EDITIONS) for _, entry in read_entries(file, EDITIONS)]
    expected = [as_record(entry, EDITIONS) for entry in told]
    names = {(edition.key, values["name"]) for edition, values in found}
    assert names == {(edition.key, values["name"]) for edition, values in expected}
    by_name = {values["name"]: values for _, values in expected}
    for _, values in found:
        wanted = {path: value for path, value in by_name[values["name"]].items() if value is not None}
        assert {path: value for path, value in values.items() if value is not None} == wanted


def test_numbers_of_people_are_text_and_no_text_is_a_formula(tmp_path: Path) -> None:
    file = tmp_path / "records.xlsx"
    fields = {"name": "=1+1", "id_number": "330602196501011234", "remarks": "@SUM(A1)", "monthly_income": 5}
    write_entries(file, "xlsx", [{"edition": "shaoxing-2010", "fields": fields}], EDITIONS)
    sheet = load_workbook(file)["shaoxing-2010"]
    heads = [cell.value for cell in sheet[1]]
    cells = {head: sheet.cell(3, place) for place, head in enumerate(heads, 1)}
    for key in ("name", "id_number", "remarks"):
        assert (cells[key].value, cells[key].data_type, cells[key].number_format) == (fields[key], "s", "@")
        assert cells[key].quotePrefix
    assert cells["monthly_income"].data_type == "n"
    assert [cell.value for cell in sheet[2]][heads.index("name")] == "姓名"


def test_what_a_clerk_typed_into_the_spreadsheet_is_taken_as_meant(tmp_path: Path) -> None:
    file = tmp_path / "records.xlsx"
    entry = {
        "edition": "shaoxing-2010",
        "fields": {"name": "张三", "postcode": "312000", "birth_date": "1965-01-02"},
    }
    write_entries(file, "xlsx", [entry], EDITIONS)
    book = load_workbook(file)
    sheet = book["shaoxing-2010"]
    heads = [cell.value for cell in sheet[1]]
    sheet.cell(3, heads.index("postcode") + 1).value = 312000
    sheet.cell(3, heads.index("birth_date") + 1).value = datetime.datetime(1965, 1, 2)
    sheet.cell(3, heads.index("monthly_income") + 1).value = "850.5"
    book.save(file)
    [(_, told)] = read_entries(file, EDITIONS)
    _, values = as_record(told, EDITIONS)
    assert (values["postcode"], values["birth_date"]) == ("312000", "1965-01-02")
    assert values["monthly_income"] == Decimal("850.5")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b""), ("a.json", b"\xff\xfe\x00"), ("a.json", b"not json"), ("a.jsonl", b"\n\n"),
        ("a.xlsx", b""), ("a.xlsx", b"PK\x03\x04 torn"), ("a.xlsx", b"not a workbook"),
    ],
)  # fmt: skip
def test_a_broken_file_is_said_to_be_one(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable):
        list(read_entries(tmp_path / name, EDITIONS))


def test_entries_that_do_not_fit_are_named_and_the_others_go_in(dangan: Clerk, tmp_path: Path) -> None:
    good, other = TRUTHS[0], TRUTHS[-1]
    lines: list[object] = [
        {"edition": good["edition"], "fields": good["fields"] | {"nickname": "x"}},
        {"edition": "nowhere-1999", "fields": {}},
        {"edition": good["edition"], "fields": good["fields"]},
        "not a record",
        {"edition": good["edition"], "fields": good["fields"] | {"gender": "其他"}},
        {"edition": other["edition"], "fields": other["fields"]},
    ]
    file = tmp_path / "mixed.jsonl"
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n{torn\n"
    file.write_text(text, encoding="utf-8")
    said = dangan("import", file, "--json")
    assert said.status == 1
    told = {line["line"]: line for line in said.lines}
    assert {number for number, line in told.items() if "number" in line} == {3, 6}
    codes = {number: line["error"]["code"] for number, line in told.items() if "error" in line}
    assert codes == {
        1: "misfits",
        2: "no_such_edition",
        4: "not_a_record",
        5: "no_value",
        7: "not_a_record",
    }
    assert "nickname" in told[1]["error"]["message"]
    assert [(one["field"], one["code"]) for one in told[1]["misfits"]] == [("nickname", "unknown_key")]
    wrong = [(one["rule"], one["fields"]) for one in told[5]["findings"] if one["severity"] == "error"]
    assert ("choice_not_in_list", ["gender"]) in wrong
    assert "导入 2 条，未导入 5 条" in said.err


def test_export_and_import_carry_a_whole_archive_to_another_home(dangan: Clerk, tmp_path: Path) -> None:
    entries = tmp_path / "truth.json"
    entries.write_text(json.dumps(TRUTHS, ensure_ascii=False), encoding="utf-8")
    assert dangan("import", entries).status == 0
    first = dangan("export").out
    for form in ("json", "jsonl", "xlsx"):
        file = tmp_path / f"all.{form}"
        dangan.patch.setenv("DANGAN_HOME", str(dangan.home))
        assert dangan("export", "--out", file).status == 0
        dangan.patch.setenv("DANGAN_HOME", str(tmp_path / f"home-{form}"))
        assert dangan("import", file).status == 0
        again = {line["fields"]["name"]: line for line in json.loads(dangan("export").out)}
        assert again == {line["fields"]["name"]: line for line in json.loads(first)}


def test_the_same_worker_is_refused_a_second_record_unless_it_is_forced(
    dangan: Clerk, tmp_path: Path
) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(TRUTHS[0], ensure_ascii=False), encoding="utf-8")
    assert dangan("import", file).status == 0
    again = dangan("import", file)
    assert again.status == 1
    assert "一户一档" in again.err
    assert dangan("import", file, "--force").status == 0
    assert len(dangan("list", "--json").lines) == 2


def stored(dangan: Clerk, file: Path, fields: dict[str, object], *options: str) -> Said:
    """What importing one record of the older form says."""
    entry = {"edition": "shaoxing-2010", "fields": fields}
    file.write_text(json.dumps(entry, ensure_ascii=False), encoding="utf-8")
    return dangan("import", file, *options)


OLD = next(truth for truth in TRUTHS if truth["edition"] == "shaoxing-2010")["fields"]
FAMILY = EDITIONS["shaoxing-2010"].field("family").row


@pytest.mark.parametrize(
    ("wrong", "label"),
    [
        ({"gender": "中"}, "性别"),
        ({"birth_date": "1981-13-40"}, "出生"),
        ({"monthly_income": -5}, "收入"),
        ({"family": [{"name": "李四", "birth_date": "1981-13-40"}]}, "1·出生"),
    ],
)
def test_what_is_no_value_is_not_stored_whatever_the_reason(
    dangan: Clerk, tmp_path: Path, wrong: dict[str, object], label: str
) -> None:
    said = stored(dangan, tmp_path / "a.json", OLD | wrong, "--override", "领导同意")
    assert said.status == 1
    assert label in said.err
    assert dangan("list", "--json").lines == []


def test_a_refusal_says_what_is_wrong_with_which_row_and_a_reason_lets_it_stand(
    dangan: Clerk, tmp_path: Path
) -> None:
    rows = [*OLD["family"], {"name": "李四", "relation": "儿子", "id_number": "330602196501010013"}]
    said = stored(dangan, tmp_path / "a.json", OLD | {"family": rows})
    assert said.status == 1
    assert f"{FAMILY}{len(rows)}·身份证号" in said.err
    assert "校验位不符" in said.err
    assert stored(dangan, tmp_path / "a.json", OLD | {"family": rows}, "--override", "原件如此").status == 0


def test_an_unknown_key_is_told_apart_from_a_value_of_the_wrong_sort(dangan: Clerk, tmp_path: Path) -> None:
    wrong = {"nickname": "x", "family": [{"name": "李四", "id_number": 5}]}
    said = stored(dangan, tmp_path / "a.json", OLD | wrong)
    assert "没有栏目 nickname" in said.err
    assert f"{FAMILY}1·身份证号：内容“5”与本栏应填的种类不符" in said.err


def test_an_entry_with_keys_that_nobody_knows_is_refused_and_what_is_told_of_records_is_not(
    dangan: Clerk, tmp_path: Path
) -> None:
    with pytest.raises(UnknownEntryKeys, match="feilds、note"):
        as_record({"edition": "shaoxing-2010", "fields": OLD, "note": 1, "feilds": {}}, EDITIONS)
    assert stored(dangan, tmp_path / "a.json", OLD).status == 0
    shown = dangan("show", 1, "--json", "--history").lines[0]
    assert as_record(shown, EDITIONS)[1]["name"] == OLD["name"]


@pytest.mark.parametrize("name", ["deep.json", "deep.jsonl"])
def test_a_file_that_nests_without_end_is_unreadable(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(Unreadable):
        list(read_entries(tmp_path / name, EDITIONS))


def test_a_value_that_nests_deeply_is_a_misfit(dangan: Clerk, tmp_path: Path) -> None:
    deep: list[object] = []
    for _ in range(500):
        deep = [deep]
    said = stored(dangan, tmp_path / "a.json", OLD | {"name": deep}, "--json")
    assert [one["field"] for one in said.lines[0]["misfits"]] == ["name"]


def test_a_workbook_gives_records_back_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"
    keys = ["shaoxing-2010", "henan-2016", "shaoxing-2010", "henan-2016", "henan-2016"]
    told = [{"edition": key, "fields": {"name": f"试样{place}"}} for place, key in enumerate(keys)]
    write_entries(file, "xlsx", told, EDITIONS)
    found = [entry for _, entry in read_entries(file, EDITIONS)]
    assert [entry["fields"]["name"] for entry in found] == [f"试样{place}" for place in range(5)]
    assert [entry["edition"] for entry in found] == keys


@pytest.mark.parametrize("form", ["json", "jsonl", "xlsx"])
def test_an_export_is_for_its_owner_alone(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"all.{form}"
    write_entries(file, form, TRUTHS, EDITIONS)
    assert file.stat().st_mode & 0o777 == 0o600
