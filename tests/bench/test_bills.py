from __future__ import annotations

from decimal import Decimal
from random import Random

import numpy as np

from bench.bills import LAYOUTS, bill, drawn
from bench.papers import compared
from records.drafts import Reading
from records.findings import Reason

SLIP = list(LAYOUTS).index("slip")


def test_a_paper_is_drawn_again_from_its_seed() -> None:
    one, told = drawn(5, SLIP, ["coarse_110"])
    other, again = drawn(5, SLIP, ["coarse_110"])
    assert told == again
    assert np.array_equal(one, other)
    assert (told["kind"], told["layout"], told["profile"]) == ("invoice", "slip", "coarse_110")


def test_the_figures_of_an_invoice_add_up() -> None:
    for seed in range(20):
        told = bill(Random(seed))
        assert Decimal(told["total"]) == Decimal(told["reimbursed"]) + Decimal(told["own"])


def test_each_fact_is_exact_wrong_or_missing() -> None:
    told = {"kind": "invoice", "total": "80.50", "own": "30", "name": "王小明", "layout": "slip"}
    doubted = Reading(Decimal(40), reasons=(Reason("paper_sums_differ"),))
    facts = {"total": Reading(Decimal("80.5")), "own": doubted}
    outcomes = {one.name: (one.outcome, one.doubted) for one in compared(told, "invoice", facts)}
    assert outcomes == {
        "kind": ("exact", False),
        "total": ("exact", False),
        "own": ("wrong", True),
        "name": ("missing", False),
    }
