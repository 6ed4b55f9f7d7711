"""Carrying a record over to another edition, by data alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from records.carry_over import Carried, carry_over, load_carry_over, sources_of
from records.drafts import Forerunner
from records.editions import Edition, Editions, load_editions
from records.errors import EditionError
from records.moves import Fate, Move
from records.settling import Decision, settle
from records.values import Value

EDITIONS = load_editions()
OLD, NEW = EDITIONS["shaoxing-2010"], EDITIONS["henan-2016"]
BEFORE = Forerunner(7, OLD.key, 3)
WITH_DATA = [(EDITIONS[old], new) for new in EDITIONS for old in sources_of(new)]


def carried(**values: Value) -> Carried:
    """What becomes of an old record of these values, rows written with two underscores."""
    by_path = {path.replace("__", "."): value for path, value in values.items()}
    return carry_over(load_carry_over(OLD, NEW), by_path, BEFORE)


def moves(**values: Value) -> Mapping[str, Move]:
    """The moves by their new path, those into the remarks left out."""
    return {move.path: move for move in carried(**values).moves if move.fate is not Fate.LOST}


def told(move: Move) -> tuple[Fate, Value, bool]:
    return move.fate, move.value, move.asked


@pytest.mark.parametrize(("old", "new"), WITH_DATA, ids=lambda edition: edition.key)
def test_every_old_field_has_its_rule(old: Edition, new: Edition) -> None:
    named = {rule.source for rule in load_carry_over(old, new).rules}
    plain = {field.key for field in old.on_paper if not field.is_rows}
    columns = {f"{table.key}.{column.key}" for table in old.tables for column in table.fields}
    assert plain | columns <= named


@pytest.mark.parametrize(
    ("old", "value", "new", "fate", "to", "asked"),
    [
        ("worker_no", "SX0001", "worker_no", Fate.CANDIDATE, "SX0001", True),
        ("name", "林海生", "name", Fate.LOSSLESS, "林海生", False),
        ("model_worker", "非劳模", "model_worker", Fate.RENAMED, "非劳模", False),
        ("identity", "下（待）岗", "work_status", Fate.RENAMED, "下岗", False),
        ("identity", "离休", "work_status", Fate.RENAMED, "离休", False),
        ("identity", "农民工", "work_status", Fate.CANDIDATE, "在岗", True),
        ("hardship_category", "低保户", "hardship_category", Fate.LOSSLESS, "低保户", True),
        ("housing_type", "租房", "housing_type", Fate.LOSSLESS, "租房", False),
        ("housing_type", "自购房", "housing_type", Fate.UNDECIDABLE, None, True),
        ("housing_area", "20至50", "floor_area", Fate.UNDECIDABLE, None, True),
        ("industry", "教育", "industry", Fate.LOSSLESS, "教育", True),
        ("industry", "纺织系统", "industry", Fate.CANDIDATE, "制造业", True),
        ("industry", "城建系统", "industry", Fate.UNDECIDABLE, None, True),
        ("insured", "是", "medical_insurance", Fate.UNDECIDABLE, None, True),
        ("insured", "否", "medical_insurance", Fate.CANDIDATE, "未参保", True),
        ("monthly_income", Decimal(0), "monthly_income", Fate.LOSSLESS, Decimal(0), True),
        ("income_per_capita_year", Decimal(3600), "income_per_capita_month", Fate.RENAMED,
         Decimal(300), True),
        ("income_per_capita_year", Decimal(1000), "income_per_capita_month", Fate.RENAMED,
         Decimal("83.33"), True),
        ("health", "癌症", "health", Fate.LOSSLESS, "癌症", False),
        ("registered_region", "绍兴市绍兴县", "registered_region", Fate.UNDECIDABLE, None, True),
        ("registered_region", "330682", "registered_region", Fate.UNDECIDABLE, None, True),
        ("registered_region", "339999", "registered_region", Fate.UNDECIDABLE, None, True),
        ("registered_region", "绍兴市越城区", "registered_region", Fate.LOSSLESS, "绍兴市越城区", False),
        ("registered_region", "330602", "registered_region", Fate.LOSSLESS, "330602", False),
        ("id_number", "330602196501010012", "id_number", Fate.LOSSLESS, "330602196501010012", False),
        ("id_number", "330602196501010013", "id_number", Fate.LOSSLESS, "330602196501010013", True),
        ("id_number", "330602650101001", "id_number", Fate.CANDIDATE, "330602650101001", True),
        ("id_number", "330602050101998", "id_number", Fate.UNDECIDABLE, "330602050101998", True),
    ],
)  # fmt: skip
def test_what_becomes_of_a_value(
    old: str, value: Value, new: str, fate: Fate, to: Value, asked: bool
) -> None:
    assert told(moves(**{old: value})[new]) == (fate, to, asked)


@pytest.mark.parametrize(
    ("old", "value", "new", "candidates"),
    [
        ("housing_type", "自购房", "housing_type", ("商品房", "经济适用房", "两限房")),
        ("insured", "是", "medical_insurance", ("职工医保", "城镇居民医保", "新农合", "商业保险")),
        ("registered_region", "绍兴市绍兴县", "registered_region", ("绍兴市柯桥区", "绍兴市越城区")),
        ("registered_region", "330682", "registered_region", ("330604",)),
        ("id_number", "330602650101001", "id_number", ("330602196501010012",)),
    ],
)
def test_what_is_asked_has_its_candidates(
    old: str, value: Value, new: str, candidates: tuple[Value, ...]
) -> None:
    assert moves(**{old: value})[new].others == candidates


@pytest.mark.parametrize("cause", ["子女上学", "下岗失业", "其他"])
def test_one_cause_of_one_meaning_is_the_main_one(cause: str) -> None:
    found = moves(causes=(cause,))
    assert told(found["primary_cause"]) == (Fate.RENAMED, cause, False)
    assert "secondary_causes" not in {path for path, move in found.items() if move.asked}


def test_one_cause_of_two_meanings_is_asked() -> None:
    move = moves(causes=("意外灾害",))["primary_cause"]
    assert (told(move), move.others) == ((Fate.UNDECIDABLE, None, True), ("遭受自然灾害", "遭受意外事故"))


def test_of_several_causes_none_is_taken_for_the_main_one() -> None:
    found = moves(causes=("子女上学", "下岗失业"))
    first, more = found["primary_cause"], found["secondary_causes"]
    assert (told(first), first.others) == ((Fate.UNDECIDABLE, None, True), ("子女上学", "下岗失业"))
    assert (told(more), more.others) == ((Fate.UNDECIDABLE, None, True), (("下岗失业",), ("子女上学",)))


def test_two_causes_that_became_one_leave_no_further_ones_and_say_who_was_ill() -> None:
    result = carried(causes=("本人大病", "供养直系亲属大病"))
    found = {move.path: move for move in result.moves}
    assert found["primary_cause"].others == ("患重特大疾病",)
    assert found["secondary_causes"].fate is Fate.UNASKED
    remarks = result.draft.readings["remarks"].value
    assert isinstance(remarks, str)
    assert "本人大病" in remarks
    assert "供养直系亲属大病" in remarks


@pytest.mark.parametrize(
    ("phone", "mobile", "other"),
    [
        ("13800138000", "13800138000", None),
        ("0575-88881234", None, "0575-88881234"),
        ("0575-88881234、13800138000；13900139000", "13800138000、13900139000", "0575-88881234"),
    ],
)
def test_phones_are_parted_by_their_pattern(phone: str, mobile: Value, other: Value) -> None:
    readings = carried(phone=phone).draft.readings
    assert (readings["mobile"].value, readings["other_contact"].value) == (mobile, other)


def test_a_migrant_worker_is_a_hint_for_two_other_fields() -> None:
    found = moves(identity="农民工", household_type="非农业")
    assert told(found["household_type"]) == (Fate.CANDIDATE, "非农业", True)
    assert found["household_type"].others == ("农业",)
    assert told(found["key_groups"]) == (Fate.CANDIDATE, None, True)
    assert found["key_groups"].others == (("城市困难农民工",),)


def test_a_disability_without_its_type_is_asked() -> None:
    assert told(moves(health="残疾")["disability"]) == (Fate.UNDECIDABLE, None, True)
    assert told(moves(health="残疾", disability="肢体三级")["disability"]) == (
        Fate.LOSSLESS,
        "肢体三级",
        False,
    )


def test_a_birth_date_that_was_blank_comes_from_the_number_as_a_candidate() -> None:
    assert told(moves(id_number="330602196501010012")["birth_date"]) == (
        Fate.CANDIDATE,
        "1965-01-01",
        True,
    )


def test_members_keep_their_rows_and_pupils_have_grown() -> None:
    found = moves(
        family__0__name="林小帆",
        family__0__identity="小学",
        family__0__birth_date="2001-03-05",
        family__1__name="林老",
        family__1__identity="退休",
    )
    assert found["family.0.name"].value == "林小帆"
    assert told(found["family.0.identity"]) == (Fate.UNDECIDABLE, None, True)
    assert found["family.0.identity"].others == ("小学", "初中", "高中", "中职中技", "大学生")
    assert told(found["family.1.identity"]) == (Fate.LOSSLESS, "退休", False)


def test_what_the_new_form_requires_and_the_old_one_has_not_is_asked_and_never_filled() -> None:
    result = carried(name="林海生", insured="是", id_number="330602196501010012")
    missing = {move.path for move in result.moves if move.fate is Fate.MISSING}
    assert {"other_annual_income", "is_target", "filed_by", "reviewed_by", "gender"} <= missing
    filled = {path for path, reading in result.draft.readings.items() if reading.value is not None}
    assert filled == {"name", "id_number", "birth_date"}
    assert missing < set(result.draft.doubtful)


def test_what_has_no_place_goes_behind_the_old_remarks() -> None:
    result = carried(housing_area="70以上", remarks="邻里关照")
    assert result.draft.readings["remarks"].value == "邻里关照；2010年表住房面积：70以上平方米"
    assert [move.sources for move in result.moves if move.fate is Fate.LOST] == [("housing_area",)]


def test_the_counts_are_those_of_the_moves() -> None:
    result = carried(name="林海生", causes=("子女上学",))
    assert sum(result.counts.values()) == len(result.moves)
    assert (result.counts[Fate.LOSSLESS], result.counts[Fate.RENAMED]) == (1, 1)


def test_the_draft_settles_like_any_other_and_tells_that_it_was_carried() -> None:
    draft = carried(name="林海生", causes=("子女上学",)).draft
    decisions = [Decision(path, None) for path in draft.doubtful]
    settled = settle(draft, decisions, NEW, "尚缺材料")
    whys = {change.path: change.why for change in settled.changes}
    assert (whys["name"], whys["primary_cause"], draft.forerunner) == ("carried", "carried", BEFORE)
    assert settled.values["primary_cause"] == "子女上学"


# --- an invented edition with its own data

THIRD = """
title = "渔民互助卡"
notice = "虚构"
dated = "2031-03-01"
[[fields]]
key = "sailor"
label = "船员姓名"
kind = "text"
prior = "person"
[[fields]]
key = "number"
label = "证件号"
kind = "id_number"
lengths = [18]
[[fields]]
key = "ground"
label = "理由"
kind = "choice"
choices = ["台风", "生病", "失业"]
enforced = true
[[fields]]
key = "grounds"
label = "其他理由"
kind = "choices"
choices = ["台风", "生病", "失业"]
enforced = true
[[fields]]
key = "weekly"
label = "周收入"
kind = "money"
[[fields]]
key = "card"
label = "卡号"
kind = "code"
required = true
"""
RULES = """
[[rules]]
how = "same"
from = "name"
to = "sailor"
[[rules]]
how = "id_number"
from = "id_number"
to = "number"
[[rules]]
how = "divided"
from = "household_annual_income"
to = "weekly"
by = 52
[[rules]]
how = "ranked"
from = "causes"
to = "ground"
more = "grounds"
words = { "本人大病" = "生病", "下岗失业" = "失业", "意外灾害" = ["台风", "生病"] }
"""


def with_third(folder: Path, rules: str = RULES) -> Editions:
    """The editions and an invented one, with its data for old records."""
    (folder / "third" / "carry-over").mkdir(parents=True, exist_ok=True)
    (folder / "third" / "edition.toml").write_text(THIRD, encoding="utf-8")
    (folder / "third" / "carry-over" / f"{OLD.key}.toml").write_text(rules, encoding="utf-8")
    return load_editions(folder)


def test_a_third_edition_is_carried_over_to_by_its_own_data(tmp_path: Path) -> None:
    editions = with_third(tmp_path)
    third = editions["third"]
    values = {
        "name": "林海生",
        "id_number": "330602650101001",
        "household_annual_income": Decimal(10400),
        "causes": ("子女上学",),
        "family.0.name": "林小帆",
        "address": "绍兴市越城区",
    }
    result = carry_over(load_carry_over(editions[OLD.key], third), values, BEFORE)
    assert sources_of(third) == (OLD.key,)
    assert {path: one.value for path, one in result.draft.readings.items()} == {
        "sailor": "林海生",
        "number": "330602650101001",
        "ground": None,
        "grounds": None,
        "weekly": Decimal(200),
        "card": None,
    }
    assert result.draft.doubtful == ("number", "ground", "card")
    lost = {move.sources[0]: (move.path, move.value) for move in result.moves if move.fate is Fate.LOST}
    assert lost == {"family.0.name": ("", "姓名：林小帆"), "address": ("", "家庭住址：绍兴市越城区")}


@pytest.mark.parametrize(
    ("causes", "value", "others"),
    [
        (("本人大病", "下岗失业"), ("生病", "失业"), ()),
        (("意外灾害", "下岗失业"), None, (("台风", "失业"), ("生病", "失业"))),
        (("子女上学", "下岗失业"), None, (("失业",),)),
    ],
)
def test_a_set_goes_over_word_by_word(
    tmp_path: Path, causes: tuple[str, ...], value: Value, others: tuple[Value, ...]
) -> None:
    words = '{ "本人大病" = "生病", "下岗失业" = "失业", "意外灾害" = ["台风", "生病"] }'
    rules = f'[[rules]]\nhow = "words"\nfrom = "causes"\nto = "grounds"\nwords = {words}'
    editions = with_third(tmp_path, rules)
    data = load_carry_over(editions[OLD.key], editions["third"])
    found = {move.path: move for move in carry_over(data, {"causes": causes}, BEFORE).moves}
    assert (found["grounds"].value, found["grounds"].others) == (value, others)
    assert found["grounds"].asked is (value is None)


@pytest.mark.parametrize(
    ("rules", "what"),
    [
        ('[[rules]]\nhow = "guess"\nfrom = "name"\nto = "sailor"', "unknown how"),
        ('[[rules]]\nhow = "same"\nfrom = "nobody"\nto = "sailor"', "unknown field nobody"),
        ('[[rules]]\nhow = "same"\nfrom = "name"\nto = "nobody"', "unknown field nobody"),
        ('[[rules]]\nhow = "same"\nfrom = "family.name"\nto = "sailor"', "do not meet"),
        ('[[rules]]\nhow = "words"\nfrom = "insured"\nto = "ground"\nwords = { "是" = "下雨" }', "下雨"),
        ('[[rules]]\nhow = "words"\nfrom = "insured"\nto = "ground"\nwords = { "也许" = "台风" }', "也许"),
        ('[[rules]]\nhow = "same"\nfrom = "name"\nto = "sailor"\nconfrim = true', "unknown setting confrim"),
        (
            '[[rules]]\nhow = "suggested"\nfrom = "identity"\nto = "ground"\nwords = []\nvalue = "下雪"',
            "下雪",
        ),
        (
            '[[rules]]\nhow = "birth_date"\nfrom = "birth_date"\nto = "sailor"\nid = "nobody"',
            "unknown field nobody",
        ),
        ('remarks = "nobody"\nrules = []', "unknown field nobody"),
        ("[[rules]]\nfrom = 1", "lacks how"),
        ("rules = [", ""),
    ],
)
def test_wrong_data_is_named_with_its_file(tmp_path: Path, rules: str, what: str) -> None:
    editions = with_third(tmp_path, rules)
    with pytest.raises(EditionError) as refusal:
        load_carry_over(editions[OLD.key], editions["third"])
    assert what in refusal.value.facts["what"]
    assert refusal.value.facts["file"].endswith(f"{OLD.key}.toml")


def test_editions_without_data_between_them_are_said() -> None:
    with pytest.raises(EditionError) as refusal:
        load_carry_over(NEW, OLD)
    assert (refusal.value.code, refusal.value.facts) == (
        "no_carry_over",
        {"edition": NEW.key, "new": OLD.key},
    )
