from __future__ import annotations

import os
import shutil
import subprocess
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from docx import Document

from intake.files import Page
from intake.papers import facts_of, kind_of, read_papers
from intake.text_line import TextLine
from records.drafts import Reading
from records.editions import Edition
from records.medical_aid import MedicalAid, medical_aid
from tests.intake.conftest import NoEngine
from tests.intake.lines import line, page

HEAD = [
    [("收款单位：稽山医院", 0), ("票据号码：0031457", 900)],
    [("姓名：王小明", 0), ("日期：2010年3月5日", 900)],
]
WHOLE = [("合计（大写）壹仟贰佰元伍角整", 0), ("￥1200.50", 900)]
PARTS = [("医保支付400.50", 0), ("个人支付800.00", 900)]


@pytest.fixture(scope="module")
def aid(shaoxing: Edition) -> MedicalAid:
    return medical_aid(shaoxing)


def read(aid: MedicalAid, lines: list[TextLine]) -> dict[str, Reading]:
    return facts_of(lines, "invoice", aid, 1)


def values(aid: MedicalAid, lines: list[TextLine]) -> dict[str, object]:
    return {key: reading.value for key, reading in read(aid, lines).items()}


def test_an_invoice_tells_its_facts(aid: MedicalAid) -> None:
    lines = page([("医疗住院收费收据", 300)], *HEAD, WHOLE, PARTS)
    assert kind_of(lines, aid) == "invoice"
    found = read(aid, lines)
    assert {key: one.value for key, one in found.items()} == {
        "name": "王小明",
        "date": "2010-03-05",
        "hospital": "稽山医院",
        "invoice_number": "0031457",
        "total": Decimal("1200.5"),
        "reimbursed": Decimal("400.5"),
        "own": Decimal(800),
    }
    assert all(one.review and not one.reasons for one in found.values())
    assert all(one.source and one.source.page == 1 and one.source.box for one in found.values())


def test_capitals_that_say_otherwise_are_shown_beside_the_figures(aid: MedicalAid) -> None:
    other = [("合计（大写）壹仟叁佰元伍角整", 0), ("￥1200.50", 900)]
    total = read(aid, page(*HEAD, other, PARTS))["total"]
    assert (total.value, [one.value for one in total.alternatives]) == (
        Decimal("1200.5"),
        [Decimal("1300.5")],
    )
    assert [reason.code for reason in total.reasons] == ["paper_capitals_differ"]
    assert total.confidence <= 0.5


def test_of_two_totals_the_one_that_adds_up_is_proposed(aid: MedicalAid) -> None:
    misread = [("合计（大写）壹仟贰佰元伍角整", 0), ("￥1280.50", 900)]
    total = read(aid, page(*HEAD, misread, PARTS))["total"]
    assert total.value == Decimal("1200.5")
    assert [reason.code for reason in total.reasons] == ["paper_capitals_differ"]


def test_sums_that_contradict_each_other_are_doubted_all_three(aid: MedicalAid) -> None:
    found = read(aid, page(*HEAD, WHOLE, [("医保支付400.50", 0), ("个人支付900.00", 900)]))
    doubted = [key for key, one in found.items() if "paper_sums_differ" in {why.code for why in one.reasons}]
    assert doubted == ["total", "reimbursed", "own"]


def test_an_amount_in_parts_is_made_up_and_says_so(aid: MedicalAid) -> None:
    parts = [("统筹支付：400.50", 0), ("个人自付：500.00", 500), ("个人自费：300.00", 1000)]
    own = read(aid, page(*HEAD, WHOLE, parts))["own"]
    assert (own.value, [reason.code for reason in own.reasons]) == (Decimal(800), ["paper_made_up"])
    assert "500" in own.raw and "300" in own.raw


@pytest.mark.parametrize(
    ("row", "total"),
    [
        ([("合计：1,200.50元", 0)], "1200.5"),
        ([("金额合计（大写）零拾零万壹仟贰佰零拾零元伍角零分", 0)], "1200.5"),
        ([("价税合计（大写）", 0), ("⊗壹仟贰佰圆伍角整", 300), ("（小写）¥1200.50", 900)], "1200.5"),
        ([("总费用", 0), ("1 200.50", 400)], "1200.5"),
    ],
)
def test_totals_are_understood_as_invoices_write_them(
    aid: MedicalAid, row: list[tuple[str, float]], total: str
) -> None:
    assert values(aid, page(*HEAD, row))["total"] == Decimal(total)


def test_what_is_not_there_is_said_to_be_missing(aid: MedicalAid) -> None:
    found = read(aid, page([("姓名：王小明", 0)]))
    assert found["name"].value == "王小明"
    assert [why.code for why in found["total"].reasons] == ["label_not_found"]
    assert found["date"].value is None


def test_a_day_without_a_label_is_proposed_and_doubted(aid: MedicalAid) -> None:
    day = read(aid, page([("2010年3月5日", 600)], [("姓名：王小明", 0)]))["date"]
    assert (day.value, [why.code for why in day.reasons]) == ("2010-03-05", ["paper_without_label"])


def test_the_day_of_a_hospital_record_is_that_of_leaving(aid: MedicalAid) -> None:
    lines = page(
        [("越州市中医院", 300)],
        [("出院记录", 320)],
        [("姓名：王小明", 0), ("性别：男", 400)],
        [("入院日期：2010-03-01", 0), ("出院日期：2010-03-12", 900)],
        [("出院诊断：慢性肾功能衰竭", 0)],
    )
    assert kind_of(lines, aid) == "hospital"
    found = {key: one.value for key, one in facts_of(lines, "hospital", aid, 1).items()}
    assert found == {
        "name": "王小明",
        "date": "2010-03-12",
        "hospital": "越州市中医院",
        "illness": "慢性肾功能衰竭",
    }


def test_the_highest_title_tells_the_kind(aid: MedicalAid) -> None:
    record = [line("诊断证明书", 0, 0, high=60), line("凭发票办理结算", 0, 200), line("姓名：王小明", 0, 300)]
    assert kind_of(record, aid) == "hospital"
    assert kind_of(page([("今天天气很好", 0)], [("出门散步", 0)], [("回家", 0)]), aid) is None


def test_a_digital_page_is_read_without_an_engine(
    aid: MedicalAid, no_engine: NoEngine, tmp_path: Path
) -> None:
    made = tmp_path / "bill.pdf"
    rows = (
        "医疗门诊收费票据（电子）",
        "票据号码：0031457    开票日期：2010-03-05",
        "交款人：王小明",
        "合计（大写）壹仟贰佰元伍角整      ￥1200.50",
    )
    written = Document()
    for row in rows:
        written.add_paragraph(row)
    written.save(str(tmp_path / "bill.docx"))
    program = shutil.which("soffice") or "soffice"
    subprocess.run(
        [program, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "bill.docx"],
        check=True,
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    [paper] = read_papers(made, aid, no_engine)
    assert paper.kind == "invoice"
    told = {key: one.value for key, one in paper.facts.items() if one.value is not None}
    assert told == {
        "name": "王小明",
        "date": "2010-03-05",
        "invoice_number": "0031457",
        "total": Decimal("1200.5"),
    }


def test_pages_without_a_title_go_on_with_a_record_but_never_with_an_invoice(
    aid: MedicalAid, no_engine: NoEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        page([("出院记录", 300)], [("姓名：王小明", 0)]),
        page([("出院日期：2010-03-12", 0)], [("医嘱", 0)], [("休息", 0)]),
        page([("门诊收费票据", 300)], [("姓名：王小明", 0)]),
        page([("姓名：李小红", 0)]),
    ]
    pages = [Page(number + 1, written=partial(tuple, lines)) for number, lines in enumerate(told)]
    monkeypatch.setattr("intake.papers.pages", lambda *_: pages)
    file = tmp_path / "papers.pdf"
    file.write_bytes(b"%PDF-1.4")
    found = read_papers(file, aid, no_engine)
    assert [(one.kind, one.origin.pages) for one in found] == [
        ("hospital", (1, 2)),
        ("invoice", (3,)),
        (None, (4,)),
    ]
    assert found[0].facts["date"].value == "2010-03-12"
