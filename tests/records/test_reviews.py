"""Reviews in the store: decisions one by one, claims, filing, sending back, approving by somebody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from records.archive import Record
from records.codes import Return, Standing, code_of
from records.drafts import Draft, Origin, Reading, Source
from records.editions import load_editions
from records.errors import DanganError, NoSuchDraft, NotSettled
from records.findings import Reason
from records.review_store import Reviews
from records.reviews import Hand, Stage
from records.settling import Decision
from records.store import Store
from tests.desk.test_review import KEY, SOUND, SPOT, doubt

EDITION = load_editions()[KEY]
CLERK, OTHER, BOSS = Hand("王经办", 1), Hand("李经办", 2), Hand("赵审核", 3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home") as opened:
        yield opened


def put(store: Store, tmp_path: Path, unit: str = "", **readings: Reading) -> int:
    file = tmp_path / f"{len(store.scans())}.jpg"
    file.write_bytes(file.name.encode())
    kept = store.keep(file, unit=unit)
    sound = {path: Reading(value, str(value), 0.99, source=SPOT) for path, value in SOUND.items()}
    draft = Draft(KEY, sound | readings, origin=Origin(file.name, kept.sha256, (1,)))
    return store.add_drafts(kept.sha256, [draft])[0]


@pytest.fixture
def number(store: Store, tmp_path: Path) -> int:
    return put(store, tmp_path, name=doubt("林海王", "林海生"))


def refused(code: str) -> pytest.RaisesExc[DanganError]:
    return pytest.raises(DanganError, match=code)


def filed(store: Store, number: int) -> None:
    store.reviews.decide(number, "name", "林海生", CLERK)
    assert store.reviews.file(number, EDITION, CLERK) is None


def approved(store: Store, number: int) -> Record:
    return store.reviews.approve(number, EDITION, BOSS)


def test_a_draft_waits_is_filed_and_becomes_a_record_by_somebody_else(store: Store, number: int) -> None:
    assert store.reviews.review(number).stage is Stage.WAITING
    filed(store, number)
    review = store.reviews.review(number)
    assert (review.stage, review.filed_by, review.open_by) == (Stage.FILED, CLERK, None)
    record = approved(store, number)
    history = {(event.who, event.path, event.why) for event in store.history(record.number)}
    assert {("王经办", "name", "decided"), ("王经办", "phone", "read"), ("赵审核", "", "approved")} <= history
    assert (record.values["name"], record.revision) == ("林海生", 1)
    assert store.draft_row(number).record == record.number
    assert store.reviews.states() == {}
    assert store.reviews.decisions(number).all == []


def test_nobody_approves_what_he_filed_himself(store: Store, number: int) -> None:
    filed(store, number)
    for same in (CLERK, Hand("王 经办", 1), Hand("王经办", 9)):
        with refused("same_two_people"):
            store.reviews.approve(number, EDITION, same)
    assert store.records() == []


def test_an_office_of_one_person_stores_at_once(store: Store, number: int) -> None:
    store.reviews.decide(number, "name", "林海生", CLERK)
    record = store.reviews.file(number, EDITION, CLERK, two_people=False)
    assert record is not None
    assert {event.who for event in store.history(record.number)} == {"王经办"}


def test_what_is_not_settled_cannot_be_filed(store: Store, number: int, tmp_path: Path) -> None:
    with pytest.raises(NotSettled, match="name"):
        store.reviews.file(number, EDITION, CLERK)
    store.reviews.decide(number, "birth_date", None, CLERK, text="前年")
    store.reviews.decide(number, "name", "林海生", CLERK)
    with pytest.raises(NotSettled, match="birth_date"):
        store.reviews.file(number, EDITION, CLERK)
    wrong = put(store, tmp_path, gender=Reading("女"))
    with refused("errors_stand"):
        store.reviews.file(wrong, EDITION, CLERK)
    store.reviews.file(wrong, EDITION, CLERK, "证件如此")
    assert store.reviews.review(wrong).override_why == "证件如此"
    whys = {event.why for event in store.history(approved(store, wrong).number)}
    assert {"证件如此", "approved"} <= whys


def test_a_second_archive_of_the_same_worker_is_told_when_filing(
    store: Store, number: int, tmp_path: Path
) -> None:
    filed(store, number)
    approved(store, number)
    second = put(store, tmp_path)
    with refused("same_worker"):
        store.reviews.file(second, EDITION, CLERK)
    store.reviews.file(second, EDITION, CLERK, force=True)
    assert approved(store, second).number == 2


def test_corrections_of_whoever_approves_are_a_revision_of_his_own(store: Store, number: int) -> None:
    filed(store, number)
    with refused("draft_filed"):
        store.reviews.decide(number, "name", "林海山", CLERK)
    store.reviews.decide(number, "name", "林海山", BOSS)
    store.reviews.decide(number, "phone", "0575-88880000", BOSS)
    store.reviews.undecide(number, "phone", BOSS)
    record = approved(store, number)
    told = [
        (one.revision, one.who, one.before, one.after, one.why)
        for one in store.history(record.number)
        if one.path == "name"
    ]
    assert told == [
        (1, "王经办", "林海王", "林海生", "decided"),
        (2, "赵审核", "林海生", "林海山", "corrected"),
    ]
    [pace] = store.reviews.paces()
    assert (pace.corrected, pace.changed, pace.doubts, pace.approved_by) == (1, 1, 1, "赵审核")


def test_what_is_sent_back_waits_again_with_its_decisions_and_the_reason(store: Store, number: int) -> None:
    filed(store, number)
    with refused("why_wanted"):
        store.reviews.send_back(number, BOSS, " ")
    store.reviews.decide(number, "name", "林海山", BOSS)
    store.reviews.send_back(number, BOSS, "姓名看不清")
    review = store.reviews.review(number)
    assert (review.stage, review.sent_back_by, review.sent_back_why) == (
        Stage.SENT_BACK, "赵审核", "姓名看不清")  # fmt: skip
    assert store.reviews.decisions(number).all == [Decision("name", "林海生")]
    with refused("draft_not_filed"):
        approved(store, number)
    filed(store, number)
    approved(store, number)
    assert store.reviews.paces()[0].sent_back == 1


def test_whoever_filed_may_take_it_back(store: Store, number: int) -> None:
    filed(store, number)
    store.reviews.claim(number, BOSS)
    store.reviews.decide(number, "phone", "0575-88889999", BOSS)
    with refused("draft_claimed"):
        store.reviews.send_back(number, CLERK, "")
    assert store.reviews.decisions(number).correcting
    store.reviews.release(number, BOSS)
    store.reviews.send_back(number, CLERK, "")
    assert store.reviews.review(number).stage is Stage.WAITING


def test_one_person_at_a_time_until_he_is_gone_for_a_while(store: Store, number: int) -> None:
    now = datetime.now(UTC)
    reviews = Reviews(store.database, store, lambda: now)
    reviews.claim(number, CLERK)
    later = Reviews(store.database, store, lambda: now + timedelta(minutes=4))
    for refuse in (
        lambda: reviews.claim(number, OTHER),
        lambda: reviews.decide(number, "name", "林海生", OTHER),
        lambda: reviews.file(number, EDITION, OTHER),
    ):
        with refused("draft_claimed"):
            refuse()
    assert reviews.review(number).open_by == CLERK
    assert later.review(number).open_by is None
    assert later.claim(number, OTHER).open_by == OTHER
    assert reviews.claim(number, CLERK, force=True).open_by == CLERK
    reviews.release(number, OTHER)
    assert reviews.review(number).open_by == CLERK
    reviews.release(number, CLERK)
    assert reviews.review(number).open_by is None


def test_the_time_of_work_is_counted_without_pauses(store: Store, number: int) -> None:
    start = datetime.now(UTC)

    def at(minutes: float) -> Reviews:
        return Reviews(store.database, store, lambda: start + timedelta(minutes=minutes))

    at(0).claim(number, CLERK)
    at(1).decide(number, "name", "林海生", CLERK)
    for idle in range(2, 11):
        at(idle).claim(number, CLERK)
    at(11).decide(number, "phone", "0575-88881234", CLERK)
    at(11.5).file(number, EDITION, CLERK)
    [pace] = store.reviews.paces()
    assert pace.seconds == 90
    assert pace.filed - pace.opened == timedelta(minutes=11.5)


def test_a_moment_of_work_counts_once_however_many_drafts_are_open(
    store: Store, number: int, tmp_path: Path
) -> None:
    start = datetime.now(UTC)
    numbers = [number, *(put(store, tmp_path) for _ in range(3))]

    def at(seconds: float) -> Reviews:
        return Reviews(store.database, store, lambda: start + timedelta(seconds=seconds))

    at(0).claim(numbers[0], CLERK)
    at(0).claim(numbers[1], CLERK)
    for place in range(6):
        at(10 * place + 10).decide(numbers[place % 2], "name", "林海生", CLERK)
    assert at(60).last_sign(CLERK) == start + timedelta(seconds=60)
    # A screen of all four, shown at 70, after which nothing else was decided until 91.
    for one in numbers:
        at(91).decide(one, "phone", "0575-88881234", CLERK, timed=False)
    at(91).share(numbers, start + timedelta(seconds=70))
    for one in numbers:
        at(95).file(one, EDITION, CLERK, force=True)
    at(400).share(numbers, start + timedelta(seconds=70))
    paces = store.reviews.paces()
    assert sum(one.seconds for one in paces) == 60 + 21 + 4
    assert sorted(one.seconds for one in paces) == [5, 5, 35, 40]


def test_a_moment_counts_once_where_one_person_settles_alone(
    store: Store, number: int, tmp_path: Path
) -> None:
    start, other = datetime.now(UTC), put(store, tmp_path, name=doubt("林海王", "林海生"))

    def at(seconds: float) -> Reviews:
        return Reviews(store.database, store, lambda: start + timedelta(seconds=seconds))

    at(0).claim(other, CLERK)
    at(1).decide(other, "phone", "0575-88881234", CLERK)
    at(2).claim(number, CLERK)
    at(60).decide(number, "name", "林海生", CLERK)
    assert at(100).file(number, EDITION, CLERK, two_people=False) is not None
    at(101).decide(other, "name", "林海王", CLERK)
    assert at(105).file(other, EDITION, CLERK, force=True, two_people=False) is not None
    assert {one.draft: one.seconds for one in store.reviews.paces()} == {number: 98, other: 1 + 1 + 4}


def test_what_is_passed_by_is_told_so(store: Store, number: int) -> None:
    store.reviews.skip(number, CLERK, "等本人补材料")
    review = store.reviews.review(number)
    assert (review.skipped_why, review.skipped_at is not None) == ("等本人补材料", True)


def test_a_draft_that_waits_for_approval_is_settled_by_nobody_else(store: Store, number: int) -> None:
    filed(store, number)
    with refused("draft_filed"):
        store.settle(number, [Decision("name", "林海生")], EDITION, "王经办")


def test_a_dropped_draft_leaves_no_decision(store: Store, number: int) -> None:
    store.reviews.decide(number, "name", "林海生", CLERK)
    store.drop(number, "王经办", "扫错了")
    assert store.reviews.decisions(number).all == []
    with refused("draft_closed"):
        store.reviews.decide(number, "name", "林海生", CLERK)
    with pytest.raises(NoSuchDraft):
        store.reviews.claim(99, CLERK)
    with pytest.raises(NoSuchDraft):
        store.reviews.review(99)


def test_a_path_that_the_form_does_not_know_is_refused_but_a_whole_row_may_go(
    store: Store, number: int
) -> None:
    with refused("unknown_path"):
        store.reviews.decide(number, "nonsense", "1", CLERK)
    with refused("unknown_path"):
        store.reviews.decide(number, "name.1", None, CLERK)
    with refused("unknown_path"):
        store.reviews.decide(number, EDITION.tables[0].key, None, CLERK)
    store.reviews.decide(number, f"{EDITION.tables[0].key}.0", None, CLERK)


def test_what_stands_in_a_row_is_decided_whole_or_not_at_all(store: Store, number: int) -> None:
    with refused("unknown_path"):
        store.reviews.decide_all(number, {"name": "林海生", "nonsense": "1"}, CLERK)
    assert store.reviews.decisions(number).all == []
    store.reviews.decide_all(number, {"name": "林海生", "phone": "0575-88889999"}, CLERK)
    assert {one.path for one in store.reviews.decisions(number).all} == {"name", "phone"}


def test_a_returned_sheet_is_corrected_and_approved_into_its_record(store: Store, tmp_path: Path) -> None:
    record = store.save(EDITION, SOUND | {"remarks": "旧"} if EDITION.has("remarks") else SOUND, "甲", "录入")
    code = code_of(KEY, "archive", record.number, record.revision, record.values)
    file = tmp_path / "back.jpg"
    file.write_bytes(b"back")
    sha256 = store.keep(file).sha256
    changed = Reading(
        "0575-88880001", review=True, reasons=(Reason("differs_from_printed"),), source=Source(1)
    )
    draft = Draft(KEY, {"phone": changed}, origin=Origin(file.name, sha256, (1,)),
                  returns=(Return(code, Standing.CURRENT, "archive", 1),))  # fmt: skip
    [number] = store.add_drafts(sha256, [draft])
    store.reviews.decide(number, "phone", "0575-88880002", CLERK)
    store.reviews.file(number, EDITION, CLERK, "照原件")
    store.reviews.decide(number, "phone", "0575-88880003", BOSS)
    done = approved(store, number)
    assert (done.number, done.values["phone"]) == (record.number, "0575-88880003")
    assert {path: done.values[path] for path in SOUND if path != "phone"} == {
        path: value for path, value in SOUND.items() if path != "phone"
    }
    assert [(one.revision, one.who) for one in store.history(record.number) if one.path == "phone"][1:] == [
        (2, "王经办"), (3, "赵审核")]  # fmt: skip


def test_decisions_in_files_of_older_programs_come_into_the_store(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.open(home) as store:
        number = put(store, tmp_path, name=doubt("林海王"))
    folder = home / "review"
    folder.mkdir()
    (folder / f"draft-{number}.json").write_text(json.dumps([["name", '"林海生"', ""]]), encoding="utf-8")
    (folder / "draft-77.json").write_text(json.dumps([["name", '"甲"', ""]]), encoding="utf-8")
    (folder / "draft-x.json").write_text("broken", encoding="utf-8")
    with Store.open(home) as store:
        assert store.reviews.decisions(number).all == [Decision("name", "林海生")]
    assert [file.name for file in folder.iterdir()] == ["draft-x.json"]


def test_hands_are_told_apart_by_account_and_by_name() -> None:
    assert CLERK.is_same(replace(CLERK, name="改名"))
    assert CLERK.is_same(Hand("王经办"))
    assert not CLERK.is_same(OTHER)
    assert not Hand("甲").is_same(Hand("乙"))
