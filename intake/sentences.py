"""Printed sentences with blanks in them: which cell holds one, and what stands in each blank.

A sentence's fixed words are looked for one after the other, with wrong
characters allowed; what stands between two of them fills the blank between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz import fuzz

from intake.wording import Spelled, plain, spell
from records.editions import Sentence

_BLANK = re.compile(r"\{(\w+)\}")
_CLOSE_ENOUGH = 75.0
_ENOUGH_OF_IT = 0.7
_EDGES = " \t\n\u00a0\u3000()（）:：,，、;；。*＊﹡_＿"


def keys_of(sentence: Sentence) -> tuple[str, ...]:
    """The paths of a sentence's blanks, in order."""
    return tuple(_BLANK.findall(sentence.text))


def closeness(sentence: Sentence, text: str) -> float:
    """How much of a sentence's fixed words a text holds, 0 to 1; 0 below a fair share."""
    spelled = plain(text)
    words = [plain(piece) for piece in _fixed(sentence) if plain(piece)]
    total = sum(map(len, words))
    if len(spelled) < _ENOUGH_OF_IT * total or not total:
        return 0.0
    held = sum(len(word) * fuzz.partial_ratio(word, spelled) / 100 for word in words if _holds(spelled, word))
    return held / total if held >= _ENOUGH_OF_IT * total else 0.0


def blanks(sentence: Sentence, text: str) -> Mapping[str, str]:
    """What stands in each blank of a sentence, as written, by path."""
    spelled = spell(text)
    found: dict[str, str] = {}
    pieces = _fixed(sentence)
    end = _end_of(pieces[0], spelled, 0)
    for key, piece in zip(keys_of(sentence), pieces[1:], strict=True):
        start, after = _span_of(piece, spelled, end)
        found[key] = _between(text, spelled, end, start)
        end = after
    return found


def words_around(sentence: Sentence, key: str) -> tuple[str, str]:
    """The fixed words before and behind a blank."""
    fixed, place = _fixed(sentence), keys_of(sentence).index(key)
    return fixed[place], fixed[place + 1]


def _fixed(sentence: Sentence) -> list[str]:
    return _BLANK.split(sentence.text)[::2]


def _holds(spelled: str, word: str) -> bool:
    return fuzz.partial_ratio(word, spelled) >= _CLOSE_ENOUGH


def _span_of(piece: str, spelled: Spelled, begin: int) -> tuple[int, int]:
    """Where a fixed piece stands behind `begin`; the end of the text when it has none."""
    word = plain(piece)
    rest = spelled.text[begin:]
    found = fuzz.partial_ratio_alignment(word, rest, score_cutoff=_CLOSE_ENOUGH) if word else None
    if found is None:
        return len(spelled.text), len(spelled.text)
    return begin + found.dest_start, begin + found.dest_end


def _end_of(piece: str, spelled: Spelled, begin: int) -> int:
    return _span_of(piece, spelled, begin)[1] if plain(piece) else begin


def _between(text: str, spelled: Spelled, start: int, end: int) -> str:
    first = spelled.places[start - 1] + 1 if start else 0
    last = spelled.places[end] if end < len(spelled.places) else len(text)
    return text[first:last].strip(_EDGES)
