from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from intake import word
from intake.grid import BOX, DRAWN, TICK
from records.errors import Unreadable
from tests.intake.drawing import Box, Row

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def table_file(file: Path, *paragraphs: str) -> Path:
    """A Word file with one table of one cell that holds these paragraphs, as XML inside <w:p>."""
    document = docx.Document()
    inside = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
    table = f"<w:tbl {SPACES}><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{inside}</w:tc></w:tr></w:tbl>"
    document.element.body.insert_element_before(parse_xml(table), "w:sectPr")
    document.save(str(file))
    return file


def run(inside: str, settings: str = "") -> str:
    return f"<w:r><w:rPr>{settings}</w:rPr>{inside}</w:r>"


def said(text: str) -> str:
    return f'<w:t xml:space="preserve">{text}</w:t>'


def checkbox(state: str) -> str:
    return (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{run(said('☐'))}</w:sdtContent></w:sdt>"
    )


def field(instruction: str, result: str = "", settings: str = "") -> str:
    middle = (
        f"{run('<w:fldChar w:fldCharType=' + chr(34) + 'separate' + chr(34) + '/>')}{result}"
        if result
        else ""
    )
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{settings}</w:fldChar></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>{middle}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


OLD_BOX = "<w:ffData><w:checkBox>{}</w:checkBox></w:ffData>"
CONTROL = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
TEXT_BOX = f"<w:txbxContent><w:p>{run(said('框里'))}</w:p></w:txbxContent>"
CHOICE = f"<mc:Choice><w:drawing>{TEXT_BOX}</w:drawing></mc:Choice>"
FALLBACK = f"<mc:Fallback><w:pict>{TEXT_BOX}</w:pict></mc:Fallback>"


@pytest.mark.parametrize(
    ("paragraphs", "text"),
    [
        ([run(said("张") + "<w:tab/>" + said("三") + "<w:br/>" + said("x"))], "张\t三\nx"),
        ([run(said("一")), run(said("二"))], "一\n二"),
        ([f"<w:ins>{run(said('新'))}</w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"], "新"),
        ([f"<w:moveFrom>{run(said('旧'))}</w:moveFrom><w:moveTo>{run(said('新'))}</w:moveTo>"], "新"),
        ([run(said("看不见"), "<w:vanish/>") + run(said("看见"))], "看见"),
        ([run(said("划掉"), "<w:strike/>") + run(said("留下"), '<w:strike w:val="0"/>')], "留下"),
        ([checkbox("1") + run(said("是 ")) + checkbox("0") + run(said("否"))], f"{TICK}是 {BOX}否"),
        ([run('<w:sym w:font="Wingdings" w:char="F0FE"/>') + run(said("是"))], f"{TICK}是"),
        ([run('<w:sym w:font="Wingdings" w:char="F0A8"/>') + run(said("是"))], f"{BOX}是"),
        ([run(said("☑是 ☐否 ✓ ■"))], f"{TICK}是 {BOX}否 {TICK} {TICK}"),
        ([field(r" eq \o\ac(○,2) ") + run(said(".甲"))], f"{TICK}2.甲"),
        ([field(r"EQ \o\ac(○,2)", run(said("②"))) + run(said(".甲"))], f"{TICK}2.甲"),
        ([field(" DATE ", run(said("2016年8月7日")))], "2016年8月7日"),
        ([field("FORMCHECKBOX", settings=OLD_BOX.format("<w:checked/>"))], TICK),
        ([field("FORMCHECKBOX", settings=OLD_BOX.format('<w:default w:val="0"/>'))], BOX),
        (
            [
                field(
                    "FORMDROPDOWN",
                    settings='<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="男"/>'
                    '<w:listEntry w:val="女"/></w:ddList></w:ffData>',
                )
            ],
            "女",
        ),
        ([CONTROL.format("<w:showingPlcHdr/>", run(said("单击此处")))], ""),
        ([CONTROL.format("", run(said("填好")))], "填好"),
        ([f"<w:hyperlink>{run(said('链'))}</w:hyperlink><w:smartTag>{run(said('标'))}</w:smartTag>"], "链标"),
        ([run("<w:pict><w:binData/></w:pict>") + run("<w:drawing><x:pic xmlns:x='x'/></w:drawing>")], DRAWN),
        ([run(f"<mc:AlternateContent>{CHOICE}{FALLBACK}</mc:AlternateContent>")], "框里"),
    ],
)  # fmt: skip
def test_the_final_text_of_a_cell(paragraphs: list[str], text: str, tmp_path: Path) -> None:
    grids = word.grids(table_file(tmp_path / "a.docx", *paragraphs))
    assert [cell.text for cell in grids[0].cells] == [text]


def test_merged_cells_become_spans(word_table: Callable[..., Path]) -> None:
    rows: list[Row] = [["a", Box("b", 2)], [Box("c", 1, 2), "d", "e"], ["f", "g"], [Box("h", 3)]]
    grid = word.grids(word_table(rows, title="标题", note="注"))[0]
    assert [(cell.row, cell.column, cell.row_span, cell.column_span, cell.text) for cell in grid.cells] == [
        (0, 0, 1, 1, "a"), (0, 1, 1, 2, "b"),
        (1, 0, 2, 1, "c"), (1, 1, 1, 1, "d"), (1, 2, 1, 1, "e"),
        (2, 1, 1, 1, "f"), (2, 2, 1, 1, "g"),
        (3, 0, 1, 3, "h"),
    ]  # fmt: skip
    assert all(cell.box is None for cell in grid.cells)
    assert (grid.above.strip(), grid.below.strip()) == ("标题", "注")


def test_python_docx_merges_are_read(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "big"
    table.cell(2, 2).text = "last"
    document.save(str(tmp_path / "a.docx"))
    cells = word.grids(tmp_path / "a.docx")[0].cells
    assert (cells[0].row_span, cells[0].column_span, cells[0].text.strip()) == (2, 2, "big")
    assert cells[-1].text == "last"


def test_a_table_in_a_cell_is_text_there_and_a_grid_of_its_own(tmp_path: Path) -> None:
    document = docx.Document()
    outer = document.add_table(1, 2)
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "姓名", "张三"
    document.save(str(tmp_path / "a.docx"))
    grids = word.grids(tmp_path / "a.docx")
    assert [len(grid.cells) for grid in grids] == [2, 2]
    assert grids[0].cells[1].text.strip() == "姓名 张三"
    assert [cell.text for cell in grids[1].cells] == ["姓名", "张三"]


def test_a_deleted_row_is_no_row_and_tables_in_controls_count(tmp_path: Path) -> None:
    document = docx.Document()
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    rows = row.format("", "a") + row.format('<w:trPr><w:del w:id="3"/></w:trPr>', "b") + row.format("", "c")
    table = f"<w:sdt {SPACES}><w:sdtContent><w:tbl>{rows}</w:tbl></w:sdtContent></w:sdt>"
    document.element.body.insert_element_before(parse_xml(table), "w:sectPr")
    document.save(str(tmp_path / "a.docx"))
    assert [cell.text for cell in word.grids(tmp_path / "a.docx")[0].cells] == ["a", "c"]


def test_a_file_that_is_no_word_file_is_said_to_be_broken(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(b"PK\x03\x04 not a whole archive")
    with pytest.raises(Unreadable) as told:
        word.grids(file)
    assert told.value.code == "broken_file"
