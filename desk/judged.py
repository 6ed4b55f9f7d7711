"""Judgements of a notice come in, the cells of a table or plain JSON go out, in Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk import phrases, words
from records.findings import Reason

if TYPE_CHECKING:
    from records.eligibility import Judgement


def judgement_line(judgement: Judgement) -> tuple[str, ...]:
    """What was judged, how, why, and which assumptions stand behind it, as a table's cells."""
    return (
        judgement.label or judgement.name,
        words.VERDICTS[judgement.verdict],
        "\n".join(map(decided, judgement.reasons)),
        "、".join(assumption.facts["name"] for assumption in judgement.assumptions),
    )


def decided(reason: Reason, between: str = "") -> str:
    """What decided a judgement, with the figures where there are any, behind `between`."""
    told = words.reason(reason)
    if not {"have", "limit"} <= reason.facts.keys():
        return told
    return told + between + phrases.FIGURES.format(have=reason.facts["have"], limit=reason.facts["limit"])


def judgement_json(judgement: Judgement) -> dict[str, Any]:
    """The same for programs, with every assumption in words."""
    return {
        "name": judgement.name,
        "verdict": str(judgement.verdict),
        "reasons": [decided(reason) for reason in judgement.reasons],
        "assumptions": [words.reason(reason) for reason in judgement.assumptions],
    }
