from __future__ import annotations

from decimal import Decimal

import pytest

from records.drafts import Origin
from records.errors import Refused
from records.medical import (
    Invoice,
    MedicalCase,
    Paper,
    add_paper,
    change_paper,
    drop_paper,
    from_values,
    same_scan,
    sums,
    to_values,
)

BILL = {"invoice_number": "0031", "total": Decimal(100), "reimbursed": Decimal(30), "date": "2010-03-05"}


def a_case() -> MedicalCase:
    case = MedicalCase(3, 2010, "癌症", "补助1500元", {"city_direct": "是"})
    case = add_paper(case, "application", {"name": "王小明", "original": "yes", "seals": ("unit",)})
    return add_paper(case, "invoice", {**BILL, "copy": "no", "scans": ("ab" * 32, "cd" * 32 + ":1,3")})


def test_what_was_told_stands_in_the_paper() -> None:
    application, invoice = a_case().papers
    assert (application.number, application.original, application.copy) == (1, True, None)
    assert application.seals == ("unit",)
    assert invoice.scans == (Origin("", "ab" * 32, ()), Origin("", "cd" * 32, (1, 3)))
    assert (invoice.copy, invoice.invoice) == (False, Invoice("0031", Decimal(100), Decimal(30)))


def test_a_case_goes_to_paths_and_back() -> None:
    case = a_case()
    values = to_values(case)
    assert values["papers.2.total"] == Decimal(100)
    assert values["given.city_direct"] == "是"
    assert "papers.1.copy" not in values
    assert from_values(values, 3, 2) == case


def test_the_number_of_a_paper_is_never_used_again() -> None:
    case = drop_paper(a_case(), 2)
    assert [paper.number for paper in add_paper(case, "hospital").papers] == [1, 3]


def test_a_change_leaves_the_rest_and_a_blank_takes_away() -> None:
    paper = change_paper(a_case(), 2, {"own": Decimal(70), "date": None}).paper(2)
    assert (paper.invoice.own, paper.invoice.total, paper.date) == (Decimal(70), Decimal(100), None)


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="no_such_paper"):
        change_paper(a_case(), 9, {"own": Decimal(1)})
    with pytest.raises(Refused, match="no_such_fact"):
        change_paper(a_case(), 2, {"colour": "red"})


def test_two_figures_of_an_invoice_give_the_third() -> None:
    assert Invoice(None, Decimal(100), Decimal(30)).borne == 70
    assert Invoice(None, Decimal(100), None, Decimal(60)).refunded == 40
    assert Invoice(None, Decimal(100)).borne is None
    assert Invoice(None, Decimal(100), Decimal(30), Decimal(60)).adds_up is False
    assert Invoice(None, Decimal(100), Decimal(30)).adds_up is None


def test_a_sum_says_whether_something_is_missing_from_it() -> None:
    whole = Paper(1, "invoice", invoice=Invoice("1", Decimal(100), Decimal(30), Decimal(70)))
    half = Paper(2, "invoice", invoice=Invoice("2", Decimal(50)))
    told = sums([whole, half])
    assert (told.total.known, told.total.exact) == (150, True)
    assert (told.own.known, told.own.exact) == (70, False)
    assert not sums([whole], [half]).total.exact
    assert sums([whole]).own.exact


@pytest.mark.parametrize(("pages", "same"), [((1,), True), ((2, 3), True), ((), True), ((4,), False)])
def test_two_papers_of_one_scan_are_the_same_where_their_pages_meet(
    pages: tuple[int, ...], same: bool
) -> None:
    one = Paper(1, "hospital", scans=(Origin("a.pdf", "ab" * 32, (1, 2)),))
    other = Paper(2, "hospital", scans=(Origin("a.pdf", "ab" * 32, pages),))
    assert same_scan(one, other) is same
