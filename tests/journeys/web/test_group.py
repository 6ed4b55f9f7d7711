"""One field of many forms in a real browser, by keyboard alone; an input method's keys accept nothing."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from records.drafts import Draft, Origin, Reading, Source
from records.editions import load_editions
from records.store import Store
from tests.journeys.web.conftest import Desk, become_administrator, heavy_faults

HENAN = "henan-2016"
READ = ("汉族", "汉族", "回族", "汉族", "满族")


def take(store: Store, folder: Path) -> None:
    """Five papers whose 民族 was read."""
    for number, people in enumerate(READ, 1):
        picture = Image.new("L", (800, 400), 255)
        ImageDraw.Draw(picture).rectangle((100, 100, 100 + 20 * number, 140), fill=0)
        picture.save(folder / f"{number}.png", dpi=(200, 200))
        kept = store.keep(folder / f"{number}.png")
        reading = Reading(
            people, people, 0.5 if number == 5 else 0.99, number == 5, source=Source(1, (90, 90, 300, 150))
        )
        draft = Draft(HENAN, {"ethnicity": reading}, origin=Origin(kept.file, kept.sha256, (1,)))
        store.add_drafts(kept.sha256, [draft])


def test_a_field_of_many_forms_is_confirmed_by_keyboard(
    running: Desk, page: Page, faults: list[str], tmp_path: Path
) -> None:
    with Store.open(running.home, editions=load_editions()) as store:
        take(store, tmp_path)
    become_administrator(page, running)
    page.goto(f"{running.address}/review/group")
    page.get_by_role("link", name="民族", exact=True).click()
    page.wait_for_url("**/ethnicity")
    marks = page.locator(".wrong")
    expect(marks).to_have_count(5)
    expect(marks.first).to_be_focused()
    first = page.locator(".crop img").first
    first.wait_for()
    page.wait_for_function("document.querySelector('.crop img').naturalWidth > 0")
    assert heavy_faults(page) == []
    # 满族 is doubtful and stands first, then the three 汉族, 回族 last.
    page.keyboard.press("F2")
    page.keyboard.insert_text("汉族")
    page.evaluate(
        """document.activeElement.dispatchEvent(new KeyboardEvent(
             "keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    )
    expect(page.locator(".typed").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(marks.first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(marks.last).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已确认 3 处，改正 1 处，1 处有误")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("status")).to_contain_text("已撤销 5 处")
    expect(marks).to_have_count(5)
    # What was not on the screen is not confirmed.
    page.set_viewport_size({"width": 390, "height": 500})
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_contain_text("没有看到")
    for _ in range(4):
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已确认 5 处")
    with Store.open(running.home, editions=load_editions()) as store:
        assert [
            store.reviews.decisions(number).standing["ethnicity"].value for number in range(1, 6)
        ] == list(READ)
    assert faults == []
