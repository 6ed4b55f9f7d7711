from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType

from records.archive import FiledPaper, Record
from records.drafts import Origin
from records.editions import load_editions
from records.findings import Fault, Severity
from records.forms import Edition
from records.lines import Contents, Row
from records.listing import Listing, listing
from records.medical import Invoice, MedicalCase, Paper
from records.sources import contents, names_given, row_names
from records.values import Value

WHEN = datetime(2016, 10, 1, 4, tzinfo=UTC)
EDITIONS = load_editions()
HENAN = EDITIONS["henan-2016"]


def record(number: int = 1, **values: Value) -> Record:
    dotted = {path.replace("__", "."): value for path, value in values.items()}
    return Record(number, HENAN.key, dotted, WHEN, WHEN, 1, MappingProxyType({}))


def asked(document: str, *records: Record, edition: Edition = HENAN, **given: str) -> Listing:
    return listing(edition, edition.document(document), records, given)


def texts(filled: Contents, *keys: str) -> list[tuple[str, ...]]:
    return [tuple(row[key].text for key in keys) for row in filled.tables[0].rows]


# --- the summary


def families() -> list[Record]:
    two = {"hardship_category": "低保户", "household_size": Decimal(2), "registered_region": "开封市鼓楼区"}
    return [record(1, **two), record(2, **two), record(3, primary_cause="其他", household_size=Decimal(4))]


def test_the_summary_begins_with_the_whole_and_heads_each_block() -> None:
    filled = contents(asked("statistics", *families()))
    rows = texts(filled, "block", "opens", "label", "households", "households_share", "people")
    assert rows[0] == ("", "", "合计", "3", "100.0", "8")
    assert rows[1:4] == [
        ("户口所在地", "户口所在地", "开封市", "2", "66.7", "4"),
        ("户口所在地", "", "\u3000\u3000鼓楼区", "2", "66.7", "4"),
        ("户口所在地", "", "未填写", "1", "33.3", "4"),
    ]
    opened = [row for row in filled.tables[0].rows if row["opens"].text]
    assert len(opened) == len(HENAN.statistics["blocks"])
    several = [row["opens"].text for row in opened if "可多选" in row["opens"].text]
    assert [one.partition("（可")[0] for one in several] == [
        "致困原因（主要和次要合计）", "五类重点群体", "“四个一批”措施", "七个行动计划",
    ]  # fmt: skip


def test_a_workbook_can_count_with_the_figures() -> None:
    row: Row = contents(asked("statistics", *families())).tables[0].rows[1]
    assert row["households"].number == 2 and row["people_share"].number == Decimal("50.0")


def test_a_block_stands_ranked_without_its_rest() -> None:
    filled = contents(asked("report", *families()))
    tables = {table.name: table for table in filled.more}
    assert [row["label"].text for row in tables["categories_ranked"].rows] == ["低保户"]
    assert [row["label"].text for row in tables["main_causes_ranked"].rows] == ["其他"]
    assert len(tables["main_causes"].rows) == 11
    assert filled.tables == ()
    assert (filled.figures["households"], filled.figures["unsized"]) == ("3", "0")


def test_what_a_sheet_may_name_is_what_it_gets() -> None:
    for edition in EDITIONS:
        for use in edition.documents:
            if use.roster is None or use.name not in ("statistics", "report"):
                continue
            wanted = listing(edition, use, [])
            filled = contents(wanted)
            given = {*filled.figures, *(table.name for table in (*filled.tables, *filled.more))}
            assert given == names_given(wanted.roster, edition)
            assert set(filled.more[-1].rows[0] if filled.more[-1].rows else row_names(wanted.roster)) <= (
                row_names(wanted.roster)
            )


# --- the papers of a record


def papers(*counts: int) -> tuple[FiledPaper, ...]:
    return tuple(
        FiledPaper(f"{number}.pdf", "0" * 64, tuple(range(1, count + 1)), WHEN)
        for number, count in enumerate(counts, 1)
    )


def test_papers_are_numbered_through_and_blank_rows_follow() -> None:
    one = record(name="张三", filed_by="李四", determined_on="2016-09-28")
    filled = contents(replace(asked("volume", one), papers=papers(2, 1)))
    rows = texts(filled, "number", "responsible", "title", "day", "pages", "remark")
    assert rows[:2] == [
        ("1", "李四", "困难职工档案表", "20160928", "1-2", "扫描件 1.pdf，2016-10-01 收入"),
        ("2", "李四", "困难职工档案表", "20160928", "3", "扫描件 2.pdf，2016-10-01 收入"),
    ]
    assert len(rows) == 15 and set(rows[2:]) == {("",) * 6}
    assert (filled.figures["papers"], filled.figures["pages"], filled.figures["name"]) == ("2", "3", "张三")


def test_behind_an_attachment_of_unknown_length_no_page_is_made_up() -> None:
    one = record(
        attachments__0__type="户口本", attachments__1__name="诊断证明", attachments__1__remark="复印件"
    )
    filled = contents(replace(asked("volume", one), papers=papers(1)))
    assert texts(filled, "title", "pages", "remark")[1:3] == [("户口本", "", ""), ("诊断证明", "", "复印件")]
    assert filled.figures["uncounted"] == "2"


def test_papers_of_a_medical_case_follow_the_form_that_they_repeat() -> None:
    edition = EDITIONS["shaoxing-2010"]
    one = Record(1, edition.key, {"name": "张三"}, WHEN, WHEN, 1)
    [form] = papers(2)
    scan = Origin("b.pdf", "1" * 64, (3, 4))
    case = MedicalCase(
        1,
        2010,
        papers=(
            Paper(1, "form", scans=(Origin(form.file, form.sha256, (1, 2)),)),
            Paper(2, "hospital", date="2010-05-06", hospital="市人民医院", original=True, scans=(scan,)),
            Paper(3, "invoice", copy=True, original=True, invoice=Invoice("A01")),
        ),
    )
    wanted = replace(listing(edition, edition.document("volume"), [one]), papers=(form,), cases=(case,))
    assert texts(contents(wanted), "title", "responsible", "day", "pages", "remark")[1:3] == [
        ("医院治疗记录", "市人民医院", "20100506", "3-4", "原件"),
        ("医疗支出发票（A01）", "", "", "", "原件、复印件"),
    ]


# --- what goes back


def test_faults_go_back_heaviest_first_and_mere_notes_stay() -> None:
    faults = (
        Fault(Severity.INFO, "说明"),
        Fault(Severity.WARNING, "手机号码没有填"),
        Fault(Severity.ERROR, "民族没有填"),
    )
    filled = contents(replace(asked("return-notice", record(7)), faults=faults))
    assert texts(filled, "number", "weight", "said", "done") == [
        ("1", "须补正", "民族没有填", ""), ("2", "请核实", "手机号码没有填", ""),
    ]  # fmt: skip
    assert (filled.figures["errors"], filled.figures["warnings"]) == ("1", "1")
    assert not filled.nothing


def test_where_nothing_is_wrong_there_is_no_notice() -> None:
    filled = contents(replace(asked("return-notice", record(7)), faults=(Fault(Severity.INFO, "说明"),)))
    assert filled.nothing and [note.code for note in filled.notes] == ["nothing_wrong"]
