from __future__ import annotations

import pytest

from records import verdicts
from records.verdicts import Verdict

YES, NO, OPEN = Verdict.YES, Verdict.NO, Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, NO, NO, YES),
        (YES, OPEN, OPEN, YES),
        (NO, NO, NO, NO),
        (NO, OPEN, NO, OPEN),
        (OPEN, OPEN, OPEN, OPEN),
    ],
)
def test_the_unknown_matters_only_where_it_could_decide(
    one: Verdict, other: Verdict, both: Verdict, either: Verdict
) -> None:
    for pair in ((one, other), (other, one)):
        assert verdicts.every(pair) is both
        assert verdicts.some(pair) is either


def test_nothing_asked_is_met_and_nothing_offered_is_not() -> None:
    assert verdicts.every(()) is YES
    assert verdicts.some(()) is NO


def test_a_truth_that_is_not_known_is_undetermined() -> None:
    assert [verdicts.of(known) for known in (True, False, None)] == [YES, NO, OPEN]
