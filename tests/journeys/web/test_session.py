"""A session that ends in the middle of a form, and a button that is pressed twice."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from records.accounts import Role
from records.reviews import Decided
from records.store import Store
from tests.desk.web.drafts import KEY, doubt, put
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
    _types(page)
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("alert").get_by_role("link", name="在新窗口登录")).to_be_visible()
    page.goto(f"{running.address}/records?q=%E9%92%B1")
    _signs_in(page)
    page.wait_for_url(f"{running.address}/records?q=%E9%92%B1")
    assert [one for one in faults if "401" not in one and "403" not in one] == []


def test_nobody_goes_on_in_another_s_name(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    with Store.open(running.home) as store:
        for name, shown in (("wang", "王经办"), ("li", "李经办")):
            store.accounts.add(name, shown, Role.CLERK, PASSWORD)
        number = put(store, tmp_path, name=doubt("林海王"), ethnicity=doubt("回族", place=1))
    other = page.context.new_page()

    def decided() -> dict[str, Decided]:
        with Store.open(running.home) as store:
            return store.reviews.decisions(number).standing

    def sits(name: str) -> None:
        other.goto(f"{running.address}/sign-in")
        _signs_in(other, name)
        other.wait_for_url(f"{running.address}/")

    sits("wang")
    page.goto(f"{running.address}/review/{number}")
    other.goto(f"{running.address}/account")
    other.get_by_role("button", name="退出").click()
    other.wait_for_url(f"{running.address}/sign-in")
    expect(page.locator(".current")).to_have_attribute("data-path", "name")
    page.keyboard.type("林海生")
    expect(page.locator("#saved")).to_contain_text("登录已过期")
    page.wait_for_timeout(1500)  # the page knocks in vain, and spoils no form of the door
    _signs_in(other, "li")
    other.wait_for_url(f"{running.address}/")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("现在登录的是李经办，本页是王经办打开的")
    expect(page.locator("#saved")).to_contain_text("请王经办在新窗口重新登录")
    assert decided() == {}
    sits("wang")
    expect(page.locator("#saved")).to_contain_text("已保存")
    assert [(one.value, one.who, one.text) for one in decided().values()] == [("林海生", "王经办", "")]

    page.goto(f"{running.address}/review/group/{KEY}/ethnicity")
    sits("li")
    page.bring_to_front()
    page.keyboard.press("F2")
    page.keyboard.type("汉族")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("现在登录的是李经办，本页是王经办打开的")
    expect(page.locator(".typed")).to_have_value("汉族")
    assert "ethnicity" not in decided()
    sits("wang")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("alert")).to_contain_text("已重新登录")
    page.locator(".wrong").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("改正 1 处")
    assert (decided()["ethnicity"].value, decided()["ethnicity"].who) == ("汉族", "王经办")
    assert [one for one in faults if "401" not in one and "403" not in one] == []


def _types(page: Page) -> None:
    page.get_by_label("用户名").fill("qian")
    page.get_by_label("姓名").fill("钱经办")


def _signs_in(page: Page, name: str = "admin") -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
