from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from intake.household import Reasoned, reasoned
from intake.reading import _doubted
from records import rules
from records.drafts import Alternative, Draft, Reading
from records.editions import Edition, Editions
from records.evidence import Evidence, Way
from records.findings import Reason
from records.identity import check_digit
from records.kinds import luhn
from records.values import Value
from tests.intake.households import seen

BODY = "41020419620216890"
ID = BODY + check_digit(BODY)
UNSURE = Reason("unsure")


def read(
    value: Value, confidence: float = 0.99, others: Mapping[Value, float] | None = None, *reasons: Reason
) -> Reading:
    """A machine's reading with its alternatives; unsure ones are to be looked at."""
    alternatives = tuple(Alternative(other, share) for other, share in (others or {}).items())
    doubts = (*reasons, *((UNSURE,) if confidence < 0.9 else ()))
    evidence = Evidence(Way.FIGURES)
    return Reading(value, str(value), confidence, bool(doubts), doubts, alternatives, evidence=evidence)


def codes(reading: Reading) -> set[str]:
    return {reason.code for reason in reading.reasons}


def changed(number: str, place: int, figure: str) -> str:
    return number[:place] + figure + number[place + 1 :]


def finished(reasoned_: Reasoned, edition: Edition) -> Mapping[str, Reading]:
    """The readings with the look that broken rules ask for."""
    draft = Draft(edition.key, reasoned_.readings)
    return _doubted(draft, rules.findings(edition, draft.values))


# --- cards and banks ---------------------------------------------------------------------------------

FARMERS_CARD, BRIGHT_CARD = "6228480402564890018", "6226680402564890010"


def card_and_bank(bank: str, sure: float) -> dict[str, Reading]:
    return {
        "bank_name": read(bank, 0.98),
        "bank_card": read(BRIGHT_CARD, 0.6, {FARMERS_CARD: 0.35}, UNSURE),
    } | ({} if sure < 0.9 else {"bank_card": read(BRIGHT_CARD, sure)})


def test_the_bank_decides_between_two_readings_of_a_card(henan: Edition) -> None:
    assert luhn(FARMERS_CARD)
    assert luhn(BRIGHT_CARD)
    after = reasoned(card_and_bank("中国农业银行", 0.6), henan).readings["bank_card"]
    assert after.value == FARMERS_CARD
    assert codes(after) & {"value_weighed", "figure_weighed"}
    same = reasoned(card_and_bank("瑞丰银行", 0.6), henan).readings["bank_card"]
    assert same.value == BRIGHT_CARD


def test_a_clearly_read_card_of_another_bank_stays_and_is_looked_at(henan: Edition) -> None:
    after = reasoned(card_and_bank("中国农业银行", 0.99), henan).readings
    assert after["bank_card"].value == BRIGHT_CARD
    assert after["bank_card"].review
    assert "disagrees" in codes(after["bank_card"])


# --- agreement ---------------------------------------------------------------------------------------


def test_a_number_whose_date_and_sex_stand_in_other_cells_is_nearly_certain(henan: Edition) -> None:
    readings = {
        "gender": read("女", 0.9),
        "id_number": read(ID, 0.8),
        "birth_date": read("1962-02-16", 0.85),
    }
    after = reasoned(readings, henan)
    for path, reading in after.readings.items():
        assert reading.value == readings[path].value
        assert reading.confidence > 0.98, path
        assert not reading.review
        assert after.agreement[path] > 1.0


def test_agreement_counts_as_evidence(henan: Edition) -> None:
    after = reasoned({"id_number": read(ID), "birth_date": read("1962-02-16")}, henan).readings
    evidence = after["birth_date"].evidence
    assert evidence is not None
    assert (evidence.agreements, evidence.contradictions) == (1, 0)


def test_nothing_is_said_about_a_cell_that_nothing_binds(henan: Edition) -> None:
    readings = {"name": read("王国华", 0.7), "id_number": read(ID)}
    after = reasoned(readings, henan)
    assert after.readings["name"] == readings["name"]
    assert "name" not in after.agreement


# --- contradiction -----------------------------------------------------------------------------------


def test_clear_cells_that_contradict_each_other_stay_and_are_looked_at(henan: Edition) -> None:
    """An honest form breaks the rule more often than the engine misreads a clear date wholly."""
    readings = {"id_number": read(ID, 0.998), "birth_date": read("1971-11-30", 0.998)}
    after = reasoned(readings, henan)
    last = finished(after, henan)
    for path, reading in last.items():
        assert reading.value == readings[path].value
        assert reading.review
        assert reading.confidence < 0.998
        assert after.agreement[path] < 0.0


def test_what_is_read_off_no_picture_stands_as_it_is(henan: Edition) -> None:
    readings = {
        path: replace(reading, evidence=None)
        for path, reading in {
            "id_number": read(changed(ID, 9, "3")),
            "birth_date": read("1962-02-16", 0.5, {"1963-02-16": 0.3}),
        }.items()
    }
    assert reasoned(readings, henan).readings == readings


def test_soft_rules_overturn_no_clear_reading(henan: Edition) -> None:
    """A pupil of forty breaks a rule that many honest forms break."""
    readings = {
        "family.0.name": read("王国明"),
        "family.0.relation": read("儿子", 0.97, {"父亲": 0.02}),
        "family.0.birth_date": read("1975-03-02", 0.97, {"2005-03-02": 0.025}),
        "family.0.identity": read("小学", 0.95, {"在岗": 0.04}),
        "birth_date": read("1962-02-16"),
    }
    after = reasoned(readings, henan).readings
    assert {path: one.value for path, one in after.items()} == {p: one.value for p, one in readings.items()}
    assert not any(reading.review for reading in after.values())


# --- what reasoning changes --------------------------------------------------------------------------


def test_the_alternative_that_agrees_is_taken_and_says_so(henan: Edition) -> None:
    wrong = changed(ID, 12, "8")
    readings = {
        "id_number": read(wrong, 0.6, {ID: 0.35}, Reason("id_check_digit")),
        "birth_date": read("1962-02-16"),
        "gender": read("女"),
    }
    reading = reasoned(readings, henan).readings["id_number"]
    assert reading.value == ID
    assert reading.confidence > 0.95
    assert "id_check_digit" not in codes(reading)
    (told,) = [reason for reason in reading.reasons if reason.code == "figure_weighed"]
    assert (told.facts["place"], told.facts["read"], told.facts["value"]) == ("13", "8", ID[12])
    assert "birth_date" in told.facts["fields"].split(",")


def test_what_no_picture_spoke_for_is_only_proposed(henan: Edition) -> None:
    wrong = changed(ID, 12, "8")
    readings = {
        "id_number": read(wrong, 0.9, {}, Reason("id_check_digit")),
        "birth_date": read("1962-02-16"),
    }
    reading = reasoned(readings, henan).readings["id_number"]
    assert reading.value == ID
    assert reading.review
    assert reading.confidence <= 0.85


def test_a_repair_that_birth_and_sex_leave_open_stays_before_a_clerk(henan: Edition) -> None:
    readings = {
        "id_number": read(changed(ID, 15, "4"), 0.95, {}, Reason("id_check_digit")),
        "birth_date": read("1962-02-16"),
        "gender": read("女"),
    }
    assert reasoned(readings, henan).readings["id_number"].review


def test_a_value_that_was_contradicted_is_looked_at_though_the_other_gave_way(henan: Edition) -> None:
    """A number mended to fit a misread sex must not vouch for it."""
    readings = {
        "id_number": read(changed(ID, 15, "4"), 0.95, {}, Reason("id_check_digit")),
        "birth_date": read("1962-02-16"),
        "gender": read("男", 0.99, {"女": 0.01}),
    }
    assert reasoned(readings, henan).readings["gender"].review


def test_a_sex_hard_to_read_is_told_by_the_number(henan: Edition) -> None:
    readings = {
        "gender": read("男", 0.55, {"女": 0.44}),
        "id_number": read(ID, 0.99),
        "birth_date": read("1962-02-16"),
    }
    assert reasoned(readings, henan).readings["gender"].value == "女"


def test_a_two_digit_year_is_told_by_the_number(henan: Edition) -> None:
    vague = replace(
        read(None, 0.3, {"1962-02-16": 0.1, "2062-02-16": 0.1}, Reason("date_two_digit_year")), review=True
    )
    reading = reasoned({"birth_date": vague, "id_number": read(ID)}, henan).readings["birth_date"]
    assert reading.value == "1962-02-16"
    assert reading.review
    assert "date_two_digit_year" in codes(reading)


def test_a_sum_chooses_among_the_readings_of_its_parts(henan: Edition) -> None:
    readings = {
        "household_annual_income": read(Decimal(19440), 0.6, {Decimal(14440): 0.35}),
        "household_size": read(Decimal(3)),
        "income_per_capita_month": read(Decimal("401.11")),
    }
    reading = reasoned(readings, henan).readings["household_annual_income"]
    assert reading.value == Decimal(14440)
    assert codes(reading) == {"unsure"} - {"unsure"} | {"value_weighed"}


def test_a_rule_without_a_share_of_exceptions_decides_nothing(henan: Edition) -> None:
    bare = tuple(
        replace(use, settings={key: value for key, value in use.settings.items() if key != "exceptions"})
        for use in henan.rules
    )
    readings = {"gender": read("男", 0.55, {"女": 0.44}), "id_number": read(ID, 0.99)}
    assert reasoned(readings, replace(henan, rules=bare)).readings["gender"].value == "男"


# --- numbers never pass with a wrong figure ------------------------------------------------------------


def test_a_number_of_15_digits_always_wants_a_look(shaoxing: Edition) -> None:
    old = f"{ID[:6]}{ID[8:17]}"
    readings = {
        "id_number": read(old, 0.998),
        "birth_date": read("1962-02-16", 0.998),
        "gender": read("女", 0.998),
        "registered_region": read("河南省开封市鼓楼区", 0.998),
    }
    reading = reasoned(readings, shaoxing).readings["id_number"]
    assert reading.review
    assert codes(reading) == {"id_unproved"}
    assert reading.confidence > 0.99


def test_two_figures_of_an_old_number_have_no_witness_whatever_else_agrees(shaoxing: Edition) -> None:
    """Why such numbers always go to a clerk: the sequence number agrees with nothing on the form."""
    number = "330602620216890"
    told = {"birth_date": "1962-02-16", "gender": "女", "registered_region": "浙江省绍兴市越城区"}

    def broken(one: str) -> set[tuple[str, tuple[str, ...]]]:
        found = rules.findings(shaoxing, {**told, "id_number": one})
        return {(finding.rule, finding.paths) for finding in found}

    def unnoticed(place: int) -> int:
        others = [changed(number, place, figure) for figure in "0123456789".replace(number[place], "")]
        return sum(broken(one) == broken(number) for one in others)

    assert [unnoticed(place) for place in (12, 13)] == [9, 9]
    assert unnoticed(14) == 4
    assert [unnoticed(place) for place in range(6, 12)] == [0] * 6


@pytest.mark.parametrize("seed", range(0, 48, 4))
def test_a_lone_wrong_figure_of_a_number_never_passes_and_breaks_nothing(
    seed: int, editions: Editions
) -> None:
    for one in range(seed, seed + 4):
        edition = editions[editions.keys[one % len(editions.keys)]]
        spoilt = seen(edition, Random(one), "id_number", old=one % 8 == 7)
        if spoilt.spoilt is None:
            continue
        after = finished(reasoned(spoilt.readings, edition), edition)
        for path, reading in after.items():
            right = spoilt.truth[path]
            was = spoilt.readings[path].value
            assert reading.value == right or reading.review or was != right, path
            if path.endswith("id_number"):
                assert reading.value == right or reading.review, path
