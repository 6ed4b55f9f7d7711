from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import identity
from records.findings import Severity
from records.identity import Sex

# GB 11643-1999, annexes A and B, and two numbers more.
STANDARD = [
    ("11010519491231002X", "1949-12-31", Sex.FEMALE),
    ("440524188001010014", "1880-01-01", Sex.MALE),
    ("34052419800101001X", "1980-01-01", Sex.MALE),
    ("330602650101001", "1965-01-01", Sex.MALE),
]

BODIES = st.builds(
    lambda born, sequence: f"330602{born:%Y%m%d}{sequence:03}",
    st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    st.integers(1, 999),
)
NUMBERS = BODIES.map(lambda body: body + identity.check_digit(body))


def codes(number: str) -> list[str]:
    return [problem.code for problem in identity.check(identity.normalise(number))]


@pytest.mark.parametrize(("number", "born", "sex"), STANDARD)
def test_the_standards_own_numbers_are_valid(number: str, born: str, sex: Sex) -> None:
    assert identity.is_valid(number)
    assert (identity.birth_date(number), identity.sex(number)) == (born, sex)


@pytest.mark.parametrize(
    ("short", "long"),
    [("440524800101001", "440524198001010013"), ("330602650101001", "330602196501010012")],
)
def test_fifteen_digits_have_an_eighteen_digit_candidate(short: str, long: str) -> None:
    assert identity.upgraded(short) == long
    assert identity.same_person(short, long)
    assert identity.same_person(long, short)


@pytest.mark.parametrize("sequence", ["996", "997", "998", "999"])
def test_a_sequence_kept_for_centenarians_has_no_candidate_and_warns(sequence: str) -> None:
    number = f"330602650101{sequence}"
    assert identity.upgraded(number) is None
    assert codes(number) == ["id_special_sequence"]


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002X",
        " 110105 19491231 002X ",
        "11010519491231002×",
        "11010519491231002Х",
    ],
)
def test_spellings_of_one_number_become_one(written: str) -> None:
    assert identity.normalise(written) == "11010519491231002X"


def test_letters_like_digits_are_refused_and_only_suggested() -> None:
    assert codes("11O10519491231002X") == ["id_characters"]
    assert identity.suggestions("11O10519491231002X") == ("11010519491231002X",)
    assert identity.suggestions("I1O10519491231002X") == ("11010519491231002X",)
    assert identity.suggestions("11O10519491231003X") == ()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "id_check_digit"),
        ("1101051949123100", "id_length"),
        ("110105194912310X2X", "id_characters"),
        ("110105194902300026", "id_birth_impossible"),
        ("990105194912310029", "id_region_unknown"),
    ],
)
def test_each_fault_has_its_code(number: str, code: str) -> None:
    assert code in codes(number)


def test_an_unknown_region_only_warns() -> None:
    (problem,) = identity.check("34052419800101001X")
    assert (problem.code, problem.severity) == ("id_region_unknown", Severity.WARNING)


@pytest.mark.parametrize("body", ["33062119650101001", "33068219810518001", "33068220130101001"])
def test_a_region_abolished_in_ones_lifetime_is_nothing_to_say(body: str) -> None:
    county = identity.region(body)
    assert county is not None
    assert county.ended is not None
    assert identity.check(body + identity.check_digit(body)) == ()


def test_a_region_abolished_before_birth_warns() -> None:
    body = "33068220150101001"
    (problem,) = identity.check(body + identity.check_digit(body))
    assert (problem.code, problem.severity) == ("id_region_abolished", Severity.WARNING)


def test_regions_are_named_from_the_province_down() -> None:
    found = identity.region("330602650101001")
    assert found is not None
    assert (found.name, found.ended) == ("浙江省绍兴市越城区", None)
    island = identity.region("419001198001010010")
    assert island is not None
    assert island.names == ("河南省", "济源市")


def test_a_province_alone_is_no_county() -> None:
    assert identity.region("330000650101001") is None


@given(NUMBERS)
def test_a_number_with_its_check_digit_is_valid(number: str) -> None:
    assert identity.is_valid(number)
    assert not identity.check(number)


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not identity.is_valid(wrong)


@given(st.text(max_size=25))
def test_any_text_at_all_can_be_checked(text: str) -> None:
    number = identity.normalise(text)
    assert identity.normalise(number) == number
    assert bool(identity.check(number)) or identity.is_valid(number)


def test_nobody_was_born_a_thousand_years_ago() -> None:
    body = "33090310050105499"
    number = body + identity.check_digit(body)
    assert identity.birth_date(number) is None
    assert not identity.is_valid(number)
