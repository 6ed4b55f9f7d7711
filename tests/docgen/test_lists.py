"""Lists as Word files and workbooks: many pages, nothing cut, nothing computed."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pdfplumber
import pytest
from docx import Document
from lxml import etree

from docgen.fonts import present_fonts
from docgen.lists import make_list, make_workbook
from docgen.office import Office
from docgen.templates import check_templates
from docgen.typesetting import WORD
from docgen.workbooks import write_workbook
from records.editions import Edition, Editions, load_editions
from records.errors import DocumentError, TemplateBroken
from records.lines import Shown, Table
from records.listing import Listing, listing, load_roster
from records.rosters import Column
from records.sources import contents
from records.values import Value, narrow
from tests.docgen.conftest import LONG_PLACE, a_record

LONG_UNIT = "某某省某某市某某区某某街道某某机械制造有限责任公司第二分厂设备管理科综合维修班组"
NAMES = ("王芳", "李建国", "阿不都热合", "买买提·艾力", "赵𬱖")
GIVEN = {"start": "2016-09-29", "days": "7", "unit": "某某总工会"}
RISKY = ("=1+1", "+SUM(A1)", "-2", "@now", "\tx", "410204196202160012", "6260410413382253436", "007")


def person(number: int) -> dict[str, Value]:
    values: dict[str, Value] = {
        "name": NAMES[number % len(NAMES)], "employer": LONG_UNIT if number % 3 else "一厂",
        "worker_no": f"KF2016-{number:04d}", "id_number": "410204196202160012", "address": LONG_PLACE,
        "primary_cause": "社会保险待遇落实不到位", "secondary_causes": ("下岗失业", "子女上学", "其他"),
        "action_plans": ("技能培训促就业计划", "其他"), "action_plans_other": "法律援助",
        "helper_contact": "0371-12345678-1234",
    }  # fmt: skip
    return {"name": values["name"]} if number % 7 == 3 else values


def asked(edition: Edition, document: str, people: int, **wishes: object) -> Listing:
    use = edition.document(document)
    records = [a_record(number, edition, person(number)) for number in range(1, people + 1)]
    given = GIVEN if document == "public-list" else {}
    return listing(edition, use, records, given, **wishes)  # type: ignore[arg-type]


def as_word(wanted: Listing, folder: Path) -> Path:
    return make_list(wanted, contents(wanted), folder)


def rows_of(file: Path) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in Document(str(file)).tables for row in table.rows]


@pytest.fixture
def henan(editions: Editions) -> Edition:
    return editions["henan-2016"]


def test_each_record_has_its_row_under_one_head(henan: Edition, tmp_path: Path) -> None:
    rows = rows_of(as_word(asked(henan, "public-list", 4), tmp_path))
    assert rows == [
        ["序号", "姓名", "所在单位"],
        ["1", "李*国", LONG_UNIT], ["2", "阿***合", LONG_UNIT], ["3", "买**·*力", ""],
        ["4", "赵*", LONG_UNIT],
    ]  # fmt: skip


def test_the_file_is_named_by_title_and_edition_or_by_the_record(henan: Edition, tmp_path: Path) -> None:
    assert as_word(asked(henan, "ledger", 2), tmp_path).name == "困难职工帮扶台账-henan-2016.docx"
    assert as_word(asked(henan, "entry-sheet", 1), tmp_path).name == "0001-李建国-录入对照单.docx"


def test_optional_and_added_columns_share_the_table_s_width(henan: Edition, tmp_path: Path) -> None:
    plain = as_word(asked(henan, "public-list", 2), tmp_path / "plain")
    more = as_word(
        asked(henan, "public-list", 2, wanted=["id_number"], shown=["address"], why="因为"), tmp_path / "more"
    )
    assert rows_of(more)[0] == ["序号", "姓名", "所在单位", "身份证号", "家庭住址"]
    assert rows_of(more)[2][3:] == ["410204********0012", LONG_PLACE]
    widths = [table_widths(file) for file in (plain, more)]
    assert [len(grid) for grid, _ in widths] == [3, 5]
    for grid, rows in widths:
        assert sum(grid) == sum(widths[0][0])
        assert all(row == grid for row in rows)


def table_widths(file: Path) -> tuple[list[int], list[list[int]]]:
    [table] = document(file).iter(f"{WORD}tbl")
    grid = [int(one.get(f"{WORD}w")) for one in table.find(f"{WORD}tblGrid")]
    rows = [[int(one.get(f"{WORD}w")) for one in row.iter(f"{WORD}tcW")] for row in table.iter(f"{WORD}tr")]
    return grid, rows


def document(file: Path, name: str = "word/document.xml") -> etree._Element:
    with ZipFile(file) as package:
        return etree.fromstring(package.read(name))


def test_a_sheet_that_asks_for_a_hidden_column_gets_a_blank(tmp_path: Path) -> None:
    """A unit's own sheet cannot print what its roster does not let be seen."""
    folder = tmp_path / "henan-2016"
    folder.mkdir()
    own = Document()
    table = own.add_table(3, 1)
    for row, text in zip(
        table.rows,
        ("{%tr for row in rows %}", "{{ row.name }}/{{ row.id_number }}", "{%tr endfor %}"),
        strict=True,
    ):
        row.cells[0].text = text
    own.save(str(folder / "public-list.docx"))
    edition = load_editions(tmp_path)["henan-2016"]
    assert rows_of(as_word(asked(edition, "public-list", 1), tmp_path)) == [["李*国/"]]


@pytest.mark.parametrize("value", ["A<B & C", "{{ name }}", "{% tr %}", "'\"“”", "a&amp;b", "{_{ x }_}"])
def test_signs_of_markup_survive_in_rows_and_answers(value: str, henan: Edition, tmp_path: Path) -> None:
    record = a_record(1, henan, {"name": "甲", "employer": value})
    wanted = listing(henan, henan.document("public-list"), [record], GIVEN | {"unit": value})
    file = as_word(wanted, tmp_path)
    assert rows_of(file)[1][2] == value
    assert narrow(value) in "".join(paragraph.text for paragraph in Document(str(file)).paragraphs)


def test_a_character_that_nothing_can_show_is_refused_with_its_row_and_column(
    henan: Edition, tmp_path: Path
) -> None:
    records = [
        a_record(number, henan, {"name": "甲", "employer": text}) for number, text in ((1, "厂"), (2, "\x0b"))
    ]
    wanted = listing(henan, henan.document("ledger"), records)
    for make in (make_list, make_workbook):
        with pytest.raises(DocumentError) as refused:
            make(wanted, contents(wanted), tmp_path)
        assert (refused.value.code, refused.value.facts["field"]) == ("bad_character", "2 单位")


def test_the_same_list_gives_the_same_bytes(henan: Edition, tmp_path: Path) -> None:
    wanted = asked(henan, "ledger", 9)
    for make in (make_list, make_workbook):
        one, two = (make(wanted, contents(wanted), tmp_path / side).read_bytes() for side in "ab")
        assert one == two


def test_heads_are_repeated_and_rows_never_split(editions: Editions, tmp_path: Path) -> None:
    for edition in editions:
        for use in edition.documents:
            if use.roster is None:
                continue
            tables = list(document(edition.file(use.template)).iter(f"{WORD}tbl"))
            tables = [one for one in tables if "{%tr for" in "".join(one.itertext())]
            assert tables or use.name == "report"
            for row in (row for table in tables for row in table.iter(f"{WORD}tr")):
                assert row.find(f"{WORD}trPr/{WORD}cantSplit") is not None
                assert row.find(f"{WORD}trPr/{WORD}trHeight").get(f"{WORD}hRule") == "atLeast"
            for table in tables:
                assert table.find(f"{WORD}tr/{WORD}trPr/{WORD}tblHeader") is not None


@pytest.fixture(scope="module")
def printed(editions: Editions, office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every list of 40 people as PDF, by document and edition."""
    folder = tmp_path_factory.mktemp("lists")
    files = {}
    for edition in editions:
        for use in edition.documents:
            if use.roster is None or load_roster(edition, use).source != "records":
                continue
            given = {"start": "2016-09-29", "days": "7", "objections": "0"}
            told = {key: text for key, text in given.items() if use.name.startswith("publi")}
            told = {key: text for key, text in told.items() if key != "objections" or "result" in use.name}
            records = [a_record(number, edition, person(number)) for number in range(1, 41)]
            wanted = listing(edition, use, records, told)
            files[f"{use.name} {edition.key}"] = as_word(wanted, folder)
    pdfs = office.to_pdf(list(files.values()), folder / "pdf", 0)
    return dict(zip(files, pdfs, strict=True))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_forty_people_stand_on_several_pages_each_with_its_head_and_number(printed: dict[str, Path]) -> None:
    assert len(printed) >= 6
    for name, pdf in printed.items():
        with pdfplumber.open(pdf) as pages:
            texts = [squeezed(page.extract_text() or "") for page in pages.pages]
            places = [place for page in pages.pages for table in page.extract_tables() for place, *_ in table]
        count = len(texts)
        assert count > 1, name
        assert [place for place in places if place != "序号"] == [str(number) for number in range(1, 41)], (
            name
        )
        assert places.count("序号") == count - ("公示" in texts[0] and "特此" not in texts[1]), name
        for number, text in enumerate(texts, 1):
            assert text.endswith((f"—{number}—", f"{number}/{count}")), name


def test_only_faces_that_are_meant_are_in_the_lists(printed: dict[str, Path]) -> None:
    fonts = present_fonts()
    faces = {fonts.face(name) for name in ("宋体", "黑体", "仿宋_GB2312", "方正小标宋简体")}
    rare = fonts.face_for("𬱖", "宋体")
    meant = {re.sub(r"[\s-]", "", face.family).lower() for face in (*faces, rare) if face is not None}
    for name, pdf in printed.items():
        with pdfplumber.open(pdf) as pages:
            used = {char["fontname"].partition("+")[2] for page in pages.pages for char in page.chars}
        for font in used:
            plain = re.sub(r"[\s-]", "", font).lower()
            assert any(plain.startswith(one[:10]) for one in meant), (name, font)


def test_a_number_is_never_broken_over_two_lines(printed: dict[str, Path]) -> None:
    with pdfplumber.open(printed["ledger henan-2016"]) as pages:
        words = {word["text"] for page in pages.pages for word in page.extract_words()}
    assert "KF2016-0001" in words and "0371-12345678-1234" in words


# --- workbooks ------------------------------------------------------------------


def a_table(*texts: str) -> Table:
    columns = (Column("a", "号\n码", 30), Column("n", "金额", 20))
    rows = tuple({"a": Shown(text), "n": Shown("5", Decimal("5.5"))} for text in texts)
    return Table("rows", "名单/[一]", columns, rows)


def test_nothing_in_a_workbook_computes_and_numbers_of_persons_stay_text(tmp_path: Path) -> None:
    file = write_workbook([a_table(*RISKY)], tmp_path / "a.xlsx")
    [sheet] = openpyxl.load_workbook(file).worksheets
    for row, text in zip(sheet.iter_rows(min_row=2), RISKY, strict=True):
        assert (row[0].value, row[0].data_type, row[0].number_format) == (text, "s", "@")
        assert row[0].quotePrefix
        assert (row[1].value, row[1].data_type) == (5.5, "n")
    with ZipFile(file) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist())


def test_a_workbook_prints_well(tmp_path: Path) -> None:
    file = write_workbook([a_table("x")], tmp_path / "a.xlsx")
    [sheet] = openpyxl.load_workbook(file).worksheets
    assert (sheet.title, sheet.freeze_panes, sheet.print_title_rows) == ("名单一", "A2", "$1:$1")
    assert sheet["A1"].value == "号码" and sheet.column_dimensions["A"].width > 10
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)


def test_a_workbook_breaks_no_number_and_lets_no_text_run_down_the_page(tmp_path: Path) -> None:
    for text, least in (("0371-12345678-1234", 19), ("困难" * 90, 30), ("某", 15)):
        [sheet] = openpyxl.load_workbook(write_workbook([a_table(text)], tmp_path / "a.xlsx")).worksheets
        assert least < sheet.column_dimensions["A"].width < 35


@pytest.mark.parametrize(
    ("text", "lines"), [("某", 1), ("", 1), ("某\n某\n某", 3), ("困难" * 40, 6), ("0371-12345678-1234", 1)]
)
def test_each_row_is_as_high_as_its_longest_text(text: str, lines: int, tmp_path: Path) -> None:
    file = write_workbook([a_table("某", text)], tmp_path / "a.xlsx")
    [sheet] = openpyxl.load_workbook(file).worksheets
    heights = [sheet.row_dimensions[row].height for row in (2, 3)]
    assert heights[0] < 18
    assert lines * 14 <= heights[1] < (lines + 2) * 15


def test_no_row_is_higher_than_a_workbook_may_have_it(tmp_path: Path) -> None:
    [sheet] = openpyxl.load_workbook(write_workbook([a_table("困难" * 900)], tmp_path / "a.xlsx")).worksheets
    assert 400 < sheet.row_dimensions[2].height <= 409.5


def test_a_masked_list_is_masked_in_its_workbook_too(henan: Edition, tmp_path: Path) -> None:
    wanted = asked(henan, "public-list", 3, wanted=["id_number"])
    file = make_workbook(wanted, contents(wanted), tmp_path)
    [sheet] = openpyxl.load_workbook(file).worksheets
    assert [cell.value for cell in sheet[2]] == ["1", "李*国", LONG_UNIT, "410204********0012"] or [
        cell.value for cell in sheet[2]
    ] == [1, "李*国", LONG_UNIT, "410204********0012"]
    assert "1962" not in str([[cell.value for cell in row] for row in sheet.iter_rows()])


# --- sheets and their rosters -----------------------------------------------------


def test_a_tag_that_no_roster_gives_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "henan-2016"
    folder.mkdir()
    own = Document()
    own.add_paragraph("{{ love }}{% for row in rows %}{{ row.place }}{{ row.joy }}{% endfor %}")
    own.save(str(folder / "ledger.docx"))
    edition = load_editions(tmp_path)["henan-2016"]
    found = {one.facts["tag"] for one in check_templates(edition) if one.rule == "unknown_tag"}
    assert found == {"love", "row.joy"}
    with pytest.raises(TemplateBroken):
        as_word(asked(edition, "ledger", 1), tmp_path)


def test_official_papers_have_dashed_numbers_right_and_left_by_turns(henan: Edition) -> None:
    file = henan.file("public-list.docx")
    with ZipFile(file) as package:
        assert b"evenAndOddHeaders" in package.read("word/settings.xml")
    sides = {
        kind: document(file, f"word/footer-{kind}.xml").find(f".//{WORD}jc").get(f"{WORD}val")
        for kind in ("default", "even")
    }
    assert sides == {"default": "right", "even": "left"}
    margins = document(file).find(f".//{WORD}pgMar")
    told = {
        side: round(int(margins.get(f"{WORD}{side}")) / 1440 * 25.4)
        for side in ("top", "left", "right", "bottom")
    }
    assert told == {"top": 37, "left": 28, "right": 26, "bottom": 35}
