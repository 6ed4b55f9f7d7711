"""Type-ahead: what may stand in a field comes in, with the pinyin by which it is found it goes out.

Entries of an edition's lists, and the words that stand in the archive's newest records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from records.editions import Edition, Field
from records.known import Known
from records.pinyin import readings

Found = tuple[str, str]
"""A text, and what may be typed for it: its pinyin and its initials, each reading, divided by blanks."""


def lists_of(edition: Edition, known: Known) -> dict[str, dict[str, Any]]:
    """For each field with a list, by key (`rows.key` in a table): its entries, and whether it is closed."""
    return {key: told for key, asked in _fields(edition) if (told := _list(asked, known)) is not None}


def _fields(edition: Edition) -> Iterator[tuple[str, Field]]:
    for asked in edition.fields:
        if asked.is_rows:
            yield from ((f"{asked.key}.{column.key}", column) for column in asked.fields)
        else:
            yield asked.key, asked


def _list(asked: Field, known: Known) -> dict[str, Any] | None:
    if asked.kind == "choice" and asked.choices:
        return {"closed": asked.enforced, "entries": entries(asked.choices)}
    words = known.get(asked.prior or "", ()) if asked.kind == "text" else ()
    return {"closed": False, "entries": entries(words)} if words else None


def entries(texts: Iterable[str]) -> list[Found]:
    """Texts with their pinyin."""
    return [(text, spelled(text)) for text in texts]


@lru_cache(maxsize=4096)
def spelled(text: str) -> str:
    """The pinyin of a text and its initials, in every likely reading."""
    ways = readings(text)
    spellings = dict.fromkeys(("".join(way), "".join(syllable[0] for syllable in way)) for way in ways)
    return " ".join(dict.fromkeys(one for pair in spellings for one in pair))
