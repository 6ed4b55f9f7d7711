"""Progress against the deadline: what the plots say, counted by hand and by the rules of the work lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient

from desk.web.marks import Plot
from desk.web.plotted import Figures
from desk.web.site import Site
from records.index_rows import moments
from records.index_store import WorkList
from records.overview import Chosen, Duty, Stand
from records.worklists import duties

Enter = Callable[..., TestClient]
HENAN, SHAOXING = "henan-2016", "shaoxing-2010"
MAY, SEPTEMBER = datetime(2016, 5, 3, 4, tzinfo=UTC), datetime(2016, 9, 1, 4, tzinfo=UTC)
STEPS = {
    HENAN: (
        "surveyed", "applied", "listed", "publicised", "approved", "helper_named", "planned", "signed",
        "cards_given", "ledger", "entered",
    ),
    SHAOXING: ("surveyed", "recognised", "filed", "entered"),
}  # fmt: skip
OVER = {HENAN: "not_filed", SHAOXING: "not_recognised"}


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Let it be a day."""
    return lambda on: monkeypatch.setattr(Figures, "today", on)


def put(site: Site, key: str, *states: str, unit: str = "", when: datetime = MAY) -> int:
    """A record that went this way; its number."""
    edition = site.editions[key]
    record = site.store.save(edition, {"name": "王"}, "王", "typed", when, override_why="试", unit=unit)
    for state in states:
        site.store.move(record.number, "archive", state, date(2016, 6, 1), "通知", "王")
    return record.number


def change(site: Site, number: int, when: datetime) -> None:
    """Something changes on paper."""
    record = site.store.record(number)
    values = {**record.values, "name": "王大"}
    edition = site.editions[record.edition]
    site.store.save(edition, values, "王", "typed", when, number=number, override_why="试")


def four(site: Site, key: str) -> tuple[int, int, int, int]:
    """One that waits, one that is entered, one that was changed since, one that was turned down."""
    waits, done = put(site, key), put(site, key, *STEPS[key])
    changed, over = put(site, key, *STEPS[key]), put(site, key, STEPS[key][0], OVER[key])
    change(site, changed, SEPTEMBER)
    return waits, done, changed, over


def told(plot: Plot) -> dict[str, float]:
    return {point.label: point.number for point in plot.points}


def figures(site: Site, key: str = HENAN, **narrowed: object) -> Figures:
    return Figures(site.store, site.editions[key], Chosen(key, **narrowed))  # type: ignore[arg-type]


def test_days_are_counted_to_the_very_day(site: Site, day: Callable[[date], None]) -> None:
    four(site, HENAN)
    # Thirty working days after 3 May 2016, two days of festival and a Sunday at work among them: 15 June;
    # after 1 September, with two festivals: 19 October. The notice wants all by 31 October.
    for on, ahead, (entered, in_time, late) in (
        (date(2016, 6, 15), "期限 2016-10-31（还有 138 天）", (2, 2, 0)),
        (date(2016, 6, 16), "期限 2016-10-31（还有 137 天）", (2, 1, 1)),
        (date(2016, 10, 19), "期限 2016-10-31（还有 12 天）", (2, 1, 1)),
        (date(2016, 10, 20), "期限 2016-10-31（还有 11 天）", (2, 0, 2)),
        (date(2016, 10, 31), "期限 2016-10-31（还有 0 天）", (2, 0, 2)),
        (date(2016, 11, 1), "期限 2016-10-31（已过 1 天）", (2, 0, 2)),
    ):
        day(on)
        assert told(figures(site).plot("duties")) == {
            "已按通知办结": 3, f"未办结，{ahead}": 1,
            "两边一致，无须补录": entered, "有变动待录入，还在期限内": in_time,
            "有变动待录入，已过期限": late,
        }, on  # fmt: skip


@pytest.mark.parametrize("key", [HENAN, SHAOXING])
def test_what_is_listed_is_what_the_rules_of_the_work_lists_say(
    site: Site, key: str, day: Callable[[date], None]
) -> None:
    numbers = [*four(site, key), put(site, key, *STEPS[key][:3], unit="一会", when=SEPTEMBER)]
    with site.store.database.reading() as session:
        found = moments(session, numbers)
    due = {one: duties(site.editions[key], site.store.record(one), found[one]) for one in numbers}
    for on in (date(2010, 12, 10), date(2016, 6, 15), date(2016, 10, 31), date(2030, 1, 1)):
        for duty in Duty:
            days = {number: getattr(one, duty.value) for number, one in due.items()}
            expected = {
                Stand.DONE: {number for number, until in days.items() if until is None},
                Stand.WAITS: {number for number, until in days.items() if until and until >= on},
                Stand.LATE: {number for number, until in days.items() if until and until < on},
            }
            for stand, wanted in expected.items():
                count, some = site.store.overview.due_members(duty, stand, on, Chosen(key), 0, 9)
                assert {one.number for one in some} == wanted and count == len(wanted), (on, duty, stand)
        waiting = site.store.index.waiting(today=on)
        day(on)
        plot = figures(site, key).plot("duties")
        unfinished = [point.number for point in plot.points if point.label.startswith("未办结")]
        assert waiting[WorkList.DEADLINE] == sum(unfinished) == 2
        late = [point.number for point in plot.points if point.label == "有变动待录入，已过期限"]
        assert waiting[WorkList.OVERDUE] == sum(late)


def test_units_and_days_narrow_what_has_to_be_done(site: Site, day: Callable[[date], None]) -> None:
    four(site, HENAN)
    put(site, HENAN, unit="一会", when=SEPTEMBER)
    day(date(2016, 11, 1))
    assert list(told(figures(site, unit="一会").plot("duties")).values()) == [0, 1, 0, 0, 1]
    assert list(told(figures(site, last=date(2016, 8, 31)).plot("duties")).values()) == [3, 1, 2, 0, 2]
    empty = figures(site, first=date(2015, 1, 1), last=date(2015, 12, 31))
    assert list(told(empty.plot("duties")).values()) == [0, 0, 0, 0, 0]
    assert not any(point.link for point in empty.plot("duties").points)
    assert empty.plot("progress").points == () and empty.plot("progress").until is None


def test_progress_runs_up_to_a_deadline_that_is_ahead(site: Site, day: Callable[[date], None]) -> None:
    put(site, HENAN)
    put(site, HENAN, when=datetime(2016, 8, 3, tzinfo=UTC))
    day(date(2016, 9, 1))
    plot = figures(site).plot("progress")
    assert [(point.label, point.cells[1:]) for point in plot.points] == [
        ("2016-05", (1, 1)), ("2016-06", (0, 1)), ("2016-07", (0, 1)), ("2016-08", (1, 2)),
        ("2016-09", (0, 2)), ("2016-10", (0, 2)),
    ]  # fmt: skip
    assert plot.until == 6 and plot.notes == ("期限 2016-10-31：到期建档 2 份，之后 0 份。",)
    assert figures(site, last=date(2016, 8, 31)).plot("progress").until is None
    day(date(2016, 11, 1))
    plot = figures(site).plot("progress")
    assert plot.points[-1].label == "2016-08" and plot.until is None


def test_years_without_a_record_have_a_place_and_no_column(site: Site) -> None:
    for year in (2014, 2016, 2016, 2020):
        put(site, HENAN, when=datetime(year, 11 if year == 2020 else 3, 3, tzinfo=UTC))
    plot = figures(site).plot("progress")
    assert told(plot) == {"2014": 1, "2015": 0, "2016": 2, "2017": 0, "2018": 0, "2019": 0, "2020": 1}
    assert plot.notes == ("期限 2016-10-31：到期建档 3 份，之后 1 份。",)
    assert plot.until == pytest.approx(2 + 305 / 366)
    assert sum(point.number for point in plot.points) == plot.points[-1].cells[2] == 4
