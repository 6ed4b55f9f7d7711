"""Printed wording: texts of cells and labels made comparable, and what stands behind a label.

Text in, text out. Local offices retype the form: stars, spaces, brackets,
colons, full and half width differ, and a picture's text has wrong characters.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from records.values import narrow

_BRACKETED = re.compile(r"[（(〔\[【][^（()）〔〕\[\]【】]*[)）〕\]】]")
_COLON = re.compile(r"[：:﹕︰∶]")
# What may stand between a label and its value: the label's own bracket or quote, stars, a colon, rules.
_LEAD = re.compile(r"[\s\u00a0\u3000)）〕”\"*＊﹡:：﹕︰∶;；_＿]+")
_TRAIL = re.compile(r"[\s\u00a0\u3000_＿]+$")
# One wrong character is noise in a label, but never one of these: they tell two labels apart.
_TELLING = frozenset("年月主次")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Only letters, digits and Chinese characters, half-width, radicals unified."""
    return "".join(char for char in narrow(text) if char.isalnum())


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """As `plain`, without what stands in brackets: a unit, a hint how to fill in."""
    return plain(_BRACKETED.sub("", text))


@dataclass(frozen=True, slots=True)
class Spelled:
    """The plain characters of a text and where each stands in it."""

    text: str
    places: tuple[int, ...]


def spell(text: str) -> Spelled:
    """A text as `plain` has it, with the way back."""
    pairs = [(char, place) for place, raw in enumerate(text) for char in plain(raw)]
    return Spelled("".join(char for char, _ in pairs), tuple(place for _, place in pairs))


def tolerance(length: int) -> int:
    """How many wrong characters a label of this length may have; a short one none."""
    if length <= 2:
        return 0
    if length <= 5:
        return 1
    return 2 if length <= 9 else length // 4


def distance(text: str, label: str) -> int | None:
    """Wrong characters between a text and a label, both plain; None when they are two different texts."""
    allowed = tolerance(len(label))
    if abs(len(text) - len(label)) > allowed:
        return None
    found = Levenshtein.distance(text, label, score_cutoff=allowed)
    if found > allowed or (found and _tells_apart(text, label)):
        return None
    return found


def _tells_apart(text: str, label: str) -> bool:
    said, asked = Counter(text), Counter(label)
    return any(said[char] != asked[char] for char in _TELLING)


@dataclass(frozen=True, slots=True)
class Said:
    """A label with a colon behind it inside a cell: its words, where they start, where the value starts."""

    label: str
    start: int
    end: int


def said_before_colons(text: str) -> tuple[Said, ...]:
    """The words before each colon of a text, back to the colon before or the start of a line."""
    found: list[Said] = []
    start = 0
    for colon in _COLON.finditer(text):
        found.append(Said(text[start : colon.start()], start, colon.end()))
        start = colon.end()
    return tuple(found)


def looks_labelled(text: str) -> bool:
    """Whether a few words and a colon begin the text, as a label with its value would."""
    said = said_before_colons(text)
    return bool(said) and 2 <= len(plain(said[0].label)) <= 8


def has_colon(text: str) -> bool:
    """Whether a colon stands in the text."""
    return _COLON.search(text) is not None


def length_in(text: str, label: str) -> int | None:
    """How many characters of `text`, from its start, spell the plain `label`; None when they do not."""
    wanted = label
    for place, char in enumerate(text):
        if not wanted:
            return place
        spelled = plain(char)
        if not spelled:
            continue
        if not wanted.startswith(spelled):
            return None
        wanted = wanted[len(spelled) :]
    return None if wanted else len(text)


def behind(text: str, start: int) -> str:
    """What stands behind a label that ends at `start`, without the colon and the brackets of the label."""
    rest = text[start:]
    hint = re.match(r"\s*[（(][^（()）]*[)）]\s*(?=[：:]|$)", rest)
    if hint:
        rest = rest[hint.end() :]
    lead = _LEAD.match(rest)
    return _TRAIL.sub("", rest[lead.end() :] if lead else rest)


def is_blank(text: str) -> bool:
    """Whether nothing is written: spaces, rules to write on and lone marks of punctuation."""
    return not text.strip(" \t\n\r\u00a0\u3000_＿-—.．:：")
