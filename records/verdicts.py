"""Yes, no, or not to be told: three-valued logic after Kleene."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What is known of a condition."""

    YES = "yes"
    NO = "no"
    UNDETERMINED = "undetermined"


def of(known: bool | None) -> Verdict:
    """The verdict of a truth that may be unknown."""
    return Verdict.UNDETERMINED if known is None else Verdict.YES if known else Verdict.NO


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """Yes when all are; no when any is no, whatever is unknown."""
    return _weigh(tuple(verdicts), Verdict.NO, Verdict.YES)


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Yes when any is, whatever is unknown; no when all are no."""
    return _weigh(tuple(verdicts), Verdict.YES, Verdict.NO)


def _weigh(verdicts: tuple[Verdict, ...], decides: Verdict, otherwise: Verdict) -> Verdict:
    if decides in verdicts:
        return decides
    return Verdict.UNDETERMINED if Verdict.UNDETERMINED in verdicts else otherwise
