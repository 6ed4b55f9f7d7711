from __future__ import annotations

from starlette.testclient import TestClient

from desk.web.site import Site
from records.accounts import Role
from tests.desk.web.conftest import PASSWORD, Enter, token_on


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


def test_after_signing_out_the_session_is_over(enter: Enter) -> None:
    client = enter()
    cookie = client.cookies["dangan"]
    client.post("/sign-out")
    client.cookies.set("dangan", cookie)
    assert client.get("/").status_code == 303
