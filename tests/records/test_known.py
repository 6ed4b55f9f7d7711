"""What is known of stored records: words by sort, bounded, and nobody's name among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from records.editions import Editions, load_editions
from records.known import known_words
from records.store import Store
from records.values import Value

HENAN = "henan-2016"


@pytest.fixture(scope="module")
def editions() -> Editions:
    return load_editions()


def stored(*values: tuple[str, Value, int]) -> list[tuple[str, str, Value, int]]:
    return [(HENAN, path, value, count) for path, value, count in values]


def test_words_are_known_by_sort_the_commonest_first(editions: Editions) -> None:
    found = known_words(
        editions,
        stored(
            ("employer", "开封市轴承厂", 1),
            ("bank_branch", "城关支行", 2),
            ("family.0.employer", "开封市轴承厂", 2),
            ("address", "紫藤路9号", 1),
        ),
    )
    assert found == {"unit": ("开封市轴承厂", "城关支行"), "place": ("紫藤路9号",)}


@pytest.mark.parametrize("path", ["name", "family.0.name", "id_number", "gender", "no_such_field"])
def test_names_numbers_and_lists_are_not_known(path: str, editions: Editions) -> None:
    assert known_words(editions, stored((path, "张三丰", 9))) == {}


def test_what_is_no_word_and_what_is_too_much_is_left_out(editions: Editions) -> None:
    many = [("employer", f"第{number}厂", 1) for number in range(3000)]
    found = known_words(editions, stored(("employer", "厂", 5), ("employer", "长" * 90, 5), *many))
    assert 100 <= len(found["unit"]) <= 1000
    assert found["unit"][0] == "第0厂"
    assert known_words(editions, [("elsewhere-1999", "employer", "第一厂", 3)]) == {}


def test_a_store_tells_the_words_of_its_records(editions: Editions, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert not Store.is_in(home)
    with Store.open(home, editions=editions) as store:
        assert store.words() == {}
        for name in ("王一", "王二"):
            values: dict[str, Value] = {"name": name, "employer": "开封市轴承厂", "address": f"{name}路1号"}
            values |= {"family.0.name": "张三", "family.0.employer": "开封市纺织厂"}
            store.save(editions[HENAN], values, "建档人", "录入", override_why="试", force=True)
        assert store.words() == {
            "unit": ("开封市轴承厂", "开封市纺织厂"),
            "place": ("王二路1号", "王一路1号"),
        }
    assert Store.is_in(home)
