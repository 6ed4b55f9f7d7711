"""How quick the desk is with a full archive: `python -m bench.desk`, through HTTP, beside an empty page.

A store of invented people is made in a temporary folder, and the desk serves it on this computer from a
process of its own. First one clerk asks for each kind of page, one request after the other; then many
clerks work at once, each with pauses as people make them; then all of them without any pause.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import median
from urllib.parse import quote

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.people import household as invented
from desk.settings import Settings
from desk.workplace import Workplace
from records import index_rows, rows, wire
from records.accounts import Role
from records.archive import Event, Record
from records.editions import Edition, load_editions
from records.index import BUILD, IndexRow, indexed
from records.index_store import Asked
from records.people import household
from records.store import Store
from records.tables import Events, IndexRows, Persons, Records, RecordValues
from records.worklists import Moment

HOST = "127.0.0.1"
CLERK, PASSWORD = "clerk", "a bench needs no secret"
EMPTY = "empty page"
WANTED = 100.0
"""Milliseconds in which 95 of 100 pages have to be there."""
_AT_ONCE = 1000
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """One kind of page under one load: how long each answer took in milliseconds, and how many were none."""

    name: str
    times: tuple[float, ...]
    errors: int = 0

    @property
    def p50(self) -> float:
        """Half of the answers were there by then."""
        return median(self.times) if self.times else 0.0

    @property
    def p95(self) -> float:
        """95 of 100 answers were there by then."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] if ordered else 0.0

    @property
    def is_good(self) -> bool:
        """Whether it is quick enough, and never failed."""
        return not self.errors and self.p95 <= WANTED


# --- the store


def build(home: Path, count: int, seed: int) -> None:
    """A store with so many records of invented people, written in large pieces, and a clerk."""
    editions = list(load_editions())
    random = Random(seed)
    with Store.open(home) as store:
        store.accounts.add(CLERK, CLERK, Role.ADMINISTRATOR, PASSWORD)
        for first in range(1, count + 1, _AT_ONCE):
            made = [
                _record(number, editions[number % len(editions)], random)
                for number in range(first, min(first + _AT_ONCE, count + 1))
            ]
            with store.database.writing() as session:
                _put(session, store, made)
        with store.database.writing() as session:
            index_rows.set_mark(session, BUILD)


def _record(number: int, edition: Edition, random: Random) -> Record:
    when = datetime(2016, 1, 4, 8, tzinfo=UTC) + timedelta(days=random.randrange(3500))
    return Record(number, edition.key, invented(edition, random), when, when, 1)


def _put(session: Session, store: Store, made: Sequence[Record]) -> None:
    """What saving them one by one would have written."""
    session.execute(insert(Records), [_head(record) for record in made])
    session.execute(insert(RecordValues), [line for record in made for line in _values(record)])
    session.execute(insert(Persons), [line for record in made for line in _persons(store, record)])
    session.execute(insert(Events), [line for record in made for line in _events(record)])
    moments = [Moment(record.created) for record in made]
    found = [
        indexed(store.editions[record.edition], record, [moment])
        for record, moment in zip(made, moments, strict=True)
    ]
    index_rows.put(session, found)


def _head(record: Record) -> Mapping[str, object]:
    return {
        "number": record.number,
        "edition": record.edition,
        "created_at": record.created,
        "changed_at": record.changed,
        "revision": 1,
        "ink_json": wire.ink_to_json({}),
        "unit": "",
    }


def _values(record: Record) -> Iterator[Mapping[str, object]]:
    for position, (path, value) in enumerate(record.values.items()):
        yield {
            "record": record.number,
            "path": path,
            "position": position,
            "value_json": wire.value_to_json(value),
            "folded": rows.folded(value),
        }


def _persons(store: Store, record: Record) -> Iterator[Mapping[str, object]]:
    for one in household(store.editions[record.edition], record.values):
        yield {"record": record.number, "path": one.path, "id_number": one.id_number, "worker": one.worker}


def _events(record: Record) -> Iterator[Mapping[str, object]]:
    for path, value in record.values.items():
        if value is not None:
            event = Event(record.created, CLERK, 1, path, None, value, "import")
            columns = wire.event_to_columns(event)
            yield {"record": record.number, **columns, "sha256": None, "page": None, "box_json": None}


# --- the desk in a process of its own


def serve(home: Path, port: int) -> None:
    """The desk over a store, until the process is ended."""
    import uvicorn

    from desk.web.app import create_app
    from desk.web.site import open_site

    with open_site(Workplace(Settings(home, CLERK)), frozenset({HOST})) as site:
        config = uvicorn.Config(
            create_app(site), host=HOST, port=port, log_level="warning", access_log=False, server_header=False
        )
        uvicorn.Server(config).run()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        port: int = asked.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with socket.socket() as asked:
            if asked.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the desk did not start")


# --- asking


class Clerk:
    """Somebody with a browser: one connection, one session."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=60)
        self.headers = {"Cookie": f"dangan={token}", "HX-Request": "true"}

    def ask(self, way: str) -> tuple[float, bool]:
        """Milliseconds until the whole answer was there, and whether it was one."""
        begun = time.perf_counter()
        try:
            self.connection.request("GET", way, headers=self.headers)
            answer = self.connection.getresponse()
            answer.read()
            good = answer.status == 200
        except OSError:
            self.connection.close()
            good = False
        return (time.perf_counter() - begun) * 1000, good


def ways(sample: Sequence[IndexRow], said: Sequence[str], random: Random) -> Mapping[str, Callable[[], str]]:
    """The kinds of pages, each with what gives the path of the next one."""

    def one() -> IndexRow:
        return random.choice(sample)

    def address() -> str:
        line = random.choice(said).split("\n")[0]
        length = random.randint(2, 8)
        return line[random.randrange(max(1, len(line) - length)) :][:length]

    def search(text: str) -> str:
        return f"/records?q={quote(text)}"

    return {
        EMPTY: lambda: "/sign-in",
        "search: name": lambda: search(one().name),
        "search: surname": lambda: search(one().name[:1]),
        "search: pinyin": lambda: search(one().sound[: random.randint(2, 8)]),
        "search: part of an ID": lambda: search(one().id_number[random.randint(4, 12) :][:6]),
        "search: unit and name": lambda: search(f"{one().employer[:3]} {one().name[:1]}"),
        "search: place": lambda: search(one().place[:3]),
        "search: address": lambda: search(address()),
        "search: all": lambda: f"/records?page={random.randint(1, 5)}",
        "record": lambda: f"/records/{one().record}",
        "field and its history": lambda: f"/records/{one().record}/field/name",
        "first page": lambda: "/",
        "work list": lambda: f"/records/work/{random.choice(('stale', 'unhelped', 'overdue', 'deadline'))}",
    }


def one_by_one(clerk: Clerk, kinds: Mapping[str, Callable[[], str]], each: int) -> list[Asking]:
    """Each kind of page so many times, one request after the other; the first of each is not counted."""
    found = []
    for name, way in kinds.items():
        clerk.ask(way())
        answers = [clerk.ask(way()) for _ in range(each)]
        found.append(_asking(name, answers))
    return found


def at_once(
    clerks: Sequence[Clerk], kinds: Mapping[str, Callable[[], str]], seconds: float, pause: float, seed: int
) -> Asking:
    """All clerks at once for some seconds, each with pauses of about so many seconds between two pages."""
    answers: list[tuple[float, bool]] = []
    until = time.monotonic() + seconds

    def work(clerk: Clerk, random: Random) -> None:
        names = [name for name in kinds if name != EMPTY]
        while time.monotonic() < until:
            time.sleep(pause * random.uniform(0.5, 1.5))
            answers.append(clerk.ask(kinds[random.choice(names)]()))

    threads = [
        threading.Thread(target=work, args=(clerk, Random(seed + place)))
        for place, clerk in enumerate(clerks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = f"{len(clerks)} clerks, a page every {pause:g} s" if pause else f"{len(clerks)} clerks, no pause"
    return _asking(told, answers)


def _asking(name: str, answers: Sequence[tuple[float, bool]]) -> Asking:
    return Asking(name, tuple(took for took, _ in answers), sum(not good for _, good in answers))


# --- telling


def show(found: Sequence[Asking]) -> Iterator[str]:
    """The table, with the ratio to the empty page of the same run."""
    empty = next((one.p50 for one in found if one.name == EMPTY), 0.0)
    yield f"{'page':<36}{'asked':>7}{'p50 ms':>9}{'p95 ms':>9}{'ratio':>8}{'errors':>8}"
    for one in found:
        ratio = f"{one.p95 / empty:.1f}" if empty else "-"
        yield f"{one.name:<36}{len(one.times):>7}{one.p50:>9.1f}{one.p95:>9.1f}{ratio:>8}{one.errors:>8}"


def measure(home: Path, clerks: int, seconds: float, each: int, pause: float, seed: int) -> list[Asking]:
    """Serve a store and ask for its pages in every way."""
    with Store.open(home) as store:
        found = store.index.find(Asked(), size=_SAMPLE, start=0).rows
        numbers = Random(seed).sample(range(1, store.index.find(Asked(), size=1).count + 1), len(found))
        with store.database.reading() as session:
            sample = index_rows.rows_of(session, numbers)
            said = session.scalars(select(IndexRows.said).where(IndexRows.record.in_(numbers))).all()
        tokens = [store.accounts.sign_in(CLERK, PASSWORD)[0] for _ in range(clerks)]
    port = _free_port()
    desk = multiprocessing.get_context("spawn").Process(target=serve, args=(home, port), daemon=True)
    desk.start()
    try:
        _wait_for(port)
        working = [Clerk(port, token) for token in tokens]
        kinds = ways(sample, [one for one in said if one], Random(seed))
        told = one_by_one(working[0], kinds, each)
        told.append(at_once(working, kinds, seconds, pause, seed))
        told.append(at_once(working, kinds, seconds / 2, 0.0, seed))
        for clerk in working:
            clerk.connection.close()
        return told
    finally:
        desk.terminate()
        desk.join(30)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and tell whether searching and looking are quick enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--clerks", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--pause", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--store", type=Path)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dangan-bench-") as folder:
        home = asked.store or Path(folder) / "home"
        if not Store.is_in(home):
            begun = time.monotonic()
            build(home, asked.records, asked.seed)
            print(f"{asked.records} records in {time.monotonic() - begun:.0f} s")
        found = measure(home, asked.clerks, asked.seconds, asked.each, asked.pause, asked.seed)
    print("\n".join(show(found)))
    return 0 if all(one.is_good for one in found[:-1]) and not found[-1].errors else 1


if __name__ == "__main__":
    sys.exit(main())
