from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desk.case_entry import read_case
from desk.exchange import as_record
from docgen.case_sheets import Case, Item, Say, alone, with_case_values
from docgen.fonts import present_fonts
from docgen.tags import check_text
from records.assessing import assess
from records.drafts import Origin
from records.editions import Editions
from records.medical import MedicalCase, change_paper
from records.medical_aid import medical_aid
from records.packets import with_case

from .conftest import a_record

FOLDER = Path(__file__).resolve().parents[2] / "scans" / "samples" / "medical"
SAY = Say(
    lambda reason: f"{reason.code}!",
    lambda error: f"{error.code}!",
    lambda verdict: verdict.upper(),
    lambda told: told.rstrip("!"),
)


def kept(file: Path, pages: tuple[int, ...]) -> Origin:
    return Origin(file.name, file.name.ljust(64, "0"), pages)


@pytest.fixture(scope="module")
def whole(editions: Editions) -> Case:
    entry = json.loads((FOLDER / "record.json").read_text(encoding="utf-8"))
    edition, values = as_record(entry, editions)
    case = read_case(FOLDER / "case.json", medical_aid(edition), MedicalCase(1, 2010), kept)
    return judged(Case(edition, a_record(1, edition, dict(values)), case, None, SAY))  # type: ignore[arg-type]


def judged(whole: Case) -> Case:
    return replace(whole, told=assess(whole.edition, whole.record, whole.case))


def test_sums_stand_in_the_lists_and_in_running_text(whole: Case) -> None:
    values = alone(whole).values
    assert (values["sum_total"], values["sum_own"], values["told_own"]) == (
        "84,276.95",
        "55,800.00",
        "55,800.00",
    )
    assert (values["invoices.6.number"], values["invoices.6.reimbursed"]) == ("7", "950.00")
    assert [values[f"judged.{row}.verdict"] for row in (0, 1)] == ["YES", "YES"]
    assert "个人负担" in str(values["assumptions"]) and "A6" not in str(values["assumptions"])


def test_a_sum_that_is_not_exact_is_a_least_and_left_blank_in_running_text(whole: Case) -> None:
    case = change_paper(whole.case, 5, {"date": None})
    values = alone(judged(replace(whole, case=case))).values
    assert values["sum_own"] == "至少43,300.00"
    assert values["told_own"] == "________"


def test_only_copies_whose_originals_were_seen_can_be_certified(whole: Case) -> None:
    values = alone(whole).values
    numbers = [values[f"copies.{row}.invoice_number"] for row in range(6)]
    assert "5511862" not in numbers
    assert "copies.6.number" not in values
    assert values["not_certified"] == "5511862"


def test_the_checklist_says_what_is_missing_without_what_to_do(whole: Case) -> None:
    values = alone(whole).values
    rows = [row for row in range(16) if values.get(f"contents.{row}.remarks")]
    assert [values[f"contents.{row}.remarks"] for row in rows] == ["original_missing"]
    assert values[f"contents.{rows[0]}.original"] == "无"
    assert values["contents.2.seals"] == "单位"
    assert values["standing"] == "packet_lacks!"


def test_pages_are_printed_where_they_are_known(whole: Case) -> None:
    line = next(one for one in whole.told.lines if one.asked.invoice)
    values = with_case_values(whole, [Item("发票 1", "9—10", line, ("no good!",))], 12).values
    assert (values["contents.0.pages"], values["invoices.0.pages"], values["pages_count"]) == (
        "9—10",
        "9—10",
        "12",
    )
    assert values["contents.0.remarks"] == "no good"
    assert "invoices.1.pages" not in values


def test_a_case_without_papers_lacks_them_all(whole: Case) -> None:
    values = alone(judged(replace(whole, case=MedicalCase(1, 2010)))).values
    absent = [path for path, value in values.items() if path.endswith(".pages") and value == "缺"]
    assert {values[path.replace("pages", "paper")] for path in absent} == {
        "职工个人申请书", "困难职工档案表", "医院治疗记录", "医疗支出发票",
    }  # fmt: skip
    assert "illness" not in values
    assert values["told_illness"] == "________"


def test_everything_that_is_printed_is_a_field_and_can_be_drawn(whole: Case) -> None:
    record = alone(whole)
    check_text(record.values, with_case(whole.edition), present_fonts())
    assert set(whole.record.values) <= set(record.values)
