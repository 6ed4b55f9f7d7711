"""The index's tables: a session and what is asked come in, rows and numbers of records go out.

Every function works inside its caller's transaction; none begins or ends one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from records import wire
from records.index import Indexed, IndexRow, Term
from records.joining import JOINED
from records.lookalike import plain
from records.tables import Events, IndexRows, IndexWords, Marks, Records, RecordTerms
from records.worklists import Moment

_MARK = "index"


def put(session: Session, found: Sequence[Indexed]) -> None:
    """Let this be what the index holds of these records."""
    numbers = [one.row.record for one in found]
    for table in (IndexRows, IndexWords, RecordTerms):
        session.execute(delete(table).where(table.record.in_(numbers)))
    if not found:
        return
    session.execute(insert(IndexRows), [_columns(one.row) for one in found])
    words = [
        {"rank": rank, "word": word, "record": one.row.record}
        for one in found
        for rank, word in sorted(one.words)
    ]
    if words:
        session.execute(insert(IndexWords), words)
    _put_terms(session, {term for one in found for term in one.terms})
    shared = [{"term": term.number, "record": one.row.record} for one in found for term in one.terms]
    session.execute(insert(RecordTerms), shared)


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


def _columns(row: IndexRow) -> dict[str, object]:
    return {
        "record": row.record,
        "unit": row.unit,
        "edition": row.edition,
        "name": row.name,
        "shape": row.shape,
        "sound": row.sound,
        "id_number": row.id_number,
        "numbers": row.numbers,
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


def row_of(one: IndexRows) -> IndexRow:
    """A row of the table as others see it."""
    return IndexRow(
        one.record,
        one.unit,
        one.edition,
        one.name,
        one.shape,
        one.sound,
        one.id_number,
        one.numbers,
        one.born,
        one.employer,
        one.place,
        one.state,
        one.changed_at,
        one.touched_at,
        one.rests,
        one.helped,
        one.enter_by,
        one.finish_by,
    )


def rows_of(session: Session, numbers: Sequence[int]) -> list[IndexRow]:
    """The rows of these records, in the same order."""
    found = session.scalars(select(IndexRows).where(IndexRows.record.in_(numbers)))
    by_number = {one.record: row_of(one) for one in found}
    return [by_number[number] for number in numbers if number in by_number]


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


def numbers_after(session: Session, last: int, most: int) -> Sequence[int]:
    """The next numbers of records behind one."""
    wanted = select(Records.number).where(Records.number > last).order_by(Records.number).limit(most)
    return session.scalars(wanted).all()
