"""The whole path in a real browser: from a pile dropped on the page to cards and a case.

Digital forms and a picture come in, are settled by keyboard alone, approved by another person, found by
pinyin, and made into cards; every page is looked at with axe-core, on an office screen and on a telephone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from playwright.sync_api import Browser, Page, expect

from records.accounts import Role
from records.pinyin import readings
from records.store import Store
from tests.clerk import SAMPLES
from tests.journeys.web.conftest import PASSWORD, Desk, become_administrator, heavy_faults
from tests.journeys.web.test_take import drop

SCREEN, TELEPHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PAGES = (
    *("/", "/take", "/review", "/review/group", "/records", "/records/duplicates", "/documents", "/cases"),
    *("/figures", "/people", "/audit", "/help", "/account"),
)
PILE = ("16-henan-2016-song-phone.pdf", "form.docx", "00-henan-2016-song-office_200.jpg")


def test_from_a_pile_of_paper_to_cards_and_a_case(
    running: Desk, page: Page, chromium: Browser, faults: list[str]
) -> None:
    become_administrator(page, running)
    with Store.open(running.home) as store:
        store.accounts.add("wang", "王经办", Role.CLERK, PASSWORD)
    clerk = another(chromium, faults)
    sign_in(clerk, running, "wang")
    take_in(clerk)
    poor = [*look_at(clerk, running, ("/review/1",))]
    settle_all(clerk, running, "/review/next", "核对")
    expect(clerk.get_by_text("我已建档、等人审核 3 份")).to_be_visible()
    poor += look_at(page, running, ("/review/1",))
    settle_all(page, running, "/review/next?approve=true", "审核")

    record = find(clerk, running, "16-henan-2016-song-phone")
    made = make_cards(clerk)
    older = find(clerk, running, "form")
    case = open_case(clerk, running, older)
    of_records = (f"/records/{record}", f"/records/{record}/compare", f"/records/{record}/beside/{older}")
    carry = f"/records/{older}/carry/henan-2016"
    poor += look_at(page, running, (*PAGES, *of_records, carry, "/review/1", "/people/1", case))
    poor += look_at(clerk, running, (made,))
    assert poor == []
    clerk.context.close()
    assert faults == []
    assert list(look_at(page, running, ("/records/99",))) == []


def another(chromium: Browser, faults: list[str]) -> Page:
    """A browser of somebody else, whose complaints are kept too."""
    page = chromium.new_context(viewport=SCREEN, locale="zh-CN").new_page()
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page


def sign_in(page: Page, desk: Desk, name: str) -> None:
    page.goto(f"{desk.address}/sign-in")
    assert heavy_faults(page) == []
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.address}/")


def take_in(page: Page) -> None:
    """Drop the pile; what becomes of it is told without a key."""
    page.get_by_role("link", name="收表").first.click()
    expect(page.get_by_role("heading", name="收表", exact=True)).to_be_visible()
    drop(page, *(SAMPLES / name for name in PILE))
    for name in PILE:
        expect(page.locator("#taken .file", has_text=name)).to_contain_text("草稿", timeout=60_000)
    expect(page.locator("#tally")).to_contain_text("没有文件等着读")


def settle_all(page: Page, desk: Desk, path: str, what: str) -> None:
    """Go through all that waits, by keyboard alone."""
    page.goto(desk.address + path)
    for _ in PILE:
        expect(page.get_by_role("heading", level=1)).to_contain_text(what)
        here = page.url
        for _ in range(120):
            if page.evaluate("document.activeElement.id") == "go":
                break
            page.keyboard.press("Enter")
        page.keyboard.press("F2")
        settle_objections(page, here)
    page.wait_for_url(f"{desk.address}/review")


def settle_objections(page: Page, here: str) -> None:
    """Give a reason for what a sheet says against a rule, until the next sheet comes."""
    asked = page.locator("#ask[open]")
    for _ in range(400):
        if page.url != here:
            return
        if asked.count():
            page.keyboard.type("纸上就是这样")
            page.keyboard.press("Enter")
        page.wait_for_timeout(50)


def find(page: Page, desk: Desk, sample: str) -> int:
    """The number of the record of a sample, found by the pinyin of its name."""
    name = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8"))["fields"]["name"]
    page.goto(f"{desk.address}/records")
    page.get_by_label("查找").press_sequentially("".join(readings(name)[0]))
    expect(page.locator(".count")).to_have_text("共 1 份")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return int(page.url.rsplit("/", 1)[1])


def make_cards(page: Page) -> str:
    """Contact cards of the record, looked at as pages; their path."""
    page.get_by_role("link", name="制作文书").click()
    page.get_by_label("文书", exact=True).select_option("henan-2016/contact-cards")
    expect(page.get_by_text("再拼在 A4 纸上")).to_be_visible()
    page.get_by_role("button", name="制作").click()
    expect(page.get_by_role("heading", name="预览")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="下载 Word")).to_be_visible()
    expect(page.get_by_role("img", name="第 1 页")).to_be_visible()
    return "/documents" + page.url.split("/documents")[1]


def open_case(page: Page, desk: Desk, record: int) -> str:
    """A medical case of the record; its packet is not to be had before its papers."""
    page.goto(f"{desk.address}/cases/new?record={record}")
    page.get_by_role("button", name="立案").click()
    page.wait_for_url("**/cases/1")
    expect(page.get_by_role("button", name="装订成套")).to_be_disabled()
    return "/cases/1"


def look_at(page: Page, desk: Desk, paths: Sequence[str]) -> Iterator[str]:
    """What is poor about pages: serious findings of axe-core, and what is wider than its screen."""
    for path in paths:
        page.set_viewport_size(SCREEN)
        page.goto(desk.address + path)
        expect(page.locator(".htmx-request")).to_have_count(0)
        for size in (SCREEN, TELEPHONE):
            page.set_viewport_size(size)
            yield from (f"{path} {size['width']}: {fault}" for fault in heavy_faults(page))
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                yield f"{path} is {wide} wide"
