from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from desk.web.routes.group import SCREEN
from desk.web.site import Site
from records.accounts import Role
from records.drafts import Draft, Origin, Reading, Source
from records.findings import Reason
from records.reviews import Hand
from records.tables import Reviews

Enter = Callable[..., TestClient]
Take = Callable[..., int]
HENAN = "henan-2016"
ADDRESS = f"/review/group/{HENAN}"
GOOD, BAD = "410204196202168902", "410204196202168903"


@pytest.fixture
def take(site: Site, tmp_path: Path) -> Take:
    """A draft of a paper that a unit took in, by path; what is given as a text is read surely."""

    def taken(name: str = "王小明", unit: str = "", **values: Reading | str) -> int:
        paper = tmp_path / "scan.png"
        paper.write_bytes(f"{len(site.store.scans())}".encode())
        kept = site.store.keep(paper, unit=unit)
        told = {path.replace("__", "."): sure(value) for path, value in values.items()}
        draft = Draft(HENAN, {"name": sure(name), **told}, origin=Origin(kept.file, kept.sha256, (1,)))
        [number] = site.store.add_drafts(kept.sha256, [draft])
        return number

    return taken


def sure(value: Reading | str) -> Reading:
    return (
        value
        if isinstance(value, Reading)
        else Reading(value, value, 0.99, source=Source(1, (50, 60, 250, 90)))
    )


def doubtful(value: str) -> Reading:
    return Reading(value, value, 0.4, True, (Reason("unsure"),), source=Source(1, (50, 60, 250, 90)))


def shown(page: Response) -> list[str]:
    """The readings of a screen in their order."""
    return re.findall(r'name="cell" value="(\d+:[\w.]+)">\s*<label', page.text)


def texts(page: Response) -> list[str]:
    values = re.findall(
        r'class="value">(.*?)</span>\s*(?=<span class="sound|<span class="odd|</label>)', page.text
    )
    return [
        re.sub(r"<[^>]*>", " ", value).split() and " ".join(re.sub(r"<[^>]*>", " ", value).split())
        for value in values
    ]


def send(
    client: TestClient, key: str, cells: list[str], wrong: tuple[str, ...] = (), **typed: str
) -> Response:
    """Confirm a screen; typed values by draft, as `d3="汉族"`."""
    by_draft = {name.removeprefix("d"): text for name, text in typed.items()}
    told = {
        "cell": cells,
        "text": [by_draft.get(cell.split(":")[0], "") for cell in cells],
        "wrong": list(wrong),
    }
    return client.put(f"{ADDRESS}/{key}", data=told, headers={"HX-Request": "true"})


def decided(site: Site, draft: int, path: str = "ethnicity") -> tuple[object, str] | None:
    found = site.store.reviews.decisions(draft).standing.get(path)
    return None if found is None else (found.value, found.text)


def test_doubtful_ones_stand_first_and_like_beside_like(enter: Enter, take: Take) -> None:
    for people in ("汉族", "回族", "汉族", "汉族", "回族", "满族"):
        take(ethnicity=people)
    take(ethnicity=doubtful("汉族"))
    page = enter().get(f"{ADDRESS}/ethnicity")
    assert shown(page) == [f"{draft}:ethnicity" for draft in (7, 1, 3, 4, 2, 5, 6)]
    assert page.text.count('class="glance doubt"') == 1
    assert re.search(r'src="/scans/[0-9a-f]{64}/1\.png\?box=42,52,258,98&amp;width=520"', page.text)


def test_the_time_over_a_screen_is_divided_among_its_drafts(site: Site, enter: Enter, take: Take) -> None:
    for _ in range(3):
        take(ethnicity="汉族")
    client = enter(name="王")
    page = client.get(f"{ADDRESS}/ethnicity")
    seen = re.search(r'name="shown" value="(\d+)"', page.text)
    assert seen
    later = datetime.fromtimestamp(int(seen[1]) + 50, UTC)
    site.store.reviews = replace(site.store.reviews, clock=lambda: later)
    told = {"cell": shown(page), "text": ["", "", ""], "shown": seen[1]}
    client.put(f"{ADDRESS}/ethnicity", data=told, headers={"HX-Request": "true"})
    with site.store.database.reading() as session:
        assert list(session.scalars(select(Reviews.seconds).order_by(Reviews.draft))) == [17, 17, 16]


def test_a_screen_is_confirmed_with_what_is_wrong_left_to_the_review(
    site: Site, enter: Enter, take: Take
) -> None:
    for people in ("汉族", "汉族", "回族", doubtful("汗族")):
        take(ethnicity=people)
    client = enter(name="王")
    cells = shown(client.get(f"{ADDRESS}/ethnicity"))
    answer = send(client, "ethnicity", cells, wrong=("3:ethnicity",), d4="汉族")
    assert "已确认 2 处，改正 1 处，1 处有误" in answer.text and "没有待确认的了" in answer.text
    assert [decided(site, draft) for draft in (1, 2, 3, 4)] == [
        ("汉族", ""), ("汉族", ""), (None, "回族"), ("汉族", ""),
    ]  # fmt: skip
    assert site.store.reviews.decisions(3).unread == ["ethnicity"]
    assert site.store.reviews.decisions(1).standing["ethnicity"].who == "王先生"
    assert all(site.store.reviews.review(draft).open_by is None for draft in (1, 2, 3, 4))
    line = site.store.audit.lines(newest=1)[0]
    assert (line.what, line.who) == ("group_confirmed", "王先生") and "1:ethnicity" in line.detail


def test_what_is_no_value_is_kept_for_the_review_and_a_dash_is_a_blank(
    site: Site, enter: Enter, take: Take
) -> None:
    for _ in range(2):
        take(birth_date="1962-02-16")
    client = enter()
    send(client, "birth_date", ["1:birth_date", "2:birth_date"], d1="去年", d2="-")
    assert decided(site, 1, "birth_date") == (None, "去年") and decided(site, 2, "birth_date") == (None, "")
    assert site.store.reviews.decisions(2).unread == []


def test_the_last_screen_can_be_taken_back_but_nobody_else_s(site: Site, enter: Enter, take: Take) -> None:
    for _ in range(3):
        take(ethnicity="汉族")
    client = enter()
    cells = shown(client.get(f"{ADDRESS}/ethnicity"))
    send(client, "ethnicity", cells, wrong=("2:ethnicity",))
    site.store.reviews.decide(3, "ethnicity", "满族", Hand("李经办"))
    site.store.reviews.release(3, Hand("李经办"))
    answer = client.post(f"{ADDRESS}/ethnicity/undo", data={"cell": [*cells, "9:ethnicity", "1:name", "x"]})
    assert "已撤销 2 处" in answer.text and shown(answer) == ["1:ethnicity", "2:ethnicity"]
    assert decided(site, 3) == ("满族", "")


def test_only_drafts_of_the_unit_that_nobody_has_open_are_touched(
    site: Site, enter: Enter, take: Take
) -> None:
    take(unit="一会", ethnicity="汉族")
    take(unit="二会", ethnicity="汉族")
    take(unit="一会", ethnicity="汉族")
    client = enter(unit="一会")
    assert shown(client.get(f"{ADDRESS}/ethnicity")) == ["1:ethnicity", "3:ethnicity"]
    site.store.reviews.claim(3, Hand("李经办"))
    answer = send(client, "ethnicity", ["1:ethnicity", "2:ethnicity", "3:ethnicity"])
    assert "已确认 1 处" in answer.text and "2 处刚被别人处理" in answer.text
    assert [decided(site, draft) for draft in (1, 2, 3)] == [("汉族", ""), None, None]
    site.store.reviews.decide(2, "ethnicity", "汉族", Hand("clerk0先生"))
    assert "已撤销 0 处" in client.post(f"{ADDRESS}/ethnicity/undo", data={"cell": ["2:ethnicity"]}).text
    assert decided(site, 2) == ("汉族", "")


def test_an_open_draft_of_one_s_own_stays_open(site: Site, enter: Enter, take: Take) -> None:
    take(ethnicity="汉族")
    client = enter(name="王")
    account = site.store.accounts.every()[0]
    site.store.reviews.claim(1, Hand(account.shown, account.number))
    send(client, "ethnicity", ["1:ethnicity"])
    opened = site.store.reviews.review(1).open_by
    assert decided(site, 1) == ("汉族", "") and opened is not None and opened.name == "王先生"


def test_identity_numbers_stand_in_groups_with_their_check_digit(enter: Enter, take: Take) -> None:
    take(id_number=GOOD, family__0__id_number=GOOD, family__1__id_number=BAD)
    page = enter().get(f"{ADDRESS}/id_number")
    assert texts(page) == ["410204 19620216 8902"] and "校验位相符" in page.text
    members = enter().get(f"{ADDRESS}/family.id_number")
    assert shown(members) == ["1:family.1.id_number", "1:family.0.id_number"]
    assert members.text.count("校验位相符") == 1 and members.text.count('class="odd"') == 1


def test_fields_are_told_with_how_many_wait(enter: Enter, take: Take) -> None:
    take(ethnicity=doubtful("汉族"), family__0__name="甲", family__1__name="乙")
    take(ethnicity="汉族")
    page = enter().get("/review/group").text
    rows = re.findall(
        r'href="/review/group/[\w-]+/([\w.]+)">([^<]*)</a>.*?>(\d+)</td>.*?>(\d+)</td>', page, re.DOTALL
    )
    assert rows == [
        ("name", "姓名", "2", "0"),
        ("ethnicity", "民族", "2", "1"),
        ("family.name", "家庭主要成员·姓名", "2", "0"),
    ]
    assert "没有待核对的表格" in enter(unit="别处").get("/review/group").text


def test_screens_follow_one_another(enter: Enter, take: Take) -> None:
    for _ in range(SCREEN + 2):
        take(ethnicity="汉族")
    client = enter()
    first = client.get(f"{ADDRESS}/ethnicity")
    assert len(shown(first)) == SCREEN and f"共 {SCREEN + 2} 处" in first.text
    second = client.get(f"{ADDRESS}/ethnicity?skip={SCREEN}")
    assert shown(second) == [f"{SCREEN + 1}:ethnicity", f"{SCREEN + 2}:ethnicity"]
    assert shown(send(client, "ethnicity", shown(first))) == shown(second)


def test_only_clerks_and_real_fields(enter: Enter, take: Take) -> None:
    take(ethnicity="汉族", name="<b>甲</b>")
    reader, clerk = enter(Role.READER), enter()
    assert reader.get(f"{ADDRESS}/ethnicity").status_code == 403
    assert reader.get("/review/group").status_code == 403
    for wrong in ("family", "family.0.name", "nothing", "family.nothing", "a.b.c"):
        assert clerk.get(f"{ADDRESS}/{wrong}").status_code == 404, wrong
    assert "<b>甲" not in clerk.get(f"{ADDRESS}/name").text
    assert clerk.put(f"{ADDRESS}/ethnicity", data={"cell": ["1:ethnicity"], "text": []}).status_code == 422
    del clerk.headers["X-CSRF-Token"]
    assert send(clerk, "ethnicity", ["1:ethnicity"]).status_code == 403
