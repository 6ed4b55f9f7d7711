from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from records.archive import Event
from records.errors import NoSuchCase, NoSuchRecord, Refused, Unreadable
from records.medical import MedicalCase, add_paper, change_paper, drop_paper, scan_text
from records.migrating import upgrade
from records.sanity import sanity
from records.store import Store

THEN = datetime(2010, 12, 1, 8, 30, tzinfo=UTC)
Paper = Callable[..., Path]


@pytest.fixture
def record(store: Store) -> int:
    return store.save(store.editions["invented"], {"holder": "王小明"}, "建档人", "录入").number


def take_back(connection: Connection, revision: str) -> None:
    """Let a database be as it was at an older revision: its later tables, columns and indexes go."""
    with create_engine("sqlite://").begin() as older:
        upgrade(older, revision)
        before = {table: columns(older, table) for table in inspect(older).get_table_names()}
        sought = {index for table in before for index in indexes(older, table)}
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for table in inspect(connection).get_table_names():
        if table not in before:
            connection.execute(text(f"DROP TABLE {table}"))
            continue
        for index in indexes(connection, table) - sought:
            connection.execute(text(f"DROP INDEX {index}"))
        for column in columns(connection, table) - before.get(table, columns(connection, table)):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": revision})


def indexes(connection: Connection, table: str) -> set[str]:
    return {str(index["name"]) for index in inspect(connection).get_indexes(table)}


def columns(connection: Connection, table: str) -> set[str]:
    found = inspect(connection).get_columns(table) if inspect(connection).has_table(table) else []
    return {column["name"] for column in found}


def opened(store: Store, record: int, year: int = 2010, number: str = "0031") -> MedicalCase:
    case = MedicalCase(record, year, "癌症")
    bill = {"invoice_number": number, "total": Decimal("100.50")}
    return store.medical.save(add_paper(case, "invoice", bill), "王经办", "立案", THEN)


def test_a_case_comes_back_as_it_was_saved(store: Store, record: int) -> None:
    case = opened(store, record)
    assert (case.number, case.revision, case.created, case.changed) == (1, 1, THEN, THEN)
    assert store.medical.case(1) == case
    assert store.medical.cases() == store.medical.cases(record) == [case]
    assert case.paper(1).invoice.total == Decimal("100.50")


def test_every_change_is_history_and_nothing_else_is(store: Store, record: int) -> None:
    case = opened(store, record)
    changed = change_paper(case, 1, {"total": Decimal(90), "original": "yes"})
    again = store.medical.save(changed, "李经办", "看错了", THEN)
    assert again.revision == 2
    assert [event for event in store.medical.history(1) if event.revision == 2] == [
        Event(THEN, "李经办", 2, "papers.1.original", None, "yes", "看错了"),
        Event(THEN, "李经办", 2, "papers.1.total", Decimal("100.50"), Decimal(90), "看错了"),
    ]
    assert store.medical.save(again, "李经办", "又看").revision == 2


def test_history_cannot_be_changed(store: Store, record: int) -> None:
    opened(store, record)
    for statement in ("UPDATE medical_events SET who = 'x'", "DELETE FROM medical_events"):
        with store.database.engine.begin() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(store: Store, record: int) -> None:
    case = opened(store, record)
    store.medical.save(replace(case, help="补助"), "甲", "x")
    with pytest.raises(Refused) as refusal:
        store.medical.save(replace(case, illness="肝病"), "乙", "y")
    assert refusal.value.code == "case_changed"
    assert store.medical.case(1).help == "补助"


def test_a_record_has_one_case_a_year(store: Store, record: int) -> None:
    opened(store, record)
    with pytest.raises(Refused) as refusal:
        opened(store, record)
    assert (refusal.value.code, refusal.value.facts["number"]) == ("same_case", "1")
    assert opened(store, record, 2011).number == 2


def test_a_dropped_paper_keeps_its_number_to_itself(store: Store, record: int) -> None:
    case = store.medical.save(drop_paper(opened(store, record), 1), "甲", "放错")
    assert case.papers == ()
    again = store.medical.save(add_paper(case, "hospital"), "甲", "补")
    assert [paper.number for paper in again.papers] == [2]
    assert ("papers.1.kind", "invoice", None) in [
        (event.path, event.before, event.after) for event in store.medical.history(1)
    ]


def test_no_case_without_a_record_and_no_scan_that_is_not_kept(store: Store, record: int) -> None:
    with pytest.raises(NoSuchRecord):
        store.medical.save(MedicalCase(9, 2010), "甲", "x")
    with pytest.raises(NoSuchCase):
        store.medical.case(9)
    with pytest.raises(NoSuchCase):
        store.medical.history(9)
    with pytest.raises(Refused, match="scan_not_kept"):
        store.medical.save(add_paper(MedicalCase(record, 2010), "form", {"scans": ("ab" * 32,)}), "甲", "x")
    assert store.medical.cases() == []


def test_a_paper_is_kept_once_and_is_no_form_in_waiting(store: Store, record: int, paper: Paper) -> None:
    first = store.medical.keep(paper("bill.jpg", b"a bill"))
    again = store.medical.keep(paper("same.jpg", b"a bill"), (2,))
    assert (again.sha256, again.file, again.pages) == (first.sha256, "bill.jpg", (2,))
    assert store.medical.file(first).read_bytes() == b"a bill"
    assert store.unread() == []
    case = store.medical.save(
        add_paper(MedicalCase(record, 2010), "invoice", {"scans": (scan_text(again),)}), "甲", "x"
    )
    assert case.paper(1).scans == (again,)


def test_keeping_a_paper_leaves_a_scan_in_waiting_in_waiting(store: Store, paper: Paper) -> None:
    kept = store.keep(paper())
    store.medical.keep(paper())
    assert [one.sha256 for one in store.unread()] == [kept.sha256]


def test_an_empty_or_missing_file_is_no_paper(store: Store, paper: Paper, tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        store.medical.keep(paper("empty.jpg", b""))
    with pytest.raises(Unreadable):
        store.medical.keep(tmp_path / "nowhere.jpg")
    assert store.shelf.files() == []


def test_the_same_invoice_and_the_same_scan_are_found_in_other_cases(
    store: Store, record: int, paper: Paper
) -> None:
    other = store.save(store.editions["invented"], {"holder": "李四"}, "建档人", "录入").number
    scan = scan_text(store.medical.keep(paper()))
    opened(store, record)
    case = opened(store, other, number="００３１")
    twin = store.medical.save(change_paper(case, 1, {"scans": (scan,)}), "甲", "x")
    assert [(one.what, one.paper, one.case, one.record) for one in store.medical.twins(twin)] == [
        ("invoice", 1, 1, record)
    ]
    third = add_paper(MedicalCase(other, 2011), "hospital", {"scans": (scan,)})
    saved = store.medical.save(third, "甲", "x")
    assert [(one.what, one.case, one.other.number) for one in store.medical.twins(saved)] == [("scan", 2, 1)]
    cases = store.medical.cases()
    assert store.medical.twins_each(cases) == {case.number: store.medical.twins(case) for case in cases}


def test_a_store_without_cases_is_brought_up(store: Store, record: int, home: Path) -> None:
    with store.database.engine.begin() as connection:
        take_back(connection, "0003")
    with Store.open(home, editions=store.editions) as again:
        assert again.record(record).values["holder"] == "王小明"
        assert opened(again, record).number == 1


def test_a_case_that_was_changed_behind_the_program_is_found(store: Store, record: int) -> None:
    case = opened(store, record)
    store.medical.save(change_paper(case, 1, {"total": None, "original": "no"}), "甲", "x")
    assert sanity(store) == []
    with store.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE medical_values SET value_json = '\"yes\"' WHERE path LIKE '%original'")
        )
    assert [(one.rule, one.facts) for one in sanity(store)] == [("case_history_gap", {"number": "1"})]
