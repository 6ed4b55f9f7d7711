"""The audit log: who looked at what and who changed what, each line chained to the one before by its hash.

A line that was altered, left out or slipped in breaks the chain at that place
(Haber and Stornetta 1991); `faults` says where.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.database import Database
from records.masking import mask
from records.tables import AuditLines

_BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line: `what` was done ("looked", "unmasked", "filed", "signed_in", …) to a `subject`.

    A subject is `record:12`, `draft:3`, `case:1`, `account:2` or empty; `detail` says more, masked.
    """

    number: int
    when: datetime
    who: str
    what: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Audit:
    """The log in a store; every method raises StoreBusy, DiskFull or StoreError as need be."""

    database: Database

    def note(self, who: str, what: str, subject: str = "", detail: str = "") -> None:
        """A line at the end of the log."""
        with self.database.writing() as session:
            note(session, who, what, subject, detail)

    def note_each(self, who: str, what: str, subjects: Iterable[str], detail: str = "") -> None:
        """A line for each subject, all of them or none."""
        with self.database.writing() as session:
            for subject in subjects:
                note(session, who, what, subject, detail)

    def lines(self, subject: str = "", who: str = "", newest: int = 200, before: int = 0) -> list[AuditLine]:
        """The newest lines first; of one subject or one person; older than line `before`."""
        wanted = select(AuditLines).order_by(AuditLines.number.desc()).limit(newest)
        if subject:
            wanted = wanted.where(AuditLines.subject == subject)
        if who:
            wanted = wanted.where(AuditLines.who == who)
        if before:
            wanted = wanted.where(AuditLines.number < before)
        with self.database.reading() as session:
            return [_line(row) for row in session.scalars(wanted)]

    def faults(self) -> Iterator[int]:
        """The numbers of the lines at which the chain is broken; none when the log is whole."""
        before, expected = _BEGINNING, 1
        with self.database.reading() as session:
            rows = session.scalars(
                select(AuditLines).order_by(AuditLines.number).execution_options(yield_per=1000)
            )
            for row in rows:
                if row.number != expected or row.chain != _chained(before, row):
                    yield row.number
                before, expected = row.chain, row.number + 1


def note(session: Session, who: str, what: str, subject: str = "", detail: str = "") -> None:
    """A line at the end of the log, within a transaction that writes."""
    last = session.execute(
        select(AuditLines.number, AuditLines.chain).order_by(AuditLines.number.desc()).limit(1)
    ).one_or_none()
    number, before = last or (0, _BEGINNING)
    row = AuditLines(
        number=number + 1,
        at=datetime.now(UTC),
        who=who,
        what=what,
        subject=subject,
        detail=mask(detail),
        chain="",
    )
    row.chain = _chained(before, row)
    session.add(row)
    session.flush()


def _chained(before: str, row: AuditLines) -> str:
    told = [
        before,
        row.number,
        row.at.astimezone(UTC).isoformat(),
        row.who,
        row.what,
        row.subject,
        row.detail,
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _line(row: AuditLines) -> AuditLine:
    return AuditLine(row.number, row.at, row.who, row.what, row.subject, row.detail)
