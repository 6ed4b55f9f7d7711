"""Taking and checking: what a clerk is told on the way, in which words and with which status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from records.drafts import Draft, Origin, Reading, Unmatched
from records.findings import Finding, Reason, Severity
from tests.clerk import Clerk

KEY = "henan-2016"
BLIND = ("--engine", "tests.clerk:Blind")
NUMBERED = "330602196501010012.jpg"
JPEG = b"\xff\xd8\xff broken"


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is one sheet of a page scanned too coarsely."""

    def read_file(file: Path, *_: Any, **__: Any) -> Iterator[Draft]:
        seen = (Finding("coarse_page", Severity.WARNING, (), {"dpi": "90"}),)
        origin = Origin(file.name, "0" * 64, (1,))
        yield Draft(KEY, {"name": Reading("甲")}, findings=seen, origin=origin)

    monkeypatch.setattr("intake.reading.read_file", read_file)


def blank(page: int) -> Unmatched:
    return Unmatched(Origin("a.tif", "0" * 64, (page,)), Reason("blank_page", {"ink": "0.003%"}))


def fed(monkeypatch: pytest.MonkeyPatch, *found: Draft | Unmatched) -> None:
    """Every file gives these forms and pages."""

    def read_file(*_: Any, **__: Any) -> Iterator[Draft | Unmatched]:
        yield from found

    monkeypatch.setattr("intake.reading.read_file", read_file)


def a_form(name: str, *pages: int) -> Draft:
    return Draft(KEY, {"name": Reading(name)}, origin=Origin("a.tif", "0" * 64, pages))


def test_what_became_of_each_page_of_a_stack_is_listed(
    dangan: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor = Unmatched(Origin("a.tif", "0" * 64, (5,)), Reason("no_table"))
    fed(monkeypatch, a_form("甲", 1, 3), blank(2), a_form("乙", 4), poor)
    said = dangan("take", written(tmp_path, "a.tif"), *BLIND)
    assert said.status == 0
    assert "第 1、3 页：困难职工档案表，甲（草稿 1）" in said.out
    assert "第 4 页：困难职工档案表，乙（草稿 2）" in said.out
    assert "第 2 页：空白页（实测墨迹只占 0.003%），已略去。" in said.err
    assert "第 5 页未能读出：没有找到表格线" in said.err


def test_a_file_of_blank_pages_is_no_failure(
    dangan: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed(monkeypatch, blank(1), blank(2))
    file = written(tmp_path, "a.tif")
    assert dangan("check", file, *BLIND).status == 0
    said = dangan("take", file, *BLIND)
    assert said.status == 0
    assert "收到 0 份草稿" in said.err and "未能收入 0 个" in said.err


def test_a_file_without_any_form_still_fails(
    dangan: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed(monkeypatch, blank(1), Unmatched(Origin("a.tif", "0" * 64, (2,)), Reason("no_table")))
    assert dangan("take", written(tmp_path, "a.tif"), *BLIND).status == 1


def test_blank_pages_are_lines_of_their_own_for_programs(
    dangan: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed(monkeypatch, a_form("甲", 1), blank(2))
    said = dangan("read", written(tmp_path, "a.tif"), "--json", *BLIND)
    assert said.status == 0
    form, page = said.lines
    assert (form["pages"], page["pages"], page["edition"], page["code"]) == ([1], [2], None, "blank_page")
    assert page["reason"].startswith("空白页")


def written(folder: Path, name: str, content: bytes = JPEG) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.usefixtures("coarse")
@pytest.mark.parametrize("command", ["take", "check", "read"])
def test_what_is_wrong_with_a_page_is_told(dangan: Clerk, tmp_path: Path, command: str) -> None:
    said = dangan(command, written(tmp_path, "a.jpg"), *BLIND)
    assert "此页扫描太粗（约 90 dpi）" in said.out


@pytest.mark.usefixtures("coarse")
def test_what_is_wrong_with_a_page_is_in_the_json_of_a_check(dangan: Clerk, tmp_path: Path) -> None:
    [line] = dangan("check", written(tmp_path, "a.jpg"), "--json", *BLIND).lines
    assert "coarse_page" in [finding["rule"] for finding in line["findings"]]


@pytest.mark.usefixtures("coarse")
def test_a_number_in_a_name_is_masked_in_what_taking_says(dangan: Clerk, tmp_path: Path) -> None:
    file = written(tmp_path, NUMBERED)
    for words in ((file,), (file,), (tmp_path,)):
        said = dangan("take", *words, *BLIND)
        assert "330602********0012.jpg" in said.out + said.err
        assert "19650101" not in said.out + said.err


def test_a_number_in_the_name_of_a_broken_file_is_masked(dangan: Clerk, tmp_path: Path) -> None:
    said = dangan("take", written(tmp_path, NUMBERED), *BLIND)
    assert "330602********0012.jpg" in said.err
    assert "19650101" not in said.out + said.err


def test_the_same_broken_content_is_told_under_its_own_name(dangan: Clerk, tmp_path: Path) -> None:
    one, two = written(tmp_path, "one.jpg"), written(tmp_path, "two.jpg")
    said = dangan("take", one, two, *BLIND)
    assert "two.jpg 与先前收过的 one.jpg 内容相同" in said.err
    assert said.err.count("文件 two.jpg") == 1


@pytest.mark.usefixtures("coarse")
def test_a_file_that_was_taken_says_as_what(dangan: Clerk, tmp_path: Path) -> None:
    assert dangan("take", written(tmp_path, "one.jpg"), *BLIND).status == 0
    (tmp_path / "in").mkdir()
    written(tmp_path / "in", "two.jpg")
    said = dangan("take", tmp_path / "in", *BLIND)
    assert "two.jpg：以前已收过（one.jpg，草稿 1），跳过" in said.err


def test_a_text_that_calls_itself_a_picture_is_found_out(dangan: Clerk, tmp_path: Path) -> None:
    said = dangan("take", written(tmp_path, "a.jpg", b"only words"), *BLIND)
    assert "内容不是图片" in said.err


@pytest.mark.parametrize("words", [("read", "a.jpg", "--picture"), ("demo", "--out")])
def test_a_file_where_a_folder_is_wanted_is_said(
    dangan: Clerk, tmp_path: Path, words: tuple[str, ...]
) -> None:
    plain = written(tmp_path, "plain")
    said = dangan(*words, plain)
    assert said.status == 1
    assert f"{plain} 是一个文件，不是文件夹" in said.err


@pytest.mark.usefixtures("coarse")
@pytest.mark.parametrize("given", ["nonsense=1", "applied=perhaps"])
def test_an_answer_to_no_question_is_wrong_usage(dangan: Clerk, tmp_path: Path, given: str) -> None:
    said = dangan("check", written(tmp_path, "a.jpg"), "--given", given, *BLIND)
    assert said.status == 2
    assert "命令用法有误" in said.err
    assert "。。" not in said.err


@pytest.mark.usefixtures("coarse")
def test_the_reasons_do_not_say_the_verdict_again(dangan: Clerk, tmp_path: Path) -> None:
    [line] = dangan("check", written(tmp_path, "a.jpg"), "--json", *BLIND).lines
    undetermined = [one for one in line["eligibility"] if one["verdict"] == "undetermined"]
    assert undetermined
    assert not any("无法判定" in reason for one in undetermined for reason in one["reasons"])
