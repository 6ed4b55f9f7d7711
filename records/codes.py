"""The code on a made sheet: which document of which record it is, said in 30 letters without any name.

    D1/4K7QZ/123/4/0/7XQ2PA

| part | says |
| --- | --- |
| `D1` | the format, this one |
| `4K7QZ` | edition and document: 25 bits of SHA-256 of `edition/document`, in base 32 |
| `123` | the record's number in the store that made it |
| `4` | the record's revision that was printed |
| `0` | the sheet: 0 the form itself, 1 and more its continuation sheets |
| `7XQ2PA` | a check over the record's values at that revision: 30 bits of SHA-256, in base 32 |

All signs are those of a QR code's alphanumeric mode. The check is no secret:
it tells a sheet of another store, or of a store set back, from our own.
"""

from __future__ import annotations

import json
import re
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from records.values import Value, Values, to_plain

_FORMAT = "D1"
_FORM, _CHECK = 5, 6
_TEXT = re.compile(
    rf"{_FORMAT}/(?P<form>[A-Z2-7]{{{_FORM}}})/(?P<record>[1-9]\d{{0,9}})/(?P<revision>[1-9]\d{{0,5}})"
    rf"/(?P<sheet>0|[1-9]\d{{0,2}})/(?P<check>[A-Z2-7]{{{_CHECK}}})"
)


@dataclass(frozen=True, slots=True)
class Code:
    """What a sheet's code says; `form` stands for edition and document, `check` for the values."""

    form: str
    record: int
    revision: int
    sheet: int
    check: str

    @property
    def text(self) -> str:
        """What is printed."""
        return f"{_FORMAT}/{self.form}/{self.record}/{self.revision}/{self.sheet}/{self.check}"


class Standing(StrEnum):
    """How a code stands to the store: of a record as it is now, as it was once, or of none that is here."""

    CURRENT = "current"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Return:
    """A sheet that came back: its code, how that stands to the store, its document, its page of the file."""

    code: Code
    standing: Standing
    document: str = ""
    page: int = 1


def code_of(edition: str, document: str, record: int, revision: int, values: Values, sheet: int = 0) -> Code:
    """The code of a sheet of a document that prints these values."""
    return Code(form_letters(edition, document), record, revision, sheet, check_letters(values))


def read_code(text: str) -> Code | None:
    """What a code says; None for a code that is none of ours."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    record, revision, sheet = (int(found[name]) for name in ("record", "revision", "sheet"))
    return Code(found["form"], record, revision, sheet, found["check"])


def document_of(code: Code, edition: str, documents: Iterable[str]) -> str | None:
    """Which of an edition's documents a code is of; None when of none."""
    return next((one for one in documents if form_letters(edition, one) == code.form), None)


def form_letters(edition: str, document: str) -> str:
    """What a code says instead of an edition's and a document's names."""
    return _letters(f"{edition}/{document}", _FORM)


def check_letters(values: Values) -> str:
    """The check over a record's values; blank ones count for nothing."""
    filled = sorted((path, value) for path, value in values.items() if not _is_blank(value))
    return _letters(
        "\n".join(f"{path}={json.dumps(to_plain(value), ensure_ascii=False)}" for path, value in filled),
        _CHECK,
    )


def _is_blank(value: Value) -> bool:
    return value is None or value in ("", ())


def _letters(text: str, count: int) -> str:
    return b32encode(sha256(text.encode("utf-8", "surrogatepass")).digest()).decode("ascii")[:count]
