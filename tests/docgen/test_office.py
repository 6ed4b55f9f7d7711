from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from docgen.converting import Calls
from docgen.office import Office, count_pages
from docgen.picture import pages
from records.editions import BUILT_IN
from records.errors import OfficeFailed, OfficeMissing, Overflow


def a_file(folder: Path, name: str, text: str = "困难职工", times: int = 1) -> Path:
    document = Document()
    for _ in range(times):
        document.add_paragraph(text)
    document.save(str(folder / name))
    return folder / name


def a_program(folder: Path, script: str) -> Path:
    """A stand-in for soffice."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_one_bad_file_does_not_stop_the_others(office: Office, tmp_path: Path) -> None:
    (tmp_path / "bad.docx").write_bytes(b"not Word")
    files = [a_file(tmp_path, "a.docx"), tmp_path / "bad.docx", a_file(tmp_path, "long.docx", times=90)]
    files.append(a_file(tmp_path, "b.docx"))
    with pytest.raises(OfficeFailed) as failed:
        office.to_pdf(files, tmp_path / "out")
    assert failed.value.facts["file"] == "bad.docx"
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["a.pdf", "b.pdf"]
    [picture] = pages(tmp_path / "out" / "a.pdf", dpi=50)
    assert picture.size == (425, 550)


def test_a_form_that_spills_over_is_said(office: Office, tmp_path: Path) -> None:
    long = a_file(tmp_path, "long.docx", times=90)
    with pytest.raises(Overflow) as over:
        office.to_pdf([long], tmp_path / "out")
    assert over.value.facts["file"] == "long.docx" and int(over.value.facts["pages"]) > 1
    assert over.value.facts["expected"] == "1"


def test_an_old_word_file_becomes_a_new_one(office: Office, tmp_path: Path) -> None:
    (tmp_path / "old.doc").write_text(r"{\rtf1\ansi Worker 42\par}")
    made = office.to_docx(tmp_path / "old.doc", tmp_path / "out")
    assert made.name == "old.docx"
    assert "Worker 42" in [paragraph.text for paragraph in Document(str(made)).paragraphs]


def test_a_form_saved_by_wps_becomes_word_with_its_merged_cells(office: Office, tmp_path: Path) -> None:
    form, profile = BUILT_IN / "shaoxing-2010" / "archive.docx", tmp_path / "profile"
    Calls(office.program).convert("doc", [form], tmp_path, profile, seconds=120, asked=form.name)
    # A new profile would have cost more than the work itself.
    assert (profile / "user").is_dir() and not list(profile.rglob("GraphicsRenderTests.log"))
    wps = (tmp_path / "archive.doc").rename(tmp_path / "form.wps")
    made = office.to_docx(wps, tmp_path / "out")
    [table] = Document(str(made)).tables
    assert table.cell(10, 0).text.split() == ["家庭", "成员", "关系"]
    assert len(table._tbl.xpath(".//w:vMerge")) == 5 + 2


def test_without_libreoffice_it_is_said(tmp_path: Path) -> None:
    file = a_file(tmp_path, "a.docx")
    for program in (None, tmp_path / "nowhere"):
        with pytest.raises(OfficeMissing):
            Office(program).to_pdf([file], tmp_path / "out")
        with pytest.raises(OfficeMissing):
            Office(program).to_docx(file, tmp_path / "out")


def test_a_program_that_gives_nothing_names_the_file(tmp_path: Path) -> None:
    file = a_file(tmp_path, "a.docx")
    with pytest.raises(OfficeFailed) as failed:
        Office(a_program(tmp_path, "echo broken pipe >&2; exit 1")).to_pdf([file], tmp_path / "out")
    assert failed.value.facts == {"file": "a.docx", "what": "broken pipe"}
    assert not (tmp_path / "out").exists()


def test_a_program_that_hangs_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = a_program(tmp_path, f"sleep 300 & echo $! > {child}; wait")
    started = time.monotonic()
    with pytest.raises(OfficeFailed) as failed:
        Office(program, timeout=0.5).to_pdf([a_file(tmp_path, "a.docx")], tmp_path / "out")
    assert failed.value.code == "office_timeout" and time.monotonic() - started < 30
    assert not _lives(int(child.read_text()))


def test_a_program_that_hangs_is_stopped_where_processes_have_no_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "killpg")
    started = time.monotonic()
    with pytest.raises(OfficeFailed):
        Calls(a_program(tmp_path, "exec sleep 300")).convert(
            "pdf", [], tmp_path, tmp_path / "profile", seconds=0.5, asked="a.docx"
        )
    assert time.monotonic() - started < 30


def test_a_call_that_begins_while_all_are_stopped_is_stopped_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(a_program(tmp_path, "sleep 300"))
    begin = subprocess.Popen

    def late(*words: Any, **how: Any) -> Any:
        process = begin(*words, **how)
        calls.end()  # knows nothing of it yet
        return process

    monkeypatch.setattr("docgen.converting.subprocess.Popen", late)
    started = time.monotonic()
    calls.convert("pdf", [], tmp_path, tmp_path / "profile", seconds=60, asked="a.docx")
    assert time.monotonic() - started < 30


def test_an_office_that_is_stopped_ends_its_call_and_begins_none(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    office = Office(a_program(tmp_path, f"touch {begun}; exec sleep 300"))
    file = a_file(tmp_path, "a.docx")

    def stop() -> None:
        while not begun.exists():
            time.sleep(0.02)
        office.stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    started = time.monotonic()
    with pytest.raises(OfficeFailed):
        office.to_pdf([file], tmp_path / "out")
    stopper.join()
    with pytest.raises(OfficeMissing):
        office.to_pdf([file], tmp_path / "out")
    assert time.monotonic() - started < 30


def test_calls_of_offices_that_share_a_turn_never_run_side_by_side(tmp_path: Path) -> None:
    running = tmp_path / "running"
    program = a_program(
        tmp_path, f"mkdir {running} || echo two at a time >&2; sleep 0.1; rmdir {running}; exit 1"
    )
    turn = threading.Lock()
    told: list[str] = []

    def convert(number: int) -> None:
        with pytest.raises(OfficeFailed) as failed:
            Office(program, turn=turn).to_pdf([a_file(tmp_path, f"{number}.docx")], tmp_path / "out")
        told.append(failed.value.facts["what"])

    threads = [threading.Thread(target=convert, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["no output"] * 3


def _lives(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


def test_what_is_no_pdf_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"nothing")
    with pytest.raises(OfficeFailed):
        count_pages(tmp_path / "a.pdf")
