from __future__ import annotations

from decimal import Decimal

from intake.returned import compared
from records.drafts import Draft, Reading
from records.editions import Edition
from records.findings import Reason
from records.values import Value

PRINTED: dict[str, Value] = {
    "name": "张三",
    "household_size": Decimal(3),
    "measures": ("就业创业发展", "社会救助兜底"),
}


def after(edition: Edition, **readings: Reading) -> Draft:
    return compared(Draft(edition.key, readings), PRINTED, edition)


def test_what_is_as_printed_needs_no_clerk_however_unsure_its_reading_was(henan: Edition) -> None:
    unsure = (Reason("unsure", {"percent": "40"}),)
    draft = after(
        henan,
        name=Reading("张三", "张三", 0.4, True, unsure),
        measures=Reading(("社会救助兜底", "就业创业发展"), review=True),
        address=Reading(None, review=True, reasons=(Reason("words_unplaced"),)),
    )
    assert draft.doubtful == ()
    assert draft.values["name"] == "张三"


def test_what_differs_is_shown_with_what_was_printed(henan: Edition) -> None:
    draft = after(
        henan, name=Reading("李四"), household_size=Reading(Decimal(3)), address=Reading("新华街1号")
    )
    assert draft.doubtful == ("name", "address")
    [reason] = draft.readings["name"].reasons
    assert (reason.code, dict(reason.facts)) == ("differs_from_printed", {"printed": "张三"})


def test_nothing_is_not_nought(henan: Edition) -> None:
    assert after(henan, monthly_income=Reading(Decimal(0))).doubtful == ("monthly_income",)


def test_pen_on_print_is_looked_at_whatever_is_read(henan: Edition) -> None:
    for code in ("pen_on_print", "crossed_out", "ink_unread", "mark_unclear"):
        assert after(henan, name=Reading("张三", review=True, reasons=(Reason(code),))).doubtful == ("name",)


def test_cells_that_nobody_saw_are_said_and_not_taken_for_changed(henan: Edition) -> None:
    draft = after(henan, name=Reading(None, review=True, reasons=(Reason("label_not_found"),)))
    assert draft.readings == {}
    [finding] = draft.findings
    assert finding.rule == "cells_not_compared" and finding.facts["fields"] == "姓名"


def test_a_word_written_behind_an_entry_of_a_list_is_a_change(henan: Edition) -> None:
    printed: dict[str, Value] = {"health": "良好"}
    for raw, doubtful in (("良好", ()), ("良好重", ("health",))):
        draft = compared(Draft(henan.key, {"health": Reading("良好", raw)}), printed, henan)
        assert draft.doubtful == doubtful
