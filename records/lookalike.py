"""Look-alike characters: a text comes in, the same text with one character for each group of them goes out.

The groups are data, `templates/priors/lookalike.toml` and the Chinese ones of `alike.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from records.editions import BUILT_IN
from records.values import narrow

_FOLDER = BUILT_IN / "priors"
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF


def plain(text: str) -> str:
    """A text as a search compares it: half-width, small letters, without spaces and dots."""
    return "".join(char for char in narrow(text).casefold() if not char.isspace() and char not in "·•・.")


def shape(text: str) -> str:
    """The text with every character that looks like others as the first of its group."""
    return "".join(_first_of_group().get(char, char) for char in text)


def is_han(char: str) -> bool:
    """Whether a character is Chinese."""
    return _FIRST_HAN <= ord(char) <= _LAST_HAN


@cache
def _first_of_group() -> Mapping[str, str]:
    """The first character of the group, for every character of one.

    Groups that overlap stay apart: a chain of likenesses would make strangers alike.
    """
    first: dict[str, str] = {}
    for group in _groups():
        known = next((first[char] for char in group[:1] if char in first), group[0])
        for char in group:
            first.setdefault(char, known)
    return MappingProxyType(first)


def _groups() -> Iterator[str]:
    yield from tomllib.loads((_FOLDER / "lookalike.toml").read_text(encoding="utf-8"))["groups"]
    alike = tomllib.loads((_FOLDER / "alike.toml").read_text(encoding="utf-8"))
    for char, others in alike.items():
        if is_han(char):
            yield char + "".join(other for other in others if is_han(other))
