import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from records.archive import Kept
from records.drafts import Draft, Origin, Unmatched
from records.errors import AlreadyTaken, DiskFull, NoSuchDraft, Refused, StoreError, Unreadable
from records.findings import Reason
from records.shelf import checksum
from records.store import Store
from tests.records.several import ends

Paper = Callable[..., Path]
Read = Callable[..., Draft]
NO_FORM = Reason("no_known_form", {"seen": "3"})


def test_a_kept_scan_lies_under_its_checksum_and_the_original_stays(store: Store, paper: Paper) -> None:
    file = paper("韦慧宝.JPG", b"ink")
    kept = store.keep(file)
    assert kept == Kept(
        checksum(file), "韦慧宝.JPG", True, False, store.home / "scans" / f"{kept.sha256}.jpg"
    )
    assert kept.path.read_bytes() == file.read_bytes() == b"ink"


def test_only_the_owner_may_look_into_the_store(store: Store, paper: Paper) -> None:
    kept = store.keep(paper())
    files = [kept.path, *store.home.glob("dangan.sqlite*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (store.home, store.home / "scans")} == {0o700}


def test_a_scan_kept_but_not_read_is_handed_out_again(store: Store, paper: Paper) -> None:
    first, again = store.keep(paper()), store.keep(paper("copy.jpeg"))
    assert (first.first_seen, again.first_seen) == (True, False)
    assert again.path == first.path
    assert [scan.sha256 for scan in store.unread()] == [first.sha256]


def test_the_same_file_twice_is_refused_with_what_came_of_it(store: Store, paper: Paper, read: Read) -> None:
    kept = store.keep(paper("first.jpg"))
    drafts = [read(kept), read(kept, holder_number="330602196605050027")]
    assert store.add_drafts(kept.sha256, drafts) == [1, 2]
    record = store.settle(2, [], store.editions["invented"], "建档人")
    with pytest.raises(AlreadyTaken) as refusal:
        store.keep(paper("second.jpg"))
    first = store.scans()[0]
    assert refusal.value.facts == {
        "file": "second.jpg",
        "sha256": first.sha256,
        "first": refusal.value.facts["first"],
        "kept_as": "first.jpg",
        "drafts": "1",
        "records": str(record.number),
    }
    assert store.unread() == []
    assert not store.shelf.unfinished()


def test_drafts_come_back_whole_and_are_listed_with_the_workers_name(
    store: Store, paper: Paper, read: Read, doubtful: Callable[[object], object]
) -> None:
    kept = store.keep(paper())
    draft = read(kept, grant=doubtful(None), kin__0__called="李")
    (number,) = store.add_drafts(kept.sha256, [draft])
    assert store.draft(number) == draft
    (row,) = store.drafts()
    assert (row.number, row.edition, row.name, row.file) == (1, "invented", "王小明", "scan.JPG")
    assert (row.pages, row.doubtful, row.closed, row.record) == ((1, 2), 1, None, None)


def test_a_draft_of_an_edition_that_is_not_known_here_has_no_name(store: Store, paper: Paper) -> None:
    kept = store.keep(paper())
    store.add_drafts(kept.sha256, [Draft("elsewhere", {}, origin=Origin("x", kept.sha256, (1,)))])
    assert store.drafts()[0].name == ""


def test_a_draft_that_is_not_there_is_said(store: Store) -> None:
    for ask in (store.draft, lambda number: store.drop(number, "x", "y")):
        with pytest.raises(NoSuchDraft) as refusal:
            ask(7)
        assert refusal.value.facts == {"number": "7"}


def test_pages_of_no_known_form_are_set_aside_beside_the_drafts(
    store: Store, paper: Paper, read: Read
) -> None:
    kept = store.keep(paper())
    store.add_drafts(kept.sha256, [Unmatched(Origin("scan.JPG", kept.sha256, (3,)), NO_FORM), read(kept)])
    (aside,) = store.aside()
    assert (aside.file, aside.pages, aside.reason) == ("scan.JPG", (3,), NO_FORM)
    assert len(store.drafts()) == 1
    with pytest.raises(AlreadyTaken):
        store.keep(paper())


def test_a_file_that_failed_is_set_aside_and_may_be_taken_again(
    store: Store, paper: Paper, read: Read
) -> None:
    kept = store.keep(paper())
    store.set_aside(kept.sha256, Reason("encrypted"))
    assert [(aside.pages, aside.reason.code) for aside in store.aside()] == [((), "encrypted")]
    assert store.unread() == []
    again = store.keep(paper())
    assert (again.first_seen, again.done) == (False, True)
    store.add_drafts(again.sha256, [read(again)])
    assert store.aside() == []


def test_a_scan_whose_drafts_were_all_dropped_may_be_taken_again(
    store: Store, paper: Paper, read: Read
) -> None:
    kept = store.keep(paper())
    store.add_drafts(kept.sha256, [read(kept)])
    store.drop(1, "建档人", "照片重拍")
    assert store.drafts() == []
    assert [row.number for row in store.drafts(open_only=False)] == [1]
    assert store.keep(paper()).done
    assert store.add_drafts(kept.sha256, [read(kept)]) == [2]


def test_a_dropped_draft_cannot_be_dropped_or_settled_again(store: Store, paper: Paper, read: Read) -> None:
    kept = store.keep(paper())
    store.add_drafts(kept.sha256, [read(kept)])
    store.drop(1, "建档人", "")
    for again in (
        lambda: store.drop(1, "建档人", ""),
        lambda: store.settle(1, [], store.editions["invented"], "建档人"),
    ):
        with pytest.raises(Refused) as refusal:
            again()
        assert refusal.value.code == "draft_closed"


def test_a_scan_is_read_once_even_by_two_processes(store: Store, paper: Paper, read: Read) -> None:
    kept = store.keep(paper())
    store.add_drafts(kept.sha256, [read(kept)])
    with pytest.raises(AlreadyTaken) as refusal:
        store.add_drafts(kept.sha256, [read(kept)])
    assert refusal.value.facts["drafts"] == "1"
    with pytest.raises(AlreadyTaken):
        store.set_aside(kept.sha256, NO_FORM)
    assert len(store.drafts()) == 1
    assert store.aside() == []


def test_results_without_their_scan_are_refused_whole(store: Store, paper: Paper, read: Read) -> None:
    one, other = store.keep(paper()), store.keep(paper("b.jpg", b"other"))
    with pytest.raises(Refused) as refusal:
        store.add_drafts(one.sha256, [read(one), read(other)])
    assert refusal.value.code == "other_scan"
    assert store.drafts() == []
    assert len(store.unread()) == 2
    with pytest.raises(Refused) as refusal:
        store.add_drafts("0" * 64, [])
    assert refusal.value.code == "scan_not_kept"


def test_a_file_that_cannot_be_opened_leaves_nothing(store: Store, tmp_path: Path) -> None:
    for missing in (tmp_path / "nothing.jpg", tmp_path):
        with pytest.raises(Unreadable):
            store.keep(missing)
    assert store.scans() == []
    assert list(store.shelf.folder.iterdir()) == []


def test_a_lost_scan_comes_back_when_its_file_is_taken_again(store: Store, paper: Paper) -> None:
    kept = store.keep(paper())
    kept.path.unlink()
    assert store.keep(paper()).path.read_bytes() == b"paper"


def test_a_scan_placed_just_before_a_kill_is_taken_up(store: Store, paper: Paper) -> None:
    sha256 = checksum(paper())
    (store.shelf.folder / f"{sha256}.jpeg").write_bytes(b"paper")
    kept = store.keep(paper())
    assert (kept.first_seen, kept.path.name) == (True, f"{sha256}.jpeg")
    assert store.shelf.files() == [kept.path]


def test_a_name_that_is_no_suffix_is_left_off(store: Store, paper: Paper) -> None:
    assert store.keep(paper("scan.档案 ..")).path.name == checksum(paper())


def test_a_full_disk_in_the_middle_of_a_scan_leaves_nothing(
    store: Store, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(DiskFull):
            store.keep(paper())
    assert store.scans() == []
    assert list(store.shelf.folder.iterdir()) == []
    assert store.keep(paper()).first_seen


def test_a_database_without_room_stores_no_half_result(store: Store, paper: Paper, read: Read) -> None:
    kept = store.keep(paper())
    with store.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull):
        store.add_drafts(kept.sha256, [read(kept, remark="补" * 4000) for _ in range(20)])
    assert store.drafts() == []
    assert [scan.sha256 for scan in store.unread()] == [kept.sha256]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError) as refusal:
        Store.open(tmp_path / "file")
    assert refusal.value.code == "store_unreachable"


def test_two_processes_keep_the_same_files_at_once(home: Path, paper: Paper) -> None:
    files = [paper(f"{number}.jpg", b"%d" % number) for number in range(10)]
    assert ends(2, home, *files) == [0, 0]
    with Store.open(home) as store:
        assert sorted(scan.sha256 for scan in store.unread()) == sorted(checksum(file) for file in files)
        assert len(store.shelf.files()) == 10
