from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from bench.speed import Page, Result, Run, draw, found_in, rows, shares, show, spellings
from bench.stages import STAGES, stage_of

FAST = Run((Page(1.0, 38, 38, 300.0), Page(3.0, 36, 38, 400.0)), 4.0, {"recognise": 3.0, "match": 1.0})
SLOW = Run((Page(10.0, 20, 38, 900.0), Page(10.0, 18, 38, 800.0)), 20.0, {})
RESULTS = [Result("own", FAST, FAST), Result("other", SLOW, SLOW)]


def test_ratios_say_how_many_times_faster_the_first_way_is() -> None:
    own, other = rows(RESULTS)
    assert own[:4] == ("own", "2.00", "0.500", "1.00")
    assert other[:4] == ("other", "10.00", "0.100", "5.00")
    assert other[6:] == ("5.00", "900", "50.0%")


def test_the_report_ends_with_the_stages_in_the_order_of_a_pages_path() -> None:
    assert list(shares({"match": 1.0, "recognise": 3.0, "other": 0.0})) == ["recognise", "match"]
    assert [line.split() for line in show(RESULTS)][-2:] == [["recognise", "75.0%"], ["match", "25.0%"]]


def test_the_picture_is_written(tmp_path: Path) -> None:
    draw(RESULTS, "two ways", tmp_path / "speed.png")
    with Image.open(tmp_path / "speed.png") as picture:
        assert picture.size[0] > 400


@pytest.mark.parametrize(
    ("value", "paper"),
    [
        ("2016-08-07", "2016年8月7日"),
        ("2016-08-07", "2016.08.07"),
        ("2016-08", "2016/8"),
        ("0371-63310528", "0371-63310528"),
        (1450, "1450"),
    ],
)
def test_a_value_counts_in_any_spelling_of_the_paper(value: object, paper: str) -> None:
    assert paper in spellings(value)


def test_a_phone_number_is_no_date() -> None:
    assert spellings("0371-63310528") == ("0371-63310528",)


def test_values_are_found_whole_or_not_at_all() -> None:
    truth = {
        "fields": {
            "name": "张三",
            "work_start": "1990-02",
            "mobile": None,
            "causes": ["下岗失业", "其他"],
            "family": [{"name": "李四", "id_number": "410102196501010016"}],
        }
    }
    assert found_in("姓名 张 三 参加 1990年02月 下岗失业 李四 41010219650101001", truth) == (4, 6)


def test_time_belongs_to_the_innermost_module_of_intake(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    module = ModuleType("intake.guessing")
    module.__dict__["look"] = lambda: seen.append(stage_of(sys._getframe()))
    exec("def weigh():\n    look()\n", module.__dict__)  # noqa: S102
    module.__dict__["weigh"]()
    assert seen == ["decode"]
    assert stage_of(sys._getframe()) == "other"
    assert stage_of(None) == "other"


def test_every_module_of_a_stage_exists_and_stands_in_one_stage_alone() -> None:
    named = [module for modules in STAGES.values() for module in modules]
    there = {file.stem for file in (Path(__file__).parents[2] / "intake").glob("*.py")}
    assert sorted(named) == sorted(set(named))
    assert set(named) <= there
