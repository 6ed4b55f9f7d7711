"""A clerk's whole path on real samples: take, review, look, make, and read back what was made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk import words
from desk.contract import read_fields
from records.editions import DocumentUse, Edition, load_editions
from records.listing import load_roster
from records.store import Store
from records.values import Value
from tests.clerk import SAMPLES, Clerk

EDITIONS = load_editions()


def truth_of(name: str) -> tuple[str, dict[str, Value]]:
    told = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return told["edition"], read_fields(EDITIONS[told["edition"]], told["fields"])[0]


def typed_for(edition: str, path: str, value: Value) -> str:
    """What a clerk who knows the truth types."""
    return f"={words.value(EDITIONS[edition], path, value)}" if value is not None else "-"


def settled(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as the contract says them, without blanks."""
    plain = {key: value for key, value in fields.items() if not isinstance(value, list) or value}
    rows = {
        key: [{name: cell for name, cell in row.items() if cell is not None} for row in value]
        for key, value in plain.items()
        if isinstance(value, list) and isinstance(value[0], dict)
    }
    return {key: value for key, value in (plain | rows).items() if value is not None}


def values_of(fields: dict[str, Any]) -> dict[str, Any]:
    """The values alone of a reading."""
    return {
        key: [{name: cell["value"] for name, cell in row.items()} for row in told]
        if isinstance(told, list)
        else told["value"]
        for key, told in fields.items()
    }


@pytest.mark.parametrize("name", ["16-henan-2016-song-phone", "form"])
def test_a_digital_form_goes_the_whole_path(dangan: Clerk, tmp_path: Path, name: str) -> None:
    edition, truth = truth_of(name)
    [file] = [path for path in SAMPLES.glob(f"{name}.*") if path.suffix != ".json"]
    assert dangan("take", file).status == 0
    assert "王经办" not in dangan("review", "--list").out
    assert "档案 1" in dangan("review", typed=["照原件存", "", ""]).out

    [row] = dangan("list", "--json").lines
    assert (row["edition"], row["name"]) == (edition, truth["name"])
    assert str(truth["id_number"]) not in json.dumps(row)
    assert [found["number"] for found in dangan("search", truth["name"], "--json").lines] == [1]
    assert dangan("search", "查无此人", "--json").lines == []

    [shown] = dangan("show", 1, "--history", "--json").lines
    told = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["fields"]
    assert settled(shown["fields"]) == settled(told)
    assert {event["who"] for event in shown["history"]} == {"王经办"}
    assert all(event["sha256"] for event in shown["history"])

    assert dangan("make", "archive", 1, "--out", tmp_path / "made", "--pdf").status == 0
    made = sorted((tmp_path / "made").iterdir(), key=lambda path: path.suffix)
    assert [path.suffix for path in made] == [".docx", ".pdf"]
    for path in made:
        [line] = dangan("read", path, "--json").lines
        assert settled(values_of(line["fields"])) == settled(told)
        assert [
            key for key, cell in line["fields"].items() if isinstance(cell, dict) and cell["review"]
        ] == []


def test_a_scan_in_pen_is_settled_in_the_terminal(dangan: Clerk) -> None:
    name = "23-shaoxing-2010-longcang-seal"
    edition, truth = truth_of(name)
    assert dangan("take", SAMPLES / f"{name}.jpg").status == 0
    with Store.open(dangan.home) as store:
        draft = store.draft(1)
    assert draft.doubtful
    first, *others = draft.doubtful

    begun = dangan("review", 1, typed=[typed_for(edition, first, truth.get(first)), "q"])
    assert "再次运行" in begun.err
    assert dangan("list", "--json").lines == []

    answers = [typed_for(edition, path, truth.get(path)) for path in others]
    # A decision taken before the clerk left is not asked again; "照原件存" settles errors that stand.
    done = dangan("review", 1, typed=[*answers, "照原件存", "", ""])
    assert "档案 1" in done.out, done.out + done.err

    [shown] = dangan("show", 1, "--history", "--json").lines
    values, _ = read_fields(EDITIONS[edition], shown["fields"])
    assert {path: values.get(path) for path in draft.doubtful} == {
        path: truth.get(path) for path in draft.doubtful
    }
    decided = [event for event in shown["history"] if event["path"] == first]
    assert [event["why"] for event in decided] == [
        "confirmed" if draft.readings[first].value == truth.get(first) else "decided"
    ]
    assert decided[0]["box"] == list(draft.readings[first].source.box)  # type: ignore[union-attr]


def test_the_same_file_is_taken_once(dangan: Clerk, tmp_path: Path) -> None:
    again = tmp_path / "renamed.docx"
    again.write_bytes((SAMPLES / "form.docx").read_bytes())
    assert dangan("take", SAMPLES / "form.docx").status == 0
    refused = dangan("take", again)
    assert refused.status == 1
    assert "完全相同" in refused.err
    passed = dangan("take", tmp_path)
    assert (passed.status, "跳过" in passed.err) == (0, True)
    with Store.open(dangan.home) as store:
        assert len(store.drafts()) == 1


def test_a_review_can_be_left_skipped_or_dropped(dangan: Clerk) -> None:
    dangan("take", SAMPLES / "form.docx")
    assert dangan("review", typed=["q"]).status == 0
    assert dangan("review", typed=[]).status == 0
    assert dangan("list", "--json").lines == []
    assert dangan("review", 1, "--drop", "扫错了").status == 0
    assert dangan("review").err.strip() == "没有待核对的草稿。"
    assert dangan("take", SAMPLES / "form.docx").status == 0


def test_a_record_moves_through_its_process(dangan: Clerk) -> None:
    dangan("import", SAMPLES / "16-henan-2016-song-phone.json")
    moved = dangan("state", 1, "建档立卡", "摸底调查", "--on", "2016-08-01", "--ground", "入户调查表")
    assert (moved.status, "职工申请" in moved.out) == (0, True)
    assert dangan("state", 1, "建档立卡", "公示", "--ground", "公示公告").status == 1
    assert dangan("state", 1, "archive", "applied", "--on", "2016-07-01", "--ground", "申请书").status == 1
    assert dangan("state", 1, "archive", "applied", "--on", "2016-08-02").status == 1
    assert dangan("list", "--json").lines[0]["states"] == {"archive": "surveyed"}
    [shown] = dangan("show", 1, "--history", "--json").lines
    last = shown["history"][-1]
    assert (last["path"], last["after"], last["on"], last["why"]) == (
        "state:archive",
        "surveyed",
        "2016-08-01",
        "入户调查表",
    )


def test_a_record_a_file_and_a_form_can_be_checked(dangan: Clerk, tmp_path: Path) -> None:
    told = json.loads((SAMPLES / "form.json").read_text(encoding="utf-8"))
    dangan("import", SAMPLES / "form.json")
    [by_number] = dangan("check", 1, "--json").lines
    [by_file] = dangan("check", SAMPLES / "form.json", "--json").lines
    [by_form] = dangan("check", SAMPLES / "form.docx", "--json").lines
    assert by_number["findings"] == by_file["findings"] == by_form["findings"]
    assert by_number["eligibility"] == by_file["eligibility"]
    assert {judged["verdict"] for judged in by_number["eligibility"]} <= {"yes", "no", "undetermined"}

    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(told | {"fields": told["fields"] | {"birth_date": "1901-01-01"}}), "utf-8")
    said = dangan("check", wrong, "--json")
    assert "birth_matches_id" in {finding["rule"] for finding in said.lines[0]["findings"]}

    [given] = dangan("check", 1, "--json", "--given", "filled_on=2010-12-10").lines
    in_time = {judged["name"]: judged["verdict"] for judged in given["eligibility"]}["in_time"]
    assert in_time == "yes"
    assert dangan("check", 1, "--given", "nonsense=1").status == 2


def asked_of(edition: Edition, use: DocumentUse) -> Iterator[str]:
    """Answers to what a list wants to know."""
    for ask in load_roster(edition, use).asks if use.roster else ():
        if ask.required:
            yield f"{ask.key}={'2016-09-01' if ask.kind == 'date' else 5}"


def test_every_document_is_made_for_every_record_that_has_it(dangan: Clerk, tmp_path: Path) -> None:
    for name in ("form", "16-henan-2016-song-phone"):
        assert dangan("import", SAMPLES / f"{name}.json").status == 0
    listed = dangan("make", "--list").out
    for document in dict.fromkeys(use.name for edition in EDITIONS for use in edition.documents):
        assert document in listed
        having = [edition for edition in EDITIONS if document in {use.name for use in edition.documents}]
        answers = {answer for edition in having for answer in asked_of(edition, edition.document(document))}
        given = [word for answer in sorted(answers) for word in ("--given", answer)]
        said = dangan("make", document, "--all", "--out", tmp_path / document, *given)
        assert said.status == 0, said.err
        assert len(list((tmp_path / document).iterdir())) == len(having)
    assert dangan("make", "archive", 99, "--out", tmp_path).status == 1
    assert dangan("make", "love", 1, "--out", tmp_path).status == 2
    found = dangan("make", "archive", "--search", "查无此人", "--out", tmp_path)
    assert (found.status, "没有符合条件" in found.err) == (0, True)


def test_the_doctor_finds_this_machine_well_and_templates_in_order(dangan: Clerk) -> None:
    checks = dangan("doctor", "--json").lines
    assert {check["result"] for check in checks} == {"正常"}
    assert dangan("templates", "check").status == 0
