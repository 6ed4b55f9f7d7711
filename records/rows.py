"""The only file that knows the tables: a session comes in, the types of `records.archive` go out.

Every function works inside its caller's transaction; none begins or ends one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from records import wire
from records.archive import Aside, DraftRow, Event, FiledPaper, Record, Same, SignedCopy, State
from records.drafts import Draft, Ink
from records.findings import Reason
from records.people import Person, spellings
from records.tables import (
    Drafts,
    Events,
    Persons,
    Records,
    RecordValues,
    Scans,
    SetAside,
    SignedCopies,
    States,
)
from records.values import Value, Values, narrow

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A scan as the database knows it: `path` is its name in the folder, `read` is None until it was read."""

    sha256: str
    file: str
    path: str
    kept: datetime
    read: datetime | None
    unit: str = ""


# --- kept scans, and what was set aside


def add_scan(session: Session, scan: ScanRow, size: int) -> None:
    """A new scan."""
    session.add(
        Scans(
            sha256=scan.sha256,
            file=scan.file,
            path=scan.path,
            size=size,
            kept_at=scan.kept,
            read_at=scan.read,
            unit=scan.unit,
        )
    )
    session.flush()


def find_scan(session: Session, sha256: str) -> ScanRow | None:
    """A kept scan; None when there is none."""
    row = session.get(Scans, sha256)
    return None if row is None else _scan(row)


def set_read(session: Session, sha256: str, when: datetime | None) -> None:
    """The scan was read; or, with None, waits to be read."""
    session.execute(update(Scans).where(Scans.sha256 == sha256).values(read_at=when))


def scans(session: Session, *conditions: ColumnElement[bool]) -> list[ScanRow]:
    """The kept scans in the order of keeping."""
    wanted = select(Scans).where(*conditions).order_by(Scans.kept_at, Scans.sha256)
    return [_scan(row) for row in session.scalars(wanted)]


def unread_scans(session: Session) -> list[ScanRow]:
    """The kept scans that nobody has read, in the order of keeping."""
    return scans(session, Scans.read_at.is_(None))


def newest_scans(session: Session, unit: str, count: int, only_aside: bool) -> list[ScanRow]:
    """The newest scans of forms, a unit's or (empty) everybody's; or those of which pages are set aside."""
    aside = exists().where(SetAside.sha256 == Scans.sha256)
    open_ones = (SetAside.resolved_at.is_(None), SetAside.code != "blank_page")
    open_aside = Scans.sha256.in_(select(SetAside.sha256).where(*open_ones))
    of_forms = or_(
        Scans.read_at.is_(None),
        exists().where(Drafts.sha256 == Scans.sha256),
        exists().where(SignedCopies.sha256 == Scans.sha256),
        aside,
    )
    wanted = select(Scans).where(open_aside if only_aside else of_forms)
    if unit:
        wanted = wanted.where(Scans.unit == unit)
    wanted = wanted.order_by(Scans.kept_at.desc(), Scans.sha256).limit(count)
    return [_scan(row) for row in session.scalars(wanted)]


def scans_of(session: Session, sums: Collection[str]) -> list[ScanRow]:
    """These scans, in the order of keeping."""
    return scans(session, Scans.sha256.in_(sums))


def _scan(row: Scans) -> ScanRow:
    return ScanRow(row.sha256, row.file, row.path, row.kept_at, row.read_at, row.unit)


def put_aside(session: Session, sha256: str, pages: tuple[int, ...], reason: Reason, when: datetime) -> None:
    """Note pages of a scan, or the whole of it (no pages), as giving no draft."""
    session.add(
        SetAside(
            sha256=sha256,
            pages_json=wire.pages_to_json(pages),
            code=reason.code,
            facts_json=wire.facts_to_json(reason.facts),
            at=when,
            resolved_at=None,
        )
    )


def resolve_asides(session: Session, sha256: str, when: datetime) -> None:
    """What an earlier reading of the scan set aside no longer counts."""
    open_ones = (SetAside.sha256 == sha256, SetAside.resolved_at.is_(None))
    session.execute(update(SetAside).where(*open_ones).values(resolved_at=when))


def asides(session: Session, sums: Collection[str] | None = None) -> list[Aside]:
    """What is set aside now, of all scans or of these, oldest first."""
    wanted = select(SetAside, Scans.file, Scans.unit).join(Scans, Scans.sha256 == SetAside.sha256)
    if sums is not None:
        wanted = wanted.where(SetAside.sha256.in_(sums))
    found = session.execute(wanted.where(SetAside.resolved_at.is_(None)).order_by(SetAside.number))
    return [_aside(row, file, unit) for row, file, unit in found]


def _aside(row: SetAside, file: str, unit: str) -> Aside:
    reason = Reason(row.code, wire.facts_from_json(row.facts_json))
    return Aside(row.number, file, row.sha256, wire.pages_from_json(row.pages_json), reason, row.at, unit)


def units_of_scan(session: Session, sha256: str) -> set[str]:
    """The units whose drafts, records or filed sheets are of a scan, and the one that took it."""
    wanted = (
        select(Scans.unit).where(Scans.sha256 == sha256),
        select(Drafts.unit).where(Drafts.sha256 == sha256),
        select(Records.unit).join(Drafts, Drafts.record == Records.number).where(Drafts.sha256 == sha256),
        *(
            select(Records.unit).where(Records.number.in_(select(link.record).where(link.sha256 == sha256)))
            for link in (Events, SignedCopies)
        ),
    )
    return {unit for one in wanted for unit in session.scalars(one)}


# --- drafts


def add_draft(session: Session, sha256: str | None, draft: Draft, name: str, when: datetime) -> int:
    """A new draft in waiting, of a scan or of a record before it, with its unit; gives its number."""
    forerunner = draft.forerunner.number if draft.forerunner else None
    row = Drafts(
        sha256=sha256,
        pages_json=wire.pages_to_json(draft.origin.pages if draft.origin else ()),
        edition=draft.edition,
        name=name,
        doubtful=len(draft.doubtful),
        taken_at=when,
        draft_json=wire.draft_to_json(draft),
        closed_at=None,
        closed_by=None,
        closed_why=None,
        record=None,
        forerunner=forerunner,
        unit=_unit_of(session, sha256, forerunner),
        joins=None,
    )
    session.add(row)
    session.flush()
    return row.number


def _unit_of(session: Session, sha256: str | None, forerunner: int | None) -> str:
    """The unit that a scan came from, or that a record belongs to."""
    if sha256 is not None:
        return session.get_one(Scans, sha256).unit
    return "" if forerunner is None else session.get_one(Records, forerunner).unit


def draft(session: Session, number: int) -> Draft | None:
    """A draft, whole; None when there is none."""
    row = session.get(Drafts, number)
    return None if row is None else wire.draft_from_json(row.draft_json)


def draft_row(session: Session, number: int) -> DraftRow | None:
    """A draft as a list shows it; None when there is none."""
    return next(iter(_draft_rows(session, Drafts.number == number)), None)


def drafts(session: Session, open_only: bool) -> list[DraftRow]:
    """The drafts, oldest first; those in waiting, or all."""
    return _draft_rows(session, Drafts.closed_at.is_(None)) if open_only else _draft_rows(session)


def standing_drafts(session: Session, sha256: str) -> list[DraftRow]:
    """The drafts of a scan that were not dropped."""
    stands = or_(Drafts.closed_at.is_(None), Drafts.record.is_not(None))
    return _draft_rows(session, Drafts.sha256 == sha256, stands)


def drafts_of(session: Session, sums: Collection[str]) -> list[DraftRow]:
    """All drafts that ever were of these scans."""
    return _draft_rows(session, Drafts.sha256.in_(sums))


def carried_drafts(session: Session, forerunner: int, edition: str) -> list[DraftRow]:
    """The drafts of an edition that come from a record and were not dropped."""
    stands = or_(Drafts.closed_at.is_(None), Drafts.record.is_not(None))
    return _draft_rows(session, Drafts.forerunner == forerunner, Drafts.edition == edition, stands)


def join_draft(session: Session, number: int, record: int | None) -> None:
    """The draft goes to a record, or to none any more."""
    session.execute(update(Drafts).where(Drafts.number == number).values(joins=record))


def waiting_of(session: Session, edition: str, name: str) -> list[DraftRow]:
    """The drafts in waiting of an edition whose worker was read so."""
    return _draft_rows(session, Drafts.closed_at.is_(None), Drafts.edition == edition, Drafts.name == name)


def close_draft(
    session: Session, number: int, who: str, why: str, when: datetime, record: int | None
) -> None:
    """The draft leaves the waiting list."""
    closed = {"closed_at": when, "closed_by": who, "closed_why": why, "record": record}
    session.execute(update(Drafts).where(Drafts.number == number).values(closed))


def _draft_rows(session: Session, *conditions: ColumnElement[bool]) -> list[DraftRow]:
    wanted = (
        select(
            Drafts.number,
            Drafts.edition,
            Drafts.name,
            func.coalesce(Scans.file, ""),
            func.coalesce(Drafts.sha256, ""),
            Drafts.pages_json,
            Drafts.doubtful,
            Drafts.taken_at,
            Drafts.closed_at,
            Drafts.record,
            Drafts.forerunner,
            Drafts.unit,
            Drafts.joins,
        )
        .outerjoin(Scans, Scans.sha256 == Drafts.sha256)
        .where(*conditions)
        .order_by(Drafts.number)
    )
    return [
        DraftRow(number, edition, name, file, sha256, wire.pages_from_json(pages), *rest)
        for number, edition, name, file, sha256, pages, *rest in session.execute(wanted)
    ]


# --- signed copies


def add_copy(session: Session, copy: SignedCopy) -> None:
    """A sheet of a record that came back."""
    session.add(
        SignedCopies(
            record=copy.record,
            revision=copy.revision,
            document=copy.document,
            sheet=copy.sheet,
            sha256=copy.sha256,
            page=copy.page,
            at=copy.when,
            ink_json=wire.ink_to_json(copy.ink),
        )
    )


def copies(session: Session, record: int) -> list[SignedCopy]:
    """The sheets of a record that came back, oldest first."""
    return _copies(session, SignedCopies.record == record)


def copies_on(session: Session, sha256: str) -> list[SignedCopy]:
    """The sheets that came back in one file, in the order of filing."""
    return _copies(session, SignedCopies.sha256 == sha256)


def filed_of(session: Session, sums: Collection[str]) -> list[tuple[str, int, str, str, int]]:
    """The sheets that came back in these files: checksum, record, its edition, document, page."""
    wanted = (
        select(
            SignedCopies.sha256,
            SignedCopies.record,
            Records.edition,
            SignedCopies.document,
            SignedCopies.page,
        )
        .join(Records, Records.number == SignedCopies.record)
        .where(SignedCopies.sha256.in_(sums))
        .order_by(SignedCopies.number)
    )
    return [(*row,) for row in session.execute(wanted)]


def _copies(session: Session, condition: ColumnElement[bool]) -> list[SignedCopy]:
    wanted = select(SignedCopies, Scans.file).join(Scans, Scans.sha256 == SignedCopies.sha256)
    return [
        SignedCopy(
            row.record,
            row.revision,
            row.document,
            row.sheet,
            file,
            row.sha256,
            row.page,
            row.at,
            wire.ink_from_json(row.ink_json),
        )
        for row, file in session.execute(wanted.where(condition).order_by(SignedCopies.number))
    ]


# --- records


def add_record(session: Session, edition: str, ink: Mapping[str, Ink], when: datetime, unit: str) -> int:
    """A new record of a unit before its first revision; gives its number."""
    ink_json = wire.ink_to_json(ink)
    row = Records(edition=edition, created_at=when, changed_at=when, revision=0, ink_json=ink_json, unit=unit)
    session.add(row)
    session.flush()
    return row.number


def is_record(session: Session, number: int) -> bool:
    """Whether there is a record of this number."""
    return session.scalar(select(Records.number).where(Records.number == number)) is not None


def put_ink(session: Session, number: int, ink: Mapping[str, Ink]) -> None:
    """Let this be what was signed and stamped on the record's paper."""
    session.execute(update(Records).where(Records.number == number).values(ink_json=wire.ink_to_json(ink)))


def next_revision(session: Session, number: int, when: datetime) -> int:
    """Count a revision of the record; gives its number."""
    row = session.get_one(Records, number)
    row.revision, row.changed_at = row.revision + 1, when
    session.flush()
    return row.revision


def put_values(session: Session, number: int, values: Values) -> None:
    """Let these be the record's values, all of them."""
    session.execute(delete(RecordValues).where(RecordValues.record == number))
    rows = [
        {
            "record": number,
            "path": path,
            "position": position,
            "value_json": wire.value_to_json(value),
            "folded": folded(value),
        }
        for position, (path, value) in enumerate(values.items())
    ]
    if rows:
        session.execute(insert(RecordValues), rows)


def put_persons(session: Session, number: int, persons: Iterable[Person]) -> None:
    """Let these be the record's household."""
    session.execute(delete(Persons).where(Persons.record == number))
    rows = [
        {"record": number, "path": person.path, "id_number": spelling, "worker": person.worker}
        for person in persons
        for spelling in spellings(person.id_number)
    ]
    if rows:
        session.execute(insert(Persons), rows)


def add_events(session: Session, number: int, events: Iterable[Event]) -> None:
    """Lines at the end of the record's history."""
    rows = [
        {
            "record": number,
            **wire.event_to_columns(event),
            "sha256": event.sha256,
            "page": event.page,
            "box_json": wire.box_to_json(event.box),
            "on_day": event.on,
        }
        for event in events
    ]
    if rows:
        session.execute(insert(Events), rows)


def history(session: Session, number: int, path: str | None = None) -> list[Event]:
    """The record's history, or that of one path, oldest first."""
    wanted = select(Events).where(Events.record == number).order_by(Events.number)
    if path is not None:
        wanted = wanted.where(Events.path == path)
    return [
        replace(
            wire.event_from_columns(row),
            sha256=row.sha256,
            page=row.page,
            box=wire.box_from_json(row.box_json),
            on=row.on_day,
        )
        for row in session.scalars(wanted)
    ]


def filed_papers(session: Session, number: int) -> list[FiledPaper]:
    """The filled forms that became the record, in the order in which they came."""
    wanted = (
        select(Scans.file, Scans.sha256, Drafts.pages_json, Scans.kept_at)
        .join(Scans, Scans.sha256 == Drafts.sha256)
        .where(Drafts.record == number)
        .order_by(Scans.kept_at, Drafts.number)
    )
    return [
        FiledPaper(file, sha256, wire.pages_from_json(pages), when)
        for file, sha256, pages, when in session.execute(wanted)
    ]


def put_state(session: Session, number: int, process: str, state: State) -> None:
    """Let this be where the record stands in a process."""
    session.merge(
        States(
            record=number,
            process=process,
            state=state.state,
            on_day=state.on,
            ground=state.ground,
            who=state.who,
        )
    )


def records(session: Session, numbers: Sequence[int]) -> list[Record]:
    """The records of these numbers, in the same order; numbers without a record are left out."""
    found = {record.number: record for chunk in _chunks(numbers) for record in _records(session, chunk)}
    return [found[number] for number in numbers if number in found]


def record_numbers(session: Session) -> Sequence[int]:
    """The numbers of all records, ascending."""
    return session.scalars(select(Records.number).order_by(Records.number)).all()


def belonging(session: Session, numbers: Sequence[int], unit: str, edition: str) -> Sequence[int]:
    """Those of the numbers, in their order, whose records are of a unit and of an edition; empty for any."""
    if not unit and not edition:
        return numbers
    wanted = select(Records.number)
    wanted = wanted.where(Records.unit == unit) if unit else wanted
    wanted = wanted.where(Records.edition == edition) if edition else wanted
    there = set(session.scalars(wanted))
    return [number for number in numbers if number in there]


def revisions(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each of these records with its revision."""
    for some in _chunks(numbers):
        wanted = select(Records.number, Records.revision).where(Records.number.in_(some))
        yield from ((number, revision) for number, revision in session.execute(wanted))


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


def _records(session: Session, numbers: Sequence[int]) -> Iterator[Record]:
    values, states = _values(session, numbers), _states(session, numbers)
    for head in session.scalars(_HEADS, {"numbers": numbers}):
        yield Record(
            head.number,
            head.edition,
            MappingProxyType(values[head.number]),
            head.created_at,
            head.changed_at,
            head.revision,
            MappingProxyType(states[head.number]),
            wire.ink_from_json(head.ink_json),
            head.unit,
        )


def _values(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, Value]]:
    found: dict[int, dict[str, Value]] = defaultdict(dict)
    for number, path, text in session.execute(_VALUES, {"numbers": numbers}):
        found[number][path] = wire.value_from_json(text)
    return found


def _states(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, State]]:
    found: dict[int, dict[str, State]] = defaultdict(dict)
    for row in session.scalars(_STATES, {"numbers": numbers}):
        found[row.record][row.process] = State(row.state, row.on_day, row.ground, row.who)
    return found


_NUMBERS: BindParameter[Sequence[int]] = bindparam("numbers", expanding=True)
_HEADS = select(Records).where(Records.number.in_(_NUMBERS))
_VALUES = (
    select(RecordValues.record, RecordValues.path, RecordValues.value_json)
    .where(RecordValues.record.in_(_NUMBERS))
    .order_by(RecordValues.record, RecordValues.position)
)
_STATES = select(States).where(States.record.in_(_NUMBERS)).order_by(States.process)
"""What every look at a record asks: made once."""


# --- finding


def folded(value: Value) -> str:
    """A value as a search compares it: half-width, small letters, a list entry per line."""
    if isinstance(value, tuple):
        return "\n".join(map(folded, value))
    return narrow(format(value, "f") if isinstance(value, Decimal) else value or "").casefold()


def search(session: Session, text: str) -> Sequence[int]:
    """The numbers of the records in which every word of the text is found, the number itself first."""
    wanted = select(Records.number).order_by(Records.number)
    for word in text.split():
        wanted = wanted.where(_holds(folded(word)))
    found = session.scalars(wanted).all()
    return sorted(found, key=lambda number: str(number) != text.strip())


def texts(session: Session, paths: Sequence[str], newest: int) -> Iterator[tuple[str, str, Value, int]]:
    """Of the newest records: edition, path, value, and how often the same stands there, latest first.

    `paths` are those wanted, `%` in them for the number of a row.
    """
    in_rows = (RecordValues.path.like(path) for path in paths if "%" in path)
    asked = or_(RecordValues.path.in_(path for path in paths if "%" not in path), *in_rows)
    counted = select(Records.number).order_by(Records.number.desc()).limit(newest).scalar_subquery()
    wanted = (
        select(Records.edition, RecordValues.path, RecordValues.value_json, func.count())
        .join(Records, Records.number == RecordValues.record)
        .where(RecordValues.record.in_(counted), asked)
        .group_by(Records.edition, RecordValues.path, RecordValues.value_json)
        .order_by(func.max(Records.number).desc(), RecordValues.path)
    )
    for edition, path, text, count in session.execute(wanted):
        yield edition, path, wire.value_from_json(text), count


def _holds(word: str) -> ColumnElement[bool]:
    hits = select(RecordValues.record).where(RecordValues.folded.contains(word, autoescape=True))
    if word.isdecimal() and len(word) < 10:
        return or_(Records.number.in_(hits), Records.number == int(word))
    return Records.number.in_(hits)


def same_person(session: Session, values: Values, except_number: int | None) -> list[Same]:
    """Where else an identity number among these values stands, by record and path."""
    paths = {spelling: path for path, value in values.items() for spelling in _spellings(value)}
    wanted = select(Persons).where(Persons.id_number.in_(paths), Persons.record != (except_number or 0))
    found = session.scalars(wanted.order_by(Persons.record, Persons.path))
    return list(dict.fromkeys(Same(row.record, paths[row.id_number], row.path) for row in found))


def first_of_worker(session: Session, persons: Iterable[Person], except_numbers: Iterable[int]) -> int | None:
    """The first other record whose worker is the worker among these persons."""
    numbers = [number for one in persons if one.worker for number in spellings(one.id_number)]
    wanted = select(Persons.record).where(Persons.id_number.in_(numbers), Persons.worker.is_(True))
    return session.scalar(wanted.where(Persons.record.not_in(list(except_numbers))).order_by(Persons.record))


def line(session: Session, number: int) -> set[int]:
    """A record with those of other editions that it was carried over from, or that were from it."""
    back = {number, *_steps(session, number, Drafts.record, Drafts.forerunner)}
    return back | _steps(session, number, Drafts.forerunner, Drafts.record)


def _steps(
    session: Session,
    number: int,
    at: InstrumentedAttribute[int | None],
    to: InstrumentedAttribute[int | None],
) -> set[int]:
    """The records that are reached from one by going on in one direction."""
    reached: set[int] = set()
    standing = {number}
    while standing:
        found = session.scalars(select(to).where(at.in_(standing), to.is_not(None)))
        standing = {one for one in found if one is not None} - reached
        reached |= standing
    return reached


def _spellings(value: Value) -> tuple[str, ...]:
    return spellings(value) if isinstance(value, str) else ()
