from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from bench import ablations
from bench.ablations import ABLATIONS, draw, show
from bench.reading import Sheet
from bench.scoring import compared
from intake.ways import ALL, Ways
from records.editions import load_editions

EDITION = next(iter(load_editions()))
TRUTH = {"edition": EDITION.key, "fields": {"name": "张三"}}


def read(*names: str) -> list[Sheet]:
    """Sheets on which these names were read."""
    lines = [{"edition": EDITION.key, "fields": {"name": {"value": name, "review": False}}} for name in names]
    return [
        Sheet(Path("a.jpg"), TRUTH, (line,), tuple(compared(line, TRUTH, EDITION)), 1.0) for line in lines
    ]


def test_each_way_is_switched_off_once() -> None:
    off = [sum(not getattr(ways, one.name) for one in fields(Ways)) for ways in ABLATIONS.values()]
    assert off == [0, *[1] * len(fields(Ways))]
    assert all(getattr(ALL, one.name) for one in fields(Ways))


def test_what_is_lost_stands_beside_all_on() -> None:
    told = list(show({"all on": read("张三", "张三"), "without seals": read("张三", "张二")}, ["all"]))
    assert told[1].split()[-1] == "0.00"
    assert told[2].split() == ["without", "seals", "2", "50.00%", "50.00%", "50.00%", "0.00%", "50.00"]


def test_the_picture_is_written(tmp_path: Path) -> None:
    draw({"all on": read("张三"), "without seals": read("张二")}, "two", tmp_path / "table.png")
    with Image.open(tmp_path / "table.png") as picture:
        assert picture.size[1] > 100


def test_the_command_reads_every_file_once_for_each_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def reading(files: object, plan: object) -> list[Sheet]:
        asked.append(getattr(plan, "ways", None))
        return read("张三")

    monkeypatch.setattr(ablations, "read_all", reading)
    assert ablations.main([str(tmp_path), "--picture", str(tmp_path / "table.png")]) == 0
    assert asked == list(ABLATIONS.values())
    assert "without household" in capsys.readouterr().out
