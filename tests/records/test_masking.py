import pickle

import pytest

from records.errors import Refused
from records.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("330602196501010012", "330602********0012"),
        ("身份证33060219650101001X。", "身份证330602********001X。"),
        ("330602650101001", "330602******001"),
        ("330602 19650101 0012", "330602********0012"),
        ("6222021234567890123", "***************0123"),
        ("6222 0212 3456 7890", "************7890"),
        ("６２２２０２１２３４５６７８９０", "************７８９０"),
        ("IMG330602196501010012.jpg", "IMG330602********0012.jpg"),
        ("33060219650l010012", "**************0012"),
        ("3306021965010101", "************0101"),
        ("33060219650101", "**********0101"),
    ],
)
def test_numbers_of_persons_and_cards_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "0575-85123456",
        "2016-07-13 2016-10-31",
        "20160713103022.jpg",
        "IMG_20160713103022123.jpg",
        "312000",
        "1" * 64,
        "ab" * 10 + "1234567890" * 4 + "cdef",
        "record 12, draft 345",
    ],
)
def test_what_is_no_such_number_stays(text: str) -> None:
    assert mask(text) == text


def test_an_errors_text_hides_numbers_and_its_facts_keep_them() -> None:
    error = Refused("other_scan", what="330602196501010012.jpg")
    assert str(error) == "other_scan(what=330602********0012.jpg)"
    assert "1965" not in repr(error)
    assert error.facts == {"what": "330602196501010012.jpg"}


def test_an_error_survives_the_way_between_two_processes() -> None:
    error = pickle.loads(pickle.dumps(Refused("same_worker", number=7)))  # noqa: S301  # our own
    assert (type(error), error.code, error.facts) == (Refused, "same_worker", {"number": "7"})
