from __future__ import annotations

import errno
from pathlib import Path

import pytest

from desk.guard import as_ours
from records.errors import NoSuchRecord


def test_an_error_of_ours_passes_as_it_is(tmp_path: Path) -> None:
    ours = NoSuchRecord(number=3)
    assert as_ours(ours, tmp_path / "log") is ours


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FileNotFoundError(errno.ENOENT, "", "a.jpg"), "no_file"),
        (PermissionError(errno.EACCES, "", "a.jpg"), "no_rights"),
        (IsADirectoryError(errno.EISDIR, "", "a.jpg"), "is_a_folder"),
        (FileExistsError(errno.EEXIST, "", "a.jpg"), "is_a_file"),
        (OSError(errno.ENOSPC, "", "a.jpg"), "disk_full"),
        (OSError(errno.EDQUOT, "", "a.jpg"), "disk_full"),
        (MemoryError(), "out_of_memory"),
    ],
)
def test_what_the_machine_refuses_becomes_an_error_of_ours(
    tmp_path: Path, error: Exception, code: str
) -> None:
    told = as_ours(error, tmp_path / "log", "a.jpg")
    assert (told.code, told.facts["file"]) == (code, "a.jpg")
    assert not (tmp_path / "log").exists()


def test_what_nobody_foresaw_is_logged_with_numbers_masked(tmp_path: Path) -> None:
    log = tmp_path / "home" / "dangan.log"
    told = as_ours(ValueError("330602196501011234"), log)
    assert (told.code, told.facts["log"]) == ("unexpected", str(log))
    assert "330602********1234" in log.read_text(encoding="utf-8")
    assert "19650101" not in log.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_goes_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be", encoding="utf-8")
    told = as_ours(ValueError("why"), tmp_path / "home" / "dangan.log")
    elsewhere = Path(told.facts["log"])
    assert "why" in elsewhere.read_text(encoding="utf-8")
    elsewhere.unlink()


def test_the_file_that_stands_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    within = str(tmp_path / "plain" / "folder" / "a.png")
    told = as_ours(NotADirectoryError(errno.ENOTDIR, "", within), tmp_path / "log")
    assert (told.code, told.facts["file"]) == ("is_a_file", str(tmp_path / "plain"))


def test_a_full_disk_behind_standard_output_has_a_name(tmp_path: Path) -> None:
    told = as_ours(OSError(errno.ENOSPC, ""), tmp_path / "log")
    assert told.facts["file"] == "标准输出"
