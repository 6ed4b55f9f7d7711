"""Making from records, moving them through their states, checking the sheets they are printed on."""

from __future__ import annotations

from pathlib import Path

import pytest

from records.editions import load_editions
from records.findings import Finding, Severity
from records.store import Store
from tests.clerk import Clerk

EDITION = load_editions()["henan-2016"]


@pytest.fixture
def record(dangan: Clerk) -> int:
    """The number of a record in the clerk's store."""
    with Store.open(dangan.home) as store:
        return store.save(EDITION, {"name": "甲"}, "乙", "import", override_why="样表").number


def test_making_into_a_plain_file_is_refused_once(dangan: Clerk, record: int, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    said = dangan("make", EDITION.documents[0].name, record, "--out", plain)
    assert said.status == 1
    assert said.err.count("是一个文件，不是文件夹") == 1


def test_a_move_from_nothing_says_that_nothing_has_begun(dangan: Clerk, record: int) -> None:
    name, told = next(iter(EDITION.processes.items()))
    last = told["states"][-1]["name"]
    said = dangan("state", record, name, last, "--ground", "会议纪要")
    assert said.status == 1
    assert "未开始" in said.err
    assert "“”" not in said.err


def test_a_broken_sheet_is_named_whole_and_hides_what_only_follows_from_it(
    dangan: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = EDITION.documents[0].template
    found = (
        Finding(
            "template_broken",
            Severity.ERROR,
            (),
            {"file": Path(sheet).name, "tag": "{{", "what": "unfinished"},
        ),
        Finding("unprinted_field", Severity.WARNING, ("name",), {"edition": EDITION.key}),
    )
    monkeypatch.setattr("docgen.templates.check_templates", lambda _: found)
    said = dangan("templates", "check", EDITION.key)
    assert said.status == 1
    assert str(EDITION.file(sheet)) in said.out
    assert "没有写完" in said.out
    assert "没有印在" not in said.out
