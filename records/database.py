"""The database under the store: a home folder or a url comes in, sessions go out.

SQLite runs with a write-ahead log, so that readers and one writer do not
wait for each other, and with foreign keys on. What the database cannot do is
raised as one of the store's errors; no statement's values get into a message.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from records.errors import DanganError, DiskFull, StoreBusy, StoreError, StoreNewer
from records.tables import REVISION

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "53100")
_OUT_OF_REACH = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH", "08")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40P01", "40001")
_MOST_MORE = 45
"""Connections beyond the five that stay open: each of the desk's forty threads has its own, never waiting."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database of the newest schema; `name` is its file or its url without the password.

    Threads that write wait their turn here, at most `wait` seconds: SQLite lets the next one in by chance,
    after ever longer pauses.
    """

    name: str
    engine: Engine
    wait: float = 10.0
    turn: Lock = field(default_factory=Lock, repr=False, compare=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the store; raises StoreError and its kind."""
        with told(self.name), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, whole or not at all; raises StoreBusy, DiskFull, StoreError."""
        with (
            self._turn(),
            told(self.name),
            Session(_writer(self.engine), expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self.turn.acquire(timeout=self.wait):
            raise StoreBusy(file=self.name)
        try:
            yield
        finally:
            self.turn.release()

    def faults(self) -> list[str]:
        """What the database finds wrong with itself: broken pages and rows without their parent."""
        if self.engine.dialect.name != "sqlite":
            return []
        try:
            with self.engine.connect() as connection:
                pages = connection.scalars(text("PRAGMA integrity_check")).all()
                orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        except DBAPIError as error:
            return [_code(error)]
        broken = [str(fault) for fault in pages if fault != "ok"]
        return broken + [f"{row[0]} {row[1]} has no {row[2]}" for row in orphans]

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_database(file: Path, url: str | None, wait: float) -> Database:
    """The database in `file`, or at `url`, brought to the newest schema; waits `wait` seconds for others.

    Raises StoreNewer (and leaves the file as it was), StoreBusy, DiskFull, StoreError.
    """
    name = str(file) if url is None else make_url(url).render_as_string(hide_password=True)
    with told(name):
        if url is None:
            file.touch(mode=0o600)
        engine = _engine(URL.create("sqlite", database=str(file)) if url is None else make_url(url), wait)
        try:
            _bring_up(engine, name, wait)
        except BaseException:
            engine.dispose()
            raise
    return Database(name, engine, wait)


@contextmanager
def told(name: str) -> Iterator[None]:
    """What the database or the disk refuses, raised as an error of the store."""
    try:
        yield
    except DBAPIError as error:
        raise _named(error, name) from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(file=name) from error
        raise StoreError("store_unreachable", file=name, what=error.strerror) from error


def _named(error: DBAPIError, name: str) -> DanganError:
    code = _code(error)
    if code.startswith(_BUSY):
        return StoreBusy(file=name)
    if code.startswith(_FULL):
        return DiskFull(file=name)
    if not code or code.startswith(_OUT_OF_REACH):
        return StoreError("store_unreachable", file=name, what=code)
    return StoreError("store_broken", file=name, what=code)


def _code(error: DBAPIError) -> str:
    """SQLite's name or PostgreSQL's number for what went wrong; empty when nobody answered."""
    named = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    return str(named or "")


def _engine(url: URL, wait: float) -> Engine:
    lite = url.get_backend_name() == "sqlite"
    engine = create_engine(
        url, hide_parameters=True, max_overflow=_MOST_MORE, connect_args={"timeout": wait} if lite else {}
    )
    if lite:
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # Python's driver would begin transactions late; _begin does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that will write takes the lock at once: waiting in the middle cannot be resolved.
    options = connection.get_execution_options()
    if not options.get("bare", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


def _writer(engine: Engine) -> Engine:
    return engine.execution_options(writes=True)


def _bring_up(engine: Engine, name: str, wait: float) -> None:
    found = _revision(engine)
    if found == REVISION:
        return
    if found is None and engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine, wait)
    # Alembic is wanted once in a store's life; loading it takes longer than most commands.
    from records.migrating import is_known, upgrade

    if found is not None and not is_known(found):
        raise StoreNewer(file=name, revision=found)
    with _writer(engine).begin() as connection:
        upgrade(connection)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def _use_write_ahead_log(engine: Engine, wait: float) -> None:
    """SQLite does not wait by itself when several processes change the mode of a new file."""
    until = time.monotonic() + wait
    while True:
        try:
            with engine.execution_options(bare=True).connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            return
        except OperationalError as error:
            if not _code(error).startswith(_BUSY) or time.monotonic() > until:
                raise
        time.sleep(0.02)


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter; one that is there keeps its rights."""
    for missing in [one for one in (*reversed(folder.parents), folder) if not one.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)
        os.chmod(missing, 0o700)  # noqa: PTH101  # whatever the umask says
