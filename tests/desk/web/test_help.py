from __future__ import annotations

import re

from starlette.testclient import TestClient

from desk.web import manual
from records.accounts import Role
from tests.desk.web.conftest import Enter


def test_help_begins_with_the_desk_and_leads_to_every_part(enter: Enter) -> None:
    client = enter(Role.READER)
    page = client.get("/help").text
    assert "dangan desk" in page and "desk-home.png" in page
    for part in manual.parts():
        answer = client.get(f"/help/{part.heading.anchor}")
        assert answer.status_code == 200
        assert part.heading.text in answer.text


def test_every_link_within_the_manual_leads_somewhere(enter: Enter) -> None:
    client = enter(Role.READER)
    links = {link for part in manual.parts() for link in re.findall(r'(?:href|src)="([^"]+)"', part.html)}
    assert any(link.startswith("/help/pictures/") for link in links)
    assert [link for link in sorted(links) if client.get(link).status_code != 200] == []


def test_headings_are_there_to_be_jumped_to() -> None:
    for part in manual.parts():
        for heading in (part.heading, *part.below):
            assert f'id="{heading.anchor}"' in part.html


def test_what_is_no_picture_of_the_manual_is_not_served(enter: Enter) -> None:
    client = enter(Role.READER)
    for name in ("..%2f..%2fREADME.md", "%2e%2e", "nothing.png", "x.svg"):
        assert client.get(f"/help/pictures/{name}").status_code == 404
    assert client.get("/help/nowhere").status_code == 404


def test_help_is_for_those_who_are_signed_in(stranger: TestClient) -> None:
    assert stranger.get("/help").status_code == 303
