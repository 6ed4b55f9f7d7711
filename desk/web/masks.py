"""What a visitor sees of a private value: a value and its place come in, its text or its mask goes out.

Identity and card numbers, illness and private telephones stay hidden until somebody who may asks for one
of them by a click, which the audit log keeps. Which fields are private is said by the edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk import phrases, words
from records import kinds
from records.accounts import Right
from records.forms import Edition, Field
from records.masking import mask, mask_kind
from records.medical import OF_ITSELF, MedicalCase, to_values
from records.medical_aid import MedicalAid, medical_aid
from records.values import Value

if TYPE_CHECKING:
    from desk.web.visit import Visit
    from records.archive import Record


@dataclass(frozen=True, slots=True)
class Seen:
    """A value as a visitor sees it: whether its `text` is a mask, and where to ask for what is behind it."""

    text: str
    hidden: bool
    label: str
    path: str
    way: str


def shown(visit: Visit, edition: Edition, path: str, value: Value, unmasked: bool = False) -> str:
    """A record's value, or one of its history, as a visitor sees it. Raises KeyError for an unknown path."""
    asked = edition.field(path)
    if asked.is_rows:
        raise KeyError(path)
    return _text(visit, kinds.show(value, asked), asked, unmasked)


def seen(visit: Visit, record: Record, edition: Edition, path: str, unmasked: bool = False) -> Seen:
    """What a visitor sees at a path of a record. Raises KeyError for an unknown path."""
    value = record.values.get(path)
    text = shown(visit, edition, path, value, unmasked)
    hidden = text != words.value(edition, path, value)
    return Seen(text, hidden, words.label(edition, path), path, f"/records/{record.number}/unmask")


def shown_of_case(visit: Visit, edition: Edition, path: str, value: Value, unmasked: bool = False) -> str:
    """A medical case's illness or help, or a fact of a paper, as a visitor sees it.

    Raises KeyError for an unknown path.
    """
    asked = _of_case(medical_aid(edition), path)
    return _text(visit, kinds.show(value, asked), asked, unmasked)


def seen_of_case(
    visit: Visit, case: MedicalCase, edition: Edition, path: str, unmasked: bool = False
) -> Seen:
    """What a visitor sees at a path of a medical case. Raises KeyError for an unknown path."""
    asked = _of_case(medical_aid(edition), path)
    full = kinds.show(to_values(case).get(path), asked)
    text = _text(visit, full, asked, unmasked)
    return Seen(text, text != full, asked.label, path, f"/cases/{case.number}/unmask")


def _text(visit: Visit, text: str, asked: Field, unmasked: bool) -> str:
    if unmasked and visit.may(Right.UNMASK):
        return text
    return mask_kind(text, asked.kind) if text and asked.is_private else mask(text)


def _of_case(aid: MedicalAid, path: str) -> Field:
    """What stands at a path of a case, as a field; raises KeyError."""
    head, _, rest = path.partition(".")
    fact = rest.partition(".")[2] if head == "papers" else path
    if head in OF_ITSELF:
        return Field(path, phrases.CASE_FACTS[path], "text", private=path in aid.private)
    if head != "papers":
        raise KeyError(path)
    return aid.field(fact)
