"""A new paper against the record, possible duplicates, and carrying over to another edition."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from desk.web.site import Site
from records.accounts import Role
from records.archive import Record
from records.drafts import Draft, Origin, Reading, Source
from records.errors import Refused
from records.reviews import Hand
from records.values import Value
from tests.desk.web.conftest import Enter
from tests.desk.web.filed import ID_NUMBER, OF_2016, filed

EDITION, OTHER = "henan-2016", "shaoxing-2010"
PART = {"HX-Request": "true"}


def take(site: Site, tmp_path: Path, doubtful: str = "", unit: str = "", **more: Value) -> int:
    """A draft of a new paper that says what the record says but for `more`."""
    paper = tmp_path / "new.jpg"
    paper.write_bytes(f"{more}".encode())
    kept = site.store.keep(paper, unit=unit)
    values = {**OF_2016, **more}
    spot = Source(1, (10, 10, 90, 30))
    readings = {path: Reading(value, review=path == doubtful, source=spot) for path, value in values.items()}
    draft = Draft(EDITION, readings, origin=Origin(kept.file, kept.sha256, (1,)))
    return site.store.add_drafts(kept.sha256, [draft])[0]


def labels(page: str) -> list[str]:
    return [
        re.sub(r"<.*", "", one, flags=re.DOTALL) for one in re.findall(r'<th scope="row">(.*?)</th>', page)
    ]


def settle(site: Site, draft: int, who: str = "李经办") -> Record:
    return site.store.settle(draft, [], site.editions[EDITION], who, override_why="样例")


# --- a new paper


def test_only_what_changed_is_shown_with_its_spot(site: Site, enter: Enter, tmp_path: Path) -> None:
    record = filed(site, EDITION)
    draft = take(site, tmp_path, name="王小明", mobile="13805750013", employer="新厂")
    client = enter()
    way = f"/records/{record.number}/against/{draft}"
    assert way in client.get(f"/records/{record.number}").text
    page = client.get(way).text
    assert sorted(labels(page)) == sorted(["手机号码", "工作单位"])
    assert "/1.png?box=10,10,90,30" in page
    assert "只差一个字" in page


def test_a_joined_paper_changes_the_record_and_makes_no_new_one(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    record = filed(site, EDITION, {**OF_2016, "helper": "钱助"})
    draft = take(site, tmp_path, employer="新厂", **{"family.0.name": "李晓红"})
    client = enter()
    answer = client.post(f"/records/{record.number}/against/{draft}", headers=PART)
    assert answer.headers["HX-Redirect"] == f"/review/{draft}"
    assert settle(site, draft).number == record.number
    after = site.store.record(record.number)
    assert after.revision == 2
    assert after.values == {**record.values, "employer": "新厂", "family.0.name": "李晓红"}
    events = [event for event in site.store.history(record.number) if event.revision == 2]
    assert {(event.path, event.before, event.after) for event in events if event.path} == {
        ("employer", None, "新厂"),
        ("family.0.name", "李小红", "李晓红"),
    }
    assert {event.who for event in events} == {"李经办"}
    assert all(event.sha256 for event in events)
    assert next(event.why for event in events if not event.path) == "joined"
    assert len(site.store.filed_papers(record.number)) == 1
    assert site.store.values_at(record.number, events[-1].when)["employer"] == "新厂"


def test_no_amount_is_something_else_than_nothing(site: Site, enter: Enter, tmp_path: Path) -> None:
    record = filed(site, EDITION, {**OF_2016, "monthly_income": Decimal(0), "employer": None})
    draft = take(site, tmp_path, monthly_income=None, employer="")
    client = enter()
    way = f"/records/{record.number}/against/{draft}"
    assert labels(client.get(way).text) == [site.editions[EDITION].field("monthly_income").label]
    client.post(way)
    settle(site, draft)
    events = [one for one in site.store.history(record.number) if one.revision == 2 and one.path]
    assert [(one.path, one.before, one.after) for one in events] == [("monthly_income", Decimal(0), None)]


def test_what_the_record_says_can_be_kept(site: Site, enter: Enter, tmp_path: Path) -> None:
    record = filed(site, EDITION, {**OF_2016, "employer": "老厂"})
    draft = take(site, tmp_path, doubtful="employer", employer="新广")
    client = enter()
    way = f"/records/{record.number}/against/{draft}"
    assert "待核对" in client.get(way).text
    part = client.post(f"{way}/field", data={"path": "employer", "keep": "true"}, headers=PART).text
    assert "待核对" not in part
    assert re.search(r'class="chosen">\s*老厂', part)
    client.post(way)
    kept = site.store.reviews.decisions(draft).all
    stored = site.store.settle(draft, kept, site.editions[EDITION], "李经办", override_why="样例")
    assert stored.values["employer"] == "老厂"
    assert (stored.number, stored.revision) == (record.number, 2)


def test_a_family_in_another_order_is_the_same_family(site: Site, enter: Enter, tmp_path: Path) -> None:
    mother = {"name": "韦兰月", "id_number": "330602194702140022", "relation": "母亲"}
    son = {"name": "王新生", "relation": "儿子", "gender": "男"}
    rows = {f"family.{place}.{key}": told[key] for place, told in ((1, mother), (2, son)) for key in told}
    record = filed(site, EDITION, {**OF_2016, **rows})
    row = dict.fromkeys(mother)
    moved = {
        f"family.{place}.{key}": told[key]
        for place, told in ((1, {**son, "gender": "女"}), (2, row))
        for key in told
    }
    draft = take(site, tmp_path, **{"family.1.id_number": None}, **moved)
    client = enter()
    way = f"/records/{record.number}/against/{draft}"
    page = client.get(way).text
    assert labels(page) == ["家庭主要成员2·性别", "家庭主要成员"]
    assert "只差一个字" not in page
    assert "（新表上没有）" in page
    whole = client.post(f"{way}/field", data={"path": "family", "keep": "true"}, headers=PART)
    assert whole.status_code == 409 and site.store.reviews.decisions(draft).all == []
    part = client.post(f"{way}/field", data={"path": "family.2", "keep": "true"}, headers=PART).text
    assert re.search(r'class="chosen">\s*韦兰月 · ', part)
    client.post(way)
    kept = site.store.reviews.decisions(draft).all
    after = site.store.settle(draft, kept, site.editions[EDITION], "李经办", override_why="样例").values
    assert [after.get(f"family.{place}.name") for place in range(4)] == ["李小红", "王新生", "韦兰月", None]
    assert (after["family.1.gender"], after["family.2.id_number"]) == ("女", mother["id_number"])


def test_a_paper_of_somebody_else_shows_nothing_of_a_record(site: Site, enter: Enter, tmp_path: Path) -> None:
    record = filed(site, EDITION)
    draft = take(site, tmp_path, name="赵大年", id_number="330602199001010011")
    client = enter()
    way = f"/records/{record.number}/against/{draft}"
    for answer in (client.get(way), client.post(way), client.post(f"{way}/field", data={"path": "name"})):
        assert answer.status_code == 409
        assert ID_NUMBER not in answer.text
    assert site.store.draft_row(draft).joins is None


def test_two_people_are_wanted_for_a_joined_paper_as_for_any(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    record = filed(site, EDITION)
    draft = take(site, tmp_path, employer="新厂")
    enter().post(f"/records/{record.number}/against/{draft}")
    edition = site.editions[EDITION]
    assert site.store.reviews.file(draft, edition, Hand("甲"), "样例") is None
    assert site.store.record(record.number).revision == 1
    assert site.store.reviews.approve(draft, edition, Hand("乙"), "样例").number == record.number


def test_what_another_filed_is_corrected_only_by_who_may_approve(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    record = filed(site, EDITION)
    draft = take(site, tmp_path, employer="新厂")
    site.store.reviews.file(draft, site.editions[EDITION], Hand("甲"), "样例", force=True)
    way, told = f"/records/{record.number}/against/{draft}/field", {"path": "employer", "keep": "true"}
    assert enter(Role.CLERK).post(way, data=told).status_code == 403
    assert site.store.reviews.decisions(draft).all == site.store.reviews.decisions(draft).filed
    assert enter(Role.REVIEWER).post(way, data=told).status_code == 200


def test_somebody_elses_paper_is_not_taken_over(site: Site, enter: Enter, tmp_path: Path) -> None:
    record = filed(site, EDITION)
    draft = take(site, tmp_path, id_number="33060219650412004X")
    enter().post(f"/records/{record.number}/against/{draft}")
    with pytest.raises(Refused) as refused:
        settle(site, draft)
    assert refused.value.code == "other_worker"
    assert site.store.record(record.number).revision == 1


def test_joining_can_be_undone(site: Site, enter: Enter, tmp_path: Path) -> None:
    record = filed(site, EDITION)
    draft = take(site, tmp_path)
    client = enter()
    way = f"/records/{record.number}/against/{draft}"
    client.post(way)
    assert "更新档案" in client.get(way).text
    client.delete(way)
    with pytest.raises(Refused) as refused:
        settle(site, draft)
    assert refused.value.code == "same_worker"


def test_a_joined_paper_without_a_change_is_told_all_the_same(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    record = filed(site, EDITION)
    draft = take(site, tmp_path)
    client = enter()
    assert "完全一样" in client.get(f"/records/{record.number}/against/{draft}").text
    client.post(f"/records/{record.number}/against/{draft}")
    settle(site, draft)
    assert "照新交的表更新" in client.get(f"/records/{record.number}/history").text


def test_another_unit_and_a_reader_meet_nothing(site: Site, enter: Enter, tmp_path: Path) -> None:
    mine, other = filed(site, EDITION, unit="甲厂"), filed(site, EDITION, unit="乙厂")
    draft = take(site, tmp_path, unit="乙厂")
    client = enter(Role.CLERK, "甲厂")
    for number in (mine.number, other.number):
        assert client.get(f"/records/{number}/against/{draft}").status_code == 404
        assert client.post(f"/records/{number}/against/{draft}").status_code == 404
    assert enter(Role.READER).get(f"/records/{mine.number}/against/{draft}").status_code == 403
    assert site.store.draft_row(draft).joins is None


# --- duplicates


def test_possible_duplicates_are_told_with_their_ground(site: Site, enter: Enter) -> None:
    filed(site, EDITION)
    filed(site, EDITION, {**OF_2016, "name": "王晓明"})
    born = {"id_number": "330602196504120023", "bank_card": None, "family.0.id_number": None}
    filed(site, EDITION, {**OF_2016, **born})
    for place, name in enumerate(("佘阳", "余阳", "余扬")):
        who = {"name": name, "id_number": f"33060219650412{place}04X", "employer": "粮食局"}
        filed(site, EDITION, {**OF_2016, **born, **who})
    reader = enter(Role.READER)
    page = reader.get("/records/duplicates").text
    assert reader.get("/records/duplicates/count").text == str(page.count("并排看"))
    assert "同单位，姓名音近或形近" in page
    assert "/records/4/beside/5" in page
    assert "/records/5/beside/6" in page
    assert "身份证号相同" in page
    assert "姓名、出生日期相同" in page
    assert "/records/1/beside/2" in page
    assert "/records/1/beside/3" in page
    assert ID_NUMBER not in page


def test_a_duplicate_in_another_unit_is_told_without_its_data(site: Site, enter: Enter) -> None:
    filed(site, EDITION, unit="甲厂")
    other = filed(site, EDITION, {**OF_2016, "name": "王晓明", "employer": "乙厂"}, unit="乙厂")
    client = enter(Role.CLERK, "甲厂")
    page = client.get("/records/duplicates").text
    assert "在其他单位" in page
    assert "王晓明" not in page
    assert "乙厂" not in page
    assert f"/records/{other.number}" not in page
    assert client.get(f"/records/1/beside/{other.number}").status_code == 404


def test_two_records_stand_side_by_side(site: Site, enter: Enter) -> None:
    filed(site, EDITION)
    filed(site, EDITION, {**OF_2016, "name": "王晓明"})
    son = {"family.1.name": "王新生", "family.1.relation": "儿子"}
    turned = {path.replace(".1.", ".0."): told for path, told in son.items()} | {
        path.replace(".0.", ".1."): told for path, told in OF_2016.items() if path.startswith("family.0.")
    }
    plain = {path: told for path, told in OF_2016.items() if not path.startswith("family.")}
    reader = enter(Role.READER)
    filed(site, EDITION, {**OF_2016, **son})
    filed(site, EDITION, {**plain, **turned})
    assert "0 处不同" in reader.get("/records/3/beside/4").text
    page = reader.get("/records/1/beside/2").text
    assert "1 处不同" in page
    assert page.count('class="differs"') == 1
    assert "患重大疾病" not in page


def test_two_that_were_looked_at_are_told_no_more(site: Site, enter: Enter) -> None:
    born = {"id_number": "330602196504120023", "bank_card": None, "family.0.id_number": None}
    first, second = filed(site, EDITION, unit="甲厂"), filed(site, EDITION, {**OF_2016, **born}, unit="甲厂")
    way, client = f"/records/{second.number}/beside/{first.number}", enter(Role.CLERK, "甲厂")
    told = f"/records/{first.number}/beside/{second.number}"
    assert client.post(way, data={"why": " "}).status_code == 409
    for who, status in ((enter(Role.READER, "甲厂"), 403), (enter(Role.CLERK, "乙厂"), 404)):
        assert who.post(way, data={"why": "同名"}).status_code == status
    assert client.post(f"/records/1/beside/{first.number}", data={"why": "同一份"}).status_code == 404
    assert told in client.get("/records/duplicates").text
    assert client.post(way, data={"why": "同名的两个人"}).headers["Location"] == "/records/duplicates"
    assert told not in client.get("/records/duplicates").text
    assert "同名的两个人" in client.get(told).text
    same = {**second.values, "id_number": ID_NUMBER}
    site.store.save(
        site.editions[EDITION], same, "王经办", "看错", number=second.number, override_why="样例", force=True
    )
    assert told in client.get("/records/duplicates").text
    client.post(way, data={"why": "另一份已撤档"})
    assert told not in client.get("/records/duplicates").text
    client.delete(way)
    assert told in client.get("/records/duplicates").text
    noted = [line.what for line in site.store.audit.lines(subject=f"record:{second.number}")]
    assert (noted.count("pair_settled"), noted.count("pair_reopened")) == (2, 1)


# --- carrying over


def test_a_record_is_carried_over_to_a_draft(site: Site, enter: Enter) -> None:
    old = site.store.save(
        site.editions[OTHER],
        {"name": "林海生", "id_number": "330602650101001", "causes": ("子女上学",), "health": "高血压病"},
        "王经办",
        "录入",
        override_why="样例",
    )
    client = enter()
    assert f"/records/{old.number}/carry/{EDITION}" in client.get(f"/records/{old.number}").text
    page = client.get(f"/records/{old.number}/carry/{EDITION}").text
    assert "照转" in page
    assert "必填而原表没有" in page
    assert "高血压病" not in page
    answer = client.post(f"/records/{old.number}/carry/{EDITION}", headers=PART)
    assert answer.headers["HX-Redirect"] == "/review/1"
    assert site.store.draft_row(1).forerunner == old.number
    refused = client.post(f"/records/{old.number}/against/1", headers=PART)
    assert refused.status_code == 409


@pytest.mark.parametrize("key", [EDITION, OTHER, "nothing"])
def test_what_cannot_be_carried_is_refused(site: Site, enter: Enter, key: str) -> None:
    record = filed(site, EDITION)
    answer = enter().post(f"/records/{record.number}/carry/{key}", headers=PART)
    assert answer.status_code in (404, 409)
    assert site.store.drafts() == []
    assert 'class="fault"' in answer.text


def test_strangers_see_none_of_it(site: Site, stranger: TestClient) -> None:
    filed(site, EDITION)
    for way in ("/records/duplicates", "/records/1/beside/1", f"/records/1/carry/{EDITION}"):
        assert stranger.get(way).status_code == 303
