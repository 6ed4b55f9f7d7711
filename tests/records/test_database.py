import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from records.database import open_database
from records.errors import DiskFull, StoreBusy, StoreError, StoreNewer
from records.migrating import newest
from records.store import Store
from records.tables import REVISION, Table
from tests.records.several import ends


@pytest.fixture(autouse=True)
def made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store here goes through all migrations."""
    monkeypatch.setattr("records.store.open_database", open_database)


def test_an_empty_folder_becomes_a_store_of_the_newest_schema(store: Store) -> None:
    with store.database.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == REVISION == newest()
        assert set(inspect(connection).get_table_names()) == {*Table.metadata.tables, "alembic_version"}


def test_tables_and_migrations_agree(store: Store) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_sqlite_is_set_up_for_many_readers_and_whole_references(store: Store) -> None:
    with store.database.engine.connect() as connection:
        told = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")]
        assert told == ["wal", 1]
        assert connection.scalar(text("PRAGMA synchronous")) == 2


def test_a_store_of_a_newer_program_is_left_as_it_is(home: Path) -> None:
    Store.open(home).close()
    file = home / "dangan.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(StoreNewer) as refusal:
        Store.open(home)
    assert refusal.value.facts == {"file": str(file), "revision": "0999"}
    assert file.read_bytes() == before


def test_a_store_that_someone_else_writes_is_busy_but_can_be_read(store: Store) -> None:
    edition = store.editions["invented"]
    other = sqlite3.connect(store.home / "dangan.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy) as refusal:
        store.save(edition, {"holder": "王小明"}, "x", "y")
    assert refusal.value.facts == {"file": str(store.home / "dangan.sqlite")}
    assert store.records() == []
    with Store.open(store.home, wait=0) as second:
        assert second.records() == []
    other.close()
    assert store.save(edition, {"holder": "王小明"}, "x", "y").number == 1


def test_a_file_that_is_no_database_is_said(home: Path) -> None:
    home.mkdir()
    (home / "dangan.sqlite").write_bytes(b"no database at all, but long enough to be looked at")
    with pytest.raises(StoreError) as refusal:
        Store.open(home)
    assert (refusal.value.code, refusal.value.facts["what"]) == ("store_broken", "SQLITE_NOTADB")


def test_a_disk_that_fills_up_while_the_store_is_made_leaves_an_empty_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(engine: object, *_: object) -> None:
        with sqlite3.connect(home / "dangan.sqlite") as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
        from sqlalchemy import event

        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 3").close())
        engine.dispose()  # type: ignore[attr-defined]

    with monkeypatch.context() as full:
        full.setattr("records.database._use_write_ahead_log", small)
        with pytest.raises(DiskFull):
            Store.open(home)
    with Store.open(home) as store:
        assert store.records() == []


def test_a_home_with_odd_characters_is_a_home(tmp_path: Path) -> None:
    with Store.open(tmp_path / "档案 100% #1?x=y") as store:
        assert store.records() == []
    assert (tmp_path / "档案 100% #1?x=y" / "dangan.sqlite").is_file()


def test_another_database_is_opened_by_its_url(tmp_path: Path) -> None:
    with Store.open(tmp_path / "home", f"sqlite:///{tmp_path / 'other.db'}") as store:
        assert store.records() == []
    assert (tmp_path / "other.db").is_file()
    assert not (tmp_path / "home" / "dangan.sqlite").exists()


def test_several_processes_make_the_store_at_once(home: Path) -> None:
    assert ends(3, home) == [0, 0, 0]


def test_the_schema_travels_with_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Store.open(Path("home")) as store:
        assert store.search("") == []


def test_as_many_read_at_once_as_the_desk_has_threads(store: Store) -> None:
    """SQLAlchemy's own limit is 15; whoever comes then waits half a minute and fails."""
    with ExitStack() as open_ones:
        for _ in range(40):
            open_ones.enter_context(store.database.reading()).execute(text("SELECT 1"))


def test_threads_that_write_wait_their_turn_and_not_for_ever(tmp_path: Path) -> None:
    with Store.open(tmp_path / "home", wait=1.5) as store:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda one: store.audit.note(f"{one}", "looked"), range(40)))
        assert len(store.audit.lines()) == 40
        assert list(store.audit.faults()) == []
        with (
            store.database.writing(),
            ThreadPoolExecutor(1) as other,
            pytest.raises(StoreBusy),
        ):
            other.submit(store.audit.note, "甲", "looked").result()
        store.audit.note("甲", "looked")
