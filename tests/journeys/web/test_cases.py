"""A medical case in a real browser: from the record to the bound packet."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from desk.contract import read_fields
from desk.settings import Settings
from desk.workplace import Workplace
from tests.clerk import SAMPLES
from tests.journeys.web.conftest import Desk, become_administrator, heavy_faults

FOLDER = SAMPLES / "medical"


def put_in_record(desk: Desk) -> None:
    """The bundled record of the case."""
    place = Workplace(Settings(desk.home, "王经办"))
    told = json.loads((FOLDER / "record.json").read_text(encoding="utf-8"))
    edition = place.editions[told["edition"]]
    with place.store() as store:
        store.save(edition, read_fields(edition, told["fields"])[0], "王经办", "", override_why="样例")


def test_a_case_from_its_record_to_the_bound_packet(running: Desk, page: Page, faults: list[str]) -> None:
    put_in_record(running)
    become_administrator(page, running)
    page.goto(f"{running.address}/cases")
    page.get_by_role("link", name="立新案").click()
    page.wait_for_url("**/cases/new")
    page.get_by_label("姓名、拼音").fill("zhuyuelan")
    page.get_by_role("link", name="竺月岚").click()
    page.wait_for_url("**/cases/new?record=1")
    page.get_by_role("button", name="立案").click()
    page.wait_for_url("**/cases/1")
    standing = page.locator("#standing")
    expect(standing).to_contain_text("缺少职工个人申请书")
    expect(page.get_by_role("button", name="装订成套")).to_be_disabled()

    tell_of_the_case(page)
    settle_the_invoice(page)
    drop(page, "application", "application.jpg")
    seen(page, 2, "单位盖章")
    type_facts(page, 2, {"姓名": "竺月岚", "日期": "2010年12月2日"})
    drop(page, "form", "form.jpg")
    seen(page, 3, "基层工会盖章", "上级主管部门工会盖章")
    type_facts(page, 3, {"姓名": "竺月岚", "身份证号": "330602196806150024"})
    page.set_viewport_size({"width": 390, "height": 844})  # the last one by telephone
    page.get_by_role("button", name="先登记，以后再扫描").nth(2).click()
    type_facts(page, 4, {"姓名": "竺月岚", "日期": "2010-06-08", "医院": "镜湖肿瘤医院"})
    expect(standing).to_contain_text("还差 1 处")
    page.locator("#file-of-4").set_input_files(FOLDER / "hospital-2.jpg")
    expect(standing).to_contain_text("材料齐全。")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.get_by_role("button", name="装订成套").click()
    page.wait_for_url("**/documents/jobs/*")
    expect(page.get_by_role("img", name="第 1 页").first).to_be_visible(timeout=120_000)
    expect(page.get_by_role("link", name="下载 PDF").first).to_be_visible()
    assert faults == []


def tell_of_the_case(page: Page) -> None:
    """The illness and the unit's own help."""
    page.locator("#facts summary").click()
    page.get_by_label("所患疾病").fill("乳腺癌")
    page.get_by_label("单位帮扶措施").fill("厂工会补助1500元。")
    page.locator("#facts").get_by_role("button", name="保存").click()
    expect(page.locator("#facts-told")).to_contain_text("厂工会补助1500元。")
    expect(page.locator("#facts-told")).not_to_contain_text("乳腺癌")


def settle_the_invoice(page: Page) -> None:
    """An invoice is dropped, read apart, and settled by keyboard beside its picture."""
    drop(page, "invoice", "invoice-4.jpg")
    page.locator("#paper-1-settle").get_by_role("link", name="核对读出的内容").click(timeout=90_000)
    expect(page.locator(".pictures img").first).to_be_visible()
    questions = page.locator(".question")
    assert questions.count() == 7
    page.wait_for_load_state()
    expect(page.locator("rect.lit")).to_have_count(1)
    assert heavy_faults(page) == []
    for _ in range(questions.count()):
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/1#paper-1")
    expect(page.locator("#judged")).to_contain_text("个人医疗费支出5万元及以上")
    expect(page.locator("#invoices")).to_contain_text("7,432.15")
    seen(page, 1)
    page.locator("#paper-1").get_by_label("复印件").select_option("有")
    expect(page.locator("#paper-1-said .mark.yes")).to_be_visible()


def seen(page: Page, paper: int, *seals: str) -> None:
    """The original is here, with these seals; each answer stands on the page before the next is given."""
    revision, place = page.locator("#revision"), page.locator(f"#paper-{paper}")
    before = revision.input_value()
    place.get_by_label("原件").select_option("有")
    for seal in seals:
        expect(revision).not_to_have_value(before)
        before = revision.input_value()
        place.get_by_label(seal).check()
    expect(revision).not_to_have_value(before)


def drop(page: Page, kind: str, file: str) -> None:
    """A file on the line of a kind."""
    page.locator(f"#file-{kind}").set_input_files(FOLDER / file)
    expect(page.locator(f"#kind-{kind} .told").last).to_contain_text("已保存 1 个")


def type_facts(page: Page, paper: int, told: dict[str, str]) -> None:
    """What stands on a paper, typed beside its picture."""
    place = page.locator(f"#paper-{paper}")
    place.locator("summary", has_text="登记内容").click()
    for label, text in told.items():
        place.get_by_label(label, exact=True).fill(text)
    place.get_by_role("button", name="保存").click()
    expect(page.locator(f"#paper-{paper}-said .about")).to_contain_text(told["姓名"])
