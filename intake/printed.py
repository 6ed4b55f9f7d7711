"""Print inside a blank: a word of its own label that an office repeats before the value."""

from __future__ import annotations

import re

from intake.wording import plain
from records.forms import Field

_WORDS = re.compile(r"\s*[（(]?([\u4e00-\u9fff]{2,8})[)）]?\s*([：:﹕︰∶]?)[\s_＿]*")
_FIGURES = frozenset(("id_number", "bank_card", "phone", "code"))
"""Kinds whose values have no words, so that no colon is needed to tell them from print."""


def value_start(text: str, field: Field) -> int:
    """Where in the text of a blank the value begins: behind words of the field's label, 0 without any.

    What is not printed with a colon may be the value itself, unless figures follow.
    """
    found = _WORDS.match(text)
    if found is None or field.choices:
        return 0
    words, colon = found.groups()
    own = {char for label in field.labels for char in plain(label)}
    follows = text[found.end() : found.end() + 1]
    told = bool(colon) or (field.kind in _FIGURES and follows.isascii() and follows.isalnum())
    return found.end() if told and set(words) <= own else 0
