"""People known again in another order of rows."""

from __future__ import annotations

import pytest

from records.editions import load_editions
from records.known_again import in_rows_of, is_near

EDITION = load_editions()["henan-2016"]
WIFE, MOTHER, SON = (
    {"name": "李小红", "id_number": "330602196808080024", "relation": "妻子"},
    {"name": "韦兰月", "id_number": "330602650101001", "relation": "母亲"},
    {"name": "王新生", "relation": "儿子"},
)


def family(*rows: dict[str, str]) -> dict[str, str]:
    return {f"family.{place}.{key}": text for place, row in enumerate(rows) for key, text in row.items()}


def names(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """The names of the old rows, in the new one's rows."""
    moved = in_rows_of(EDITION, {"name": "王小明", **old}, new)
    assert moved["name"] == "王小明"
    assert len(moved) == len(old) + 1
    return [str(moved.get(f"family.{place}.name", "")) for place in range(6)]


def test_everybody_stands_where_the_new_paper_has_them() -> None:
    old = family(WIFE, MOTHER, SON)
    assert names(old, family(SON, WIFE, MOTHER)) == ["王新生", "李小红", "韦兰月", "", "", ""]
    assert names(old, family(WIFE, SON)) == ["李小红", "王新生", "韦兰月", "", "", ""]
    assert names(old, {}) == ["李小红", "韦兰月", "王新生", "", "", ""]
    longer = {**MOTHER, "id_number": "330602196501010012", "name": "另写"}
    assert names(old, family(WIFE, SON, longer))[:3] == ["李小红", "王新生", "韦兰月"]


def test_a_stranger_in_the_row_is_nobody_known() -> None:
    stranger = {"name": "赵大年", "id_number": "330602199001010011"}
    assert names(family(WIFE, MOTHER), family(WIFE, stranger)) == ["李小红", "", "韦兰月", "", "", ""]


def test_a_name_read_a_little_wrong_or_not_at_all_is_the_same_person() -> None:
    old = family(WIFE, MOTHER)
    assert names(old, family(WIFE, {"name": "韦兰目"}))[1] == "韦兰月"
    assert names(old, family(WIFE, {"relation": "母亲"}))[1] == "韦兰月"


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("李未", "李末", True),
        ("王小明", "王晓明", True),
        ("男", "女", False),
        ("否", "是", False),
        ("甲", "甲乙", False),
    ],
)
def test_what_is_near(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is near
