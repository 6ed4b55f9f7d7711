from __future__ import annotations

import re
from pathlib import Path

import pytest

from records.editions import BUILT_IN, load_editions
from records.errors import EditionError
from records.rules import RULES

THIRD = """
title = "走访表"
notice = "虚构"
dated = "2020-01-01"

[lists]
moods = ["好", "不好"]

[lists.synonyms.moods]
"很好" = "好"

[[fields]]
key = "visitor"
label = "走访人"
kind = "text"
required = true

[[fields]]
key = "mood"
label = "情况"
kind = "choice"
list = "moods"
enforced = true

[[fields]]
key = "homes"
label = "住户"
kind = "rows"
printed_rows = 2

  [[fields.fields]]
  key = "called"
  label = "姓名"
  kind = "text"

[[rules]]
name = "required"
severity = "error"
"""


def load(folder: Path, data: str) -> None:
    (folder / "third").mkdir()
    (folder / "third" / "edition.toml").write_text(data, encoding="utf-8")
    load_editions(folder)


def fault(folder: Path, data: str) -> str:
    """What is said to be wrong with an edition; its file must be named."""
    with pytest.raises(EditionError) as raised:
        load(folder, data)
    assert raised.value.facts["file"].endswith(str(Path("third", "edition.toml")))
    return raised.value.facts["what"]


def test_a_third_edition_is_a_folder(tmp_path: Path) -> None:
    load(tmp_path, THIRD)
    third = load_editions(tmp_path)["third"]
    assert third.field("mood").choices == ("好", "不好")
    assert third.field("mood").synonyms == {"很好": "好"}
    assert third.field("homes.3.called").label == "姓名"
    assert third.has("homes.0.called")
    assert not third.has("homes.0.flown")
    assert not third.has("visitor.0.called")
    assert not third.has("a.b")


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('kind = "texts"', 'kind = "text"', "field visitor: unknown kind texts"),
        ('list = "mood"', 'list = "moods"', "field mood: unknown list mood"),
        ('key = "mood"', 'key = "visitor"', "field visitor stands twice"),
        ('name = "requires"', 'name = "required"', "unknown rule requires"),
        ('severity = "heavy"', 'severity = "error"', "'heavy' is not a valid Severity"),
        ('"很好" = "极好"', '"很好" = "好"', "field mood: a synonym of no entry: 极好"),
        ('moods = ["好", "好"]', 'moods = ["好", "不好"]', "field mood: entry 好 stands twice"),
        ('dated = "2020-01-40"', 'dated = "2020-01-01"', "dated is no day: 2020-01-40"),
        ("colour = 1", "enforced = true", "colour"),
        ('name = "x"', 'notice = "虚构"', "lacks notice"),
        ("at_most = 0", "enforced = true", "field mood: at_most below one: 0"),
        ('pattern = "["', "enforced = true", "field mood: pattern"),
        ('other_text = "flown"', "enforced = true", "field mood: other_text names unknown field flown"),
        ('precision = "hour"', "enforced = true", "field mood: unknown precision hour"),
        ("dated =", 'dated = "2020-01-01"', "Invalid value"),
    ],
)
def test_a_wrong_edition_is_refused_with_its_file_and_fault(
    tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    data = THIRD.replace(right, wrong, 1)
    if wrong == 'key = "mood"':
        data = THIRD.replace('key = "mood"', 'key = "visitor"', 1)
    assert data != THIRD
    assert said in fault(tmp_path, data)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[rules]]\nname = "at_least"\nseverity = "error"\nfield = "mood"', "rule at_least lacks ['least']"),
        (
            '[[rules]]\nname = "at_least"\nseverity = "error"\nfield = "flown"\nleast = 1',
            "rule at_least names unknown fields ['flown']",
        ),
        (
            '[[eligibility.judgements]]\nname = "a"\nlabel = "甲"\ncondition = "b"\n[eligibility.conditions]',
            "judgement a: unknown condition b",
        ),
        ('[eligibility.conditions.a]\nlabel = "甲"\ntest = "flies"', "condition a: lacks test flies"),
        ('[eligibility.conditions.a]\nall = ["b"]', "condition a: unknown condition b"),
        ('[eligibility.conditions.a]\nall = ["a"]', "conditions: a leads back to itself"),
        ("[eligibility.conditions.a]\nall = []\nany = []", "condition a: wants one of all, any, test"),
        (
            '[eligibility.conditions.a]\nlabel = "甲"\ntest = "filled"\nfield = "flown"',
            "condition a: field names unknown field flown",
        ),
        ('[eligibility.amounts.a]\nsource = "product"\nof = ["b"]', "amount a: of names unknown amount b"),
        ('[processes.a]\nlabel = "甲"\nstates = []', "process a: no states"),
        (
            '[processes.a]\nlabel = "甲"\n[[processes.a.states]]\nname = "b"\nlabel = "乙"\nnext = ["c"]',
            "process a: no states, doubled states or unknown ones: ['c']",
        ),
    ],
)
def test_wrong_rules_conditions_and_processes_are_refused_on_loading(
    tmp_path: Path, more: str, said: str
) -> None:
    assert said in fault(tmp_path, f"{THIRD}\n{more}\n")


def test_a_units_own_copy_wins_over_the_built_in_one(tmp_path: Path) -> None:
    key = load_editions().keys[0]
    (tmp_path / key).mkdir()
    data = (BUILT_IN / key / "edition.toml").read_text(encoding="utf-8")
    (tmp_path / key / "edition.toml").write_text(
        re.sub(r'(?m)^title = ".*"$', 'title = "本单位的表"', data, count=1)
    )
    assert load_editions(tmp_path)[key].title == "本单位的表"
    assert load_editions()[key].title != "本单位的表"


def test_an_unknown_edition_is_named() -> None:
    with pytest.raises(EditionError) as raised:
        load_editions()["flown"]
    assert (raised.value.code, raised.value.facts["edition"]) == ("no_such_edition", "flown")


def test_synonyms_of_an_edition_do_not_hide_the_common_ones() -> None:
    for edition in load_editions():
        assert edition.field("ethnicity").synonyms["汉"] == "汉族"
        assert edition.field("gender").synonyms["女性"] == "女"


def test_the_built_in_editions_use_every_rule_or_none_is_left_over() -> None:
    used = {use.name for edition in load_editions() for use in edition.rules}
    assert used == set(RULES)
