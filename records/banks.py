"""Banks: a card number or a written name in, the bank that it tells of out.

The table is `templates/banks.toml`. What it does not hold says nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).resolve().parent.parent / "templates" / "banks.toml"
PREFIX = 6
"""Figures of a card number that tell its bank."""


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank: its name, the words by which it is told, the first figures of its cards."""

    name: str
    names: tuple[str, ...]
    prefixes: frozenset[str]


def issuer(card: str) -> Bank | None:
    """The bank that issued a card; None for one whose first figures are not known."""
    return _by_prefix().get(card[:PREFIX])


def named(text: str) -> tuple[Bank, ...]:
    """The banks that a text names; none when it names none that is known."""
    return tuple(bank for bank in _banks() if any(name in text for name in bank.names))


@cache
def _banks() -> tuple[Bank, ...]:
    listed = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["banks"]
    return tuple(Bank(one["name"], tuple(one["names"]), frozenset(one["prefixes"].split())) for one in listed)


@cache
def _by_prefix() -> Mapping[str, Bank]:
    return {prefix: bank for bank in _banks() for prefix in bank.prefixes}
