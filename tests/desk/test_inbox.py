"""The inbox: only what stands still is taken, and nothing leaves it before it is kept."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.inbox import Inbox
from desk.settings import Settings, SettingsError
from desk.web.site import Site, open_site
from desk.web.watching import Watch
from desk.workplace import Workplace
from records.errors import StoreBusy
from tests.clerk import SAMPLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def site(tmp_path: Path, folder: Path) -> Iterator[Site]:
    place = Workplace(Settings(tmp_path / "home", "王经办", inbox=folder))
    with open_site(place, frozenset({"testserver"})) as found:
        yield found


@pytest.fixture
def watch(site: Site, folder: Path) -> Watch:
    return Watch(Inbox(folder, still=0), site.reader)


def look(watch: Watch) -> None:
    """Twice: what is seen for the first time has not stood still yet."""
    watch.look()
    watch.look()


def lying(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_a_file_is_taken_when_it_stood_still_and_not_before(folder: Path) -> None:
    inbox, file = Inbox(folder, still=0.2), folder / "a.jpg"
    file.write_bytes(b"first")
    assert inbox.look() == []
    time.sleep(0.25)
    with file.open("ab") as more:
        more.write(b" and more")
    assert inbox.look() == []
    time.sleep(0.25)
    os.utime(file, (1, 1))  # the same size, another time
    assert inbox.look() == []
    time.sleep(0.25)
    assert inbox.look() == [file]
    assert inbox.is_as_seen(file)
    file.write_bytes(b"again")
    assert not inbox.is_as_seen(file)


def test_unfinished_hidden_and_linked_files_are_left_alone(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"not of the inbox")
    (folder / "link.jpg").symlink_to(secret)
    (folder / "linked").symlink_to(tmp_path, target_is_directory=True)
    for name in (".a.jpg", "~$a.docx", "a.jpg.tmp", "a.PART", "a.jpg~"):
        (folder / name).touch()
    inbox = Inbox(folder, still=0)
    inbox.look()
    assert inbox.look() == []


def test_kept_files_are_moved_and_belong_to_the_office(site: Site, folder: Path, watch: Watch) -> None:
    (folder / "周一").mkdir()
    (folder / "表.jpg").write_bytes(b"one")
    (folder / "周一" / "表.jpg").write_bytes(b"two")
    look(watch)
    assert lying(folder) == {"已收/表.jpg", "已收/表 (2).jpg"}
    assert [(scan.file, scan.unit) for scan in site.store.unread()] == [("表.jpg", "")] * 2
    assert {line.who for line in site.store.audit.lines()} == {"收件文件夹"}
    look(watch)
    assert len(site.store.scans()) == 2


def test_a_file_that_was_kept_but_not_moved_before_a_kill_is_one_scan(
    site: Site, folder: Path, watch: Watch
) -> None:
    (folder / "表.jpg").write_bytes(b"one")
    site.store.keep(folder / "表.jpg")
    look(watch)
    assert lying(folder) == {"已收/表.jpg"}
    assert len(site.store.unread()) == 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("说明.txt", b"words", "不是可读的格式"), ("big.jpg", bytes(3000), "超过上限")],
)
def test_what_cannot_be_kept_lies_aside_with_its_reason(
    site: Site,
    folder: Path,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes,
    why: str,
) -> None:
    monkeypatch.setattr("desk.web.watching.LARGEST", 2000)
    (folder / name).write_bytes(content)
    look(watch)
    assert lying(folder) == {f"未收/{name}", f"未收/{name}.txt"}
    assert why in (folder / "未收" / f"{name}.txt").read_text(encoding="utf-8")
    assert site.store.scans() == []


def test_nothing_moves_while_the_store_cannot_keep(
    site: Site, folder: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise StoreBusy(file="dangan.sqlite")

    (folder / "a.jpg").write_bytes(b"one")
    with monkeypatch.context() as patch:
        patch.setattr(type(site.store), "keep", busy)
        watch.look()
        with pytest.raises(StoreBusy):
            watch.look()
    assert lying(folder) == {"a.jpg"}
    look(watch)
    assert lying(folder) == {"已收/a.jpg"}


def test_a_file_that_was_still_written_to_while_it_was_kept_is_taken_again(
    site: Site, folder: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, keep = folder / "a.jpg", site.store.keep
    file.write_bytes(b"half")

    def slow(path: Path, name: str) -> Any:
        kept = keep(path, name)
        file.write_bytes(b"the whole")
        return kept

    with monkeypatch.context() as patch:
        patch.setattr(site.store, "keep", slow)
        look(watch)
    assert lying(folder) == {"a.jpg"}
    look(watch)
    assert lying(folder) == {"已收/a.jpg"}
    assert {scan.path.read_bytes() for scan in site.store.scans()} == {b"half", b"the whole"}


def test_an_inbox_that_is_away_is_told_and_comes_back(
    site: Site, folder: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(watch.inbox, site.reader, every=0.02)
    folder.rmdir()
    with watch.at_work():
        until(lambda: watch.trouble is not None)
        assert watch.trouble is not None and watch.trouble.code == "no_file"
        folder.mkdir()
        until(lambda: watch.trouble is None)


def test_what_could_not_be_read_goes_back_with_its_reason(site: Site, folder: Path) -> None:
    (folder / "wrong.pdf").write_bytes(b"only words")
    shutil.copyfile(SAMPLES / "form.docx", folder / "form.docx")
    watch = Watch(Inbox(folder, still=0.1), site.reader, every=0.05)
    with site.reader.at_work(), watch.at_work():
        until(lambda: {"已收/form.docx", "未收/wrong.pdf", "未收/wrong.pdf.txt"} == lying(folder))
        until(lambda: len(site.store.drafts()) == 1)
    assert "不是可读的格式" in (folder / "未收" / "wrong.pdf.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["", "home", "home/scans", "home/uploads/x"])
def test_an_inbox_that_would_swallow_the_archive_is_refused(tmp_path: Path, place: str) -> None:
    settings = Settings(tmp_path / "home", "王经办", inbox=tmp_path / place)
    with (
        pytest.raises(SettingsError),
        open_site(Workplace(settings), frozenset({"testserver"})),
    ):
        pass


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
