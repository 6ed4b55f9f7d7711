from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document

from docgen.documents import file_name, make
from docgen.office import sections
from records.archive import Record
from records.editions import Edition, Editions, load_editions
from records.errors import DocumentError, EditionError, TemplateBroken
from records.values import Value

WHEN = datetime(2016, 10, 1, tzinfo=UTC)


def record(edition: Edition, values: dict[str, Value], number: int = 12) -> Record:
    return Record(number, edition.key, values, WHEN, WHEN, 1)


def filled(
    edition: Edition, values: dict[str, Value], folder: Path, document: str = "archive"
) -> list[list[str]]:
    """The document's table rows as text, a merged cell once."""
    [made] = make(document, record(edition, values), edition, folder)
    return rows(made)


def rows(made: Path) -> list[list[str]]:
    return [_texts(row.cells) for table in Document(str(made)).tables for row in table.rows]


def _texts(row: Sequence[object]) -> list[str]:
    seen: dict[object, str] = {}
    for cell in row:
        if cell._tc not in seen:  # type: ignore[attr-defined]
            seen[cell._tc] = cell.text  # type: ignore[attr-defined]
    return list(seen.values())


@pytest.fixture
def henan(editions: Editions) -> Edition:
    return editions["henan-2016"]


def test_values_stand_in_their_cells(henan: Edition, tmp_path: Path) -> None:
    values: dict[str, Value] = {
        "name": "张三", "hardship_category": "低保户", "monthly_income": Decimal(800),
        "primary_cause": "子女上学", "secondary_causes": ("下岗失业", "其他"),
        "is_target": "是", "determined_on": "2016-10-28",
        "key_groups": ("城市困难农民工", "其他"), "key_groups_other": "重度残疾",
        "family.0.name": "李四", "family.0.relation": "妻子", "attachments.0.type": "户口本",
    }  # fmt: skip
    table = filled(henan, values, tmp_path)
    assert table[0] == ["*职工编号", "", "*困难类别", "低保户"]
    assert table[2][0] == "张三" and table[8][0] == "800"
    assert table[11][1:3] == ["李四", "妻子"]
    assert table[16][1:] == ["主要致困原因（限选一项）：9", "次要致困原因（最多选三项）：3、10"]
    assert table[19][1] == "户口本"
    assert "（ √ 是    否  ）（确定时间：   2016   年  10  月  28  日 ）" in table[20][0]
    assert table[21][1].split("\n")[2:] == [
        "\t3.支出性生活困难", "√\t4.城市困难农民工", "\t5.供给侧结构性改革中的困难职工",
        "√\t6.其他（注明）重度残疾",
    ]  # fmt: skip


def test_a_blank_record_gives_the_blank_form(henan: Edition, tmp_path: Path) -> None:
    table = filled(henan, {}, tmp_path)
    assert table[2] == [""] * 10
    assert "（  是    否  ）（确定时间：      年    月    日 ）" in table[20][0]
    assert "None" not in str(table) and "{{" not in str(table)


@pytest.mark.parametrize(
    "value", ["A<B & C结束", "R&D公司", "{{ name }}", "{% if x %}", "{_{ x }_} {_% y %_}", "'\"“”", "a&amp;b"]
)
def test_signs_of_markup_survive(value: str, henan: Edition, tmp_path: Path) -> None:
    table = filled(henan, {"name": "张三", "remarks": value, "family.0.employer": value}, tmp_path)
    assert table[22][1] == value and table[11][-1] == value
    assert len(table) == 24 and table[23][0] == "*建档人"


def test_a_remark_keeps_its_lines(henan: Edition, tmp_path: Path) -> None:
    assert filled(henan, {"remarks": "一\r\n二\n三"}, tmp_path)[22][1] == "一\n二\n三"


def test_more_family_than_printed_rows_goes_to_a_continuation_sheet(henan: Edition, tmp_path: Path) -> None:
    names = [f"成员{letter}" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯"]
    values: dict[str, Value] = {f"family.{index}.name": name for index, name in enumerate(names)}
    [made] = make("archive", record(henan, values | {"name": "张三"}), henan, tmp_path)
    cells = [cell for row in rows(made) for cell in row]
    assert [cell for cell in cells if cell in names] == names
    assert sections(made) == 3
    assert cells.count("张三") == 3
    text = "\n".join(paragraph.text for paragraph in Document(str(made)).paragraphs)
    assert re.findall(r"续页(\d)", text) == ["1", "2"]


def test_more_annexes_than_printed_go_there_too(henan: Edition, tmp_path: Path) -> None:
    values: dict[str, Value] = {f"attachments.{index}.name": f"附件{index}" for index in range(7)}
    cells = [cell for row in filled(henan, values, tmp_path) for cell in row]
    assert [cell for cell in cells if re.fullmatch(r"附件\d", cell)] == [f"附件{index}" for index in range(7)]


def test_a_long_value_continues_whole_under_its_label(henan: Edition, tmp_path: Path) -> None:
    remark = "".join(f"第{number}句话说明家庭困难。" for number in range(120))
    table = filled(henan, {"name": "张三", "remarks": remark, "bank_name": "银行" * 80}, tmp_path)
    assert table[22][1] == "见续页" and table[17][1] == "见续页"
    continued = [row for row in table if row[0] == "备注"]
    assert "".join(row[1] for row in continued) == remark
    assert "".join(row[1] for row in table if row[0] == "开户银行" and row[1] != "见续页") == "银行" * 80


def test_a_long_value_in_a_family_row_of_a_continuation_sheet_continues_as_well(
    henan: Edition, tmp_path: Path
) -> None:
    values: dict[str, Value] = {f"family.{index}.name": "李四" for index in range(6)}
    table = filled(henan, values | {"family.5.employer": "很长的单位" * 40}, tmp_path)
    assert "".join(row[1] for row in table if row[0] == "家庭主要成员6单位或学校") == "很长的单位" * 40


@pytest.mark.parametrize("key", ["henan-2016", "shaoxing-2010"])
def test_texts_that_continue_stand_whole_in_the_order_of_the_form(
    key: str, editions: Editions, tmp_path: Path
) -> None:
    remark, employer = "家庭遭遇重大变故，生活十分困难，" * 30, "很长的单位名称" * 6 + "车间"
    values: dict[str, Value] = {f"family.{index}.name": "李四" for index in range(7)}
    values |= {f"family.{index}.employer": employer for index in range(7)}
    [made] = make("archive", record(editions[key], values | {"remarks": remark}), editions[key], tmp_path)
    table = rows(made)
    texts = [
        row for row in table[table.index(["续填项目", "续填内容"]) + 1 :] if row[1:] in ([remark], [employer])
    ]
    family = editions[key].field("family").row
    assert texts == [*([f"{family}{number}单位或学校", employer] for number in range(1, 5)), ["备注", remark]]
    assert sections(made) == 2


def test_the_same_record_gives_the_same_bytes(henan: Edition, tmp_path: Path) -> None:
    values: dict[str, Value] = {"name": "张三", "family.5.name": "李四"}
    one, two = (make("archive", record(henan, values), henan, tmp_path / side)[0] for side in "ab")
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("张三", "0012-张三-困难职工档案表.docx"),
        (None, "0012-困难职工档案表.docx"),
        ("../张/三:*?\n", "0012-..张三-困难职工档案表.docx"),
        ("张" * 300, f"0012-{'张' * 47}-困难职工档案表.docx"),
    ],
)
def test_the_file_is_named_by_number_name_and_title(
    name: str | None, file: str, henan: Edition, tmp_path: Path
) -> None:
    [made] = make("archive", record(henan, {"name": name}), henan, tmp_path)
    assert made.name == file and made.parent == tmp_path


def test_a_character_that_no_sheet_can_show_stops_the_document(henan: Edition, tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        make("archive", record(henan, {"name": "张\x0b三"}), henan, tmp_path)
    assert refused.value.facts["field"] == "姓名" and list(tmp_path.iterdir()) == []


def test_the_helper_s_card_tells_household_causes_and_deadline(henan: Edition, tmp_path: Path) -> None:
    values: dict[str, Value] = {
        "birth_date": "1963-05-12", "primary_cause": "子女上学", "secondary_causes": ("下岗失业",),
        "other_contact": "0371-1234567", "deadline": "2017-06",
        "family.0.name": "李四", "family.1.name": "张五", "family.0.relation": "妻子",
    }  # fmt: skip
    table = filled(henan, values, tmp_path, "contact-card-helper")
    assert table[0][-1] == "1963-05"
    assert table[3][1] == "李四（妻子）、张五"
    assert table[4][1] == "子女上学、下岗失业"
    assert table[5][1] == "    2017    年 6  月底前实现解困脱困" and table[5][3] == "0371-1234567"


def own_edition(folder: Path, **sheets: str) -> Edition:
    """The edition of 2010 with sheets of one's own, each of one paragraph."""
    place = folder / "shaoxing-2010"
    place.mkdir()
    for name, text in sheets.items():
        document = Document()
        document.add_paragraph(text)
        document.save(str(place / f"{name}.docx"))
    return load_editions(folder)["shaoxing-2010"]


@pytest.mark.parametrize(
    ("text", "code", "tag"),
    [
        ("{{ name + }}", "template_broken", "{{ name + }}"),
        ("{{ nmae }}", "unknown_tag", "nmae"),
        ("{{ name", "template_broken", "{{ name"),
        ("{{ name | nothing }}", "template_broken", "{{ name | nothing }}"),
        ("{{ name.a.b }}", "template_broken", ""),
    ],
)
def test_a_broken_tag_stops_the_document_with_file_and_tag(
    text: str, code: str, tag: str, tmp_path: Path
) -> None:
    edition = own_edition(tmp_path, checklist=text)
    with pytest.raises(TemplateBroken) as broken:
        make("checklist", record(edition, {"name": "张三"}), edition, tmp_path)
    assert (broken.value.code, broken.value.facts["file"], broken.value.facts["tag"]) == (
        code,
        "checklist.docx",
        tag,
    )


def test_rows_without_a_sheet_to_go_to_are_not_dropped(tmp_path: Path) -> None:
    edition = own_edition(tmp_path, checklist="{{ family_1_name }}")
    values: dict[str, Value] = {"family.0.name": "李四", "family.1.name": "张五"}
    with pytest.raises(DocumentError) as refused:
        make("checklist", record(edition, values), edition, tmp_path)
    assert (refused.value.code, refused.value.facts["field"]) == ("no_continuation", "家庭成员关系")


def test_a_document_that_the_edition_has_not_is_refused(henan: Edition, tmp_path: Path) -> None:
    with pytest.raises(EditionError):
        make("checklist", record(henan, {}), henan, tmp_path)


def test_however_long_a_name_is_its_documents_lie_side_by_side(editions: Editions) -> None:
    edition = editions["henan-2016"]
    long = record(edition, {"name": "长" * 90}, 7)
    names = {file_name(use, long) for use in edition.documents}
    assert len(names) == len({use.title for use in edition.documents})
    assert max(map(len, names)) <= 65 and all(name.startswith("0007-长") for name in names)
