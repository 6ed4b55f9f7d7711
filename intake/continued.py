"""Values that go on on another sheet: how paper names them there, and how they come back to their field.

Where a value finds no room the form prints a pointer (the edition's
`see_more`), and a continuation sheet the field's name beside the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from intake.wording import plain
from records.drafts import Reading, Source
from records.editions import Edition, Field
from records.findings import Reason
from records.values import row_path


@dataclass(frozen=True, slots=True)
class Carried:
    """A value, or a piece of one, that stands on a continuation sheet: for which path, what, where."""

    path: str
    text: str
    source: Source | None = None


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
    found = re.fullmatch(rf"{re.escape(plain(table.label))}([0-9]{{1,3}})(.+)", said)
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
    pointers = {plain(use.see_more) for use in edition.documents if plain(use.see_more)}
    done = dict(readings)
    for path, reading in readings.items():
        if plain(reading.raw) not in pointers:
            continue
        pieces = texts.get(path)
        if pieces:
            done[path] = read("".join(piece.text for piece in pieces), edition.field(path), pieces[0].source)
        else:
            done[path] = replace(reading, value=None, review=True, reasons=(Reason("goes_on_elsewhere"),))
    return done
