"""Finding records: what a clerk types, filters and work lists come in, rows of a list go out.

What is found is ordered by how much a word says of a record: the worker's own name before its pinyin,
that before a part of it, members after workers, what only looks alike after what is written so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from records import duplicates, index_rows, pinyin, rows
from records.database import Database
from records.duplicates import Pair, Settled
from records.editions import Edition, Editions
from records.errors import Refused
from records.index import BUILD, LOOKS_LIKE, IndexRow, Kind, Rank, Term, indexed
from records.lookalike import is_han, plain, shape
from records.reviews import Stage
from records.tables import (
    Drafts,
    IndexRows,
    IndexTerms,
    IndexWords,
    MedicalCases,
    Persons,
    Records,
    RecordTerms,
    Reviews,
    Scans,
    SetAside,
)
from records.worklists import STALE

Known = Editions | Mapping[str, Edition]
Numbers = ColumnElement[int] | InstrumentedAttribute[int]
MOST = 1000
"""So many records are found by words; whoever finds more types another word."""
_BATCH = 200
_BEGINNING_OF_ID, _PART_OF_ID = 3, 4
"""So many digits begin an identity number, or are looked for inside one."""
_DIGITS = re.compile(r"[0-9]+x?")
_LAST = "\U0010ffff"
_HAN_RANKS = (Rank.NAME, Rank.PART, Rank.MEMBER, Rank.MEMBER_PART)
_SOUND_RANKS = (
    Rank.SOUND,
    Rank.INITIALS,
    Rank.PART,
    Rank.MEMBER_SOUND,
    Rank.MEMBER_INITIALS,
    Rank.MEMBER_PART,
)


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
class Asked:
    """What somebody looks for: typed words, all of which have to fit, and terms to have."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The typed words as the index compares them."""
        return tuple(word for word in map(plain, self.text.split()) if word)


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


@dataclass(frozen=True)
class Index:
    """The index of a store; every method raises StoreBusy, DiskFull or StoreError as need be.

    `unit` is the one whose records are asked for, empty for all.
    """

    database: Database
    editions: Editions

    # --- finding

    def find(self, asked: Asked, unit: str = "", start: int = 0, size: int = 50) -> Found:
        """The records that fit, the likeliest first; those from the `start`-th on."""
        with self.database.reading() as session:
            if not asked.words:
                return self._all(session, asked, unit, start, size)
            numbers = list(_by_words(session, asked, unit))
            more = len(numbers) > MOST
            shown = index_rows.rows_of(session, numbers[:MOST][start : start + size])
            return Found(tuple(shown), min(len(numbers), MOST), more)

    def _all(self, session: Session, asked: Asked, unit: str, start: int, size: int) -> Found:
        """Every record with the terms, the newest first."""
        wanted = _sharing(asked.terms, unit)
        count = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        number = wanted.selected_columns[0]
        page = session.scalars(wanted.order_by(number.desc()).offset(start).limit(size)).all()
        return Found(tuple(index_rows.rows_of(session, page)), count)

    def numbers(self, asked: Asked, unit: str = "") -> list[int]:
        """The numbers of the records that fit; of those found by words no more than `MOST`."""
        with self.database.reading() as session:
            if asked.words:
                return list(_by_words(session, asked, unit))[:MOST]
            return list(session.scalars(_sharing(asked.terms, unit)))

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
            return {
                one: session.scalar(
                    select(func.count()).select_from(IndexRows).where(*_waits(one, unit, today))
                )
                or 0
                for one in WorkList
            }

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
            wanted = select(IndexRows).where(*conditions).order_by(*_ORDERS[of])
            found = session.scalars(wanted.offset(start).limit(size))
            return Found(tuple(index_rows.row_of(one) for one in found), count)

    # --- keeping

    def fill(self) -> int:
        """Make the index of records that are not in it, as those of an older program; gives how many.

        Works in batches, so that others can write meanwhile; whoever is stopped goes on from there.
        """
        done = 0
        while (put := self._fill_some()) is not None:
            done += put
        return done

    def _fill_some(self) -> int | None:
        with self.database.reading() as session:
            if index_rows.mark(session) == BUILD:
                return None
        with self.database.writing() as session:
            build, _, last = index_rows.mark(session).partition(":")
            numbers = index_rows.numbers_after(session, int(last) if build == BUILD and last else 0, _BATCH)
            if not numbers:
                index_rows.set_mark(session, BUILD)
                return None
            put(session, self.editions, numbers)
            index_rows.set_mark(session, f"{BUILD}:{numbers[-1]}")
            return len(numbers)


def put(session: Session, editions: Known, numbers: Sequence[int]) -> None:
    """Bring the index of these records up to date, in the transaction that changes them."""
    histories = index_rows.moments(session, numbers)
    found = [
        indexed(editions[record.edition], record, histories[record.number])
        for record in rows.records(session, numbers)
        if record.edition in editions
    ]
    index_rows.put(session, found)


# --- what fits a word


def _by_words(session: Session, asked: Asked, unit: str) -> Iterator[int]:
    """The numbers of the records that fit, the likeliest first; no more than one beyond the most."""
    lead, *others = sorted(asked.words, key=lambda word: -_says(word))
    allowed = [set(session.scalars(_any(word))) for word in others]
    seen: set[int] = set()
    for wanted in _tiers(lead):
        number = wanted.selected_columns[0]
        conditions: list[ColumnElement[bool]] = [_has(number, term) for term in asked.terms]
        if unit:
            conditions.append(exists().where(IndexRows.record == number, IndexRows.unit == unit))
        fits = wanted.where(*conditions)
        for one in session.scalars(fits if allowed else fits.limit(MOST + 1 + len(seen))):
            if one not in seen and all(one in numbers for numbers in allowed):
                seen.add(one)
                yield one
            if len(seen) > MOST:
                return


def _says(word: str) -> int:
    """How much a word narrows: a number most, then Chinese, then letters by their count."""
    if _DIGITS.fullmatch(word):
        return 100 + len(word)
    return len(word) * (10 if any(map(is_han, word)) else 1)


def _tiers(word: str) -> Iterator[Select[int]]:
    """Where a word may fit, the likeliest place first."""
    if word.isdecimal() and len(word) < 10:
        yield select(Records.number).where(Records.number == int(word))
    if _DIGITS.fullmatch(word):
        yield from _by_number(word)
    elif any(map(is_han, word)):
        yield from _by_name(word, _HAN_RANKS)
        yield from _by_name(shape(word), [rank + LOOKS_LIKE for rank in _HAN_RANKS])
    else:
        sound = pinyin.typed(word)
        yield from _by_name(sound, [*_SOUND_RANKS, *(rank + LOOKS_LIKE for rank in _SOUND_RANKS)])
    yield _by_term(word)


def _by_name(word: str, ranks: Sequence[int]) -> Iterator[Select[int]]:
    for rank in ranks:
        fits = (IndexWords.rank == rank, IndexWords.word >= word, IndexWords.word < word + _LAST)
        yield select(IndexWords.record).where(*fits).order_by(IndexWords.word, IndexWords.record)


def _by_number(word: str) -> Iterator[Select[int]]:
    """By an identity number or a part of it, and by a telephone."""
    number = word.upper()
    begins = and_(Persons.id_number >= number, Persons.id_number < number + _LAST)
    for worker in (True, False) if len(number) >= _BEGINNING_OF_ID else ():
        yield select(Persons.record).where(begins, Persons.worker.is_(worker)).order_by(Persons.id_number)
    yield from _by_name(word, [Rank.PHONE])
    if len(number) >= _PART_OF_ID:
        yield select(IndexRows.record).where(IndexRows.numbers.contains(number, autoescape=True))


def _by_term(word: str) -> Select[int]:
    fits = select(IndexTerms.number).where(IndexTerms.folded.contains(word, autoescape=True))
    return select(RecordTerms.record).where(RecordTerms.term.in_(fits))


def _any(word: str) -> Select[int]:
    """The records that a word fits anywhere."""
    first, *others = (one.order_by(None) for one in _tiers(word))
    return first.union_all(*others).subquery().select()


def _has(number: Numbers, term: Term) -> ColumnElement[bool]:
    return exists().where(RecordTerms.term == term.number, RecordTerms.record == number)


def _sharing(terms: Sequence[Term], unit: str) -> Select[int]:
    """The records of a unit with these terms."""
    if not terms:
        every = select(IndexRows.record)
        return every.where(IndexRows.unit == unit) if unit else every
    first, *others = terms
    if unit:
        others = [*others, Term(Kind.UNIT, unit)]
    sharing = select(RecordTerms.record).where(RecordTerms.term == first.number)
    return sharing.where(*(_shares_too(RecordTerms.record, term) for term in others))


def _shares_too(number: Numbers, term: Term) -> ColumnElement[bool]:
    other = RecordTerms.__table__.alias()
    return exists().where(other.c.term == term.number, other.c.record == number)


# --- work lists


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
