"""Sheets that come back signed: filed with their record, and only what was changed left to a clerk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from records.archive import Record
from records.codes import Return, Standing, code_of
from records.drafts import Draft, Ink, Origin, Reading, Source, Unmatched
from records.editions import load_editions
from records.errors import AlreadyTaken, Refused
from records.findings import Reason
from records.settling import Decision
from records.store import Store

EDITION = load_editions()["henan-2016"]
SPOT = Source(1, (5, 6, 7, 8))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def record(archive: Store) -> Record:
    values = {"name": "张三", "address": "新华街1号", "helper_title": "主席"}
    return archive.save(EDITION, values, "建档人", "录入", override_why="试")


def returned(record: Record, standing: Standing = Standing.CURRENT) -> Return:
    code = code_of(EDITION.key, "archive", record.number, record.revision, record.values)
    return Return(code, standing, "archive", 1)


def a_draft(record: Record, sha256: str, *, changed: bool, standing: Standing = Standing.CURRENT) -> Draft:
    address = Reading("新华街2号", review=True, reasons=(Reason("differs_from_printed"),), source=SPOT)
    return Draft(
        EDITION.key,
        {"name": Reading("张三", source=SPOT), "address": address if changed else Reading("新华街1号")},
        ink={"worker_signature": Ink(True, 0.9, SPOT)},
        origin=Origin("签回.jpg", sha256, (1,)),
        returns=(returned(record, standing),),
    )


def kept(archive: Store, tmp_path: Path, content: bytes = b"paper") -> str:
    file = tmp_path / "签回.jpg"
    file.write_bytes(content)
    return archive.keep(file).sha256


def test_a_sheet_as_printed_is_filed_and_leaves_no_draft(
    archive: Store, record: Record, tmp_path: Path
) -> None:
    sha256 = kept(archive, tmp_path)
    assert archive.add_drafts(sha256, [a_draft(record, sha256, changed=False)], "收件人") == []
    assert archive.drafts(open_only=False) == []
    [copy] = archive.copies(record.number)
    assert (copy.revision, copy.document, copy.sheet, copy.file, copy.page) == (
        1,
        "archive",
        0,
        "签回.jpg",
        1,
    )
    assert copy.ink["worker_signature"].present
    told = archive.history(record.number)[-1]
    assert (told.why, told.who, told.sha256) == ("signed_copy", "收件人", sha256)
    assert archive.record(record.number).revision == 1
    with pytest.raises(AlreadyTaken) as refusal:
        archive.keep(tmp_path / "签回.jpg")
    assert refusal.value.facts["records"] == str(record.number)


def test_what_was_changed_goes_to_the_same_record_once_it_is_settled(
    archive: Store, record: Record, tmp_path: Path
) -> None:
    sha256 = kept(archive, tmp_path)
    [number] = archive.add_drafts(sha256, [a_draft(record, sha256, changed=True)])
    assert archive.draft(number).record == record.number
    settled = archive.settle(number, [Decision("address", "新华街2号")], EDITION, "核对人", override_why="试")
    assert (settled.number, settled.revision) == (record.number, 2)
    assert dict(settled.values) == {"name": "张三", "address": "新华街2号", "helper_title": "主席"}
    changes = [event for event in archive.history(record.number) if event.revision == 2 and event.path]
    [change] = changes
    assert (change.path, change.before, change.after, change.sha256, change.box) == (
        "address", "新华街1号", "新华街2号", sha256, (5, 6, 7, 8)
    )  # fmt: skip
    assert len(archive.records()) == 1


def test_what_turns_out_to_be_as_printed_changes_nothing(
    archive: Store, record: Record, tmp_path: Path
) -> None:
    sha256 = kept(archive, tmp_path)
    [number] = archive.add_drafts(sha256, [a_draft(record, sha256, changed=True)])
    settled = archive.settle(number, [Decision("address", "新华街1号")], EDITION, "核对人", override_why="试")
    assert settled.revision == 1 and archive.drafts() == []


def test_a_record_that_moved_on_is_not_overwritten(archive: Store, record: Record, tmp_path: Path) -> None:
    sha256 = kept(archive, tmp_path)
    [number] = archive.add_drafts(sha256, [a_draft(record, sha256, changed=True)])
    values = dict(record.values) | {"address": "建设路9号"}
    archive.save(EDITION, values, "改", "搬家", number=record.number, override_why="试")
    with pytest.raises(Refused) as refusal:
        archive.settle(number, [Decision("address", "新华街2号")], EDITION, "核对人", override_why="试")
    assert refusal.value.code == "record_moved_on"
    assert archive.record(record.number).values["address"] == "建设路9号"


def test_a_stale_sheet_is_a_draft_like_any_other(archive: Store, record: Record, tmp_path: Path) -> None:
    sha256 = kept(archive, tmp_path)
    stale = a_draft(record, sha256, changed=False, standing=Standing.STALE)
    [number] = archive.add_drafts(sha256, [stale])
    assert archive.draft(number) == stale and archive.draft(number).record is None
    assert archive.copies(record.number) == []


def test_a_page_that_is_no_form_is_filed_by_its_code_and_not_set_aside(
    archive: Store, record: Record, tmp_path: Path
) -> None:
    sha256 = kept(archive, tmp_path)
    page = Unmatched(Origin("签回.jpg", sha256, (1,)), Reason("no_table"), (returned(record),))
    assert archive.add_drafts(sha256, [page]) == []
    assert archive.aside() == [] and len(archive.copies(record.number)) == 1
