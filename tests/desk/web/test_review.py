"""The review station without a browser: what it shows, what it keeps, who may do what."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from desk.reviewing import turn_of
from desk.settings import Settings
from desk.type_ahead import lists_of, spelled
from desk.web.site import Site
from desk.workplace import Workplace
from records.accounts import Role
from records.carry_over import carry_over, load_carry_over
from records.codes import Return, Standing, code_of
from records.drafts import Draft, Forerunner, Origin, Reading
from records.reviews import Hand, Stage
from records.settling import Decision
from tests.clerk import SAMPLES
from tests.desk.test_review import SOUND
from tests.desk.web.conftest import Enter
from tests.desk.web.drafts import PICTURE, Drawing, doubt, drawing, put

__all__ = ["drawing"]


@pytest.fixture(autouse=True)
def one_process_draws(site: Site, drawing: Drawing) -> None:
    site.__dict__["pictures"] = drawing


@pytest.fixture
def number(site: Site, tmp_path: Path) -> int:
    return put(site, tmp_path, name=doubt("林海王", "林海生"), phone=doubt("0575-88881234", place=11))


def state(client: TestClient, number: int) -> dict[str, Any]:
    page = client.get(f"/review/{number}").text
    found = re.search(r"data-state='([^']*)'", page)
    assert found, page
    told: dict[str, Any] = json.loads(found[1].replace("&#34;", '"').replace("&amp;", "&"))
    return told


def decide(client: TestClient, number: int, path: str, **told: object) -> Any:
    answer = client.put(f"/review/{number}/fields/{path}", data=told)
    assert answer.status_code == 200, answer.text
    return answer.json()


def settle(client: TestClient, number: int) -> None:
    for path in state(client, number)["open"]:
        decide(client, number, path, as_read=True)


def test_a_draft_is_shown_with_its_doubts_its_other_readings_and_its_spots(
    enter: Enter, number: int, site: Site
) -> None:
    client = enter()
    told = state(client, number)
    assert told["open"] == ["name", "phone"]
    assert told["spots"]["name"]["page"] == 1
    left, top, right, bottom = told["spots"]["name"]["part"]
    assert (round(left * 1654), round(top * 2341), round(right * 1654), round(bottom * 2341)) == (
        300,
        200,
        700,
        250,
    )
    page = client.get(f"/review/{number}").text
    for shown in ('data-text="林海生"', "读得没有把握", "纸面：林海王?", "Alt+1"):
        assert shown in page
    assert page.index('data-path="name"') < page.index('data-path="gender"') < page.index('data-path="phone"')
    assert [line.what for line in site.store.audit.lines(f"draft:{number}")] == ["looked"] * 2


def test_each_decision_is_kept_and_the_rules_are_looked_at_again(
    enter: Enter, number: int, site: Site
) -> None:
    client = enter()
    told = decide(client, number, "gender", text="女")
    assert any("gender" in one["paths"] for one in told["findings"])
    assert told["field"]["changed"]
    told = decide(client, number, "gender", text="男")
    assert not any("gender" in one["paths"] for one in told["findings"])
    told = decide(client, number, "name", as_read=True)
    assert told["open"] == ["phone"]
    assert site.store.reviews.decisions(number).filing["name"].who == "clerk0先生"
    assert client.delete(f"/review/{number}/fields/name").json()["open"] == ["name", "phone"]


def test_what_is_being_typed_is_kept_but_decides_nothing(enter: Enter, number: int) -> None:
    client = enter()
    told = decide(client, number, "name", text="林海", typing=True)
    assert told["open"] == ["name", "phone"]
    page = client.get(f"/review/{number}").text
    assert 'value="林海"' in page
    assert "data-typed" in page
    assert decide(client, number, "name", text="林海生")["open"] == ["phone"]


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("birth_date", "前年", "看不出是哪一天"),
        ("gender", "猫", "不在“性别”的可选内容"),
        ("monthly_income", "很多", "看不出是多少钱"),
    ],
)
def test_words_that_mean_no_value_stay_and_are_told(
    enter: Enter, number: int, path: str, text: str, problem: str
) -> None:
    client = enter()
    told = decide(client, number, path, text=text)
    assert problem in told["field"]["problems"][0]["said"]
    assert path in told["open"]
    assert told["field"]["now"] == text
    settle_others = [one for one in told["open"] if one != path]
    for one in settle_others:
        decide(client, number, one, as_read=True)
    assert client.post(f"/review/{number}/file").json()["fields"] == [path]


def test_one_files_and_another_approves(enter: Enter, number: int, site: Site) -> None:
    clerk, boss = enter(), enter(Role.REVIEWER)
    assert clerk.post(f"/review/{number}/file").json()["fields"] == ["name", "phone"]
    decide(clerk, number, "name", text="林海生")
    settle(clerk, number)
    assert clerk.post(f"/review/{number}/file").json() == {"next": "/review"}
    assert "等另一人审核" in clerk.get(f"/review/{number}").text
    assert clerk.post(f"/review/{number}/approve").status_code == 403
    page = boss.get(f"/review/{number}").text
    assert "读作：林海王 → 核定：林海生（clerk0先生）" in page
    assert state(boss, number)["look"] == ["name", "phone"]
    decide(boss, number, "phone", text="0575-88880000")
    mark = site.reader.changes.mark
    assert boss.post(f"/review/{number}/approve").json() == {"next": "/review"}
    assert site.reader.changes.since(mark) == [site.store.draft_row(number).sha256]
    [record] = site.store.records()
    assert (record.values["name"], record.values["phone"]) == ("林海生", "0575-88880000")
    whys = {(one.who, one.why) for one in site.store.history(record.number)}
    assert {("clerk0先生", "decided"), ("reviewer1先生", "corrected"), ("reviewer1先生", "approved")} <= whys
    assert "档案 1" in clerk.get(f"/review/{number}").text


def test_nobody_approves_what_was_filed_again_since_he_saw_it(enter: Enter, number: int, site: Site) -> None:
    clerk, boss = enter(), enter(Role.REVIEWER)
    settle(clerk, number)
    clerk.post(f"/review/{number}/file")
    seen = state(boss, number)["seen"]
    clerk.post(f"/review/{number}/send-back")
    decide(clerk, number, "phone", text="0575-88889999")
    assert clerk.post(f"/review/{number}/file").json() == {"next": "/review"}
    answer = boss.post(f"/review/{number}/approve", data={"seen": seen}).json()
    assert (answer["error"], "重新打开" in answer["message"]) == ("filed_anew", True)
    assert site.store.records() == []
    again = {"seen": state(boss, number)["seen"]}
    assert boss.post(f"/review/{number}/approve", data=again).json() == {"next": "/review"}
    [record] = site.store.records()
    assert record.values["phone"] == "0575-88889999"


def test_a_reviewer_does_not_approve_what_he_filed_himself(enter: Enter, number: int, site: Site) -> None:
    boss = enter(Role.REVIEWER)
    settle(boss, number)
    boss.post(f"/review/{number}/file")
    assert boss.post(f"/review/{number}/approve").json()["error"] == "same_two_people"
    assert site.store.records() == []


def test_what_is_sent_back_says_why_and_what_was_filed_can_be_taken_back(
    enter: Enter, number: int, site: Site
) -> None:
    clerk, boss = enter(), enter(Role.REVIEWER)
    settle(clerk, number)
    clerk.post(f"/review/{number}/file")
    assert boss.post(f"/review/{number}/send-back").json()["error"] == "why_wanted"
    assert boss.post(f"/review/{number}/send-back", data={"why": "姓名看不清"}).status_code == 200
    assert "姓名看不清" in clerk.get("/review").text
    assert "姓名看不清" in clerk.get(f"/review/{number}").text
    assert clerk.post(f"/review/{number}/file").json() == {"next": "/review"}
    assert clerk.post(f"/review/{number}/send-back").json() == {"next": f"/review/{number}"}
    assert site.store.reviews.review(number).stage is Stage.WAITING


def test_another_clerk_only_looks_at_what_waits_for_approval(enter: Enter, number: int) -> None:
    clerk, other = enter(), enter()
    settle(clerk, number)
    clerk.post(f"/review/{number}/file")
    assert "等审核人审核" in other.get(f"/review/{number}").text
    for refused in (
        other.put(f"/review/{number}/fields/name", data={"text": "x"}),
        other.post(f"/review/{number}/send-back", data={"why": "x"}),
    ):
        assert refused.status_code == 403


def test_an_office_of_one_person_stores_at_once(site: Site, enter: Enter, number: int) -> None:
    site.place = Workplace(Settings(site.place.settings.home, "王经办", two_people=False))
    clerk = enter()
    settle(clerk, number)
    clerk.post(f"/review/{number}/file")
    assert len(site.store.records()) == 1


def test_errors_need_a_reason_and_a_second_archive_is_forced(
    enter: Enter, site: Site, tmp_path: Path
) -> None:
    clerk, boss = enter(), enter(Role.REVIEWER)
    first = put(site, tmp_path, gender=Reading("女"))
    answer = clerk.post(f"/review/{first}/file").json()
    assert (answer["error"], answer["may"]) == ("errors_stand", True)
    assert clerk.post(f"/review/{first}/file", data={"why": "证件如此"}).status_code == 200
    assert "证件如此" in boss.get(f"/review/{first}").text
    boss.post(f"/review/{first}/approve")
    second = put(site, tmp_path)
    answer = clerk.post(f"/review/{second}/file").json()
    assert (answer["error"], answer["may"], answer["record"]) == ("same_worker", True, "1")
    assert any("档案 1" in one["said"] for one in state(clerk, second)["findings"])
    assert clerk.post(f"/review/{second}/file", data={"force": "true"}).status_code == 200


def test_one_person_has_a_draft_open_until_another_takes_over(enter: Enter, number: int, site: Site) -> None:
    clerk, other = enter(), enter()
    assert clerk.post(f"/review/{number}/claim").status_code == 200
    assert other.post(f"/review/{number}/claim").json()["error"] == "draft_claimed"
    assert other.put(f"/review/{number}/fields/name", data={"text": "x"}).status_code == 409
    assert "clerk0先生 正在核对" in other.get("/review").text
    assert other.post(f"/review/{number}/claim", data={"force": "true"}).status_code == 200
    assert other.post(f"/review/{number}/release").status_code == 200
    assert site.store.reviews.review(number).open_by is None


def test_rows_are_added_dropped_and_taken_back(enter: Enter, number: int, site: Site) -> None:
    client = enter()
    edition = site.editions["shaoxing-2010"]
    table = next(one for one in edition.tables if any(column.key == "name" for column in one.fields))
    fragment = client.get(f"/review/{number}/rows/{table.key}/0").text
    assert f'data-path="{table.key}.0.name"' in fragment
    assert "<html" not in fragment
    decide(client, number, f"{table.key}.0.name", text="王芳")
    assert f'data-path="{table.key}.0.name"' in client.get(f"/review/{number}").text
    client.put(f"/review/{number}/rows/{table.key}/0", data={"dropped": "true"})
    assert site.store.reviews.decisions(number).all == []
    assert client.get(f"/review/{number}/rows/name/0").status_code == 409


def test_a_row_as_read_is_dropped_and_comes_back(enter: Enter, site: Site, tmp_path: Path) -> None:
    edition = site.editions["shaoxing-2010"]
    table = next(one for one in edition.tables if any(column.key == "name" for column in one.fields)).key
    number = put(site, tmp_path, **{f"{table}__0__name": doubt("王芳")})
    client = enter()
    told = client.put(f"/review/{number}/rows/{table}/0", data={"dropped": "true"}).json()
    assert told["open"] == []
    assert site.store.reviews.decisions(number).all == [Decision(f"{table}.0", None)]
    assert client.put(f"/review/{number}/rows/{table}/0", data={"dropped": "false"}).json()["open"] == [
        f"{table}.0.name"
    ]


def test_the_next_draft_is_the_oldest_that_nobody_has_open(enter: Enter, site: Site, tmp_path: Path) -> None:
    numbers = [put(site, tmp_path) for _ in range(4)]
    client = enter()
    site.store.reviews.claim(numbers[0], Hand("别人", 99))
    assert client.get("/review/next").headers["location"] == f"/review/{numbers[1]}"
    assert client.post(f"/review/{numbers[1]}/skip", data={"why": "缺页"}).json() == {
        "next": f"/review/{numbers[2]}"
    }
    assert "缺页" in client.get("/review").text
    assert client.get(f"/review/next?after={numbers[3]}").headers["location"] == f"/review/{numbers[2]}"
    for number in numbers[2:]:
        client.post(f"/review/{number}/drop", data={"why": "扫错了"})
    assert client.get("/review/next").headers["location"] == f"/review/{numbers[1]}"
    assert client.get("/review/next?approve=true").headers["location"] == "/review"


def test_a_draft_is_dropped_with_a_reason_only(enter: Enter, number: int, site: Site) -> None:
    client = enter()
    assert client.post(f"/review/{number}/drop", data={"why": " "}).json()["error"] == "why_wanted"
    assert client.post(f"/review/{number}/drop", data={"why": "扫错了"}).status_code == 200
    assert "已丢弃" in client.get(f"/review/{number}").text
    assert "draft_dropped" in [line.what for line in site.store.audit.lines(f"draft:{number}")]


def test_nobody_of_another_unit_and_no_reader_reviews(
    site: Site, enter: Enter, stranger: TestClient, tmp_path: Path
) -> None:
    number = put(site, tmp_path, unit="一厂")
    other, reader = enter(unit="二厂"), enter(Role.READER)
    assert str(number) not in re.findall(r"/review/(\d+)", other.get("/review").text)
    for client, status in ((other, 404), (reader, 403), (stranger, 303)):
        assert client.get(f"/review/{number}").status_code == status
    for way in ("claim", "file", "skip", "drop", "send-back", "release"):
        assert other.post(f"/review/{number}/{way}", data={"why": "x"}).status_code == 404
    assert other.put(f"/review/{number}/fields/name", data={"text": "x"}).status_code == 404
    assert other.delete(f"/review/{number}/fields/name").status_code == 404
    assert other.get(f"/review/{number}/rows/family/0").status_code == 404
    assert enter(unit="一厂").get(f"/review/{number}").status_code == 200


def test_a_script_in_a_value_or_a_file_name_is_text(enter: Enter, site: Site, tmp_path: Path) -> None:
    bad = "</textarea><script>alert('1')</script>\"' onfocus='x"
    number = put(site, tmp_path, name=doubt(bad, bad), address=Reading(bad * 3, bad))
    client = enter()
    page = client.get(f"/review/{number}").text
    assert "<script>alert" not in page
    assert "' onfocus=" not in page.replace("&#39; onfocus=", "")
    assert state(client, number)["open"] == ["name"]


def test_a_word_file_shows_its_texts_instead_of_a_picture(enter: Enter, site: Site, tmp_path: Path) -> None:
    number = put(site, tmp_path, picture=SAMPLES / "form.docx", name=doubt("林海王"))
    page = enter().get(f"/review/{number}").text
    assert "没有图片可看" in page
    assert '<div data-raw="name">' in page


def test_a_form_whose_paper_is_gone_is_reviewed_by_its_texts(enter: Enter, number: int, site: Site) -> None:
    site.store.scans()[0].path.unlink()
    client = enter()
    assert "没有图片可看" in client.get(f"/review/{number}").text
    settle(client, number)
    assert client.post(f"/review/{number}/file").json() == {"next": "/review"}


def test_a_draft_carried_over_shows_the_old_archive_and_leads_to_it(enter: Enter, site: Site) -> None:
    old, new = site.editions["shaoxing-2010"], site.editions["henan-2016"]
    record = site.store.save(old, SOUND, "王经办", "录入")
    forerunner = Forerunner(record.number, record.edition, record.revision)
    number = site.store.carry(carry_over(load_carry_over(old, new), record.values, forerunner).draft)
    client = enter()
    assert "档案 1" in client.get("/review").text
    page = client.get(f"/review/{number}").text
    assert "原档案：" in page
    assert 'href="/records/1"' in page
    settle(client, number)
    answer = client.post(f"/review/{number}/file", data={"why": "照旧档"})
    assert answer.json().get("next") == "/review", answer.text


def test_a_sheet_that_came_back_says_so_and_goes_to_its_record(
    enter: Enter, site: Site, tmp_path: Path
) -> None:
    edition = site.editions["shaoxing-2010"]
    record = site.store.save(edition, SOUND, "王经办", "录入")
    code = code_of(edition.key, "archive", record.number, record.revision, record.values)
    file = tmp_path / "back.jpg"
    file.write_bytes(PICTURE.read_bytes())
    sha256 = site.store.keep(file).sha256
    draft = Draft(
        edition.key,
        {"phone": doubt("0575-88880001", place=3)},
        origin=Origin(file.name, sha256, (1,)),
        returns=(Return(code, Standing.CURRENT, "archive", 1),),
    )
    [number] = site.store.add_drafts(sha256, [draft])
    clerk, boss = enter(), enter(Role.REVIEWER)
    assert "签回的原件" in clerk.get(f"/review/{number}").text
    settle(clerk, number)
    told = clerk.post(f"/review/{number}/file", data={"why": "照原件"}).json()
    assert told == {"next": "/review"}, told
    boss.post(f"/review/{number}/approve")
    assert site.store.record(record.number).values["phone"] == "0575-88880001"
    assert len(site.store.records()) == 1


def test_what_is_cleared_while_typing_stays_open(enter: Enter, number: int) -> None:
    client = enter()
    assert decide(client, number, "name", text="", typing=True)["open"] == ["name", "phone"]
    assert decide(client, number, "address", text="", typing=True)["open"] == ["name", "phone", "address"]
    assert decide(client, number, "name", text="")["open"] == ["phone", "address"]


def test_lists_are_found_by_pinyin_and_initials(site: Site) -> None:
    assert spelled("汉族").startswith("hanzu hz")
    assert "chongqing" in spelled("重庆")
    lists = lists_of(site.editions["shaoxing-2010"], {"unit": ("某纺织厂",)})
    assert lists["gender"]["closed"] is True
    assert ("汉族", spelled("汉族")) in lists["ethnicity"]["entries"]
    assert [text for text, _ in lists["employer"]["entries"]] == ["某纺织厂"]


def test_addresses_of_others_are_nothing_to_choose_from(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(site.store), "words", lambda _: {"place": ("某街1号",), "unit": ("某厂",)})
    assert set(site.words("")) == {"place", "unit"}
    assert set(site.words("一厂")) == {"unit"}


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_which_way_a_page_lies_is_seen_from_the_order_of_its_fields(turn: int) -> None:
    upright = [(0.1 + 0.3 * (place % 3), 0.05 + 0.06 * (place // 3)) for place in range(30)]
    laid = {
        0: lambda x, y: (x, y),
        90: lambda x, y: (y, 1 - x),
        180: lambda x, y: (1 - x, 1 - y),
        270: lambda x, y: (1 - y, x),
    }[turn]
    assert turn_of([(*laid(x, y), *laid(x, y)) for x, y in upright]) == turn
