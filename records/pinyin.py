"""Pinyin of names: Chinese text comes in, its syllables without tones go out, every way it may be read.

Surnames are often read otherwise than the same character elsewhere (曾 zeng, 单 shan),
so that a name has several readings; ü is written v, as on keyboards.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import islice, product

_READINGS_OF_ONE = 4
_MOST = 8
_OTHER_SPELLINGS = (("ü", "v"), ("u:", "v"), ("lyu", "lv"), ("nyu", "nv"))


def readings(text: str) -> tuple[tuple[str, ...], ...]:
    """The syllables of a text in every likely reading, the commonest first; none without Chinese in it."""
    by_character = [found for char in text if (found := syllables(char))]
    if not by_character:
        return ()
    # The first character is the surname, whose rare readings count; those of others seldom do.
    wanted = [by_character[0], *(found[:2] for found in by_character[1:])]
    return tuple(islice(product(*wanted), _MOST))


def typed(text: str) -> str:
    """Pinyin as somebody typed it, spelled as `readings` spells it."""
    for other, ours in _OTHER_SPELLINGS:
        text = text.replace(other, ours)
    return text.replace("'", "")


@lru_cache(maxsize=8192)
def syllables(char: str) -> tuple[str, ...]:
    """The readings of one character, the commonest first; none for what is not Chinese."""
    # The dictionary is large: loaded when the first name is looked up.
    from pypinyin.pinyin_dict import pinyin_dict

    told = pinyin_dict.get(ord(char), "")
    toneless = (_toneless(one) for one in told.split(",") if one)
    return tuple(dict.fromkeys(toneless))[:_READINGS_OF_ONE]


def _toneless(syllable: str) -> str:
    """A syllable without its tone mark, ü as v."""
    parts = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(char for char in parts if not unicodedata.combining(char))
