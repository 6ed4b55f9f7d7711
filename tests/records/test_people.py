from records.editions import Edition
from records.people import Person, household, spellings, worker_name

WORKER, WIFE = "330602196501010012", "330602196605050027"


def test_a_household_is_found_by_kind_whatever_the_keys(edition: Edition) -> None:
    values = {"holder_number": WORKER, "remark": "110105194912310021", "kin.0.number": WIFE}
    assert household(edition, values) == (
        Person("holder_number", WORKER, True),
        Person("kin.0.number", WIFE, False),
    )


def test_words_and_blanks_in_place_of_a_number_are_nobody(edition: Edition) -> None:
    assert household(edition, {"holder_number": "无", "kin.0.number": None}) == ()


def test_a_number_with_a_digit_too_few_is_still_somebody(edition: Edition) -> None:
    assert [one.id_number for one in household(edition, {"holder_number": WORKER[:-1]})] == [WORKER[:-1]]


def test_fifteen_digits_also_stand_for_the_eighteen_derived_from_them() -> None:
    assert spellings("330602650101001") == ("330602650101001", WORKER)
    assert spellings(WORKER) == (WORKER,)


def test_the_worker_is_named_by_the_first_person_of_the_form(edition: Edition) -> None:
    assert worker_name(edition, {"holder": "王小明", "kin.0.called": "李四"}) == "王小明"
    assert worker_name(edition, {"holder": None}) == ""
