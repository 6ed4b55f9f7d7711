"""The store: scans, drafts and records come in, each in one transaction; lists, records and history go out.

A home folder holds `dangan.sqlite` and the kept scans in `scans/`, both for
their owner's eyes only. Whoever is stopped in the middle, by a kill or a full
disk, finds afterwards what was there before, or the whole of what was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.orm import Session

from records import index_store, medical_rows, rows
from records.abreast import Abreast
from records.account_store import Accounts
from records.archive import (
    Aside,
    DraftRow,
    Event,
    Fate,
    Filed,
    FiledPaper,
    Kept,
    Record,
    Same,
    SignedCopy,
    State,
)
from records.as_of import values_at
from records.audit import WITNESS, Audit, note
from records.codes import Return, Standing
from records.database import Database, make_private, open_database, told
from records.drafts import Draft, Ink, Source, Unmatched
from records.editions import Edition, Editions, load_editions
from records.errors import AlreadyTaken, NoSuchRecord, Refused
from records.findings import Finding, Reason
from records.form_figures import FormFigures, note_fared
from records.index_store import Index
from records.joining import JOINED, changes_of, check_same_worker, joined
from records.known import NEWEST, Known, known_words, worded_paths
from records.medical_store import MedicalCases
from records.overview import Overview
from records.people import household, worker_name
from records.processes import Step, check_move
from records.processes import process as process_of
from records.review_store import Reviews, forget, refuse_filed
from records.settling import Change, Decision, check_errors, differences, in_order, settle
from records.shelf import Copy, Shelf
from records.values import Values
from records.waiting import known_draft, open_draft, whole_draft

__all__ = ["Aside", "DraftRow", "Event", "Kept", "Record", "Same", "SignedCopy", "State", "Store"]

_WAIT = 10.0
_FILE = "dangan.sqlite"


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is about to be written to a record, and on whose word."""

    edition: Edition
    values: Values
    changes: tuple[Change, ...]
    who: str
    when: datetime
    overridden: tuple[Finding, ...] = ()
    override_why: str = ""
    force: bool = False
    sha256: str | None = None
    forerunner: int | None = None
    ink: Mapping[str, Ink] | None = None
    unit: str = ""
    joined: bool = False


class Store:
    """An open store; a context manager. Every method raises StoreBusy, DiskFull or StoreError as need be."""

    def __init__(self, home: Path, database: Database, editions: Editions) -> None:
        self.home = home
        self.database = database
        self.editions = editions
        self.shelf = Shelf(home / "scans")
        self.medical = MedicalCases(database, self.shelf)
        self.accounts = Accounts(database)
        self.audit = Audit(database, home / WITNESS)
        self.overview = Overview(database, editions)
        self.form_figures = FormFigures(database)
        self.abreast = Abreast(database)
        self.index = Index(database, editions)
        self.reviews = Reviews(database, self)

    @classmethod
    def open(
        cls, home: Path, url: str | None = None, editions: Editions | None = None, wait: float = _WAIT
    ) -> Self:
        """The store in `home`, made or brought up to date if need be; `url` names another database.

        `editions` (the built-in ones when left out) tell a draft's worker and a
        record's processes. Waits `wait` seconds for others. Raises StoreNewer,
        leaving a newer store as it is; StoreBusy, DiskFull, StoreError.
        """
        with told(str(home)):
            make_private(home / "scans")
        database = open_database(home / _FILE, url, wait)
        store = cls(home, database, load_editions() if editions is None else editions)
        store.shelf.sweep()
        store.reviews.take_over(home / "review")
        return store

    @staticmethod
    def is_in(home: Path) -> bool:
        """Whether there is a store in `home` already."""
        return (home / _FILE).is_file()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed, whatever happened."""
        self.close()

    # --- scans

    def keep(self, file: Path, name: str = "", unit: str = "") -> Kept:
        """Keep a file's bytes under their checksum, as `name` and of a `unit`; afterwards the file may go.

        A scan that is kept but waits to be read, or whose reading left
        nothing that stands, is handed out again. Raises AlreadyTaken when
        drafts or records came of it, Unreadable when the file cannot be opened.
        """
        with (
            told(str(self.shelf.folder)),
            self.shelf.copied(file, name) as copy,
            self.database.writing() as session,
        ):
            known = rows.find_scan(session, copy.sha256)
            if known is None:
                return self._keep_new(session, Path(name or file.name), copy, unit)
            _refuse_taken(session, known, Path(name or file.name))
            rows.set_read(session, known.sha256, None)
            self.shelf.place(copy)
            return self._kept(known)

    def add_drafts(self, sha256: str, results: Sequence[Draft | Unmatched], who: str = "") -> list[int]:
        """The whole result of reading a kept scan; gives the numbers of the drafts. The scan counts as read.

        Sheets of a record that came back are filed with it; of them only what
        differs from print leaves a draft. Raises AlreadyTaken when another process was quicker, Refused for a
        scan that is not kept or a result of another scan.
        """
        with self.database.writing() as session:
            _read_now(session, sha256)
            return [number for result in results for number in self._add(session, sha256, result, who)]

    def set_aside(self, sha256: str, reason: Reason) -> None:
        """A kept scan could not be read at all, and why; taking its file again tries anew."""
        with self.database.writing() as session:
            _read_now(session, sha256)
            rows.put_aside(session, sha256, (), reason, _now())

    def unread(self) -> list[Kept]:
        """The scans that were kept but not read, as after a kill, oldest first."""
        with self.database.reading() as session:
            return [self._kept(row) for row in rows.unread_scans(session)]

    def scans(self) -> list[Kept]:
        """Every kept scan, oldest first."""
        with self.database.reading() as session:
            return [self._kept(row) for row in rows.scans(session)]

    def scan(self, sha256: str) -> Kept:
        """A kept scan; raises Refused (`scan_not_kept`)."""
        with self.database.reading() as session:
            found = rows.find_scan(session, sha256)
            if found is None:
                raise Refused("scan_not_kept", what=sha256)
            return self._kept(found)

    def units_of_scan(self, sha256: str) -> set[str]:
        """The units to whose drafts, records and medical cases a scan belongs; none when it is not kept."""
        with self.database.reading() as session:
            return rows.units_of_scan(session, sha256) | medical_rows.units_of_scan(session, sha256)

    def aside(self) -> list[Aside]:
        """The pages and files that gave no draft, with the reason, oldest first."""
        with self.database.reading() as session:
            return rows.asides(session)

    def fates(
        self, unit: str = "", newest: int = 100, sums: Collection[str] | None = None, only_aside: bool = False
    ) -> list[Fate]:
        """The newest scans of forms with what came of them, newest first; or these scans, oldest first.

        Those of a unit, or with an empty one everybody's; with `only_aside`
        those of which something is set aside that is no blank page.
        """
        with self.database.reading() as session:
            if sums is not None:
                found = [row for row in rows.scans_of(session, sums) if unit in ("", row.unit)]
            else:
                found = rows.newest_scans(session, unit, newest, only_aside)
            return self._fates(session, found)

    def read_again(self, sha256: str) -> None:
        """A scan of which nothing stands waits to be read once more.

        Raises AlreadyTaken when drafts or records came of it, Refused (`scan_not_kept`).
        """
        with self.database.writing() as session:
            scan = rows.find_scan(session, sha256)
            if scan is None:
                raise Refused("scan_not_kept", what=sha256)
            _refuse_taken(session, scan, Path(scan.file))
            rows.set_read(session, sha256, None)

    def dismiss(self, sha256: str, who: str, why: str) -> None:
        """What was set aside of a scan needs nobody any more; who said so and why is in the audit log.

        Raises Refused (`why_wanted`) without a reason.
        """
        if not why.strip():
            raise Refused("why_wanted")
        with self.database.writing() as session:
            rows.resolve_asides(session, sha256, _now())
            note(session, who, "dismissed", f"scan:{sha256[:12]}", why.strip())

    # --- drafts

    def drafts(self, open_only: bool = True) -> list[DraftRow]:
        """The drafts that wait for a clerk, oldest first; or all that ever were."""
        with self.database.reading() as session:
            return rows.drafts(session, open_only)

    def draft_row(self, number: int) -> DraftRow:
        """A draft as a list shows it, also one that has left; raises NoSuchDraft."""
        with self.database.reading() as session:
            return known_draft(session, number)

    def draft(self, number: int) -> Draft:
        """A draft, whole, as it was read; raises NoSuchDraft."""
        with self.database.reading() as session:
            return whole_draft(session, number)

    def drop(self, number: int, who: str, why: str) -> None:
        """A draft leaves the waiting list without a record. Raises NoSuchDraft; Refused when it has left."""
        with self.database.writing() as session:
            open_draft(session, number)
            rows.close_draft(session, number, who, why, _now(), None)
            forget(session, number)

    def carry(self, draft: Draft) -> int:
        """A draft that was carried over from a record waits for a clerk; the same again is the same draft.

        Raises NoSuchRecord, and Refused: `carried_already` (fact: record) when
        a record of that edition came of it, `carried_differently` when a
        draft waits that says something else, `no_forerunner`.
        """
        if draft.forerunner is None:
            raise Refused("no_forerunner", edition=draft.edition)
        number = draft.forerunner.number
        with self.database.writing() as session:
            _record(session, number)
            for row in rows.carried_drafts(session, number, draft.edition):
                if row.record is not None:
                    raise Refused("carried_already", number=number, record=row.record)
                if whole_draft(session, row.number).readings != draft.readings:
                    raise Refused("carried_differently", number=number, draft=row.number)
                return row.number
            return rows.add_draft(session, None, draft, self._name(draft), _now())

    def join(self, draft_number: int, record: int | None) -> None:
        """The draft is a new paper of a record: settling it changes that record; None undoes this.

        Raises NoSuchDraft, NoSuchRecord, and Refused: `draft_closed`, `draft_filed`, `other_edition`,
        `joins_already` for a sheet that came back or a record carried over.
        """
        with self.database.writing() as session:
            row = open_draft(session, draft_number)
            refuse_filed(session, draft_number)
            if record is not None:
                old = _record(session, record)
                if old.edition != row.edition:
                    raise Refused("other_edition", what=old.edition, edition=row.edition)
                if row.forerunner is not None or whole_draft(session, draft_number).record is not None:
                    raise Refused("joins_already", number=draft_number)
            rows.join_draft(session, draft_number, record)

    def papers_of(self, record: Record) -> list[DraftRow]:
        """The drafts in waiting that may be a new paper of a record, by the worker's name."""
        name = worker_name(self.editions[record.edition], record.values)
        with self.database.reading() as session:
            return rows.waiting_of(session, record.edition, name) if name else []

    def settle(
        self,
        draft_number: int,
        decisions: Sequence[Decision],
        edition: Edition,
        who: str,
        when: datetime | None = None,
        override_why: str = "",
        force: bool = False,
    ) -> Record:
        """A new record from a draft and a clerk's decisions; see `records.settling.settle`.

        A draft of a record's sheet that came back goes to that record instead:
        Refused (`record_moved_on`, fact: number) when that has changed since.
        Raises NoSuchDraft, NotSettled, and Refused: `draft_closed`, `draft_filed` when it waits for approval,
        `no_value`, `errors_stand` without `override_why`, `same_worker` (fact: number) when
        the worker has a record, unless `force`.
        """
        with self.database.writing() as session:
            refuse_filed(session, draft_number)
            return self.settle_in(
                session, draft_number, decisions, edition, who, when or _now(), override_why, force
            )

    def settle_in(
        self,
        session: Session,
        draft_number: int,
        decisions: Sequence[Decision],
        edition: Edition,
        who: str,
        when: datetime,
        override_why: str,
        force: bool,
    ) -> Record:
        """As `settle`, within a transaction that writes, also of a draft that waits for approval."""
        row = open_draft(session, draft_number)
        draft = whole_draft(session, draft_number)
        settled = settle(draft, decisions, edition, override_why)
        entry = _Entry(
            edition,
            settled.values,
            settled.changes,
            who,
            when,
            settled.overridden,
            override_why,
            force,
            row.sha256 or None,
            row.forerunner,
            draft.ink,
            row.unit,
        )
        if draft.record is not None:
            record = _write_back(session, entry, draft, draft.record)
        elif row.joins is not None:
            record = _join(session, entry, draft, row.joins)
        else:
            record = _write(session, entry, None)
        rows.close_draft(session, draft_number, who, "", entry.when, record.number)
        forget(session, draft_number)
        self.overview.note(session, record)
        note_fared(session, draft_number, draft, decisions, row.unit, who, entry.when)
        return record

    def check_worker_in(
        self,
        session: Session,
        draft_number: int,
        decisions: Sequence[Decision],
        edition: Edition,
        override_why: str,
    ) -> None:
        """Raises Refused (`same_worker`, fact: number) when the worker of a draft has a record already."""
        draft = whole_draft(session, draft_number)
        values = settle(draft, decisions, edition, override_why).values
        forerunner = draft.forerunner.number if draft.forerunner else None
        entry = _Entry(edition, values, (), "", _now(), forerunner=forerunner)
        joins = open_draft(session, draft_number).joins
        goes_to = joins if draft.record is None else draft.record
        old = None if goes_to is None else _record(session, goes_to)
        if old is not None and joins is not None:
            check_same_worker(edition, old.values, values, old.number)
        first = _first_of_worker(session, entry, old)
        if first is not None:
            raise Refused("same_worker", number=first)

    # --- records

    def save(
        self,
        edition: Edition,
        values: Values,
        who: str,
        why: str,
        when: datetime | None = None,
        number: int | None = None,
        override_why: str = "",
        force: bool = False,
        unit: str = "",
    ) -> Record:
        """A new record (of a `unit`), or record `number` with these values, all of them: missing is blank.

        Only what differs becomes history; where nothing does, nothing is
        written. Raises NoSuchRecord, and Refused: `unknown_path`,
        `other_edition`, `no_value`, `errors_stand`, `same_worker`.
        """
        with self.database.writing() as session:
            old = None if number is None else _record(session, number)
            return self.save_in(
                session, old, edition, values, who, why, when or _now(), override_why, force, unit
            )

    def save_in(
        self,
        session: Session,
        old: Record | None,
        edition: Edition,
        values: Values,
        who: str,
        why: str,
        when: datetime,
        override_why: str = "",
        force: bool = False,
        unit: str = "",
    ) -> Record:
        """As `save`, within a transaction that writes."""
        arranged = in_order(edition, values)
        overridden = check_errors(edition, arranged, override_why)
        if old is not None and old.edition != edition.key:
            raise Refused("other_edition", what=old.edition, edition=edition.key)
        changes = differences(old.values if old else {}, arranged, why)
        if old is not None and not changes:
            return old
        entry = _Entry(edition, arranged, changes, who, when, overridden, override_why, force, unit=unit)
        record = _write(session, entry, old)
        self.overview.note(session, record)
        return record

    def move(self, number: int, process: str, state: str, on: date, ground: str, who: str) -> Record:
        """The record goes to a state of one of its edition's processes, since a day and on a ground.

        Raises NoSuchRecord, EditionError for an edition that is not known
        here, and what `records.processes.check_move` refuses.
        """
        with self.database.writing() as session:
            old = _record(session, number)
            last = old.states.get(process)
            step = Step(last.state, last.on) if last else None
            check_move(process_of(self.editions[old.edition], process), step, state, on, ground)
            rows.put_state(session, number, process, State(state, on, ground, who))
            before = last.state if last else None
            moved = Event(_now(), who, old.revision, f"state:{process}", before, state, ground, on=on)
            rows.add_events(session, number, [moved])
            index_store.put(session, self.editions, [number])
            record = _record(session, number)
            self.overview.note(session, record)
            return record

    def log_shown(
        self, numbers: Sequence[int], document: str, fields: Sequence[str], who: str, why: str
    ) -> None:
        """That a public list shows fields of these records that it hides otherwise, on whose word and why.

        Raises NoSuchRecord, and Refused (`no_reason`) without a reason.
        """
        if not why.strip():
            raise Refused("no_reason", what=document)
        with self.database.writing() as session:
            for number in numbers:
                record = _record(session, number)
                shown = Event(_now(), who, record.revision, f"shown:{document}", None, tuple(fields), why)
                rows.add_events(session, number, [shown])

    def record(self, number: int) -> Record:
        """A record as it stands; raises NoSuchRecord."""
        with self.database.reading() as session:
            return _record(session, number)

    def records(self, numbers: Sequence[int] | None = None) -> list[Record]:
        """All records by number, or those of these numbers in the same order; raises NoSuchRecord."""
        with self.database.reading() as session:
            if numbers is None:
                return rows.records(session, rows.record_numbers(session))
            return [_record(session, number) for number in numbers]

    def numbers(self, text: str = "", unit: str = "", edition: str = "") -> list[int]:
        """The numbers of all records, or of those in which every word of the text is found.

        Of a unit or an edition alone, where one is named.
        """
        with self.database.reading() as session:
            found = rows.search(session, text) if text else rows.record_numbers(session)
            return list(rows.belonging(session, found, unit, edition))

    def revisions(self, numbers: Sequence[int]) -> dict[int, int]:
        """How often these records have been saved, by number."""
        with self.database.reading() as session:
            return dict(rows.revisions(session, numbers))

    def search(self, text: str) -> list[Record]:
        """The records in which every word of the text is found, in any value or as the record's number."""
        with self.database.reading() as session:
            return rows.records(session, rows.search(session, text))

    def words(self) -> Known:
        """The words of units, places and the like that stand in the newest records, the commonest first."""
        with self.database.reading() as session:
            return known_words(self.editions, rows.texts(session, worded_paths(self.editions), NEWEST))

    def history(self, number: int) -> list[Event]:
        """All that ever happened to a record, oldest first; raises NoSuchRecord."""
        with self.database.reading() as session:
            _require(session, number)
            return rows.history(session, number)

    def history_of(self, number: int, path: str) -> list[Event]:
        """What ever happened to one field of a record, oldest first; none of a record that is not there."""
        with self.database.reading() as session:
            return rows.history(session, number, path)

    def values_at(self, number: int, moment: datetime) -> Values:
        """The values of a record as they stood at a moment, blanks left out; raises NoSuchRecord."""
        with self.database.reading() as session:
            edition = self.editions[_record(session, number).edition]
            return values_at(edition, rows.history(session, number), moment)

    def copies(self, number: int) -> list[SignedCopy]:
        """The sheets of a record that came back signed, oldest first; raises NoSuchRecord."""
        with self.database.reading() as session:
            _require(session, number)
            return rows.copies(session, number)

    def filed_papers(self, number: int) -> list[FiledPaper]:
        """The paper of a record kept as scans: filled forms, then signed copies. Raises NoSuchRecord."""
        with self.database.reading() as session:
            _require(session, number)
            return [*rows.filed_papers(session, number), *_filed(rows.copies(session, number))]

    def same_person(self, values: Values, except_number: int | None = None) -> list[Same]:
        """Other records in which an identity number among the values stands, the worker's or a member's."""
        with self.database.reading() as session:
            return rows.same_person(session, values, except_number)

    # --- steps

    def _keep_new(self, session: Session, file: Path, copy: Copy, unit: str) -> Kept:
        place = self.shelf.place_for(copy)
        scan = rows.ScanRow(copy.sha256, file.name, place.name, _now(), None, unit)
        rows.add_scan(session, scan, copy.size)
        self.shelf.place(copy)
        return replace(self._kept(scan), first_seen=True)

    def _kept(self, row: rows.ScanRow) -> Kept:
        path = self.shelf.folder / row.path
        return Kept(row.sha256, row.file, False, row.read is not None, path, row.unit)

    def _fates(self, session: Session, found: Sequence[rows.ScanRow]) -> list[Fate]:
        sums = [row.sha256 for row in found]
        drafts, asides = rows.drafts_of(session, sums), rows.asides(session, sums)
        filed = rows.filed_of(session, sums)
        return [
            Fate(
                self._kept(row),
                row.kept,
                tuple(one for one in drafts if one.sha256 == row.sha256),
                tuple(
                    Filed(record, self._title(edition, document), page)
                    for sha256, record, edition, document, page in filed
                    if sha256 == row.sha256
                ),
                tuple(one for one in asides if one.sha256 == row.sha256),
            )
            for row in found
        ]

    def _title(self, edition: str, document: str) -> str:
        uses = self.editions[edition].documents if edition in self.editions else ()
        return next((use.title for use in uses if use.name == document), document)

    def _add(self, session: Session, sha256: str, result: Draft | Unmatched, who: str) -> Iterator[int]:
        if result.origin is not None and result.origin.sha256 != sha256:
            raise Refused("other_scan", what=result.origin.file)
        filed = [self._file(session, sha256, one, result, who) for one in result.returns if _is_current(one)]
        if isinstance(result, Unmatched):
            if not filed:
                rows.put_aside(session, sha256, result.origin.pages, result.reason, _now())
        elif not result.is_settled:
            yield rows.add_draft(session, sha256, result, self._name(result), _now())

    def _file(
        self, session: Session, sha256: str, one: Return, result: Draft | Unmatched, who: str
    ) -> SignedCopy:
        """A sheet that came back, with its record from now on."""
        record = _record(session, one.code.record)
        ink = {} if isinstance(result, Unmatched) else result.ink
        here = {key: mark for key, mark in ink.items() if mark.source is None or mark.source.page == one.page}
        copy = SignedCopy(
            record.number, one.code.revision, one.document, one.code.sheet, "", sha256, one.page, _now(), here
        )
        rows.add_copy(session, copy)
        title = self.editions[record.edition].document(one.document).title
        told = Event(
            copy.when, who, record.revision, "", None, title, "signed_copy", sha256=sha256, page=one.page
        )
        rows.add_events(session, record.number, [told])
        return copy

    def _name(self, draft: Draft) -> str:
        known = draft.edition in self.editions
        return worker_name(self.editions[draft.edition], draft.values) if known else ""


def _is_current(one: Return) -> bool:
    return one.standing is Standing.CURRENT


def _refuse_taken(session: Session, scan: rows.ScanRow, file: Path) -> None:
    drafts = rows.standing_drafts(session, scan.sha256)
    copies = rows.copies_on(session, scan.sha256)
    if drafts or copies:
        raise _taken(scan, drafts, copies, file)


def _taken(
    scan: rows.ScanRow, drafts: Sequence[DraftRow], copies: Sequence[SignedCopy], file: Path
) -> AlreadyTaken:
    records = [draft.record for draft in drafts if draft.record is not None]
    records += [copy.record for copy in copies]
    return AlreadyTaken(
        file=file.name,
        sha256=scan.sha256,
        first=scan.kept.astimezone().strftime("%Y-%m-%d %H:%M"),
        kept_as=scan.file,
        drafts=",".join(str(draft.number) for draft in drafts if draft.record is None),
        records=",".join(str(number) for number in dict.fromkeys(records)),
    )


def _read_now(session: Session, sha256: str) -> None:
    """Mark the scan as read; whoever comes second finds it taken."""
    scan = rows.find_scan(session, sha256)
    if scan is None:
        raise Refused("scan_not_kept", what=sha256)
    if scan.read is not None:
        drafts, copies = rows.standing_drafts(session, sha256), rows.copies_on(session, sha256)
        raise _taken(scan, drafts, copies, Path(scan.file))
    now = _now()
    rows.set_read(session, sha256, now)
    rows.resolve_asides(session, sha256, now)


def _filed(copies: Sequence[SignedCopy]) -> Iterator[FiledPaper]:
    """Signed copies with their sheets together: those of one document in one file."""
    together: dict[tuple[str, str], list[SignedCopy]] = {}
    for copy in copies:
        together.setdefault((copy.sha256, copy.document), []).append(copy)
    for (sha256, document), sheets in together.items():
        pages = tuple(sorted(sheet.page for sheet in sheets))
        yield FiledPaper(sheets[0].file, sha256, pages, sheets[0].when, document)


def _record(session: Session, number: int) -> Record:
    found = rows.records(session, [number])
    if not found:
        raise NoSuchRecord(number=number)
    return found[0]


def _require(session: Session, number: int) -> None:
    """Raises NoSuchRecord."""
    if not rows.is_record(session, number):
        raise NoSuchRecord(number=number)


def _write(session: Session, entry: _Entry, old: Record | None) -> Record:
    """The entry as the record's next revision, or as a new record."""
    first = _first_of_worker(session, entry, old)
    if first is not None and not entry.force:
        raise Refused("same_worker", number=first)
    number = old.number if old else _new_record(session, entry)
    revision = rows.next_revision(session, number, entry.when)
    rows.put_values(session, number, entry.values)
    rows.put_persons(session, number, household(entry.edition, entry.values))
    rows.add_events(session, number, _events(entry, revision, first))
    index_store.put(session, {entry.edition.key: entry.edition}, [number])
    return _record(session, number)


def _new_record(session: Session, entry: _Entry) -> int:
    return rows.add_record(session, entry.edition.key, entry.ink or {}, entry.when, entry.unit)


def _write_back(session: Session, entry: _Entry, draft: Draft, number: int) -> Record:
    """What a clerk made of a sheet that came back, as its record's next revision where anything differs."""
    old = _record(session, number)
    if old.edition != entry.edition.key:
        raise Refused("other_edition", what=old.edition, edition=entry.edition.key)
    if any(one.code.revision != old.revision for one in draft.returns if _is_current(one)):
        raise Refused("record_moved_on", number=number)
    kept = {path: value for path, value in old.values.items() if path not in draft.readings}
    values = in_order(entry.edition, kept | dict(entry.values))
    whys = {change.path: change for change in entry.changes}
    changes = tuple(
        replace(one, why=whys[one.path].why, source=whys[one.path].source) if one.path in whys else one
        for one in differences(old.values, values, "decided")
    )
    if not changes:
        return old
    return _write(session, replace(entry, values=values, changes=changes), old)


def _join(session: Session, entry: _Entry, draft: Draft, number: int) -> Record:
    """A new paper of a record's household, as the record's next revision; also where nothing differs."""
    old = _record(session, number)
    check_same_worker(entry.edition, old.values, entry.values, number)
    values = joined(entry.edition, old.values, draft.readings, entry.values)
    changes = changes_of(old.values, values, entry.changes)
    rows.put_ink(session, number, draft.ink)
    return _write(session, replace(entry, values=values, changes=changes, joined=True), old)


def _first_of_worker(session: Session, entry: _Entry, old: Record | None) -> int | None:
    """The record that the worker has already; none when this record held the worker before.

    The same archive in another edition, carried over from it or to it, is no second one.
    """
    workers = [one for one in household(entry.edition, entry.values) if one.worker]
    if old is not None and workers == [one for one in household(entry.edition, old.values) if one.worker]:
        return None
    akin = entry.forerunner if old is None else old.number
    return rows.first_of_worker(session, workers, rows.line(session, akin) if akin is not None else ())


def _events(entry: _Entry, revision: int, first: int | None) -> Iterator[Event]:
    whole = Event(entry.when, entry.who, revision, "", None, None, "", entry.sha256)
    if entry.forerunner is not None:
        yield replace(whole, after=Decimal(entry.forerunner), why="carried_over")
    if entry.joined:
        yield replace(whole, why=JOINED)
    if first is not None:
        yield replace(whole, after=Decimal(first), why="forced")
    if entry.overridden:
        rules = tuple(dict.fromkeys(one.rule for one in entry.overridden))
        yield replace(whole, after=rules, why=entry.override_why)
    for change in entry.changes:
        spot = change.source or Source(0)
        yield replace(
            whole,
            path=change.path,
            before=change.before,
            after=change.after,
            why=change.why,
            page=spot.page or None,
            box=spot.box,
        )


def _now() -> datetime:
    return datetime.now(UTC)
