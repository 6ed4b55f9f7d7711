"""The desk without a browser: a site over a store of its own, and clients that are signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.testclient import TestClient

from desk.settings import Settings
from desk.web.app import create_app
from desk.web.site import Site, open_site
from desk.workplace import Workplace
from records.accounts import Role

PASSWORD = "correct horse 42"
HOST = "testserver"
Enter = Callable[..., TestClient]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    place = Workplace(Settings(tmp_path / "home", "王经办"))
    with open_site(place, frozenset({HOST})) as found:
        yield found


@pytest.fixture
def stranger(site: Site) -> Iterator[TestClient]:
    """Nobody signed in; follows no redirects."""
    with TestClient(create_app(site), follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def token_on(page: str) -> str:
    """The token against forged requests that a page carries."""
    found = re.search(r'"X-CSRF-Token": "([\w-]+)"', page)
    assert found
    return found[1]


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """The loop that serves whoever is signed in, as at a desk: not one of its own for each request."""
    with start_blocking_portal("asyncio") as found:
        yield found


@pytest.fixture
def enter(site: Site, portal: BlockingPortal) -> Iterator[Enter]:
    """Make an account of a role (and unit) and give a client that is signed in."""
    clients: list[TestClient] = []

    def entered(role: Role = Role.CLERK, unit: str = "", name: str = "") -> TestClient:
        name = name or f"{role}{len(clients)}"
        site.store.accounts.add(name, f"{name}先生", role, PASSWORD, unit)
        client = TestClient(create_app(site), follow_redirects=False, raise_server_exceptions=False)
        client.portal = portal
        client.headers["X-CSRF-Token"] = token_on(client.get("/sign-in").text)
        client.post("/sign-in", data={"name": name, "password": PASSWORD})
        client.headers["X-CSRF-Token"] = token_on(client.get("/").text)
        clients.append(client)
        return client

    yield entered
    for client in clients:
        client.close()
