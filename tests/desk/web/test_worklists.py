"""What waits: the first page counts it, each count leads to its list."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from desk.web.site import Site
from records.accounts import Role
from records.drafts import Draft, Origin, Reading
from records.findings import Reason
from tests.desk.web.conftest import Enter
from tests.desk.web.filed import OF_2016, filed

EDITION = "henan-2016"
LONG_AGO = datetime(2016, 7, 13, 8, tzinfo=UTC)


def counts(page: str) -> dict[str, int]:
    found = re.findall(r'<a href="([^"]+)"><b>(\d+)</b>', page)
    return {way: int(count) for way, count in found}


def put_old(site: Site, unit: str = "") -> int:
    edition = site.editions[EDITION]
    return site.store.save(
        edition, OF_2016, "王经办", "录入", LONG_AGO, override_why="样例", force=True, unit=unit
    ).number


def test_the_first_page_counts_what_waits_and_leads_there(site: Site, enter: Enter) -> None:
    put_old(site)
    filed(site, EDITION)
    client = enter()
    found = counts(client.get("/").text)
    wanted = {"stale": 1, "unhelped": 2, "overdue": 1, "deadline": 2}
    assert {way: found[f"/records/work/{way}"] for way in wanted} == wanted
    for way, count in wanted.items():
        page = client.get(f"/records/work/{way}").text
        assert f"共 {count} 份" in page
        assert page.count('<a href="/records/') - page.count('<a href="/records/work') >= count


def test_a_list_tells_the_rule_that_it_rests_on(site: Site, enter: Enter) -> None:
    page = enter().get("/records/work/overdue").text
    assert site.editions[EDITION].worklists["sync"]["source"] in page
    assert "没有这样的档案" in page


def test_only_ones_own_unit_waits(site: Site, enter: Enter) -> None:
    put_old(site, "甲厂")
    put_old(site, "乙厂")
    client = enter(Role.CLERK, "甲厂")
    assert counts(client.get("/").text)["/records/work/stale"] == 1
    assert "共 1 份" in client.get("/records/work/stale").text


def test_paper_that_waits_is_counted_by_what_it_waits_for(site: Site, enter: Enter, tmp_path) -> None:  # type: ignore[no-untyped-def]
    for place in range(2):
        paper = tmp_path / f"{place}.jpg"
        paper.write_bytes(f"paper {place}".encode())
        kept = site.store.keep(paper)
        if place:
            site.store.set_aside(kept.sha256, Reason("broken_file"))
            continue
        origin = Origin(kept.file, kept.sha256, (1,))
        site.store.add_drafts(kept.sha256, [Draft(EDITION, {"name": Reading("王小明")}, origin=origin)])
    found = counts(enter(Role.REVIEWER).get("/").text)
    assert found["/review"] == 1
    assert found["/review?stage=filed"] == 0
    assert found["/take"] == 1
    assert "/review" not in counts(enter(Role.READER).get("/").text)


def test_there_is_no_other_list(enter: Enter) -> None:
    assert enter().get("/records/work/everything").status_code == 422
