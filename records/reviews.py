"""Reviews: where a draft stands between the clerk who files it (建档人) and the one who approves it (审核人).

Decisions are taken one by one and kept at once; whoever works on a draft holds a claim on it
that expires by itself. Filing needs everything settled, approving needs somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from records.settling import Decision
from records.values import Value

CLAIMED = timedelta(minutes=3)
"""A claim that nobody renews is over after this."""
PAUSE = timedelta(minutes=2)
"""Longer between two decisions is no work on the draft but a pause."""
SCREENFUL = timedelta(minutes=5)
"""Longer over one screen of many drafts is a pause: its one sign comes when all of them were looked at."""


class Stage(StrEnum):
    """Where a draft stands."""

    WAITING = "waiting"
    """It waits for a clerk to settle it."""
    FILED = "filed"
    """A clerk has settled it; it waits for somebody else's approval."""
    SENT_BACK = "sent_back"
    """Whoever should approve it found something; it waits for a clerk again."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something: the name that history keeps, and the account's number where there is one."""

    name: str
    account: int | None = None

    def is_same(self, other: Hand) -> bool:
        """Whether both are one person, as far as account or name can tell."""
        return self.name == other.name or (self.account is not None and self.account == other.account)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that is kept: what, by whom, when; `corrected` when whoever approves took it.

    Words that mean no value of the field stand in `text`; they are kept, but decide nothing.
    """

    path: str
    value: Value
    who: str
    at: datetime
    why: str = ""
    text: str = ""
    corrected: bool = False

    @property
    def decision(self) -> Decision:
        """The decision as settling takes it."""
        return Decision(self.path, self.value, self.why)


@dataclass(frozen=True, slots=True)
class Review:
    """Where a draft stands in its review; times are aware, in UTC.

    `open_by` is who has it open now; `why` is why errors may stand when it is
    filed, and why it was sent back when it was; `skipped_at` when somebody passed it by, and why.
    """

    draft: int
    stage: Stage = Stage.WAITING
    open_by: Hand | None = None
    filed_by: Hand | None = None
    filed_at: datetime | None = None
    override_why: str = ""
    forced: bool = False
    sent_back_by: str = ""
    sent_back_why: str = ""
    sent_back_at: datetime | None = None
    skipped_at: datetime | None = None
    skipped_why: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the review of a draft went, once it was filed.

    `seconds` is the time of work between opening and filing, pauses left out: each moment of a person's work
    counts once, for one draft, and what was spent on a screen of many drafts in equal parts; `doubts`
    how many fields wanted a look, `changed` how many were filed otherwise than read, `corrected` how many
    of what was filed whoever approved changed, `sent_back` how often it came back.
    """

    draft: int
    edition: str
    unit: str
    filed_by: str
    opened: datetime
    filed: datetime
    seconds: int
    doubts: int
    changed: int
    corrected: int = 0
    sent_back: int = 0
    approved_by: str = ""
    approved: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that is kept of a draft's decisions, by path."""

    filing: Mapping[str, Decided] = field(default_factory=lambda: MappingProxyType({}))
    correcting: Mapping[str, Decided] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, found: Iterable[Decided]) -> Decisions:
        """Those of the clerk who files, and those of whoever approves."""
        all_of_them = list(found)
        return cls(
            MappingProxyType({one.path: one for one in all_of_them if not one.corrected}),
            MappingProxyType({one.path: one for one in all_of_them if one.corrected}),
        )

    @property
    def standing(self) -> dict[str, Decided]:
        """What stands now, a correction before what was filed."""
        return {**self.filing, **self.correcting}

    @property
    def filed(self) -> list[Decision]:
        """What the clerk who files has decided."""
        return [one.decision for one in self.filing.values() if not one.text]

    @property
    def all(self) -> list[Decision]:
        """What is decided, with the corrections."""
        return [one.decision for one in self.standing.values() if not one.text]

    @property
    def unread(self) -> list[str]:
        """The paths at which words stand that mean no value."""
        return [path for path, one in self.standing.items() if one.text]
