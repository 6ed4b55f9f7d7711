"""Records carried over to another edition, in the store."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import records.migrations
from records.carry_over import carry_over, load_carry_over
from records.drafts import Draft, Forerunner
from records.editions import Editions, load_editions
from records.errors import NoSuchRecord, Refused
from records.sanity import sanity
from records.settling import Decision
from records.store import Store
from records.values import Value

EDITIONS = load_editions()
OLD, NEW = EDITIONS["shaoxing-2010"], EDITIONS["henan-2016"]
VALUES: dict[str, Value] = {
    "name": "林海生",
    "gender": "男",
    "id_number": "330602650101001",
    "birth_date": "1965-01-01",
    "causes": ("子女上学",),
}


@pytest.fixture
def editions() -> Editions:
    return EDITIONS


def put_old(store: Store, **more: Value) -> int:
    return store.save(OLD, VALUES | more, "建档人", "录入", force=True).number


def draft_of(store: Store, number: int) -> Draft:
    record = store.record(number)
    before = Forerunner(number, record.edition, record.revision)
    return carry_over(load_carry_over(OLD, NEW), record.values, before).draft


def settled(store: Store, draft: int, **decided: Value) -> int:
    blanks = dict.fromkeys(store.draft(draft).doubtful)
    answers = blanks | {"id_number": "330602196501010012"} | decided
    decisions = [Decision(path, value) for path, value in answers.items()]
    return store.settle(draft, decisions, NEW, "经办人", override_why="尚缺材料").number


def test_the_new_record_knows_the_old_one_which_stays_as_it_was(store: Store) -> None:
    old = put_old(store)
    before, history = store.record(old), store.history(old)
    new = settled(store, store.carry(draft_of(store, old)))
    assert (store.record(old), store.history(old)) == (before, history)
    whole, *others = store.history(new)
    assert (whole.path, whole.why, whole.after, whole.sha256) == ("", "carried_over", Decimal(old), None)
    assert {event.path: event.why for event in others if event.path}["name"] == "carried"
    assert store.record(new).edition == NEW.key
    assert [row.forerunner for row in store.drafts(open_only=False)] == [old]
    assert sanity(store) == []


def test_a_carried_draft_waits_like_any_other_and_is_the_same_the_second_time(store: Store) -> None:
    old = put_old(store)
    number = store.carry(draft_of(store, old))
    assert store.carry(draft_of(store, old)) == number
    [row] = store.drafts()
    assert (row.number, row.name, row.file, row.sha256, row.forerunner) == (number, "林海生", "", "", old)
    assert store.draft(number) == draft_of(store, old)


def test_a_draft_that_says_something_else_is_not_lost_to_a_newer_one(store: Store) -> None:
    old = put_old(store)
    number = store.carry(draft_of(store, old))
    store.save(OLD, VALUES | {"name": "林海"}, "建档人", "更正", number=old)
    with pytest.raises(Refused) as refusal:
        store.carry(draft_of(store, old))
    assert (refusal.value.code, refusal.value.facts["draft"]) == ("carried_differently", str(number))
    store.drop(number, "经办人", "原档案有变")
    assert store.carry(draft_of(store, old)) == number + 1


def test_a_record_is_carried_over_to_an_edition_once(store: Store) -> None:
    old = put_old(store)
    new = settled(store, store.carry(draft_of(store, old)))
    with pytest.raises(Refused) as refusal:
        store.carry(draft_of(store, old))
    assert (refusal.value.code, refusal.value.facts["record"]) == ("carried_already", str(new))


def test_another_archive_of_the_worker_in_the_new_edition_still_refuses(store: Store) -> None:
    old = put_old(store)
    first = store.save(NEW, {"id_number": "330602196501010012"}, "x", "y", override_why="z", force=True)
    draft = store.carry(draft_of(store, old))
    with pytest.raises(Refused) as refusal:
        settled(store, draft)
    assert (refusal.value.code, refusal.value.facts["number"]) == ("same_worker", str(first.number))


def test_both_editions_of_one_archive_can_be_corrected_afterwards(store: Store) -> None:
    old = put_old(store)
    new = settled(store, store.carry(draft_of(store, old)))
    late = "330602196501010039"
    values = dict(store.record(new).values) | {"id_number": late}
    store.save(NEW, values, "经办人", "换号", number=new, override_why="尚缺材料")
    store.save(OLD, VALUES | {"id_number": late}, "经办人", "换号", number=old)
    assert [store.record(number).values["id_number"] for number in (old, new)] == [late, late]


def test_only_a_draft_of_a_record_that_is_there_is_carried(store: Store) -> None:
    put_old(store)
    draft = draft_of(store, 1)
    with pytest.raises(Refused) as refusal:
        store.carry(Draft(NEW.key, draft.readings))
    assert refusal.value.code == "no_forerunner"
    with pytest.raises(NoSuchRecord):
        store.carry(Draft(NEW.key, draft.readings, forerunner=Forerunner(9, OLD.key, 1)))


def test_drafts_of_an_older_store_keep_their_paper(home: Path, editions: Editions) -> None:
    home.mkdir()
    config = Config()
    config.set_main_option("script_location", str(next(iter(records.migrations.__path__))))
    engine = create_engine(f"sqlite:///{home / 'dangan.sqlite'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO scans VALUES ('a1', 'scan.jpg', 'a1.jpg', 3, '2026-01-01', NULL)")
        )
        told = json.dumps({"edition": NEW.key, "readings": {}, "ink": {}, "findings": [], "origin": None})
        connection.execute(
            text("INSERT INTO drafts VALUES (4,'a1','[1]','x','林海生',0,:day,:told,NULL,NULL,NULL,NULL)"),
            {"day": "2026-01-01 00:00:00", "told": told},
        )
    engine.dispose()
    with Store.open(home, editions=editions) as store:
        [row] = store.drafts()
        assert (row.number, row.sha256, row.name, row.forerunner) == (4, "a1", "林海生", None)
        assert store.draft(4) == Draft(NEW.key, {})
        assert store.database.faults() == []
