import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from records.drafts import Draft
from records.findings import Finding, Severity
from records.sanity import sanity
from records.store import Store

Paper = Callable[..., Path]
Read = Callable[..., Draft]


@pytest.fixture
def used(store: Store, paper: Paper, read: Read) -> Store:
    kept = store.keep(paper())
    store.add_drafts(kept.sha256, [read(kept, kin__0__called="李", kin__1__called=None)])
    store.settle(1, [], store.editions["invented"], "建档人")
    store.save(store.editions["invented"], {"holder": "王小明"}, "建档人", "分户", number=1)
    return store


def _rules(store: Store) -> list[str]:
    return [finding.rule for finding in sanity(store)]


def test_a_sound_store_has_nothing_to_say(used: Store) -> None:
    assert sanity(used) == []


def test_a_lost_scan_is_an_error(used: Store) -> None:
    scan = used.scans()[0]
    scan.path.unlink()
    facts = {"file": "scan.JPG", "sha256": scan.sha256}
    assert sanity(used) == [Finding("scan_missing", Severity.ERROR, (), facts)]


def test_a_changed_scan_is_an_error(used: Store) -> None:
    used.scans()[0].path.write_bytes(b"other ink")
    assert _rules(used) == ["scan_changed"]


def test_strays_and_copies_cut_short_are_named(used: Store) -> None:
    (used.shelf.folder / "letter.jpg").touch(0o600)
    (used.shelf.folder / ".taking-x").touch(0o600)
    assert _rules(used) == ["scan_stray", "scan_unfinished"]


def test_a_copy_cut_short_long_ago_is_swept_away_at_the_next_opening(used: Store) -> None:
    old, new = used.shelf.folder / ".taking-old", used.shelf.folder / ".taking-new"
    for path in (old, new):
        path.touch(0o600)
    os.utime(old, (0, 0))
    Store.open(used.home).close()
    assert [path.name for path in used.shelf.unfinished()] == [".taking-new"]


def test_a_scan_that_waits_to_be_read_is_told(used: Store, paper: Paper) -> None:
    used.keep(paper("later.jpg", b"later"))
    assert sanity(used)[0].facts["file"] == "later.jpg"
    assert _rules(used) == ["scan_unread"]


def test_rights_for_others_are_a_warning(used: Store) -> None:
    used.scans()[0].path.chmod(0o644)
    (finding,) = sanity(used)
    assert (finding.rule, finding.facts["mode"]) == ("open_to_others", "644")


def test_a_value_changed_behind_the_programs_back_is_found(used: Store) -> None:
    with sqlite3.connect(used.home / "dangan.sqlite") as connection:
        connection.execute("UPDATE record_values SET value_json = '\"张三\"' WHERE path = 'holder'")
    connection.close()
    assert sanity(used) == [Finding("history_gap", Severity.ERROR, ("holder",), {"number": "1"})]


def test_rows_without_their_parent_are_found(used: Store) -> None:
    with sqlite3.connect(used.home / "dangan.sqlite") as connection:
        connection.execute("DELETE FROM scans")
    connection.close()
    assert set(_rules(used)) == {"store_fault"}


def test_broken_pages_are_found(used: Store) -> None:
    file = used.home / "dangan.sqlite"
    used.close()
    with file.open("r+b") as raw:
        raw.seek(4096 * 3)
        raw.write(b"\xff" * 4096 * 4)
    assert "store_fault" in _rules(used)
