"""A case's history is told in words: no key of the store or of an edition reaches a clerk."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

import pytest

from desk import case_history, words
from desk.web.site import Site
from records.archive import Event
from records.case import asks
from records.drafts import Origin
from records.editions import load_editions
from records.forms import Edition
from records.medical import FACTS, MedicalCase, add_paper, change_paper, drop_paper, scan_text
from records.medical_aid import medical_aid
from records.values import Value
from tests.desk.web.conftest import Enter
from tests.desk.web.filed import filed

EDITION = "shaoxing-2010"
KEY = re.compile(r"[a-z]{2}")


def answers(edition: Edition) -> dict[str, Value]:
    """An answer to all that may be asked, and a way for all that may be read in several ways."""
    told: dict[str, Value] = {"money": Decimal(500), "date": "2010-03-05", "text": "无"}
    given = {one.key: one.choices[0] if one.choices else told[one.kind] for one in asks(edition)}
    ways = {
        name: list(entry["texts"])[-1]
        for name, entry in edition.eligibility["assumptions"].items()
        if "texts" in entry
    }
    assert given and ways
    return given | ways


def facts(edition: Edition, scan: Origin) -> dict[str, Value]:
    """Something told of a paper at every path there is."""
    told: dict[str, Value] = dict.fromkeys(FACTS, "甲")
    told |= {"date": "2010-03-05", "original": "yes", "copy": "no", "id_number": "330602196504120015"}
    told |= dict.fromkeys(("total", "reimbursed", "own"), Decimal("12.5"))
    seals = tuple(seal.key for seal in medical_aid(edition).seals)
    return told | {"seals": seals, "scans": (scan_text(scan),)}


def test_no_key_reaches_the_history_of_a_case(site: Site, enter: Enter) -> None:
    edition, medical = site.editions[EDITION], site.store.medical
    record = filed(site, EDITION, {"name": "王小明"})
    paper = site.store.home / "票.png"
    paper.write_bytes(b"paper")
    scan = replace(medical.keep(paper), pages=(1, 2))
    case = medical.save(MedicalCase(record.number, 2010, illness="肝癌", help="补助"), "王", "decided")
    for asked in medical_aid(edition).papers:
        case = add_paper(case, asked.kind, {**facts(edition, scan), "kind": asked.kind})
    case = medical.save(replace(case, given=answers(edition)), "王", "read")
    case = change_paper(case, 1, {"kind": "other", "original": "no", "seals": ("union",), "scans": None})
    case = medical.save(replace(case, given={}, year=2011, illness="胃癌", help=None), "王", "confirmed")
    case = medical.save(drop_paper(case, 2), "王", "import")
    paths = {event.path.split(".")[-1] for event in medical.history(case.number)}
    assert {*FACTS, *answers(edition), "year", "illness", "help"} <= paths
    page = enter().get(f"/cases/{case.number}/history").text
    told = re.findall(r'<(?:p|h3) class="(?:event|moment)">(.*?)</(?:p|h3)>', page)
    assert len(told) > len(paths)
    for line in map(unescape, told):
        assert not KEY.search(line) and "本通知没有" not in line, line
    assert "肝癌" not in page and "330602196504120015" not in page
    assert any("材料 1 · 盖章：单位、基层工会、上级主管部门工会 → 基层工会" in line for line in told)
    assert any("补充情况 · A2 的理解：致困原因的条件对进入低保的职工同样适用。 → " in line for line in told)


@pytest.mark.parametrize("path", ["given.old_ask", "papers.1.old_fact", "old_thing", "given.A2"])
@pytest.mark.parametrize("value", ["old_answer", Decimal(5), None])
def test_what_an_edition_no_longer_names_is_no_key_either(path: str, value: Value) -> None:
    event = Event(datetime.now(UTC), "王", 1, path, None, value, "decided")
    place = case_history.event_line(load_editions()[EDITION], event).partition("：")[0]
    assert place and not KEY.search(place)


@pytest.mark.parametrize(
    "path", ["papers.1.kind", "papers.1.seals", "papers.1.original", "papers.1.copy", "given.A2"]
)
def test_an_unknown_choice_is_called_unknown(path: str) -> None:
    value: Value = ("old_one",) if path.endswith("seals") else "old_one"
    event = Event(datetime.now(UTC), "王", 1, path, None, value, "decided")
    assert not KEY.search(case_history.event_line(load_editions()[EDITION], event))


def test_every_reason_of_the_store_is_a_sentence() -> None:
    assert not any(KEY.search(words.why(code).replace("{after}", "")) for code in words.WHYS)
