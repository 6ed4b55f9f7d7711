"""The index: by what a record is found, in which order, and which work lists it stands in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update

from records import pinyin
from records.editions import Editions, load_editions
from records.index import Term, parts
from records.index_store import Asked, WorkList
from records.lookalike import shape
from records.medical import MedicalCase
from records.store import Store
from records.tables import IndexParts, IndexRows, IndexTerms, IndexWords, Marks, RecordTerms
from records.values import Value

EDITIONS = load_editions()
FIRST, SECOND = EDITIONS["henan-2016"], EDITIONS["shaoxing-2010"]
WORKER: dict[str, Value] = {
    "name": "曾国强",
    "id_number": "330602196501010012",
    "employer": "绍兴市第一棉纺织厂",
    "registered_region": "河南省郑州市金水区",
    "mobile": "13912345678",
    "primary_cause": "子女上学",
    "family.0.name": "佘小燕",
    "family.0.relation": "妻子",
    "family.0.id_number": "41010519670203002X",
}


@pytest.fixture
def editions() -> Editions:
    return EDITIONS


def put(store: Store, unit: str = "", **more: Value) -> int:
    saved = store.save(FIRST, WORKER | more, "王经办", "录入", override_why="试", force=True, unit=unit)
    return saved.number


def found(store: Store, words: str, unit: str = "") -> list[int]:
    return [row.record for row in store.index.find(Asked(words), unit).rows]


@pytest.mark.parametrize(
    "words",
    [
        *("曾国强", "曾", "国强", "强", "zengguoqiang", "zeng", "cengguo", "zgq", "guoqiang", "ZENG guo"),
        *("曾国", "佘小燕", "余小燕", "佘", "shexiaoyan", "sxy", "小燕"),
        *("330602196501010012", "330602", "19650101", "0012", "41010519670203002x", "002X"),
        *("棉纺织", "绍兴市", "郑州市", "金水区", "子女上学", "13912345678", "139", "困难职工档案表"),
        *("曾 棉纺", "棉纺 曾", "zgq 1965", "曾国强 佘小燕 子女"),
    ],
)
def test_a_record_is_found_by_what_a_clerk_types(store: Store, words: str) -> None:
    number = put(store)
    put(
        store,
        name="李明",
        id_number="410105198003040015",
        employer="粮食局",
        registered_region="绍兴市越城区",
        mobile=None,
        primary_cause="下岗失业",
        **dict.fromkeys([key for key in WORKER if key.startswith("family")]),
    )
    assert found(store, words)[0] == number
    assert found(store, f"{words} 查无此人") == []


def test_a_record_is_found_by_its_number_before_all_others(store: Store) -> None:
    numbers = [put(store, mobile=f"1391234567{place}") for place in range(3)]
    assert found(store, str(numbers[2]))[0] == numbers[2]


def test_the_likeliest_comes_first(store: Store) -> None:
    alike = put(store, name="佘明")
    member = put(store, name="王一", **{"family.0.name": "余明"})
    longer = put(store, name="余明亮")
    exact = put(store, name="余明")
    part = put(store, name="李余明")
    assert found(store, "余明") == [exact, longer, part, member, alike]


def test_characters_that_look_alike_are_made_one() -> None:
    assert shape("佘未") == shape("余末")
    assert shape("余明") != shape("余亮")


def test_surnames_are_read_in_every_way() -> None:
    assert {reading[0] for reading in pinyin.readings("单明")} >= {"shan", "dan"}
    assert pinyin.readings("吕")[0] == ("lv",)
    assert pinyin.typed("lü") == "lv"
    assert pinyin.readings("ABC") == ()


def test_filters_are_terms_and_all_have_to_fit(store: Store) -> None:
    first = put(store)
    put(store, primary_cause="下岗失业")
    cause, place = Term("causes", "子女上学"), Term("regions", "郑州市")
    assert [row.record for row in store.index.find(Asked("", (cause, place))).rows] == [first]
    assert [row.record for row in store.index.find(Asked("曾", (cause,))).rows] == [first]
    assert store.index.find(Asked("", (place,))).count == 2
    assert store.index.terms(["causes"]) == [Term("causes", "下岗失业"), Term("causes", "子女上学")]


HOME: dict[str, Value] = {
    "address": "浙江省绍兴市越城区人民路12号院3号楼",
    "remarks": "女儿就读文理学院，Ｘ光100%_自费",
    "disability": "肢体三级",
}


@pytest.mark.parametrize(
    "words",
    [
        *("人民路", "人民路12号院", "路", "楼", "3号楼", "12", "女儿就读", "文理学院", "学院", "自费"),
        *(
            "x光",
            "100%",
            "%_自",
            "曾 人民路",
            "人民路 自费",
            "zgq 学院",
            "0012 人民路",
            "子女 12号 女儿 曾国",
        ),
    ],
)
def test_a_record_is_found_by_its_address_and_remarks(store: Store, words: str) -> None:
    number = put(store, **HOME)
    put(store, address="河南省郑州市金水区花园街7号", remarks="租住", name="李明", primary_cause="下岗失业")
    assert found(store, words) == [number]


@pytest.mark.parametrize("words", ["人民街", "路人", "100_", "肢体三级", "三级", "号楼女儿", "曾 街"])
def test_what_does_not_stand_there_or_is_private_finds_nothing(store: Store, words: str) -> None:
    put(store, **HOME)
    assert found(store, words) == []


def test_who_has_an_illness_is_neither_found_nor_chosen_by_it(store: Store) -> None:
    ill: dict[str, Value] = {"name": "李明", "health": "尿毒症"}
    number = store.save(SECOND, ill, "王经办", "录入", override_why="试", force=True).number
    assert found(store, "李明") == [number]
    assert found(store, "尿毒症") == found(store, "李明 尿毒症") == []
    assert store.index.terms(["health"]) == []
    assert store.index.find(Asked("", (Term("health", "尿毒症"),))).count == 0


def test_marks_that_sound_like_nothing_find_nothing(store: Store) -> None:
    number = put(store)
    assert found(store, "'") == found(store, "''") == found(store, "曾 '") == []
    assert found(store, "guo'qiang") == [number]


def test_an_address_that_was_changed_is_found_no_more_and_the_new_one_is(store: Store) -> None:
    number, other = put(store, **HOME), put(store, **HOME)
    values = WORKER | HOME | {"address": "绍兴市柯桥区笛扬路8号", "id_number": "330602196501010020"}
    store.save(FIRST, values, "王经办", "搬家", number=number, override_why="试", force=True)
    assert found(store, "人民路") == found(store, "010012") == [other]
    assert found(store, "笛扬路") == found(store, "010020") == [number]
    with store.database.reading() as session:
        runs = set(map(tuple, session.execute(select(IndexParts.sort, IndexParts.part, IndexParts.record))))
        rows = session.execute(select(IndexRows.numbers, IndexRows.said, IndexRows.record))
        assert runs == {(*run, at) for numbers, said, at in rows for run in parts(numbers, said)}


@pytest.mark.parametrize("number", ["330602196501010012", "41010519670203002X"])
def test_any_four_digits_or_more_of_an_identity_number_find_it(store: Store, number: str) -> None:
    asked = put(store)
    for start in range(len(number) - 3):
        for end in range(start + 4, len(number) + 1):
            assert found(store, number[start:end].lower()) == [asked], number[start:end]
    assert found(store, "330602196501010013") == found(store, "6501010013") == []


def test_words_are_found_together_whichever_of_them_is_the_rarer(store: Store) -> None:
    """Each word is once looked up and once looked for among what another found."""
    number = put(store, **HOME)
    for place in range(4):
        put(store, name=f"曾{'甲乙丙丁'[place]}", mobile=None, id_number=f"33060219650202{place:03d}1")
    words = (
        "曾",
        "曾国强",
        "zgq",
        "佘小",
        "余小",
        "0101",
        "330",
        "139",
        str(number),
        "棉纺",
        "人民路",
        "自费",
    )
    for one in words:
        for other in words:
            assert number in found(store, f"{one} {other}"), (one, other)
            assert found(store, f"{one} {other} 李") == []


def test_other_units_are_in_no_list_and_no_count(store: Store) -> None:
    mine, other = put(store, "甲厂"), put(store, "乙厂", primary_cause="下岗失业")
    assert found(store, "曾", "甲厂") == [mine]
    assert found(store, str(other), "甲厂") == []
    assert store.index.find(Asked(), "甲厂").count == 1
    assert store.index.find(Asked("", (Term("regions", "郑州市"),)), "甲厂").count == 1
    assert store.index.terms(["causes"], "甲厂") == [Term("causes", "子女上学")]
    assert store.index.waiting("甲厂")[WorkList.DEADLINE] == 1


def test_pages_follow_one_another(store: Store) -> None:
    numbers = [put(store) for _ in range(5)]
    pages = [store.index.find(Asked("曾"), start=start, size=2) for start in (0, 2, 4)]
    assert [row.record for page in pages for row in page.rows] == numbers
    assert {page.count for page in pages} == {5}
    newest = [row.record for row in store.index.find(Asked(), start=0, size=2).rows]
    assert newest == numbers[:2:-1]


def test_the_index_follows_every_change(store: Store) -> None:
    number = put(store)
    store.save(FIRST, WORKER | {"name": "万新"}, "王经办", "改名", number=number, override_why="试")
    assert found(store, "曾国强") == []
    assert found(store, "wx") == [number]
    store.move(number, "archive", "surveyed", date(2016, 7, 1), "入户", "王经办")
    assert found(store, "摸底调查") == [number]
    store.move(number, "archive", "applied", date(2016, 7, 2), "申请书", "王经办")
    assert found(store, "摸底调查") == []


def test_records_of_an_older_program_are_put_in_later(store: Store) -> None:
    numbers = [put(store) for _ in range(3)]
    with store.database.writing() as session:
        for table in (IndexRows, IndexWords, RecordTerms, IndexTerms, Marks):
            session.execute(delete(table))
        # Runs that another program may have made in another way.
        session.execute(update(IndexParts).values(part="旧" + IndexParts.part))
    assert found(store, "曾") == []
    each = []
    assert store.index.missing() == 3
    assert store.index.fill(lambda: each.append(store.index.missing())) == len(each) == 3
    assert store.index.missing() == store.index.fill() == 0
    assert found(store, "曾") == found(store, "650101") == numbers
    assert found(store, "旧") == []


# --- work lists


def test_who_waits_is_counted_again_only_after_a_change(store: Store) -> None:
    counted: list[str] = []

    def note(*told: Any) -> None:
        counted.extend([told[2]] if "count(" in told[2] else [])

    number = put(store)
    event.listen(store.database.engine, "before_cursor_execute", note)
    first = store.index.waiting()
    assert (store.index.waiting(), len(counted)) == (first, len(WorkList))
    assert store.index.waiting("别的单位") != first
    put(store)
    assert store.index.waiting()[WorkList.UNHELPED] == first[WorkList.UNHELPED] + 1
    store.medical.save(MedicalCase(number, 2016), "王经办")
    assert store.index.waiting()[WorkList.UNHELPED] == first[WorkList.UNHELPED]
    assert store.index.waiting(today=date(2199, 1, 1))[WorkList.STALE] == 2


def standing(store: Store, today: date) -> set[WorkList]:
    return {one for one, count in store.index.waiting(today=today).items() if count}


def test_a_record_is_overdue_when_a_change_was_not_entered_within_thirty_working_days(store: Store) -> None:
    when = datetime(2016, 7, 1, 8, tzinfo=UTC)
    saved = store.save(FIRST, WORKER, "王经办", "录入", when, override_why="试")
    # 30 working days from Monday 4 July 2016: until Friday 12 August.
    assert WorkList.OVERDUE not in standing(store, date(2016, 8, 12))
    assert WorkList.OVERDUE in standing(store, date(2016, 8, 13))
    assert store.index.work_list(WorkList.OVERDUE).rows[0].enter_by == date(2016, 8, 12)
    for state in FIRST_PATH:
        store.move(saved.number, "archive", state, date(2016, 8, 1), "依据", "王经办")
    assert standing(store, date(2016, 8, 13)).isdisjoint({WorkList.OVERDUE, WorkList.DEADLINE})
    store.save(FIRST, WORKER | {"name": "曾强"}, "王经办", "改", number=saved.number, override_why="试")
    assert WorkList.OVERDUE in standing(store, date.today() + timedelta(days=120))


FIRST_PATH = (
    *("surveyed", "applied", "listed", "publicised", "approved", "helper_named", "planned", "signed"),
    *("cards_given", "ledger", "entered"),
)


def test_nobody_has_touched_it_for_a_year(store: Store) -> None:
    when = datetime(2020, 3, 1, 8, tzinfo=UTC)
    number = store.save(FIRST, WORKER, "王经办", "录入", when, override_why="试").number
    assert WorkList.STALE not in standing(store, date(2021, 3, 1))
    assert WorkList.STALE in standing(store, date(2021, 3, 3))
    store.move(number, "archive", "surveyed", date(2020, 3, 2), "入户", "王经办")
    assert WorkList.STALE not in standing(store, date.today())


def test_a_record_that_came_to_its_end_waits_for_nothing(store: Store) -> None:
    when = datetime(2016, 3, 1, 8, tzinfo=UTC)
    number = store.save(FIRST, WORKER, "王经办", "录入", when, override_why="试").number
    assert len(standing(store, date(2030, 1, 1))) == 4
    for state in ("surveyed", "not_filed"):
        store.move(number, "archive", state, date(2016, 7, 1), "依据", "王经办")
    assert standing(store, date(2050, 1, 1)) == set()


def test_who_was_helped_is_told_by_the_edition(store: Store) -> None:
    put(store)
    assert store.index.waiting()[WorkList.UNHELPED] == 1
    put(store, measures=("社会救助兜底",))
    assert store.index.waiting()[WorkList.UNHELPED] == 1
    values: dict[str, Value] = {"name": "林海", "id_number": "330602196501010012"}
    number = store.save(SECOND, values, "王经办", "录入", override_why="试", force=True).number
    assert store.index.waiting()[WorkList.UNHELPED] == 2
    for state in ("surveyed", "recognised", "filed", "entered", "helped"):
        store.move(number, "archive", state, date(2010, 12, 1), "依据", "王经办")
    assert store.index.waiting()[WorkList.UNHELPED] == 1


@pytest.mark.parametrize("words", ["曾", "zeng", "196501", "人民路", "棉纺 曾 1965 zgq 人民路"])
def test_no_search_reads_every_word_run_or_row(store: Store, words: str) -> None:
    """It would be slow with many records."""
    put(store, **HOME)
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(*told: Any) -> None:
        asked.append((told[2], told[3]))

    event.listen(store.database.engine, "before_cursor_execute", note)
    assert found(store, words)
    event.remove(store.database.engine, "before_cursor_execute", note)
    with store.database.engine.connect() as connection:
        plans = [
            str(row[-1])
            for statement, keys in asked
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", keys)
        ]
    assert any("SEARCH index_" in plan or "SEARCH persons" in plan for plan in plans)
    assert {plan for plan in plans if plan.startswith("SCAN") and "anon" not in plan} <= {"SCAN index_terms"}
    assert " " in words or not any("TEMP B-TREE" in plan for plan in plans)
