from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given as example
from hypothesis import strategies as st

from records import kinds
from records.editions import BUILT_IN, load_editions
from records.eligibility import Judgement, Verdict, asks, judge
from records.errors import Refused
from records.forms import Edition
from records.values import Value

YES, NO, OPEN = Verdict.YES, Verdict.NO, Verdict.UNDETERMINED
OLD, NEW = (load_editions()[key] for key in ("shaoxing-2010", "henan-2016"))

URBAN: dict[str, Value] = {
    "hardship_category": "低保边缘户",
    "identity": "在岗",
    "health": "良好",
    "household_type": "非农业",
    "registered_region": "浙江省绍兴市越城区",
    "household_annual_income": Decimal(17280),  # 480 a head and month
    "household_size": Decimal(3),
    "causes": ("子女上学",),
}


def old(name: str, changes: Mapping[str, Value] = {}, **given: Value) -> Judgement:
    """One judgement of 2010 on the urban household with changes."""
    return next(one for one in judge(OLD, URBAN | dict(changes), given) if one.name == name)


def told(judgement: Judgement) -> list[str]:
    return [reason.facts["condition"] for reason in judgement.reasons]


# --- who is surveyed -------------------------------------------------------------------------------


@pytest.mark.parametrize("identity", ["在岗", "下（待）岗", "病休", "内退", "农民工"])
def test_people_in_service_are_surveyed(identity: str) -> None:
    assert old("survey", {"identity": identity}).verdict is YES


@pytest.mark.parametrize("identity", ["退休", "离休"])
def test_pensioners_are_not(identity: str) -> None:
    judgement = old("survey", {"identity": identity})
    assert judgement.verdict is NO
    assert "in_service" in told(judgement)


@pytest.mark.parametrize(
    ("released", "verdict"),
    [(None, OPEN), ("2009-12-31", NO), ("2010-01-01", YES), ("2010", YES), ("2009-12", NO)],
)
def test_the_unemployed_are_surveyed_when_released_since_new_year(released: Value, verdict: Verdict) -> None:
    given = {} if released is None else {"released_on": released}
    assert old("survey", {"identity": "失（无）业"}, **given).verdict is verdict


@pytest.mark.parametrize(
    ("since", "filled", "verdict"),
    [
        (None, None, OPEN),
        ("2009-12-10", None, YES),
        ("2009-12-11", None, NO),
        ("2009-12", None, OPEN),
        ("2009-10-01", "2010-10-01", YES),
        ("2009-10-02", "2010-10-01", NO),
    ],
)
def test_outsiders_need_a_full_year_with_the_enterprise(
    since: Value, filled: Value, verdict: Verdict
) -> None:
    given = {key: day for key, day in (("employer_since", since), ("filled_on", filled)) if day}
    assert old("survey", {"registered_region": "安徽省阜阳市"}, **given).verdict is verdict


def test_what_is_missing_is_asked_by_its_label() -> None:
    judgement = old("survey", {"identity": "失（无）业"})
    (reason,) = judgement.reasons
    assert reason.code == "condition_unknown"
    assert reason.facts["ask"] == "劳动关系处置（终止、解除）日期"


# --- who is filed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("income", "verdict"), [(17280, YES), (17281, NO), (17244, YES)])
def test_120_percent_of_the_dibao_line_is_within(income: int, verdict: Verdict) -> None:
    judgement = old("archive", {"household_annual_income": Decimal(income)})
    assert judgement.verdict is verdict
    if verdict is NO:
        limit = next(one for one in judgement.reasons if one.facts["condition"] == "income_within_limit")
        assert (limit.facts["have"], limit.facts["limit"]) == ("480.03", "480")


def test_a_household_on_the_dibao_is_filed_whatever_its_income_and_cause() -> None:
    rich: dict[str, Value] = {"hardship_category": "低保户", "household_annual_income": Decimal(99999)}
    assert old("archive", rich | {"causes": ("其他",)}).verdict is YES


def test_by_the_other_reading_the_dibao_wants_a_cause_too() -> None:
    on_dibao: dict[str, Value] = {"hardship_category": "低保户", "causes": ("其他",)}
    assert old("archive", on_dibao, A2="both").verdict is OPEN
    assert old("archive", {"hardship_category": "低保户"}, A2="both").verdict is YES


@pytest.mark.parametrize("changes", [{"registered_region": "浙江省诸暨市"}, {"household_type": "农业"}])
def test_the_line_of_another_region_is_asked_for(changes: dict[str, Value]) -> None:
    judgement = old("archive", changes)
    assert judgement.verdict is OPEN
    assert [reason.facts["ask"] for reason in judgement.reasons] == ["当地最低生活保障标准（元/人·月）"]
    assert old("archive", changes, dibao=Decimal(400)).verdict is YES
    assert old("archive", changes, dibao=Decimal(399)).verdict is NO


def test_an_unlisted_cause_is_for_people_to_judge() -> None:
    judgement = old("archive", {"causes": ("其他",)})
    assert (judgement.verdict, told(judgement)) == (OPEN, ["cause_listed"])


def test_the_income_a_head_as_written_stands_in_for_a_missing_total() -> None:
    written: dict[str, Value] = {"household_annual_income": None, "income_per_capita_year": Decimal(5760)}
    assert old("archive", written).verdict is YES
    assert old("archive", {"household_annual_income": None}).verdict is OPEN
    assert old("archive", {"household_size": Decimal(0)}).verdict is OPEN


# --- who is reported to the city -------------------------------------------------------------------


def test_only_units_directly_under_the_city_report() -> None:
    assert old("report_city").verdict is OPEN
    assert old("report_city", city_direct="否").verdict is NO
    assert old("report_city", city_direct="是").verdict is YES


def test_the_two_readings_of_the_persons_above_differ_and_are_both_told() -> None:
    rural: dict[str, Value] = {"registered_region": "浙江省诸暨市"}
    given: dict[str, Value] = {"city_direct": "是", "dibao": Decimal(300)}
    assert old("report_city", rural, **given).verdict is YES
    assert old("report_city_narrow", rural, **given).verdict is NO
    assert old("report_city", rural, **given, A4="archived").verdict is NO


def test_the_living_income_that_is_given_goes_before_the_computed_one() -> None:
    assert old("report_city", city_direct="是", living_income=Decimal("480.01")).verdict is NO
    assert old("report_city", city_direct="是", living_income=Decimal(480)).verdict is YES


@pytest.mark.parametrize(("cost", "verdict"), [("10000", NO), ("10000.01", YES)])
def test_costs_must_exceed_half_of_the_income(cost: str, verdict: Verdict) -> None:
    better_off: dict[str, Value] = {
        "household_annual_income": Decimal(20000),
        "causes": ("供养直系亲属大病",),
    }
    given: dict[str, Value] = {"city_direct": "是", "living_hard": "是", "family_medical_own": Decimal(cost)}
    assert old("report_city", better_off, **given).verdict is verdict


# --- medical aid -----------------------------------------------------------------------------------

ILL: dict[str, Value] = {"health": "癌症", "causes": ("本人大病",)}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({}, OPEN),
        ({"worker_medical_own": Decimal(50000)}, YES),
        ({"worker_medical_own": Decimal("49999.99")}, NO),
        ({"worker_medical_gross": Decimal(60000)}, OPEN),
        ({"worker_medical_gross": Decimal(49999)}, NO),
        ({"worker_medical_gross": Decimal(60000), "A6": "gross"}, YES),
        ({"worker_medical_gross": Decimal(60000), "worker_medical_own": Decimal(40000)}, NO),
    ],
)
def test_medical_aid_begins_at_fifty_thousand_of_ones_own(given: dict[str, Value], verdict: Verdict) -> None:
    assert old("medical", ILL, **given).verdict is verdict


def test_a_diagnosis_alone_is_only_a_hint() -> None:
    hinted: dict[str, Value] = {"health": "癌症"}
    judgement = old("medical", hinted, worker_medical_own=Decimal(60000))
    assert (judgement.verdict, told(judgement)) == (OPEN, ["worker_ill_told"])
    assert judgement.reasons[0].facts["have"] == "癌症"
    assert old("medical", hinted, worker_medical_own=Decimal(60000), worker_ill="是").verdict is YES
    assert old("medical", worker_medical_own=Decimal(60000)).verdict is NO


def test_a_relatives_illness_counts_by_the_other_reading_only() -> None:
    relative: dict[str, Value] = {"causes": ("供养直系亲属大病",)}
    assert old("medical", relative, worker_medical_own=Decimal(60000)).verdict is NO
    assert old("medical", relative, worker_medical_own=Decimal(60000), A7="family").verdict is YES


def test_hardship_beyond_the_archive_is_for_people_to_judge() -> None:
    better_off = ILL | {"household_annual_income": Decimal(40000)}
    assert old("medical", better_off, worker_medical_own=Decimal(60000)).verdict is OPEN
    assert old("medical", better_off, worker_medical_own=Decimal(60000), living_hard="是").verdict is YES
    assert old("medical", better_off, worker_medical_own=Decimal(60000), living_hard="否").verdict is NO


def test_all_papers_of_medical_aid_must_be_there() -> None:
    papers: dict[str, Value] = {
        f"paper_{name}": "是" for name in ("application", "archive", "treatment", "invoices")
    }
    assert old("medical_papers", **papers).verdict is YES
    missing = old("medical_papers", **papers | {"paper_invoices": "否"})
    assert (missing.verdict, told(missing)) == (NO, ["paper_invoices"])


def test_the_last_day_is_in_time_unless_read_otherwise() -> None:
    assert old("in_time", filled_on="2010-12-10").verdict is YES
    assert old("in_time", filled_on="2010-12-11").verdict is NO
    assert old("in_time", filled_on="2010-12-10", A11="exclusive").verdict is NO
    assert old("in_time", filled_on="2010-12").verdict is OPEN


def test_every_ambiguity_of_the_notice_is_shown_in_some_judgement() -> None:
    shown = {reason.facts["name"] for one in judge(OLD, URBAN) for reason in one.assumptions}
    assert shown >= {f"A{number}" for number in range(1, 14)}
    texts = [reason.facts["text"] for one in judge(OLD, URBAN) for reason in one.assumptions]
    assert all(texts)


def test_a_judgement_says_which_reading_it_took() -> None:
    readings = {reason.facts["name"]: reason.facts for reason in old("archive", A2="both").assumptions}
    assert readings["A2"]["choice"] == "both"
    assert "同样适用" in readings["A2"]["text"]


# --- 2016: no threshold ----------------------------------------------------------------------------

POOR: dict[str, Value] = {
    "household_annual_income": Decimal(12000),
    "household_size": Decimal(2),
    "primary_cause": "患重特大疾病",
}


def test_the_later_notice_has_no_threshold_and_none_is_invented() -> None:
    target = next(one for one in judge(NEW, POOR) if one.name == "target")
    assert target.verdict is OPEN
    assert "由本单位" in target.reasons[0].facts["ask"]
    assert NEW.eligibility["parameters"] == {}


@pytest.mark.parametrize(("limit", "verdict"), [(499, NO), (500, YES)])
def test_a_units_own_threshold_is_data(tmp_path: Path, limit: int, verdict: Verdict) -> None:
    data = (BUILT_IN / NEW.key / "edition.toml").read_text(encoding="utf-8")
    own = data.replace(
        "\n[eligibility.parameters]\n", f"\n[eligibility.parameters]\nper_head_limit = {limit}\n"
    )
    (tmp_path / NEW.key).mkdir()
    (tmp_path / NEW.key / "edition.toml").write_text(own, encoding="utf-8")
    target = next(one for one in judge(load_editions(tmp_path)[NEW.key], POOR) if one.name == "target")
    assert target.verdict is verdict


def test_filing_wants_application_publication_and_approval() -> None:
    def filing(**given: Value) -> Verdict:
        return next(one.verdict for one in judge(NEW, POOR, given) if one.name == "filing")

    assert filing(applied="是", publicised="是") is OPEN
    assert filing(applied="是", publicised="是", approved="是") is YES
    assert filing(publicised="否") is NO


def test_the_later_national_definition_is_off_until_asked_for() -> None:
    assert "national_definition" not in [one.name for one in judge(NEW, POOR)]


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({}, OPEN),
        ({"dibao": Decimal(400)}, YES),  # 500 is within 1.5 times, with an illness
        ({"dibao": Decimal(300)}, YES),  # within 3 times, with a grave illness
        ({"dibao": Decimal(150)}, NO),
    ],
)
def test_the_national_definition_weighs_income_against_multiples_of_the_dibao(
    given: dict[str, Value], verdict: Verdict
) -> None:
    judged = judge(NEW, POOR, given, presets=["national_definition"])
    assert next(one.verdict for one in judged if one.name == "national_definition") is verdict


def test_below_the_dibao_the_national_definition_turns_on_aid() -> None:
    healthy = POOR | {"primary_cause": "下岗失业", "health": "良好", "single_parent": "否"}

    def national(**given: Value) -> Verdict:
        judged = judge(NEW, healthy, given | {"dibao": Decimal(600)}, presets=["national_definition"])
        return next(one.verdict for one in judged if one.name == "national_definition")

    assert national(government_aid="否", six_months="是") is YES
    assert national(government_aid="是", still_hard="是") is YES
    assert national(government_aid="是", still_hard="否") is NO
    assert national(government_aid="是") is OPEN


# --- answers ---------------------------------------------------------------------------------------


def test_answers_may_be_given_as_text() -> None:
    rural: dict[str, Value] = {"registered_region": "浙江省诸暨市"}
    assert old("archive", rural, dibao="400元").verdict is YES
    assert old("survey", {"identity": "失（无）业"}, released_on="2010年3月").verdict is YES


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"flown": "是"}, "no_such_ask"),
        ({"dibao": "不清楚"}, "ask_unreadable"),
        ({"city_direct": "也许"}, "ask_unreadable"),
        ({"city_direct": Decimal(1)}, "ask_unreadable"),
        ({"A2": "sometimes"}, "no_such_reading"),
        ({"A1": "sometimes"}, "no_such_reading"),
    ],
)
def test_answers_that_mean_nothing_are_refused(given: dict[str, Value], code: str) -> None:
    with pytest.raises(Refused) as refused:
        judge(OLD, URBAN, given)
    assert refused.value.code == code


@pytest.mark.parametrize("edition", [OLD, NEW], ids=lambda edition: edition.key)
def test_every_ask_has_a_label_and_answers_that_are_read_back(edition: Edition) -> None:
    answers: dict[str, Value] = {"choice": "是", "money": Decimal(400), "date": "2010-12-10"}
    for ask in asks(edition):
        shown = kinds.show(answers[ask.kind], ask)
        assert ask.label
        assert kinds.parse(shown, ask).value == answers[ask.kind]


def test_an_edition_without_eligibility_judges_nothing(tmp_path: Path) -> None:
    (tmp_path / "third").mkdir()
    data = 'title = "表"\nnotice = "虚构"\ndated = "2020-01-01"\n'
    data += '[[fields]]\nkey = "a"\nlabel = "甲"\nkind = "text"\n'
    (tmp_path / "third" / "edition.toml").write_text(data, encoding="utf-8")
    assert judge(load_editions(tmp_path)["third"], {"a": "乙"}) == ()


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "hardship_category": st.sampled_from(["低保户", "低保边缘户"]),
        "identity": st.sampled_from(["在岗", "失（无）业", "退休"]),
        "health": st.sampled_from(["一般疾病", "癌症"]),
        "registered_region": st.sampled_from(["诸暨市", "阜阳市"]),
        "household_type": st.just("非农业"),
        "household_annual_income": st.sampled_from([Decimal(10000), Decimal(30000)]),
        "household_size": st.just(Decimal(3)),
        "causes": st.sampled_from([("其他",), ("本人大病",), ("子女上学",)]),
    },
)
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "city_direct": st.sampled_from(["是", "否"]),
        "living_hard": st.sampled_from(["是", "否"]),
        "worker_ill": st.sampled_from(["是", "否"]),
        "dibao": st.sampled_from([Decimal(200), Decimal(500)]),
        "released_on": st.sampled_from(["2009-05-01", "2010-05-01"]),
        "employer_since": st.sampled_from(["2005-05-01", "2010-05-01"]),
        "worker_medical_own": st.sampled_from([Decimal(100), Decimal(60000)]),
    },
)


@example(VALUES, GIVEN, st.data())
def test_what_is_settled_stays_so_when_more_is_known(
    values: dict[str, Value], given: dict[str, Value], data: st.DataObject
) -> None:
    more = given | data.draw(GIVEN.map(lambda told: {key: told[key] for key in told if key not in given}))
    for before, after in zip(judge(OLD, values, given), judge(OLD, values, more), strict=True):
        assert before.verdict is OPEN or after.verdict is before.verdict
        assert after.reasons
        if after.verdict is OPEN:
            assert all(reason.facts["ask"] for reason in after.reasons)
