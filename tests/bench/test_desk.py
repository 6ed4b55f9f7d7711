"""What the desk's bench makes of answers, and that it measures a real desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.desk import EMPTY, Asking, build, measure, show
from records.index_store import Asked
from records.store import Store


def test_percentiles_are_those_of_the_answers() -> None:
    one = Asking("record", tuple(float(took) for took in range(100, 0, -1)))
    assert (one.p50, one.p95) == (50.5, 96.0)
    assert Asking("nothing", ()).p95 == 0


@pytest.mark.parametrize(
    ("times", "errors", "good"), [((99.0,), 0, True), ((101.0,), 0, False), ((1.0,), 1, False)]
)
def test_good_is_what_is_quick_and_never_fails(times: tuple[float, ...], errors: int, good: bool) -> None:
    assert Asking("record", times, errors).is_good is good


def test_the_table_sets_every_page_against_the_empty_one() -> None:
    lines = list(show([Asking(EMPTY, (2.0, 2.0)), Asking("record", (10.0, 10.0), 1)]))
    assert lines[2].split() == ["record", "2", "10.0", "10.0", "5.0", "1"]


def test_a_small_archive_is_built_whole_and_asked_through_a_real_desk(tmp_path: Path) -> None:
    build(tmp_path / "home", 12, seed=2)
    with Store.open(tmp_path / "home") as store:
        rows = store.index.find(Asked()).rows
        assert len(rows) == 12
        assert store.index.find(Asked(rows[0].name)).rows[0].name == rows[0].name
        assert store.values_at(1, store.record(1).changed) == {
            path: value for path, value in store.record(1).values.items() if value is not None
        }
        assert store.index.fill() == 0
    found = measure(tmp_path / "home", clerks=2, seconds=0.4, each=1, pause=0.05, seed=2)
    assert [one.errors for one in found] == [0] * len(found)
