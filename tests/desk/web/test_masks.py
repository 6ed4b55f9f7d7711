from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from desk.web import masks
from desk.web.paper import environment
from desk.web.site import Site
from records.accounts import Account, Role
from records.editions import Edition, load_editions
from records.medical_aid import medical_aid
from records.rosters import read_roster
from tests.desk.web.conftest import Enter
from tests.desk.web.filed import CARD, ID_NUMBER, OF_2016, PHONE, case_of, filed

LATER, EARLIER = "henan-2016", "shaoxing-2010"
HIDDEN = ("id_number", "health", "mobile", "bank_card", "family.0.id_number", "family.0.health")


def visit(role: Role) -> Any:
    account = Account(1, "someone", "某人", role)
    return SimpleNamespace(account=account, may=account.may)


def rendered(role: Role, site: Site, path: str) -> str:
    record = filed(site, LATER)
    module = environment().get_template("macros/value.html").make_module()
    return str(module.value(visit(role), record, site.editions[LATER], path))  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", Role)
def test_nobody_sees_a_private_value_before_asking(site: Site, role: Role) -> None:
    record = filed(site, LATER)
    for path in HIDDEN:
        one = masks.seen(visit(role), record, site.editions[LATER], path)
        assert one.hidden
        assert one.text != OF_2016[path]


def test_masks_keep_what_tells_two_people_apart(site: Site) -> None:
    edition, clerk = site.editions[LATER], visit(Role.CLERK)
    told = {path: masks.shown(clerk, edition, path, OF_2016[path]) for path in OF_2016}
    assert told["id_number"] == "330602********0015"
    assert told["mobile"] == "138****0012"
    assert told["bank_card"] == "***************3338"
    assert told["health"] == told["family.0.health"] == "***"
    assert told["remarks"] == "配偶身份证 330602********0015"
    assert (told["name"], told["monthly_income"]) == ("王小明", "1200")


def test_a_reader_never_sees_it(site: Site) -> None:
    edition = site.editions[LATER]
    assert masks.shown(visit(Role.CLERK), edition, "id_number", ID_NUMBER, unmasked=True) == ID_NUMBER
    assert ID_NUMBER not in masks.shown(visit(Role.READER), edition, "id_number", ID_NUMBER, unmasked=True)


def test_the_page_holds_nothing_of_the_value_and_a_button_for_those_who_may(site: Site) -> None:
    for path, value in (("id_number", ID_NUMBER), ("bank_card", CARD), ("mobile", PHONE)):
        page = rendered(Role.CLERK, site, path)
        assert value not in page
        assert 'hx-post="/records/' in page
        assert "<button" not in rendered(Role.READER, site, path)
    assert "<button" not in rendered(Role.CLERK, site, "name")


def test_a_click_shows_the_value_and_stands_in_the_log(enter: Enter, site: Site) -> None:
    record = filed(site, LATER)
    client = enter()
    answer = client.post(f"/records/{record.number}/unmask", data={"path": "family.0.id_number"})
    assert (answer.status_code, "330602196808080024" in answer.text) == (200, True)
    line = site.store.audit.lines(subject=f"record:{record.number}")[0]
    assert (line.what, line.detail) == ("unmasked", "家庭主要成员1·身份证号")
    assert line.who == "clerk0先生"


def test_a_click_is_refused_to_readers_to_other_units_and_for_unknown_fields(
    enter: Enter, site: Site
) -> None:
    record = filed(site, LATER, unit="一厂")
    way, asked = f"/records/{record.number}/unmask", {"path": "id_number"}
    assert enter(Role.READER, "一厂").post(way, data=asked).status_code == 403
    assert enter(Role.CLERK, "二厂").post(way, data=asked).status_code == 404
    own = enter(Role.CLERK, "一厂")
    assert own.post(way, data={"path": "family.x.id_number"}).status_code == 409
    assert own.post(way, data={"path": "family"}).status_code == 409
    assert own.post(way).status_code == 422
    assert [line.what for line in site.store.audit.lines(subject=f"record:{record.number}")] == []
    assert ID_NUMBER in own.post(way, data=asked).text


def test_a_medical_case_hides_the_illness_and_the_hospital(enter: Enter, site: Site) -> None:
    case = case_of(site, filed(site, EARLIER, {"name": "王小明", "id_number": ID_NUMBER}, unit="一厂"))
    edition, clerk = site.editions[EARLIER], visit(Role.CLERK)
    seen = {
        path: masks.seen_of_case(clerk, case, edition, path)
        for path in ("illness", "help", "papers.1.name", "papers.1.id_number", "papers.1.hospital")
    }
    assert [path for path, one in seen.items() if one.hidden] == [
        "illness",
        "papers.1.id_number",
        "papers.1.hospital",
    ]
    way = f"/cases/{case.number}/unmask"
    assert "肝癌" in enter(Role.CLERK, "一厂").post(way, data={"path": "illness"}).text
    assert enter(Role.CLERK, "二厂").post(way, data={"path": "illness"}).status_code == 404
    assert site.store.audit.lines(subject=f"case:{case.number}")[0].detail == "疾病"


@pytest.mark.parametrize("edition", list(load_editions()), ids=lambda edition: edition.key)
def test_what_screens_hide_no_public_list_shows(edition: Edition) -> None:
    private = {field.key for field in edition.fields if field.is_private}
    private |= {
        f"{table.key}.{one.key}" for table in edition.tables for one in table.fields if one.is_private
    }
    assert {"id_number", "health", "disability", "family.id_number", "family.health"} <= private
    for use in edition.documents:
        roster = _roster(edition, use.roster) if use.roster else None
        if roster and roster.public:
            never = {key for one in roster.never for key in one.fields}
            assert {re.sub(r"\..*", "", key) for key in private} <= never
    assert not edition.medical or "illness" in medical_aid(edition).private


def _roster(edition: Edition, name: str) -> Any:
    import tomllib

    return read_roster(tomllib.loads(edition.file(name).read_text(encoding="utf-8")))
