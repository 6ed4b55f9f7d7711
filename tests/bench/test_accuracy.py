from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from bench import accuracy
from bench.accuracy import draw, show, tallied
from bench.draw import Drawn, truth_of
from bench.hands import STYLES
from bench.reading import Sheet, first_form, with_truth
from bench.scoring import compared
from docgen.documents import make
from records.archive import Record
from records.editions import load_editions

WHEN = datetime(2016, 10, 1, tzinfo=UTC)
EDITIONS = load_editions()
EDITION = next(iter(EDITIONS))


def sheet(read: dict[str, object], truth: dict[str, object], **told: object) -> Sheet:
    """A sheet with these readings and these values in truth."""
    whole = {"edition": EDITION.key, "fields": truth, **told}
    line = {"edition": EDITION.key, "fields": read}
    return Sheet(Path("one.jpg"), whole, (line,), tuple(compared(line, whole, EDITION)), 1.0)


RIGHT = {"value": "张三", "review": False}
DOUBTED = {"value": "张三", "review": True}
SILENT = {"value": "张二", "review": False}


def test_sheets_are_tallied_by_all_that_their_truth_says() -> None:
    sheets = [
        sheet({"name": RIGHT}, {"name": "张三"}, style="song", profile="fax"),
        sheet({"name": SILENT}, {"name": "张三"}, style="longcang", profile="fax", hand=True, marks="ring"),
    ]
    found = tallied(sheets)
    assert found["all"]["all"].shares == (0.5, 0.5, 0.5, 0.0)
    assert found["ink"]["pen"].silent == 1
    assert found["profile"]["fax"].fields == 2
    assert found["style"]["song"].straight == 1
    assert set(found["marks"]) == {"ring"}
    assert found["kind"]["text"].fields == 2


def test_kinds_that_a_hand_does_not_tell_are_left_out() -> None:
    one = sheet({"name": SILENT}, {"name": "张三", "gender": "男"}, unscored=["text"])
    assert [field.path for field in one.fields] == ["gender"]


def test_the_report_names_the_pages_that_were_not_read() -> None:
    truth = {"edition": EDITION.key, "fields": {"name": "张三"}}
    line = {"edition": None, "reason": "看不清"}
    unread = Sheet(Path("bad.jpg"), truth, (line,), tuple(compared(line, truth, EDITION)), 1.0)
    report = list(show([unread]))
    assert "without their edition 1" in report[0]
    assert "bad.jpg: 看不清" in report[1]


def test_the_first_form_wins_over_pages_that_are_none() -> None:
    error = {"file": "a", "error": {"code": "encrypted"}}
    none, form = {"edition": None}, {"edition": EDITION.key}
    assert first_form([error, none, form]) is form
    assert first_form([error, none]) is none
    assert first_form([error]) is None


def test_of_a_sheet_in_two_formats_the_picture_is_read(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.pdf", "a.json", "b.pdf", "b.json", "c.jpg", "d.txt"):
        (tmp_path / name).write_text("{}")
    assert [file.name for file in with_truth(tmp_path)] == ["a.jpg", "b.pdf"]


def test_the_picture_shows_right_and_silently_wrong_in_their_colours(tmp_path: Path) -> None:
    sheets = [sheet({"name": RIGHT}, {"name": "张三"}), sheet({"name": SILENT}, {"name": "张三"})]
    draw(sheets, "two forms", tmp_path / "table.png")
    with Image.open(tmp_path / "table.png") as picture:
        colours = {colour for _, colour in picture.getcolors(1 << 20) or ()}
    assert {accuracy.GOOD, accuracy.BAD} <= colours


def test_the_command_reads_a_folder_and_writes_the_lines_of_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = Drawn("one", EDITION, STYLES[0], "scanner", seed=3)
    record = Record(1, EDITION.key, drawn.values, WHEN, WHEN, 1)
    make("archive", record, EDITION, tmp_path)[0].rename(tmp_path / "one.docx")
    (tmp_path / "one.json").write_text(json.dumps(truth_of(drawn)), encoding="utf-8")
    lines, picture = tmp_path / "lines.jsonl", tmp_path / "table.png"
    assert accuracy.main([str(tmp_path), "--lines", str(lines), "--picture", str(picture), "--errors"]) == 0
    assert [json.loads(line)["file"] for line in lines.read_text("utf-8").splitlines()] == ["one.docx"]
    assert picture.is_file()
    report = capsys.readouterr().out
    assert "forms 1, without their edition 0" in report
    assert "SILENT" not in report
