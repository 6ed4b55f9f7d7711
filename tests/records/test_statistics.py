from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

import pytest

from records.archive import Record, State
from records.editions import load_editions
from records.errors import DocumentError, EditionError
from records.forms import Edition
from records.statistics import Block, Count, _reconcile, share, statistics, wrong_data
from records.values import Value

WHEN = datetime(2016, 10, 1, tzinfo=UTC)
EDITIONS = load_editions()


@pytest.fixture
def henan() -> Edition:
    return EDITIONS["henan-2016"]


def record(edition: Edition, number: int = 1, state: str = "", **values: Value) -> Record:
    states = {"archive": State(state, date(2016, 9, 1), "", "")} if state else {}
    return Record(number, edition.key, values, WHEN, WHEN, 1, MappingProxyType(states))


def lines(block: Block) -> dict[str, int]:
    return {line.label: line.count.households for line in block.lines if line.count.households}


def test_households_and_people_are_counted(henan: Edition) -> None:
    two = [record(henan, household_size=Decimal(3)), record(henan, household_size=Decimal(2)), record(henan)]
    found = statistics(henan, two)
    assert found.whole == Count(3, 5) and found.unsized == 1


def test_a_list_is_shown_whole_and_blanks_are_a_rest(henan: Edition) -> None:
    block = statistics(
        henan, [record(henan, primary_cause="子女上学", household_size=Decimal(4)), record(henan)]
    ).block("main_causes")
    assert [line.label for line in block.said] == list(henan.field("primary_cause").choices)
    assert lines(block) == {"子女上学": 1, "未填写": 1} and not block.several
    assert next(line for line in block.lines if line.label == "子女上学").count == Count(1, 4)


def test_any_cause_counts_a_household_once_at_each_of_its_causes(henan: Edition) -> None:
    one = record(henan, primary_cause="子女上学", secondary_causes=("下岗失业", "子女上学", "其他"))
    block = statistics(henan, [one, record(henan)]).block("causes")
    assert lines(block) == {"下岗失业": 1, "子女上学": 1, "其他": 1, "未填写": 1}
    assert block.several and block.among == Count(1, 0)


def test_what_was_not_asked_is_no_blank(henan: Edition) -> None:
    found = statistics(
        henan,
        [
            record(henan, is_target="否"),
            record(henan, is_target="是"),
            record(henan, is_target="是", measures=("社会救助兜底",)),
            record(henan),
        ],
    )
    assert lines(found.block("measures")) == {
        "社会救助兜底": 1, "不是解困脱困对象，不填此栏": 1, "未填写": 2,
    }  # fmt: skip


def test_a_word_outside_the_list_has_a_line_of_its_own(henan: Edition) -> None:
    found = statistics(henan, [record(henan, hardship_category="深度困难")])
    assert lines(found.block("categories")) == {"表列以外的内容": 1}


def test_cities_are_made_of_their_counties_and_led_counties_stand_beside_them(henan: Edition) -> None:
    places = [
        "河南省开封市鼓楼区", "开封龙亭区", "开封市", "巩义市", "济源市", "安徽省合肥市", "安徽省", "本地",
        "河南省",
    ]  # fmt: skip
    found = statistics(henan, [record(henan, registered_region=place) for place in places])
    block = found.block("regions")
    assert [(line.label, line.count.households) for line in block.lines] == [
        ("开封市", 3), ("巩义市", 1), ("济源市", 1), ("安徽省", 2), ("所填不能归入行政区划", 2),
    ]  # fmt: skip
    assert [(part.label, part.count.households) for part in block.lines[0].parts] == [
        ("龙亭区", 1), ("鼓楼区", 1), ("未写明县（市、区）", 1),
    ]  # fmt: skip


def test_where_no_place_is_written_the_worker_s_number_tells_it(henan: Edition) -> None:
    found = statistics(henan, [record(henan, id_number="410204196202168902"), record(henan)])
    assert lines(found.block("regions")) == {"开封市": 1, "未填写": 1}
    assert found.by_number == 1


def test_states_make_groups_and_the_withdrawn_are_left_out(henan: Edition) -> None:
    states = ["approved", "cards_given", "entered", "entered", "withdrawn", "not_filed", ""]
    found = statistics(henan, [record(henan, state=state) for state in states])
    assert (found.whole.households, found.left_out) == (5, 2)
    assert lines(found.block("cards")) == {"已发放": 3, "未发放": 1, "未登记办理进度": 1}
    assert lines(found.block("entries")) == {"已录入": 2, "未录入": 2, "未登记办理进度": 1}


def test_records_of_other_editions_are_passed_over(henan: Edition) -> None:
    assert statistics(henan, [record(EDITIONS["shaoxing-2010"])]).whole == Count()


def anybody(edition: Edition, number: int, chance: random.Random) -> Record:
    values: dict[str, Value] = {"household_size": Decimal(chance.randint(1, 9))}
    for asked in edition.fields:
        if asked.kind == "choice" and chance.random() < 0.8:
            values[asked.key] = chance.choice([*asked.choices, "另写"])
        if asked.kind == "choices" and chance.random() < 0.8:
            values[asked.key] = tuple(chance.sample(asked.choices, chance.randint(1, 3)))
    places = ["河南省开封市鼓楼区", "郑州市", "浙江省诸暨市", "绍兴市越城区", "安徽省", "本地", None]
    values["registered_region"] = chance.choice(places)
    return record(edition, number, chance.choice(["", "entered", "surveyed"]), **values)


@pytest.mark.parametrize("edition", list(EDITIONS), ids=lambda edition: edition.key)
def test_every_block_adds_up_to_the_whole(edition: Edition) -> None:
    chance = random.Random(7)
    people = [anybody(edition, number, chance) for number in range(300)]
    found = statistics(edition, iter(people))
    assert found.whole.households == 300
    assert found.whole.people == sum(int(str(one.values["household_size"])) for one in people)
    for block in found.blocks:
        rest = sum(line.count.people for line in block.lines if line.rest)
        if block.several:
            assert block.among.people + rest == found.whole.people
            assert sum(line.count.households for line in block.said) > block.among.households
        else:
            assert sum(line.count.people for line in block.lines) == found.whole.people
            assert sum(line.count.households for line in block.lines) == 300


def test_a_block_that_misses_the_whole_is_refused(henan: Edition) -> None:
    found = statistics(henan, [record(henan, hardship_category="低保户", household_size=Decimal(3))])
    block = found.block("categories")
    with pytest.raises(DocumentError) as caught:
        _reconcile(replace(block, lines=block.lines[1:]), found.whole)
    assert caught.value.code == "totals_differ"
    assert caught.value.facts == {"block": "困难类别", "parts": "0/0", "whole": "1/3"}
    regions = statistics(henan, [record(henan, registered_region="郑州市金水区")]).block("regions")
    [city] = regions.lines
    short = replace(regions, lines=(replace(city, parts=(replace(city.parts[0], count=Count(2)),)),))
    with pytest.raises(DocumentError):
        _reconcile(short, Count(1, 0))


def test_an_edition_without_blocks_has_no_figures(henan: Edition) -> None:
    with pytest.raises(EditionError) as caught:
        statistics(replace(henan, statistics=MappingProxyType({})), [])
    assert caught.value.code == "no_statistics"


def test_wrong_data_is_named(henan: Edition) -> None:
    assert [wrong_data(edition) for edition in EDITIONS] == [None] * len(EDITIONS.keys)
    blocks = [{"name": "x", "label": "x", "by": "choice", "fields": ["no_such"]}]
    wrong = MappingProxyType({**henan.statistics, "blocks": blocks})
    assert "no_such" in (wrong_data(replace(henan, statistics=wrong)) or "")
    wrong = MappingProxyType({**henan.statistics, "left_out": {"process": "archive", "states": ["gone"]}})
    assert "gone" in (wrong_data(replace(henan, statistics=wrong)) or "")


def test_shares_are_rounded_to_a_tenth() -> None:
    assert [str(share(part, whole)) for part, whole in [(6247, 11132), (1, 3), (1, 2000), (0, 0)]] == [
        "56.1", "33.3", "0.1", "0.0",
    ]  # fmt: skip


def test_memory_stays_flat(henan: Edition) -> None:
    def many(count: int) -> Iterator[Record]:
        chance = random.Random(1)
        return (anybody(henan, number, chance) for number in range(count))

    statistics(henan, many(50))
    tracemalloc.start()
    statistics(henan, many(100))
    _, little = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    statistics(henan, many(2000))
    _, much = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert much < little + 100_000
