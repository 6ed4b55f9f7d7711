"""The archive in the browser: searching, the record as its form, its history, two days, states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient

from desk.web.site import Site
from records.accounts import Role
from records.archive import Record
from records.values import Value
from tests.desk.web.conftest import Enter
from tests.desk.web.filed import ID_NUMBER, OF_2016, filed

EDITION = "henan-2016"
PART = {"HX-Request": "true"}


def put(site: Site, unit: str = "", **more: Value) -> Record:
    return filed(site, EDITION, {**OF_2016, **more}, unit)


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


# --- searching


@pytest.mark.parametrize("words", ["王小明", "wxm", "王小", "0015", "李小红", "wang xiao"])
def test_a_record_is_found_by_what_is_typed(site: Site, enter: Enter, words: str) -> None:
    put(site)
    put(site, name="赵大", id_number="410105198003040015"[:17] + "X", **{"family.0.name": None})
    client = enter(Role.READER)
    page = client.get("/records", params={"q": words}).text
    assert '<a href="/records/1">王小明</a>' in page
    assert ID_NUMBER not in page
    assert 'value="' + words in page


def test_nobody_is_found_or_chosen_by_an_illness(site: Site, enter: Enter) -> None:
    filed(site, "shaoxing-2010", {"name": "李明", "health": "尿毒症"})
    client = enter(Role.READER)
    assert "尿毒症" not in client.get("/records").text
    for asked in ({"q": "尿毒症"}, {"health": "尿毒症", "q": "尿毒症"}):
        assert "李明" not in client.get("/records", params=asked).text


def test_htmx_gets_the_list_alone(site: Site, enter: Enter) -> None:
    put(site)
    client = enter()
    part = client.get("/records", params={"q": "王"}, headers=PART).text
    assert "<html" not in part
    assert "共 1 份" in part
    assert "没有找到" in client.get("/records", params={"q": "查无此人"}, headers=PART).text


def test_a_number_that_is_looked_for_stays_out_of_the_browsers_history(enter: Enter) -> None:
    client = enter()
    for typed, kept in (("wxm", None), ("330602", None), ("3306021965", "false"), (ID_NUMBER, "false")):
        answer = client.get("/records", params={"q": typed}, headers=PART)
        assert answer.headers.get("HX-Replace-Url") == kept


def test_filters_stand_beside_and_are_kept(site: Site, enter: Enter) -> None:
    put(site, primary_cause="子女上学")
    put(site, name="赵大", primary_cause="下岗失业")
    client = enter()
    page = client.get("/records", params={"main_causes": "下岗失业"}).text
    assert "赵大" in page
    assert "王小明" not in page
    assert "<option selected>下岗失业</option>" in page
    assert "主要致困原因" in page


def test_long_lists_have_pages(site: Site, enter: Enter) -> None:
    for place in range(51):
        put(site, name=f"王小{'明亮强'[place % 3]}")
    client = enter()
    first = client.get("/records", params={"q": "王小"}).text
    assert "第 1 页，共 2 页" in first
    way = re.search(r'rel="next" href="([^"]+)"', first)
    assert way
    assert "第 2 页，共 2 页" in client.get(way[1].replace("&amp;", "&")).text


def test_another_units_records_are_not_there(site: Site, enter: Enter) -> None:
    put(site, "甲厂")
    other = put(site, "乙厂", name="赵大", employer="乙厂")
    client = enter(Role.CLERK, "甲厂")
    assert "共 1 份" in client.get("/records").text
    assert "乙厂" not in client.get("/records").text
    assert "赵大" not in client.get("/records", params={"q": "赵大"}).text.replace('value="赵大"', "")
    for way in ("", "/history", "/field/name", "/compare"):
        assert client.get(f"/records/{other.number}{way}").status_code == 404
    moved = {"process": "archive", "state": "surveyed", "on": "2016-07-01", "ground": "入户"}
    assert client.post(f"/records/{other.number}/state", data=moved).status_code == 404
    assert site.store.record(other.number).states == {}


@pytest.mark.parametrize("way", ["/records/0", "/records/99999999999999999999", "/records/nobody"])
def test_numbers_that_no_record_has_are_no_faults(enter: Enter, way: str) -> None:
    assert enter().get(way).status_code in (404, 422)


def test_nobody_sees_the_archive_without_signing_in(site: Site, stranger: TestClient) -> None:
    put(site)
    for way in ("/records", "/records/1", "/records/1/history", "/records/work/stale"):
        assert stranger.get(way).status_code == 303


# --- a record


def test_a_record_is_shown_as_its_form_in_the_papers_order(site: Site, enter: Enter) -> None:
    record = put(site)
    page = enter(Role.READER).get(f"/records/{record.number}").text
    assert heading(page) == "王小明 档案 1"
    labels = re.findall(r"<dt>(.*?)</dt>", page)
    asked = [field.label for field in site.editions[EDITION].fields if not field.is_rows]
    assert labels == asked
    assert "李小红" in page
    assert ID_NUMBER not in page
    assert "患重大疾病" not in page


def test_looking_at_a_record_is_noted(site: Site, enter: Enter) -> None:
    record = put(site)
    client = enter(Role.READER)
    client.get(f"/records/{record.number}")
    line = site.store.audit.lines(subject=f"record:{record.number}")[0]
    assert (line.who, line.what) == ("reader0先生", "looked")
    enter(Role.READER).get(f"/records/{record.number}/history")
    noted = site.store.audit.lines(subject=f"record:{record.number}")
    assert [line.who for line in noted] == ["reader1先生", "reader0先生"]


def test_a_value_tells_its_history(site: Site, enter: Enter) -> None:
    record = put(site)
    values = dict(record.values) | {"employer": "新华机械厂"}
    site.store.save(
        site.editions[EDITION], values, "李经办", "调动", number=record.number, override_why="样例"
    )
    page = enter(Role.READER).get(f"/records/{record.number}/field/employer", headers=PART).text
    assert "（空白） → <strong>新华机械厂</strong>" in page
    assert "李经办" in page
    assert "调动" in page
    assert enter().get(f"/records/{record.number}/field/nothing").status_code == 409


def test_the_history_hides_what_the_form_hides(site: Site, enter: Enter) -> None:
    record = put(site)
    client = enter()
    whole = client.get(f"/records/{record.number}/history", headers=PART).text
    one = client.get(f"/records/{record.number}/field/id_number", headers=PART).text
    for page in (whole, one):
        assert "330602" in page
        assert ID_NUMBER not in page
        assert "患重大疾病" not in page


def test_script_in_a_value_stays_text(site: Site, enter: Enter) -> None:
    record = put(site, name="<script>alert(1)</script>", employer="<img src=x onerror=alert(1)>")
    client = enter()
    for way in ("/records", f"/records/{record.number}", f"/records/{record.number}/history"):
        page = client.get(way).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# --- two days


def test_two_days_are_compared(site: Site, enter: Enter) -> None:
    edition = site.editions[EDITION]
    when = datetime(2024, 3, 1, 8, tzinfo=UTC)
    values: Mapping[str, Value] = OF_2016
    number = site.store.save(edition, values, "王经办", "录入", when, override_why="样例").number
    later = dict(values) | {"employer": "新华机械厂", "id_number": "330602196504120023"}
    when = datetime(2025, 3, 1, 8, tzinfo=UTC)
    site.store.save(edition, later, "王经办", "改", when, number, override_why="样例", force=True)
    client = enter()
    page = client.get(f"/records/{number}/compare?first=2024-12-31&last=2025-12-31").text
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["身份证号", "工作单位"]
    assert ID_NUMBER not in page
    same = client.get(f"/records/{number}/compare?first=2025-12-31&last=2026-06-30").text
    assert "没有改动" in same
    before = client.get(f"/records/{number}/compare?first=2023-12-31&last=2024-12-31").text
    assert "还没有这份档案" in before
    assert client.get(f"/records/{number}/compare?first=heute").status_code == 422


# --- states


def test_a_record_moves_with_a_day_and_a_ground(site: Site, enter: Enter) -> None:
    record = put(site)
    client = enter()
    told = {"process": "archive", "state": "surveyed", "on": "2016-07-01", "ground": "入户调查"}
    answer = client.post(f"/records/{record.number}/state", data=told, headers=PART)
    assert answer.headers["HX-Redirect"] == f"/records/{record.number}"
    reached = site.store.record(record.number).states["archive"]
    assert (reached.state, reached.on, reached.ground) == ("surveyed", date(2016, 7, 1), "入户调查")
    page = client.get(f"/records/{record.number}").text
    assert "摸底调查" in page
    assert "入户调查" in page


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"state": "ledger"}, "未开始"),
        ({"ground": "  "}, "依据"),
        ({"on": "昨天"}, "不是日期"),
        ({"process": "nothing"}, "流程"),
    ],
)
def test_a_move_that_may_not_be_is_refused_with_its_reason(
    site: Site, enter: Enter, told: dict[str, str], sentence: str
) -> None:
    record = put(site)
    whole = {"process": "archive", "state": "surveyed", "on": "2016-07-01", "ground": "入户"} | told
    answer = enter().post(f"/records/{record.number}/state", data=whole, headers=PART)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert site.store.record(record.number).states == {}


def test_a_reader_moves_nothing(site: Site, enter: Enter) -> None:
    record = put(site)
    told = {"process": "archive", "state": "surveyed", "on": "2016-07-01", "ground": "入户"}
    assert enter(Role.READER).post(f"/records/{record.number}/state", data=told).status_code == 403
