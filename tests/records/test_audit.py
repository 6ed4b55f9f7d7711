from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from records.audit import WITNESS, Asked, Audit, Mark, _chained
from records.findings import Reason
from records.store import Store
from records.tables import AuditLines


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path) as found:
        for number in range(1, 6):
            found.audit.note(f"甲{number % 2}", "looked", f"record:{number}", "看了 330602196504120015")
        yield found


def tampered(store: Store, *statements: str) -> None:
    """What somebody does who can write the database itself, its triggers taken off."""
    with store.database.writing() as session:
        for name in ("audit_never_changes", "audit_never_goes"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        for statement in statements:
            session.execute(text(statement))


def made_anew(store: Store) -> None:
    """The whole chain, computed again."""
    tampered(store)
    with store.database.writing() as session:
        before = "0" * 64
        for row in session.query(AuditLines).order_by(AuditLines.number):
            before = row.chain = _chained(before, row)


def faults(audit: Audit) -> list[tuple[int, str]]:
    return [(int(fault.facts.get("number", 0)), fault.code) for fault in audit.faults()]


def test_a_log_that_nobody_touched_is_whole(store: Store) -> None:
    assert faults(store.audit) == []
    assert store.audit.lines()[0].detail == "看了 330602********0015"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = '乙' WHERE number = 3",
        "UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE number = 3",
        "UPDATE audit SET detail = '' WHERE number = 3",
        "UPDATE audit SET subject = 'record:9' WHERE number = 3",
        "UPDATE audit SET what = 'filed' WHERE number = 3",
    ],
)
def test_an_altered_line_is_found(store: Store, statement: str) -> None:
    tampered(store, statement)
    assert faults(store.audit) == [(3, "audit_broken")]


def test_a_missing_line_is_found(store: Store) -> None:
    tampered(store, "DELETE FROM audit WHERE number = 3")
    assert faults(store.audit) == [(4, "audit_broken"), (3, "audit_cut")]


def test_a_cut_off_end_is_found(store: Store) -> None:
    tampered(store, "DELETE FROM audit WHERE number > 3")
    assert faults(store.audit) == [(4, "audit_cut"), (5, "audit_cut")]


def test_a_chain_made_anew_is_found_by_the_witness_and_by_what_somebody_noted(store: Store) -> None:
    noted = store.audit.mark()
    assert noted
    tampered(store, "UPDATE audit SET who = '乙' WHERE number = 3")
    made_anew(store)
    assert faults(store.audit) == [(number, "audit_rewritten") for number in (3, 4, 5)]
    alone = Audit(store.database)
    assert faults(alone) == []
    assert list(alone.faults([noted])) == [Reason("audit_rewritten", {"number": "5"})]
    assert list(alone.faults([Mark(9, noted.text)])) == [Reason("audit_cut", {"number": "9"})]


def test_a_witness_that_is_gone_is_said_and_a_broken_line_of_it_passes(store: Store) -> None:
    witness = store.home / WITNESS
    assert witness.stat().st_mode & 0o077 == 0
    with witness.open("a") as lines:
        lines.write("6 abc")
    assert faults(store.audit) == []
    witness.unlink()
    assert faults(store.audit) == [(0, "audit_unwitnessed")]


def test_a_witness_that_cannot_be_written_stops_nobody(store: Store, tmp_path: Path) -> None:
    audit = Audit(store.database, tmp_path / "nowhere" / WITNESS)
    audit.note("甲", "looked")
    assert store.audit.lines()[0].number == 6
    assert faults(store.audit) == []


def test_many_at_once_make_one_chain(store: Store) -> None:
    def work(note: Callable[..., None] = store.audit.note) -> None:
        for _ in range(5):
            note("甲", "looked")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line.number for line in store.audit.lines()] == list(range(25, 0, -1))
    assert faults(store.audit) == []


def test_lines_are_found_by_person_subject_sort_and_day(store: Store) -> None:
    def numbers(asked: Asked, before: int = 0, newest: int = 9) -> list[int]:
        return [line.number for line in store.audit.lines(newest=newest, before=before, asked=asked)]

    today = store.audit.lines()[0].when.astimezone().date()
    assert numbers(Asked(who="甲1")) == [5, 3, 1]
    assert numbers(Asked(subject="record:2")) == [2]
    assert numbers(Asked(what="filed")) == []
    assert numbers(Asked(day=today)) == [5, 4, 3, 2, 1]
    assert numbers(Asked(day=date(2020, 1, 1))) == []
    assert numbers(Asked(), before=3) == [2, 1]
    assert numbers(Asked(), newest=2) == [5, 4]
    assert [line.number for line in store.audit.every(Asked(who="甲0"))] == [2, 4]
    assert store.audit.people() == ["甲0", "甲1"]


def test_lines_of_one_deed_are_there_all_or_none(store: Store) -> None:
    store.audit.note_each("甲", "made", ["record:1", "record:2"])
    assert [line.subject for line in store.audit.lines(newest=2)] == ["record:2", "record:1"]
    assert faults(store.audit) == []
