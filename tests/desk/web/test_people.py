from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from desk import words
from desk.web.site import Site
from records.accounts import Role
from tests.desk.web.conftest import PASSWORD, Enter, token_on

NEW = {"name": "qian", "shown": "钱经办", "role": "clerk", "unit": "一厂"}
OTHER = "battery staple 43"


def secret_on(page: str) -> str:
    """The password or program's secret that a page shows this once."""
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found
    return found[1]


def sign_in(client: TestClient, name: str, password: str) -> int:
    """Sign in with another client of the same desk; the status."""
    client.headers["X-CSRF-Token"] = token_on(client.get("/sign-in").text)
    return client.post("/sign-in", data={"name": name, "password": password}).status_code


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER, Role.READER])
def test_only_administrators_look_after_people(enter: Enter, site: Site, role: Role) -> None:
    client = enter(role)
    assert client.get("/people").status_code == 403
    assert client.post("/people", data=NEW).status_code == 403
    assert client.post("/people/1", data={"shown": "甲", "role": "administrator"}).status_code == 403
    assert [one.role for one in site.store.accounts.every()] == [role]


def test_a_new_clerk_gets_a_password_to_be_changed_first(
    enter: Enter, stranger: TestClient, site: Site
) -> None:
    answer = enter(Role.ADMINISTRATOR).post("/people", data=NEW)
    password = secret_on(answer.text)
    assert sign_in(stranger, "qian", password) == 200
    for path in ("/", "/take", "/people"):
        assert stranger.get(path).headers["location"] == "/account"
    own = stranger.get("/account")
    assert "请先换成自己的密码" in own.text
    assert "程序口令" not in own.text
    stranger.headers["X-CSRF-Token"] = token_on(own.text)
    assert stranger.post("/account/tokens", data={"label": "x", "days": 1}).headers["location"] == "/account"
    told = {"old": password, "new": OTHER, "again": OTHER}
    assert stranger.post("/account/password", data={**told, "again": "x"}).status_code == 409
    assert stranger.post("/account/password", data={**told, "old": "x"}).status_code == 401
    before = stranger.cookies["dangan"]
    assert stranger.post("/account/password", data=told).status_code == 303
    assert stranger.get("/").status_code == 200
    assert stranger.cookies["dangan"] != before
    assert site.store.accounts.session(before) is None
    deeds = [(line.who, line.what) for line in site.store.audit.lines(subject="account:2")]
    assert deeds[:2] == [("钱经办", "password_changed"), ("", "wrong_password")]
    assert deeds[-1] == ("administrator0先生", "account_added")


def test_an_account_is_changed_closed_and_opened_again(enter: Enter, stranger: TestClient) -> None:
    boss = enter(Role.ADMINISTRATOR)
    clerk = enter(Role.CLERK, name="qian")
    page = boss.post("/people/2", data={"shown": "钱审核", "role": "reviewer", "unit": "二厂"}).text
    assert "钱审核" in page
    assert "二厂" in page
    assert clerk.get("/").status_code == 303
    assert "已停用" in boss.post("/people/2/close").text
    assert sign_in(stranger, "qian", PASSWORD) == 401
    boss.post("/people/2/reopen")
    assert sign_in(stranger, "qian", PASSWORD) == 200
    line = boss.app.state.site.store.audit.lines(subject="account:2", newest=50)  # type: ignore[attr-defined]
    changed = next(one.detail for one in line if one.what == "account_changed")
    roles = f"{words.ROLES['clerk']} → {words.ROLES['reviewer']}"
    assert changed == f"钱审核 · qian先生 → 钱审核 · {roles} · （空白） → 二厂"


def test_a_locked_account_is_unlocked_and_a_lost_password_replaced(
    enter: Enter, stranger: TestClient
) -> None:
    boss = enter(Role.ADMINISTRATOR)
    enter(Role.CLERK, name="qian")
    for _ in range(5):
        assert sign_in(stranger, "qian", "x") == 401
    assert sign_in(stranger, "qian", PASSWORD) == 429
    assert "锁定到" in boss.get("/people").text
    boss.post("/people/2/unlock")
    assert sign_in(stranger, "qian", PASSWORD) == 200
    password = secret_on(boss.post("/people/2/password").text)
    assert stranger.get("/").headers["location"] == "/sign-in"
    assert sign_in(stranger, "qian", password) == 200
    assert boss.post("/people/1/password").status_code == 409


def test_the_last_administrator_cannot_close_or_demote_himself(enter: Enter) -> None:
    boss = enter(Role.ADMINISTRATOR)
    assert "最后一位管理员" in boss.post("/people/1/close").text
    answer = boss.post("/people/1", data={"shown": "甲", "role": "clerk", "unit": ""})
    assert "最后一位管理员" in answer.text
    assert boss.get("/people").status_code == 200
    assert boss.post("/people/9/close").status_code == 404
    assert boss.post("/people", data={**NEW, "role": "king"}).status_code == 422


def test_one_sees_and_ends_ones_own_sessions_only(enter: Enter, stranger: TestClient, site: Site) -> None:
    client, other = enter(name="one"), enter(name="other")
    assert sign_in(stranger, "one", PASSWORD) == 200
    keys = re.findall(r"/account/sessions/(\w+)/end", client.get("/account").text)
    assert len(keys) == 2
    foreign = re.findall(r"/account/sessions/(\w+)/end", other.get("/account").text)
    client.post(f"/account/sessions/{foreign[0]}/end")
    assert other.get("/").status_code == 200
    for key in keys:
        client.post(f"/account/sessions/{key}/end")
    assert stranger.get("/").status_code == 303
    assert client.get("/").status_code == 303


def test_a_program_gets_a_secret_once_and_loses_it(enter: Enter, site: Site) -> None:
    client, other = enter(name="one"), enter(name="other")
    page = client.post("/account/tokens", data={"label": "统计<b>", "days": 30}).text
    secret = secret_on(page)
    assert "统计&lt;b&gt;" in page
    assert secret not in client.get("/account").text
    assert site.store.accounts.token(secret)
    assert client.post("/account/tokens", data={"label": "统计", "days": 400}).status_code == 422
    assert other.post("/account/tokens/1/revoke").status_code == 404
    assert "已收回" in client.post("/account/tokens/1/revoke").text
    assert site.store.accounts.token(secret) is None
