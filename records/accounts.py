"""Accounts: who works at the desk, as what, and what each role may do.

Roles follow the office of both notices: a clerk files (建档人), a reviewer checks what
another filed (审核人), a reader only reads, an administrator looks after people and the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """What somebody may do."""

    READ = "read"
    """See records, masked."""
    PAPER = "paper"
    """See scans and values as they stand on paper."""
    UNMASK = "unmask"
    """See identity numbers, cards and illness in the archive, by a deliberate click that is logged."""
    TAKE = "take"
    """Take files in."""
    FILE = "file"
    """Settle what was read (建档)."""
    APPROVE = "approve"
    """Accept or send back what another filed (审核)."""
    CHANGE = "change"
    """Move records between states, carry them over, keep medical cases."""
    MAKE = "make"
    """Make documents, lists and packets."""
    MANAGE = "manage"
    """Look after accounts and read the log."""


class Role(StrEnum):
    """What an account is."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    READER = "reader"
    ADMINISTRATOR = "administrator"


_CLERK = frozenset({Right.READ, Right.PAPER, Right.UNMASK, Right.TAKE, Right.FILE, Right.CHANGE, Right.MAKE})
RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.READER: frozenset({Right.READ}),
        Role.CLERK: _CLERK,
        Role.REVIEWER: _CLERK | {Right.APPROVE},
        Role.ADMINISTRATOR: _CLERK | {Right.APPROVE, Right.MANAGE},
    }
)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in with `name`; `shown` is who history and forms name.

    An account with a `unit` sees what that unit took in, one without sees everything. Who `must_change`
    the password, since an administrator gave it, may do nothing else before.
    """

    number: int
    name: str
    shown: str
    role: Role
    unit: str = ""
    active: bool = True
    locked_until: datetime | None = None
    must_change: bool = False

    def may(self, right: Right) -> bool:
        """Whether the account's role has a right."""
        return right in RIGHTS[self.role]

    def sees(self, unit: str) -> bool:
        """Whether what belongs to a unit is this account's to see."""
        return self.unit in ("", unit)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: whose, the token against forged requests (CSRF), and since when. Times are aware, in UTC.

    `program` is the label of the program that asks on the account's behalf; such a visit has no CSRF token.
    """

    account: Account
    csrf: str
    since: datetime
    seen: datetime
    program: str = ""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it in a list: `key` names it, and is no secret."""

    key: str
    address: str
    began: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class ProgramToken:
    """Leave for a program to ask on an account's behalf, until it `expires` or is `revoked`."""

    number: int
    label: str
    created: datetime
    expires: datetime
    revoked: datetime | None = None
