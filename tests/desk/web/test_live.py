"""Lists that keep themselves up to date: told only what changed, cheap, and no work of anybody's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from desk.web.site import Site
from records.accounts import Role
from records.editions import load_editions
from records.reviews import CLAIMED, Hand
from tests.desk.web.conftest import Enter
from tests.desk.web.drafts import KEY, doubt, put

EDITION = load_editions()[KEY]
OTHER, BOSS = Hand("李经办", 91), Hand("赵审核", 92)
PAGES = {"/review": "/review/waiting", "/review/group": "/review/group/waiting", "/": "/waiting"}


def mark_on(page: str) -> str:
    found = re.search(r'data-mark="(\w+)"', page)
    assert found
    return found[1]


class Onlooker:
    """A page that was opened once and asks again and again."""

    def __init__(self, client: TestClient, way: str) -> None:
        self.client, self.way = client, PAGES[way]
        self.mark = mark_on(client.get(way).text)

    def news(self) -> str:
        """What the page is told now; empty when nothing."""
        answer = self.client.get(self.way, params={"known": self.mark})
        assert answer.status_code == (200 if answer.text else 204)
        assert answer.headers["X-Account"].isdecimal()
        self.mark = mark_on(answer.text) if answer.text else self.mark
        return answer.text


def test_every_step_of_others_reaches_the_lists(enter: Enter, site: Site, tmp_path: Path) -> None:
    number = put(site, tmp_path, name=doubt("林海王"))
    client = enter(Role.REVIEWER)
    listed, fields, home = (Onlooker(client, way) for way in PAGES)
    reviews = site.store.reviews

    def told() -> tuple[str, str, str]:
        return listed.news(), fields.news(), home.news()

    assert told() == ("", "", "")
    reviews.claim(number, OTHER)
    one, many, first = told()
    assert ("李经办 正在核对" in one, "没有待核对的表格" in many, first) == (True, True, "")
    reviews.release(number, OTHER)
    assert "正在核对" not in listed.news()
    fields.news()
    reviews.decide(number, "name", "林海生", OTHER)
    reviews.release(number, OTHER)
    one, many, first = told()
    assert (one, "姓名" in many, "民族" in many, first) == ("", False, True, "")
    reviews.file(number, EDITION, OTHER)
    one, many, first = told()
    assert "等我审核 1 份" in one
    assert "<b>1</b> 待审核" in first
    reviews.send_back(number, BOSS, "姓名不对")
    assert "姓名不对" in listed.news()
    reviews.skip(number, OTHER, "等原件")
    assert "等原件" in listed.news()
    reviews.file(number, EDITION, OTHER)
    reviews.approve(number, EDITION, BOSS)
    one, many, first = told()
    assert "现在没有等待核对的草稿" in one
    assert "<b>0</b> 待审核" in first
    put(site, tmp_path)
    one, many, first = told()
    assert ("待核对 1 份" in one, "待确认" in many, "<b>1</b> 待核对" in first) == (True, True, True)
    assert told() == ("", "", "")


def test_a_claim_that_ran_out_is_news(enter: Enter, site: Site, tmp_path: Path) -> None:
    number = put(site, tmp_path)
    site.store.reviews.claim(number, OTHER)
    listed = Onlooker(enter(), "/review")
    later = datetime.now(UTC) + CLAIMED + timedelta(seconds=1)
    site.store.reviews = replace(site.store.reviews, clock=lambda: later)
    assert "正在核对" not in listed.news()


def test_what_another_unit_does_is_no_news(enter: Enter, site: Site, tmp_path: Path) -> None:
    client = enter(unit="一厂")
    looking = [Onlooker(client, way) for way in PAGES]
    number = put(site, tmp_path, unit="二厂")
    site.store.reviews.claim(number, OTHER)
    assert [one.news() for one in looking] == ["", "", ""]


@pytest.mark.parametrize("way", PAGES)
def test_asking_prolongs_no_session_and_stands_in_no_log(enter: Enter, site: Site, way: str) -> None:
    client = enter(name="gone")
    account = site.store.accounts.named("gone")
    assert account
    looking = Onlooker(client, way)
    sessions, lines = site.store.accounts.sessions(account.number), len(site.store.audit.lines())
    later = datetime.now(UTC) + timedelta(minutes=5)
    site.store.accounts = replace(site.store.accounts, clock=lambda: later)
    looking.news()
    assert site.store.accounts.sessions(account.number) == sessions
    assert len(site.store.audit.lines()) == lines
    site.store.accounts.sign_out(client.cookies["dangan"])
    assert client.get(looking.way, headers={"HX-Request": "true"}).status_code == 401


def test_somebody_else_in_the_same_browser_is_told_apart(enter: Enter, site: Site) -> None:
    one, other = enter(name="one"), enter(name="other")
    mark = mark_on(one.get("/review").text)
    answer = other.get("/review/waiting", params={"known": mark})
    assert answer.status_code == 200
    assert f'data-who="{answer.headers["X-Account"]}"' not in one.get("/review").text
