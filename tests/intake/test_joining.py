"""Joining the pages of a stack, in any order; never a page to a form where there is doubt."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.joining import joined
from intake.pieces import Found, Piece
from intake.workers import identity_keys
from records.editions import Edition, load_editions
from records.findings import Reason
from records.values import row_count
from tests.intake.stacks import BLANK, UNKNOWN, Stack, pages, plain_keys, with_values

EDITIONS = load_editions()


@pytest.fixture(params=list(EDITIONS), ids=lambda edition: edition.key)
def stack(request: pytest.FixtureRequest) -> Stack:
    edition: Edition = request.param
    return Stack(edition)


def forms(found: Sequence[Found]) -> dict[tuple[int, ...], Piece]:
    return {one.pages: one.what for one in found if isinstance(one.what, Piece)}


def reasons(found: Sequence[Found]) -> dict[tuple[int, ...], str]:
    return {one.pages: one.what.code for one in found if isinstance(one.what, Reason)}


def rules(piece: Piece) -> list[str]:
    return [finding.rule for finding in piece.draft.findings]


def test_one_page_is_one_form(stack: Stack) -> None:
    found = joined(pages(stack.whole("a"), BLANK, UNKNOWN, stack.whole("b")), EDITIONS)
    assert [one.pages for one in found] == [(1,), (2,), (3,), (4,)]
    assert reasons(found) == {(2,): "blank_page", (3,): "no_known_form"}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_a_form_on_two_pages_is_one_form_with_all_its_fields(stack: Stack, named: bool, turned: bool) -> None:
    two = [stack.front("a"), stack.back("a" if named else "")]
    found = forms(joined(pages(*(two[::-1] if turned else two)), EDITIONS))
    assert list(found) == [(1, 2)]
    [form] = found.values()
    told = form.draft.readings
    assert set(plain_keys(stack.edition)) <= set(told)
    assert not [path for path, reading in told.items() if reading.review]
    assert row_count(stack.edition.tables[0].key, told) == 2
    assert list(told)[: len(stack.upper)] == plain_keys(stack.edition)[: len(stack.upper)]
    assert rules(form) == ([] if named else ["joined_by_place"])


@pytest.mark.parametrize("backwards", [False, True])
def test_both_sides_of_many_sheets_are_paired(stack: Stack, backwards: bool) -> None:
    sides = [side for worker in "abc" for side in (stack.front(worker), stack.back(mark=worker))]
    found = forms(joined(pages(*(sides[::-1] if backwards else sides)), EDITIONS))
    assert list(found) == [(1, 2), (3, 4), (5, 6)]
    marks = [form.draft.values[stack.lower[0]] for form in found.values()]
    assert marks == (list("cba") if backwards else list("abc"))


def test_blank_backs_between_do_not_part_a_form(stack: Stack) -> None:
    sides = (stack.front("a"), BLANK, stack.back(), BLANK, stack.whole("b"), BLANK)
    found = joined(pages(*sides), EDITIONS)
    assert list(forms(found)) == [(1, 3), (5,)]
    assert reasons(found) == {(2,): "blank_page", (4,): "blank_page", (6,): "blank_page"}


def test_halves_of_two_workers_mixed_are_joined_by_name(stack: Stack) -> None:
    mixed = (stack.front("a"), stack.front("b"), stack.back("a"), stack.back("b"))
    found = forms(joined(pages(*mixed), EDITIONS))
    assert list(found) == [(1, 3), (2, 4)]
    assert all(rules(form) == [] for form in found.values())


@pytest.mark.parametrize("order", ["aabb", "abba"])
def test_halves_of_two_workers_mixed_without_a_name_are_not_joined(stack: Stack, order: str) -> None:
    sides = {"aabb": (stack.front("a"), stack.front("b"), stack.back(), stack.back())}
    sides["abba"] = (stack.front("a"), stack.back(), stack.back(), stack.front("b"))
    found = joined(pages(*sides[order]), EDITIONS)
    if order == "abba":
        assert list(forms(found)) == [(1, 2), (3, 4)]  # the two sides of each sheet
    else:
        assert not forms(found)
        assert list(reasons(found).values()) == ["part_alone"] * 2 + ["sheet_of_whom"] * 2


def test_a_lost_back_does_not_move_the_others(stack: Stack) -> None:
    sides = (stack.front("a"), stack.back(mark="a"), stack.front("b"), stack.front("c"), stack.back(mark="c"))
    found = joined(pages(*sides), EDITIONS)
    assert (1, 2) not in forms(found) or forms(found)[1, 2].draft.values[stack.lower[0]] == "a"
    assert (3, 5) not in forms(found)
    assert (4, 5) not in forms(found) or forms(found)[4, 5].draft.values[stack.lower[0]] == "c"


def test_a_half_alone_says_that_the_rest_is_missing(stack: Stack) -> None:
    assert reasons(joined(pages(stack.front("a")), EDITIONS)) == {(1,): "part_alone"}
    assert reasons(joined(pages(stack.back()), EDITIONS)) == {(1,): "part_alone"}
    other = joined(pages(stack.front("a"), stack.back("b")), EDITIONS)
    assert list(reasons(other).values()) == ["part_alone", "part_alone"]


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("worker", ["a", ""])
def test_a_continuation_sheet_adds_its_rows_from_either_side(stack: Stack, worker: str, before: bool) -> None:
    two = [stack.full("a"), stack.sheet(worker)]
    [form] = forms(joined(pages(*(two[::-1] if before else two)), EDITIONS)).values()
    table = stack.edition.tables[0]
    assert row_count(table.key, form.draft.readings) == table.printed_rows + 2
    assert rules(form) == ([] if worker else ["joined_by_place"])


def test_continuation_sheets_find_their_worker_wherever_they_lie(stack: Stack) -> None:
    lying = (stack.sheet("b"), stack.whole("a"), stack.whole("b"), BLANK, stack.sheet("a"), stack.sheet("b"))
    found = forms(joined(pages(*lying), EDITIONS))
    assert list(found) == [(1, 3, 6), (2, 5)]


def test_an_unnamed_sheet_between_two_forms_goes_to_the_one_that_goes_on(stack: Stack) -> None:
    key = plain_keys(stack.edition)[-1]
    sheet = stack.sheet(rows=0, carried=[(key, "more")])
    first = forms(joined(pages(stack.pointing("a", key), sheet, stack.whole("b")), EDITIONS))
    assert list(first) == [(1, 2), (3,)]
    second = forms(joined(pages(stack.whole("a"), sheet, stack.pointing("b", key)), EDITIONS))
    assert list(second) == [(1,), (2, 3)]
    rows = forms(joined(pages(stack.whole("a"), stack.sheet(), stack.full("b")), EDITIONS))
    assert list(rows) == [(1,), (2, 3)]


def test_an_unnamed_sheet_that_two_forms_could_want_is_set_aside(stack: Stack) -> None:
    for form in (stack.full, stack.whole):
        found = joined(pages(form("a"), stack.sheet(), form("b")), EDITIONS)
        assert list(forms(found)) == [(1,), (3,)]
        [one] = [one.what for one in found if isinstance(one.what, Reason)]
        assert (one.code, one.facts["pages"]) == ("sheet_of_whom", "1, 3")


def test_unnamed_sheets_all_before_their_forms_go_to_the_next(stack: Stack) -> None:
    found = forms(joined(pages(stack.sheet(), stack.whole("a"), stack.sheet(), stack.whole("b")), EDITIONS))
    assert list(found) == [(1, 2), (3, 4)]


def test_an_attachment_between_does_not_part_a_form(stack: Stack) -> None:
    lying = (stack.whole("a"), UNKNOWN, stack.sheet(), stack.front("b"), UNKNOWN, BLANK, stack.back())
    found = joined(pages(*lying), EDITIONS)
    assert list(forms(found)) == [(1, 3), (4, 7)]
    assert all(rules(form) == ["joined_by_place"] for form in forms(found).values())
    assert list(reasons(found)) == [(2,), (5,), (6,)]


@pytest.mark.parametrize(
    "unread", [Reason("no_known_form", {"score": "0.31", "nearest": "x"}), Reason("scan_blurred")]
)
def test_a_page_that_may_be_a_form_parts_a_sheet_from_another(stack: Stack, unread: Reason) -> None:
    found = joined(pages(stack.whole("a"), unread, stack.sheet()), EDITIONS)
    assert reasons(found)[3,] == "sheet_of_whom"


def test_a_sheet_that_could_go_on_beyond_an_attachment_is_set_aside(stack: Stack) -> None:
    found = joined(pages(stack.whole("a"), UNKNOWN, stack.sheet(), stack.whole("b")), EDITIONS)
    assert reasons(found) == {(2,): "no_known_form", (3,): "sheet_of_whom"}


def turned_over(stack: Stack, backwards: bool, workers: str = "abc", named: str = "") -> list[Piece | Reason]:
    """All fronts, then the backs, from the first on or from the last."""
    backs = [stack.back(worker if worker in named else "", mark=worker) for worker in workers]
    return [*map(stack.front, workers), *(backs[::-1] if backwards else backs)]


@pytest.mark.parametrize("backwards", [False, True])
def test_one_named_back_tells_how_a_stack_was_turned_over(stack: Stack, backwards: bool) -> None:
    for lying in (
        turned_over(stack, backwards, named="a"),
        turned_over(stack, backwards, named="a")[::-1],
    ):
        found = joined(pages(UNKNOWN, *lying), EDITIONS)
        assert len(forms(found)) == 3
        for form in forms(found).values():
            worker = form.draft.values[stack.lower[0]]
            assert str(form.draft.values[identity_keys(stack.edition)[0]]).endswith(str(worker))
            assert rules(form) == ([] if worker == "a" else ["joined_by_place"])


def test_the_one_front_and_the_one_back_of_a_stack_are_one_form(stack: Stack) -> None:
    found = joined(pages(stack.front("a"), stack.whole("b"), stack.back()), EDITIONS)
    assert list(forms(found)) == [(1, 3), (2,)]


def test_blank_backs_tell_how_a_stack_was_turned_over(stack: Stack) -> None:
    lying = (stack.whole("a"), stack.front("b"), stack.front("c"), stack.back(), stack.back(), BLANK)
    assert list(forms(joined(pages(*lying), EDITIONS))) == [(1,), (2, 5), (3, 4)]
    lying = (stack.whole("a"), stack.front("b"), stack.front("c"), BLANK, stack.back(), stack.back())
    assert list(forms(joined(pages(*lying), EDITIONS))) == [(1,), (2, 5), (3, 6)]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_stack_turned_over_in_two_possible_ways_is_paired_as_its_people_fit(
    stack: Stack, backwards: bool
) -> None:
    [use] = [use for use in stack.edition.rules if use.name == "age_fits_relation"]
    relation, birth = str(use.settings["relation"]), str(use.settings["birth"])
    table = relation.partition(".")[0]
    parent, child = use.settings["parents"][0], use.settings["children"][0]
    people = (("1950-01-01", child, "1980-01-01"), ("1990-01-01", parent, "1960-01-01"))
    fronts = [
        with_values(stack.front(name), {birth: born[0]}) for name, born in zip("ab", people, strict=True)
    ]
    backs = [
        with_values(stack.back(mark=name), {f"{table}.0.relation": word, f"{table}.0.birth_date": born})
        for name, (_, word, born) in zip("ab", people, strict=True)
    ]
    found = forms(joined(pages(*fronts, *(backs[::-1] if backwards else backs)), EDITIONS))
    assert list(found) == ([(1, 4), (2, 3)] if backwards else [(1, 3), (2, 4)])


def test_more_fronts_than_backs_are_not_paired(stack: Stack) -> None:
    found = joined(pages(*turned_over(stack, False)[:-1]), EDITIONS)
    assert not forms(found)


def test_a_sheet_of_a_worker_who_is_not_there_continues_nothing(stack: Stack) -> None:
    found = joined(pages(stack.whole("a"), stack.sheet("b")), EDITIONS)
    assert reasons(found) == {(2,): "continues_nothing"}


def test_the_same_form_scanned_twice_stays_two_forms(stack: Stack) -> None:
    assert list(forms(joined(pages(stack.whole("a"), stack.whole("a")), EDITIONS))) == [(1,), (2,)]
    found = joined(pages(stack.whole("a"), stack.whole("a"), stack.sheet("a")), EDITIONS)
    assert (2,) in forms(found) or (2, 3) in forms(found)
    assert (1, 3) not in forms(found)


def test_sheets_of_another_edition_are_never_joined() -> None:
    one, other = (Stack(edition) for edition in list(EDITIONS)[:2])
    found = joined(pages(one.whole("a"), other.sheet()), EDITIONS)
    assert reasons(found) == {(2,): "continues_nothing"}


def named_pages(stack: Stack) -> list[tuple[str, Piece | Reason]]:
    """The pages of four workers that all say whose they are, an attachment and two blank pages."""
    return [
        ("a", stack.front("a")),
        ("a", stack.back("a")),
        ("b", stack.whole("b")),
        ("b", stack.sheet("b")),
        ("b", stack.sheet("b")),
        ("c", stack.whole("c")),
        ("d", stack.front("d")),
        ("d", stack.back("d")),
        ("d", stack.sheet("d")),
        ("", BLANK),
        ("", BLANK),
        ("", UNKNOWN),
    ]


@given(order=st.permutations(range(12)), which=st.integers(0, len(EDITIONS.keys) - 1))
def test_pages_that_say_whose_they_are_are_joined_in_any_order(order: list[int], which: int) -> None:
    lying = named_pages(Stack(list(EDITIONS)[which]))
    fed = [lying[place] for place in order]
    found = joined(pages(*(what for _, what in fed)), EDITIONS)
    owners = [{fed[number - 1][0] for number in numbers} for numbers in forms(found)]
    assert sorted(owners, key=sorted) == [{"a"}, {"b"}, {"c"}, {"d"}]
    assert sorted(number for one in found for number in one.pages) == list(range(1, len(fed) + 1))
    assert [min(one.pages) for one in found] == sorted(min(one.pages) for one in found)
    assert sorted(reasons(found).values()) == ["blank_page", "blank_page", "no_known_form"]


KINDS = st.sampled_from(["front", "back", "whole", "sheet", "blank", "unknown"])


@given(kinds=st.lists(KINDS, min_size=1, max_size=9), which=st.integers(0, len(EDITIONS.keys) - 1))
def test_whatever_is_fed_every_page_is_told_once_and_no_form_gets_two_backs(
    kinds: list[str], which: int
) -> None:
    stack = Stack(list(EDITIONS)[which])
    made = {"back": stack.back, "sheet": stack.sheet}
    told: dict[str, Reason] = {"blank": BLANK, "unknown": UNKNOWN}
    fed = [
        told[kind] if kind in told else made[kind]() if kind in made else getattr(stack, kind)(str(place))
        for place, kind in enumerate(kinds)
    ]
    found = joined(pages(*fed), EDITIONS)
    assert sorted(number for one in found for number in one.pages) == list(range(1, len(fed) + 1))
    for numbers in forms(found):
        within = [kinds[number - 1] for number in numbers]
        assert within.count("back") <= 1
        assert within.count("front") + within.count("whole") == 1
        assert ("front" in within) == ("back" in within)
