from __future__ import annotations

import pytest

from intake.labels import Vocabulary, vocabulary_of, wanted_of
from records.editions import Editions


def test_the_wordings_of_an_edition_are_looked_up_once_for_all_pages(editions: Editions) -> None:
    vocabularies = [vocabulary_of(edition) for edition in editions]
    assert all(vocabulary_of(edition) is known for edition, known in zip(editions, vocabularies, strict=True))
    assert len({id(one) for one in vocabularies}) == len(vocabularies)


@pytest.mark.parametrize("text", ["家庭住圵", "身份証号", "申请日月", "什么都不是"])
def test_a_text_resembles_the_same_wordings_the_second_time(editions: Editions, text: str) -> None:
    for edition in editions:
        anew = Vocabulary(wanted_of(edition)).near(text)
        assert vocabulary_of(edition).near(text) == anew
        assert vocabulary_of(edition).near(text) == anew
