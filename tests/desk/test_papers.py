"""Scanned papers of a case at the command line: read, proposed, and settled by a clerk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clerk import SAMPLES, Clerk

FOLDER = SAMPLES / "medical"
INVOICE = FOLDER / "invoice-4.jpg"


@pytest.fixture
def case(dangan: Clerk) -> Clerk:
    """A clerk with an empty case 1 of the bundled record."""
    assert dangan("import", FOLDER / "record.json").status == 0
    assert dangan("case", "new", 1).status == 0
    return dangan


def test_an_invoice_is_proposed_and_enters_the_case_when_a_clerk_settles_it(case: Clerk) -> None:
    said = case("case", "take", 1, INVOICE)
    assert said.status == 0
    assert "5507994" in said.out
    assert case("case", "show", 1, "--json").lines[0]["papers"] == []
    [line] = case("case", "review", 1, "--json").lines
    assert line["kind"] == "invoice"
    assert {fact: told["value"] for fact, told in line["facts"].items()} == {
        "name": "竺月岚",
        "date": "2010-07-15",
        "hospital": "镜湖肿瘤医院",
        "invoice_number": "5507994",
        "total": 7432.15,
        "reimbursed": 2132.15,
        "own": 5300,
    }
    assert all(told["review"] for told in line["facts"].values())
    answers = ("", "", "2010年7月16日", "", "", "", "", "s")  # kind, name, date, …, own left untold
    said = case("case", "review", 1, typed=answers)
    assert (said.status, "材料 1（医疗支出发票）" in said.out) == (0, True)
    [shown] = case("case", "show", 1, "--json", "--history").lines
    [paper] = shown["papers"]
    assert (paper["date"], paper["total"], paper["own"]) == ("2010-07-16", 7432.15, None)
    assert paper["scans"][0]["file"] == INVOICE.name
    whys = {event["path"]: (event["who"], event["why"]) for event in shown["history"]}
    assert whys["papers.1.total"] == ("王经办", "confirmed")
    assert whys["papers.1.date"] == ("王经办", "decided")
    assert "没有待核对" in case("case", "review", 1).err


def test_leaving_keeps_what_waits_and_the_same_scan_waits_once(case: Clerk) -> None:
    case("case", "take", 1, INVOICE)
    assert "已在待核对之列" in case("case", "take", 1, INVOICE).err
    assert "已退出" in case("case", "review", 1, typed=("", "q")).err
    assert "5507994" in case("case", "review", 1, "--list").out
    assert case("case", "review", 1, "--drop", 1).status == 2
    assert case("case", "review", 1, "--drop", 7, "--why", "x").status == 1
    assert case("case", "review", 1, "--drop", 1, "--why", "他人发票").status == 0
    assert case("case", "review", 1, "--json").lines == []
    assert case("case", "show", 1, "--json").lines[0]["papers"] == []


def test_a_hospital_record_tells_the_illness_of_the_case(case: Clerk) -> None:
    case("case", "take", 1, FOLDER / "hospital-1.jpg")
    case("case", "review", 1, typed=("", "", "", "", ""))
    [shown] = case("case", "show", 1, "--json").lines
    [paper] = shown["papers"]
    assert (shown["illness"], paper["kind"], paper["date"]) == ("乳腺癌", "hospital", "2010-03-12")


def test_a_paper_that_is_in_the_case_already_is_filled_in(case: Clerk) -> None:
    case("case", "add", 1, INVOICE, "--as", "invoice", "--original")
    case("case", "invoice", 1, 1, "--total", "7432.15", "--own", "5000")
    said = case("case", "take", 1, INVOICE)
    assert "已是个案的材料 1" in said.err
    said = case("case", "review", 1, typed=("", "", "", "", "", "", ""))  # the total is not asked again
    assert "已登记：5000" in said.out
    [paper] = case("case", "show", 1, "--json").lines[0]["papers"]
    assert (paper["own"], paper["original"], paper["invoice_number"]) == (5300, True, "5507994")


def test_a_bad_file_stops_no_other_and_nothing_is_taken_without_a_case(case: Clerk, tmp_path: Path) -> None:
    broken = tmp_path / "bill.jpg"
    broken.write_bytes(b"\xff\xd8\xff broken")
    said = case("case", "take", 1, broken, INVOICE, "--json")
    assert said.status == 1
    assert [line["file"] for line in said.lines] == [INVOICE.name]
    assert "bill.jpg" in said.err
    assert case("case", "take", 9, INVOICE).status == 1


def test_an_inbox_says_of_an_invoice_what_it_seems_to_be(case: Clerk) -> None:
    said = case("take", INVOICE)
    assert said.status == 1
    assert "医疗支出发票" in said.err
    assert "dangan case take" in said.err
