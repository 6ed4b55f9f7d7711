from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from docx import Document

from docgen.templates import check_templates, read_sheet
from records.editions import BUILT_IN, Edition, Editions, load_editions
from records.errors import TemplateBroken
from records.findings import Finding, Severity


def sheet(file: Path, *paragraphs: list[str]) -> Path:
    """A Word file; each paragraph is given as its runs."""
    document = Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for run in runs:
            paragraph.add_run(run)
    document.save(str(file))
    return file


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A unit's own folder of sheets for the edition of 2010; what lies in it wins."""
    folder = tmp_path / "own" / "shaoxing-2010"
    folder.mkdir(parents=True)
    return folder


def edition(own: Path) -> Edition:
    return load_editions(own.parent)["shaoxing-2010"]


def of(findings: tuple[Finding, ...], rule: str) -> list[dict[str, str]]:
    return [dict(finding.facts) for finding in findings if finding.rule == rule]


def test_the_built_in_sheets_meet_their_editions(editions: Editions) -> None:
    assert [finding for one in editions for finding in check_templates(one)] == []


def test_a_tag_that_word_split_into_runs_is_still_one_tag(tmp_path: Path) -> None:
    read = read_sheet(sheet(tmp_path / "split.docx", ["姓名：{", "{ na", "me }", "}"], ["{{ health }}"]))
    assert read.tags == ("{{ name }}", "{{ health }}")
    assert read.names == {"name", "health"} and read.broken == ()


def test_tags_in_headers_and_tables_are_read(tmp_path: Path) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "{{ worker_no }}"
    document.add_table(1, 1).cell(0, 0).text = "{{ name }}"
    document.save(str(tmp_path / "t.docx"))
    assert read_sheet(tmp_path / "t.docx").names == {"worker_no", "name"}


def test_every_broken_tag_is_named(tmp_path: Path) -> None:
    read = read_sheet(
        sheet(
            tmp_path / "b.docx", ["{{ name + }}"], ["{{ health }}"], ["{{ gender"], ["{% if %}"], ["x }} y"]
        )
    )
    assert [broken.tag for broken in read.broken] == ["{{ gender", "x }} y", "{{ name + }}", "{% if %}"]
    assert read.names == frozenset()


def test_an_unclosed_block_is_broken(tmp_path: Path) -> None:
    assert read_sheet(sheet(tmp_path / "b.docx", ["{% if name %}"], ["{{ name }}"])).broken != ()
    closed = read_sheet(
        sheet(tmp_path / "c.docx", ["{%p if name == “张三” %}"], ["{{ name }}"], ["{%p endif %}"])
    )
    assert closed.broken == () and closed.names == {"name"}


def test_the_check_names_tag_and_file(own: Path) -> None:
    sheet(own / "checklist.docx", ["{{ nmae }}{{ name }}{{ health | }}"])
    [broken] = of(check_templates(edition(own)), "template_broken")
    assert (broken["file"], broken["tag"]) == ("checklist.docx", "{{ health | }}")
    sheet(own / "checklist.docx", ["{{ nmae }}{{ name }}"])
    [unknown] = of(check_templates(edition(own)), "unknown_tag")
    assert unknown == {"file": "checklist.docx", "tag": "nmae"}


def test_a_field_that_no_sheet_prints_is_a_warning(own: Path) -> None:
    sheet(own / "archive.docx", ["{{ name }}{{ family_1_name }}"])
    sheet(own / "archive-continuation.docx", ["{{ name }}"])
    found = [one for one in check_templates(edition(own)) if one.rule == "unprinted_field"]
    assert {one.severity for one in found} == {Severity.WARNING}
    paths = {path for one in found for path in one.paths}
    assert {"health", "family.relation"} <= paths and not {"name", "family.name"} & paths


def test_a_sheet_that_is_not_there_or_no_word_file_is_said(own: Path, tmp_path: Path) -> None:
    (own / "checklist.docx").write_bytes(b"not Word")
    [broken] = of(check_templates(edition(own)), "template_broken")
    assert broken["file"] == "checklist.docx"
    with pytest.raises(TemplateBroken):
        read_sheet(own / "checklist.docx")
    shutil.copytree(BUILT_IN / "shaoxing-2010", tmp_path / "third" / "third-2020")
    (tmp_path / "third" / "third-2020" / "filling-rules.docx").unlink()
    third = load_editions(tmp_path / "third")["third-2020"]
    assert of(check_templates(third), "template_missing") == [
        {"file": "filling-rules.docx", "document": "filling-rules"}
    ]
