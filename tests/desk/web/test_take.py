"""Taking in through the browser: what comes in, what is refused, what is told, and to whom."""

from __future__ import annotations

from starlette.testclient import TestClient

from desk.web.site import Site
from tests.desk.web.conftest import Enter

KEY = "henan-2016"


def sent(client: TestClient, name: str, content: bytes = b"ink") -> str:
    answer = client.post("/take/files", params={"name": name}, content=content)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_file_is_kept_and_waits(site: Site, enter: Enter) -> None:
    client = enter(unit="一厂")
    assert "等待" in sent(client, "表1.jpg")
    [kept] = site.store.unread()
    assert (kept.file, kept.unit, kept.path.suffix, kept.path.read_bytes()) == (
        "表1.jpg",
        "一厂",
        ".jpg",
        b"ink",
    )
    assert "表1.jpg" in client.get("/take").text
    assert list((site.store.home / "uploads").iterdir()) == []
