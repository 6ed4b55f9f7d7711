"""`kill -9` of `dangan take` at random moments: no scan is lost, nothing is stored by halves."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

from records.findings import Severity
from records.sanity import sanity
from records.shelf import checksum
from records.store import Store
from tests.clerk import ROOT, SAMPLES

FILES, KILLS = 24, 20
TAKE = (
    sys.executable,
    "-c",
    "from desk.cli import main; main()",
    "take",
    "--engine",
    "tests.clerk:Blind",
)


def test_a_take_killed_again_and_again_takes_every_file_once(tmp_path: Path) -> None:
    inbox, home = tmp_path / "inbox", tmp_path / "home"
    sums = {checksum(file) for file in fill(inbox)}
    chance = random.Random(20161031)
    killed = sum(take_and_kill(inbox, home, chance.uniform(0.2, 1.1)) for _ in range(KILLS))
    assert killed >= KILLS // 2

    assert take(inbox, home).wait(timeout=120) == 0
    with Store.open(home) as store:
        assert {scan.sha256 for scan in store.scans()} == sums
        assert store.unread() == []
        drafts = store.drafts()
        assert Counter(row.sha256 for row in drafts) == Counter(sums)
        assert {len(store.draft(row.number).readings) for row in drafts} == {
            len(store.draft(drafts[0].number).readings)
        }
        assert [found for found in sanity(store) if found.severity is not Severity.INFO] == []
    assert {checksum(file) for file in inbox.iterdir()} == sums


def fill(inbox: Path) -> list[Path]:
    """The sample form many times over, each file with other bytes."""
    inbox.mkdir()
    return [other_bytes(inbox / f"{number:02}.docx", number) for number in range(FILES)]


def other_bytes(file: Path, number: int) -> Path:
    file.write_bytes((SAMPLES / "form.docx").read_bytes())
    with ZipFile(file, "a") as archive:
        archive.writestr("customXml/number.txt", f"{number}")
    return file


def take(inbox: Path, home: Path) -> subprocess.Popen[bytes]:
    told = os.environ | {"DANGAN_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [*TAKE, str(inbox)], env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def take_and_kill(inbox: Path, home: Path, after: float) -> bool:
    """Whether the kill met a `take` at work; after it, every draft in the store is whole."""
    process = take(inbox, home)
    time.sleep(after)
    met = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    if (home / "dangan.sqlite").exists():
        with Store.open(home) as store:
            assert all(store.draft(row.number).readings for row in store.drafts())
            assert {scan.sha256 for scan in store.scans()} <= {checksum(file) for file in inbox.iterdir()}
            assert all(checksum(scan.path) == scan.sha256 for scan in store.scans())
    return met
