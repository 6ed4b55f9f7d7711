"""Proposals of a medical case come in; a table for a clerk, or plain JSON, goes out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from desk import phrases, screen, words
from records import kinds
from records.drafts import Reading
from records.masking import mask
from records.proposals import ILLNESS, Proposal
from records.values import Value, to_plain

if TYPE_CHECKING:
    from records.medical_aid import MedicalAid


def fact_label(aid: MedicalAid, fact: str) -> str:
    """What the notice calls a fact, or what the case does."""
    return phrases.CASE_FACTS[fact] if fact == ILLNESS else aid.field(fact).label


def fact_value(aid: MedicalAid, fact: str, value: Value) -> str:
    """A fact as a clerk reads it; empty when blank."""
    return str(value or "") if fact == ILLNESS else kinds.show(value, aid.field(fact))


def kind_label(aid: MedicalAid, proposal: Proposal) -> str:
    """Which kind of paper it seems to be."""
    return aid.asked(proposal.kind).label if proposal.kind else phrases.CASE_KIND_UNKNOWN


def proposal_table(aid: MedicalAid, proposal: Proposal) -> Table:
    """What was read, one fact a line: label, value, how it stands on the paper, doubts."""
    title = phrases.CASE_PROPOSAL.format(
        number=proposal.number,
        kind=kind_label(aid, proposal),
        file=mask(proposal.origin.file),
        pages="、".join(map(str, proposal.origin.pages)),
    )
    lines = (_line(aid, fact, reading) for fact, reading in proposal.facts.items())
    return screen.rows(title, (phrases.FIELD, phrases.VALUE, phrases.ON_PAPER, phrases.DOUBT), lines)


def _line(aid: MedicalAid, fact: str, reading: Reading) -> tuple[str | Text, ...]:
    value = fact_value(aid, fact, reading.value)
    doubt = "".join(map(words.reason, reading.reasons))
    raw = "" if reading.raw == value else reading.raw
    shown = (value, raw, doubt)
    if fact == _IDENTITY:
        shown = (mask(value), mask(raw), mask(doubt))
    return fact_label(aid, fact), *shown[:2], Text(shown[2], "yellow")


_IDENTITY = "id_number"


def proposal_json(case: int, proposal: Proposal) -> dict[str, Any]:
    """A proposal with everything that was read; `review` is true for each fact."""
    return {
        "case": case,
        "proposal": proposal.number,
        "kind": proposal.kind,
        "file": proposal.origin.file,
        "sha256": proposal.origin.sha256,
        "pages": list(proposal.origin.pages),
        "facts": {fact: _reading(reading) for fact, reading in proposal.facts.items()},
    }


def _reading(reading: Reading) -> dict[str, Any]:
    source = reading.source
    return {
        "value": to_plain(reading.value),
        "raw": reading.raw,
        "confidence": round(reading.confidence, 4),
        "review": reading.review,
        "reasons": list(_codes(reading)),
        "messages": [words.reason(reason) for reason in reading.reasons],
        "others": [to_plain(other.value) for other in reading.alternatives],
        "page": source.page if source else None,
        "box": list(source.box) if source and source.box else None,
    }


def _codes(reading: Reading) -> Iterable[str]:
    return (reason.code for reason in reading.reasons)
