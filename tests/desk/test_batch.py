"""Batches: as one by one, only quicker; what breaks down breaks down alone; what was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desk.batch import _work, read_each, worthwhile
from desk.settings import Settings
from desk.workplace import Workplace
from records.drafts import Draft, Unmatched
from records.editions import load_editions
from records.store import Store
from tests.clerk import SAMPLES, Clerk

FORM, PICTURE = SAMPLES / "form.docx", next(SAMPLES.glob("*.jpg"))
BLIND = "tests.clerk:Blind"


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(Settings(tmp_path / "home", "clerk"))


def numbered(files: list[Path]) -> Iterator[tuple[int, Path]]:
    return enumerate(files).__iter__()


def many_pages(folder: Path, count: int) -> Path:
    pages = [Image.new("L", (400, 560), 255) for _ in range(count)]
    file = folder / "pages.tiff"
    pages[0].save(file, save_all=True, append_images=pages[1:])
    return file


def test_a_batch_gives_the_same_in_the_same_order(place: Workplace, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff broken")
    files = [FORM, broken, many_pages(tmp_path, 5), FORM]

    def all_of(processes: int) -> list[tuple[int, list[object]]]:
        found: list[tuple[int, list[object]]] = []
        for number, results in read_each(numbered(files), place, BLIND, processes):
            try:
                found.append((number, list(results)))
            except Exception as error:
                found.append((number, [repr(error)]))
        return found

    together = all_of(2)
    assert together == all_of(1)
    assert [number for number, _ in together] == [0, 1, 2, 3]
    assert [len(results) for _, results in together] == [1, 1, 5, 1]


def test_a_page_on_which_the_reader_dies_is_set_aside_alone(place: Workplace) -> None:
    read = read_each(numbered([PICTURE, FORM]), place, "tests.clerk:Deadly", 2)
    [[page], [form]] = [list(results) for _, results in read]
    assert isinstance(page, Unmatched)
    assert page.reason.code == "reader_crashed"
    assert page.origin.pages == (1,)
    assert isinstance(form, Draft)


def test_files_are_begun_only_a_few_ahead(place: Workplace) -> None:
    begun: list[int] = []

    def files() -> Iterator[tuple[int, Path]]:
        for number in range(40):
            begun.append(number)
            yield number, FORM

    read = read_each(files(), place, BLIND, 2)
    next(read)
    assert len(begun) <= 6
    read.close()


def test_each_process_is_told_what_the_archive_knows_and_opens_no_store(
    dangan: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = load_editions()["henan-2016"]
    with Store.open(dangan.home) as store:
        values = {"name": "王一", "employer": "开封市轴承厂"}
        store.save(edition, values, "建档人", "录入", override_why="试")
    place = Workplace(Settings(dangan.home, "clerk"))
    asked: list[object] = []
    monkeypatch.setattr("intake.reading.read_page", lambda *_, known, **__: asked.append(known))
    known = place.known
    assert known == {"unit": ("开封市轴承厂",)}
    monkeypatch.setattr(Store, "open", None)
    _work(lambda ask: ask("read", PICTURE, None), place.settings, BLIND, known)
    assert asked == [known]


def test_reading_goes_on_without_an_archive_that_cannot_be_opened(place: Workplace) -> None:
    assert place.known == {}
    assert not place.settings.home.exists()
    place.settings.home.mkdir()
    (place.settings.home / "dangan.sqlite").write_text("no store", encoding="utf-8")
    assert Workplace(place.settings).known == {}


def test_processes_are_started_for_many_pages_only(tmp_path: Path) -> None:
    assert worthwhile([FORM]) == 1
    assert worthwhile([PICTURE, tmp_path / "missing.pdf"]) == 1
    assert worthwhile([many_pages(tmp_path, 9)]) == worthwhile([FORM] * 9)


def test_taking_with_several_processes_stores_all_and_sets_the_dead_page_aside(
    dangan: Clerk, tmp_path: Path
) -> None:
    for name, file in {"a.jpg": PICTURE, "b.docx": FORM, "c.docx": FORM}.items():
        (tmp_path / name).write_bytes(file.read_bytes())
    words = ("--engine", "tests.clerk:Deadly", "--processes", 2)
    said = dangan("take", *(tmp_path / name for name in ("a.jpg", "b.docx", "c.docx")), *words)
    assert said.status == 1
    assert "意外中止" in said.err
    assert "c.docx 与先前收过的 b.docx 内容相同" in said.err
    assert said.out.count("收到 1 份草稿") == 1


def test_reading_into_a_file_goes_on_where_it_was_stopped(dangan: Clerk, tmp_path: Path) -> None:
    files = []
    for name in ("a.docx", "b.docx", "c.docx"):
        files.append(tmp_path / name)
        files[-1].write_bytes(FORM.read_bytes())
    out = tmp_path / "lines.jsonl"
    said = dangan("read", *files, "--json", "--out", out, "--engine", BLIND)
    assert (said.status, said.out) == (0, "")
    whole = out.read_text(encoding="utf-8")
    assert [json.loads(line)["file"] for line in whole.splitlines()] == [str(file) for file in files]
    out.write_text(whole[:-40], encoding="utf-8")  # the last line torn, as by a power cut
    again = dangan("read", *files, "--json", "--out", out, "--engine", BLIND)
    assert "已有 1 个文件的结果" in again.err
    assert out.read_text(encoding="utf-8") == whole


def test_what_holds_no_lines_is_never_written_over(dangan: Clerk, tmp_path: Path) -> None:
    form = tmp_path / "form.docx"
    form.write_bytes(FORM.read_bytes())
    assert dangan("read", FORM, "--json", "--out", form, "--engine", BLIND).status == 1
    assert form.read_bytes() == FORM.read_bytes()
    assert dangan("read", FORM, "--out", tmp_path / "x.jsonl", "--engine", BLIND).status == 2
