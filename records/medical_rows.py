"""The tables of medical cases: a session comes in, the types of `records.medical` go out.

Every function works inside its caller's transaction; none begins or ends one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, or_, select
from sqlalchemy.orm import Session

from records import wire
from records.archive import Event
from records.drafts import Origin
from records.medical import MedicalCase, Paper, from_values
from records.proposals import Proposal
from records.rows import folded
from records.tables import MedicalCases, MedicalEvents, MedicalProposals, MedicalValues, Records, Scans
from records.values import Value, Values


def add_case(session: Session, record: int, year: int, when: datetime) -> int:
    """A new case before its first revision; gives its number."""
    row = MedicalCases(record=record, year=year, numbered=0, created_at=when, changed_at=when, revision=0)
    session.add(row)
    session.flush()
    return row.number


def put_case(session: Session, number: int, case: MedicalCase, values: Values, when: datetime) -> int:
    """Let this be the case, all of it; counts and gives its revision."""
    head = session.get_one(MedicalCases, number)
    head.year, head.numbered, head.changed_at = case.year, case.numbered, when
    head.revision += 1
    session.flush()
    session.execute(delete(MedicalValues).where(MedicalValues.medical_case == number))
    session.execute(
        insert(MedicalValues),
        [
            {
                "medical_case": number,
                "path": path,
                "position": position,
                "value_json": wire.value_to_json(value),
                "folded": folded(value),
            }
            for position, (path, value) in enumerate(values.items())
        ],
    )
    return head.revision


def revision(session: Session, number: int) -> int | None:
    """Which revision of the case stands; None when there is no such case."""
    return session.scalar(select(MedicalCases.revision).where(MedicalCases.number == number))


def case_of_year(session: Session, record: int, year: int) -> int | None:
    """The case that a record has for a year; None when there is none."""
    wanted = select(MedicalCases.number).where(MedicalCases.record == record, MedicalCases.year == year)
    return session.scalar(wanted.order_by(MedicalCases.number))


def cases(session: Session, *conditions: ColumnElement[bool]) -> list[MedicalCase]:
    """The cases by number, with the names of their scans' files."""
    heads = session.scalars(select(MedicalCases).where(*conditions).order_by(MedicalCases.number)).all()
    if not heads:
        return []
    values = _values(session, [head.number for head in heads])
    found = [
        replace(
            from_values(values[head.number], head.record, head.numbered),
            number=head.number,
            revision=head.revision,
            created=head.created_at,
            changed=head.changed_at,
        )
        for head in heads
    ]
    files = _files(session, {scan.sha256 for case in found for paper in case.papers for scan in paper.scans})
    return [replace(case, papers=tuple(_named(paper, files) for paper in case.papers)) for case in found]


def case(session: Session, number: int) -> MedicalCase | None:
    """A case; None when there is none."""
    return next(iter(cases(session, MedicalCases.number == number)), None)


def some(session: Session, numbers: Sequence[int]) -> list[MedicalCase]:
    """The cases of these numbers, in this order."""
    found = {case.number: case for case in cases(session, MedicalCases.number.in_(numbers))}
    return [found[number] for number in numbers if number in found]


def heads(session: Session, unit: str, year: int) -> list[tuple[int, int]]:
    """The numbers of cases and of their records, the newest first; of a unit and a year, if given."""
    wanted = select(MedicalCases.number, MedicalCases.record).order_by(MedicalCases.number.desc())
    if unit:
        wanted = wanted.join(Records, Records.number == MedicalCases.record).where(Records.unit == unit)
    if year:
        wanted = wanted.where(MedicalCases.year == year)
    return [(number, record) for number, record in session.execute(wanted)]


def revisions(session: Session) -> dict[int, tuple[int, int]]:
    """By number, which revision of each case stands, and which of its record."""
    wanted = select(MedicalCases.number, MedicalCases.revision, Records.revision)
    found = session.execute(wanted.join(Records, Records.number == MedicalCases.record))
    return {case: (revision, of_record) for case, revision, of_record in found}


def of_record(session: Session, record: int) -> list[MedicalCase]:
    """The cases of a record."""
    return cases(session, MedicalCases.record == record)


def add_events(session: Session, number: int, events: Iterable[Event]) -> None:
    """Lines at the end of the case's history."""
    rows = [{"medical_case": number, **wire.event_to_columns(event)} for event in events]
    if rows:
        session.execute(insert(MedicalEvents), rows)


def history(session: Session, number: int) -> list[Event]:
    """The case's history, oldest first."""
    wanted = select(MedicalEvents).where(MedicalEvents.medical_case == number)
    return [wire.event_from_columns(row) for row in session.scalars(wanted.order_by(MedicalEvents.number))]


def add_proposal(session: Session, number: int, proposal: Proposal, when: datetime) -> int:
    """A paper as read, to wait for a clerk; gives its number."""
    row = MedicalProposals(
        medical_case=number,
        sha256=proposal.origin.sha256,
        pages_json=wire.pages_to_json(proposal.origin.pages),
        kind=proposal.kind,
        readings_json=wire.readings_to_json(proposal.facts),
        taken_at=when,
    )
    session.add(row)
    session.flush()
    return row.number


def proposals(session: Session, number: int) -> list[Proposal]:
    """The papers of a case that wait for a clerk, oldest first."""
    wanted = select(MedicalProposals, Scans.file).join(Scans, Scans.sha256 == MedicalProposals.sha256)
    open_ = wanted.where(MedicalProposals.medical_case == number, MedicalProposals.closed_at.is_(None))
    return [
        Proposal(
            row.kind,
            wire.readings_from_json(row.readings_json),
            Origin(file, row.sha256, wire.pages_from_json(row.pages_json)),
            row.number,
            row.taken_at,
        )
        for row, file in session.execute(open_.order_by(MedicalProposals.number))
    ]


def close_proposal(session: Session, number: int, who: str, why: str, when: datetime) -> None:
    """The paper waits no more."""
    row = session.get_one(MedicalProposals, number)
    row.closed_at, row.closed_by, row.closed_why = when, who, why


def sharing(
    session: Session, number: int, invoices: Collection[str], scans: Collection[str]
) -> list[MedicalCase]:
    """The other cases in which one of these invoice numbers or scans may stand."""
    found = select(MedicalValues.medical_case).where(
        MedicalValues.medical_case != number,
        or_(
            MedicalValues.path.like("papers.%.invoice_number") & MedicalValues.folded.in_(invoices),
            *(
                MedicalValues.path.like("papers.%.scans") & MedicalValues.folded.contains(sha256)
                for sha256 in scans
            ),
        ),
    )
    return cases(session, MedicalCases.number.in_(found))


def sharing_each(session: Session, asked: Sequence[MedicalCase]) -> dict[int, list[MedicalCase]]:
    """For each of these cases the others in which its invoice numbers or scans may stand, in one look."""
    keys = {case.number: _shared_keys(case) for case in asked}
    holders: dict[str, set[int]] = {key: set() for each in keys.values() for key in each}
    for number, key in _every_shared_key(session):
        if key in holders:
            holders[key].add(number)
    others = {
        number: {other for key in each for other in holders[key]} - {number} for number, each in keys.items()
    }
    loaded = some(session, sorted({other for each in others.values() for other in each}))
    return {number: [one for one in loaded if one.number in each] for number, each in others.items()}


def sharing_any(session: Session) -> set[int]:
    """The cases in which an invoice number or a scan stands that may stand in another one, too."""
    holders: dict[str, set[int]] = defaultdict(set)
    for number, key in _every_shared_key(session):
        holders[key].add(number)
    return {number for each in holders.values() if len(each) > 1 for number in each}


def _every_shared_key(session: Session) -> Iterator[tuple[int, str]]:
    """What may stand in another case, too, of all cases: each with its case."""
    found = select(MedicalValues.medical_case, MedicalValues.folded).where(
        or_(MedicalValues.path.like("papers.%.invoice_number"), MedicalValues.path.like("papers.%.scans"))
    )
    for number, text in session.execute(found):
        for line in filter(None, text.split("\n")):
            yield from ((number, key) for key in {line, line.partition(":")[0]})


def _shared_keys(case: MedicalCase) -> set[str]:
    """What may stand in another case, too: invoice numbers and the checksums of scans."""
    return {folded(one.invoice.number) for one in case.papers if one.invoice.number} | {
        scan.sha256 for one in case.papers for scan in one.scans
    }


def units_of_scan(session: Session, sha256: str) -> set[str]:
    """The units of the records in whose cases a scan is a paper, or waits to become one."""
    holding = select(MedicalValues.medical_case).where(
        MedicalValues.path.like("papers.%.scans"), MedicalValues.folded.contains(sha256)
    )
    waiting = select(MedicalProposals.medical_case).where(MedicalProposals.sha256 == sha256)
    wanted = select(Records.unit).join(MedicalCases, MedicalCases.record == Records.number)
    return set(
        session.scalars(wanted.where(or_(MedicalCases.number.in_(holding), MedicalCases.number.in_(waiting))))
    )


def _values(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, Value]]:
    wanted = select(MedicalValues.medical_case, MedicalValues.path, MedicalValues.value_json)
    wanted = wanted.where(MedicalValues.medical_case.in_(numbers))
    found: dict[int, dict[str, Value]] = defaultdict(dict)
    for number, path, text in session.execute(
        wanted.order_by(MedicalValues.medical_case, MedicalValues.position)
    ):
        found[number][path] = wire.value_from_json(text)
    return found


def _files(session: Session, scans: Collection[str]) -> dict[str, str]:
    wanted = select(Scans).where(Scans.sha256.in_(scans))
    return {row.sha256: row.file for row in session.scalars(wanted)}


def _named(paper: Paper, files: dict[str, str]) -> Paper:
    return replace(paper, scans=tuple(replace(scan, file=files.get(scan.sha256, "")) for scan in paper.scans))
