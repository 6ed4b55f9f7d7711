"""Lists that keep themselves up to date under somebody's eyes: nothing jumps, nothing is lost."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from records.accounts import Role
from records.editions import load_editions
from records.reviews import Hand
from records.store import Store
from tests.desk.web.drafts import KEY, put
from tests.journeys.web.conftest import PASSWORD, Desk, heavy_faults

OTHER = Hand("李经办", 91)
COUNTING = """
window.told = 0;
const watch = new MutationObserver((all) => { window.told += all.length; });
watch.observe(document.getElementById("waiting"), {
  subtree: true, childList: true, attributes: true, characterData: true,
});
"""


def test_the_list_of_drafts_changes_where_it_changed_and_nowhere_else(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    with Store.open(running.home) as store:
        store.accounts.add("wang", "王经办", Role.REVIEWER, PASSWORD)
        numbers = [put(store, tmp_path) for _ in range(30)]
    page.clock.install()
    page.goto(f"{running.address}/sign-in")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{running.address}/")
    page.goto(f"{running.address}/review")
    row = page.locator(f"#draft-{numbers[20]}")
    row.get_by_role("link").first.focus()
    before = row.bounding_box()
    page.evaluate(COUNTING)

    def passes() -> None:
        with page.expect_response(lambda one: "/review/waiting" in one.url):
            page.clock.fast_forward(16_000)

    passes()
    assert page.evaluate("window.told") == 0
    with Store.open(running.home) as store:
        store.reviews.claim(numbers[20], OTHER)
        store.reviews.file(numbers[0], load_editions()[KEY], OTHER, force=True)
        store.drop(numbers[1], "李经办", "重复")
    passes()
    expect(row).to_contain_text("李经办 正在核对")
    expect(page.locator("#counts")).to_have_text("待核对 28 份，等我审核 1 份")
    expect(row.get_by_role("link").first).to_be_focused()
    assert before
    expect(page.get_by_role("heading", name="等我审核 1 份")).to_be_attached()
    after = row.bounding_box()
    assert after
    assert abs(after["y"] - before["y"]) < 40
    with Store.open(running.home) as store:
        store.drop(numbers[20], "李经办", "重复")
    passes()
    expect(row).to_have_count(0)
    expect(page.locator(f"#draft-{numbers[21]}").get_by_role("link").first).to_be_focused()
    assert heavy_faults(page) == []

    page.route("**/review/waiting*", lambda asked: asked.fulfill(status=503))
    passes()
    expect(page.locator("#live-told")).to_contain_text("程序正忙")
    page.unroute("**/review/waiting*")
    passes()
    expect(page.locator("#live-told")).to_be_empty()

    with Store.open(running.home) as store:
        store.accounts.sign_out(page.context.cookies()[0]["value"])
    passes()
    expect(page.locator("#live-told")).to_contain_text("登录已过期")
    assert [one for one in faults if "401" not in one and "503" not in one] == []
