"""Values that go on on another sheet: how paper names them there, and how they come back to their field.

Where a value finds no room the form prints a pointer (the edition's
`see_more`), and a continuation sheet the field's name beside the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from rapidfuzz.distance import Hamming

from intake.wording import plain
from records.drafts import Reading, Source
from records.editions import Edition, Field
from records.findings import Reason
from records.values import row_path


@dataclass(frozen=True, slots=True)
class Carried:
    """A value, or a piece of one, that stands on a continuation sheet: for which path, what, where.

    `reading` is what a picture's text was read as; exact text wants none.
    """

    path: str
    text: str
    source: Source | None = None
    reading: Reading | None = None


def path_called(text: str, edition: Edition) -> str | None:
    """The path that a continuation sheet calls so: a label, or table, row from 1 and column in one word."""
    said = plain(text)
    if not said:
        return None
    for asked in edition.on_paper:
        if asked.is_rows:
            called = _row_called(said, asked)
            if called is not None:
                return called
        elif said == plain(asked.label):
            return asked.key
    return None


def _row_called(said: str, table: Field) -> str | None:
    called = "|".join(re.escape(plain(one)) for one in (table.row, table.label))
    found = re.fullmatch(rf"(?:{called})([0-9]{{1,3}})(.+)", said)
    for column in table.fields if found else ():
        if found and found.group(2) == plain(column.label) and int(found.group(1)) > 0:
            return row_path(table.key, int(found.group(1)) - 1, column.key)
    return None


def brought_back(
    readings: Mapping[str, Reading],
    carried: Iterable[Carried],
    edition: Edition,
    read: Callable[[str, Field, Source | None], Reading],
) -> dict[str, Reading]:
    """The readings with each pointer replaced by what the continuation sheets say; without it, in doubt."""
    texts: dict[str, list[Carried]] = {}
    for piece in carried:
        texts.setdefault(piece.path, []).append(piece)
    done = dict(readings)
    for path in pointing(readings, edition):
        pieces = texts.get(path)
        if pieces:
            done[path] = _joined(pieces, edition.field(path), read)
        else:
            reason = Reason("goes_on_elsewhere")
            done[path] = replace(readings[path], value=None, review=True, reasons=(reason,))
    return done


def pointing(readings: Mapping[str, Reading], edition: Edition) -> tuple[str, ...]:
    """The paths at which the form says that the value stands on another sheet."""
    pointers = {plain(use.see_more) for use in edition.documents if plain(use.see_more)}
    return tuple(path for path, reading in readings.items() if _points(plain(reading.raw), pointers))


def _points(said: str, pointers: Collection[str]) -> bool:
    """Whether a text is a pointer; an engine may misread one of its characters."""
    return any(said == one or (len(one) > 2 and Hamming.distance(said, one) <= 1) for one in pointers)


def _joined(
    pieces: Sequence[Carried], field: Field, read: Callable[[str, Field, Source | None], Reading]
) -> Reading:
    """The value that several pieces make; sure when each of them is."""
    whole = read("".join(piece.text for piece in pieces), field, pieces[0].source)
    parts = [piece.reading for piece in pieces if piece.reading is not None]
    if len(parts) == 1 == len(pieces):
        return parts[0]
    if not parts:
        return whole
    return replace(
        whole,
        confidence=min(whole.confidence, prod(part.confidence for part in parts)),
        review=whole.review or any(part.review for part in parts),
        evidence=min(parts, key=lambda part: part.confidence).evidence,
        reasons=(*whole.reasons, *(reason for part in parts for reason in part.reasons)),
    )
