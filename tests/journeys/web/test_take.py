"""Taking in with a real desk and a real browser; and the desk killed in the middle of it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from zipfile import ZipFile

import numpy as np
import pikepdf
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from docgen.codes import link_drawing
from docgen.enclosures import images
from records.findings import Severity
from records.medical import MedicalCase
from records.sanity import sanity
from records.shelf import checksum
from records.store import Store
from tests.clerk import SAMPLES
from tests.journeys.web.conftest import (
    Desk,
    become_administrator,
    heavy_faults,
    surroundings,
    told_by,
)
from tests.nursery import Child, start_desk

FORM = SAMPLES / "form.docx"
BLIND, SLOW = "tests.clerk:Blind", "tests.clerk:Slow"


class Served:
    """A desk over one home that is started, killed and started again at the same address."""

    def __init__(self, home: Path) -> None:
        self.home, self.port, self.code = home, 0, ""
        self.process: Child | None = None
        self.said: IO[str] | None = None

    def start(self, engine: str) -> Desk:
        """Serve, in a group of processes of its own."""
        told = {**surroundings(self.home), "DANGAN_ENGINE": engine}
        self.process, self.said = start_desk(("--no-browser", "--port", str(self.port)), told)
        desk = told_by(self.said, self.home, self.code)
        self.code, self.port = desk.code, int(desk.address.rsplit(":", 1)[1])
        return desk

    def kill(self) -> None:
        """Kill the server, as a power cut does; what it had started goes with it."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ctrl-C, unless it is gone."""
        if self.process is not None and self.process.poll() is None:
            self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        assert self.process is not None and self.said is not None
        os.killpg(self.process.pid, how)
        self.process.wait()
        self.said.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path / "home")
    yield found
    found.stop()


@pytest.fixture
def reading_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digital forms are read, pictures are not."""
    monkeypatch.setenv("DANGAN_ENGINE", BLIND)


@pytest.mark.usefixtures("reading_nothing")
def test_files_and_a_folder_come_in_and_what_became_of_them_is_told_live(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    become_administrator(page, running)
    page.get_by_role("link", name="收表").first.click()
    expect(page.get_by_role("heading", name="收表")).to_be_visible()

    form, broken = a_form(tmp_path / "甲.docx", 1), tmp_path / "坏的.pdf"
    broken.write_bytes(b"only words")
    page.get_by_label("选择文件", exact=True).set_input_files([form, broken])
    taken = page.locator("#taken .file")
    expect(taken.filter(has_text="甲.docx")).to_contain_text("草稿 1", timeout=30_000)
    expect(taken.filter(has_text="坏的.pdf")).to_contain_text("不是可读的格式")
    expect(page.locator("#aside")).to_contain_text("坏的.pdf")
    expect(page.locator("#tally")).to_contain_text("没有文件等着读")

    folder = tmp_path / "一叠"
    (folder / "里面").mkdir(parents=True)
    a_form(folder / "乙.docx", 2)
    a_form(folder / "里面" / "丙.docx", 3)
    (folder / "Thumbs.db").write_bytes(b"no form")
    page.locator("#folder").set_input_files(folder)
    shutil.copytree(folder, tmp_path / "另一叠")
    a_form(tmp_path / "另一叠" / "里面" / "戊.docx", 5)
    drop(page, tmp_path / "另一叠", a_form(tmp_path / "丁.docx", 4))
    for name in ("乙.docx", "丙.docx", "丁.docx", "戊.docx"):
        expect(taken.filter(has_text=name)).to_contain_text("草稿", timeout=30_000)
    assert page.get_by_text("Thumbs.db").count() == 0
    shutil.copyfile(form, tmp_path / "又是甲.docx")
    drop(page, tmp_path / "又是甲.docx")
    expect(taken.filter(has_text="甲.docx")).to_contain_text("以前收过")

    before = told_of(taken)
    page.reload()
    expect(taken).to_have_count(6)
    assert told_of(taken) == before

    page.get_by_text("不再处理").first.click()
    page.get_by_label("理由").fill("不是档案表")
    page.get_by_role("button", name="不再处理").click()
    expect(page.locator("#aside")).not_to_contain_text("坏的.pdf")
    expect(taken.filter(has_text="坏的.pdf")).to_contain_text("已了结")

    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_text("拍照", exact=True)).to_be_visible()
    page.locator("#camera").set_input_files(picture(tmp_path / "image.jpg"))
    expect(taken.filter(has_text="照片-")).to_contain_text("重新", timeout=30_000)
    expect(page.get_by_text("再拍一张")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []


def test_a_desk_killed_in_the_middle_of_an_upload_and_of_reading_loses_nothing_and_goes_on(
    served: Served, page: Page, tmp_path: Path
) -> None:
    desk = served.start(SLOW)
    become_administrator(page, desk)
    page.goto(f"{desk.address}/take")
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    slow.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": 1_500_000})
    form, paper = a_form(tmp_path / "甲.docx", 1, 6_000_000), tmp_path / "病历.jpg"
    paper.write_bytes((SAMPLES / "medical" / "hospital-1.jpg").read_bytes() + bytes(6_000_000))
    case = beside_it(page, desk, paper)
    page.get_by_label("选择文件", exact=True).set_input_files(form)
    uploads = served.home / "uploads"
    until(lambda: len([part for part in uploads.glob("*.part") if part.stat().st_size > 0]) == 2)
    served.kill()
    assert [part.stat().st_size < 6_000_000 for part in uploads.iterdir()] == [True, True]
    with Store.open(served.home) as store:
        assert store.scans() == [] and store.shelf.files() == [] and store.drafts() == []
        assert (store.medical.case(1).papers, store.medical.case(1).revision) == ((), 1)
    expect(case.get_by_role("alert")).to_contain_text("连不上档案程序")
    case.close()

    slow.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": -1})
    expect(page.locator("#uploads")).to_contain_text("自动重传")
    served.start(SLOW)
    taken = page.locator("#taken .file")
    expect(taken).to_contain_text("草稿 1", timeout=40_000)
    expect(page.locator("#uploads .file")).to_have_count(0)

    pictures = [picture(tmp_path / f"{number}.jpg", number) for number in (1, 2)]
    page.get_by_label("选择文件", exact=True).set_input_files(pictures)
    until(lambda: bool(list(served.home.glob("at-work-*"))))
    served.kill()
    sums = {checksum(file) for file in (form, *pictures)}
    with Store.open(served.home) as store:
        assert {scan.sha256 for scan in store.scans()} == sums
        assert {scan.file for scan in store.unread()} == {"1.jpg", "2.jpg"}
        assert [found for found in sanity(store) if found.severity is Severity.ERROR] == []

    served.start(BLIND)
    for file in pictures:
        expect(taken.filter(has_text=file.name)).to_contain_text("没有读出", timeout=40_000)
    began = time.monotonic()
    served.stop()  # it does not wait for the page that listens
    assert time.monotonic() - began < 5
    with Store.open(served.home) as store:
        assert {scan.sha256 for scan in store.scans()} == sums
        assert len(store.drafts()) == 1 and store.unread() == []
        assert {one.file for one in store.aside()} == {"1.jpg", "2.jpg"}
        assert [found for found in sanity(store) if found.severity is not Severity.INFO] == []


def beside_it(page: Page, desk: Desk, paper: Path) -> Page:
    """A medical case in another window, with a paper on its way up."""
    with Store.open(desk.home) as store:
        edition = store.editions["shaoxing-2010"]
        record = store.save(edition, {"name": "竺月岚"}, "王经办", "", override_why="样例")
        store.medical.save(MedicalCase(record.number, 2010), "王经办")
    case = page.context.new_page()
    slow = case.context.new_cdp_session(case)
    slow.send("Network.enable")
    case.goto(f"{desk.address}/cases/1")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_500_000},
    )
    case.locator("#file-other").set_input_files(paper)
    return case


def test_the_code_on_the_page_leads_to_its_address(page: Page, tmp_path: Path) -> None:
    address = "https://192.168.100.200:8610/take"
    page.set_content(link_drawing(address).decode())
    page.locator("svg").screenshot(path=tmp_path / "code.png")
    with Image.open(tmp_path / "code.png") as image:
        [code] = zxingcpp.read_barcodes(np.asarray(image.convert("L")))
    assert code.text == address


def a_form(file: Path, number: int, size: int = 10) -> Path:
    """The sample form with other bytes in it."""
    shutil.copyfile(FORM, file)
    with ZipFile(file, "a") as archive:
        archive.writestr("customXml/number.txt", f"{number}" * size)
    return file


def picture(file: Path, seed: int = 7) -> Path:
    """A ruled table that is no form of ours, on which the engine has something to read."""
    with Image.open(sorted(SAMPLES.glob("*.jpg"))[seed % 3]) as image:
        image.reduce(3).save(file)
    return file


def told_of(taken: Locator) -> list[list[str]]:
    """What the lines of files say, but for a file that came again."""
    lines = ([line for line in text.splitlines() if line] for text in taken.all_inner_texts())
    return sorted([line for line in one if "以前收过" not in line] for one in lines)


def drop(page: Page, *files: Path) -> None:
    """Drag files and folders from the computer onto the page, as a hand does."""
    hand = page.context.new_cdp_session(page)
    box = page.locator("#take").bounding_box()
    assert box is not None
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    for what in ("dragEnter", "dragOver", "drop"):
        hand.send(
            "Input.dispatchDragEvent", {"type": what, "x": box["x"] + 20, "y": box["y"] + 20, "data": data}
        )
    hand.detach()


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.usefixtures("reading_nothing")
def test_photographs_of_one_form_are_ordered_and_taken_as_one(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("照片10.jpg", "照片9.jpg", "多余.png")]
    for file, shade in zip(files, (10, 90, 200), strict=True):
        Image.new("L", (400, 300), shade).save(file)
    become_administrator(page, running)
    page.goto(f"{running.address}/take")
    page.get_by_role("checkbox", name="这几张图片是同一份表的各页").check()
    page.locator("#files").set_input_files(files)
    names = page.locator("#pages .name")
    expect(names).to_have_text(["第 1 页　多余.png", "第 2 页　照片9.jpg", "第 3 页　照片10.jpg"])
    page.get_by_role("button", name="去掉：第 1 页 多余.png").press("Enter")
    page.get_by_role("button", name="下移：第 1 页 照片9.jpg").press("Enter")
    expect(names).to_have_text(["第 1 页　照片10.jpg", "第 2 页　照片9.jpg"])
    expect(page.get_by_role("button", name="上移：第 2 页 照片9.jpg")).to_be_focused()
    assert heavy_faults(page) == []
    page.get_by_role("button", name="合成一份收下").click()
    expect(page.locator("#taken li")).to_contain_text("照片10 等 2 页.pdf")
    expect(page.locator("#stack")).to_be_hidden()
    with Store.open(running.home) as store:
        [kept] = store.scans()
    with pikepdf.open(kept.path) as pdf:
        seen = [one.read_raw_bytes() for sheet in pdf.pages for one in images(sheet)]
    assert seen == [file.read_bytes() for file in files[:2]]
    assert faults == []
