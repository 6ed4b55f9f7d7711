from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.drafts import Draft, Reading, Source
from records.editions import Edition, load_editions
from records.errors import NotSettled, Refused
from records.settling import Change, Decision, check_errors, differences, drop_row, in_order, settle
from records.values import Value

HERE = Source(1, (1, 2, 3, 4))
Doubtful = Callable[[object], Reading]


def _draft(**readings: Reading) -> Draft:
    named = {path.replace("__", "."): reading for path, reading in readings.items()}
    return Draft("invented", {"holder": Reading("王小明", source=HERE)} | named)


def _kin(*names: str | None) -> dict[str, Reading]:
    return {f"kin__{index}__called": Reading(name) for index, name in enumerate(names)}


def test_a_draft_without_doubt_settles_as_read_with_its_spots(edition: Edition) -> None:
    settled = settle(_draft(grant=Reading(None)), [], edition)
    assert settled.values == {"holder": "王小明", "grant": None}
    assert settled.changes == (Change("holder", None, "王小明", "read", HERE),)


def test_a_doubtful_reading_without_a_decision_is_named(edition: Edition, doubtful: Doubtful) -> None:
    with pytest.raises(NotSettled) as refusal:
        settle(_draft(grant=doubtful(None), remark=doubtful("x")), [Decision("grant", None)], edition)
    assert refusal.value.facts == {"fields": "remark"}


def test_the_same_value_accepts_a_doubtful_reading(edition: Edition, doubtful: Doubtful) -> None:
    settled = settle(_draft(remark=doubtful("低保")), [Decision("remark", "低保")], edition)
    assert settled.changes[-1] == Change("remark", "低保", "低保", "confirmed", HERE)


def test_a_doubtful_blank_is_confirmed_as_blank_and_told(edition: Edition, doubtful: Doubtful) -> None:
    settled = settle(_draft(remark=doubtful(None)), [Decision("remark", None)], edition)
    assert settled.changes[-1] == Change("remark", None, None, "confirmed", HERE)


def test_another_value_is_told_with_what_was_read_and_the_clerks_words(
    edition: Edition, doubtful: Doubtful
) -> None:
    decisions = [Decision("grant", Decimal(100)), Decision("remark", "补", "电话核实")]
    settled = settle(_draft(grant=doubtful(Decimal(700)), remark=Reading("朴")), decisions, edition)
    assert settled.values["grant"] == Decimal(100)
    assert settled.changes[1:] == (
        Change("grant", Decimal(700), Decimal(100), "decided", HERE),
        Change("remark", "朴", "补", "电话核实", None),
    )


def test_a_field_that_the_paper_has_not_may_be_decided(edition: Edition) -> None:
    settled = settle(_draft(), [Decision("grounds", ("生病",))], edition)
    assert settled.values == {"holder": "王小明", "grounds": ("生病",)}


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "kin",
        "kin.0",
        "kin.0.nothing",
        "kin.00.called",
        "kin.-1.called",
        "kin.x.called",
        "holder.0.called",
    ],
)
def test_a_decision_for_an_unknown_path_is_refused(edition: Edition, path: str) -> None:
    with pytest.raises(Refused) as refusal:
        settle(_draft(), [Decision(path, "x")], edition)
    assert (refusal.value.code, refusal.value.facts["what"]) == ("unknown_path", path)


def test_a_draft_of_another_edition_is_refused(edition: Edition) -> None:
    with pytest.raises(Refused) as refusal:
        settle(Draft("other", {}), [], edition)
    assert refusal.value.code == "other_edition"


def test_a_row_far_beyond_the_paper_is_added_at_the_end(edition: Edition) -> None:
    settled = settle(_draft(**_kin("李")), [Decision("kin.4711.called", "赵")], edition)
    assert settled.values["kin.1.called"] == "赵"
    assert settled.changes[-1] == Change("kin.1.called", None, "赵", "row_added")


def test_a_dropped_row_takes_its_doubts_along_and_the_rows_behind_it_close_up(
    edition: Edition, doubtful: Doubtful
) -> None:
    draft = _draft(**(_kin("李", "孙", "赵") | {"kin__1__called": doubtful("孙")}))
    settled = settle(draft, [drop_row("kin", 1)], edition)
    assert settled.values == {"holder": "王小明", "kin.0.called": "李", "kin.1.called": "赵"}
    assert settled.changes[0] == Change("kin.1.called", "孙", None, "row_dropped", HERE)


def test_blank_rows_are_no_rows_but_an_income_of_nothing_is_one(edition: Edition) -> None:
    draft = _draft(**_kin(None, "李"), kin__2__earns=Reading(Decimal(0)))
    assert settle(draft, [], edition).values == {
        "holder": "王小明",
        "kin.0.called": "李",
        "kin.1.earns": Decimal(0),
    }


def test_errors_keep_a_draft_from_settling_unless_someone_says_why(edition: Edition) -> None:
    nobody = [Decision("holder", None)]
    with pytest.raises(Refused) as refusal:
        settle(_draft(), nobody, edition)
    assert refusal.value.code == "errors_stand"
    assert refusal.value.facts["fields"] == "holder"
    with pytest.raises(Refused):
        settle(_draft(), nobody, edition, override_why="  ")
    assert [one.paths for one in settle(_draft(), nobody, edition, "姓名待补").overridden] == [("holder",)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("birth_date", "1981-13-40"),
        ("birth_date", "sometime"),
        ("monthly_income", Decimal(-5)),
        ("monthly_income", "850"),
        ("gender", "中"),
    ],
)
def test_what_is_no_value_never_stands_whatever_the_reason(path: str, value: Value) -> None:
    with pytest.raises(Refused) as refusal:
        check_errors(load_editions()["shaoxing-2010"], {path: value}, "领导同意")
    assert (refusal.value.code, refusal.value.facts["fields"]) == ("no_value", path)


def test_values_stand_in_the_papers_order(edition: Edition) -> None:
    mixed = {"remark": "x", "kin.0.number": None, "kin.0.called": "李", "holder": "王"}
    assert list(in_order(edition, mixed)) == ["holder", "kin.0.called", "kin.0.number", "remark"]


def test_only_what_differs_is_a_difference() -> None:
    before = {"a": "1", "b": None, "c": Decimal("1200.0"), "d": "gone"}
    after = {"a": "2", "c": Decimal(1200), "e": None, "f": ("x",)}
    assert differences(before, after, "电话") == (
        Change("a", "1", "2", "电话"),
        Change("f", None, ("x",), "电话"),
        Change("d", "gone", None, "电话"),
    )


NAMES = st.none() | st.sampled_from(["李", "孙", "赵"])
DECISIONS = st.lists(
    st.one_of(
        st.builds(Decision, st.integers(0, 5).map("kin.{}.called".format), NAMES),
        st.builds(Decision, st.integers(0, 3).map("kin.{}".format), st.none()),
        st.builds(Decision, st.just("remark"), NAMES),
    ),
    max_size=5,
)


@given(rows=st.lists(NAMES, min_size=4, max_size=4), decisions=DECISIONS)
def test_changes_always_tell_how_the_values_came_about(
    edition: Edition, rows: list[str | None], decisions: list[Decision]
) -> None:
    settled = settle(_draft(**_kin(*rows)), decisions, edition)
    told = {change.path: change.after for change in settled.changes}
    assert {path: value for path, value in told.items() if value is not None} == {
        path: value for path, value in settled.values.items() if value is not None
    }
