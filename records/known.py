"""Known words: the values of stored records in, what is known to stand in such fields out, by sort of words.

Only where an edition says of which sort a field's words are (its `prior`), and
never people's names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from records.editions import Editions
from records.values import Value

Known = Mapping[str, tuple[str, ...]]

NEWEST = 2000
"""So many records are looked at, the newest: what stands on paper changes over the years."""
_MOST = 400
"""Words kept of each sort."""
_SHORTEST, _LONGEST = 2, 40
"""How many characters a word has; longer ones are remarks."""
_NAMES = "person"


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
    field = editions[edition].field(path)
    return field.prior if field.kind == "text" and field.prior != _NAMES else None
