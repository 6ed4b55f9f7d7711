"""`kill -9` at any moment loses no scan and stores no half record."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import records
from records.editions import Editions
from records.findings import Severity
from records.sanity import sanity
from records.shelf import checksum
from records.store import Store

ROUNDS, FILES = 25, 32


@pytest.mark.parametrize("seed", [1, 2])
def test_a_kill_at_any_moment_loses_no_scan_and_stores_no_half_record(
    home: Path, tmp_path: Path, editions: Editions, seed: int
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    sums = [_paper(inbox, number) for number in range(FILES)]
    met = _killings(home, inbox, editions, seed)
    assert met >= ROUNDS // 2
    with Store.open(home, editions=editions) as store:
        assert sorted(scan.sha256 for scan in store.scans()) == sorted(sums)
        assert list(inbox.iterdir()) == []
        assert [one for one in sanity(store) if one.severity is not Severity.INFO] == []
        drafts = store.drafts(open_only=False)
        assert set(Counter(row.sha256 for row in drafts).values()) == {2}
        assert len(drafts) == len(store.records()) == 2 * FILES
        assert {len(record.values) for record in store.records()} == {13}
        assert {len(store.history(record.number)) for record in store.records()} == {13}
        assert sorted(row.record or 0 for row in drafts) == list(range(1, 2 * FILES + 1))
        assert len(store.aside()) == FILES


def _paper(inbox: Path, number: int) -> str:
    file = inbox / f"{number:03}.jpg"
    file.write_bytes(f"{number:08}".encode() + os.urandom(4_000_000 if number % 4 == 0 else 20_000))
    return checksum(file)


def _killings(home: Path, inbox: Path, editions: Editions, seed: int) -> int:
    folder = editions["invented"].folders[0].parent
    root = Path(records.__file__).parent.parent
    told = subprocess.run(
        [sys.executable, Path(__file__).with_name("killed.py"), home, inbox, folder, str(ROUNDS), str(seed)],
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return int(told.stdout)
