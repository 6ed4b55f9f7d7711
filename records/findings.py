"""Findings and reasons: what is doubtful about a form, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

Facts = Mapping[str, str]
NO_FACTS: Facts = MappingProxyType({})


class Severity(StrEnum):
    """How much a finding weighs: an error keeps a record from being settled unless overridden."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a reading wants a look, or what reasoning changed; `code` names a sentence in `desk.words`."""

    code: str
    facts: Facts = field(default_factory=lambda: NO_FACTS)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a record that is to be put right, in the words of a clerk."""

    severity: Severity
    said: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a form breaks: which rule, how heavy, at which paths, with which facts."""

    rule: str
    severity: Severity
    paths: tuple[str, ...]
    facts: Facts = field(default_factory=lambda: NO_FACTS)
