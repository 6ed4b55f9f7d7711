"""What comes of parsing one cell: a value, what is doubtful about it, what else it may be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from records.findings import NO_FACTS, Facts, Severity
from records.values import Value, narrow


@dataclass(frozen=True, slots=True)
class Problem:
    """What is doubtful about one value; `code` names a sentence in `desk.words`."""

    code: str
    severity: Severity
    facts: Facts = field(default_factory=lambda: NO_FACTS)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value in normal form, its problems, and values that a clerk may have meant, likeliest first."""

    value: Value
    problems: tuple[Problem, ...] = ()
    candidates: tuple[Value, ...] = ()


BLANK = Parsed(None)


def is_blank(text: str) -> bool:
    """Whether a cell is empty or struck out by a slash or dashes."""
    return _STRUCK_OUT.fullmatch(narrow(text)) is not None


# Hyphens, dashes and minus signs of every width.
_STRUCK_OUT = re.compile(r"[/\\\-‐‑‒–—―−_]*")


def error(code: str, /, **facts: object) -> Problem:
    """A problem that a clerk must settle."""
    return Problem(code, Severity.ERROR, _told(facts))


def warning(code: str, /, **facts: object) -> Problem:
    """A problem that a clerk should look at."""
    return Problem(code, Severity.WARNING, _told(facts))


def info(code: str, /, **facts: object) -> Problem:
    """Something worth saying about a value that is probably right."""
    return Problem(code, Severity.INFO, _told(facts))


def _told(facts: dict[str, object]) -> Facts:
    return {key: str(fact) for key, fact in facts.items()}


def read_digits(text: str) -> str:
    """The text with letters that pens and engines confuse with digits made digits: for suggestions only."""
    return text.translate(_LOOK_ALIKES)


_LOOK_ALIKES = str.maketrans("OoQDIl|ZSB", "0000111258")
