from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from starlette.testclient import TestClient

from desk.web.pace import WRONG_MOST
from desk.web.site import Site
from records.accounts import Role
from tests.desk.web.conftest import HOST, PASSWORD, Enter, token_on


def test_without_signing_in_every_page_leads_to_the_door(stranger: TestClient) -> None:
    answer = stranger.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_the_first_administrator_is_made_with_the_code_alone(stranger: TestClient, site: Site) -> None:
    stranger.headers["X-CSRF-Token"] = token_on(stranger.get("/sign-in").text)
    told = {"name": "admin", "shown": "管理员", "password": PASSWORD, "again": PASSWORD}
    assert "启动码不对" in stranger.post("/first", data={**told, "code": "x"}).text
    assert stranger.post("/first", data={**told, "code": site.first_code}).status_code == 200
    assert stranger.get("/").status_code == 200
    assert [one.role for one in site.store.accounts.every()] == [Role.ADMINISTRATOR]
    stranger.headers["X-CSRF-Token"] = token_on(stranger.get("/").text)
    again = stranger.post("/first", data={**told, "name": "two", "code": site.first_code})
    assert "管理员已经设立" in again.text


def test_after_signing_out_the_session_is_over(enter: Enter) -> None:
    client = enter()
    cookie = client.cookies["dangan"]
    client.post("/sign-out")
    client.cookies.set("dangan", cookie)
    assert client.get("/").status_code == 303


def test_a_session_that_somebody_else_put_into_the_browser_is_not_used(site: Site, enter: Enter) -> None:
    client = enter(Role.CLERK, name="victim")
    client.post("/sign-out")
    client.cookies.clear()
    client.cookies.set("dangan", "planted")
    client.headers["X-CSRF-Token"] = token_on(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"name": "victim", "password": PASSWORD})
    given = answer.cookies["dangan"]
    assert given != "planted"
    assert site.store.accounts.session("planted") is None
    assert site.store.accounts.session(given)


def test_signing_in_anew_ends_the_session_before(enter: Enter, site: Site) -> None:
    client = enter(Role.CLERK, name="twice")
    before = client.cookies["dangan"]
    client.post("/sign-in", data={"name": "twice", "password": PASSWORD})
    assert site.store.accounts.session(before) is None
    assert len(site.store.accounts.sessions(1)) == 1


def test_the_cookie_is_for_the_desk_alone(enter: Enter, site: Site, stranger: TestClient) -> None:
    enter(name="someone")
    for secure in (False, True):
        site.secure = secure
        stranger.base_url = f"{'https' if secure else 'http'}://{HOST}"
        stranger.headers["X-CSRF-Token"] = token_on(stranger.get("/sign-in").text)
        answer = stranger.post("/sign-in", data={"name": "someone", "password": PASSWORD})
        told = answer.headers["set-cookie"].lower()
        assert "httponly" in told
        assert "samesite=strict" in told
        assert ("secure" in told) is secure
        stranger.cookies.clear()


def test_one_address_neither_guesses_many_names_nor_locks_everybody(site: Site, enter: Enter) -> None:
    client = enter(name="honest")
    for number in range(WRONG_MOST):
        answer = client.post("/sign-in", data={"name": f"guess{number}", "password": "x"})
        assert answer.status_code == 401
    answer = client.post("/sign-in", data={"name": "honest", "password": PASSWORD})
    assert (answer.status_code, "这台电脑" in answer.text) == (429, True)
    other = TestClient(client.app, client=("192.168.1.9", 5000), follow_redirects=False)
    other.headers["X-CSRF-Token"] = token_on(other.get("/sign-in").text)
    assert other.post("/sign-in", data={"name": "honest", "password": PASSWORD}).status_code == 200


def test_a_wrong_password_stands_in_the_log_but_never_what_was_typed(site: Site, enter: Enter) -> None:
    client = enter(name="known")
    client.post("/sign-in", data={"name": "known", "password": "typed-secret-1"})
    client.post("/sign-in", data={"name": "typed-secret-2", "password": "x"})
    lines = site.store.audit.lines()[:2]
    assert [line.what for line in lines] == ["wrong_password", "wrong_password"]
    assert [line.detail for line in lines] == ["testclient", "known先生 · testclient"]


def test_five_wrong_passwords_lock_the_account(site: Site, enter: Enter) -> None:
    client = enter(name="careless")
    told = [client.post("/sign-in", data={"name": "careless", "password": "x"}) for _ in range(6)]
    assert [answer.status_code for answer in told] == [401] * 5 + [429]
    assert "锁定" in told[-1].text
    assert client.get("/").status_code == 200


def test_whoever_signs_in_comes_back_to_the_page_that_was_asked_for(enter: Enter) -> None:
    client = enter(name="returning")
    client.post("/sign-out")
    way = client.get("/records?q=王&page=2").headers["location"]
    page = client.get(way)
    back = re.search(r'name="back" value="([^"]+)"', page.text)
    assert back
    client.headers["X-CSRF-Token"] = token_on(page.text)
    told = {"name": "returning", "password": PASSWORD, "back": unescape(back[1])}
    assert client.post("/sign-in", data=told).headers["hx-redirect"] == "/records?q=%E7%8E%8B&page=2"


@pytest.mark.parametrize(
    "back", ["//evil.example/", "/\\evil.example", "https://evil.example", "/a\nb", "/王"]
)
def test_signing_in_leads_nowhere_outside(enter: Enter, back: str) -> None:
    client = enter(name="lured")
    client.post("/sign-out")
    page = client.get("/sign-in", params={"back": back})
    assert 'name="back"' not in page.text
    client.headers["X-CSRF-Token"] = token_on(page.text)
    told = {"name": "lured", "password": PASSWORD, "back": back}
    assert client.post("/sign-in", data=told).headers["hx-redirect"] == "/"


def test_what_is_typed_on_a_page_survives_the_end_of_the_session(enter: Enter, site: Site) -> None:
    client = enter(name="typing")
    site.store.accounts.sign_out(client.cookies["dangan"])
    answer = client.post("/records/1/state", data={}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("hx-redirect")) == (401, None)
    assert 'href="/sign-in"' in answer.text
    left = client.post("/sign-out", headers={"HX-Request": "true"})
    assert left.headers["hx-redirect"] == "/sign-in"


def test_a_page_that_asks_who_is_here_prolongs_no_session(enter: Enter, site: Site) -> None:
    client = enter(name="idle")
    account = site.store.accounts.named("idle")
    assert account
    before = site.store.accounts.sessions(account.number)
    later = datetime.now(UTC) + timedelta(minutes=5)
    site.store.accounts = replace(site.store.accounts, clock=lambda: later)
    told = client.get("/session").json()
    assert told == {
        "who": account.number,
        "shown": "idle先生",
        "csrf": client.headers["X-CSRF-Token"],
    }
    assert site.store.accounts.sessions(account.number) == before
    assert f'data-who="{account.number}"' in client.get("/help").text
    assert site.store.accounts.sessions(account.number)[0].seen == later
