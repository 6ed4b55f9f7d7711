"""Entries of a form's lists, found in what a clerk wrote: by spelling, synonym or printed number.

Spellings are compared after brackets, widths and spaces are made alike, so that
下(待)岗 and 下（待）岗 are one. An entry that holds a separator itself stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from records.forms import Field
from records.values import narrow

SEPARATOR = "、"
"""What stands between the entries of a set when it is shown."""

_ALIKE = str.maketrans("（）［］【】〔〕：；，。！？", "()[][][]:;,.!?", "“”‘’\"'「」√✓☑■●")
_CIRCLED = re.compile("[①-⑳⑴-⑽]")
_GAP = re.compile(r"[\s、,;./|]*")
_WORD = re.compile(r"[^\s、,;/|]*")
_NUMBER = re.compile(r"\(?([0-9]{1,2})(?![0-9])\)?(?P<mark>\s*[.、:]?\s*)")
_NOTE = re.compile(r"\s*(?:\((?P<inside>[^()]*)\))?\s*(?::\s*(?P<after>[^、,;]*))?")
_NEAREST, _LEAST_SCORE = 3, 45


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a cell: its text, the entry it names or None, what is noted behind the entry.

    `contradicts` is true where a printed number and the words behind it name different entries.
    """

    text: str
    entry: str | None
    note: str = ""
    contradicts: bool = False


def fold(text: str) -> str:
    """A spelling without what is only typography: widths, brackets, quotes, spaces, a closing stop."""
    return re.sub(r"\s", "", narrow(text).translate(_ALIKE)).strip(".;,、")


def find(text: str, field: Field) -> tuple[Piece, ...]:
    """The pieces of a cell in its order; one piece with an entry when the whole cell names it."""
    entry = _spellings(field).get(fold(text))
    if entry:
        return (Piece(narrow(text), entry),)
    return tuple(_pieces(_plain(text), field)) or (Piece(narrow(text), None),)


def nearest(text: str, field: Field) -> tuple[str, ...]:
    """The entries that look most like a text, likeliest first."""
    if field.numbered and text.isdecimal():
        return _by_digits(text, field)
    spellings = _spellings(field)
    found = process.extract(
        fold(text), spellings.keys(), scorer=fuzz.ratio, score_cutoff=_LEAST_SCORE, limit=8
    )
    return tuple(dict.fromkeys(spellings[spelling] for spelling, _, _ in found))[:_NEAREST]


def _by_digits(text: str, field: Field) -> tuple[str, ...]:
    """The entries of numbers written without gaps; none when one digit is no entry's."""
    numbers = [int(digit) for digit in text]
    fitting = all(1 <= number <= len(field.choices) for number in numbers)
    return tuple(dict.fromkeys(field.choices[number - 1] for number in numbers)) if fitting else ()


def characters(field: Field) -> frozenset[str]:
    """Every character that spells an entry or a synonym."""
    return frozenset(char for spelling in (*field.choices, *field.synonyms) for char in spelling)


def _plain(text: str) -> str:
    """The text in normal form with one space for each gap; circled numbers stand apart."""
    apart = _CIRCLED.sub(lambda found: f" {found[0]} ", text)
    return " ".join(filter(None, (narrow(part).translate(_ALIKE) for part in apart.split())))


def _spellings(field: Field) -> Mapping[str, str]:
    return _table(field.choices, tuple(field.synonyms.items()))


@cache
def _table(choices: tuple[str, ...], synonyms: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Entry by folded spelling; an entry's own spelling wins over a synonym."""
    return {fold(other): entry for other, entry in synonyms} | {fold(entry): entry for entry in choices}


@cache
def _pattern(choices: tuple[str, ...], synonyms: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """Any spelling, the longest first, with gaps inside."""
    spellings = sorted(_table(choices, synonyms), key=len, reverse=True)
    return re.compile("|".join(r"\s*".join(map(re.escape, spelling)) for spelling in spellings) or r"(?!)")


def _pieces(text: str, field: Field) -> Iterator[Piece]:
    place = _skip(text, 0)
    while place < len(text):
        piece, end = _numbered(text, place, field) or _named(text, place, field) or _unknown(text, place)
        yield piece
        place = _skip(text, end)


def _skip(text: str, place: int) -> int:
    gap = _GAP.match(text, place)
    return gap.end() if gap else place


def _numbered(text: str, place: int, field: Field) -> tuple[Piece, int] | None:
    """An entry given by its printed number, alone or before its words."""
    found = _NUMBER.match(text, place) if field.numbered else None
    if not found or not 1 <= int(found[1]) <= len(field.choices):
        return None
    entry, named = field.choices[int(found[1]) - 1], _named(text, found.end(), field)
    if named is None:
        stands_alone = (
            found["mark"] != "" or _skip(text, found.end()) > found.end() or found.end() == len(text)
        )
        return (Piece(found[0].strip(), entry), found.end()) if stands_alone else None
    if named[0].entry == entry:
        return Piece(text[place : named[1]], entry, named[0].note), named[1]
    return Piece(text[place : named[1]], None, contradicts=True), named[1]


def _named(text: str, place: int, field: Field) -> tuple[Piece, int] | None:
    """An entry given by its words, with a note in brackets or behind a colon."""
    found = _pattern(field.choices, tuple(field.synonyms.items())).match(text, place)
    if not found:
        return None
    entry = _spellings(field)[re.sub(r"\s", "", found[0])]
    noted = _NOTE.match(text, found.end())
    if not noted or not noted[0].strip():
        return Piece(found[0], entry), found.end()
    note = (noted["after"] or noted["inside"] or "").strip()
    return Piece(found[0], entry, "" if note == PROMPT else note), noted.end()


PROMPT = "注明"
"""What forms print in brackets behind an entry that wants a note."""


def _unknown(text: str, place: int) -> tuple[Piece, int]:
    found = _WORD.match(text, place)
    end = found.end() if found and found.end() > place else len(text)
    return Piece(text[place:end], None), end
