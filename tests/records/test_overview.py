from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete

from records.archive import Record
from records.drafts import Draft, Reading
from records.editions import load_editions
from records.forms import Edition
from records.overview import WORKPLACES, Chosen, Part
from records.settling import Decision
from records.statistics import statistics
from records.store import Store
from records.tables import FigureMembers

HENAN = "henan-2016"
ALL = Chosen(HENAN)
MAY = datetime(2016, 5, 3, 12, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Store]:
    """A store of the built-in editions."""
    with Store.open(tmp_path / "archive", editions=load_editions()) as opened:
        yield opened


@pytest.fixture
def henan(archive: Store) -> Edition:
    return archive.editions[HENAN]


def add(archive: Store, unit: str = "", when: datetime = MAY, **values: object) -> Record:
    edition = archive.editions[HENAN]
    return archive.save(edition, values, "王", "typed", when, override_why="试", unit=unit)  # type: ignore[arg-type]


def move(archive: Store, number: int, *states: str) -> None:
    for state in states:
        archive.move(number, "archive", state, date(2016, 9, 1), "通知", "王")


def stands(parts: list[Part]) -> dict[str, int]:
    return {part.spot.labels[-1]: part.count for part in parts if part.count}


def test_counting_beside_the_records_gives_what_counting_through_them_gives(
    archive: Store, henan: Edition
) -> None:
    chance = random.Random(11)
    for number in range(40):
        places = ["河南省开封市鼓楼区", "郑州市", "安徽省", "本地", None]
        values: dict[str, object] = {"registered_region": chance.choice(places), "name": f"某{number}"}
        for asked in henan.fields:
            if asked.kind == "choice" and chance.random() < 0.8:
                values[asked.key] = chance.choice(asked.choices)
            if asked.kind == "choices" and chance.random() < 0.8:
                values[asked.key] = tuple(chance.sample(asked.choices, chance.randint(1, 3)))
        record = add(archive, **values)
        if chance.random() < 0.5:
            move(archive, record.number, "surveyed", *chance.choice([("applied",), ("not_filed",)]))
    found = statistics(henan, archive.records())
    assert archive.overview.counted(ALL) == found.whole.households
    assert archive.overview.counted(ALL, left_out=True) == found.left_out > 0
    for block in found.blocks:
        counted = [
            (part.spot.rest, part.spot.labels, part.count) for part in archive.overview.parts(block.name, ALL)
        ]
        expected = [
            (line.rest, labels, count.households)
            for line in block.lines
            for labels, count in (
                [((line.label, part.label), part.count) for part in line.parts]
                or [((line.label,), line.count)]
            )
        ]
        assert counted == expected, block.name


def test_a_record_that_changes_changes_its_lines(archive: Store, henan: Edition) -> None:
    record = add(archive, employer="一厂", primary_cause="其他")
    archive.save(henan, {**record.values, "employer": "二厂"}, "王", "typed", number=1, override_why="试")
    assert stands(archive.overview.parts(WORKPLACES, ALL)) == {"二厂": 1}
    move(archive, 1, "surveyed")
    assert stands(archive.overview.parts("state-archive", ALL)) == {"surveyed": 1}
    move(archive, 1, "not_filed")
    assert stands(archive.overview.parts("state-archive", ALL)) == {"not_filed": 1}
    assert stands(archive.overview.parts("main_causes", ALL)) == {}


def test_units_and_days_narrow_what_is_counted(archive: Store) -> None:
    add(archive, "一会", hardship_category="低保户")
    add(archive, "二会", datetime(2016, 6, 3, 12, tzinfo=UTC), hardship_category="低保户")
    add(archive, "二会", datetime(2016, 7, 3, 12, tzinfo=UTC), hardship_category="低保边缘户")

    def counted(**narrowed: object) -> int:
        return archive.overview.counted(Chosen(HENAN, **narrowed))  # type: ignore[arg-type]

    assert [counted(), counted(unit="二会"), counted(unit=""), counted(first=date(2016, 6, 1))] == [
        3,
        2,
        0,
        2,
    ]
    assert counted(unit="二会", first=date(2016, 6, 1), last=date(2016, 6, 30)) == 1
    assert archive.overview.by_unit(ALL) == [("一会", 1), ("二会", 2)]
    assert archive.overview.by_day(Chosen(HENAN, "一会")) == [(date(2016, 5, 3), 1)]


def test_a_line_leads_to_its_records_the_newest_first(archive: Store) -> None:
    for place in ("河南省开封市鼓楼区", "开封龙亭区", "郑州市", None):
        add(archive, registered_region=place)

    def numbers(*labels: str, rest: bool = False, skip: int = 0, most: int = 9) -> tuple[int, list[int]]:
        count, records = archive.overview.members("regions", labels, rest, ALL, skip, most)
        return count, [record.number for record in records]

    assert numbers("开封市") == (2, [2, 1]) and numbers("开封市", "鼓楼区") == (1, [1])
    assert numbers("未填写", rest=True) == (1, [4]) and numbers("未填写") == (0, [])
    assert numbers("开封市", skip=1, most=1) == (2, [1])


def test_records_of_an_older_store_are_noted_when_asked_for(archive: Store) -> None:
    for _ in range(3):
        add(archive, primary_cause="其他")
    with archive.database.writing() as session:
        session.execute(delete(FigureMembers).where(FigureMembers.record != 2))
    assert archive.overview.counted(ALL) == 1 and archive.overview.waiting(HENAN) == 2
    assert archive.overview.catch_up(HENAN) == 0 and archive.overview.waiting(HENAN) == 0
    assert stands(archive.overview.parts("main_causes", ALL)) == {"其他": 3}


def test_what_became_of_readings_is_added_up_by_field_person_and_probability(
    store: Store, edition: Edition, paper: Callable[..., Path], read: Callable[..., Draft]
) -> None:
    for who, grant in (("王", Decimal(5)), ("李", Decimal(7))):
        kept = store.keep(paper(who, who.encode()))
        reading = Reading(Decimal(5), "5", 0.62, review=True)
        [number] = store.add_drafts(kept.sha256, [read(kept, holder_number=None, grant=reading)])
        store.settle(number, [Decision("grant", grant)], edition, who, MAY)
    chosen = Chosen("invented")

    def told(what: str) -> dict[str, tuple[int, int, int]]:
        return {
            one.key: (one.read, one.looked, one.changed) for one in store.form_figures.fared_by(what, chosen)
        }

    assert told("field") == {"grant": (2, 2, 1), "holder": (2, 0, 0), "holder_number": (2, 0, 0)}
    assert told("who") == {"王": (3, 1, 0), "李": (3, 1, 1)}
    assert told("tenth") == {"6": (2, 2, 1), "9": (4, 0, 0)}
    said = {one.key: one.said for one in store.form_figures.fared_by("tenth", chosen)}
    assert said == {"6": pytest.approx(1.24), "9": pytest.approx(4)}
    forms = store.form_figures.forms_by("on_day", chosen)
    assert [(one.key, one.read, one.looked, one.changed) for one in forms] == [("2016-05-03", 2, 2, 1)]
    assert store.form_figures.fared_by("field", Chosen("invented", first=date(2016, 5, 4))) == []
    assert store.form_figures.fared_by("field", Chosen("invented", "别处")) == []


def test_of_many_workplaces_the_greatest_come_first(archive: Store) -> None:
    for employer in ("一厂", "二厂", "二厂", "三厂", None):
        add(archive, employer=employer)
    parts, lines, records = archive.overview.greatest(WORKPLACES, ALL, 1)
    assert stands(parts) == {"二厂": 2} and (lines, records) == (3, 3)
    assert archive.overview.greatest(WORKPLACES, Chosen(HENAN, "别处"), 1) == ([], 0, 0)
