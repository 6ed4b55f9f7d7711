"""Truths: files with what is known to stand on them beside them come in, what was read rightly goes out.

A truth is `NAME.json` beside `NAME.jpg` (or any other file that is read): `edition` and `fields`,
as `dangan export` writes them.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from desk.contract import read_fields
from desk.inputs import named_files
from records.drafts import Draft, Reading
from records.editions import Edition
from records.errors import Unreadable
from records.values import Value, Values, row_count, split_path

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A field that a draft says something about: its reading, and whether that is right."""

    path: str
    kind: str
    reading: Reading
    right: bool

    @property
    def silent(self) -> bool:
        """Wrong, and nobody is told."""
        return not self.right and not self.reading.review


@dataclass(frozen=True, slots=True)
class Proof:
    """A draft held against its truth: every field that it says, and how many values it says nothing of."""

    said: tuple[Said, ...]
    lost: int

    @property
    def fields(self) -> int:
        """How many fields there were to be read."""
        return len(self.said) + self.lost


def with_truth(folder: Path) -> list[Path]:
    """The files of a folder that have a truth beside them."""
    return [file for file in named_files([folder]) if file.with_suffix(".json").is_file()]


def truth_of(file: Path) -> Json:
    """The truth beside a file. Raises Unreadable when it is none."""
    beside = file.with_suffix(".json")
    try:
        told = json.loads(beside.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Unreadable(file=beside, what="JSON") from error
    if not (isinstance(told, dict) and {"edition", "fields"} <= told.keys()):
        raise Unreadable(file=beside, what="JSON")
    return told


def proved(draft: Draft, truth: Json, edition: Edition) -> Proof:
    """A draft held against its truth; fields of which the truth says nothing are left out.

    So are the kinds that it calls `unscored`, since nobody could tell them from
    the shapes of its hand alone. Of a draft of another edition nothing is right.
    """
    wanted, _ = read_fields(edition, truth["fields"]) if truth["edition"] == edition.key else ({}, [])
    left_out = truth.get("unscored", ())
    said = [
        Said(path, kind, reading, _same(wanted.get(path), reading.value, kind))
        for path, reading in draft.readings.items()
        for kind in [edition.field(path).kind]
        if kind not in left_out and _is_asked(path, reading, wanted, truth)
    ]
    lost = [
        path
        for path, value in wanted.items()
        if path not in draft.readings and not _is_blank(value) and edition.field(path).kind not in left_out
    ]
    return Proof(tuple(said), len(lost))


def _is_asked(path: str, reading: Reading, wanted: Values, truth: Json) -> bool:
    """Whether the truth knows what stands there; blanks in rows that are not there are none."""
    if truth["edition"] and not wanted:
        return not _is_blank(reading.value)
    key, index, _ = split_path(path)
    if key not in truth["fields"]:
        return False
    if index is None or index < row_count(key, wanted):
        return path in wanted
    return not _is_blank(reading.value)


def _is_blank(value: Value) -> bool:
    return value is None or value in ("", ())


def _same(want: Value, have: Value, kind: str) -> bool:
    return bool(_plain(want, kind) == _plain(have, kind))


def _plain(value: Value, kind: str) -> object:
    if _is_blank(value):
        return None
    if isinstance(value, tuple):
        return tuple(sorted(_spelled(entry) for entry in value))
    if isinstance(value, Decimal):
        return value
    text = _spelled(str(value))
    return text.upper() if kind in ("id_number", "code") else text


def _spelled(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
