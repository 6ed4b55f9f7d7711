"""The index's tables: a session and what is asked come in, rows and numbers of records go out.

Every function works inside its caller's transaction; none begins or ends one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, text
from sqlalchemy.orm import Session

from records import wire
from records.index import Indexed, IndexRow, Term, parts
from records.joining import JOINED
from records.lookalike import plain
from records.tables import Events, IndexParts, IndexRows, IndexWords, Marks, Records, RecordTerms, Table
from records.worklists import Moment

_MARK = "index"


def put(session: Session, found: Sequence[Indexed]) -> None:
    """Let this be what the index holds of these records."""
    numbers = [one.row.record for one in found]
    _take_parts(session, numbers)
    for table in (IndexRows, IndexWords, RecordTerms):
        session.execute(delete(table).where(table.record.in_(numbers)))
    if not found:
        return
    session.execute(insert(IndexRows), [_columns(one) for one in found])
    words = [
        {"rank": rank, "word": word, "record": one.row.record}
        for one in found
        for rank, word in sorted(one.words)
    ]
    _put_many(session, IndexWords, words)
    runs = [
        {"sort": sort, "part": part, "record": one.row.record}
        for one in found
        for sort, part in parts(one.row.numbers, one.said)
    ]
    _put_many(session, IndexParts, sorted(runs, key=lambda one: (one["sort"], one["part"])))
    _put_terms(session, {term for one in found for term in one.terms})
    shared = [{"term": term.number, "record": one.row.record} for one in found for term in one.terms]
    _put_many(session, RecordTerms, shared)


def _put_many(session: Session, table: type[Table], lines: Sequence[Mapping[str, object]]) -> None:
    """Put many small lines in at once, past what the mapping of objects would do for each."""
    if lines:
        session.connection().execute(insert(table), lines)


def _take_parts(session: Session, numbers: Sequence[int]) -> None:
    """Take the runs of these records out, each by its key; who has which is told by the rows alone."""
    rows = select(IndexRows.record, IndexRows.numbers, IndexRows.said).where(IndexRows.record.in_(numbers))
    gone = [
        {"was_sort": sort, "was_part": part, "was_record": record}
        for record, has, said in session.execute(rows)
        for sort, part in parts(has, said)
    ]
    if gone:
        session.connection().execute(_ONE_PART, gone)


_ONE_PART = delete(IndexParts).where(
    IndexParts.sort == bindparam("was_sort"),
    IndexParts.part == bindparam("was_part"),
    IndexParts.record == bindparam("was_record"),
)


def forget_parts(session: Session) -> None:
    """Begin the runs anew: another program may have made them in another way."""
    session.execute(delete(IndexParts))


def _put_terms(session: Session, terms: Iterable[Term]) -> None:
    new = text(
        "INSERT INTO index_terms (number, kind, text, folded) VALUES (:number, :kind, :text, :folded) "
        "ON CONFLICT DO NOTHING"
    )
    told = [
        {"number": one.number, "kind": one.kind, "text": one.text, "folded": plain(one.text)}
        for one in sorted(terms, key=lambda one: one.number)
    ]
    session.execute(new, told)


def _columns(one: Indexed) -> dict[str, object]:
    row = one.row
    return {
        "record": row.record,
        "unit": row.unit,
        "edition": row.edition,
        "name": row.name,
        "shape": row.shape,
        "sound": row.sound,
        "id_number": row.id_number,
        "numbers": row.numbers,
        "said": one.said,
        "held": one.held,
        "born": row.born,
        "employer": row.employer,
        "place": row.place,
        "state": row.state,
        "changed_at": row.changed,
        "touched_at": row.touched,
        "rests": row.rests,
        "helped": row.helped,
        "enter_by": row.enter_by,
        "finish_by": row.finish_by,
    }


SHOWN = (
    IndexRows.record,
    IndexRows.unit,
    IndexRows.edition,
    IndexRows.name,
    IndexRows.shape,
    IndexRows.sound,
    IndexRows.id_number,
    IndexRows.numbers,
    IndexRows.born,
    IndexRows.employer,
    IndexRows.place,
    IndexRows.state,
    IndexRows.changed_at,
    IndexRows.touched_at,
    IndexRows.rests,
    IndexRows.helped,
    IndexRows.enter_by,
    IndexRows.finish_by,
)
"""What others see of a row, as `IndexRow` has it."""


def row_of(line: Sequence[Any]) -> IndexRow:
    """A line of the table, of the columns that are `SHOWN`."""
    return IndexRow(*line)


def rows_of(session: Session, numbers: Sequence[int]) -> list[IndexRow]:
    """The rows of these records, in the same order."""
    found = session.connection().execute(_ROWS, {"numbers": numbers})
    by_number = {line.record: row_of(line) for line in found}
    return [by_number[number] for number in numbers if number in by_number]


_ROWS = select(*SHOWN).where(IndexRows.record.in_(bindparam("numbers", expanding=True)))


def moments(session: Session, numbers: Sequence[int]) -> Mapping[int, list[Moment]]:
    """What counts for work lists in the histories of these records, oldest first."""
    wanted = (
        select(Events.record, Events.at, Events.path, Events.after_json, Events.why)
        .where(Events.record.in_(numbers))
        .order_by(Events.record, Events.number)
    )
    found: dict[int, list[Moment]] = defaultdict(list)
    for number, at, path, after, why in session.execute(wanted):
        head, _, process = path.partition(":")
        if head == "state":
            found[number].append(Moment(at, process, str(wire.value_from_json(after))))
        elif not path and why == JOINED:
            found[number].append(Moment(at, JOINED))
        elif path and not process and (not found[number] or found[number][-1] != Moment(at)):
            found[number].append(Moment(at))
    return found


# --- what the index was made of


def mark(session: Session) -> str:
    """What the index was made of; empty where it never was."""
    return session.scalar(select(Marks.value).where(Marks.name == _MARK)) or ""


def set_mark(session: Session, value: str) -> None:
    """From now on the index is made of this."""
    session.merge(Marks(name=_MARK, value=value))


def count(session: Session) -> int:
    """How many records there are."""
    return session.scalar(select(func.count()).select_from(Records)) or 0


def count_after(session: Session, last: int) -> int:
    """How many records come behind one."""
    return session.scalar(select(func.count()).select_from(Records).where(Records.number > last)) or 0


def numbers_after(session: Session, last: int, most: int) -> Sequence[int]:
    """The next numbers of records behind one."""
    wanted = select(Records.number).where(Records.number > last).order_by(Records.number).limit(most)
    return session.scalars(wanted).all()
