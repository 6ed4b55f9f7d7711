from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete

from desk import phrases
from desk.web.site import Site, open_site
from records.errors import Refused
from records.tables import Marks
from tests.desk.test_review import SOUND
from tests.desk.web.conftest import HOST
from tests.desk.web.drafts import KEY


def test_one_desk_at_a_time_serves_a_store(site: Site) -> None:
    with pytest.raises(Refused, match="desk_open_already"), open_site(site.place, frozenset({HOST})):
        pass


def test_after_a_desk_has_closed_another_may_open(site: Site) -> None:
    place = site.place
    home = place.settings.home.with_name("other")
    other = replace(place, settings=replace(place.settings, home=home))
    for _ in range(2):
        with open_site(other, frozenset({HOST})) as opened:
            assert opened.store.accounts.none_yet()


def test_whoever_waits_for_the_index_of_an_older_program_is_told(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    place = site.place
    other = replace(place, settings=replace(place.settings, home=place.settings.home.with_name("other")))
    with open_site(other, frozenset({HOST})) as opened:
        opened.store.save(opened.editions[KEY], SOUND, "王经办", "试")
        with opened.store.database.writing() as session:
            session.execute(delete(Marks))
    assert capsys.readouterr().err == ""
    with open_site(other, frozenset({HOST})) as opened:
        assert opened.store.index.missing() == 0
    assert capsys.readouterr().err.strip() == phrases.DESK_INDEXING.format(count=1)
