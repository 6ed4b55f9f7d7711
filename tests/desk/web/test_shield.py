from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.testclient import TestClient

from desk.web import shield
from desk.web.pace import Buckets, Wrong
from desk.web.site import Site
from records.accounts import Role
from records.passwords import csrf_of
from tests.desk.web.conftest import HOST, Enter


def test_a_post_without_the_token_is_refused(enter: Enter) -> None:
    client = enter()
    token = client.headers.pop("X-CSRF-Token")
    assert client.post("/sign-out").status_code == 403
    for forged in ("", "x", token[:-1], csrf_of("another")):
        assert client.post("/sign-out", headers={"X-CSRF-Token": forged}).status_code == 403
    assert client.get("/").status_code == 200


def test_the_token_of_one_session_does_not_serve_another(enter: Enter) -> None:
    one, other = enter(), enter()
    assert one.post("/sign-out", headers={"X-CSRF-Token": other.headers["X-CSRF-Token"]}).status_code == 403


def test_a_programs_header_opens_no_page(enter: Enter, stranger: TestClient, site: Site) -> None:
    client = enter()
    secret, _ = site.store.accounts.add_token(1, "程序", 1)
    del client.headers["X-CSRF-Token"]
    header = {"Authorization": f"Bearer {secret}"}
    assert client.post("/sign-out", headers=header).status_code == 403
    assert stranger.get("/", headers=header).status_code == 303


def test_a_post_from_another_site_is_refused(enter: Enter) -> None:
    client = enter()
    for origin in ("http://evil.example", "null", f"https://{HOST}", f"http://{HOST}:81", "http://["):
        assert client.post("/sign-out", headers={"Origin": origin}).status_code == 403
    for site in ("cross-site", "same-site", "none"):
        assert client.post("/sign-out", headers={"Sec-Fetch-Site": site}).status_code == 403
    assert client.post("/sign-out", headers={"Origin": f"http://{HOST}"}).status_code == 303


def test_an_unknown_host_is_refused(stranger: TestClient) -> None:
    for host in ("evil.example", "", "[", f"{HOST}.evil.example", "127.0.0.1"):
        assert stranger.get("/sign-in", headers={"Host": host}).status_code == 421
    assert stranger.get("/sign-in", headers={"Host": f"{HOST}:8610"}).status_code == 200


def test_every_answer_carries_the_headers(
    stranger: TestClient, enter: Enter, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    client = enter()
    monkeypatch.setattr(type(site.store.index), "waiting", lambda index, unit: 1 / 0)
    broken = client.get("/")
    assert (broken.status_code, "Traceback" in broken.text) == (500, False)
    answers = [stranger.get(path) for path in ("/sign-in", "/static/desk.css", "/nowhere", "/")]
    answers += [broken, stranger.get("/sign-in", headers={"Host": "x"}), stranger.post("/sign-in")]
    for answer in answers:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        for name in shield.HEADERS:
            assert name in answer.headers
    assert "strict-transport-security" not in answers[0].headers
    site.secure = True
    assert "strict-transport-security" in stranger.get("/sign-in").headers


def test_a_body_larger_than_told_is_counted_as_it_comes(stranger: TestClient, enter: Enter) -> None:
    def parts() -> Iterator[bytes]:
        yield b"name=a&password="
        for _ in range(shield.SMALL // 2**16 + 2):
            yield b"x" * 2**16

    form = {"Content-Type": shield.FORM, "X-CSRF-Token": csrf_of("door")}
    stranger.cookies.set(shield.PRESESSION, "door")
    assert stranger.post("/sign-in", content=parts(), headers=form).status_code == 413
    large = {"Content-Length": str(shield.LARGEST + 1)}
    assert stranger.post("/sign-in", headers={**form, **large}).status_code == 413
    assert stranger.post("/sign-in", headers={**form, "Content-Length": "-1"}).status_code == 413
    body = b"name=a&password=" + b"x" * shield.SMALL
    assert stranger.post("/sign-in", content=body, headers=form).status_code == 413
    own = {"Content-Type": "application/octet-stream"}
    assert enter().post("/sign-in", content=body, headers=own).status_code == 422


@pytest.mark.parametrize("kind", [shield.FORM, f"{shield.PARTS}; boundary=x"])
def test_nobody_sends_a_form_as_large_as_a_file(enter: Enter, kind: str) -> None:
    body = b"shown=" + b"x" * shield.SMALL
    answer = enter(Role.ADMINISTRATOR).post("/people/1", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 413


def test_too_many_fields_and_null_bytes_are_refused(enter: Enter) -> None:
    client = enter()
    form = {"Content-Type": shield.FORM}
    assert client.post("/sign-in", content=b"a=b&" * 2000, headers=form).status_code == 422
    nul = b"name=a%00b&password=x"
    assert client.post("/sign-in", content=nul, headers=form).status_code == 422
    assert client.get("/sign-in?code=%00").status_code == 422
    assert client.get("/%00").status_code == 422
    parts = {f"f{number}": (None, "x") for number in range(1500)}
    assert client.post("/sign-in", files=parts).status_code == 422


def test_an_address_that_never_ends_is_refused(stranger: TestClient) -> None:
    assert stranger.get("/sign-in?" + "a" * shield.LONGEST_ADDRESS).status_code == 414


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"])
def test_other_methods_do_nothing(enter: Enter, method: str) -> None:
    client = enter()
    answer = client.request(method, "/sign-out")
    assert answer.status_code in (403, 404)
    assert client.headers["X-CSRF-Token"] not in answer.text
    assert client.get("/").status_code == 200


def test_who_asks_without_pause_is_slowed_down(enter: Enter, stranger: TestClient, site: Site) -> None:
    client = enter()
    site.pace.strangers = Buckets(0.5, 3)
    told = [stranger.get("/sign-in") for _ in range(4)]
    assert [answer.status_code for answer in told] == [200, 200, 200, 429]
    assert told[-1].headers["retry-after"] == "2"
    assert client.get("/").status_code == 200
    site.pace.inside = Buckets(1, 2)
    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]


def test_passwords_are_tried_slowly(stranger: TestClient, site: Site) -> None:
    site.pace.door = Buckets(0.1, 2)
    stranger.cookies.set(shield.PRESESSION, "door")
    stranger.headers["X-CSRF-Token"] = csrf_of("door")
    told = [stranger.post("/sign-in", data={"name": "a", "password": "b"}) for _ in range(3)]
    assert [answer.status_code for answer in told] == [401, 401, 429]


def test_buckets_fill_again_and_forget_the_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    buckets = Buckets(2, 2, lambda: now[0])
    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 0.5]
    now[0] = 0.5
    assert [buckets.wait("a"), buckets.wait("b")] == [0, 0]
    monkeypatch.setattr("desk.web.pace.MOST_KEYS", 3)
    for asker in "cdef":
        buckets.wait(asker)
    assert list(buckets._levels) == ["d", "e", "f"]
    wrong = Wrong(lambda: now[0])
    for _ in range(10):
        assert wrong.wait("a") == 0
        wrong.add("a")
    assert wrong.wait("a") == 900
    now[0] = 901
    assert wrong.wait("a") == 0


def test_a_body_that_dribbles_is_broken_off(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shield, "PATIENCE", 0.05)
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass

    async def dribble() -> Any:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "scheme": "http",
        "client": ("testclient", 1),
        "headers": [(b"host", HOST.encode())],
    }
    # A browser of another test may keep a loop in this thread.
    with start_blocking_portal() as elsewhere:
        elsewhere.call(shield.Shield(app, site), scope, dribble, send)
    assert sent[0]["status"] == 408


def test_the_shield_asks_the_store_nothing_while_others_wait(
    enter: Enter, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, here = enter(), []
    asked = site.store.accounts.session

    def session(accounts: Any, token: str, touch: bool = True) -> Any:
        here.append(threading.current_thread().name)
        return asked(token, touch)

    monkeypatch.setattr(type(site.store.accounts), "session", session)
    client.post("/sign-out")
    assert here
    assert all("AnyIO worker" in name for name in here)
