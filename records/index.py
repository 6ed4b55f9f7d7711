"""The index: a record as it stands comes in, goes out as one compact row and the words by which it is found.

A word has a rank: 0 is the worker's own name, the greater the less it says. Names are kept whole and
from every later character on, so that a part finds them; as written, with look-alike characters made
alike, and in every reading of their pinyin. What many records share (unit, place, cause, state) are terms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from records import pinyin
from records.archive import Record
from records.forms import Edition
from records.identity import birth_date
from records.lookalike import plain, shape
from records.people import household, member_names, worker_name, workplace
from records.processes import process as process_of
from records.statistics import lines_of
from records.values import Values
from records.worklists import Moment, duties

BUILD = "2"
"""What the index is made of; another build is made anew."""


class Rank(IntEnum):
    """How much a word says of a record, the most first."""

    NAME = 0
    SOUND = 1
    INITIALS = 2
    PART = 3
    MEMBER = 4
    MEMBER_SOUND = 5
    MEMBER_INITIALS = 6
    MEMBER_PART = 7
    PHONE = 8


LOOKS_LIKE = 10
"""Added to the rank of a name that only looks like what is written, and of a rare reading."""


class Kind(StrEnum):
    """Kinds of terms that every edition has; the blocks of its statistics are kinds, too."""

    EDITION = "edition"
    UNIT = "unit"
    EMPLOYER = "employer"
    STATE = "state"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Term:
    """Something that many records share: of which kind, and its text."""

    kind: str
    text: str

    @property
    def number(self) -> int:
        """The same for the same term, on every machine."""
        return int.from_bytes(hashlib.sha256(f"{self.kind}\0{self.text}".encode()).digest()[:7])


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A record in a list; days are as in `Duties`.

    `shape` and `sound` are its name made alike and its pinyin, `numbers` the household's identity numbers.
    """

    record: int
    unit: str
    edition: str
    name: str
    shape: str
    sound: str
    id_number: str
    numbers: str
    born: str
    employer: str
    place: str
    state: str
    changed: datetime
    touched: datetime
    rests: bool
    helped: bool
    enter_by: date | None
    finish_by: date | None


@dataclass(frozen=True, slots=True)
class Indexed:
    """All that the index holds of a record."""

    row: IndexRow
    words: frozenset[tuple[int, str]]
    terms: frozenset[Term]


def indexed(edition: Edition, record: Record, moments: Sequence[Moment]) -> Indexed:
    """A record with the moments of its history, as the index holds it."""
    name = plain(worker_name(edition, record.values))
    people = household(edition, record.values)
    own = next((one.id_number for one in people if one.worker), "")
    due = duties(edition, record, moments)
    terms = frozenset(_terms(edition, record))
    row = IndexRow(
        record.number,
        record.unit,
        record.edition,
        worker_name(edition, record.values),
        shape(name),
        "".join(next(iter(pinyin.readings(name)), ())),
        own,
        " ".join(one.id_number for one in people),
        birth_date(own) or _born(edition, record.values),
        _employer(edition, record.values),
        _place(edition, terms),
        "、".join(_states(edition, record)),
        record.changed,
        due.touched,
        due.rests,
        due.helped,
        due.enter_by,
        due.finish_by,
    )
    return Indexed(row, frozenset(_words(edition, record.values, name)), terms)


# --- words


def _words(edition: Edition, values: Values, name: str) -> Iterator[tuple[int, str]]:
    yield from _of_name(name, Rank.NAME)
    for member in dict.fromkeys(map(plain, member_names(edition, values))):
        yield from _of_name(member, Rank.MEMBER)
    for asked in edition.fields:
        value = values.get(asked.key)
        if asked.kind == "phone" and isinstance(value, str) and value:
            yield Rank.PHONE, plain(value)


def _of_name(name: str, first: Rank) -> Iterator[tuple[int, str]]:
    """The words of a name: whole, in parts, and as they sound."""
    alike = shape(name)
    for start in range(len(name)):
        rank = first if start == 0 else first + Rank.PART
        yield rank, name[start:]
        yield rank + LOOKS_LIKE, alike[start:]
    for place, reading in enumerate(pinyin.readings(name)):
        rare = LOOKS_LIKE if place else 0
        for start in range(len(reading)):
            yield first + (Rank.SOUND if start == 0 else Rank.PART) + rare, "".join(reading[start:])
        yield first + Rank.INITIALS + rare, "".join(syllable[0] for syllable in reading)


# --- terms


def _terms(edition: Edition, record: Record) -> Iterator[Term]:
    yield Term(Kind.EDITION, edition.title)
    if record.unit:
        yield Term(Kind.UNIT, record.unit)
    if employer := _employer(edition, record.values):
        yield Term(Kind.EMPLOYER, employer)
    yield from (Term(Kind.STATE, state) for state in _states(edition, record))
    counted = list(lines_of(edition, record))
    if counted or not edition.statistics:
        yield Term(Kind.COUNTED, edition.title)
    for block, labels in counted:
        yield from (Term(block, "".join(labels[: end + 1])) for end in range(len(labels)))


def _states(edition: Edition, record: Record) -> Iterator[str]:
    """Where the record stands, each with its process."""
    for name, state in record.states.items():
        if name in edition.processes:
            of = process_of(edition, name)
            yield f"{of.label}：{of.state(state.state).label}"


def _employer(edition: Edition, values: Values) -> str:
    """Where the worker works."""
    asked = workplace(edition)
    found = values.get(asked.key) if asked else None
    return found if isinstance(found, str) else ""


def _born(edition: Edition, values: Values) -> str:
    """The worker's birth date as written: the first plain date to the day."""
    dates = (values.get(asked.key) for asked in edition.fields if asked.kind == "date")
    found = next(dates, None)
    return found if isinstance(found, str) else ""


def _place(edition: Edition, terms: Iterable[Term]) -> str:
    """The county, or the city, in which the record is counted."""
    blocks = {block["name"] for block in edition.statistics.get("blocks", ()) if block["by"] == "region"}
    return max((term.text for term in terms if term.kind in blocks), key=len, default="")
