from __future__ import annotations

from decimal import Decimal

import pytest

from desk.truth import proved
from records.drafts import Draft, Reading
from records.editions import load_editions
from records.values import Value

HENAN = load_editions()["henan-2016"]


def proof_of(fields: dict[str, object], **values: Value) -> tuple[dict[str, bool], int]:
    readings = {path.replace("__", "."): Reading(value) for path, value in values.items()}
    proof = proved(Draft("henan-2016", readings), {"edition": "henan-2016", "fields": fields}, HENAN)
    return {one.path: one.right for one in proof.said}, proof.lost


@pytest.mark.parametrize(
    ("key", "want", "have", "right"),
    [
        ("name", "张三", "张三", True),
        ("name", "张三", "张二", False),
        ("name", "张 三", "张三", True),
        ("name", None, None, True),
        ("name", None, "张三", False),
        ("id_number", "41020419620216890x", "41020419620216890X", True),
        ("monthly_income", 1200, Decimal("1200.00"), True),
        ("monthly_income", 1200, Decimal(1201), False),
        ("secondary_causes", ["子女上学", "下岗失业"], ("下岗失业", "子女上学"), True),
        ("secondary_causes", [], None, True),
        ("secondary_causes", ["子女上学"], (), False),
    ],
)
def test_a_value_is_right_when_it_means_what_the_truth_means(
    key: str, want: object, have: Value, right: bool
) -> None:
    assert proof_of({key: want}, **{key: have}) == ({key: right}, 0)


def test_what_the_truth_does_not_tell_is_left_out() -> None:
    assert proof_of({"name": "张三"}, name="张三", gender="男") == ({"name": True}, 0)


def test_a_value_of_which_nothing_was_said_is_lost() -> None:
    assert proof_of({"name": "张三", "gender": "男", "disability": None}, name="张三") == ({"name": True}, 1)


def test_a_row_that_is_not_there_is_wrong_where_something_is_said() -> None:
    fields: dict[str, object] = {"family": [{"name": "李四", "relation": "妻子"}]}
    right, lost = proof_of(fields, family__0__name="李四", family__1__name="王五", family__1__relation=None)
    assert (right, lost) == ({"family.0.name": True, "family.1.name": False}, 1)


def test_of_a_draft_of_another_edition_nothing_is_right() -> None:
    draft = Draft("henan-2016", {"name": Reading("张三"), "gender": Reading(None)})
    proof = proved(draft, {"edition": "shaoxing-2010", "fields": {"name": "张三"}}, HENAN)
    assert [(one.path, one.right) for one in proof.said] == [("name", False)]


def test_silent_is_wrong_without_a_look() -> None:
    readings = {"name": Reading("张二", review=True), "gender": Reading("女")}
    truth = {"edition": "henan-2016", "fields": {"name": "张三", "gender": "男"}}
    assert [one.silent for one in proved(Draft("henan-2016", readings), truth, HENAN).said] == [False, True]


def test_kinds_that_nobody_could_tell_from_the_hand_are_left_out() -> None:
    draft = Draft("henan-2016", {"name": Reading("张二"), "gender": Reading("男")})
    fields = {"name": "张三", "gender": "男", "address": "x"}
    proof = proved(draft, {"edition": "henan-2016", "fields": fields, "unscored": ["text"]}, HENAN)
    assert ([one.path for one in proof.said], proof.lost) == (["gender"], 0)
