"""Ctrl-C in the middle of a batch of several processes: what is done is kept, nobody is left, it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from desk import phrases
from records.editions import load_editions
from records.store import Store
from tests.clerk import ROOT, SAMPLES

PROGRAM = (sys.executable, "-c", "from desk.cli import main; main()")
EDITION = load_editions()["henan-2016"]
PICTURES = sorted(SAMPLES.glob("*.jpg"))[:3]
SLOW, BLIND = ("--engine", "tests.clerk:Slow"), ("--engine", "tests.clerk:Blind")


def test_a_batch_that_is_read_into_a_file_keeps_what_is_done_and_goes_on(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "lines.jsonl"
    home.mkdir()
    inbox = filled(tmp_path / "inbox")
    words = ("read", inbox, "--json", "--out", out, "--processes", 2)
    process = started(home, *words, *SLOW)
    until(lambda: out.exists() and len(files_in(out)) >= 2 and at_work(home) >= 2)
    said = interrupted(process)
    assert process.returncode == 130
    assert said.count(phrases.INTERRUPTED) == 1
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said
    assert files_in(out) == ["0.docx", "1.docx"]

    again = started(home, *words, *BLIND)
    told = again.communicate(timeout=240)[1].decode()
    assert "已有 1 个文件的结果" in told
    assert files_in(out) == sorted(file.name for file in inbox.iterdir())


def test_a_batch_that_is_taken_keeps_what_is_done_and_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    inbox = filled(tmp_path / "inbox")
    words = ("take", inbox, "--processes", 2)
    process = started(home, *words, *SLOW)
    until(lambda: at_work(home) >= 2)
    said = interrupted(process)
    assert (process.returncode, said.count(phrases.INTERRUPTED)) == (130, 1)
    assert "Traceback" not in said
    with Store.open(home) as store:
        assert len(store.drafts()) == 2
        assert len(store.unread()) >= 2

    again = started(home, *words, *BLIND)
    again.communicate(timeout=240)
    with Store.open(home) as store:
        assert len(store.drafts()) == 2
        assert store.unread() == []
        assert len(store.scans()) == len(list(inbox.iterdir()))


def test_a_process_that_only_begins_does_not_die_of_it_with_a_trace(tmp_path: Path) -> None:
    home, inbox = tmp_path / "home", filled(tmp_path / "inbox")
    for wait in (0.9, 1.1, 1.3, 1.6, 2.0):
        process = started(home, "read", inbox, "--json", "--processes", 3, *SLOW)
        time.sleep(wait)
        said = interrupted(process)
        # Before the program itself has begun, Python has nothing but a trace to say.
        assert "crew" not in said
        assert "spawn" not in said


def test_libreoffice_does_not_outlive_documents_that_were_stopped(tmp_path: Path) -> None:
    home, calls, program = tmp_path / "home", tmp_path / "calls", tmp_path / "soffice"
    with Store.open(home) as store:
        for name in ("甲", "乙"):
            store.save(EDITION, {"name": name}, "丙", "import", override_why="样表", force=True)
    program.write_text(f"#!/bin/sh\nsleep 300 &\necho $$ $! >> {calls}\nwait\n")
    program.chmod(0o755)
    os.environ["DANGAN_SOFFICE"] = str(program)
    try:
        process = started(home, "make", "contact-card-worker", "--all", "--pdf", "--out", tmp_path / "out")
    finally:
        del os.environ["DANGAN_SOFFICE"]
    until(lambda: calls.exists() and calls.read_text().strip() != "")
    said = interrupted(process)
    assert (process.returncode, said.count(phrases.INTERRUPTED)) == (130, 1)
    until(lambda: all(is_gone(int(line.split()[0])) for line in calls.read_text().splitlines()), 10)
    assert not list((tmp_path / "out").glob("*.pdf"))


def filled(inbox: Path) -> Path:
    """Two forms that are read at once, then pictures that take a while."""
    inbox.mkdir()
    for number in range(2):
        (inbox / f"{number}.docx").write_bytes((SAMPLES / "form.docx").read_bytes() + bytes(number))
    for file in PICTURES:
        with Image.open(file) as image:
            image.reduce(3).save(inbox / f"p-{file.name}")
    return inbox


def started(home: Path, *words: object) -> subprocess.Popen[bytes]:
    """A program in a group of its own, as a terminal starts it."""
    told = os.environ | {"DANGAN_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [*PROGRAM, *(str(word) for word in words)]
    return subprocess.Popen(
        command,
        env=told,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=listening,
    )


def listening() -> None:
    """A shell has what it runs in the background ignore Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(process: subprocess.Popen[bytes]) -> str:
    """What is said after Ctrl-C, which a terminal sends to the whole group; nobody of it is left."""
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=90)[1].decode()
    until(lambda: is_gone(process.pid), 10)
    return said


def is_gone(group: int) -> bool:
    """Whether nobody of the group lives; the dead whom nobody has buried yet do not count."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    told = [state_and_group(stat) for stat in Path("/proc").glob("[0-9]*/stat")]
    return bool(told) and not any(state != "Z" and whose == group for state, whose in told)


def state_and_group(stat: Path) -> tuple[str, int]:
    try:
        state, _, whose, *_ = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "Z", 0
    return state, int(whose)


def at_work(home: Path) -> int:
    """How many processes have begun to read a picture."""
    return len(list(home.glob("at-work-*")))


def files_in(out: Path) -> list[str]:
    return [Path(json.loads(line)["file"]).name for line in out.read_text(encoding="utf-8").splitlines()]


def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
