"""The packet of the bundled medical case, from the command line to the bound pages."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest

from tests.clerk import SAMPLES, Clerk

FOLDER = SAMPLES / "medical"


def told(folder: Path) -> dict[str, object]:
    manifest: dict[str, object] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest


@pytest.fixture
def case(dangan: Clerk) -> Clerk:
    assert dangan("import", FOLDER / "record.json").status == 0
    assert dangan("case", "new", 1, "--from", FOLDER / "case.json").status == 0
    return dangan


def test_the_packet_of_the_bundled_case_names_its_gap(case: Clerk, tmp_path: Path) -> None:
    said = case("packet", 1, "--out", tmp_path / "one")
    assert said.status == 1
    assert "医疗支出发票 6：没有原件" in said.out
    assert "材料不齐：缺少或不符 1 处" in said.out
    manifest = told(tmp_path / "one")
    assert (manifest["complete"], manifest["pages"]) == (False, 16)
    for entry in manifest["files"]:  # type: ignore[attr-defined]
        data = (tmp_path / "one" / entry["file"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), sha256(data).hexdigest())
    [pdf] = (tmp_path / "one").glob("*.pdf")
    _look_at(pdf)
    again = case("packet", 1, "--out", tmp_path / "two", "--json")
    [line] = again.lines
    assert line == manifest
    assert (tmp_path / "two" / pdf.name).read_bytes() == pdf.read_bytes()


def _look_at(file: Path) -> None:
    with pdfplumber.open(file) as pdf:
        texts = [page.extract_text() for page in pdf.pages]
    assert [f"第 {number} 页 共 16 页" in text for number, text in enumerate(texts, start=1)] == [True] * 16
    cover, checklist, listed, endorsed = texts[0], texts[1], texts[7], texts[15]
    assert "竺月岚" in cover
    assert "没有原件。" in checklist
    assert "材料不齐：缺少或不符 1 处。" in checklist
    for figure in ("84,276.95", "28,476.95", "55,800.00", "50000", "8520"):
        assert figure in listed
    assert "“个人医疗费支出”指个人负担部分" in listed.replace("\n", "")
    assert "与原件核对无误" in endorsed
    assert "待盖章" in endorsed
    assert "5511862" in endorsed.partition("未见原件")[2] + endorsed
    marks = pypdfium2.PdfDocument(file).get_toc()
    by_title = {mark.get_title(): mark.get_dest().get_index() + 1 for mark in marks}
    assert by_title["医疗支出发票清单"] == 8
    assert by_title["医疗支出发票 6 5511862 2010-10-21 镜湖肿瘤医院"] == 14
    assert len(by_title) == 18


def test_a_whole_case_is_complete(case: Clerk, tmp_path: Path) -> None:
    case("case", "invoice", 1, 10, "--original", "--why", "原件补交")
    said = case("packet", 1, "--out", tmp_path, "--largest", 0.5)
    assert (said.status, told(tmp_path)["complete"]) == (0, True)
    assert "材料齐全。" in said.out
    assert "150 dpi 仍超过 0.5 兆" in said.out
    assert [note["code"] for note in told(tmp_path)["notes"]] == ["packet_too_large"]  # type: ignore[attr-defined]


def test_an_unreadable_scan_is_named_in_its_place(dangan: Clerk, tmp_path: Path) -> None:
    dangan("import", FOLDER / "record.json")
    dangan("case", "new", 1)
    bad = tmp_path / "坏.jpg"
    bad.write_bytes((FOLDER / "invoice-1.jpg").read_bytes()[:20000])
    dangan("case", "add", 1, FOLDER / "invoice-2.jpg", bad, "--as", "invoice", "--together")
    said = dangan("packet", 1, "--out", tmp_path / "out")
    assert said.status == 1
    assert "坏.jpg 打不开" in said.out
    [entry] = [one for one in told(tmp_path / "out")["contents"] if one["kind"] == "invoice"]  # type: ignore[attr-defined]
    assert (entry["state"], entry["pages"]) == ("unreadable", 2)
    assert [scan["error"] for scan in entry["scans"]] == [None, "unreadable"]
    [pdf] = (tmp_path / "out").glob("*.pdf")
    with pdfplumber.open(pdf) as opened:
        page = opened.pages[entry["first_page"]].extract_text()
        texts = [one.extract_text() for one in opened.pages]
    assert "待补材料" in page
    assert "坏.jpg" in page
    # Nothing of the application and the form was scanned: made sheets stand in for them, and say so.
    assert [page for page, text in enumerate(texts, start=1) if "待盖章" in text] == [4, 5, 10]
    assert "缺少或不符 4 处" in texts[1]
    assert "缺少医院治疗记录" in texts[1].replace("\n", "")


def test_a_case_s_sheets_are_made_singly(case: Clerk, tmp_path: Path) -> None:
    assert case("make", "application", 1, "--out", tmp_path).status == 0
    [made] = tmp_path.glob("*.docx")
    from docx import Document

    cells = {cell.text for table in Document(str(made)).tables for row in table.rows for cell in row.cells}
    assert "55,800.00" in cells
    assert any("2010年度患乳腺癌" in text for text in cells)
    assert any("厂工会从职工互助金中补助1500元" in text for text in cells)


def test_misuse_is_said(dangan: Clerk, tmp_path: Path) -> None:
    assert dangan("packet", 1).status == 2
    assert dangan("packet", 1, "--out", tmp_path, "--largest", 5000).status == 2
    assert dangan("packet", 7, "--out", tmp_path).status == 1
    (tmp_path / "manifest.json").write_text('{"case": 9}', encoding="utf-8")
    dangan("import", FOLDER / "record.json")
    dangan("case", "new", 1)
    said = dangan("packet", 1, "--out", tmp_path)
    assert (said.status, "个案 9" in said.err) == (1, True)
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["manifest.json"]
