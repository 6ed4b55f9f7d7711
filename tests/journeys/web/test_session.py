"""A session that ends in the middle of a form, and a button that is pressed twice."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from records.store import Store
from tests.journeys.web.conftest import PASSWORD, Desk, become_administrator


def test_nothing_typed_is_lost_with_the_session_and_nothing_is_sent_twice(
    running: Desk, page: Page, faults: list[str]
) -> None:
    become_administrator(page, running)
    page.goto(f"{running.address}/people")
    _types(page)
    with Store.open(running.home) as store:
        store.accounts.sign_out(page.context.cookies()[0]["value"])
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("alert")).to_contain_text("填写的内容还在")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="在新窗口登录").click()
    _signs_in(opened.value)
    opened.value.wait_for_url(f"{running.address}/")
    opened.value.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("alert")).to_contain_text("已重新登录")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.get_by_role("button", name="添加").dblclick()
    expect(page.get_by_role("link", name="钱经办")).to_be_visible()
    assert sent == [f"{running.address}/people"]
    page.context.clear_cookies()
    page.goto(f"{running.address}/records?q=%E9%92%B1")
    _signs_in(page)
    page.wait_for_url(f"{running.address}/records?q=%E9%92%B1")
    assert [one for one in faults if "401" not in one] == []


def _types(page: Page) -> None:
    page.get_by_label("用户名").fill("qian")
    page.get_by_label("姓名").fill("钱经办")


def _signs_in(page: Page) -> None:
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
