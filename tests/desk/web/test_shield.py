from __future__ import annotations

from starlette.testclient import TestClient

from tests.desk.web.conftest import Enter


def test_a_post_without_the_token_is_refused(enter: Enter) -> None:
    client = enter()
    del client.headers["X-CSRF-Token"]
    assert client.post("/sign-out").status_code == 403
    assert client.get("/").status_code == 200


def test_a_post_from_another_site_is_refused(enter: Enter) -> None:
    client = enter()
    assert client.post("/sign-out", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_an_unknown_host_is_refused(stranger: TestClient) -> None:
    assert stranger.get("/sign-in", headers={"Host": "evil.example"}).status_code == 421


def test_every_answer_carries_the_headers(stranger: TestClient) -> None:
    for path in ("/sign-in", "/static/desk.css", "/nowhere"):
        headers = stranger.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
