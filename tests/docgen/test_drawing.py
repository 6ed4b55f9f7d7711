from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree

from docgen.charts import PLACE as CHART
from docgen.codes import PLACE
from docgen.drawing import draw
from docgen.templates import read_sheet
from docgen.typesetting import WORD
from records.editions import BUILT_IN, Editions
from records.values import narrow

SHEETS = sorted(BUILT_IN.glob("*/*.sheet.toml"))
ROWS = json.loads(
    (Path(__file__).parent.parent / "data" / "henan-2016-rows.json").read_text(encoding="utf-8")
)
OFFICIAL = {"宋体", "黑体", "仿宋_GB2312", "楷体_GB2312", "方正小标宋简体"}


def word_of(sheet: Path) -> Path:
    return sheet.with_name(sheet.name.replace(".sheet.toml", ".docx"))


def document(file: Path) -> etree._Element:
    with ZipFile(file) as package:
        return etree.fromstring(package.read("word/document.xml"))


def printed_text(element: etree._Element) -> str:
    """What stands printed: paragraphs without tags and blanks."""
    lines = ("".join(t.text or "" for t in p.iter(f"{WORD}t")) for p in element.iter(f"{WORD}p"))
    return narrow("".join(re.sub(r"\{\{.*?\}\}", "", line) for line in lines))


def table_rows(file: Path, table: int = 0) -> list[list[str]]:
    found = list(document(file).iter(f"{WORD}tbl"))[table]
    return [[printed_text(cell) for cell in row.findall(f"{WORD}tc")] for row in found.findall(f"{WORD}tr")]


def seed(name: str) -> list[list[str]]:
    return [[narrow(cell.replace("\n", "")) for cell in row] for row in ROWS[name]]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.name}-{sheet.name}")
def test_the_word_file_is_what_the_drawing_gives(sheet: Path, tmp_path: Path) -> None:
    draw(sheet, tmp_path / "drawn.docx")
    with ZipFile(word_of(sheet)) as kept, ZipFile(tmp_path / "drawn.docx") as drawn:
        assert {name: kept.read(name) for name in kept.namelist()} == {
            name: drawn.read(name) for name in drawn.namelist()
        }


def test_the_archive_form_of_2016_has_the_notice_s_cells_row_by_row() -> None:
    rows, asked = table_rows(BUILT_IN / "henan-2016" / "archive.docx"), seed("form")
    # Row 20 lost its cells in the notice's text: drawn under its four headings.
    assert rows.pop(19) == ["", "", "", ""]
    assert asked.pop(19) == ["", ""]
    assert rows == asked


@pytest.mark.parametrize(
    ("file", "table", "name"),
    [
        ("contact-card-helper.docx", 0, "card_helper"),
        ("contact-card-worker.docx", 0, "card_worker"),
        ("contact-cards.docx", 0, "card_helper"),
        ("contact-cards.docx", 1, "card_worker"),
    ],
)
def test_the_contact_cards_have_the_notice_s_cells_row_by_row(file: str, table: int, name: str) -> None:
    assert table_rows(BUILT_IN / "henan-2016" / file, table) == seed(name)


def test_the_form_of_2010_asks_every_field_in_the_edition_s_order(editions: Editions) -> None:
    edition = editions["shaoxing-2010"]
    labels = [cell.rstrip("*") for row in table_rows(edition.file("archive.docx")) for cell in row if cell]
    asked: list[str] = []
    for one in edition.fields:
        asked += [one.label, *(column.label for column in one.fields)]
    assert labels == [*asked, "基层工会（盖章）年月日", "上级主管部门工会（盖章）年月日"]


def test_the_filling_rules_are_the_eighteen_of_the_notice(editions: Editions) -> None:
    text = printed_text(document(editions["shaoxing-2010"].file("filling-rules.docx")))
    assert re.findall(r"(?:填表说明|。)(\d+)\.", text) == [str(number) for number in range(1, 19)]
    for list_ in ("农、林、牧、渔业", "供养直系亲属大病", "民营/私营/个体企业", "最多不超过3项"):
        assert list_ in text


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.name}-{sheet.name}")
def test_every_row_fills_the_grid(sheet: Path) -> None:
    for table in document(word_of(sheet)).iter(f"{WORD}tbl"):
        columns = [int(one.get(f"{WORD}w", "0")) for one in table.iter(f"{WORD}gridCol")]
        width = table.find(f"{WORD}tblPr/{WORD}tblW")
        assert width is not None and sum(columns) == int(width.get(f"{WORD}w", "0"))
        for row in table.findall(f"{WORD}tr"):
            spans = [one.find(f"{WORD}tcPr/{WORD}gridSpan") for one in row.findall(f"{WORD}tc")]
            assert sum(1 if one is None else int(one.get(f"{WORD}val", "0")) for one in spans) == len(columns)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.name}-{sheet.name}")
def test_only_official_typefaces_are_named_and_no_picture_but_codes_and_charts_is_drawn(sheet: Path) -> None:
    root = document(word_of(sheet))
    assert {one.get(f"{WORD}eastAsia") for one in root.iter(f"{WORD}rFonts")} <= OFFICIAL
    assert {one.get(f"{WORD}eastAsia") for one in root.iter(f"{WORD}lang")} == {"zh-CN"}
    assert not [one for one in root.iter() if etree.QName(one).localname in ("pict", "object")]
    drawn = [one for one in root.iter() if etree.QName(one).localname == "docPr"]
    assert len(drawn) == len(list(root.iter(f"{WORD}drawing")))
    assert {str(one.get("name")).partition(" ")[0] for one in drawn} <= {PLACE, CHART}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.name}-{sheet.name}")
def test_no_sheet_ends_with_a_table(sheet: Path) -> None:
    *_, last, _section = document(word_of(sheet))[0]
    assert etree.QName(last).localname == "p"


def test_the_worker_s_card_knows_nothing_of_causes_health_or_remarks() -> None:
    names = read_sheet(BUILT_IN / "henan-2016" / "contact-card-worker.docx").names
    assert not {name for name in names if re.search("cause|health|disab|remark|hardship", name)}
