"""The archive in a real browser: found as one types, each value on its paper, this year's paper."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode

from playwright.sync_api import Page, expect

from records.drafts import Reading
from records.editions import load_editions
from records.store import Store
from tests.desk.test_review import SOUND
from tests.desk.web.drafts import KEY, put, spot
from tests.journeys.web.conftest import Desk, heavy_faults
from tests.journeys.web.test_review import people, sign_in


def filed(desk: Desk, folder: Path) -> tuple[int, int]:
    """A record that came from paper, and a draft of this year's paper of the same household."""
    with Store.open(desk.home) as store:
        people(store)
        first = put(store, folder)
        edition = load_editions()[KEY]
        record = store.settle(first, [], edition, "王经办", override_why="样例")
        this_year = put(store, folder, employer=Reading("新华轴承厂", "新华轴承厂", 0.99, source=spot(9)))
        return record.number, this_year


def asked_for(text: str) -> str:
    """What stands in the address of a search for a text among the records of the edition."""
    return urlencode(
        {key: one for key, one in {"q": text, "edition": load_editions()[KEY].title}.items() if one}
    )


def test_a_record_is_found_looked_at_moved_and_brought_up_to_this_year(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    number, draft = filed(running, tmp_path)
    name = str(SOUND["name"])
    sign_in(page, running, "wang")
    expect(page.locator("a[href='/review'] b")).to_have_text("1")
    page.get_by_role("link", name="档案", exact=True).click()
    page.wait_for_url("**/records")
    page.get_by_label("查找").press_sequentially("330", delay=30)
    expect(page.get_by_role("status")).to_have_text("共 1 份")
    page.get_by_label("查找").fill("查无此人")
    expect(page.get_by_role("status")).to_contain_text("没有找到")
    page.get_by_label("查找").fill(name[:1])
    expect(page).to_have_url(f"{running.address}/records?q={quote(name[:1])}")
    page.get_by_text("按条件筛选").click()
    page.get_by_label("表格版本").select_option(index=1)
    expect(page).to_have_url(f"{running.address}/records?{asked_for(name[:1])}")
    page.get_by_label("查找").fill("")
    expect(page).to_have_url(f"{running.address}/records?{asked_for('')}")
    page.get_by_label("表格版本").select_option(index=0)
    expect(page).to_have_url(f"{running.address}/records")
    page.get_by_label("查找").fill(name[:1])
    page.get_by_label("表格版本").select_option(index=1)
    expect(page).to_have_url(f"{running.address}/records?{asked_for(name[:1])}")
    assert heavy_faults(page) == []
    page.get_by_role("link", name=name).click()
    page.go_back()
    expect(page.get_by_label("查找")).to_have_value(name[:1])
    expect(page.get_by_label("表格版本")).to_have_value(load_editions()[KEY].title)
    expect(page.get_by_role("status")).to_have_text("共 1 份")
    page.goto(f"{running.address}/records?q=&unit=&page=1")
    expect(page).to_have_url(f"{running.address}/records?page=1")
    page.get_by_role("link", name=name).click()
    page.wait_for_url(f"**/records/{number}")

    page.get_by_role("button", name="姓名：原件和历史", exact=True).click()
    crop = page.locator("#origin img")
    expect(crop).to_be_visible()
    expect(crop).to_have_js_property("complete", True)
    assert crop.evaluate("picture => picture.naturalWidth") > 100
    expect(page.locator("#origin li")).to_have_count(1)
    states = page.locator("#states")
    states.get_by_text("转入下一步").first.click()
    states.get_by_label("依据").first.fill("入户调查")
    states.get_by_role("button", name="记入").first.click()
    expect(page.locator("#states")).to_contain_text("依据：入户调查")
    page.get_by_text("全部历史").click()
    expect(page.locator(".all")).to_contain_text("入户调查")
    assert heavy_faults(page) == []

    page.get_by_role("link", name="对照看看变了什么").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody th")).to_contain_text("工作单位")
    assert heavy_faults(page) == []
    page.get_by_role("button", name="工作单位：采用档案的").click()
    expect(page.locator("td.chosen")).to_contain_text(str(SOUND["employer"]))
    page.get_by_role("button", name="工作单位：采用新表的").click()
    expect(page.locator("td.chosen")).to_contain_text("新华轴承厂")
    page.get_by_role("button", name=f"用这份表更新档案 {number}").click()
    page.wait_for_url(f"{running.address}/review/{draft}")

    page.set_viewport_size({"width": 390, "height": 844})
    ways = ("", "records", f"records/{number}", f"records/{number}/compare", "records/duplicates")
    for way in (*ways, f"records/{number}/against/{draft}", "records/work/deadline"):
        page.goto(f"{running.address}/{way}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), way
        assert heavy_faults(page) == [], way
    assert faults == []
