"""People and rights in a real browser: accounts, the first password, units, lockout, a logged click."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from records.editions import load_editions
from records.store import Store
from tests.journeys.web.conftest import PASSWORD, Desk, become_administrator, heavy_faults

ID_NUMBER = "330602196504120015"


def test_an_office_of_three(running: Desk, page: Page, chromium: Browser, faults: list[str]) -> None:
    become_administrator(page, running)
    _file(running, "王小明", "一厂")
    _file(running, "周小强", "二厂")
    clerk = _added(page, running, "qian", "钱经办", "clerk", "一厂")
    reviewer = _added(page, running, "sun", "孙审核", "reviewer", "一厂")
    assert clerk != reviewer
    own = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    _first_time(own, running, "qian", clerk)
    _sees_own_unit_only(own, running)
    _unmasks(own, running)
    _locks_out(own, running)
    own.context.close()
    assert faults == []
    page.goto(f"{running.address}/audit?who=钱经办&what=unmasked")
    row = page.get_by_role("row").filter(has_text="档案 1")
    expect(row).to_contain_text("身份证号")
    page.goto(f"{running.address}/people")
    page.get_by_role("link", name="钱经办").click()
    page.wait_for_url("**/people/*")
    page.get_by_role("button", name="解除锁定").click()
    expect(page.get_by_role("status")).to_contain_text("已解除锁定")
    page.goto(f"{running.address}/audit")
    page.get_by_role("button", name="核对日志").click()
    expect(page.locator("#verified")).to_contain_text("日志完整")
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        for path in ("people", "people/2", "account", "audit"):
            page.goto(f"{running.address}/{path}")
            assert heavy_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults == []


def _file(desk: Desk, name: str, unit: str) -> None:
    edition = next(one for one in load_editions() if one.has("mobile"))
    with Store.open(desk.home) as store:
        values = {"name": name, "id_number": ID_NUMBER if unit == "一厂" else "330602196808080024"}
        store.save(edition, values, "王经办", "", override_why="样例", force=True, unit=unit)


def _added(page: Page, desk: Desk, name: str, shown: str, role: str, unit: str) -> str:
    page.goto(f"{desk.address}/people")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("姓名").fill(shown)
    page.get_by_label("角色").select_option(role)
    page.get_by_label("单位").fill(unit)
    page.get_by_role("button", name="添加").click()
    return page.locator(".secret").inner_text()


def _first_time(page: Page, desk: Desk, name: str, given: str) -> None:
    _sign_in(page, desk, name, given)
    page.wait_for_url(f"{desk.address}/account")
    page.get_by_label("现在的密码").fill(given)
    page.get_by_label("新密码（至少").fill(PASSWORD)
    page.get_by_label("再输一遍").fill(PASSWORD)
    page.get_by_role("button", name="更换密码").click()
    expect(page.get_by_role("status")).to_contain_text("密码已更换")


def _sees_own_unit_only(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/records")
    expect(page.get_by_role("main")).to_contain_text("王小明")
    expect(page.get_by_role("main")).not_to_contain_text("周小强")
    answer = page.goto(f"{desk.address}/records/2")
    assert answer
    assert answer.status == 404
    for path in ("people", "audit"):
        assert (page.goto(f"{desk.address}/{path}") or answer).status == 403


def _unmasks(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/records/1")
    assert ID_NUMBER not in page.content()
    page.get_by_role("button", name="显示身份证号").first.click()
    expect(page.get_by_text(ID_NUMBER)).to_be_visible()


def _locks_out(page: Page, desk: Desk) -> None:
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(f"{desk.address}/sign-in")
    for _ in range(5):
        _sign_in(page, desk, "qian", "wrong password")
        expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    _sign_in(page, desk, "qian", PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("已锁定")


def _sign_in(page: Page, desk: Desk, name: str, password: str) -> None:
    page.goto(f"{desk.address}/sign-in")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
