from __future__ import annotations

from datetime import date

import pytest

from records.editions import load_editions
from records.errors import Refused
from records.forms import Edition
from records.processes import Process, Step, check_move, next_states, process, processes

EDITIONS = load_editions()
DAY, LATER = date(2016, 8, 1), date(2016, 8, 2)
EVERY = [
    pytest.param(one, id=f"{edition.key} {one.name}") for edition in EDITIONS for one in processes(edition)
]


@pytest.fixture
def archive() -> Process:
    return process(EDITIONS["henan-2016"], "archive")


def names(of: Process, last: str | None) -> list[str]:
    return [state.name for state in next_states(of, last)]


@pytest.mark.parametrize("of", EVERY)
def test_every_state_can_be_reached_from_the_first(of: Process) -> None:
    reached: set[str] = set()
    ahead = names(of, None)
    while ahead:
        state = ahead.pop()
        if state not in reached:
            reached.add(state)
            ahead += names(of, state)
    assert reached == {state.name for state in of.states}


@pytest.mark.parametrize("of", EVERY)
def test_every_state_has_a_chinese_label_of_its_own(of: Process) -> None:
    labels = [state.label for state in of.states]
    assert len(set(labels)) == len(labels)
    assert all(any("\u4e00" <= char <= "\u9fff" for char in label) for label in labels)


def test_the_steps_of_the_notice_lead_from_survey_to_the_ledger(archive: Process) -> None:
    steps = ["surveyed", "applied", "listed", "publicised", "approved", "helper_named", "planned"]
    steps += ["signed", "cards_given", "ledger", "entered", "maintained", "out_of_hardship"]
    last = None
    for name in steps:
        last = Step(check_move(archive, last, name, DAY, "依据").name, DAY)
    assert last == Step("out_of_hardship", DAY)


def test_an_objection_leads_back_to_a_check(archive: Process) -> None:
    assert "rechecked" in names(archive, "publicised")
    assert names(archive, "rechecked") == ["listed", "publicised", "not_filed"]


def test_approval_cannot_be_had_without_publication(archive: Process) -> None:
    with pytest.raises(Refused) as refused:
        check_move(archive, Step("listed", DAY), "approved", LATER, "会议纪要")
    assert refused.value.code == "no_such_move"
    assert refused.value.facts["allowed"] == "公示、不予建档"


def test_paper_wants_the_lower_seal_before_the_higher() -> None:
    of = process(EDITIONS["shaoxing-2010"], "archive")
    assert names(of, "entered") == ["stamped_union", "helped", "maintained"]
    assert names(of, "stamped_union") == ["stamped_superior"]
    assert names(of, "stamped_superior") == ["reported"]


@pytest.mark.parametrize(
    ("last", "state", "on", "ground", "code"),
    [
        (None, "applied", DAY, "申请书", "no_such_move"),
        (Step("surveyed", DAY), "flown", DAY, "申请书", "no_such_state"),
        (Step("surveyed", DAY), "applied", DAY, " ", "move_without_ground"),
        (Step("surveyed", LATER), "applied", DAY, "申请书", "move_before_last"),
        (None, "surveyed", date(9999, 1, 1), "入户", "move_to_come"),
    ],
)
def test_a_move_that_does_not_hold_is_refused(
    archive: Process, last: Step | None, state: str, on: date, ground: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        check_move(archive, last, state, on, ground)
    assert refused.value.code == code


def test_a_move_on_the_day_of_the_last_one_holds(archive: Process) -> None:
    assert check_move(archive, Step("surveyed", DAY), "applied", DAY, "申请书").label == "职工申请"


def test_an_unknown_process_is_refused_naming_the_known_ones() -> None:
    edition: Edition = EDITIONS["shaoxing-2010"]
    with pytest.raises(Refused) as refused:
        process(edition, "flight")
    assert (refused.value.code, refused.value.facts["known"]) == ("no_such_process", "archive、medical")
