"""Glance: the readings of one field in many drafts come in, in the order in which an odd one jumps out.

Doubtful ones stand first; then like stands beside like, the commonest first, what is rare last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk import words
from desk.reviewing import is_unread
from records.abreast import Cell
from records.drafts import Box
from records.findings import Severity
from records.forms import Edition, Field
from records.kinds import parse
from records.values import Value, split_path

BLANK = "-"
"""What a clerk types for a field in which nothing stands."""
_AROUND = 8
"""Pixels of paper that are shown around a cell."""
_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading as it is shown: its text, also in groups; what is odd about it, of whom, in which row.

    `sound` says that its check digit is right.
    """

    draft: int
    path: str
    text: str
    grouped: tuple[str, ...]
    odd: tuple[str, ...]
    doubtful: bool
    sound: bool
    name: str
    row: str
    raw: str
    scan: str

    @property
    def key(self) -> str:
        """The reading's name on the screen."""
        return f"{self.draft}:{self.path}"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a clerk typed: its value, or words that mean none and are kept for the review."""

    value: Value
    unread: str = ""


def arranged(edition: Edition, asked: Field, cells: Iterable[Cell]) -> list[Seen]:
    """The readings in their order."""
    seen = [_seen(edition, asked, cell) for cell in cells]
    common = Counter(one.text for one in seen)
    return sorted(seen, key=lambda one: (not one.doubtful, -common[one.text], one.text, one.draft, one.path))


def typed(text: str, asked: Field) -> Typed:
    """What a clerk's words mean for a field."""
    if text.strip() == BLANK:
        return Typed(None)
    parsed = parse(text, asked)
    return Typed(None, text.strip()) if is_unread(text, parsed) else Typed(parsed.value)


def groups(text: str, asked: Field) -> tuple[str, ...]:
    """A text as it is read aloud: an identity number as place, birth and the rest."""
    if asked.kind == "id_number" and len(text) == _NUMBER:
        return text[:6], text[6:14], text[14:]
    return (text,)


def _seen(edition: Edition, asked: Field, cell: Cell) -> Seen:
    reading = cell.reading
    text = words.value(edition, cell.path, reading.value)
    problems = (
        [one for one in parse(text, asked).problems if one.severity is not Severity.INFO] if text else []
    )
    told = [words.sentence(one.code, one.facts, edition) for one in problems]
    return Seen(
        cell.draft,
        cell.path,
        text,
        groups(text, asked),
        tuple(
            dict.fromkeys([*(words.reason(one, edition) for one in reading.reasons if reading.review), *told])
        ),
        reading.review or bool(problems),
        asked.kind == "id_number" and len(text) == _NUMBER and not problems,
        cell.name,
        _row(edition, cell.path),
        reading.raw.replace("\n", " ") if reading.source is None or reading.source.box is None else "",
        _crop(cell.sha256, reading.source.page, reading.source.box)
        if reading.source and reading.source.box
        else "",
    )


def _row(edition: Edition, path: str) -> str:
    table, index, _ = split_path(path)
    return "" if index is None else f"{edition.field(table).row}{index + 1}"


def _crop(sha256: str, page: int, box: Box) -> str:
    x0, y0, x1, y1 = box
    around = f"{max(x0 - _AROUND, 0)},{max(y0 - _AROUND, 0)},{x1 + _AROUND},{y1 + _AROUND}"
    return f"/scans/{sha256}/{page}.png?box={around}&width=520"


def field_label(edition: Edition, key: str) -> str:
    """What a field is called, a table's column with its row."""
    table, _, column = key.rpartition(".")
    if not table:
        return edition.field(key).label
    return f"{edition.field(table).row}·{edition.field(table).column(column).label}"


def in_order(edition: Edition, keys: Sequence[str]) -> list[str]:
    """The keys of fields in the form's order, those that the edition does not know left out."""
    asked = [
        key
        for one in edition.fields
        for key in ([f"{one.key}.{column.key}" for column in one.fields] if one.is_rows else [one.key])
    ]
    return [key for key in asked if key in set(keys)]


def field_of(edition: Edition, key: str) -> Field | None:
    """The field of a key; None where the edition has none."""
    table, _, column = key.rpartition(".")
    path = f"{table}.0.{column}" if table else key
    if not edition.has(path) or edition.field(path).is_rows:
        return None
    return edition.field(path)
