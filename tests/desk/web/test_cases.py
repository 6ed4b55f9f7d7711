from __future__ import annotations

import json
import multiprocessing
import re
import time
from dataclasses import replace
from typing import Any

import pytest

from desk.case_entry import read_case
from desk.contract import read_fields
from desk.web.paper_reading import PaperReader, Unread
from desk.web.site import Site
from records import assessing
from records.accounts import Role
from records.archive import Record
from records.editions import Edition
from records.medical import MedicalCase, add_paper, change_paper
from records.medical_aid import medical_aid
from tests.clerk import SAMPLES
from tests.desk.web.conftest import Enter
from tests.desk.web.filed import filed

FOLDER = SAMPLES / "medical"
PART = {"HX-Request": "true"}
EDITION = "shaoxing-2010"


@pytest.fixture
def record(site: Site) -> Record:
    """The bundled record, of one unit."""
    told = json.loads((FOLDER / "record.json").read_text(encoding="utf-8"))
    values = read_fields(site.editions[EDITION], told["fields"])[0]
    return filed(site, EDITION, values, unit="鉴湖")


@pytest.fixture
def case(site: Site, record: Record) -> MedicalCase:
    """The bundled case: only the original of paper 10 is missing."""
    medical, aid = site.store.medical, medical_aid(site.editions[EDITION])
    fresh = MedicalCase(record.number, aid.year)
    return medical.save(read_case(FOLDER / "case.json", aid, fresh, medical.keep), "王经办", "立案")


def revision(site: Site, case: MedicalCase) -> int:
    return site.store.medical.case(case.number).revision


def test_a_case_is_opened_from_its_record_and_found_again(enter: Enter, site: Site, record: Record) -> None:
    client = enter(unit="鉴湖")
    assert f'href="/cases/new?record={record.number}"' in client.get(f"/records/{record.number}").text
    assert "竺月岚" in client.get("/cases/new?q=zhuyuelan").text
    assert 'value="2010"' in client.get(f"/cases/new?record={record.number}").text
    told = {"record": record.number, "year": 2010, "illness": "乳腺癌"}
    assert client.post("/cases", data=told).headers["location"] == "/cases/1"
    again = client.post("/cases", data=told)
    assert (again.status_code, "已有个案 1" in again.text) == (409, True)
    page = client.get("/cases").text
    assert "竺月岚" in page
    assert "缺少职工个人申请书" in page
    assert "竺月岚" in client.get("/cases?q=zyl&year=2010&standing=no").text
    assert "没有这样的个案" in client.get("/cases?standing=yes").text
    assert "没有这样的个案" in client.get("/cases?q=不存在").text
    assert "2199 年还没有到" in client.post("/cases", data={**told, "year": 2199}).text
    assert [one.what for one in site.store.audit.lines("case:1")] == ["case_opened"]
    assert client.get(f"/cases/{10**30}").status_code == 422
    assert client.get("/cases/77").status_code == 404


def test_the_last_original_makes_the_case_complete_and_the_judgement_follows(
    enter: Enter, site: Site, case: MedicalCase
) -> None:
    client = enter(unit="鉴湖")
    page = client.get("/cases/1").text
    assert "缺少或不符 1 处" in page
    assert "材料齐全、核对完之后才能装订" in page
    assert "乳腺癌" not in page
    assert "84,276.95" in page
    assert "330602********0024" in page
    early = client.post("/cases/1/packet", headers=PART)
    assert (early.status_code, "还不能装订" in early.text, "HX-Redirect" in early.headers) == (
        409,
        True,
        False,
    )
    told = {"revision": case.revision, "original": "yes", "copy": "yes"}
    answer = client.put("/cases/1/papers/10/seen", data=told, headers=PART)
    assert answer.status_code == 200
    assert "材料齐全。" in answer.text
    assert 'hx-post="/cases/1/packet"' in answer.text
    assert re.search(r"医疗帮扶材料齐全</strong> <span class=\"verdict\">是", answer.text)
    told = {"revision": revision(site, case), "original": "no", "copy": "yes"}
    assert "没有原件" in client.put("/cases/1/papers/10/seen", data=told, headers=PART).text
    history = client.get("/cases/1/history").text
    assert "材料 10 · 原件：没有 → 有" in history
    assert "乳腺癌" not in history


def test_the_list_judges_a_case_again_only_when_it_or_its_record_changed(
    enter: Enter, site: Site, case: MedicalCase, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []
    assess = assessing.assess

    def counted(edition: Edition, of: Record, one: MedicalCase, *more: Any) -> assessing.Assessment:
        judged.append(one.number)
        return assess(edition, of, one, *more)

    monkeypatch.setattr(assessing, "assess", counted)
    client, medical = enter(unit="鉴湖"), site.store.medical

    def standing(how: str) -> list[str]:
        judged.clear()
        return re.findall(r'href="/cases/(\d+)"', client.get(f"/cases?standing={how}", headers=PART).text)

    twin = filed(site, EDITION, {**record.values, "name": "竺月兰"}, unit="鉴湖")
    second = medical.save(add_paper(MedicalCase(twin.number, case.year, illness="肝癌"), "invoice"), "王经办")
    assert (standing("yes"), judged) == ([], [2, 1])
    assert (standing("yes"), judged) == ([], [])
    assert (standing("no"), judged) == (["2", "1"], [2, 1])
    medical.save(change_paper(case, 10, {"original": "yes", "copy": "yes"}), "王经办")
    assert (standing("yes"), judged) == (["1"], [1])
    assert (standing("no"), judged) == (["2"], [2])
    site.store.save(
        site.editions[EDITION], {**twin.values, "name": "竺兰"}, "王经办", "改", number=2, force=True
    )
    assert (standing("yes"), judged) == (["1"], [2, 1])
    invoice = next(one.invoice.number for one in case.papers if one.invoice.number)
    medical.save(change_paper(second, 1, {"invoice_number": invoice}), "王经办")
    assert (standing("yes"), judged) == ([], [2, 1])
    assert sorted(standing("undetermined") + standing("no")) == ["1", "2"]
    medical.save(change_paper(medical.case(2), 1, {"invoice_number": "别的"}), "王经办")
    assert standing("yes") == ["1"]


def test_a_history_masks_reasons_and_is_noted(enter: Enter, site: Site, case: MedicalCase) -> None:
    site.store.medical.save(replace(case, help="补助"), "王经办", "照 330602196504120015 的人说的改")
    history = enter(unit="鉴湖").get("/cases/1/history").text
    assert "330602********0015" in history and "330602196504120015" not in history
    assert site.store.audit.lines("case:1")[0].what == "looked"


def test_two_people_do_not_overwrite_each_other(enter: Enter, site: Site, case: MedicalCase) -> None:
    client, other = enter(unit="鉴湖"), enter(unit="鉴湖")
    told = {"revision": case.revision, "original": "yes", "copy": "yes"}
    assert client.put("/cases/1/papers/10/seen", data=told, headers=PART).status_code == 200
    facts = {"revision": case.revision, "year": 2010, "illness": "感冒", "help": ""}
    late = other.put("/cases/1/facts", data=facts, headers=PART)
    assert (late.status_code, "刚被别人改过" in late.text) == (409, True)
    assert site.store.medical.case(1).illness == "乳腺癌"


def test_facts_answers_papers_and_seals_change_and_are_checked(
    enter: Enter, site: Site, case: MedicalCase
) -> None:
    client, medical = enter(unit="鉴湖", name="li"), site.store.medical
    form = client.get("/cases/1/facts", headers=PART).text
    assert "乳腺癌" in form
    told = {"revision": revision(site, case), "year": 2010, "illness": "尿毒症", "help": ""}
    assert "没有登记单位帮扶措施" in client.put("/cases/1/facts", data=told, headers=PART).text
    assert medical.case(1).illness == "尿毒症"
    told = {"revision": revision(site, case), "given.A3": "x"}
    assert client.put("/cases/1/answers", data=told, headers=PART).status_code == 409
    told = {"revision": revision(site, case), "given.A6": "gross", "given.city_direct": ""}
    assert client.put("/cases/1/answers", data=told, headers=PART).status_code == 200
    assert dict(medical.case(1).given) == {"A6": "gross"}
    paper = client.get("/cases/1/papers/5", headers=PART).text
    assert 'value="0031457"' in paper
    told = {"revision": revision(site, case), "fact.total": "贰万元整", "fact.date": "2010年3月13日"}
    assert "不等于报销" in client.put("/cases/1/papers/5/facts", data=told, headers=PART).text
    changed = medical.case(1).paper(5)
    assert (str(changed.invoice.total), changed.date) == ("20000", "2010-03-13")
    told = {"revision": revision(site, case), "fact.date": "不知道"}
    assert client.put("/cases/1/papers/5/facts", data=told, headers=PART).status_code == 409
    told = {"revision": revision(site, case), "seal": ["union"], "original": "yes"}
    assert "没有见到上级主管部门工会" in client.put("/cases/1/papers/2/seen", data=told, headers=PART).text
    assert medical.case(1).paper(2).seals == ("union",)
    dropped = {"revision": revision(site, case)}
    assert "请写明理由" in client.post("/cases/1/papers/11/drop", data=dropped, headers=PART).text
    answer = client.post("/cases/1/papers/11/drop", data=dropped | {"why": "放错"}, headers=PART).text
    assert '<article id="paper-11" hx-swap-oob="delete">' in answer
    kind = {"revision": revision(site, case), "kind": "other"}
    answer = client.put("/cases/1/papers/4/facts", data=kind, headers=PART).text
    assert 'hx-swap-oob="beforeend:#papers-other"' in answer
    assert "申请书" in client.post("/cases/1/papers", data={"kind": "application"}, headers=PART).text
    events = medical.history(1)
    assert {event.who for event in events if event.revision > 1} == {"li先生"}
    assert "放错" in {event.why for event in events}


def test_other_units_and_readers_are_refused(enter: Enter, case: MedicalCase) -> None:
    foreign, reader = enter(unit="会稽"), enter(Role.READER, unit="鉴湖")
    told = {"revision": case.revision, "kind": "other", "year": 2010}
    asked = (
        ("GET", "/cases/1"),
        ("GET", "/cases/1/history"),
        ("GET", "/cases/1/waiting"),
        ("GET", "/cases/1/facts"),
        ("GET", "/cases/1/papers/5"),
        ("PUT", "/cases/1/facts"),
        ("PUT", "/cases/1/answers"),
        ("POST", "/cases/1/papers"),
        ("PUT", "/cases/1/papers/5/seen"),
        ("PUT", "/cases/1/papers/5/facts"),
        ("POST", "/cases/1/papers/5/drop?why=x"),
        ("POST", "/cases/1/scans?name=a.jpg&kind=other"),
        ("GET", "/cases/1/proposals/1"),
        ("POST", "/cases/1/proposals/1"),
        ("POST", "/cases/1/proposals/1/read"),
        ("POST", "/cases/1/packet"),
    )
    for method, path in asked:
        data = {**told, "why": "x"} if method != "GET" else None
        assert foreign.request(method, path, data=data).status_code == 404, path
        if path not in ("/cases/1", "/cases/1/history", "/cases/1/waiting"):
            assert reader.request(method, path, data=data).status_code == 403, path
    assert "竺月岚" not in foreign.get("/cases").text
    page = reader.get("/cases/1").text
    assert "乳腺癌" not in page
    assert "肿瘤" not in page
    assert "登记、更正" not in page
    assert foreign.post("/cases", data={"record": case.record, "year": 2011}).status_code == 404


def test_a_scan_dropped_on_a_line_stands_in_the_case_and_what_was_read_is_settled(
    enter: Enter, site: Site, record: Record
) -> None:
    client = enter(unit="鉴湖")
    client.post("/cases", data={"record": record.number, "year": 2010})
    invoice = (FOLDER / "invoice-4.jpg").read_bytes()
    place = "/cases/1/scans?kind=invoice&name=..%2F..%2Fetc%2F%E5%8F%91%E7%A5%A8.jpg&revision=1"
    answer = client.post(place, content=invoice, headers=PART)
    assert answer.status_code == 200
    assert "扫描件 1 个" in answer.text
    assert client.post("/cases/1/scans?kind=invoice&name=a.exe", content=b"MZ bad").status_code == 422
    broken_off = client.post("/cases/1/scans?kind=other&name=a.jpg", content=invoice[:900], headers=PART)
    assert (broken_off.status_code, "a.jpg" in broken_off.text) == (422, True)
    assert client.post("/cases/1/scans?kind=none&name=a.jpg", content=invoice).status_code == 409
    [paper] = site.store.medical.case(1).papers
    assert (paper.scans[0].file, paper.invoice.number) == ("发票.jpg", None)
    assert "正在读" in answer.text
    assert client.post("/cases/1/scans?name=bill.jpg", content=b"\xff\xd8\xff broken").status_code == 200
    assert len(site.store.medical.case(1).papers) == 1
    until = time.monotonic() + 60
    while "正在读" in (waiting := client.get("/cases/1/waiting", headers=PART).text) or "核对" not in waiting:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert "再读一遍" in waiting
    assert "bill.jpg" in waiting
    broken = next(one for one in site.store.medical.proposals(1) if not one.facts)
    by_hand = f"/cases/1/proposals/{broken.number}"
    assert client.get(by_hand + "?kind=other").status_code == 200
    assert client.post(by_hand + "/drop", data={"why": ""}, headers=PART).status_code == 409
    assert client.post(by_hand + "/drop", data={"why": "打不开"}, headers=PART).status_code == 200
    [proposal] = site.store.medical.proposals(1)
    page = client.get(f"/cases/1/proposals/{proposal.number}").text
    assert page.count("<rect") == len(proposal.facts)
    assert "5507994" in page
    told: dict[str, str | int] = {f"how.{fact}": "read" for fact in proposal.facts}
    told |= {"kind": "invoice", "revision": site.store.medical.case(1).revision}
    left = {key: value for key, value in told.items() if key != "how.total"}
    settle = f"/cases/1/proposals/{proposal.number}"
    assert client.post(settle, data=left, headers=PART).status_code == 409
    told |= {"how.date": "typed", "fact.date": "2010年7月16日", "how.hospital": "untold"}
    answer = client.post(settle, data=told, headers=PART)
    assert answer.headers["HX-Redirect"] == "/cases/1#paper-1"
    [paper] = site.store.medical.case(1).papers
    assert (paper.invoice.number, paper.date, paper.hospital) == ("5507994", "2010-07-16", None)
    assert site.store.medical.proposals(1) == []
    whys = {event.path: event.why for event in site.store.medical.history(1)}
    assert (whys["papers.1.total"], whys["papers.1.date"]) == ("confirmed", "decided")
    assert client.get(f"/scans/{paper.scans[0].sha256}/1.png").status_code == 200
    assert enter(unit="会稽").get(f"/scans/{paper.scans[0].sha256}/1.png").status_code != 200


def test_a_desk_that_closes_reads_no_more_papers(site: Site, case: MedicalCase) -> None:
    reader, others = PaperReader(site.place, site.store), set(multiprocessing.active_children())
    scan = site.store.medical.keep(FOLDER / "invoice-1.jpg")
    job = Unread(case.number, EDITION, scan, 0)
    reader.begin(job)
    reader.begin(replace(job, proposal=1))
    while not set(multiprocessing.active_children()) - others:
        time.sleep(0.02)
    reader.close()
    assert set(multiprocessing.active_children()) <= others
    assert (reader.of(case.number), reader.failed(case.number)) == ([], {})
