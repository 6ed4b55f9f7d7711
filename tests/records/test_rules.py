from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import identity
from records.editions import load_editions
from records.findings import Finding, Severity
from records.forms import Edition
from records.rules import RULES, findings
from records.values import Value, from_plain, row_path

EDITIONS = load_editions()
TODAY = date(2020, 1, 1)
SAMPLES = sorted((Path(__file__).parents[2] / "scans" / "samples").glob("*.json"))


def number(region: str, born: str, sequence: str) -> str:
    body = f"{region}{born.replace('-', '')}{sequence}"
    return body + identity.check_digit(body)


def flat(edition: Edition, fields: Mapping[str, object]) -> dict[str, Value]:
    """A record of an exchange file as values by path."""
    values: dict[str, Value] = {}
    for key, value in fields.items():
        if not edition.field(key).is_rows:
            values[key] = from_plain(value)
            continue
        for index, row in enumerate(value):  # type: ignore[arg-type,var-annotated]
            values |= {row_path(key, index, column): from_plain(cell) for column, cell in row.items()}
    return values


WORKER = {
    "worker_no": "4100000001",
    "hardship_category": "低保户",
    "name": "王试样",
    "ethnicity": "汉族",
    "gender": "男",
    "political_status": "群众",
    "birth_date": "1970-05-01",
    "health": "一般疾病",
    "model_worker": "非劳模",
    "housing_type": "租房",
    "work_start": "1990-08",
    "industry": "教育",
    "marital_status": "已婚",
    "household_type": "非农业",
    "address": "试样路1号",
    "employer": "试样厂",
    "single_parent": "否",
    "zero_employment": "否",
    "monthly_income": 500,
    "household_size": 3,
}


def members(region: str) -> list[dict[str, object]]:
    wife = {
        "name": "李试样",
        "relation": "妻子",
        "gender": "女",
        "birth_date": "1972-03-04",
        "health": "良好",
    }
    son = {"name": "王小样", "relation": "儿子", "gender": "男", "birth_date": "1999-09-09", "health": "良好"}
    wife |= {"id_number": number(region, "1972-03-04", "002"), "monthly_income": 300, "identity": "在岗"}
    son |= {"id_number": number(region, "1999-09-09", "013"), "monthly_income": 0, "identity": "高中"}
    return [wife, son]


@pytest.fixture
def old() -> tuple[Edition, dict[str, Value]]:
    """A household of 2010 with nothing to find."""
    wife, son = members("330602")
    edition = EDITIONS["shaoxing-2010"]
    return edition, flat(
        edition,
        WORKER
        | {
            "id_number": number("330602", "1970-05-01", "011"),
            "phone": "0575-85200000",
            "postcode": "312000",
            "registered_region": "浙江省绍兴市越城区",
            "identity": "在岗",
            "household_annual_income": 9600,
            "income_per_capita_year": 3200,
            "causes": ["子女上学"],
            "family": [wife, son | {"identity": "初中"}],
        },
    )


@pytest.fixture
def new() -> tuple[Edition, dict[str, Value]]:
    """A household of 2016 with nothing to find."""
    edition = EDITIONS["henan-2016"]
    return edition, flat(
        edition,
        WORKER
        | {
            "id_number": number("410105", "1970-05-01", "011"),
            "mobile": "13800138000",
            "postcode": "450000",
            "registered_region": "河南省郑州市金水区",
            "work_status": "在岗",
            "medical_insurance": "职工医保",
            "other_annual_income": 400,
            "household_annual_income": 10000,
            "income_per_capita_month": 277.78,
            "family": members("410105"),
            "primary_cause": "子女上学",
            "secondary_causes": ["下岗失业"],
            "is_target": "是",
            "determined_on": "2016-08-08",
            "key_groups": ["支出性生活困难"],
            "filed_by": "赵试样",
            "reviewed_by": "钱试样",
        },
    )


def rules(found: tuple[Finding, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.rule, finding.paths) for finding in found]


def changed(form: tuple[Edition, dict[str, Value]], changes: Mapping[str, object]) -> tuple[Finding, ...]:
    edition, values = form
    return findings(edition, values | {path: from_plain(value) for path, value in changes.items()}, TODAY)


def test_a_sound_household_has_no_findings(
    old: tuple[Edition, dict[str, Value]], new: tuple[Edition, dict[str, Value]]
) -> None:
    assert changed(old, {}) == ()
    assert changed(new, {}) == ()


NEW_BREACHES: list[tuple[str, dict[str, object], tuple[str, ...]]] = [
    ("required", {"reviewed_by": None}, ("reviewed_by",)),
    ("required", {"primary_cause": None}, ("primary_cause",)),
    ("required", {"family.1.relation": None}, ("family.1.relation",)),
    ("birth_matches_id", {"birth_date": "1970-05-02"}, ("birth_date", "id_number")),
    ("birth_matches_id", {"family.0.birth_date": "1972-04"}, ("family.0.birth_date", "family.0.id_number")),
    (
        "sex_matches_id",
        {"family.1.gender": "女", "family.1.relation": "女儿"},
        ("family.1.gender", "family.1.id_number"),
    ),
    ("id_upgrade", {"id_number": "410105700501011"}, ("id_number",)),
    (
        "ids_distinct",
        {"family.0.id_number": number("410105", "1999-09-09", "013")}
        | {"family.0.birth_date": None, "family.0.gender": None},
        ("family.1.id_number", "family.0.id_number"),
    ),
    ("region_matches_id", {"registered_region": "河南省洛阳市老城区"}, ("registered_region", "id_number")),
    (
        "income_per_head_month",
        {"income_per_capita_month": 300},
        ("income_per_capita_month", "household_annual_income", "household_size"),
    ),
    ("annual_income_plausible", {"other_annual_income": 5000}, ("household_annual_income", "monthly_income")),
    (
        "household_size_matches_rows",
        {"household_size": 5, "income_per_capita_month": None},
        ("household_size",),
    ),
    ("at_least", {"household_size": 0, "income_per_capita_month": None}, ("household_size",)),
    (
        "zero_employment_consistent",
        {"zero_employment": "是", "work_status": "失业"},
        ("zero_employment", "family.0.identity"),
    ),
    ("disability_consistent", {"health": "残疾"}, ("disability", "health")),
    ("disability_consistent", {"disability": "肢体二级"}, ("disability", "health")),
    (
        "card_of_bank",
        {"bank_name": "中国建设银行", "bank_card": "6228480402564890018"},
        ("bank_card", "bank_name"),
    ),
    ("single_parent_no_spouse", {"single_parent": "是"}, ("single_parent", "family.0.relation")),
    ("spouse_fits_marital_status", {"marital_status": "离异"}, ("marital_status", "family.0.relation")),
    ("gender_fits_relation", {"family.1.relation": "女儿"}, ("family.1.relation", "family.1.gender")),
    (
        "age_fits_relation",
        {"family.0.relation": "母亲"},
        ("family.0.relation", "family.0.birth_date", "birth_date"),
    ),
    ("age_fits_schooling", {"family.1.identity": "小学"}, ("family.1.identity", "family.1.birth_date")),
    ("work_start_age", {"work_start": "1980-01"}, ("work_start", "birth_date")),
    ("secondary_repeats_primary", {"secondary_causes": ["子女上学"]}, ("secondary_causes", "primary_cause")),
    ("only_when", {"is_target": "否", "determined_on": None}, ("key_groups", "is_target")),
    ("wanted_when", {"determined_on": None}, ("determined_on", "is_target")),
    ("wanted_when", {"key_groups": None}, ("key_groups", "measures", "action_plans", "is_target")),
    ("other_text", {"key_groups": ["其他"]}, ("key_groups_other", "key_groups")),
    ("other_text", {"measures_other": "租房补贴"}, ("measures_other", "measures")),
    ("not_in_the_future", {"determined_on": "2020-01-02"}, ("determined_on",)),
    ("postcode_region", {"postcode": "312000"}, ("postcode",)),
    (
        "choices_too_many",
        {"secondary_causes": ["下岗失业", "无劳动能力", "其他", "患重特大疾病"]},
        ("secondary_causes",),
    ),
    ("choice_not_in_list", {"is_target": "待定", "determined_on": None, "key_groups": None}, ("is_target",)),
    ("wrong_type", {"household_size": "三"}, ("household_size",)),
]


@pytest.mark.parametrize(("rule", "changes", "paths"), NEW_BREACHES)
def test_each_breach_is_found_by_its_rule_alone(
    new: tuple[Edition, dict[str, Value]], rule: str, changes: dict[str, object], paths: tuple[str, ...]
) -> None:
    found = changed(new, changes)
    assert (rule, paths) in rules(found)
    # A wrong household size breaks its sum as well; nothing else draws in another rule.
    assert {one for one, _ in rules(found)} - {rule} <= {"household_size_matches_rows"}


@pytest.mark.parametrize(
    ("bank", "card"),
    [
        ("中国农业银行", "6228480402564890018"),
        ("农行", "6228480402564890018"),
        ("瑞丰银行", "6228480402564890018"),
        ("中国建设银行", "6299990402564890012"),
        (None, "6228480402564890018"),
        ("中国建设银行", None),
    ],
)
def test_a_card_of_its_bank_and_what_the_table_does_not_know_pass(bank: str | None, card: str | None) -> None:
    found = findings(EDITIONS["henan-2016"], {"bank_name": bank, "bank_card": card}, TODAY)
    assert "card_of_bank" not in {rule for rule, _ in rules(found)}


OLD_BREACHES: list[tuple[str, dict[str, object], tuple[str, ...]]] = [
    (
        "income_per_head_year",
        {"income_per_capita_year": 9600},
        ("income_per_capita_year", "household_annual_income", "household_size"),
    ),
    (
        "dibao_vs_income",
        {"household_annual_income": 14436, "monthly_income": 903, "income_per_capita_year": None},
        ("hardship_category", "household_annual_income"),
    ),
    (
        "zero_employment_consistent",
        {"zero_employment": "是", "family.0.identity": "农民工"},
        ("zero_employment", "identity"),
    ),
    ("choices_too_many", {"causes": ["其他", "残疾", "子女上学", "意外灾害"]}, ("causes",)),
]


@pytest.mark.parametrize(("rule", "changes", "paths"), OLD_BREACHES)
def test_each_breach_of_the_older_form_is_found(
    old: tuple[Edition, dict[str, Value]], rule: str, changes: dict[str, object], paths: tuple[str, ...]
) -> None:
    assert rules(changed(old, changes)) == [(rule, paths)]


def test_every_rule_has_a_breach_here() -> None:
    assert {rule for rule, _, _ in NEW_BREACHES + OLD_BREACHES} >= set(RULES)


# --- what is no breach -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": "1970-05"},
        {"birth_date": "1970"},
        {"income_per_capita_month": 277},
        {"income_per_capita_month": 280},
        {"household_size": 2, "income_per_capita_month": None},
        {"family.1.identity": "大学生"},
        {"disability": "无"},
        {"registered_region": "郑州市金水区花园路街道"},
        {"deadline": "2030-12"},
        {"key_groups": ["其他"], "key_groups_other": "失独"},
        {"postcode": None, "id_number": number("410105", "1970-05-01", "011")},
    ],
)
def test_what_is_within_the_rules_is_not_found(
    new: tuple[Edition, dict[str, Value]], changes: dict[str, object]
) -> None:
    assert changed(new, changes) == ()


def test_a_fifteen_digit_number_is_sound_in_2010(old: tuple[Edition, dict[str, Value]]) -> None:
    assert changed(old, {"id_number": "330602700501011"}) == ()


def test_one_person_with_fifteen_and_with_eighteen_digits_is_found_twice(
    old: tuple[Edition, dict[str, Value]],
) -> None:
    found = changed(
        old, {"family.0.id_number": "330602700501011", "family.0.birth_date": None, "family.0.gender": None}
    )
    assert ("ids_distinct", ("family.0.id_number", "id_number")) in rules(found)


def test_the_dibao_line_of_one_region_says_nothing_of_another(old: tuple[Edition, dict[str, Value]]) -> None:
    rich = {"household_annual_income": 14436, "monthly_income": 903, "income_per_capita_year": None}
    elsewhere = {"registered_region": "浙江省诸暨市", "id_number": number("330681", "1970-05-01", "011")}
    assert changed(old, rich | elsewhere) == ()


def test_exactly_the_line_is_within_it(old: tuple[Edition, dict[str, Value]]) -> None:
    at_the_line = {"household_annual_income": 14400, "monthly_income": 900, "income_per_capita_year": 4800}
    assert changed(old, at_the_line) == ()


def test_stars_that_stand_on_copies_only_warn_while_a_name_must_stand(
    old: tuple[Edition, dict[str, Value]],
) -> None:
    found = changed(old, {"name": None, "industry": None})
    assert [(finding.paths, finding.severity) for finding in found] == [
        (("name",), Severity.ERROR),
        (("industry",), Severity.WARNING),
    ]


def test_blank_rows_want_nothing() -> None:
    edition = EDITIONS["shaoxing-2010"]
    blank = {row_path("family", 0, column.key): None for column in edition.field("family").fields}
    assert not [paths for _, paths in rules(findings(edition, blank, TODAY)) if paths[0].startswith("family")]


@pytest.mark.parametrize(
    ("rule", "path", "word"),
    [
        ("single_parent_no_spouse", "single_parent", "是"),
        ("spouse_fits_marital_status", "marital_status", "离异"),
    ],
)
def test_several_spouses_are_one_finding(
    new: tuple[Edition, dict[str, Value]], rule: str, path: str, word: str
) -> None:
    spouse = new[1]["family.0.relation"]
    found = changed(new, {path: word, "family.1.relation": spouse})
    [one] = [finding for finding in found if finding.rule == rule]
    assert one.paths == (path, "family.0.relation", "family.1.relation")
    assert one.facts["relation"] == spouse


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_the_samples_regions_are_nothing_to_say(file: Path) -> None:
    told = json.loads(file.read_text(encoding="utf-8"))
    edition = EDITIONS[told["edition"]]
    found = findings(edition, flat(edition, told["fields"]), TODAY)
    assert [one for one in found if one.rule.startswith("id_region")] == []


def test_findings_tell_both_values(new: tuple[Edition, dict[str, Value]]) -> None:
    (finding,) = changed(new, {"birth_date": "1970-05-02"})
    assert finding.facts == {"birth": "1970-05-02", "id_birth": "1970-05-01"}
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_the_samples_truth_has_no_errors(file: Path) -> None:
    truth = json.loads(file.read_text(encoding="utf-8"))
    edition = EDITIONS[truth["edition"]]
    found = findings(edition, flat(edition, truth["fields"]), TODAY)
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []
    assert not {rule for rule, _ in rules(found)} & {"annual_income_plausible", "household_size_matches_rows"}


def test_there_are_samples_of_both_editions() -> None:
    assert {json.loads(file.read_text(encoding="utf-8"))["edition"] for file in SAMPLES} == set(EDITIONS.keys)


ANYTHING = st.none() | st.text(max_size=6) | st.decimals(-9, 10**6, places=2) | st.just(("其他", "残疾"))


@pytest.mark.parametrize("key", EDITIONS.keys)
@given(st.data())
def test_no_values_break_the_rules(key: str, data: st.DataObject) -> None:
    edition = EDITIONS[key]
    paths = [field.key for field in edition.fields if not field.is_rows]
    paths += [f"family.{index}.{column.key}" for index in (0, 1) for column in edition.field("family").fields]
    sound = st.sampled_from(
        ["男", "是", "残疾", "1970-05-01", "1970-13-01", "330602700501011", "父亲", "儿子", "小学"]
    )
    values = {
        path: data.draw(ANYTHING | sound) for path in data.draw(st.lists(st.sampled_from(paths), max_size=12))
    }
    for finding in findings(edition, values, TODAY):
        assert all(edition.has(path) for path in finding.paths)
        assert all(isinstance(fact, str) for fact in finding.facts.values())


def test_a_number_of_decimals_is_weighed_exactly(old: tuple[Edition, dict[str, Value]]) -> None:
    edition, values = old
    wrong = values | {"income_per_capita_year": Decimal("3232.01")}
    assert rules(findings(edition, wrong, TODAY))[0][0] == "income_per_head_year"
    assert findings(edition, values | {"income_per_capita_year": Decimal(3232)}, TODAY) == ()
