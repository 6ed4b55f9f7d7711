from __future__ import annotations

import re
from decimal import Decimal

import pytest

from records.codes import Code, check_letters, code_of, document_of, read_code

VALUES = {"name": "韦慧宝", "id_number": "410204198108049690", "income": Decimal("1200"), "causes": ("大病",)}
CODE = code_of("some-2016", "archive", 9_999_999, 999, VALUES, 99)


def test_what_a_code_says_is_read_again() -> None:
    assert read_code(CODE.text) == CODE
    assert (CODE.record, CODE.revision, CODE.sheet) == (9_999_999, 999, 99)


def test_a_code_fits_its_picture_and_names_nobody() -> None:
    assert len(CODE.text) <= 38  # alphanumeric signs of QR version 2 at error correction M
    assert re.fullmatch(r"D1/[A-Z2-7]{5}/9999999/999/99/[A-Z2-7]{6}", CODE.text)


@pytest.mark.parametrize(
    "text", ["", "HTTPS://EXAMPLE.ORG", "D2/AAAAA/1/1/0/AAAAAA", f"{CODE.text}0", "D1/AAAAA/0/1/0/AAAAAA"]
)
def test_another_code_is_none_of_ours(text: str) -> None:
    assert read_code(text) is None


def test_the_check_tells_changed_values_and_passes_over_blank_ones() -> None:
    check = check_letters(VALUES)
    assert check_letters(dict(reversed((VALUES | {"remarks": None, "note": ""}).items()))) == check
    assert check_letters(VALUES | {"income": Decimal("1200.00")}) == check
    assert check_letters(VALUES | {"income": Decimal("1201")}) != check
    assert check_letters({**VALUES, "name": "韦慧玉"}) != check


def test_a_code_tells_its_document_among_those_of_its_edition() -> None:
    assert document_of(CODE, "some-2016", ["cards", "archive"]) == "archive"
    assert document_of(CODE, "other-2010", ["cards", "archive"]) is None
    assert document_of(Code("AAAAA", 1, 1, 0, "AAAAAA"), "some-2016", ["archive"]) is None
