"""Papers as read wait beside a case, and enter it only when a clerk settles them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from records.drafts import Alternative, Origin, Reading, Source
from records.errors import NoSuchCase, Refused
from records.findings import Reason
from records.medical import MedicalCase, add_paper, scan_text
from records.proposals import Proposal
from records.store import Store


@pytest.fixture
def case(store: Store) -> MedicalCase:
    record = store.save(store.editions["invented"], {"holder": "王小明"}, "建档人", "录入").number
    return store.medical.save(MedicalCase(record, 2010), "王经办", "立案")


@pytest.fixture
def proposal(store: Store, tmp_path: Path) -> Proposal:
    file = tmp_path / "bill.jpg"
    file.write_bytes(b"a bill")
    total = Reading(
        Decimal("80.50"),
        "80.50",
        0.5,
        True,
        (Reason("paper_capitals_differ", {"figures": "80.5", "capitals": "玖拾元整"}),),
        (Alternative(Decimal(90), 0.3),),
        Source(2, (1, 2, 3, 4)),
    )
    return Proposal("invoice", {"total": total}, Origin("bill.jpg", store.medical.keep(file).sha256, (2,)))


def test_what_was_read_waits_and_comes_back_whole(
    store: Store, case: MedicalCase, proposal: Proposal
) -> None:
    [waiting] = store.medical.propose(case.number, [proposal])
    assert (waiting.number, waiting.kind, waiting.origin) == (1, "invoice", proposal.origin)
    assert dict(waiting.facts) == dict(proposal.facts)
    assert store.medical.proposals(case.number) == [waiting]
    assert store.medical.case(case.number) == case
    assert store.medical.propose(case.number, [proposal]) == []
    other = replace(proposal, origin=replace(proposal.origin, pages=(3,)))
    assert [one.number for one in store.medical.propose(case.number, [proposal, other])] == [2]


def test_settling_enters_the_paper_and_tells_each_fact_s_reason(
    store: Store, case: MedicalCase, proposal: Proposal
) -> None:
    [waiting] = store.medical.propose(case.number, [proposal])
    facts = {"total": Decimal(90), "scans": (scan_text(proposal.origin),)}
    whys = {"papers.1.kind": "confirmed", "papers.1.total": "decided"}
    saved = store.medical.settle(add_paper(case, "invoice", facts), waiting.number, "李经办", whys, "read")
    assert saved.paper(1).invoice.total == Decimal(90)
    assert store.medical.proposals(case.number) == []
    told = {event.path: event.why for event in store.medical.history(case.number) if event.revision == 2}
    assert told == {"papers.1.kind": "confirmed", "papers.1.total": "decided", "papers.1.scans": "read"}
    with pytest.raises(Refused, match="no_such_proposal"):
        store.medical.settle(saved, waiting.number, "李经办", {})


def test_a_case_that_was_changed_meanwhile_keeps_its_proposal(
    store: Store, case: MedicalCase, proposal: Proposal
) -> None:
    [waiting] = store.medical.propose(case.number, [proposal])
    store.medical.save(add_paper(case, "form"), "甲", "x")
    with pytest.raises(Refused, match="case_changed"):
        store.medical.settle(add_paper(case, "invoice"), waiting.number, "乙", {})
    assert store.medical.proposals(case.number) == [waiting]


def test_what_is_nothing_for_the_case_waits_no_more(
    store: Store, case: MedicalCase, proposal: Proposal
) -> None:
    [waiting] = store.medical.propose(case.number, [proposal])
    store.medical.dismiss(case.number, waiting.number, "甲", "他人发票")
    assert store.medical.proposals(case.number) == []
    [again] = store.medical.propose(case.number, [proposal])
    assert again.number == 2
    with pytest.raises(Refused, match="no_such_proposal"):
        store.medical.dismiss(case.number, 1, "甲", "x")
    with pytest.raises(NoSuchCase):
        store.medical.proposals(9)


def test_a_scan_that_is_not_kept_is_refused(store: Store, case: MedicalCase) -> None:
    stray = Proposal(None, {}, Origin("x.jpg", "0" * 64, (1,)))
    with pytest.raises(Refused, match="scan_not_kept"):
        store.medical.propose(case.number, [stray])


def test_a_scan_waits_unread_until_what_was_read_takes_its_place(
    store: Store, case: MedicalCase, proposal: Proposal
) -> None:
    medical, scan = store.medical, replace(proposal.origin, pages=())
    unread = medical.wait(case.number, scan)
    assert (unread.kind, dict(unread.facts), medical.wait(case.number, scan)) == (None, {}, unread)
    assert medical.propose(case.number, [], unread.number) == []
    assert medical.proposals(case.number) == [unread]
    [read] = medical.propose(case.number, [proposal], unread.number)
    assert medical.proposals(case.number) == [read]
    again = medical.wait(case.number, scan)
    medical.dismiss(case.number, again.number, "李经办", "已登记")
    other = replace(proposal, origin=replace(proposal.origin, pages=(9,)))
    assert medical.propose(case.number, [other], again.number) == []
    assert medical.proposals(case.number) == [read]
    with pytest.raises(Refused, match="scan_not_kept"):
        medical.wait(case.number, Origin("other.jpg", "0" * 64, ()))


def test_cases_are_listed_by_unit_and_year(store: Store, case: MedicalCase) -> None:
    edition = store.editions["invented"]
    record = store.save(edition, {"holder": "李小红"}, "建档人", "录入", unit="鉴湖").number
    later = store.medical.save(MedicalCase(record, 2011), "王经办", "立案")
    assert store.medical.heads() == [(later.number, record), (case.number, case.record)]
    assert store.medical.heads("鉴湖") == [(later.number, record)]
    assert store.medical.heads("鉴湖", 2010) == []
    assert [one.number for one in store.medical.some([later.number, 99, case.number])] == [2, 1]
