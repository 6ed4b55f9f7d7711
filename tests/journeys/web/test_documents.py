"""From a record to its cards in a real browser: found, made, looked at, taken away."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pdfplumber
from docx import Document
from playwright.sync_api import Page, expect

from records.editions import load_editions
from records.store import Store
from tests.journeys.web.conftest import Desk, become_administrator, heavy_faults

EDITION = load_editions()["henan-2016"]
NAMES = ("欧阳修文", "李建国", "赵敏")


def archived(desk: Desk) -> None:
    """A few records of invented people."""
    with Store.open(desk.home) as store:
        for name in NAMES:
            values = {"name": name, "helping_unit": f"{name}的单位"}
            store.save(EDITION, values, "乙", "import", override_why="样表", force=True)


def taken(page: Page, link: str) -> tuple[str, bytes]:
    """What a link downloads: its name and its bytes."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_cards_are_made_looked_at_and_taken_away(running: Desk, page: Page, faults: list[str]) -> None:
    become_administrator(page, running)
    archived(running)

    page.get_by_role("link", name="文书").click()
    page.wait_for_url("**/documents")
    page.get_by_label("查找").fill("欧阳")
    expect(page.get_by_text("查到 1 份")).to_be_visible()
    page.get_by_label(NAMES[0]).check()
    page.get_by_label("文书", exact=True).select_option("henan-2016/contact-cards")
    expect(page.get_by_text("再拼在 A4 纸上")).to_be_visible()
    assert heavy_faults(page) == []
    page.get_by_role("button", name="制作").click()

    expect(page.get_by_role("heading", name="预览")).to_be_visible(timeout=120_000)
    picture = page.get_by_role("img", name="第 1 页")
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        picture.scroll_into_view_if_needed()
        page.wait_for_function(
            "image => image.complete && image.naturalWidth > 300", arg=picture.element_handle()
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert heavy_faults(page) == []

    title = f"0001-{NAMES[0]}-困难职工解困脱困联系卡"
    name, word = taken(page, f"下载 Word：{title}")
    assert name == f"{title}.docx"
    cells = [
        cell.text for table in Document(io.BytesIO(word)).tables for row in table.rows for cell in row.cells
    ]
    assert NAMES[0] in cells and f"{NAMES[0]}的单位" in cells
    name, made = taken(page, f"下载 PDF：{title}")
    assert name == f"{title}.pdf"
    with pdfplumber.open(io.BytesIO(made)) as pdf:
        assert f"{NAMES[0]}的单位" in "".join(sheet.extract_text() for sheet in pdf.pages)

    page.goto(f"{running.address}/documents")
    for one in NAMES:
        page.get_by_label(one).check()
    page.get_by_label("只要 Word").check()
    assert heavy_faults(page) == []
    page.get_by_role("button", name="制作").click()
    _, bundle = taken(page, "全部下载")
    with zipfile.ZipFile(io.BytesIO(bundle)) as package:
        assert package.namelist() == [
            f"{number:04d}-{one}-困难职工档案表.docx" for number, one in enumerate(NAMES, 1)
        ]
    assert faults == []
