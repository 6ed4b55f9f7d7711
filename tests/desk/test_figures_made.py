from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image

from records.drafts import Draft, Ink, Origin, Reading
from records.editions import load_editions
from records.store import Store
from records.values import Value
from tests.clerk import SAMPLES, Clerk

HENAN = load_editions()["henan-2016"]
VALUES: dict[str, Value] = {
    "name": "张三", "gender": "女", "id_number": "410204196202168902", "household_size": Decimal(3),
    "registered_region": "河南省开封市鼓楼区", "hardship_category": "低保户", "primary_cause": "患重特大疾病",
    "is_target": "是", "measures": ("社会救助兜底",), "employer": "开封市环卫处", "birth_date": "1962-02-17",
}  # fmt: skip


def save(dangan: Clerk, *more: dict[str, Value]) -> None:
    with Store.open(dangan.home) as store:
        for values in more:
            store.save(HENAN, VALUES | values, "建档人", "录入", override_why="试", force=True)


def text(made: Path) -> str:
    document = Document(str(made))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_a_summary_is_made_as_word_and_as_a_workbook(dangan: Clerk, tmp_path: Path) -> None:
    save(dangan, {}, {"hardship_category": "低保边缘户", "household_size": Decimal(2)})
    said = dangan("make", "statistics", "--all", "--out", tmp_path, "--xlsx", "--given", "unit=开封市总工会")
    assert said.status == 0, said.err
    [word], [book] = tmp_path.glob("*.docx"), tmp_path.glob("*.xlsx")
    assert "制表单位：开封市总工会" in text(word) and "按困难类别" in text(word)
    rows = list(load_workbook(book).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[0][:4] == ("分类", "项目", "户数", "占总户数（%）")
    assert rows[1][1:] == ("合计", 2, 100, 5, 100)
    assert ("困难类别", "低保边缘户", 1, 50, 2, 40) in rows


def test_a_report_has_its_figures_in_sentences_and_a_chart_of_the_causes(
    dangan: Clerk, tmp_path: Path
) -> None:
    save(dangan, {}, {"primary_cause": "子女上学", "registered_region": "河南省郑州市金水区"})
    said = dangan("make", "report", "--all", "--out", tmp_path, "--given", "unit=开封市总工会")
    assert said.status == 0, said.err
    [word] = tmp_path.glob("*.docx")
    told = text(word)
    assert "已建档困难职工2户，家庭人口6人" in told
    assert "郑州市1户3人，占50.0%；开封市1户3人，占50.0%。" in told
    assert told.count("【此处由单位填写") == 5 and "{" not in told
    with ZipFile(word) as package:
        chart = Image.open(io.BytesIO(package.read("word/media/chart-main_causes.png")))
    assert chart.width > 1000 and chart.getextrema()[0] == 0


def test_the_same_records_give_the_same_bytes(dangan: Clerk, tmp_path: Path) -> None:
    save(dangan, {})
    made = []
    for folder in (tmp_path / "1", tmp_path / "2"):
        assert dangan("make", "report", "--all", "--out", folder).status == 0
        made.append(next(folder.glob("*.docx")).read_bytes())
    assert made[0] == made[1]


def test_a_volume_lists_the_scan_of_its_form(dangan: Clerk, tmp_path: Path) -> None:
    paper = tmp_path / "张三的表.pdf"
    paper.write_bytes(b"paper")
    with Store.open(dangan.home) as store:
        kept = store.keep(paper)
        readings = {path: Reading(value) for path, value in VALUES.items()}
        ink = {"signature": Ink(False, 0.9)}
        draft = Draft(HENAN.key, readings, ink, origin=Origin(paper.name, kept.sha256, (1, 2)))
        [number] = store.add_drafts(kept.sha256, [draft])
        store.settle(number, [], HENAN, "建档人", override_why="试")
    assert dangan("make", "volume", 1, "--out", tmp_path / "made").status == 0
    [word] = (tmp_path / "made").glob("*.docx")
    assert re.search("扫描件 张三的表.pdf，.* 收入", text(word))
    table = Document(str(word)).tables[1]
    assert [cell.text for cell in table.rows[1].cells][0::5] == ["1", "1-2"]
    notice = tmp_path / "notice"
    assert dangan("make", "return-notice", 1, "--out", notice).status == 0
    told = text(next(notice.glob("*.docx")))
    assert "“职工签字”处没有签字或盖章" in told and "没有收到纸质" not in told
    assert "1962年2月17日" in told and "1962-02-17" not in told and "410204196202168902" not in told


def test_a_volume_counts_the_pages_of_a_medical_case(dangan: Clerk, tmp_path: Path) -> None:
    medical = SAMPLES / "medical"
    assert dangan("import", medical / "record.json", "--override", "样例").status == 0
    assert dangan("case", "new", 1, "--from", medical / "case.json").status == 0
    assert dangan("make", "volume", 1, "--out", tmp_path).status == 0
    table = Document(str(next(tmp_path.glob("*.docx")))).tables[1]
    rows = [[cell.text for cell in row.cells] for row in table.rows[1:12]]
    assert [row[0] for row in rows] == [row[5] for row in rows] == [str(number) for number in range(1, 12)]
    assert rows[9][2:5] == ["镜湖肿瘤医院", "医疗支出发票（5511862）", "20101021"]


def test_a_notice_names_what_is_missing_and_asks_for_the_paper(dangan: Clerk, tmp_path: Path) -> None:
    save(dangan, {"ethnicity": None})
    given = ("--given", "deadline_day=2016-10-20", "--given", "to=开封市环卫处工会")
    assert dangan("make", "return-notice", 1, "--out", tmp_path, *given).status == 0
    told = text(next(tmp_path.glob("*.docx")))
    assert "必填栏目“民族”没有填" in told and "没有收到纸质的困难职工档案表" in told
    assert "开封市环卫处工会：" in told and "请于2016年10月20日前" in told


@pytest.mark.parametrize("document", ["volume", "return-notice"])
def test_papers_of_several_records_are_files_of_their_own(
    document: str, dangan: Clerk, tmp_path: Path
) -> None:
    save(dangan, {}, {"name": "李四"})
    assert dangan("make", document, "--all", "--out", tmp_path).status == 0
    assert sorted(file.name[:7] for file in tmp_path.glob("*.docx")) == ["0001-张三", "0002-李四"]
