"""The review station in a real browser: by keyboard alone, safe with an input method, two people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from records.accounts import Role
from records.drafts import Reading
from records.reviews import Stage
from records.store import Store
from tests.desk.test_review import SOUND
from tests.desk.web.drafts import KEY, doubt, put
from tests.journeys.web.conftest import PASSWORD, Desk, heavy_faults
from tests.journeys.web.test_take import BLIND, Served

STROKES = """
window.strokes = 0;
addEventListener("keydown", (event) => {
  if (event.isTrusted && !["Alt", "Control", "Shift", "Meta"].includes(event.key)) {
    sessionStorage.strokes = Number(sessionStorage.strokes || 0) + 1;
  }
}, true);
"""

LATE = """
const asked = window.fetch;
window.fetch = async (way, options) => {
  const answer = await asked(way, options);
  if (!window.late && options?.method === "PUT" && way.endsWith("/phone")) {
    const body = answer.text();
    const whole = window.late = new Promise((told) => setTimeout(() => told(body), 600));
    answer.text = () => whole;
    answer.json = () => whole.then(JSON.parse);
  }
  return answer;
};
"""
"""The last but one of the doubts is answered, but what was answered comes in late."""


@contextmanager
def store_of(desk: Desk) -> Iterator[Store]:
    with Store.open(desk.home) as store:
        yield store


def people(store: Store) -> None:
    store.accounts.add("wang", "王经办", Role.CLERK, PASSWORD)
    store.accounts.add("zhao", "赵审核", Role.REVIEWER, PASSWORD)


def sign_in(page: Page, desk: Desk, name: str) -> None:
    page.goto(f"{desk.address}/sign-in")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.address}/")


def strokes(page: Page) -> int:
    """Keys pressed since the last call."""
    return int(
        page.evaluate("const count = Number(sessionStorage.strokes || 0); sessionStorage.strokes = 0; count")
    )


def current(page: Page) -> str:
    """The path of the field that has the focus, or the id of another element."""
    found = page.evaluate(
        "document.activeElement.closest('.field')?.dataset.path ?? document.activeElement.id"
    )
    return str(found)


def two_sheets(desk: Desk, folder: Path) -> tuple[int, int]:
    """A clerk, a reviewer, a sheet of five doubts and a clean one."""
    with store_of(desk) as store:
        people(store)
        five = put(
            store,
            folder,
            hardship_category=doubt("低保户", "低保边缘户", place=0),
            name=doubt("林海王", "林海生", place=1),
            ethnicity=doubt("回族", place=2),
            causes=doubt(("本人大病",), ("残疾",), place=20),
            phone=doubt("0575-88881234", place=11),
        )
        return five, put(store, folder, id_number=Reading("330602196501010039"))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path / "home")
    yield found
    found.stop()


def test_a_clerk_settles_by_keyboard_alone_and_another_person_approves(
    running: Desk, page: Page, chromium: Browser, faults: list[str], tmp_path: Path
) -> None:
    desk, (five, clean) = running, two_sheets(running, tmp_path)
    page.add_init_script(STROKES + LATE)
    sign_in(page, desk, "wang")
    page.goto(f"{desk.address}/review/next")
    expect(page.get_by_text("还有 5 处存疑")).to_be_visible()
    expect(page.locator(".lit")).to_be_visible()
    strokes(page)

    assert current(page) == "hardship_category"
    page.keyboard.press("Enter")
    assert current(page) == "name"
    page.keyboard.press("Alt+1")
    expect(page.locator("#f-name")).to_have_value("林海生")
    page.keyboard.press("Enter")
    assert current(page) == "ethnicity"
    page.keyboard.type("hz")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_text("汉族")
    page.keyboard.press("Enter")
    expect(page.locator("#f-ethnicity")).to_have_value("汉族")
    assert current(page) == "phone"
    page.keyboard.press("Enter")
    assert current(page) == "causes"
    page.keyboard.press("Alt+1")
    page.keyboard.press("Enter")
    assert current(page) == "go"
    expect(page.get_by_text("已保存")).to_be_visible()
    page.evaluate("window.late.then(() => new Promise(requestAnimationFrame))")
    expect(page.get_by_text("存疑处都已核定")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.address}/review/{clean}")
    assert strokes(page) == 10

    expect(page.get_by_text("没有存疑之处")).to_be_visible()
    assert current(page) == "go"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.address}/review")
    assert strokes(page) <= 2
    expect(page.get_by_text("我已建档、等人审核 2 份")).to_be_visible()

    boss = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    boss.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    sign_in(boss, desk, "zhao")
    boss.goto(f"{desk.address}/review/next?approve=true")
    expect(boss.get_by_text("读作：林海王 → 核定：林海生（王经办）")).to_be_visible()
    while current(boss) != "go":
        boss.keyboard.press("Enter")
    boss.keyboard.press("F2")
    boss.wait_for_url(f"{desk.address}/review/{clean}")
    assert heavy_faults(boss) == []
    boss.keyboard.press("F9")
    boss.get_by_label("理由").fill("再看一遍")
    boss.keyboard.press("Enter")
    boss.wait_for_url(f"{desk.address}/review")
    boss.context.close()

    with store_of(desk) as store:
        [record] = store.records()
        assert [record.values[path] for path in ("name", "ethnicity", "causes")] == [
            "林海生",
            "汉族",
            ("残疾",),
        ]
        assert store.draft_row(five).record == record.number
        assert {one.who for one in store.history(record.number)} == {"王经办", "赵审核"}
        assert store.reviews.review(clean).stage is Stage.SENT_BACK
    assert faults == []


def test_the_scan_and_the_form_know_each_other_on_a_screen_and_on_a_phone(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    desk, (five, _) = running, two_sheets(running, tmp_path)
    sign_in(page, desk, "wang")
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{desk.address}/review/{five}")
        expect(page.locator(".loading")).to_be_hidden()
        assert heavy_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#f-name").focus()
        page.wait_for_timeout(400)
        scan = page.locator("#scan").bounding_box()
        lit = page.locator(".lit").bounding_box()
        assert scan and lit
        assert scan["x"] <= lit["x"] and lit["x"] + lit["width"] <= scan["x"] + scan["width"] + 8
        assert scan["y"] <= lit["y"] and lit["y"] + lit["height"] <= scan["y"] + scan["height"]
        page.locator("#f-ethnicity").focus()
        page.wait_for_timeout(300)
        page.get_by_role("button", name="整页").click()
        page.wait_for_timeout(300)
        spot = page.locator(".lit").bounding_box()
        assert spot
        page.locator("#f-phone").focus()
        page.get_by_role("button", name="整页").click()
        page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
        assert current(page) == "ethnicity"
        before = page.locator(".stage").get_attribute("style")
        for key in ("r", "+", "+", "ArrowLeft"):
            page.locator("#scan").press(key)
            after = page.locator(".stage").get_attribute("style")
            assert after != before
            before = after
        page.keyboard.press("0")
        assert "rotate(90deg)" in (page.locator(".stage").get_attribute("style") or "")
    page.set_viewport_size({"width": 390, "height": 450})  # the keyboard on the screen takes the rest
    page.locator("#f-address").click(timeout=5_000)
    assert current(page) == "address"
    assert faults == []


def test_keys_of_an_input_method_are_left_to_it(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    desk, (five, _) = running, two_sheets(running, tmp_path)
    sign_in(page, desk, "wang")
    page.goto(f"{desk.address}/review/{five}")
    page.locator("#f-name").focus()
    page.keyboard.press("Control+A")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "lin'hai", "selectionStart": 7, "selectionEnd": 7})
    for key in ("Enter", "Alt+1", "F2", "Escape"):
        page.keyboard.press(key)
        assert current(page) == "name"
    page.evaluate(
        """for (const key of ["Enter", "Escape", "F2"]) {
          for (const how of [{isComposing: true}, {keyCode: 229}]) {
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, ...how}));
          }
        }"""
    )
    assert current(page) == "name"
    with store_of(desk) as store:
        assert store.reviews.decisions(five).all == []
    session.send("Input.insertText", {"text": "林海生"})
    page.keyboard.press("Enter")
    assert current(page) == "ethnicity"
    expect(page.locator("#saved")).to_contain_text("已保存")
    with store_of(desk) as store:
        assert [one.value for one in store.reviews.decisions(five).filing.values()] == ["林海生"]
    assert faults == []


def test_rows_marks_and_what_stands_in_spite_of_the_rules(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    with store_of(running) as store:
        people(store)
        edition = store.editions[KEY]
        store.save(edition, SOUND, "王经办", "录入")
        table = next(
            one for one in edition.tables if any(column.key == "relation" for column in one.fields)
        ).key
        number = put(store, tmp_path, gender=Reading("女"), causes=doubt(("残疾",), place=20))
    sign_in(page, running, "wang")
    page.goto(f"{running.address}/review/{number}")
    assert current(page) == "causes"
    for key in ("1", "2", "3"):
        page.keyboard.press(key)
    expect(page.get_by_label("下岗失业")).to_be_disabled()
    page.keyboard.press("3")
    page.keyboard.press("Enter")

    rows = page.locator(f'[data-table="{table}"]')
    rows.get_by_role("button", name="加一行").click()
    expect(rows.locator("fieldset")).to_have_count(1)
    assert current(page).startswith(f"{table}.0.")
    page.locator(f'[id="f-{table}.0.name"]').fill("王芳")
    page.locator(f'[id="f-{table}.0.relation"]').focus()
    rows.get_by_role("button", name="加一行").click()
    expect(rows.locator("fieldset")).to_have_count(2)
    page.locator(f'[id="f-{table}.1.name"]').fill("王圆")
    rows.get_by_role("button", name="删去这一行").last.click()
    expect(page.locator(f'[id="f-{table}.1.name"]')).to_have_count(0)

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_contain_text("性别")
    page.keyboard.type("户口本如此")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("一户一档")
    expect(page.get_by_role("link", name="打开档案 1")).to_be_visible()
    assert heavy_faults(page) == []
    page.get_by_role("button", name="确定").click()
    page.wait_for_url(f"{running.address}/review")
    with store_of(running) as store:
        review = store.reviews.review(number)
        assert (review.stage, review.override_why, review.forced) == (Stage.FILED, "户口本如此", True)
        decided = {one.path: one.value for one in store.reviews.decisions(number).all}
        assert decided[f"{table}.0.name"] == "王芳"
        assert f"{table}.1.name" not in decided
        assert len(decided["causes"]) == 3
    assert faults == []


def test_nothing_is_lost_when_the_desk_is_killed_or_the_page_closes(
    served: Served, page: Page, tmp_path: Path
) -> None:
    desk = served.start(BLIND)
    five, _ = two_sheets(desk, tmp_path)
    sign_in(page, desk, "wang")
    page.goto(f"{desk.address}/review/{five}")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("已保存")
    served.kill()
    with store_of(desk) as store:
        assert [one.path for one in store.reviews.decisions(five).all] == ["hardship_category"]
    page.keyboard.type("林海生")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("没有连上")
    served.start(BLIND)
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=15000)
    page.locator("#f-address").fill("新华街2")
    page.goto(f"{desk.address}/review")
    with store_of(desk) as store:
        kept = store.reviews.decisions(five)
        assert [(one.path, one.value) for one in kept.all][:2] == [
            ("hardship_category", "低保户"),
            ("name", "林海生"),
        ]
    page.goto(f"{desk.address}/review/{five}")
    expect(page.locator("#f-address")).to_have_value("新华街2")
    expect(page.locator("#f-name")).to_have_value("林海生")
