"""Finding records: what a clerk types, filters and work lists come in, rows of a list go out.

What is found is ordered by how much a word says of a record: the worker's own name before its pinyin,
that before a part of it, members after workers, what only looks alike after what is written so, and
what is said in an address or a remark last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from records import duplicates, index_rows, rows
from records.database import Database
from records.duplicates import Pair, Settled
from records.editions import Edition, Editions
from records.errors import Refused
from records.index import BUILD, IndexRow, Term, indexed
from records.index_search import MOST, Asked, by_words, sharing
from records.reviews import Stage
from records.tables import (
    Drafts,
    Events,
    IndexRows,
    IndexTerms,
    MedicalCases,
    MedicalEvents,
    RecordTerms,
    Reviews,
    Scans,
    SetAside,
)
from records.worklists import STALE

Known = Editions | Mapping[str, Edition]
_BATCH = 200


class WorkList(StrEnum):
    """What may wait to be done with stored records."""

    STALE = "stale"
    """Nobody has touched it for a year (一年未改)."""
    UNHELPED = "unhelped"
    """Nobody was ever helped (未帮扶)."""
    OVERDUE = "overdue"
    """Changed on paper, and not entered in the other system within the working days."""
    DEADLINE = "deadline"
    """Has yet to reach what the notice wants by its day."""


@dataclass(frozen=True, slots=True)
class Found:
    """A part of what was found, and how many there are; with `more`, at least so many."""

    rows: tuple[IndexRow, ...]
    count: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class PapersWaiting:
    """How much paper waits: to be settled, for somebody else's approval, sent back, set aside unread."""

    review: int
    approve: int
    sent_back: int
    aside: int


@dataclass(frozen=True, slots=True)
class _Moment:
    """Until another line of a history is written, or another day comes, as many wait as before."""

    event: int | None
    of_case: int | None
    today: date


@dataclass(frozen=True)
class Index:
    """The index of a store; every method raises StoreBusy, DiskFull or StoreError as need be.

    `unit` is the one whose records are asked for, empty for all.
    """

    database: Database
    editions: Editions
    counted: dict[str, tuple[_Moment, dict[WorkList, int]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    # --- finding

    def find(self, asked: Asked, unit: str = "", start: int = 0, size: int = 50) -> Found:
        """The records that fit, the likeliest first; those from the `start`-th on."""
        with self.database.reading() as session:
            if not asked.words:
                return self._all(session, asked, unit, start, size)
            numbers = list(by_words(session, asked, unit))
            more = len(numbers) > MOST
            shown = index_rows.rows_of(session, numbers[:MOST][start : start + size])
            return Found(tuple(shown), min(len(numbers), MOST), more)

    def _all(self, session: Session, asked: Asked, unit: str, start: int, size: int) -> Found:
        """Every record with the terms, the newest first."""
        wanted = sharing(asked.terms, unit)
        count = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        number = wanted.selected_columns[0]
        page = session.scalars(wanted.order_by(number.desc()).offset(start).limit(size)).all()
        return Found(tuple(index_rows.rows_of(session, page)), count)

    def numbers(self, asked: Asked, unit: str = "") -> list[int]:
        """The numbers of the records that fit; of those found by words no more than `MOST`."""
        with self.database.reading() as session:
            if asked.words:
                return list(by_words(session, asked, unit))[:MOST]
            return list(session.scalars(sharing(asked.terms, unit)))

    def rows(self, numbers: Sequence[int]) -> list[IndexRow]:
        """These records as a list shows them, in the same order."""
        with self.database.reading() as session:
            return index_rows.rows_of(session, numbers)

    def terms(self, kinds: Sequence[str], unit: str = "") -> list[Term]:
        """The terms of these kinds that a record of the unit has, in order."""
        wanted = select(IndexTerms.kind, IndexTerms.text).where(IndexTerms.kind.in_(kinds))
        here = RecordTerms.term == IndexTerms.number
        if unit:
            mine = exists().where(here, IndexRows.record == RecordTerms.record, IndexRows.unit == unit)
            wanted = wanted.where(mine)
        else:
            wanted = wanted.where(exists().where(here))
        with self.database.reading() as session:
            found = session.execute(wanted.order_by(IndexTerms.kind, IndexTerms.text))
            return [Term(kind, text) for kind, text in found]

    # --- work lists

    def waiting(self, unit: str = "", today: date | None = None) -> dict[WorkList, int]:
        """How many records stand in each work list."""
        with self.database.reading() as session:
            now = _Moment(*session.execute(_LAST_EVENTS).one(), today or date.today())
            moment, counts = self.counted.get(unit, (None, {}))
            if moment != now:
                counts = {one: _count(session, one, unit, today) for one in WorkList}
                self.counted[unit] = now, counts
            return dict(counts)

    def duplicates(self, unit: str = "") -> list[Pair]:
        """The records that may be of one household, in pairs, the surest first."""
        with self.database.reading() as session:
            return duplicates.pairs(session, unit)

    def settled_pair(self, one: int, other: int) -> Settled | None:
        """What somebody said of two records that may be of one household; None when nobody did."""
        with self.database.reading() as session:
            return duplicates.settled(session, one, other)

    def settle_pair(self, one: int, other: int, why: str, who: str) -> None:
        """These two are no longer told as duplicates: two households, or one that is dealt with.

        Raises Refused (`why_wanted`) without a reason.
        """
        if not why.strip():
            raise Refused("why_wanted")
        with self.database.writing() as session:
            duplicates.settle(session, one, other, Settled(why.strip(), who, datetime.now(UTC)))

    def reopen_pair(self, one: int, other: int) -> None:
        """These two are told again."""
        with self.database.writing() as session:
            duplicates.reopen(session, one, other)

    def papers_waiting(self, unit: str = "") -> PapersWaiting:
        """How much paper waits, and for what."""
        stage = func.coalesce(Reviews.stage, Stage.WAITING)
        drafts = (
            select(stage, func.count())
            .select_from(Drafts)
            .outerjoin(Reviews, Reviews.draft == Drafts.number)
            .where(Drafts.closed_at.is_(None), *([Drafts.unit == unit] if unit else []))
            .group_by(stage)
        )
        aside = (
            select(func.count())
            .select_from(SetAside)
            .join(Scans, Scans.sha256 == SetAside.sha256)
            .where(SetAside.resolved_at.is_(None), *([Scans.unit == unit] if unit else []))
        )
        with self.database.reading() as session:
            counts = {Stage(one): count for one, count in session.execute(drafts)}
            return PapersWaiting(
                counts.get(Stage.WAITING, 0),
                counts.get(Stage.FILED, 0),
                counts.get(Stage.SENT_BACK, 0),
                session.scalar(aside) or 0,
            )

    def work_list(
        self, of: WorkList, unit: str = "", start: int = 0, size: int = 50, today: date | None = None
    ) -> Found:
        """A work list, what waits longest first; from the `start`-th on."""
        conditions = _waits(of, unit, today)
        with self.database.reading() as session:
            count = session.scalar(select(func.count()).select_from(IndexRows).where(*conditions)) or 0
            wanted = select(*index_rows.SHOWN).where(*conditions).order_by(*_ORDERS[of])
            found = session.execute(wanted.offset(start).limit(size))
            return Found(tuple(index_rows.row_of(one) for one in found), count)

    # --- keeping

    def missing(self) -> int:
        """How many records are yet to be put into the index, as those of an older program."""
        with self.database.reading() as session:
            mark = index_rows.mark(session)
            return 0 if mark == BUILD else index_rows.count_after(session, _last(mark))

    def fill(self, each: Callable[[], None] = lambda: None) -> int:
        """Make the index of records that are not in it; gives how many, and calls `each` after every one.

        Works in batches, so that others can write meanwhile; whoever is stopped goes on from there.
        """
        done = 0
        while (put := self._fill_some()) is not None:
            done += put
            for _ in range(put):
                each()
        self.counted.clear()
        return done

    def _fill_some(self) -> int | None:
        with self.database.reading() as session:
            if index_rows.mark(session) == BUILD:
                return None
        with self.database.writing() as session:
            last = _last(index_rows.mark(session))
            if not last:
                index_rows.forget_parts(session)
            numbers = index_rows.numbers_after(session, last, _BATCH)
            if not numbers:
                index_rows.set_mark(session, BUILD)
                return None
            put(session, self.editions, numbers)
            index_rows.set_mark(session, f"{BUILD}:{numbers[-1]}")
            return len(numbers)


def _last(mark: str) -> int:
    """The last record that is in the index as this program makes it; 0 when none is."""
    build, _, last = mark.partition(":")
    return int(last or 0) if build == BUILD else 0


def put(session: Session, editions: Known, numbers: Sequence[int]) -> None:
    """Bring the index of these records up to date, in the transaction that changes them."""
    histories = index_rows.moments(session, numbers)
    found = [
        indexed(editions[record.edition], record, histories[record.number])
        for record in rows.records(session, numbers)
        if record.edition in editions
    ]
    index_rows.put(session, found)


# --- work lists


_LAST_EVENTS = select(
    select(func.max(Events.number)).scalar_subquery(),
    select(func.max(MedicalEvents.number)).scalar_subquery(),
)


def _count(session: Session, of: WorkList, unit: str, today: date | None) -> int:
    wanted = select(func.count()).select_from(IndexRows).where(*_waits(of, unit, today))
    return session.scalar(wanted) or 0


def _waits(of: WorkList, unit: str, today: date | None) -> list[ColumnElement[bool]]:
    day = today or date.today()
    unhelped: list[ColumnElement[bool]] = [
        IndexRows.rests.is_(False),
        IndexRows.helped.is_(False),
        IndexRows.record.not_in(select(MedicalCases.record)),
    ]
    waits: dict[WorkList, list[ColumnElement[bool]]] = {
        WorkList.STALE: [IndexRows.rests.is_(False), IndexRows.touched_at < _a_year_before(day)],
        WorkList.UNHELPED: unhelped,
        WorkList.OVERDUE: [IndexRows.enter_by < day],
        WorkList.DEADLINE: [IndexRows.finish_by.is_not(None)],
    }
    return [*waits[of], *([IndexRows.unit == unit] if unit else [])]


def _a_year_before(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - STALE


_ORDERS = {
    WorkList.STALE: (IndexRows.touched_at, IndexRows.unit, IndexRows.record),
    WorkList.UNHELPED: (IndexRows.unit, IndexRows.record),
    WorkList.OVERDUE: (IndexRows.enter_by, IndexRows.unit, IndexRows.record),
    WorkList.DEADLINE: (IndexRows.finish_by, IndexRows.unit, IndexRows.record),
}

__all__ = ["MOST", "Asked", "Found", "Index", "WorkList", "put"]
