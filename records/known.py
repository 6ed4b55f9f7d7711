"""Known words: the values of stored records in, what is known to stand in such fields out, by sort of words.

Only where an edition says of which sort a field's words are (its `prior`), and
never people's names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from records.editions import Editions
from records.forms import Field
from records.values import Value

Known = Mapping[str, tuple[str, ...]]
"""What is known to stand on such forms, by sort of words (the `prior` of an edition's fields).

Names of people are never asked: who was on file last time says nothing of whose form this is.
"""
NOTHING_KNOWN: Known = MappingProxyType({})

NEWEST = 2000
"""So many records are looked at, the newest: what stands on paper changes over the years."""
_MOST = 400
"""Words kept of each sort."""
_SHORTEST, _LONGEST = 2, 40
"""How many characters a word has; longer ones are remarks."""
_NAMES = "person"
ADDRESSES = "place"
"""The sort of words that tell where somebody lives."""


def worded_paths(editions: Editions) -> tuple[str, ...]:
    """The paths of the fields whose words are known, `%` for the number of a row."""
    asked = [(field.key, field) for edition in editions for field in edition.fields]
    asked += [
        (f"{table.key}.%.{column.key}", column)
        for edition in editions
        for table in edition.tables
        for column in table.fields
    ]
    return tuple(dict.fromkeys(path for path, field in asked if _sort_of(field) is not None))


def known_words(editions: Editions, stored: Iterable[tuple[str, str, Value, int]]) -> Known:
    """The commonest words of each sort; `stored` are edition, path, value and its count, latest first."""
    counts: dict[str, Counter[str]] = {}
    for edition, path, value, count in stored:
        sort = _sort(editions, edition, path)
        if sort is not None and isinstance(value, str) and _SHORTEST <= len(value) <= _LONGEST:
            counts.setdefault(sort, Counter())[value] += count
    # Of equally common words those that came first, the latest ones, are kept.
    found = {sort: tuple(word for word, _ in words.most_common(_MOST)) for sort, words in counts.items()}
    return MappingProxyType(found)


def _sort(editions: Editions, edition: str, path: str) -> str | None:
    """The sort of a field's words; None where it has none, or holds people's names."""
    if edition not in editions or not editions[edition].has(path):
        return None
    return _sort_of(editions[edition].field(path))


def _sort_of(field: Field) -> str | None:
    return field.prior if field.kind == "text" and field.prior != _NAMES else None
