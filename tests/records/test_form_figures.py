"""What became of forms that an older program settled, when its store is brought up to date."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import create_engine, text

from records.drafts import Draft, Origin, Reading
from records.migrating import upgrade
from records.wire import draft_to_json, value_to_json

SHA = "0" * 64
MOMENT = "2016-05-03 04:00:00.000000"


def test_an_older_store_s_forms_are_noted_and_lie_in_their_order(tmp_path: Path) -> None:
    readings = {"name": Reading("王", confidence=0.55), "ethnicity": Reading("汉族", confidence=0.97)}
    whole = draft_to_json(Draft("henan-2016", readings, origin=Origin("a.png", SHA, (1,))))
    draft = {
        "number": 1, "sha256": SHA, "pages_json": "[1]", "edition": "henan-2016", "name": "王", "doubtful": 1,
        "taken_at": MOMENT, "draft_json": whole, "closed_at": MOMENT, "closed_by": "李", "closed_why": "",
        "record": 1, "unit": "一会",
    }  # fmt: skip
    event = {
        "record": 1, "sha256": SHA, "revision": 1, "at": MOMENT, "who": "李", "path": "name",
        "why": "decided", "before_json": value_to_json("王"), "after_json": value_to_json("玉"),
    }  # fmt: skip
    record = {
        "number": 1, "edition": "henan-2016", "created_at": MOMENT, "changed_at": MOMENT, "revision": 1,
        "ink_json": "{}", "unit": "一会",
    }  # fmt: skip
    engine = create_engine(f"sqlite:///{tmp_path / 'older.sqlite'}")
    with engine.begin() as older:
        upgrade(older, "0015")
        for table, row in (("records", record), ("drafts", draft), ("events", event)):
            names = ", ".join(row)
            places = ", ".join(f":{name}" for name in row)
            older.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), row)  # noqa: S608
        upgrade(older)
        asked = "SELECT field, tenth, on_day, unit, who, read, changed, paths_json FROM figure_forms"
        lines = {tuple(line) for line in older.execute(text(asked))}
        sums = {
            tuple(line)
            for line in older.execute(text("SELECT field, tenth, read, looked, changed FROM figure_readings"))
        }
    common = ("2016-05-03", "一会", "李")
    assert lines == {
        ("", 0, *common, 1, 1, "[]"),
        ("*", 5, *common, 1, 1, "[]"),
        ("*", 9, *common, 1, 0, "[]"),
        ("name", 5, *common, 1, 1, json.dumps(["name"])),
    }
    assert sums == {("", 0, 1, 1, 1), ("name", 5, 1, 1, 1), ("ethnicity", 9, 1, 0, 0)}
