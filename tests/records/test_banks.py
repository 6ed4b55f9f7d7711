"""Which bank a card is of: public prefixes, each of one bank; unknown ones say nothing."""

from __future__ import annotations

from itertools import combinations

import pytest

from records.banks import PREFIX, _banks, issuer, named


@pytest.mark.parametrize(
    ("card", "bank"),
    [
        ("6222021234567890128", "中国工商银行"),
        ("6228481234567890128", "中国农业银行"),
        ("6217001234567890128", "中国建设银行"),
        ("6216611234567890128", "中国银行"),
        ("6222601234567890128", "交通银行"),
        ("6221881234567890128", "中国邮政储蓄银行"),
    ],
)
def test_the_first_figures_tell_the_bank(card: str, bank: str) -> None:
    found = issuer(card)
    assert found is not None
    assert found.name == bank


@pytest.mark.parametrize("card", ["6299991234567890128", "62220", "", "0000001234567890128"])
def test_unknown_first_figures_tell_nothing(card: str) -> None:
    assert issuer(card) is None


def test_every_prefix_is_whole_and_of_one_bank() -> None:
    assert all(len(prefix) == PREFIX and prefix.isdecimal() for bank in _banks() for prefix in bank.prefixes)
    shared = [one.prefixes & other.prefixes for one, other in combinations(_banks(), 2)]
    assert not any(shared)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("中国工商银行", ["中国工商银行"]),
        ("农行城关支行", ["中国农业银行"]),
        ("中国银行股份有限公司", ["中国银行"]),
        ("邮储银行", ["中国邮政储蓄银行"]),
        ("梁园区农村信用社", ["农村信用社、农村商业银行"]),
        ("瑞丰银行", []),
        ("新华支行", []),
    ],
)
def test_a_bank_is_known_by_its_name_in_full_or_in_short(text: str, names: list[str]) -> None:
    assert [bank.name for bank in named(text)] == names


def test_no_bank_s_name_names_another() -> None:
    for bank in _banks():
        for name in (bank.name, *bank.names):
            assert [one.name for one in named(name)] == [bank.name]
