"""Every mark of every plot leads to what it counts, and there stands as much as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from desk.settings import Settings
from desk.web.app import create_app
from desk.web.site import Site, open_site
from desk.workplace import Workplace
from records.accounts import Role
from records.drafts import Draft, Origin, Reading
from records.migrations.versions.v0016_figure_forms import fill
from records.reviews import Hand
from records.tables import FigureForms, FigureReadings
from tests.desk.web.conftest import HOST, PASSWORD, token_on

HENAN = "henan-2016"
ID_NUMBER, OTHER = "410105196504120012", "410105196504120039"
MAY = datetime(2016, 5, 3, 4, tzinfo=UTC)
FILED, CHECKED = Hand("李经办"), Hand("周审核")
UNITS = ("一会", "二会")
ENTERED = (
    "surveyed", "applied", "listed", "publicised", "approved", "helper_named", "planned", "signed",
    "cards_given", "ledger", "entered",
)  # fmt: skip
CASES = {"fields": 3, "clerks": 3, "tenths": 1}
"""Which cell of a line in a plot's table says how many cases are behind it; the second, of others."""
PLOTS = (
    "editions", "progress", "duties", "units", "regions", "categories", "main_causes", "workplaces",
    "state-archive", "settled", "pace", "paces", "fields", "clerks", "tenths",
)  # fmt: skip
ONE_UNIT = "&unit=一会"
NARROWED = ("", ONE_UNIT, "&first=2016-05-04&last=2016-06-20")
"""A whole office, one unit, days that cut months."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with something to count in every plot; nobody changes it."""
    place = Workplace(Settings(tmp_path_factory.mktemp("busy") / "home", "王经办"))
    with open_site(place, frozenset({HOST})) as site:
        _records(site)
        _forms(site, tmp_path_factory.mktemp("papers"))
        yield site


def _records(site: Site) -> None:
    edition = site.editions[HENAN]
    causes = edition.field("primary_cause").choices
    for number in range(1, 54):
        values = {
            "name": f"王{number}",
            "primary_cause": causes[number % len(causes)],
            "employer": f"第{number % 20}厂",
            "hardship_category": edition.field("hardship_category").choices[number % 2],
        }
        when = MAY + timedelta(days=7 * (number % 9))
        unit = UNITS[number % 2]
        site.store.save(edition, values, "王", "typed", when, override_why="试", force=True, unit=unit)
    for number in range(1, 5):
        for state in ENTERED if number < 3 else ENTERED[:2]:
            site.store.move(number, "archive", state, date(2016, 10, 3), "通知", "王")
    for number, when in ((1, MAY + timedelta(days=400)), (2, datetime.now(UTC))):
        values = {**site.store.record(number).values, "employer": "新厂"}
        site.store.save(edition, values, "王", "typed", when, number=number, override_why="试")
    for unit in UNITS:
        older = site.editions["shaoxing-2010"]
        site.store.save(
            older, {"name": "王"}, "王", "typed", MAY + timedelta(7), override_why="试", unit=unit
        )


def _forms(site: Site, folder: Path) -> None:
    seconds, days = iter(range(0, 10**6, 15)), iter(range(0, 200, 3))
    edition = site.editions[HENAN]
    for number in range(1, 27):
        day = MAY + timedelta(days=next(days))
        reviews = replace(site.store.reviews, clock=lambda day=day: day + timedelta(seconds=next(seconds)))
        paper = folder / f"{number}.png"
        paper.write_bytes(str(number).encode())
        kept = site.store.keep(paper, unit=UNITS[number % 2])
        readings = {
            "name": Reading("王" * (1 + number % 2), confidence=0.55),
            "employer": Reading(f"第{number}厂", confidence=0.97),
            "id_number": Reading(OTHER, confidence=0.91),
        }
        draft = Draft(HENAN, readings, origin=Origin(kept.file, kept.sha256, (1,)))
        [one] = site.store.add_drafts(kept.sha256, [draft])
        hand = FILED if number % 4 else Hand("赵经办")
        reviews.claim(one, hand)
        if number % 3:
            reviews.decide(one, "name", f"李{number}", hand)
        if number % 5 == 0:
            reviews.decide(one, "id_number", ID_NUMBER, hand)
        reviews.file(one, edition, hand, "试", force=True)
        if number % 6:
            reviews.approve(one, edition, CHECKED, force=True)


@pytest.fixture(scope="module")
def client(busy: Site) -> Iterator[TestClient]:
    """The administrator's."""
    with entered(busy, Role.ADMINISTRATOR) as found:
        yield found


def entered(site: Site, role: Role, unit: str = "") -> TestClient:
    """Somebody who is signed in."""
    name = f"{role}{unit}"
    site.store.accounts.add(name, name, role, PASSWORD, unit)
    client = TestClient(create_app(site), follow_redirects=False)
    client.headers["X-CSRF-Token"] = token_on(client.get("/sign-in").text)
    client.post("/sign-in", data={"name": name, "password": PASSWORD})
    return client


def marks(page: str) -> tuple[list[etree._Element], list[etree._Element]]:
    """What is drawn of a plot, and what of it can be pressed."""
    [drawn] = re.findall(r'<svg[^>]*class="plot at-wide".*?</svg>', page, re.DOTALL)
    root = etree.fromstring(drawn)
    return root.findall(".//{*}title"), root.findall(".//{*}a")


def cells(page: str) -> dict[str, tuple[str, list[str]]]:
    """The lines of a plot's table: where each leads, and its cells."""
    [table] = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL):
        link = re.search(r'href="([^"]*)"', row)
        texts = [
            unescape(re.sub(r"<[^>]*>", "", one).strip())
            for one in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        found[texts[0]] = unescape(link[1]) if link else "", texts
    return found


def listed(client: TestClient, address: str) -> tuple[int, list[str]]:
    """How many cases a list names, on all its pages, and what its first lines say."""
    count, first = 0, []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, address
        lines = re.findall(r'<th scope="row"', answer.text)
        readings = re.findall(r"<li>", answer.text.partition("<tbody>")[2].partition("</tbody>")[0])
        count += len(readings) if 'class="readings"' in answer.text else len(lines)
        first += re.findall(r"<strong>(\d+)</strong>", answer.text)
        onwards = re.search(r'href="(\?[^"]*)" rel="next"', answer.text)
        address = address.partition("?")[0] + unescape(onwards[1]) if onwards else ""
    return count, first


@pytest.mark.parametrize(
    ("name", "narrowed"),
    [(name, narrowed) for name in PLOTS for narrowed in NARROWED if (name, narrowed) != ("units", ONE_UNIT)],
)
def test_what_is_listed_behind_a_mark_is_as_much_as_the_plot_says(
    client: TestClient, name: str, narrowed: str
) -> None:
    page = client.get(f"/figures/plots/{name}?edition={HENAN}{narrowed}", headers={"HX-Request": "true"}).text
    told, links = marks(page)
    assert told and len(links) == len(told)
    assert [one.get("aria-label") for one in links] == [one.text for one in told]
    lines = {link: texts for link, texts in cells(page).values() if link}
    assert {one.get("href") for one in links} == lines.keys()
    for link, texts in lines.items():
        expected = int(texts[CASES.get(name, 1)])
        count, said = listed(client, link)
        assert count == expected > 0, link
        assert said[0] == str(expected)
        back = re.search(r'href="(/figures\?[^"]*)#plot-([\w-]+)">← ', client.get(link).text)
        assert (
            back and back[2] == name and narrowed.replace("一会", "%E4%B8%80%E4%BC%9A") in unescape(back[1])
        )


def test_one_unit_alone_is_not_divided_by_units(client: TestClient) -> None:
    assert client.get(f"/figures/plots/units?edition={HENAN}{ONE_UNIT}").status_code == 404


def test_plots_that_were_not_asked_for_here_lead_by_the_same_ways(client: TestClient) -> None:
    named = re.findall(r'id="plot-([\w-]+)"', client.get(f"/figures?edition={HENAN}").text)
    assert set(PLOTS) <= set(named)
    for name in set(named) - set(PLOTS):
        page = client.get(f"/figures/plots/{name}?edition={HENAN}", headers={"HX-Request": "true"}).text
        told, links = marks(page)
        assert len(links) == len(told)
        assert all("/figures/records?" in str(one.get("href")) for one in links), name


def test_a_unit_is_told_of_its_own_forms_only(busy: Site, client: TestClient) -> None:
    with entered(busy, Role.CLERK, "一会") as own:
        for plot, key in (("tenths", "5"), ("fields", "name"), ("settled", ""), ("pace", "")):
            address = f"/figures/forms?edition={HENAN}&plot={plot}&key={key}"
            mine = listed(own, f"{address}&unit=二会&of=二会")[0]
            assert mine == listed(client, f"{address}&unit=一会")[0]
            assert 0 < mine < listed(client, address)[0]
        for plot in ("clerks", "paces"):
            assert own.get(f"/figures/forms?edition={HENAN}&plot={plot}&key=李经办").status_code == 404
        assert "李经办" not in own.get(f"/figures/forms?edition={HENAN}&plot=pace").text


def test_numbers_are_masked_and_readers_are_told_no_value(busy: Site, client: TestClient) -> None:
    address = f"/figures/forms?edition={HENAN}&plot=fields&key=id_number"
    page = client.get(address).text
    assert "→" in page and "19650412" not in page
    with entered(busy, Role.READER) as reader:
        for key in ("id_number", "name"):
            told = reader.get(address.replace("id_number", key)).text
            assert "有改动" in told and "李" not in told and "王" not in told
    changed = client.get(f"/figures/forms?edition={HENAN}&plot=fields&key=name").text
    assert "王 → 李" in changed or "王王 → 李" in changed


@pytest.mark.parametrize(
    "wrong",
    [
        "plot=tenths", "plot=tenths&key=10", "plot=tenths&key=x",
        "plot=fields&key=*", "plot=fields", "plot=clerks", "plot=duties&key=x", "plot=nothing&key=x",
    ],
)  # fmt: skip
def test_what_no_mark_stands_for_is_not_there(client: TestClient, wrong: str) -> None:
    assert client.get(f"/figures/forms?edition={HENAN}&{wrong}").status_code == 404


def test_what_is_no_name_of_a_mark_is_not_told_again(client: TestClient) -> None:
    assert client.get(f"/figures/records?edition={HENAN}&label=胡说").status_code == 422
    page = client.get(f"/figures/forms?edition={HENAN}&plot=settled&key=胡说")
    assert page.status_code == 200 and "胡说" not in page.text.partition("<main")[2]


def test_an_older_store_s_forms_are_noted_from_its_history(busy: Site) -> None:
    def told() -> tuple[list[tuple[object, ...]], ...]:
        with busy.store.database.reading() as session:
            return tuple(
                sorted(tuple(row) for row in session.execute(select(table.__table__)))
                for table in (FigureForms, FigureReadings)
            )

    before = told()
    assert all(before)
    with busy.store.database.engine.begin() as connection:
        connection.execute(delete(FigureForms))
        fill(connection)
    assert told() == before
