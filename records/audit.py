"""The audit log: who looked at what and who changed what, each line chained to the one before by its hash.

A line that was altered, left out or slipped in breaks the chain at that place (Haber and Stornetta 1991).
Whoever can write the database could make the whole chain anew, or cut its end off: that is noticed by the
witness, a file beside the store to which the mark of each line is appended, and by any mark that somebody
noted elsewhere. `faults` says where the log is not what it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from records.database import Database
from records.findings import Reason
from records.masking import mask
from records.tables import AuditLines

WITNESS = "audit-witness.txt"
"""The file in the store's folder that keeps the mark of each line."""
_BEGINNING = "0" * 64
_MARK = 16
"""Characters of a line's hash that are its mark."""
_AT_ONCE = 1000


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


@dataclass(frozen=True, slots=True)
class Mark:
    """A line's number with the mark that stands for it and for all lines before it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines are wanted: of a person, about a subject, of one sort, of one day here."""

    who: str = ""
    subject: str = ""
    what: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Audit:
    """The log in a store; every method raises StoreBusy, DiskFull or StoreError as need be."""

    database: Database
    witness: Path | None = None

    def note(self, who: str, what: str, subject: str = "", detail: str = "") -> None:
        """A line at the end of the log; its mark goes to the witness."""
        self.note_each(who, what, [subject], detail)

    def note_each(self, who: str, what: str, subjects: Iterable[str], detail: str = "") -> None:
        """A line for each subject, all of them or none."""
        with self.database.writing() as session:
            rows = [note(session, who, what, subject, detail) for subject in subjects]
        if self.witness is not None:
            _append(self.witness, "".join(f"{row.number} {row.chain[:_MARK]}\n" for row in rows))

    def lines(
        self, subject: str = "", who: str = "", newest: int = 200, before: int = 0, asked: Asked | None = None
    ) -> list[AuditLine]:
        """The newest lines first; of one subject or one person; older than line `before`."""
        wanted = _wanted(asked or Asked(who, subject)).order_by(AuditLines.number.desc()).limit(newest)
        if before:
            wanted = wanted.where(AuditLines.number < before)
        with self.database.reading() as session:
            return [_line(row) for row in session.scalars(wanted)]

    def every(self, asked: Asked) -> Iterator[AuditLine]:
        """All lines that are wanted, the oldest first."""
        wanted = _wanted(asked).order_by(AuditLines.number).execution_options(yield_per=_AT_ONCE)
        with self.database.reading() as session:
            yield from map(_line, session.scalars(wanted))

    def people(self) -> list[str]:
        """Everybody whom the log names."""
        with self.database.reading() as session:
            return sorted(filter(None, session.scalars(select(AuditLines.who).distinct())))

    def mark(self) -> Mark | None:
        """The mark of the newest line, to be noted elsewhere; None while the log is empty."""
        newest = select(AuditLines).order_by(AuditLines.number.desc()).limit(1)
        with self.database.reading() as session:
            row = session.scalar(newest)
            return Mark(row.number, row.chain[:_MARK]) if row else None

    def faults(self, noted: Iterable[Mark] = ()) -> Iterator[Reason]:
        """Where the log is not what it was; none when it is whole and as the witness and `noted` say.

        "audit_broken" (a line was altered, left out or slipped in), "audit_rewritten" (the line has
        another mark than was kept), "audit_cut" (the line is gone); facts: number. "audit_unwitnessed"
        (the witness is gone).
        """
        yield from self._breaks()
        yield from self._contradicted(noted)
        if self.witness is None:
            return
        if not self.witness.is_file():
            if self.mark() is not None:
                yield Reason("audit_unwitnessed")
            return
        with self.witness.open(encoding="ascii", errors="replace") as lines:
            yield from self._contradicted(filter(None, map(_read, lines)))

    def _breaks(self) -> Iterator[Reason]:
        before, expected = _BEGINNING, 1
        with self.database.reading() as session:
            rows = session.scalars(
                select(AuditLines).order_by(AuditLines.number).execution_options(yield_per=_AT_ONCE)
            )
            for row in rows:
                if row.number != expected or row.chain != _chained(before, row):
                    yield Reason("audit_broken", {"number": str(row.number)})
                before, expected = row.chain, row.number + 1

    def _contradicted(self, marks: Iterable[Mark]) -> Iterator[Reason]:
        told = iter(marks)
        while some := list(islice(told, _AT_ONCE // 2)):
            wanted = select(AuditLines.number, AuditLines.chain).where(
                AuditLines.number.in_(one.number for one in some)
            )
            with self.database.reading() as session:
                known = {number: chain[:_MARK] for number, chain in session.execute(wanted)}
            for one in some:
                if one.number not in known:
                    yield Reason("audit_cut", {"number": str(one.number)})
                elif known[one.number] != one.text:
                    yield Reason("audit_rewritten", {"number": str(one.number)})


def note(session: Session, who: str, what: str, subject: str = "", detail: str = "") -> AuditLines:
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
    return row


def _wanted(asked: Asked) -> Select[AuditLines]:
    wanted = select(AuditLines)
    if asked.subject:
        wanted = wanted.where(AuditLines.subject == asked.subject)
    if asked.who:
        wanted = wanted.where(AuditLines.who == asked.who)
    if asked.what:
        wanted = wanted.where(AuditLines.what == asked.what)
    if asked.day:
        first = datetime.combine(asked.day, time()).astimezone()
        after = datetime.combine(asked.day + timedelta(days=1), time()).astimezone()
        wanted = wanted.where(AuditLines.at >= first, AuditLines.at < after)
    return wanted


def _append(file: Path, text: str) -> None:
    """One write at the file's end. What the witness misses the next line's mark stands for as well."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        return
    try:
        os.write(handle, text.encode())
    except OSError:
        return
    finally:
        os.close(handle)


def _read(line: str) -> Mark | None:
    """A mark of the witness; a line that broke off at a full disk is none."""
    number, _, text = line.rstrip("\n").partition(" ")
    return Mark(int(number), text) if number.isdecimal() and len(text) == _MARK else None


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
