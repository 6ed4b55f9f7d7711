"""The medical cases of a store: cases and scans of papers come in, each in one transaction; cases go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from records import medical_rows, rows
from records.archive import Event
from records.database import Database, told
from records.drafts import Origin
from records.errors import NoSuchCase, NoSuchRecord, Refused, Unreadable
from records.medical import MedicalCase, Twin, same_number, same_scan, to_values
from records.proposals import Proposal
from records.settling import differences
from records.shelf import Shelf


@dataclass(frozen=True, slots=True)
class MedicalCases:
    """The cases in a store; every method raises StoreBusy, DiskFull or StoreError as need be."""

    database: Database
    shelf: Shelf

    def save(self, case: MedicalCase, who: str, why: str = "", when: datetime | None = None) -> MedicalCase:
        """A new case (number 0), or the next revision of one; what differs becomes history.

        Where nothing does, nothing is written. Raises NoSuchRecord, NoSuchCase, and Refused:
        `same_case` (facts: number, year) when the record has a case of that year,
        `year_to_come` when it has not begun, `case_changed` when somebody saved the case meanwhile,
        `scan_not_kept`.
        """
        with self.database.writing() as session:
            return self._saved(session, case, who, why, {}, when or datetime.now(UTC))

    def settle(
        self, case: MedicalCase, proposal: int, who: str, whys: Mapping[str, str], why: str = ""
    ) -> MedicalCase:
        """The next revision of a case, with a proposal that waits no more, in one transaction.

        `whys` says of what was settled, by path, whether it was "confirmed" or "decided". Raises as
        `save` does, and Refused (`no_such_proposal`).
        """
        moment = datetime.now(UTC)
        with self.database.writing() as session:
            _open_proposal(session, case.number, proposal)
            saved = self._saved(session, case, who, why, whys, moment)
            medical_rows.close_proposal(session, proposal, who, why, moment)
            return saved

    def _saved(
        self,
        session: Session,
        case: MedicalCase,
        who: str,
        why: str,
        whys: Mapping[str, str],
        moment: datetime,
    ) -> MedicalCase:
        old = self._standing(session, case)
        self._check(session, case)
        if case.year > datetime.now().astimezone().year:
            raise Refused("year_to_come", year=case.year)
        before, after = to_values(old) if old else {}, to_values(case)
        changes = differences(before, after, why)
        if old is not None and not changes and old.numbered == case.numbered:
            return old
        number = old.number if old else medical_rows.add_case(session, case.record, case.year, moment)
        revision = medical_rows.put_case(session, number, case, after, moment)
        events = (
            Event(moment, who, revision, one.path, one.before, one.after, whys.get(one.path, why))
            for one in changes
        )
        medical_rows.add_events(session, number, events)
        return _case(session, number)

    def wait(self, case: int, scan: Origin) -> Proposal:
        """A kept scan waits for a clerk as it is, unread; the same one waits once.

        Raises NoSuchCase, and Refused (`scan_not_kept`).
        """
        with self.database.writing() as session:
            _case(session, case)
            for one in medical_rows.proposals(session, case):
                if one.origin.sha256 == scan.sha256 and one.origin.pages == scan.pages:
                    return one
            return _proposed(session, case, Proposal(None, {}, scan), datetime.now(UTC))

    def propose(self, case: int, papers: Iterable[Proposal], instead_of: int = 0) -> list[Proposal]:
        """Papers as read come in to wait for a clerk; those of which a page waits already are left out.

        They take the place of proposal `instead_of`, which waited unread; where a clerk has settled
        that meanwhile, none comes in. Raises NoSuchCase, and Refused (`scan_not_kept`).
        """
        moment, papers = datetime.now(UTC), tuple(papers)
        with self.database.writing() as session:
            _case(session, case)
            before = {one.number: one for one in medical_rows.proposals(session, case)}
            if instead_of and instead_of not in before:
                return []
            waiting = {page for one in before.values() for page in _pages(one)}
            found = [
                _proposed(session, case, paper, moment)
                for paper in papers
                if waiting.isdisjoint(_pages(paper))
            ]
            if instead_of and papers:
                medical_rows.close_proposal(session, instead_of, "", "read", moment)
            return found

    def proposals(self, case: int) -> list[Proposal]:
        """The papers of a case that wait for a clerk, oldest first; raises NoSuchCase."""
        with self.database.reading() as session:
            _case(session, case)
            return medical_rows.proposals(session, case)

    def dismiss(self, case: int, proposal: int, who: str, why: str) -> None:
        """A proposal is nothing for the case. Raises NoSuchCase, and Refused (`no_such_proposal`)."""
        with self.database.writing() as session:
            _open_proposal(session, case, proposal)
            medical_rows.close_proposal(session, proposal, who, why, datetime.now(UTC))

    def case(self, number: int) -> MedicalCase:
        """A case as it stands; raises NoSuchCase."""
        with self.database.reading() as session:
            return _case(session, number)

    def cases(self, record: int | None = None) -> list[MedicalCase]:
        """All cases by number, or those of a record."""
        with self.database.reading() as session:
            return medical_rows.cases(session) if record is None else medical_rows.of_record(session, record)

    def heads(self, unit: str = "", year: int = 0) -> list[tuple[int, int]]:
        """The numbers of cases and of their records, the newest case first; of a unit, of a year."""
        with self.database.reading() as session:
            return medical_rows.heads(session, unit, year)

    def revisions(self) -> dict[int, tuple[int, int]]:
        """By number, which revision of each case stands, and which of its record."""
        with self.database.reading() as session:
            return medical_rows.revisions(session)

    def with_twins(self) -> set[int]:
        """The cases that may have twins in others."""
        with self.database.reading() as session:
            return medical_rows.sharing_any(session)

    def some(self, numbers: Sequence[int]) -> list[MedicalCase]:
        """The cases of these numbers, in this order."""
        with self.database.reading() as session:
            return medical_rows.some(session, numbers)

    def history(self, number: int) -> list[Event]:
        """All that ever happened to a case, oldest first; raises NoSuchCase."""
        with self.database.reading() as session:
            _case(session, number)
            return medical_rows.history(session, number)

    def twins(self, case: MedicalCase) -> tuple[Twin, ...]:
        """Where else an invoice number or a scan of this case stands."""
        with self.database.reading() as session:
            others = medical_rows.sharing(
                session,
                case.number,
                {rows.folded(one.invoice.number) for one in case.papers if one.invoice.number},
                {scan.sha256 for one in case.papers for scan in one.scans},
            )
        return tuple(twin for other in others for twin in _twins(case, other))

    def twins_each(self, cases: Sequence[MedicalCase]) -> dict[int, tuple[Twin, ...]]:
        """The same for many cases, by number, in one look at the store."""
        with self.database.reading() as session:
            others = medical_rows.sharing_each(session, cases)
        return {
            case.number: tuple(twin for other in others[case.number] for twin in _twins(case, other))
            for case in cases
        }

    def keep(self, file: Path, pages: tuple[int, ...] = (), name: str = "", unit: str = "") -> Origin:
        """Keep a paper's bytes under their checksum, whether or not they were kept before.

        It came as `name` (the file's own, if none) and of a `unit`.
        It is nothing to be read as a form, so it does not wait for reading.
        Raises Unreadable when the file cannot be opened or is empty.
        """
        with told(str(self.shelf.folder)), self.shelf.copied(file, name) as copy:
            if not copy.size:
                raise Unreadable("empty_file", file=name or file.name)
            with self.database.writing() as session:
                known = rows.find_scan(session, copy.sha256)
                if known is None:
                    now = datetime.now(UTC)
                    place = self.shelf.place_for(copy)
                    known = rows.ScanRow(copy.sha256, name or file.name, place.name, now, now, unit)
                    rows.add_scan(session, known, copy.size)
                self.shelf.place(copy)
            return Origin(known.file, copy.sha256, pages)

    def file(self, scan: Origin) -> Path:
        """Where the untouched bytes of a paper's scan lie; raises Refused (`scan_not_kept`)."""
        found = self.shelf.find(scan.sha256)
        if found is None:
            raise Refused("scan_not_kept", what=scan.file or scan.sha256)
        return found

    def _standing(self, session: Session, case: MedicalCase) -> MedicalCase | None:
        """The case as it stands, which must be the one that was changed; None for a new one."""
        same = medical_rows.case_of_year(session, case.record, case.year)
        if same not in (None, case.number):
            raise Refused("same_case", number=same, year=case.year)
        if not case.number:
            return None
        old = _case(session, case.number)
        if old.revision != case.revision:
            raise Refused("case_changed", number=case.number)
        return old

    def _check(self, session: Session, case: MedicalCase) -> None:
        if not rows.records(session, [case.record]):
            raise NoSuchRecord(number=case.record)
        for scan in (scan for paper in case.papers for scan in paper.scans):
            if rows.find_scan(session, scan.sha256) is None:
                raise Refused("scan_not_kept", what=scan.file or scan.sha256)


def _case(session: Session, number: int) -> MedicalCase:
    found = medical_rows.case(session, number)
    if found is None:
        raise NoSuchCase(number=number)
    return found


def _pages(paper: Proposal) -> set[tuple[str, int]]:
    return {(paper.origin.sha256, page) for page in paper.origin.pages}


def _proposed(session: Session, case: int, paper: Proposal, moment: datetime) -> Proposal:
    """A paper that waits from now on."""
    if rows.find_scan(session, paper.origin.sha256) is None:
        raise Refused("scan_not_kept", what=paper.origin.file)
    number = medical_rows.add_proposal(session, case, paper, moment)
    return next(one for one in medical_rows.proposals(session, case) if one.number == number)


def _open_proposal(session: Session, case: int, proposal: int) -> None:
    _case(session, case)
    known = [one.number for one in medical_rows.proposals(session, case)]
    if proposal not in known:
        raise Refused("no_such_proposal", number=proposal, known="、".join(map(str, known)))


def _twins(case: MedicalCase, other: MedicalCase) -> Iterator[Twin]:
    for here in case.papers:
        for there in other.papers:
            if same_number(here, there):
                yield Twin("invoice", here.number, other.number, other.record, there)
            if same_scan(here, there):
                yield Twin("scan", here.number, other.number, other.record, there)
