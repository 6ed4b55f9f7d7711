from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from intake import priors
from intake.ctc import Language
from intake.decode import fold
from records.known import NOTHING_KNOWN, Known


def likeness(language: Language, chars: Sequence[str], text: str) -> float:
    """What a language says of a whole text over its characters."""
    columns = [chars.index(char) + 1 for char in text]
    places = [min(place, len(language.follows) - 1) for place in range(len(text))]
    steps = zip(places, [0, *columns], columns, strict=False)
    ends = language.ends[min(len(text), len(language.ends) - 1), columns[-1]]
    return float(sum(language.follows[step] for step in steps) + ends)


def prefers(prior: str | None, usual: str, odd: str, known: Known = NOTHING_KNOWN) -> bool:
    chars = sorted(set(usual + odd))
    language = priors.language(prior, chars, known)
    return likeness(language, chars, usual) > likeness(language, chars, odd)


@pytest.mark.parametrize(
    ("prior", "usual", "odd"),
    [
        ("person", "王建国", "干建国"),
        ("person", "姚敏", "姚毓"),
        ("person", "欧阳敏", "欧明敏"),
        ("person", "王建国", "王建国国国"),
        ("region", "河南省商丘市梁园区", "河南省商丘市梁国区"),
        ("place", "人民路12号", "人氏路12号"),
        ("unit", "开封市轴承厂", "开封市轴承了"),
        ("bank", "中国农业银行", "中国农业铝行"),
        (None, "长期服药", "长期服荮"),
    ],
)
def test_what_is_usual_in_a_field_counts_more(prior: str | None, usual: str, odd: str) -> None:
    assert prefers(prior, usual, odd)


def test_what_is_already_known_counts_more() -> None:
    known = {"unit": ("犀浦机械厂",)}
    assert prefers("unit", "犀浦机械厂", "犀铺机械厂", known)


def test_what_is_known_makes_nothing_else_less_likely_and_is_soon_outweighed() -> None:
    known = {"place": ("滨江区藤花路9号",) * 2, "person": ("王建国",)}
    chars = sorted("滨江区藤薇花路")
    plain, leaning = (priors.language("place", chars, what) for what in (NOTHING_KNOWN, known))
    gained = leaning.follows - plain.follows
    assert gained.min() >= -1e-9
    assert 1.0 < gained.max() < 2.0
    assert priors.language("person", chars, known).follows == pytest.approx(
        priors.language("person", chars).follows
    )


def test_a_digit_is_as_likely_as_any_other() -> None:
    chars = ["1", "7", "号"]
    language = priors.language("place", chars)
    assert likeness(language, chars, "7号") == pytest.approx(likeness(language, chars, "1号"))


@pytest.mark.parametrize(
    ("name", "may"), [("王建国", True), ("欧阳敏", True), ("口建国", False), ("王建〇", False)]
)
def test_names_are_known_by_their_characters(name: str, may: bool) -> None:
    assert priors.may_be_a_name(name) is may


def test_no_character_is_impossible() -> None:
    for prior in ("person", "place", "unit", "bank", "region", None):
        assert np.isfinite(priors.language(prior, ["龘", "1", "A", "。"]).follows).all()


def test_look_alikes_are_written_in_one_spelling_each() -> None:
    assert all(len(char) == 1 and char not in others for char, others in priors.alike().items())
    assert all(fold(char) == char for char in priors.alike())
