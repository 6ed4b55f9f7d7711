"""A clerk's afternoon with power cuts, run by test_killed.py as a program of its own.

Arguments: home, inbox, editions, rounds, seed. Each round a child takes what lies in the
inbox and settles it, and is killed at a random moment; after each kill the store must be
whole as far as it got. The last child is left in peace. Prints how many children were
killed in the middle of their work.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from records.archive import Kept
from records.drafts import Draft, Origin, Reading, Unmatched
from records.editions import Editions, load_editions
from records.errors import AlreadyTaken
from records.findings import Reason, Severity
from records.sanity import sanity
from records.shelf import checksum
from records.store import Store


def work(home: Path, inbox: Path, editions: Editions) -> None:
    """Take up what was left, then take and settle file by file."""
    with Store.open(home, editions=editions) as store:
        for scan in store.unread():
            store.add_drafts(scan.sha256, read(scan))
        for file in [None, *sorted(inbox.glob("*.jpg"))]:
            if file:
                take(store, file)
            for row in store.drafts():
                store.settle(row.number, [], editions["invented"], "建档人")


def take(store: Store, file: Path) -> None:
    """Keep, read, store the drafts, and only then remove the file."""
    try:
        kept = store.keep(file)
    except AlreadyTaken:
        file.unlink()
        return
    store.add_drafts(kept.sha256, read(kept))
    file.unlink()


def read(kept: Kept) -> list[Draft | Unmatched]:
    """Two forms and a page of none, as the bytes say."""
    name = kept.path.read_bytes()[:8].decode()
    drafts = [draft(kept, f"{name}甲", 1), draft(kept, f"{name}乙", 2)]
    return [*drafts, Unmatched(Origin(kept.file, kept.sha256, (3,)), Reason("no_known_form"))]


def draft(kept: Kept, name: str, page: int) -> Draft:
    """A form with a dozen values."""
    kin = {f"kin.{row}.called": Reading(f"{name}{row}") for row in range(12)}
    return Draft("invented", {"holder": Reading(name)} | kin, origin=Origin(kept.file, kept.sha256, (page,)))


def check(home: Path, inbox: Path, editions: Editions, sums: frozenset[str]) -> None:
    """Nothing is lost and nothing is half, whatever was cut off."""
    with Store.open(home, editions=editions) as store:
        assert not [one for one in sanity(store) if one.severity is Severity.ERROR]
        assert all(checksum(path) == path.stem for path in store.shelf.files())
        kept = {scan.sha256 for scan in store.scans()}
        assert kept | {checksum(file) for file in inbox.iterdir()} == sums
        drafts = store.drafts(open_only=False)
        assert {row.sha256 for row in drafts} == kept - {scan.sha256 for scan in store.unread()}
        assert set(Counter(row.sha256 for row in drafts).values()) <= {2}
        records = store.records()
        assert [row.record for row in drafts if row.record] == [record.number for record in records]
        assert all(len(record.values) == len(store.history(record.number)) == 13 for record in records)


def main(home: Path, inbox: Path, editions: Editions, rounds: int, seed: int) -> int:
    """The killing; gives the number of children that it met at work."""
    chance, met = random.Random(seed), 0  # no secret
    work(home, inbox / "nothing", editions)  # so that a child loses no time on loading
    sums = frozenset(checksum(file) for file in inbox.iterdir())
    for _ in range(rounds):
        child = start(home, inbox, editions)
        time.sleep(chance.uniform(0.0, 0.12))
        os.kill(child, signal.SIGKILL)
        met += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        check(home, inbox, editions, sums)
    child = start(home, inbox, editions)
    assert os.waitpid(child, 0)[1] == 0
    check(home, inbox, editions, sums)
    return met


def start(home: Path, inbox: Path, editions: Editions) -> int:
    """A child at work; gives its id."""
    child = os.fork()
    if child == 0:
        work(home, inbox, editions)
        os._exit(0)
    return child


if __name__ == "__main__":
    home, inbox, folder, rounds, seed = sys.argv[1:]
    print(main(Path(home), Path(inbox), load_editions(Path(folder)), int(rounds), int(seed)))
