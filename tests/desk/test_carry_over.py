"""`dangan carry-over`: the report, the questions, the answers."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from records.editions import load_editions
from records.store import Store
from records.values import Value
from tests.clerk import ROOT, Clerk, Said

EDITIONS = load_editions()
OLD, NEW = EDITIONS["shaoxing-2010"], EDITIONS["henan-2016"]
VALUES: dict[str, Value] = {
    "hardship_category": "低保户",
    "name": "林海生",
    "ethnicity": "汉族",
    "gender": "男",
    "political_status": "群众",
    "birth_date": "1965-01-01",
    "id_number": "330602650101001",
    "health": "良好",
    "identity": "在岗",
    "model_worker": "非劳模",
    "housing_type": "租房",
    "phone": "0575-88881234/13800138000",
    "work_start": "1985-07",
    "industry": "纺织系统",
    "marital_status": "已婚",
    "household_type": "非农业",
    "address": "绍兴市越城区某街1号",
    "employer": "某纺织厂",
    "monthly_income": Decimal(900),
    "household_annual_income": Decimal(10800),
    "household_size": Decimal(3),
    "registered_region": "绍兴市绍兴县",
    "insured": "是",
    "causes": ("子女上学", "下岗失业"),
}
ANSWERS: dict[str, object] = {
    "worker_no": "HN20160001",
    "hardship_category": "低保户",
    "id_number": "330602196501010012",
    "mobile": "13800138000",
    "other_contact": "0575-88881234",
    "industry": "制造业",
    "household_type": "非农业",
    "monthly_income": "0.1万元",
    "other_annual_income": 0,
    "household_annual_income": 12000,
    "household_size": 3,
    "registered_region": "绍兴市柯桥区",
    "medical_insurance": "职工医保",
    "primary_cause": "子女上学",
    "secondary_causes": ["下岗失业"],
    "is_target": "否",
    "filed_by": "王经办",
    "reviewed_by": "李审核",
}


HARBOUR = "harbour-2031"
TO_HARBOUR = """
remarks = "note"
[[rules]]
how = "same"
from = "name"
to = "sailor"
[[rules]]
how = "id_number"
from = "id_number"
to = "sailor_number"
[[rules]]
how = "divided"
from = "household_annual_income"
to = "loss"
by = 12
[[rules]]
how = "words"
from = "causes"
to = "grounds"
words = { "子女上学" = "上学", "下岗失业" = "失业", "意外灾害" = ["台风", "生病"] }
"""


@pytest.fixture
def with_old(dangan: Clerk) -> Clerk:
    """A clerk whose archive holds one old record."""
    with Store.open(dangan.home) as store:
        store.save(OLD, VALUES, "建档人", "录入")
    return dangan


def carry(clerk: Clerk, *more: object) -> Said:
    return clerk("carry-over", 1, "--to", NEW.key, *more)


def answered(folder: Path, **changed: object) -> Path:
    file = folder / "answers.json"
    answers = {path: value for path, value in (ANSWERS | changed).items() if value != "left out"}
    file.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    return file


def test_the_answers_are_those_that_are_asked(with_old: Clerk) -> None:
    [told] = carry(with_old, "--json").lines
    assert set(told["asked"]) == set(ANSWERS)


def test_without_answers_it_tells_and_stores_nothing_but_a_draft(with_old: Clerk) -> None:
    said = carry(with_old)
    assert said.status == 0, said.err
    for shown in (
        "照转：", "换名称或写法：", "推测，待确认：", "无法断定，待选定：", "必填而原表没有：", "不能算完整",
        "330602196501010012 未经证实", "绍兴市柯桥区；绍兴市越城区", "不分主次", "dangan review 1",
    ):  # fmt: skip
        assert shown in said.out
    with Store.open(with_old.home) as store:
        assert [record.number for record in store.records()] == [1]
        assert [row.forerunner for row in store.drafts()] == [1]
    assert "由档案 1 转来" in with_old("review", "--list").out


def test_the_report_for_programs_counts_and_lists(with_old: Clerk) -> None:
    [told] = carry(with_old, "--json").lines
    assert (told["record"], told["draft"], told["stored"]) == (1, 1, None)
    assert sum(told["counts"].values()) == len(told["fields"])
    by_path = {field["field"]: field for field in told["fields"] if field["fate"] != "lost"}
    cause = by_path["primary_cause"]
    assert (cause["fate"], cause["value"], cause["candidates"]) == (
        "undecidable",
        None,
        ["子女上学", "下岗失业"],
    )
    assert cause["sources"] == [
        {"field": "causes", "label": "致困主要原因", "value": ["子女上学", "下岗失业"]}
    ]
    assert by_path["other_annual_income"]["fate"] == "missing"
    assert by_path["mobile"]["value"] == "13800138000"


def test_answers_make_the_record_and_leave_the_old_one(with_old: Clerk, tmp_path: Path) -> None:
    before = with_old("show", 1, "--history", "--json").lines
    said = carry(with_old, "--answers", answered(tmp_path), "--who", "王经办")
    assert said.status == 0, said.err
    assert "已存为档案 2；原档案 1 未变" in said.out
    assert with_old("show", 1, "--history", "--json").lines == before
    [new] = with_old("show", 2, "--json").lines
    wanted = {"name": "林海生", "primary_cause": "子女上学", "monthly_income": 1000, "industry": "制造业"}
    assert {key: new["fields"][key] for key in wanted} == wanted
    assert "纺织系统" in new["fields"]["remarks"]
    shown = with_old("show", 2, "--history").out
    for told in ("由另一版本的档案转来", "照原档案转来", "王经办"):
        assert told in shown


def test_answers_of_one_wait_for_the_approval_of_another(with_old: Clerk, tmp_path: Path) -> None:
    with_old.patch.delenv("DANGAN_TWO_PEOPLE")
    said = carry(with_old, "--answers", answered(tmp_path), "--json")
    assert said.status == 0, said.err
    assert (said.lines[0]["stored"], said.lines[0]["filed"]) == (None, True)
    again = carry(with_old, "--answers", answered(tmp_path), "--who", "赵审核")
    assert (again.status, "正在等审核" in again.err) == (1, True)
    asked = len(said.lines[0]["asked"])
    done = with_old("review", "--approve", "--who", "赵审核", typed=[""] * (asked + 3))
    assert "已存为档案 2" in done.out, done.out + done.err


def test_an_answer_that_is_missing_keeps_the_draft_with_the_others(with_old: Clerk, tmp_path: Path) -> None:
    said = carry(with_old, "--answers", answered(tmp_path, primary_cause="left out"))
    assert (said.status, "主要致困原因" in said.err) == (1, True)
    assert "dangan review 1" in said.out
    assert "已存为档案 2" in with_old("review", 1, typed=["a", "", "", ""]).out


@pytest.mark.parametrize(
    ("path", "given", "told"),
    [
        ("nobody", "x", "没有栏目"),
        ("family", [], "没有栏目"),
        ("is_target", "也许", "不在"),
        ("is_target", True, "种类不符"),
        ("household_size", "不知道", "看不出"),
        ("secondary_causes", ["没有这样的"], "不在"),
    ],
)
def test_answers_that_do_not_fit_are_named_and_nothing_is_stored(
    with_old: Clerk, tmp_path: Path, path: str, given: object, told: str
) -> None:
    said = carry(with_old, "--answers", answered(tmp_path, **{path: given}))
    assert (said.status, path in said.err or NEW.field(path).label in said.err) == (1, True)
    assert told in said.err
    assert with_old("review", "--list").out.count("由档案") == 0


def test_at_a_terminal_every_field_is_asked_in_the_way_of_review(with_old: Clerk) -> None:
    with_old.patch.setattr("desk.commands.carry_over.at_a_terminal", lambda: True)
    asked = carry(with_old, "--json").lines[0]["asked"]
    typed = [str(value[0] if isinstance(value := ANSWERS[path], list) else value) for path in asked]
    said = with_old("carry-over", 1, "--to", NEW.key, typed=[*typed, "", ""])
    assert f"[1/{len(asked)}]" in said.out
    assert "须知：原表为“是”，不能断定" in said.out
    assert "a) 绍兴市柯桥区" in said.out
    assert "原档案：致困主要原因：子女上学、下岗失业" in said.out
    assert "草稿 1 已存为档案 2" in said.out, said.out + said.err
    assert "可能是同一户" not in said.err


def test_an_edition_of_the_unit_s_own_is_carried_over_to(with_old: Clerk, tmp_path: Path) -> None:
    folder = with_old.home / "templates" / HARBOUR
    (folder / "carry-over").mkdir(parents=True)
    shutil.copyfile(ROOT / "tests" / "data" / HARBOUR / "edition.toml", folder / "edition.toml")
    (folder / "carry-over" / f"{OLD.key}.toml").write_text(TO_HARBOUR, encoding="utf-8")
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"card": "NW203117", "sailor_number": "330602196501010012"}), encoding="utf-8")
    said = with_old("carry-over", 1, "--to", HARBOUR, "--answers", file)
    assert said.status == 0, said.err
    [new] = with_old("show", 2, "--json").lines
    assert (new["fields"]["sailor"], new["fields"]["loss"]) == ("林海生", 900)
    assert new["fields"]["grounds"] == ["上学", "失业"]
    assert "家庭住址：绍兴市越城区某街1号" in new["fields"]["note"]


def test_checking_templates_names_wrong_data_between_editions(dangan: Clerk) -> None:
    assert dangan("templates", "check", NEW.key).status == 0
    folder = dangan.home / "templates" / NEW.key / "carry-over"
    folder.mkdir(parents=True)
    (folder / f"{OLD.key}.toml").write_text('[[rules]]\nhow = "guess"\nfrom = "name"\n', encoding="utf-8")
    said = dangan("templates", "check", NEW.key)
    assert (said.status, "unknown how" in said.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((1, "--to", "shaoxing-2010"), "不需要转"),
        ((1, "--to", "nowhere"), "没有名为 nowhere"),
        ((9, "--to", "henan-2016"), "没有编号为 9"),
    ],
)
def test_what_cannot_be_carried_over_is_said(with_old: Clerk, words: tuple[object, ...], told: str) -> None:
    said = with_old("carry-over", *words)
    assert (said.status, told in said.err) == (1, True)


def test_a_second_time_names_the_record_that_came_of_it(with_old: Clerk, tmp_path: Path) -> None:
    assert carry(with_old, "--answers", answered(tmp_path)).status == 0
    again = carry(with_old)
    assert (again.status, "即档案 2" in again.err) == (1, True)
