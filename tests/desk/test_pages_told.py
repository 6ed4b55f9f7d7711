"""What is said of pages: sheets with a code go by their titles, whether or not they could be compared."""

from __future__ import annotations

import pytest

from desk.pages_told import tell_returns
from desk.workplace import open_workplace
from records.codes import Return, Standing, code_of
from records.drafts import Origin, Unmatched
from records.findings import Reason
from tests.clerk import Clerk


def test_a_sheet_that_could_not_be_compared_goes_by_its_title(
    dangan: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, told = open_workplace(), list[str]()
    monkeypatch.setattr("desk.pages_told.screen.tell", lambda text, style: told.append(text))
    for use in place.editions["henan-2016"].documents:
        code = code_of("henan-2016", use.name, 3, 1, {})
        one = Return(code, Standing.CURRENT, use.name, 1)
        page = Unmatched(Origin("a.jpg", "0" * 64, (1,)), Reason("no_table"), (one,))
        assert tell_returns(place, "a.jpg", page) == 1
        assert f"（{use.title}）" in told[-1] and use.name not in told[-1]
