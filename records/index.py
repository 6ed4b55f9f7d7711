"""The index: a record as it stands comes in, goes out as one compact row and the words by which it is found.

A word has a rank: 0 is the worker's own name, the greater the less it says. Names are kept whole and
from every later character on, so that a part finds them; as written, with look-alike characters made
alike, and in every reading of their pinyin. What many records share (unit, place, cause, state) are terms.
What is said of one household alone (its address, remarks) and its identity numbers are kept in runs of few
characters, from every character on, so that any part of them is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from records import pinyin
from records.archive import Record
from records.forms import Edition, Field
from records.identity import birth_date
from records.lookalike import plain, shape
from records.people import household, member_names, worker_name, workplace
from records.processes import process as process_of
from records.statistics import is_private, lines_of
from records.values import Value, Values, row_count, row_path
from records.worklists import Moment, duties

BUILD = "4"
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


class Part(IntEnum):
    """Of what a run of characters is a part."""

    NUMBER = 0
    SAID = 1


RUN = {Part.NUMBER: 6, Part.SAID: 3}
"""Characters of a run: what is longer is found by one of its runs, and then looked for in the row."""
PART_OF_ID = 4
"""So many digits are looked for inside an identity number."""


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
    """All that the index holds of a record; `said` are the texts that it alone has, a line each.

    `held` are its names, also made alike, and the texts of its terms.
    """

    row: IndexRow
    words: frozenset[tuple[int, str]]
    terms: frozenset[Term]
    said: str
    held: str


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
    words = frozenset(_words(edition, record.values, name))
    said = "\n".join(dict.fromkeys(_said(edition, record.values)))
    return Indexed(row, words, terms, said, "\n".join(_held(edition, record.values, name, terms)))


def _held(edition: Edition, values: Values, name: str, terms: Iterable[Term]) -> Iterator[str]:
    """Names as written and made alike, and terms; none that is a part of one that is there."""
    texts = [name, *map(plain, member_names(edition, values))]
    texts += [*map(shape, texts), *(plain(term.text) for term in terms)]
    told = ""
    for text in sorted(dict.fromkeys(texts), key=len, reverse=True):
        if text not in told:
            told += f"{text}\n"
            yield text


def parts(numbers: str, said: str) -> frozenset[tuple[int, str]]:
    """The runs by which a row is found whose `numbers` and `said` these are."""
    return frozenset(_parts(numbers, said))


def _parts(numbers: str, said: str) -> Iterator[tuple[int, str]]:
    # What begins a number is found by the number itself.
    for number in numbers.split():
        for start in range(1, len(number) - PART_OF_ID + 1):
            yield Part.NUMBER, number[start : start + RUN[Part.NUMBER]]
    for text in said.split("\n"):
        for start in range(len(text)):
            yield Part.SAID, text[start : start + RUN[Part.SAID]]


_SAID = (None, "place")
"""The sorts of texts that say something of one household: none at all, as remarks, and addresses."""


def _said(edition: Edition, values: Values) -> Iterator[str]:
    """Addresses and remarks as a search compares them, but for what not everybody may see."""
    for asked in edition.fields:
        if not asked.is_rows and _is_said(asked):
            yield _plain(values.get(asked.key))
        for column in filter(_is_said, asked.fields):
            for row in range(row_count(asked.key, values)):
                yield _plain(values.get(row_path(asked.key, row, column.key)))


def _is_said(asked: Field) -> bool:
    return asked.kind == "text" and asked.prior in _SAID and not asked.is_private


def _plain(value: Value) -> str:
    return plain(value) if isinstance(value, str) else ""


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
        if alike[start:] != name[start:]:
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
    # Who has an illness is told in the overview, to whom may ask for it, and every time it is noted.
    hidden = {one["name"] for one in edition.statistics.get("blocks", ()) if is_private(edition, one)}
    for block, labels in counted:
        if block not in hidden:
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
