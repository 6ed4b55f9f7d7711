"""What fits: typed words and terms come in, numbers of records go out, the likeliest first.

A word may be found in several places, the likeliest first: as a name, as how a name sounds, in numbers, in
what many records share, in what is said of a household. Of several words the one that fewest records have
is looked up, and each record that has it is asked for the others. The statements are made once for each
sort of question, whatever is typed. Where not too many have a word, all of them are looked through at once;
else one after the other, until there are enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from records import pinyin
from records.index import LOOKS_LIKE, PART_OF_ID, RUN, Kind, Part, Rank, Term
from records.lookalike import is_han, plain, shape
from records.tables import IndexParts, IndexRows, IndexTerms, IndexWords, Persons, Records, RecordTerms

Numbers = ColumnElement[int] | InstrumentedAttribute[int]
Column = InstrumentedAttribute[str]
MOST = 1000
"""So many records are found by words; whoever finds more types another word."""
_ENOUGH = 4 * MOST
"""Lines that hold more than `MOST` records, some of them several times."""
_MANY = 10 * MOST
"""Lines of which no more are looked through at once."""
_BEGINNING_OF_ID = 3
"""So many digits begin an identity number."""
_LONGEST_NUMBER = 9
"""Digits of the number of a record."""
_DIGITS = re.compile(r"[0-9]+x?")
_LAST = "\U0010ffff"
_HAN_RANKS = (Rank.NAME, Rank.PART, Rank.MEMBER, Rank.MEMBER_PART)
_SOUND_RANKS = (
    *(Rank.SOUND, Rank.INITIALS, Rank.PART),
    *(Rank.MEMBER_SOUND, Rank.MEMBER_INITIALS, Rank.MEMBER_PART),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: typed words, all of which have to fit, and terms to have."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The typed words as the index compares them, each once."""
        return tuple(dict.fromkeys(word for word in map(plain, self.text.split()) if word))


Keys = dict[str, str | int | bool]


class Place(StrEnum):
    """Where a word may be found."""

    RECORD = "record"
    WORKER_ID = "worker_id"
    MEMBER_ID = "member_id"
    PHONE = "phone"
    PART_OF_ID = "part_of_id"
    NAME = "name"
    LOOKS = "looks"
    SOUND = "sound"
    SHARED = "shared"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class _Word:
    """A typed word: where it may be found, and as what it is looked up there."""

    places: tuple[Place, ...]
    keys: Keys

    def named(self, slot: int) -> Keys:
        """The keys as the statements name them."""
        return {f"{name}_{slot}": key for name, key in self.keys.items()}


def by_words(session: Session, asked: Asked, unit: str) -> Iterator[int]:
    """The numbers of the records that fit, the likeliest first; no more than one beyond the most."""
    words = [_word(word) for word in asked.words]
    counts = [_counted(session, word) for word in words] if len(words) > 1 else [_MANY]
    (count, lead), *others = sorted(zip(counts, words, strict=True), key=lambda one: one[0])
    terms = [*asked.terms, *([Term(Kind.UNIT, unit)] if unit else [])]
    keys = lead.named(0) | {f"term_{place}": term.number for place, term in enumerate(terms)}
    for slot, (_, word) in enumerate(others, 1):
        keys |= word.named(slot)
    at_once = [lead.places] if count < _MANY else [(place,) for place in lead.places]
    seen: set[int] = set()
    for places in at_once:
        wanted = _wanted(places, tuple(word.places for _, word in others), len(terms))
        for number, _ in session.connection().execute(wanted, keys):
            if number not in seen:
                seen.add(number)
                yield number
            if len(seen) > MOST:
                return


def _counted(session: Session, word: _Word) -> int:
    return session.connection().scalar(_count(word.places), word.named(0)) or 0


def sharing(terms: Sequence[Term], unit: str) -> Select[int]:
    """The records of a unit with these terms."""
    if not terms:
        every = select(IndexRows.record)
        return every.where(IndexRows.unit == unit) if unit else every
    first, *others = terms
    if unit:
        others = [*others, Term(Kind.UNIT, unit)]
    wanted = select(RecordTerms.record).where(RecordTerms.term == first.number)
    return wanted.where(*(_shares(RecordTerms.record, term.number) for term in others))


# --- words


def _word(word: str) -> _Word:
    keys: Keys = {"holds": f"%{_plainly(word)}%", **_range("name", word), **_part("said", word, Part.SAID)}
    if _DIGITS.fullmatch(word):
        return _number(word, keys)
    if any(map(is_han, word)):
        alike = shape(word)
        keys |= {**_range("looks", alike), "alike": f"%{_plainly(alike)}%"}
        # What looks alike is looked up among what is written so, too, which is then found by itself.
        names = (Place.LOOKS,) if alike == word else (Place.NAME, Place.LOOKS)
        return _Word((*names, Place.SHARED, Place.SAID), keys)
    sound = pinyin.typed(word)
    keys |= _range("sound", sound)
    # Nothing sounds like marks alone; as the beginning of a sound nothing would be found everywhere.
    sounds = (Place.SOUND,) if sound else ()
    return _Word((*sounds, Place.NAME, Place.SHARED, Place.SAID), keys)


def _number(word: str, keys: Keys) -> _Word:
    """The number of a record, an identity number or a part of one, a telephone, the number of a house."""
    number = word.upper()
    keys |= {"has": f"%{number}%", **_part("part", number, Part.NUMBER)}
    keys |= _range("id", number) | _range("phone", word)
    places = [Place.PHONE]
    if len(number) >= _BEGINNING_OF_ID:
        places = [Place.WORKER_ID, Place.MEMBER_ID, Place.PHONE]
    if len(number) >= PART_OF_ID:
        places.append(Place.PART_OF_ID)
    if word.isdecimal() and len(word) <= _LONGEST_NUMBER:
        places.insert(0, Place.RECORD)
        keys["record"] = int(word)
    return _Word((*places, Place.SHARED, Place.SAID), keys)


def _range(name: str, begins: str) -> Keys:
    """What begins so: from the first to behind the last of it."""
    return {name: begins, f"{name}_end": begins + _LAST}


def _part(name: str, word: str, part: Part) -> Keys:
    """The last run of characters, which says most of a place or a birthday."""
    return {**_range(name, word[-RUN[part] :]), f"{name}_is_whole": len(word) <= RUN[part]}


def _plainly(word: str) -> str:
    """The word with nothing in it that stands for other characters."""
    return "".join(f"/{char}" if char in "/%_" else char for char in word)


# --- statements


@lru_cache(maxsize=512)
def _wanted(places: tuple[Place, ...], others: tuple[tuple[Place, ...], ...], terms: int) -> Select[int, int]:
    """The records with a word in these places that have the other words anywhere, and so many terms."""
    found = _LOOKED_UP[places[0]]() if len(places) == 1 else _once(places)
    record = found.selected_columns[0]
    anywhere = (_anywhere(one, slot, record) for slot, one in enumerate(others, 1))
    shared = (_shares(record, bindparam(f"term_{term}")) for term in range(terms))
    return found.where(*anywhere, *shared).limit(_ENOUGH)


def _once(places: Sequence[Place]) -> Select[int, int]:
    """The records with a word in these places, each once, by where it says most."""
    first, *more = (_LOOKED_UP[place]().order_by(None) for place in places)
    lines = (first.union_all(*more) if more else first).subquery()
    record, tier = lines.c
    each = select(record, func.min(tier).label("tier")).group_by(record).subquery()
    return select(*each.c).order_by(each.c.tier, each.c[0])


@lru_cache(maxsize=64)
def _count(places: tuple[Place, ...]) -> Select[int]:
    """How many lines have a word in these places, as far as it matters."""
    some = [_LOOKED_UP[place]().order_by(None).limit(_MANY).subquery().select() for place in places]
    return select(func.count()).select_from(some[0].union_all(*some[1:]).subquery())


def _key(name: str, slot: int = 0) -> BindParameter[str]:
    return bindparam(f"{name}_{slot}")


def _between(column: Column, name: str, slot: int = 0) -> ColumnElement[bool]:
    return and_(column >= _key(name, slot), column < _key(f"{name}_end", slot))


def _like(column: Column, name: str, slot: int = 0) -> ColumnElement[bool]:
    return column.like(_key(name, slot), escape="/")


def _named(words: type[IndexWords], place: Place, slot: int = 0) -> ColumnElement[bool]:
    """The ranks stand in the statement itself, in order, as the words do."""
    ranks: list[ColumnElement[int]] = [literal_column(str(int(rank))) for rank in _RANKS[place]]
    return and_(words.rank.in_(ranks), _between(words.word, place, slot))


_RANKS: Mapping[Place, Sequence[int]] = {
    Place.NAME: _HAN_RANKS,
    Place.LOOKS: [*_HAN_RANKS, *(rank + LOOKS_LIKE for rank in _HAN_RANKS)],
    Place.SOUND: [*_SOUND_RANKS, *(rank + LOOKS_LIKE for rank in _SOUND_RANKS)],
    Place.PHONE: [Rank.PHONE],
}


# How the records are looked up that have a word in a place; the lower the tier, the more it says.


def _by_number() -> Select[int, int]:
    wanted = select(Records.number, _tier(Place.RECORD))
    return wanted.where(Records.number == bindparam("record_0"))


def _by_name(place: Place) -> Select[int, int]:
    wanted = select(IndexWords.record, IndexWords.rank.label("tier")).where(_named(IndexWords, place))
    return wanted.order_by(IndexWords.rank, IndexWords.word, IndexWords.record)


def _by_id(place: Place) -> Select[int, int]:
    of_worker = Persons.worker.is_(place is Place.WORKER_ID)
    wanted = select(Persons.record, _tier(place)).where(_between(Persons.id_number, "id"), of_worker)
    return wanted.order_by(Persons.id_number)


def _by_part(place: Place, part: Part, name: str, whole: ColumnElement[bool]) -> Select[int, int]:
    """By a run of characters; what is longer than a run is looked for in the row itself."""
    wanted = select(IndexParts.record, _tier(place))
    run = (IndexParts.sort == int(part), _between(IndexParts.part, name))
    there = exists().where(IndexRows.record == IndexParts.record, whole)
    is_whole: BindParameter[bool] = bindparam(f"{name}_is_whole_0")
    return wanted.where(*run, or_(is_whole, there)).order_by(IndexParts.part, IndexParts.record)


def _by_term() -> Select[int, int]:
    terms = select(IndexTerms.number).where(_like(IndexTerms.folded, "holds"))
    return select(RecordTerms.record, _tier(Place.SHARED)).where(RecordTerms.term.in_(terms))


def _tier(place: Place) -> ColumnElement[int]:
    return literal_column(str(_TIERS[place]), Integer).label("tier")


_TIERS = {
    Place.RECORD: -3,
    Place.WORKER_ID: -2,
    Place.MEMBER_ID: -1,
    Place.PART_OF_ID: 20,
    Place.SHARED: 21,
    Place.SAID: 22,
}
"""Beside the ranks of words."""
_HAS = partial(_by_part, Place.PART_OF_ID, Part.NUMBER, "part", _like(IndexRows.numbers, "has"))
_SAYS = partial(_by_part, Place.SAID, Part.SAID, "said", _like(IndexRows.said, "holds"))
_LOOKED_UP: Mapping[Place, Callable[[], Select[int, int]]] = {
    Place.RECORD: _by_number,
    Place.WORKER_ID: partial(_by_id, Place.WORKER_ID),
    Place.MEMBER_ID: partial(_by_id, Place.MEMBER_ID),
    Place.PHONE: partial(_by_name, Place.PHONE),
    Place.PART_OF_ID: _HAS,
    Place.NAME: partial(_by_name, Place.NAME),
    Place.LOOKS: partial(_by_name, Place.LOOKS),
    Place.SOUND: partial(_by_name, Place.SOUND),
    Place.SHARED: _by_term,
    Place.SAID: _SAYS,
}


# Whether a record that was found by another word has a word, too.


def _anywhere(places: Sequence[Place], slot: int, record: Numbers) -> ColumnElement[bool]:
    """In its row, most of it; elsewhere only what the row does not tell."""
    found = [_in_row(places, slot, record)]
    found += [_named_so(place, slot, record) for place in (Place.SOUND, Place.PHONE) if place in places]
    if Place.WORKER_ID in places:
        persons = aliased(Persons)
        found.append(exists().where(persons.record == record, _between(persons.id_number, "id", slot)))
    if Place.RECORD in places:
        found.append(record == bindparam(f"record_{slot}"))
    return or_(*found)


def _in_row(places: Sequence[Place], slot: int, record: Numbers) -> ColumnElement[bool]:
    row = aliased(IndexRows)
    held = [_like(row.held, "holds", slot), _like(row.said, "holds", slot)]
    if Place.NAME in places and Place.LOOKS in places:
        held.append(_like(row.held, "alike", slot))
    if Place.PART_OF_ID in places:
        held.append(_like(row.numbers, "has", slot))
    return exists().where(row.record == record, or_(*held))


def _named_so(place: Place, slot: int, record: Numbers) -> ColumnElement[bool]:
    words = aliased(IndexWords)
    return exists().where(words.record == record, _named(words, place, slot))


def _shares(record: Numbers, term: ColumnElement[int] | int) -> ColumnElement[bool]:
    shared = aliased(RecordTerms)
    return exists().where(shared.term == term, shared.record == record)
