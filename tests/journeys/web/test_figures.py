"""The overview in a real browser: from a plot to its records, by mouse and by keyboard; pictures to keep."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from records.editions import load_editions
from records.store import Store
from tests.journeys.web.conftest import Desk, become_administrator, heavy_faults

HENAN = "henan-2016"
TELEPHONE = {"width": 390, "height": 844}


def test_from_a_bar_to_its_records_and_a_picture_to_keep(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    with Store.open(running.home, editions=load_editions()) as store:
        edition = store.editions[HENAN]
        for number, cause in enumerate(("其他", "其他", "下岗失业")):
            values = {"name": f"王小{'一二三'[number]}", "primary_cause": cause, "employer": "第一纺织厂"}
            store.save(edition, values, "王经办", "typed", override_why="试")
    become_administrator(page, running)
    page.get_by_role("link", name="统计").click()
    plot = page.locator("#plot-main_causes")
    plot.scroll_into_view_if_needed()
    bar = plot.get_by_role("link", name="其他：2（66.7%）")
    expect(bar).to_be_visible()
    assert heavy_faults(page) == []
    table = plot.get_by_text("看数字（表格）")
    table.click()
    expect(plot.get_by_role("row", name="下岗失业 1 33.3")).to_be_visible()
    with page.expect_download() as kept:
        plot.get_by_role("link", name="图片 PNG").click()
    kept.value.save_as(tmp_path / "kept.png")
    assert (tmp_path / "kept.png").read_bytes().startswith(b"\x89PNG")
    bar.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("主要致困原因：其他")
    assert page.get_by_role("row").count() == 3
    assert heavy_faults(page) == []
    page.get_by_role("link", name="← 回统计图").click()
    expect(page.get_by_role("link", name="其他：2（66.7%）").first).to_be_in_viewport()
    page.set_viewport_size(TELEPHONE)
    page.locator("#plot-workplaces").scroll_into_view_if_needed()
    expect(page.locator("#plot-workplaces svg.at-narrow")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    assert faults == []
