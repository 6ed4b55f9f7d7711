"""What somebody tries who should not: every route of the application, each way in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from desk.web.app import create_app
from desk.web.site import Site
from desk.web.visit import visit_of
from records.accounts import RIGHTS, Right, Role
from records.drafts import Draft, Origin, Reading
from records.medical import MedicalCase, add_paper
from tests.desk.web.conftest import Enter, token_on
from tests.desk.web.filed import ID_NUMBER, filed

LATER, EARLIER = "henan-2016", "shaoxing-2010"
OPEN = {("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/first")}
SAFE = ("GET", "HEAD")
EVIL = "<script>alert(1)</script>\"'{{7*191}}${7*191}"
SECRETS = (ID_NUMBER, "肝癌", "王某某")
UNMADE = {"number": "1", "sha256": "0" * 64, "draft": "1", "page": "1", "edition": LATER, "key": "x"}


def routes(app: FastAPI) -> list[tuple[str, APIRoute]]:
    """Every route with its method; what lies in `static` is for everybody."""
    found = list(_below(app.routes))
    assert len(found) > 30
    return [(method, one) for one in found for method in sorted(one.methods)]


def _below(several: object) -> Iterator[APIRoute]:
    for one in several:  # type: ignore[attr-defined]
        if isinstance(one, APIRoute):
            yield one
        else:
            inner = getattr(one, "original_router", None) or getattr(one, "router", None)
            yield from _below(getattr(inner, "routes", ()))


def address(path: str) -> str:
    """A route's path with something plausible in its blanks."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda blank: UNMADE.get(blank[1], "1"), path)


def right_of(route: APIRoute) -> Right | None:
    """The right that a route asks for; None when anybody who is signed in may go in."""
    calls = [one.call for one in route.dependant.dependencies]
    rights = [right for one in calls if isinstance(right := getattr(one, "right", None), Right)]
    assert rights or visit_of in calls, f"{route.path} asks nobody who he is"
    return rights[0] if rights else None


@pytest.fixture
def app(site: Site) -> FastAPI:
    return create_app(site)


def test_every_route_asks_who_comes(app: FastAPI) -> None:
    known = {(method, route.path) for method, route in routes(app)}
    assert known >= OPEN
    for method, route in routes(app):
        if (method, route.path) not in OPEN:
            right_of(route)


def test_nobody_gets_in_without_a_session(stranger: TestClient, app: FastAPI, site: Site) -> None:
    stranger.headers["X-CSRF-Token"] = token_on(stranger.get("/sign-in").text)
    for cookie in ("", "made-up"):
        if cookie:
            stranger.cookies.set("dangan", cookie)
        for method, route in routes(app):
            if (method, route.path) in OPEN:
                continue
            answer = stranger.request(method, address(route.path))
            told = (answer.status_code, answer.headers.get("location", "").partition("?")[0])
            expected = (401, "") if route.path.startswith("/api/") else (303, "/sign-in")
            assert told == expected, f"{method} {route.path}"


@pytest.mark.parametrize("role", [Role.READER, Role.CLERK, Role.REVIEWER])
def test_a_role_gets_no_further_than_its_rights(app: FastAPI, enter: Enter, role: Role) -> None:
    client, tried = enter(role), 0
    for method, route in routes(app):
        if (method, route.path) in OPEN:
            continue
        right = right_of(route)
        if right is not None and right not in RIGHTS[role]:
            tried += 1
            assert client.request(method, address(route.path)).status_code == 403, f"{method} {route.path}"
    assert tried >= 8


def test_every_change_wants_the_token_and_a_page_of_the_desk(app: FastAPI, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    token = client.headers.pop("X-CSRF-Token")
    attempts = (
        {},
        {"X-CSRF-Token": "forged"},
        {"X-CSRF-Token": token, "Origin": "http://evil.example"},
        {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"},
        {"X-CSRF-Token": token, "Host": "evil.example"},
    )
    changing = [(method, route) for method, route in routes(app) if method not in SAFE]
    assert len(changing) > 15
    for method, route in changing:
        for headers in attempts:
            answer = client.request(method, address(route.path), headers=headers)
            assert answer.status_code in (403, 421), f"{method} {route.path} {headers}"
    assert client.get("/").status_code == 200


def test_what_is_another_units_is_not_there(app: FastAPI, enter: Enter, site: Site, tmp_path: Path) -> None:
    """Records, drafts, scans and cases of 二厂, asked for by everybody of 一厂."""
    _fill(site, tmp_path, "王某某", "二厂")
    sha256 = site.store.drafts()[0].sha256
    blanks = dict(UNMADE, sha256=sha256)
    for role in (Role.READER, Role.CLERK, Role.REVIEWER):
        client = enter(role, "一厂")
        for method, route in routes(app):
            right = None if (method, route.path) in OPEN else right_of(route)
            if right is None or right not in RIGHTS[role]:
                continue
            way = re.sub(r"\{(\w+)(?::\w+)?\}", lambda blank: blanks.get(blank[1], "1"), route.path)
            if "events" in way or "changes" in way:
                continue
            answer = client.request(method, way)
            assert answer.status_code < 500, f"{method} {way}"
            assert not [one for one in SECRETS if one in answer.text], f"{role} {method} {way}"
            if re.match(r"(/api)?(/v1)?/(records|cases|drafts|review)/\{", route.path):
                assert answer.status_code in (404, 409, 422), f"{role} {method} {way}"
    assert _owned(site) == ["二厂"]


def test_nothing_that_somebody_typed_is_run(enter: Enter, site: Site, tmp_path: Path) -> None:
    """Every page that links lead to, with a script wherever a text can stand."""
    _fill(site, tmp_path, EVIL, "")
    client = enter(Role.ADMINISTRATOR)
    site.store.accounts.add("evil", EVIL, Role.CLERK, "correct horse 42", EVIL)
    site.store.accounts.add_token(1, EVIL, 3)
    site.store.audit.note(EVIL, "looked", EVIL, EVIL)
    seen, shown = _crawled(client, "/"), 0
    assert len(seen) > 15
    for path, page in seen.items():
        assert "<script>alert" not in page, path
        assert str(7 * 191) not in page.replace(EVIL, ""), path
        shown += "&lt;script&gt;alert" in page
    assert shown >= 4
    typed = client.get("/audit", params={"subject": EVIL}).text
    assert "<script>alert" not in typed
    assert "<script>alert" not in client.get("/sign-in", params={"code": EVIL}).text
    assert (
        "<script>alert" not in client.post("/people", data={"name": EVIL, "shown": EVIL, "role": EVIL}).text
    )


def _crawled(client: TestClient, start: str) -> dict[str, str]:
    """Every page that can be reached by links, at most two of each pattern."""
    waiting, seen, patterns = [start], dict[str, str](), dict[str, int]()
    while waiting and len(seen) < 80:
        path = waiting.pop(0)
        pattern = re.sub(r"\d+|[0-9a-f]{20,}", "#", urlsplit(path).path)
        if path in seen or patterns.get(pattern, 0) >= 2:
            continue
        patterns[pattern] = patterns.get(pattern, 0) + 1
        answer = client.get(path)
        assert answer.status_code < 500, path
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        seen[path] = answer.text
        links = re.findall(r'(?:href|hx-get)="([^"#]+)"', answer.text)
        waiting += [urljoin(path, unescape(one)) for one in links if not re.match(r"\w+:|/static/", one)]
    return seen


def _fill(site: Site, folder: Path, text: str, unit: str) -> None:
    """A record, a draft with its scan, and a medical case, in which a text stands wherever it can."""
    values = {"name": text, "id_number": ID_NUMBER, "address": text, "remarks": text}
    record = filed(site, EARLIER, values, unit)
    case = add_paper(
        MedicalCase(record.number, 2010, illness="肝癌" + text, help=text),
        "other",
        {"name": text, "title": text, "hospital": text},
    )
    site.store.medical.save(case, text)
    paper = folder / "paper.png"
    paper.write_bytes(b"\x89PNG of " + text.encode())
    kept = site.store.keep(paper, f"{text.replace('/', '')}.png", unit)
    readings = {"name": Reading(text, raw=text, review=True), "remarks": Reading(text, raw=text)}
    site.store.add_drafts(kept.sha256, [Draft(LATER, readings, origin=Origin(kept.file, kept.sha256, (1,)))])


def _owned(site: Site) -> list[str]:
    return [record.unit for record in site.store.records()]


@pytest.mark.parametrize(
    "way",
    [
        f"/people/{10**25}",
        "/audit?day=9999-12-31",
        "/audit?day=0001-01-01",
        "/records/1/compare?last=0001-01-01",
        "/records/1/compare?first=0001-01-01&last=2026-01-01",
        "/figures?edition=none",
        "/review/group/none/name",
        "/review/2147483648",
    ],
)
def test_a_number_or_a_day_out_of_all_bounds_is_no_fault_of_the_desk(
    enter: Enter, site: Site, tmp_path: Path, way: str
) -> None:
    _fill(site, tmp_path, "王某某", "")
    assert enter(Role.ADMINISTRATOR).get(way).status_code in (404, 422)


@pytest.mark.parametrize(
    "way",
    ["/people/{}", "/people/{}/close", "/account/tokens/{}/revoke", "/records/{}/unmask", "/cases/{}/unmask"],
)
def test_what_a_number_out_of_all_bounds_would_change_is_not_there(enter: Enter, way: str) -> None:
    told = {"path": "id_number", "shown": "王", "role": "clerk"}
    assert enter(Role.ADMINISTRATOR).post(way.format(10**25), data=told).status_code in (404, 422)
