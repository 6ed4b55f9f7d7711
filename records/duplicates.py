"""Possible duplicates: the index comes in, pairs of records go out that may be of one household.

On three grounds, the surest first: an identity number that stands in both (whoever's it is), the
same name and birth date of the worker, a name that sounds or looks alike in the same place of work. A record
and the one that it was carried over to are no pair, nor are two that somebody settled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from records import index_rows, rows
from records.index import IndexRow
from records.tables import IndexRows, Persons, SettledPairs

MOST = 200
"""So many pairs are told; there are more when some of these are settled."""
_GROUPS = 2000


class Ground(StrEnum):
    """Why two records may be of one household."""

    ID = "id"
    BORN = "born"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records and why; `second` is None where it belongs to a unit that the asker does not see."""

    first: IndexRow
    second: IndexRow | None
    ground: Ground


@dataclass(frozen=True, slots=True)
class Settled:
    """That somebody looked at two records: why they are no longer told as duplicates."""

    why: str
    who: str
    at: datetime


def pairs(session: Session, unit: str) -> list[Pair]:
    """The pairs of which a unit (empty for all) has at least one record."""
    found: dict[tuple[int, int], Ground] = {}
    for ground, numbers in _candidates(session, unit):
        for pair in combinations(sorted(set(numbers)), 2):
            found.setdefault(pair, ground)
    return list(_told(session, found, unit))


def _candidates(session: Session, unit: str) -> Iterator[tuple[Ground, Sequence[int]]]:
    """Groups of records that share something."""
    same = select(Persons.id_number).group_by(Persons.id_number).having(func.count() > 1).limit(_GROUPS)
    holders: dict[str, list[int]] = defaultdict(list)
    wanted = select(Persons.id_number, Persons.record).where(Persons.id_number.in_(same))
    for number, record in session.execute(wanted):
        holders[number].append(record)
    yield from ((Ground.ID, numbers) for numbers in holders.values())
    yield from _sharing(session, Ground.BORN, IndexRows.shape, IndexRows.born)
    for near in (IndexRows.sound, IndexRows.shape):
        yield from _sharing(session, Ground.NEAR, near, IndexRows.employer)


def _sharing(
    session: Session, ground: Ground, one: InstrumentedAttribute[str], other: InstrumentedAttribute[str]
) -> Iterator[tuple[Ground, Sequence[int]]]:
    """The records that have both alike, neither of them blank."""
    filled = (one != "", other != "")
    doubled = select(one, other).where(*filled).group_by(one, other).having(func.count() > 1).limit(_GROUPS)
    keys = [tuple(row) for row in session.execute(doubled)]
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for start in range(0, len(keys), 200):
        wanted = select(one, other, IndexRows.record).where(tuple_(one, other).in_(keys[start : start + 200]))
        for first, second, record in session.execute(wanted):
            groups[first, second].append(record)
    yield from ((ground, numbers) for numbers in groups.values())


def _told(session: Session, found: dict[tuple[int, int], Ground], unit: str) -> Iterator[Pair]:
    known = _rows(session, {number for pair in found for number in pair})
    settled = {(one.first, one.second): Ground(one.ground) for one in session.scalars(select(SettledPairs))}
    told = 0
    for (first, second), ground in sorted(found.items(), key=lambda entry: (_ORDER[entry[1]], entry[0])):
        one, other = known.get(first), known.get(second)
        if one is None or other is None or _is_carried(session, one, other):
            continue
        if (first, second) in settled and _ORDER[settled[first, second]] <= _ORDER[ground]:
            continue
        mine = [row for row in (one, other) if unit in ("", row.unit)]
        if mine:
            yield Pair(mine[0], mine[1] if len(mine) > 1 else None, ground)
            told += 1
        if told == MOST:
            return


_ORDER = {ground: place for place, ground in enumerate(Ground)}


def _rows(session: Session, numbers: Iterable[int]) -> dict[int, IndexRow]:
    wanted = sorted(numbers)
    pieces = (wanted[start : start + 500] for start in range(0, len(wanted), 500))
    return {row.record: row for piece in pieces for row in index_rows.rows_of(session, piece)}


def _is_carried(session: Session, one: IndexRow, other: IndexRow) -> bool:
    return one.edition != other.edition and other.record in rows.line(session, one.record)


# --- settled by somebody


def settled(session: Session, one: int, other: int) -> Settled | None:
    """What somebody said of two records; None when nobody did."""
    found = session.get(SettledPairs, _sorted(one, other))
    return None if found is None else Settled(found.why, found.who, found.at)


def settle(session: Session, one: int, other: int, said: Settled) -> None:
    """The two are no longer told, unless on a surer ground than now."""
    first, second = _sorted(one, other)
    ground = _ground(session, first, second)
    session.merge(
        SettledPairs(first=first, second=second, ground=ground, why=said.why, who=said.who, at=said.at)
    )


def reopen(session: Session, one: int, other: int) -> None:
    """The two are told again."""
    found = session.get(SettledPairs, _sorted(one, other))
    if found is not None:
        session.delete(found)


def _sorted(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _ground(session: Session, first: int, second: int) -> Ground:
    """On which ground the two may be told; the least sure one where none holds."""
    held = (
        select(Persons.id_number)
        .where(Persons.record.in_((first, second)))
        .group_by(Persons.id_number)
        .having(func.count(Persons.record.distinct()) > 1)
    )
    if session.execute(held).first():
        return Ground.ID
    # A record of an edition that is not installed has no row.
    born = [(row.shape, row.born) for row in _rows(session, (first, second)).values() if row.born]
    return Ground.BORN if len(born) > 1 and born[0] == born[1] else Ground.NEAR
