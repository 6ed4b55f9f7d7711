"""Workers: whose paper a page is, by the number, the identity number and the name that stand on it.

An engine may misread a character: what is doubtful proves nothing, neither
that two pages are one worker's nor that they are not.
"""

from __future__ import annotations

from collections.abc import Iterator

from intake.pieces import Piece
from records.editions import Edition


def identity_keys(edition: Edition) -> tuple[str, ...]:
    """The fields that tell a worker, the surest first: identity number, worker's number, name."""
    return tuple(dict.fromkeys(_telling(edition)))


def _telling(edition: Edition) -> Iterator[str]:
    asked = [field for field in edition.on_paper if not field.is_rows]
    yield from (field.key for field in asked if field.kind == "id_number")
    yield from [field.key for field in asked if field.kind == "code"][:1]
    persons = [field.key for field in asked if field.prior == "person"]
    texts = [field.key for field in asked if field.kind == "text" and field.required]
    yield from (persons or texts)[:1]


def names_somebody(piece: Piece, edition: Edition) -> bool:
    """Whether a page says whose it is."""
    return any(piece.draft.values.get(key) is not None for key in identity_keys(edition))


def same_worker(one: Piece, other: Piece, edition: Edition) -> bool | None:
    """Whether two pages name the same worker: by the surest field that both tell; None when none does."""
    for key in identity_keys(edition):
        here, there = one.draft.readings.get(key), other.draft.readings.get(key)
        if here is None or there is None or here.value is None or there.value is None:
            continue
        if here.value == there.value:
            return True
        if not here.review and not there.review:
            return False
    return None
