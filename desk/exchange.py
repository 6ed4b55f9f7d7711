"""Exchange files: JSON, JSON Lines or XLSX come in, records as plain JSON go out, and back."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from desk.contract import Json, Misfit, read_fields
from records.editions import Edition, Editions
from records.errors import RecordError, Unreadable
from records.values import Value

FORMATS = ("json", "jsonl", "xlsx")
KNOWN = frozenset({"edition", "fields"})
TOLD_OF_RECORDS = frozenset(
    {"number", "name", "id_number", "created", "changed", "revision", "states", "history"}
)
"""What `dangan show` says besides of a record: nothing that comes in with it."""
TOLD_OF_SAMPLES = frozenset({"style", "profile", "hand", "odd"})
"""How a sample's paper was drawn, as its truth says."""


class NotARecord(RecordError):
    """An entry that is no record of a known edition; facts: what."""

    code = "not_a_record"


class UnknownEntryKeys(RecordError):
    """An entry with keys beside `edition` and `fields` that nobody knows; facts: keys."""

    code = "unknown_entry_keys"


class Misfits(RecordError):
    """An entry with keys or values that its edition does not know; `misfits` says where."""

    code = "misfits"

    def __init__(self, misfits: Sequence[Misfit], edition: Edition) -> None:
        super().__init__(fields=", ".join(misfit.where for misfit in misfits))
        self.misfits = tuple(misfits)
        self.edition = edition


def read_entries(file: Path, editions: Editions) -> Iterator[tuple[int, Any]]:
    """Every entry of a file with its place from 1. Raises Unreadable for a file that is none of the three."""
    if file.suffix.lower() == ".xlsx":
        from desk.xlsx import read_xlsx

        yield from read_xlsx(file, editions)
        return
    text = _text(file)
    if file.suffix.lower() == ".jsonl":
        yield from _lines(file, text)
        return
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(file, text)
        return
    yield from enumerate(told if isinstance(told, list) else [told], 1)


def as_record(entry: Any, editions: Editions) -> tuple[Edition, dict[str, Value]]:
    """The edition and values of an entry. Raises NotARecord, UnknownEntryKeys, Misfits, EditionError."""
    if not isinstance(entry, dict) or not isinstance(entry.get("fields"), dict):
        raise NotARecord(what=type(entry).__name__)
    unknown = entry.keys() - KNOWN - TOLD_OF_RECORDS - TOLD_OF_SAMPLES
    if unknown:
        raise UnknownEntryKeys(keys="、".join(sorted(unknown)))
    edition = editions[str(entry.get("edition"))]
    values, misfits = read_fields(edition, entry["fields"])
    if misfits:
        raise Misfits(misfits, edition)
    return edition, values


def write_entries(file: Path | None, form: str, entries: Sequence[Json], editions: Editions) -> None:
    """Write records in one of FORMATS, to standard output when `file` is None (not for XLSX).

    They hold whole identity numbers, so that a new file is for its owner's eyes only.
    """
    if form == "xlsx" and file is not None:
        from desk.xlsx import write_xlsx

        with open(file, "wb", opener=_private) as book:
            write_xlsx(book, entries, editions)
        return
    if form == "jsonl":
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    else:
        text = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    if file is None:
        sys.stdout.write(text)
    else:
        with open(file, "w", encoding="utf-8", opener=_private) as lines:
            lines.write(text)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(file=file, what="UTF-8") from error


def _lines(file: Path, text: str) -> Iterator[tuple[int, Any]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise Unreadable("empty", file=file)
    parsed = [(number, _parsed(line)) for number, line in lines]
    if all(entry is None for _, entry in parsed):
        raise Unreadable(file=file, what="JSON")
    yield from parsed


def _parsed(line: str) -> Any:
    """What a line of JSON holds; None for a line that is none, which is no record either."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
