from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from records.archive import Event, Same, State
from records.drafts import Draft, Ink, Reading, Source
from records.editions import Edition
from records.errors import NoSuchRecord, NotSettled, Refused
from records.settling import Decision
from records.store import Store

WORKER, WORKER_15, WIFE = "330602196501010012", "330602650101001", "330602196605050027"
THEN = datetime(2016, 7, 13, 8, 30, tzinfo=UTC)
Paper = Callable[..., Path]
Read = Callable[..., Draft]
Doubtful = Callable[[object], Reading]


def _save(store: Store, number: int | None = None, why: str = "录入", **values: object) -> int:
    named = {path.replace("__", "."): value for path, value in ({"holder": "王小明"} | values).items()}
    edition = store.editions["invented"]
    return store.save(edition, named, "建档人", why, number=number).number  # type: ignore[arg-type]


def _take(store: Store, paper: Paper, read: Read, **values: object) -> int:
    kept = store.keep(paper(content=repr(values).encode()))
    return store.add_drafts(kept.sha256, [read(kept, **values)])[0]


def test_a_settled_draft_is_a_record_whose_every_value_knows_its_spot(
    store: Store, edition: Edition, paper: Paper, read: Read, doubtful: Doubtful
) -> None:
    number = _take(store, paper, read, grant=doubtful(Decimal("120.50")), remark=None)
    record = store.settle(number, [Decision("grant", Decimal("12.50"), "核对原件")], edition, "建档人", THEN)
    assert record == store.record(1)
    assert record.values == {
        "holder": "王小明",
        "holder_number": WORKER,
        "grant": Decimal("12.50"),
        "remark": None,
    }
    assert (record.edition, record.revision, record.created, record.changed) == ("invented", 1, THEN, THEN)
    assert record.ink == {"seal": Ink(True, 0.9, Source(1, (9, 9, 20, 20)))}
    sha256 = store.scans()[0].sha256
    assert store.history(1) == [
        Event(THEN, "建档人", 1, "holder", None, "王小明", "read", sha256, 1, (5, 6, 7, 8)),
        Event(THEN, "建档人", 1, "holder_number", None, WORKER, "read", sha256, 1, (5, 6, 7, 8)),
        Event(
            THEN,
            "建档人",
            1,
            "grant",
            Decimal("120.50"),
            Decimal("12.50"),
            "核对原件",
            sha256,
            1,
            (1, 2, 3, 4),
        ),
    ]
    (row,) = store.drafts(open_only=False)
    assert (row.record, row.closed) == (1, THEN)
    assert store.drafts() == []


def test_a_draft_that_cannot_be_settled_stays_in_waiting(
    store: Store, edition: Edition, paper: Paper, read: Read, doubtful: Doubtful
) -> None:
    number = _take(store, paper, read, remark=doubtful("x"))
    with pytest.raises(NotSettled):
        store.settle(number, [], edition, "建档人")
    assert store.records() == []
    assert [row.number for row in store.drafts()] == [number]


def test_overridden_errors_stand_in_the_history_with_the_reason(
    store: Store, edition: Edition, paper: Paper, read: Read
) -> None:
    number = _take(store, paper, read, holder=None)
    with pytest.raises(Refused) as refusal:
        store.settle(number, [], edition, "建档人")
    assert (refusal.value.code, refusal.value.facts["rules"]) == ("errors_stand", "required")
    store.settle(number, [], edition, "建档人", override_why="姓名待补")
    first = store.history(1)[0]
    assert (first.path, first.after, first.why) == ("", ("required",), "姓名待补")


def test_errors_keep_an_import_out_as_they_do_a_form(store: Store, edition: Edition) -> None:
    with pytest.raises(Refused) as refusal:
        store.save(edition, {"remark": "x"}, "导入", "导入")
    assert refusal.value.code == "errors_stand"
    saved = store.save(edition, {"remark": "x"}, "导入", "导入", override_why="旧档不全")
    assert store.history(saved.number)[0].why == "旧档不全"


def test_a_change_writes_history_only_for_what_differs(store: Store) -> None:
    number = _save(store, grant=Decimal(100), kin__0__called="李", kin__1__called="孙")
    _save(store, number, "电话更正", grant=Decimal("100.0"), kin__0__called="孙", remark="x")
    events = [event for event in store.history(number) if event.revision == 2]
    assert [(event.path, event.before, event.after, event.why) for event in events] == [
        ("kin.0.called", "李", "孙", "电话更正"),
        ("remark", None, "x", "电话更正"),
        ("kin.1.called", "孙", None, "电话更正"),
    ]
    assert store.record(number).revision == 2
    assert store.record(number).values == {
        "holder": "王小明",
        "grant": Decimal(100),
        "kin.0.called": "孙",
        "remark": "x",
    }


def test_a_change_of_nothing_is_no_revision(store: Store) -> None:
    number = _save(store, remark="x")
    before = store.record(number)
    _save(store, number, "再存", remark="x", grant=None)
    assert store.record(number) == before


def test_values_come_back_in_the_papers_order_and_kind(store: Store) -> None:
    values = {"remark": "x", "grounds": ("生病", "失业"), "kin__0__earns": Decimal(0)}
    found = store.record(_save(store, **values)).values
    assert list(found.items()) == [
        ("holder", "王小明"),
        ("grounds", ("生病", "失业")),
        ("kin.0.earns", Decimal(0)),
        ("remark", "x"),
    ]


def test_unknown_keys_and_other_editions_are_refused(store: Store, edition: Edition) -> None:
    with pytest.raises(Refused) as refusal:
        _save(store, shoe_size="43")
    assert (refusal.value.code, refusal.value.facts["what"]) == ("unknown_path", "shoe_size")
    number = _save(store)
    other = next(one for one in store.editions if one.key != "invented")
    with pytest.raises(Refused) as refusal:
        store.save(other, {}, "x", "y", number=number, override_why="z")
    assert refusal.value.code == "other_edition"


def test_a_record_that_is_not_there_is_said(store: Store) -> None:
    asks: list[Callable[[], object]] = [
        lambda: store.record(3),
        lambda: store.history(3),
        lambda: store.records([3]),
        lambda: _save(store, 3),
        lambda: store.move(3, "aid", "asked", date(2020, 1, 1), "x", "y"),
    ]
    for ask in asks:
        with pytest.raises(NoSuchRecord) as refusal:
            ask()
        assert refusal.value.facts == {"number": "3"}


def test_a_worker_has_one_record_unless_it_is_forced(store: Store, edition: Edition) -> None:
    first = _save(store, holder_number=WORKER_15)
    with pytest.raises(Refused) as refusal:
        _save(store, holder_number=WORKER)
    assert (refusal.value.code, refusal.value.facts) == ("same_worker", {"number": str(first)})
    values = {"holder": "王小明", "holder_number": WORKER}
    second = store.save(edition, values, "建档人", "分户", force=True)
    event = store.history(second.number)[0]
    assert (event.path, event.after, event.why) == ("", Decimal(first), "forced")
    assert _save(store, second.number, holder_number=WORKER, remark="x") == second.number


def test_a_worker_cannot_become_another_records_worker(store: Store) -> None:
    _save(store, holder_number=WORKER)
    other = _save(store, holder_number=WIFE)
    with pytest.raises(Refused) as refusal:
        _save(store, other, holder_number=WORKER)
    assert refusal.value.code == "same_worker"
    assert store.record(other).values["holder_number"] == WIFE


def test_a_refused_record_takes_no_number(store: Store) -> None:
    _save(store, holder_number=WORKER)
    with pytest.raises(Refused):
        _save(store, holder_number=WORKER)
    assert _save(store) == 2


def test_an_overlap_of_households_is_shown_and_not_refused(store: Store) -> None:
    first = _save(store, holder_number=WORKER, kin__0__number=WIFE)
    second = _save(store, holder_number=WIFE, kin__0__number=WORKER_15)
    found = store.same_person({"holder_number": WIFE, "kin.0.number": WORKER_15}, except_number=second)
    assert found == [
        Same(first, "kin.0.number", "holder_number"),
        Same(first, "holder_number", "kin.0.number"),
    ]
    assert store.same_person({"kin.3.number": WORKER}) == [
        Same(first, "kin.3.number", "holder_number"),
        Same(second, "kin.3.number", "kin.0.number"),
    ]
    assert store.same_person({"holder_number": None, "holder": "王小明"}) == []


def test_a_person_who_left_the_household_is_not_found_there(store: Store) -> None:
    number = _save(store, kin__0__number=WIFE)
    _save(store, number, kin__0__number=None)
    assert store.same_person({"x": WIFE}) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("王", [1, 2]),
        ("小明", [1]),
        ("19650101", [1]),
        ("33060265", [2]),
        ("王 生病", [2]),
        ("生病 失业 王", [2]),
        ("生病 小明", []),
        ("ＡＢＣ有限公司", [1]),
        ("abc", [1]),
        ("1200.5", [2]),
        ("100%", [3]),
        ("0_", [3]),
        ("%", [3]),
        ("\\", [3]),
        ("'", [3]),
        ("2", [2, 1, 3]),
        ("", [1, 2, 3]),
        ("无此人", []),
        ("9" * 30, []),
    ],
)
def test_search_finds_any_part_of_any_value(store: Store, asked: str, found: list[int]) -> None:
    _save(store, holder_number=WORKER, remark="绍兴 Abc 有限公司2")
    _save(
        store,
        holder="王二",
        holder_number=WIFE[:6] + "650101002",
        grounds=("生病", "失业"),
        grant=Decimal("1200.5"),
    )
    _save(store, holder="李四", remark="残疾100%\\0_'2")
    assert [record.number for record in store.search(asked)] == found


def test_many_records_are_found_at_once_in_the_order_asked(store: Store) -> None:
    numbers = [_save(store, remark=str(index)) for index in range(1, 9)]
    assert [record.number for record in store.records()] == numbers
    assert [record.values["remark"] for record in store.records([7, 2])] == ["7", "2"]


def test_a_move_is_a_state_and_a_line_of_history(store: Store) -> None:
    number = _save(store)
    store.move(number, "aid", "asked", date(2016, 7, 13), "本人申请", "建档人")
    record = store.move(number, "aid", "given", date(2016, 8, 1), "审批", "审核人")
    assert record.states == {"aid": State("given", date(2016, 8, 1), "审批", "审核人")}
    last = store.history(number)[-1]
    assert (last.path, last.before, last.after, last.on) == ("state:aid", "asked", "given", date(2016, 8, 1))
    assert (last.who, last.why) == ("审核人", "审批")


def test_a_move_that_the_process_does_not_know_is_refused(store: Store) -> None:
    number = _save(store)
    for process, state in (("aid", "given"), ("aid", "lost"), ("none", "asked")):
        with pytest.raises(Refused):
            store.move(number, process, state, date(2016, 7, 13), "x", "y")
    assert store.record(number).states == {}


@pytest.mark.parametrize("statement", ["UPDATE events SET after_json = 'null'", "DELETE FROM events"])
def test_the_database_itself_refuses_to_change_history(store: Store, statement: str) -> None:
    number = _save(store)
    with pytest.raises(DBAPIError, match="append-only"), store.database.engine.begin() as connection:
        connection.execute(text(statement))
    assert store.history(number)[0].after == "王小明"


def test_no_identity_number_gets_into_a_database_error(store: Store) -> None:
    with pytest.raises(DBAPIError) as error, store.database.engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:number)"), {"number": WORKER})
    assert WORKER not in str(error.value)
