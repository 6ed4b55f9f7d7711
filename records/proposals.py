"""What was read off a paper of a medical case: proposals, none of which holds before a clerk settles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from records.drafts import Origin, Reading

ILLNESS = "illness"
"""The diagnosis, which is the case's and no paper's: its key among a paper's facts."""

LOOKS_LIKE = "looks_like"
"""The fact of a page's reason that says which paper of a medical case the page seems to be."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A paper as read: which kind it seems to be (None: nobody can tell), what may stand on it.

    `facts` are readings by `records.medical.FACTS` and ILLNESS; each of them is
    to be looked at, however sure. `number` is 0 until the store has numbered it.
    """

    kind: str | None
    facts: Mapping[str, Reading]
    origin: Origin
    number: int = 0
    taken: datetime | None = None
