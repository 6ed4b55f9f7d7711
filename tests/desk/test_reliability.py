from __future__ import annotations

import pytest

from desk.reliability import Told, bins, curve, points
from intake.calibration import Calibration

FIELDS = [
    *(Told(0.95, right=True) for _ in range(95)),
    *(Told(0.95, right=False) for _ in range(5)),
    *(Told(0.55, right=True) for _ in range(6)),
    *(Told(0.55, right=False) for _ in range(4)),
    *(Told(0.99, right=False, certain=True) for _ in range(10)),
]


def test_ten_bins_hold_every_field_once() -> None:
    found = bins([*FIELDS, Told(1.0, right=True), Told(0.0, right=False)])
    assert len(found) == 10
    assert sum(one.count for one in found) == len(FIELDS) + 2


def test_a_bin_says_what_was_said_and_what_was_right() -> None:
    found = bins(FIELDS[:110])
    assert (found[9].count, found[9].said, found[9].right) == (100, pytest.approx(0.95), 0.95)
    assert (found[9].tells, found[9].holds) == (True, True)
    assert (found[5].tells, found[5].holds) == (False, False)


def test_the_curve_lets_ever_less_likely_fields_pass_and_never_those_that_want_a_look_anyhow() -> None:
    assert curve(FIELDS) == [
        (0.0, 0.0),
        (pytest.approx(100 / 120), pytest.approx(5 / 120)),
        (pytest.approx(110 / 120), pytest.approx(9 / 120)),
    ]


def test_a_budget_gives_what_its_threshold_lets_pass_of_all_fields() -> None:
    by = Calibration({}, ((0.001, 0.9), (0.01, 0.5)))
    found = {point.per_thousand: point for point in points(FIELDS, by, lost=5)}
    assert (found[1.0].accepted, found[1.0].silent, found[1.0].straight) == (100 / 125, 5 / 125, 95 / 125)
    assert found[10.0].accepted == 110 / 125
    assert found[0.1].accepted == 0.0
