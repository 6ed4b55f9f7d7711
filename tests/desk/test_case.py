"""A medical case at the command line, from the record to the checklist."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.clerk import SAMPLES, Clerk

FOLDER = SAMPLES / "medical"


@pytest.fixture
def record(dangan: Clerk) -> Clerk:
    """A clerk with the bundled record as record 1."""
    assert dangan("import", FOLDER / "record.json").status == 0
    return dangan


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A picture of a paper."""
    file = tmp_path / "bill.jpg"
    file.write_bytes(b"a bill")
    return file


def test_the_bundled_case_names_the_missing_original_and_its_sums(record: Clerk) -> None:
    said = record("case", "new", 1, "--from", FOLDER / "case.json")
    assert (said.status, "个案 1 已立" in said.out) == (0, True)
    said = record("case", "show", 1)
    assert said.status == 1
    assert said.out.count("没有原件") == 1
    assert "缺少或不符 1 处" in said.out
    for figure in ("84,276.95", "28,476.95", "55,800.00"):
        assert figure in said.out
    assert "330602********0024" in said.out
    [line] = record("case", "show", 1, "--json", "--history").lines
    assert (line["complete"], line["verdict"], line["missing"]) == (False, "no", [])
    assert line["sums"]["worker"]["own"] == {"known": 55800, "exact": True}
    wrong = {paper["paper"]: paper["remarks"] for paper in line["papers"] if paper["verdict"] != "yes"}
    assert {number: [one["code"] for one in remarks] for number, remarks in wrong.items()} == {
        10: ["original_missing"]
    }
    verdicts = {one["name"]: one["verdict"] for one in line["eligibility"]}
    assert verdicts["medical"] == verdicts["medical_cost"] == verdicts["report_city"] == "yes"
    assert verdicts["medical_papers"] == "no"
    assert {event["who"] for event in line["history"]} == {"王经办"}


def test_with_the_last_original_the_case_is_complete(record: Clerk) -> None:
    record("case", "new", 1, "--from", FOLDER / "case.json")
    assert record("case", "invoice", 1, 10, "--original", "--why", "原件补交").status == 0
    said = record("case", "show", 1, "--history")
    assert said.status == 0
    assert "材料齐全" in said.out
    assert "原件补交" in said.out
    assert "材料 10 · 原件：没有 → 有" in said.out
    [line] = record("case", "list", "--json").lines
    assert (line["case"], line["complete"]) == (1, True)
    assert "齐全" in record("case", "list", "--record", 1).out


def test_a_case_grows_paper_by_paper(record: Clerk, scan: Path) -> None:
    assert record("case", "new", 1, "--illness", "尿毒症").status == 0
    said = record("case", "add", 1, scan, "--as", "发票", "--original", "--no-copy")
    assert "材料 1（医疗支出发票）" in said.out
    told = ("--number", "0031", "--date", "2010年3月5日", "--total", "伍万元整", "--reimbursed", "1万")
    assert record("case", "invoice", 1, 1, *told).status == 0
    assert record("case", "add", 1, "--as", "application", "--name", "竺月岚").status == 0
    assert record("case", "seal", 1, 2, "单位").status == 0
    assert record("case", "help", 1, "补助1500元").status == 0
    [line] = record("case", "show", 1, "--json").lines
    application, bill = line["papers"]  # in the notice's order
    assert (bill["date"], bill["total"], bill["reimbursed"]) == ("2010-03-05", 50000, 10000)
    assert (bill["original"], bill["copy"], bill["scans"][0]["file"]) == (True, False, "bill.jpg")
    assert (application["seals"], line["help"]) == (["unit"], "补助1500元")
    assert [one["kind"] for one in line["missing"]] == ["form", "hospital"]
    codes = {one["code"] for one in bill["remarks"]}
    assert codes == {"copy_missing", "paper_lacks", "invoice_own_computed"}


def test_a_slip_is_taken_back(record: Clerk, scan: Path) -> None:
    record("case", "new", 1)
    record("case", "add", 1, scan, "--as", "form")
    record("case", "seal", 1, 1, "union", "superior")
    assert record("case", "seal", 1, 1, "基层工会", "--remove").status == 0
    assert record("case", "paper", 1, 1, "--as", "invoice", "--date", "2010-03-05").status == 0
    assert record("case", "invoice", 1, 1, "--date", "-").status == 0
    assert "没有变化" in record("case", "invoice", 1, 1, "--date", "-").out
    [line] = record("case", "show", 1, "--json").lines
    [paper] = line["papers"]
    assert (paper["kind"], paper["seals"], paper["date"]) == ("invoice", ["superior"], None)
    assert record("case", "paper", 1, 1, "--drop").status == 2
    assert record("case", "paper", 1, 1, "--drop", "--why", "放错").status == 0
    assert record("case", "show", 1, "--json").lines[0]["papers"] == []


def test_several_files_are_several_papers_or_one(record: Clerk, scan: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.pdf"
    second.write_bytes(b"another")
    record("case", "new", 1)
    record("case", "add", 1, scan, second, "--as", "invoice")
    record("case", "add", 1, scan, second, "--as", "hospital", "--together", "--pages", "1-2,4")
    record("case", "add", 1, second, "--as", "invoice", "--to", 1)
    papers = record("case", "show", 1, "--json").lines[0]["papers"]
    files = {paper["paper"]: [one["file"] for one in paper["scans"]] for paper in papers}
    assert files == {1: ["bill.jpg", "second.pdf"], 2: ["second.pdf"], 3: ["bill.jpg", "second.pdf"]}
    assert [one["pages"] for one in papers[0]["scans"]] == [[1, 2, 4], [1, 2, 4]]
    assert record("case", "add", 1, scan, "--as", "invoice", "--pages", "3-1").status == 2


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("case", "show", 9), 1, "没有编号为 9 的医疗帮扶个案"),
        (("case", "new", 9), 1, "没有编号为 9 的档案"),
        (("case", "new", 1), 1, "已有个案 1"),
        (("case", "add", 1, "--as", "stamp"), 1, "没有“stamp”这种材料"),
        (("case", "add", 1, "nowhere.jpg", "--as", "form"), 1, "nowhere.jpg"),
        (("case", "invoice", 1, 7, "--total", "5"), 1, "没有编号为 7 的材料"),
        (("case", "invoice", 1, "--total", "很多"), 1, "“总费用”的内容“很多”不能识别"),
        (("case", "seal", 1, 1, "邮局"), 1, "没有“邮局”这种公章"),
        (("case", "change", 1, "--given", "luck=是"), 2, "没有“luck”这一项"),
        (("case", "change", 1, "--given", "luck"), 2, "名称=内容"),
    ],
)
def test_what_cannot_be_is_said(record: Clerk, words: tuple[object, ...], status: int, said: str) -> None:
    record("case", "new", 1)
    record("case", "add", 1, "--as", "form")
    answer = record(*words)
    assert answer.status == status
    assert said in answer.err


def test_only_an_invoice_has_figures(record: Clerk) -> None:
    record("case", "new", 1)
    record("case", "add", 1, "--as", "form")
    assert "不是发票" in record("case", "invoice", 1, 1, "--total", "5").err


def test_an_answer_is_kept_and_taken_back(record: Clerk) -> None:
    record("case", "new", 1)
    record("case", "change", 1, "--given", "city_direct=是", "--given", "A6=gross", "--illness", "肝病")
    assert record("case", "show", 1, "--json").lines[0]["given"] == {"city_direct": "是", "A6": "gross"}
    record("case", "change", 1, "--given", "A6=")
    assert record("case", "show", 1, "--json").lines[0]["given"] == {"city_direct": "是"}


def test_the_same_invoice_in_two_records_is_said_in_both(record: Clerk, tmp_path: Path) -> None:
    other = json.loads((FOLDER / "record.json").read_text(encoding="utf-8"))
    other["fields"] |= {"name": "甲", "id_number": "330602196501010012", "family": []}
    file = tmp_path / "other.json"
    file.write_text(json.dumps(other), encoding="utf-8")
    assert record("import", file, "--override", "样例").status == 0
    for number in (1, 2):
        record("case", "new", number)
        record("case", "invoice", number, "--number", "0031", "--hospital", "稽山医院")
    for number, elsewhere in ((1, "个案 2（档案 2）"), (2, "个案 1（档案 1）")):
        assert elsewhere in "".join(record("case", "show", number).out.split("\n"))


def test_a_file_of_a_case_with_an_unknown_word_is_refused_whole(record: Clerk, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    for told in ({"colour": "red"}, {"papers": [{"kind": "invoice", "colour": "red"}]}):
        file.write_text(json.dumps(told), encoding="utf-8")
        assert "colour" in record("case", "new", 1, "--from", file).err
    file.write_text("[]", encoding="utf-8")
    assert record("case", "new", 1, "--from", file).status == 1
    assert record("case", "list").err.startswith("没有医疗帮扶个案")
