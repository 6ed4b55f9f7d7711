from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from records import kinds
from records.archive import Record
from records.assessing import Assessment, assess
from records.drafts import Origin
from records.editions import BUILT_IN, load_editions
from records.errors import EditionError, Refused
from records.medical import MedicalCase, Paper, Twin, add_paper, change_paper, drop_paper
from records.medical_aid import medical_aid
from records.values import Value
from records.verdicts import Verdict

EDITION = load_editions()["shaoxing-2010"]
AID = medical_aid(EDITION)
NO, OPEN, YES = Verdict.NO, Verdict.UNDETERMINED, Verdict.YES
THEN = datetime(2010, 12, 1, tzinfo=UTC)
VALUES: dict[str, Value] = {
    "name": "王小明",
    "id_number": "330602196501010012",
    "hardship_category": "低保边缘户",
    "identity": "在岗",
    "household_type": "非农业",
    "registered_region": "浙江省绍兴市越城区",
    "household_annual_income": Decimal(17280),
    "household_size": Decimal(3),
    "causes": ("本人大病",),
    "family.0.name": "李芳",
    "family.0.id_number": "330602196605050027",
}
RECORD = Record(1, EDITION.key, MappingProxyType(VALUES), THEN, THEN, 1)
SHAS = iter(f"{number:064x}" for number in range(10**6))


def bill(number: str, own: int, **facts: Value) -> dict[str, Value]:
    told: dict[str, Value] = {
        "name": "王小明",
        "date": "2010-05-06",
        "hospital": "稽山医院",
        "invoice_number": number,
        "total": Decimal(own + 1000),
        "reimbursed": Decimal(1000),
        "own": Decimal(own),
        "original": "yes",
        "copy": "yes",
        "scans": (next(SHAS),),
    }
    return told | facts


def a_case() -> MedicalCase:
    """A case in which nothing is missing: the invoices are papers 4 and 5."""
    case = MedicalCase(1, 2010, "肝癌", "补助1500元", number=1)
    seen: dict[str, Value] = {"name": "王小明", "original": "yes", "date": "2010-12-01"}
    case = add_paper(case, "application", {**seen, "seals": ("unit",), "scans": (next(SHAS),)})
    form = {**seen, "id_number": "330602196501010012", "seals": ("union", "superior")}
    case = add_paper(case, "form", {**form, "scans": (next(SHAS),)})
    treated = {"name": "王小明", "date": "2010-05-01", "hospital": "稽山医院", "scans": (next(SHAS),)}
    case = add_paper(case, "hospital", treated)
    case = add_paper(case, "invoice", bill("0001", 30000))
    return add_paper(case, "invoice", bill("0002", 20000, date="2010-06-07"))


def told(case: MedicalCase, *twins: Twin, **given: Value) -> Assessment:
    return assess(EDITION, RECORD, case, twins, given)


def wrong(case: MedicalCase, *twins: Twin) -> list[tuple[str, Verdict, tuple[int, ...]]]:
    """What stands against the case's completeness."""
    remarks = told(case, *twins).every_remark
    return [(one.reason.code, one.verdict, one.papers) for one in remarks if one.verdict is not YES]


def judged(assessment: Assessment) -> Mapping[str, Verdict]:
    return {one.name: one.verdict for one in assessment.judgements}


def test_a_case_with_every_paper_is_complete_and_answers_every_question() -> None:
    assessment = told(a_case())
    assert wrong(a_case()) == []
    assert (assessment.verdict, assessment.complete) == (YES, True)
    assert (assessment.worker.own.known, assessment.worker.own.exact) == (50000, True)
    assert (assessment.worker.total.known, assessment.worker.counted) == (52000, (4, 5))
    assert judged(assessment) == {
        "medical": YES,
        "medical_illness": YES,
        "medical_cost": YES,
        "medical_hardship": YES,
        "medical_papers": YES,
        "report_city": OPEN,  # nobody has said whether the unit is the city's own
        "medical_half": YES,
        "medical_480": YES,
    }
    assumed = {reason.facts["name"] for one in assessment.judgements for reason in one.assumptions}
    assert {"A5", "A6", "A7", "A8", "A9", "A10", "A12"} <= assumed


def test_an_empty_case_names_every_paper() -> None:
    assessment = told(MedicalCase(1, 2010, "肝癌"))
    missing = [(line.asked.kind, line.paper, line.verdict) for line in assessment.lines]
    assert missing == [
        ("application", None, NO),
        ("form", None, NO),
        ("hospital", None, NO),
        ("invoice", None, NO),
    ]
    assert not assessment.complete
    assert judged(assessment)["medical_papers"] is NO
    assert judged(assessment)["medical_cost"] is OPEN


@pytest.mark.parametrize("number", [1, 2, 3])
def test_without_one_paper_a_case_is_not_complete(number: int) -> None:
    assert [(code, verdict) for code, verdict, _ in wrong(drop_paper(a_case(), number))] == [
        ("paper_missing", NO)
    ]


@pytest.mark.parametrize(
    ("number", "facts", "expected"),
    [
        (1, {"seals": None}, ("seal_not_seen", NO)),
        (2, {"seals": ("union",)}, ("seal_not_seen", NO)),
        (1, {"original": "no"}, ("original_missing", NO)),
        (4, {"original": None}, ("original_unseen", OPEN)),
        (4, {"copy": "no"}, ("copy_missing", NO)),
        (4, {"copy": None}, ("copy_unseen", OPEN)),
        (3, {"scans": None}, ("paper_without_scan", NO)),
        (3, {"hospital": None}, ("paper_lacks", OPEN)),
        (4, {"invoice_number": None}, ("paper_lacks", OPEN)),
        (4, {"name": None}, ("paper_lacks", OPEN)),
        (4, {"name": "张三"}, ("paper_of_other", NO)),
        (4, {"name": "李芳"}, ("paper_of_member", NO)),
        (2, {"id_number": "330602196605050027"}, ("paper_of_other_id", NO)),
        (4, {"total": Decimal(40000)}, ("invoice_sum_differs", NO)),
        (4, {"own": None, "reimbursed": Decimal(99999)}, ("invoice_part_over_total", NO)),
        (4, {"date": "2009-12-31"}, ("paper_outside_year", NO)),
        (4, {"date": "2011-01-01"}, ("paper_outside_year", NO)),
        (4, {"invoice_number": "0002"}, ("invoice_twice", NO)),
        (4, {"invoice_number": "0002", "hospital": "镜湖医院"}, ("invoice_number_shared", OPEN)),
    ],
)
def test_one_thing_wrong_is_the_one_thing_said(
    number: int, facts: dict[str, Value], expected: tuple[str, Verdict]
) -> None:
    case = change_paper(a_case(), number, facts)
    assert [(code, verdict) for code, verdict, _ in wrong(case)] == [expected]
    assert told(case).verdict is expected[1]


def test_the_old_id_number_is_the_same_person() -> None:
    assert wrong(change_paper(a_case(), 2, {"id_number": "330602650101001"})) == []


def test_the_unit_s_help_must_be_told() -> None:
    assert [code for code, _, _ in wrong(replace(a_case(), help=None))] == ["help_not_told"]


def test_a_case_of_another_year_or_without_an_illness_is_said() -> None:
    assert [code for code, _, _ in wrong(replace(a_case(), year=2011))] == ["case_of_other_year"]
    assert wrong(replace(a_case(), illness=None)) == [("illness_not_told", OPEN, ())]


def test_an_invoice_behind_the_deadline_is_said_and_counts() -> None:
    assessment = told(change_paper(a_case(), 5, {"date": "2010-12-15"}))
    assert [one.reason.code for one in assessment.every_remark if one.papers] == ["paper_after_deadline"]
    assert (assessment.complete, assessment.worker.own.known) == (True, 50000)


@pytest.mark.parametrize(("date", "open_"), [("2010-12", False), ("2010", False)])
def test_a_date_without_its_day_is_inside_the_year_when_all_of_it_is(date: str, open_: bool) -> None:
    codes = [code for code, _, _ in wrong(change_paper(a_case(), 5, {"date": date}))]
    assert ("paper_date_open" in codes) is open_


def test_what_does_not_count_is_left_out_of_the_sums() -> None:
    outside = told(change_paper(a_case(), 5, {"date": "2009-06-07"}))
    assert (outside.worker.own.known, outside.worker.own.exact) == (30000, True)
    assert judged(outside)["medical_cost"] is NO
    twice = told(change_paper(a_case(), 5, {"invoice_number": "0001"}))
    assert (twice.worker.counted, twice.worker.own.exact) == ((4,), True)
    others = told(change_paper(a_case(), 5, {"name": "李芳"}))
    assert (others.worker.own.known, others.household.own.known) == (30000, 50000)


def test_an_unknown_figure_leaves_the_cost_open_unless_the_rest_is_enough() -> None:
    unknown: dict[str, Value] = {"own": None, "reimbursed": None}
    short = told(change_paper(a_case(), 5, unknown))
    assert (short.worker.own.known, short.worker.own.exact) == (30000, False)
    assert judged(short)["medical_cost"] is OPEN
    more = add_paper(change_paper(a_case(), 5, unknown), "invoice", bill("0003", 20000, date="2010-08-09"))
    assert judged(told(more))["medical_cost"] is YES


def test_one_s_own_part_may_follow_from_the_others_and_is_said_to() -> None:
    assessment = told(change_paper(a_case(), 5, {"own": None}))
    assert assessment.complete
    assert [one.reason.code for one in assessment.every_remark if one.papers] == ["invoice_own_computed"]
    assert assessment.worker.own.known == 50000


def test_half_the_income_is_open_while_the_family_s_other_costs_are_unknown() -> None:
    little = change_paper(a_case(), 4, {"own": Decimal(8000), "total": Decimal(9000)})
    little = change_paper(little, 5, {"own": Decimal(640), "total": Decimal(1640)})
    assert judged(told(little))["medical_half"] is OPEN  # 8640 is half of 17280, not more
    assert judged(told(little, family_medical_own=Decimal(8640)))["medical_half"] is NO
    enough = change_paper(little, 5, {"own": Decimal("640.01"), "total": Decimal("1640.01")})
    assert judged(told(enough))["medical_half"] is YES


def test_what_is_given_wins_over_what_the_case_holds() -> None:
    case = replace(a_case(), given={"city_direct": "是", "A6": "gross"})
    assert judged(told(case))["report_city"] is YES
    assert judged(told(case, city_direct="否"))["report_city"] is NO


def test_the_same_day_hospital_and_sum_is_worth_a_look() -> None:
    alike = change_paper(a_case(), 5, {"date": "2010-05-06", "own": Decimal(30000), "total": Decimal(31000)})
    assert wrong(alike) == []
    assert [one.reason.code for one in told(alike).every_remark if one.papers] == ["invoice_alike"]
    numberless = change_paper(alike, 5, {"invoice_number": None})
    assert ("invoice_alike", OPEN, (5,)) in wrong(numberless)
    assert told(numberless).worker.counted == (4,)


def test_the_same_invoice_in_another_case_counts_nowhere_for_certain() -> None:
    other = Paper(7, "invoice", hospital="稽山医院")
    other = replace(other, invoice=replace(other.invoice, number="0001"))
    assessment = told(a_case(), Twin("invoice", 4, 8, 2, other))
    assert wrong(a_case(), Twin("invoice", 4, 8, 2, other)) == [("invoice_elsewhere", NO, (4,))]
    assert (assessment.worker.counted, assessment.worker.own.exact) == ((5,), False)
    scan = Twin("scan", 3, 8, 2, replace(other, scans=(Origin("", "ab" * 32, ()),)))
    assert wrong(a_case(), scan) == [("scan_elsewhere", NO, (3,))]


def test_one_scan_for_two_papers_is_said() -> None:
    case = a_case()
    shared: Value = (case.paper(4).scans[0].sha256,)
    same = change_paper(case, 5, {"scans": shared, "invoice_number": None})
    assert ("scan_twice", NO, (5,)) in wrong(same)
    assert 5 not in told(same).worker.counted


def test_two_invoices_pasted_on_one_sheet_count_both_and_it_is_said() -> None:
    case = a_case()
    shared: Value = (case.paper(4).scans[0].sha256,)
    pasted = change_paper(case, 5, {"scans": shared})
    assert wrong(pasted) == []
    assert told(pasted).worker.counted == (4, 5)
    said = [(one.reason.code, one.verdict) for one in told(pasted).every_remark if one.papers == (5,)]
    assert ("scan_shared", YES) in said


def test_a_notice_without_medical_aid_has_no_cases() -> None:
    with pytest.raises(Refused, match="no_medical_aid"):
        medical_aid(load_editions()["henan-2016"])


# --- what the edition asks


@pytest.mark.parametrize("name", ["invoice", "医疗支出发票", "发票"])
def test_a_kind_of_paper_goes_by_its_names(name: str) -> None:
    assert AID.asked(name).kind == "invoice"


def test_what_is_unknown_is_refused_with_what_is_known() -> None:
    for asked in (AID.asked, AID.seal):
        with pytest.raises(Refused) as refusal:
            asked("无")
        assert refusal.value.facts["known"]
    with pytest.raises(Refused, match="no_such_fact"):
        AID.read("colour", "red")


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("total", "伍万元整", Decimal(50000)),
        ("own", "壹万贰仟叁佰肆拾伍元陆角柒分", Decimal("12345.67")),
        ("reimbursed", "￥1,234.50", Decimal("1234.5")),
        ("date", "2010年3月5日", "2010-03-05"),
        ("invoice_number", "００３１４５", "003145"),
    ],
)
def test_facts_are_read_as_clerks_write_them(fact: str, text: str, value: Value) -> None:
    assert AID.read(fact, text) == value


@pytest.mark.parametrize(("fact", "text"), [("total", "很多"), ("date", "去年"), ("id_number", "123")])
def test_what_cannot_be_read_is_refused(fact: str, text: str) -> None:
    with pytest.raises(Refused, match="fact_unreadable"):
        AID.read(fact, text)


def test_every_fact_has_a_kind_that_shows_it() -> None:
    assert all(kinds.show("2010-01-01", field) for field in AID.fields if field.kind == "date")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('seals = ["unit"]', 'seals = ["postman"]'),
        ('ask = "paper_invoices"', 'ask = "paper_stamps"'),
        ('worker_medical_own = "worker.own"', 'worker_medical_own = "worker.guess"'),
        ('deadline = "2010-12-10"', 'deadline = "2010-12-40"'),
        ('"medical", "medical_illness"', '"medical", "medical_luck"'),
    ],
)
def test_wrong_data_of_an_edition_is_told(tmp_path: Path, old: str, new: str) -> None:
    text = (BUILT_IN / EDITION.key / "edition.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / EDITION.key).mkdir()
    (tmp_path / EDITION.key / "edition.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(EditionError):
        load_editions(tmp_path)


# --- the bundled case

SAMPLE = Path(__file__).resolve().parents[2] / "scans" / "samples" / "medical"


def test_the_bundled_case_lacks_one_original_and_nothing_else() -> None:
    told: dict[str, Any] = json.loads((SAMPLE / "case.json").read_text(encoding="utf-8"))
    kinds_ = [paper["kind"] for paper in told["papers"]]
    assert (kinds_.count("hospital"), kinds_.count("invoice")) == (2, 7)
    assert [paper["original"] for paper in told["papers"]].count(False) == 1
    assert all((SAMPLE / name).is_file() for paper in told["papers"] for name in paper["files"])
