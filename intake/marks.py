"""Marks on printed options: a cell's text with its signs and the field in, the chosen entries out.

A tick may stand before or after its option, a box may be ticked or empty, a
number may be ringed; an option left alone because the others were struck out
is chosen. Only text is looked at: a picture's marks are found by their ink.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from intake.grid import BOX, TICK
from intake.wording import Spelled, spell
from records.forms import Field

_NEAR_ENOUGH = 80.0
_RINGED = re.compile("[①-⑳]")
_NUMBERED = re.compile(r"[0-9０-９]{1,2}\s*[.．、)）]?\s*$")
_LEAD = re.compile(rf"[(（{BOX}]?(?:[0-9０-９①-⑳]{{1,2}}\s*[.．、)）]?\s*)?$")
_PROMPT = re.compile(r"[（(]\s*(?:请?注明)?\s*[:：]?\s*([^（()）]*)[)）]|[:：_＿]+")


@dataclass(frozen=True, slots=True)
class Marked:
    """The chosen entries in the list's order, and what is written behind the last, 其他.

    `unclear` says that a mark may as well belong to the option beside it.
    """

    chosen: tuple[str, ...]
    other: str = ""
    unclear: bool = False


class _Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class _Option:
    """A printed option: its entry, where its number starts, where its words start and end."""

    entry: str
    start: int
    words: int
    end: int


def chosen(text: str, field: Field) -> Marked:
    """The options of a field that a text marks."""
    options = list(_options(text, field))
    if not options:
        return Marked(())
    marks = [place for place, char in enumerate(text) if char == TICK]
    other = _other(text, options, field)
    if not marks:
        found = _ringed(text, options) or _left_alone(options, field, text)
        return Marked(_listed(found, field), other)
    side, sure = _style(text, options, marks)
    owners = [_owner(text, options, mark, side) for mark in marks]
    return Marked(
        _listed([owner.entry for owner, _ in owners], field),
        other,
        unclear=not sure and not all(plain for _, plain in owners),
    )


def _options(text: str, field: Field) -> Iterator[_Option]:
    """The printed options in the order of the text."""
    spelled = spell(text)
    found = []
    begin = 0
    for entry in field.choices:
        span = _find(spelled, spell(entry).text, begin)
        if span is not None:
            found.append((entry, *span))
            begin = span[1]
    for entry, first, last in found:
        words = spelled.places[first]
        lead = _LEAD.search(text, 0, words)
        yield _Option(entry, lead.start() if lead else words, words, spelled.places[last - 1] + 1)


def _find(spelled: Spelled, word: str, begin: int) -> tuple[int, int] | None:
    start = spelled.text.find(word, begin)
    if start >= 0:
        return start, start + len(word)
    if len(word) < 4:
        return None
    rest = spelled.text[begin:]
    near = fuzz.partial_ratio_alignment(word, rest, score_cutoff=_NEAR_ENOUGH)
    if near is None or near.dest_end <= near.dest_start:
        return None
    return begin + near.dest_start, begin + near.dest_end


def _listed(entries: Sequence[str], field: Field) -> tuple[str, ...]:
    return tuple(entry for entry in field.choices if entry in entries)


def _ringed(text: str, options: Sequence[_Option]) -> list[str]:
    """Options whose number stands in a ring where others stand bare."""
    ringed = [option for option in options if _RINGED.search(text, option.start, option.words)]
    bare = [option for option in options if _NUMBERED.search(text, option.start, option.words)]
    return [option.entry for option in ringed] if bare else []


def _left_alone(options: Sequence[_Option], field: Field, text: str) -> list[str]:
    """The one option that stands there, when the form would print two."""
    alone = len(options) == 1 and len(field.choices) == 2 and BOX not in text
    return [options[0].entry] if alone else []


def _style(text: str, options: Sequence[_Option], marks: Sequence[int]) -> tuple[_Side, bool]:
    """On which side of the options this paper's marks stand, and whether that is plain to see."""
    signs = [place for place, char in enumerate(text) if char in (TICK, BOX)]
    if signs[0] < options[0].words:
        return _Side.BEFORE, True
    if signs[-1] >= options[-1].end:
        return _Side.AFTER, True
    leanings = [leaning for mark in marks if (leaning := _leaning(text, options, mark)) is not None]
    before = leanings.count(_Side.BEFORE)
    if 2 * before != len(leanings):
        return (_Side.BEFORE if 2 * before > len(leanings) else _Side.AFTER), True
    return _Side.AFTER, False


def _around(options: Sequence[_Option], mark: int) -> tuple[_Option | None, _Option | None]:
    earlier = [option for option in options if option.end <= mark]
    later = [option for option in options if option.words > mark]
    return (earlier[-1] if earlier else None), (later[0] if later else None)


def _leaning(text: str, options: Sequence[_Option], mark: int) -> _Side | None:
    """The side that a mark's own line or gaps speak for."""
    before, after = _around(options, mark)
    if before is None or after is None:
        return _Side.AFTER if after is None else _Side.BEFORE
    left, right = text[before.end : mark], text[mark + 1 : after.start]
    if ("\n" in left) != ("\n" in right):
        return _Side.BEFORE if "\n" in left else _Side.AFTER
    gaps = _gap(left), _gap(right)
    if gaps[0] == gaps[1]:
        return None
    return _Side.BEFORE if gaps[0] > gaps[1] else _Side.AFTER


def _gap(between: str) -> int:
    return sum(char.isspace() or char in ";；,，、。" for char in between)


def _owner(text: str, options: Sequence[_Option], mark: int, side: _Side) -> tuple[_Option, bool]:
    """The option that a mark belongs to, and whether its own place speaks for it."""
    before, after = _around(options, mark)
    if before is None or after is None:
        return (before or after or options[0]), True
    leaning = _leaning(text, options, mark)
    own = leaning if leaning is not None else side
    return (after if own is _Side.BEFORE else before), leaning is not None


def _other(text: str, options: Sequence[_Option], field: Field) -> str:
    """What is written behind the last option, where the form asks to say what."""
    last = options[-1]
    if field.other_text is None or last.entry != field.choices[-1]:
        return ""
    rest = text[last.end :].replace(TICK, "").replace(BOX, "")
    return _PROMPT.sub(lambda found: found.group(1) or "", rest).strip(" \t\n\u3000\u00a0。；;_")
