"""Lists at the command line: one file an edition, exceptions for a reason, told in the history."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from docx import Document

from records.editions import load_editions
from records.store import Store
from records.values import Value
from tests.clerk import Clerk

EDITIONS = load_editions()
GIVEN = ("--given", "start=2016-09-29", "--given", "days=7")
PERSON: dict[str, Value] = {"name": "欧阳修文", "employer": "=纺织厂", "id_number": "410204196202160012"}


@pytest.fixture
def filled(dangan: Clerk) -> Clerk:
    """A clerk with two records of 2016 and one of 2010."""
    with Store.open(dangan.home) as store:
        for key, name in (("henan-2016", "欧阳修文"), ("henan-2016", "王芳"), ("shaoxing-2010", "李建国")):
            number = "410204196202160012" if name == "欧阳修文" else None
            values = PERSON | {"name": name, "id_number": number, "health": "癌症"}
            store.save(EDITIONS[key], values, "乙", "import", override_why="样表")
    return dangan


def rows(file: Path) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(str(file)).tables[0].rows]


def test_a_list_over_two_editions_gives_one_file_an_edition(filled: Clerk, tmp_path: Path) -> None:
    said = filled("make", "public-list", "--all", "--out", tmp_path, *GIVEN)
    assert said.status == 0, said.err
    new, old = (
        tmp_path / "拟建档困难职工公示名单-henan-2016.docx",
        tmp_path / "困难职工建档公示名单-shaoxing-2010.docx",
    )
    assert sorted(tmp_path.glob("*.docx")) == sorted([new, old])
    assert [row[1] for row in rows(new)] == ["姓名", "欧**文", "王*"]
    assert [row[1] for row in rows(old)] == ["姓名", "李*国"]
    assert "2016-10-12" in said.err


def test_one_edition_s_list_passes_over_records_of_the_other(filled: Clerk, tmp_path: Path) -> None:
    said = filled("make", "ledger", "--all", "--out", tmp_path)
    assert (said.status, "档案 3" in said.err, len(list(tmp_path.glob("*.docx")))) == (0, True, 1)
    assert filled("make", "ledger", 1, 3, "--out", tmp_path).status == 1


def test_numbers_and_search_choose_who_stands_in_the_list(filled: Clerk, tmp_path: Path) -> None:
    assert filled("make", "ledger", 2, "--out", tmp_path / "one").status == 0
    assert filled("make", "ledger", "--search", "欧阳", "--out", tmp_path / "two").status == 0
    for folder, name in (("one", "王芳"), ("two", "欧阳修文")):
        [made] = (tmp_path / folder).glob("*.docx")
        assert [row[2] for row in rows(made)] == ["姓名", name]


def test_a_workbook_lies_beside_and_takes_nothing_for_a_formula(filled: Clerk, tmp_path: Path) -> None:
    assert filled("make", "ledger", "--all", "--out", tmp_path, "--xlsx").status == 0
    [sheet] = openpyxl.load_workbook(tmp_path / "困难职工帮扶台账-henan-2016.xlsx").worksheets
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=纺织厂", "s")


def test_an_exception_without_a_reason_makes_nothing_and_leaves_no_trace(
    filled: Clerk, tmp_path: Path
) -> None:
    said = filled("make", "public-list", 1, "--out", tmp_path, *GIVEN, "--show", "健康状况")
    assert said.status == 1
    assert "健康" in said.err and "--reason" in said.err
    assert list(tmp_path.glob("*.docx")) == []
    with Store.open(filled.home) as store:
        assert not any(event.path.startswith("shown:") for event in store.history(1))


def test_an_exception_for_a_reason_is_told_in_each_record_s_history(filled: Clerk, tmp_path: Path) -> None:
    words = ("--show", "姓名", "--show", "health", "--reason", "县总工会要求公布全名")
    assert filled("make", "public-list", 1, 2, "--out", tmp_path, *GIVEN).status == 0
    [masked] = tmp_path.glob("*.docx")
    assert filled("make", "public-list", 1, 2, "--out", tmp_path, *GIVEN, *words).status == 0
    [made] = set(tmp_path.glob("*.docx")) - {masked}
    assert made.stem == f"{masked.stem}-姓名-健康状况"
    assert rows(masked)[1] == ["1", "欧**文", "=纺织厂"]
    assert rows(made)[1] == ["1", "欧阳修文", "=纺织厂", "癌症"]
    for number in (1, 2):
        with Store.open(filled.home) as store:
            *_, event = store.history(number)
        assert (event.path, event.after, event.why, event.who) == (
            "shown:public-list", ("name", "health"), "县总工会要求公布全名", "王经办",
        )  # fmt: skip
        told = filled("show", number, "--history").out
        assert "公示时显示（拟建档困难职工公示名单）" in told and "姓名、健康状况" in told
    assert filled("show", 3, "--history").out.count("公示时显示") == 0
    assert "shown:public-list" in filled("show", 1, "--history", "--json").out
    assert filled("doctor", "--json").status == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("public-list", 1), "days（公示工作日数）"),
        (("public-list", 1, *GIVEN, "--given", "love=1"), "love"),
        (("public-list", 1, *GIVEN, "--given", "days"), "名称=内容"),
        (("public-list", 1, *GIVEN, "--with", "health"), "id_number"),
        (("public-list", 1, *GIVEN, "--show", "love", "--reason", "因为"), "love"),
        (("ledger", 1, "--show", "name", "--reason", "因为"), "没有遮盖"),
        (("archive", 1, "--xlsx"), "名单"),
    ],
)
def test_a_wish_that_cannot_be_is_misuse_and_says_what_can(
    words: tuple[object, ...], told: str, filled: Clerk, tmp_path: Path
) -> None:
    said = filled("make", *words, "--out", tmp_path)
    assert said.status == 2
    assert told in said.err
    assert list(tmp_path.glob("*.docx")) == []


def test_an_entry_sheet_is_made_for_each_record(filled: Clerk, tmp_path: Path) -> None:
    assert filled("make", "entry-sheet", "--all", "--out", tmp_path).status == 0
    assert sorted(file.name for file in tmp_path.glob("*.docx")) == [
        "0001-欧阳修文-录入对照单.docx", "0002-王芳-录入对照单.docx", "0003-李建国-录入对照单.docx",
    ]  # fmt: skip


def test_pdfs_of_a_list_may_have_any_number_of_pages(filled: Clerk, tmp_path: Path) -> None:
    said = filled("make", "public-list", 1, "--out", tmp_path, *GIVEN, "--pdf")
    assert said.status == 0, said.err
    assert len(list(tmp_path.glob("*.pdf"))) == 1
