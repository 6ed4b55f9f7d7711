from __future__ import annotations

from dataclasses import replace

import pytest

from desk.web.site import Site, open_site
from records.errors import Refused
from tests.desk.web.conftest import HOST


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
