from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.web.conftest import Desk, become_administrator, heavy_faults


def test_the_first_start_makes_an_administrator(started: Desk, page: Page, faults: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{started.address}/sign-in?code={started.code}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert heavy_faults(page) == []
    become_administrator(page, started)
    expect(page.get_by_role("heading", name="待办")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    expect(page.get_by_label("密码")).to_be_visible()
    assert faults == []
