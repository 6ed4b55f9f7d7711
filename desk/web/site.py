"""The site: one workplace and its open store serve everybody who is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from desk.pictures import Pictures
from desk.web.pace import Pace
from desk.web.paper_reading import PaperReader
from desk.web.press import Press, open_press
from desk.web.reading import Reader
from desk.web.watching import Watch, watch_over
from desk.workplace import Workplace
from records.editions import Editions

if TYPE_CHECKING:
    from records.store import Store

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
"""The names of this computer for itself."""


@dataclass
class Site:
    """What every request works with.

    `hosts` are the names under which the desk may be asked, `secure` says that it is only by TLS;
    `first_code` is told to whoever starts it, so that nobody else makes the first administrator;
    `looked` when somebody was last noted as looking at a page of paper. `pace` slows those who ask too often.
    """

    place: Workplace
    store: Store
    hosts: frozenset[str]
    press: Press
    secure: bool = False
    looked: dict[tuple[int, str, int], float] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    first_code: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    reader: Reader = field(init=False)
    watch: Watch | None = field(init=False)

    def __post_init__(self) -> None:
        """One reader for everybody, and one watch over the inbox; they work while the application runs.

        Raises SettingsError when the inbox cannot be where it is.
        """
        self.reader = Reader(self.place, self.store)
        self.watch = watch_over(self.place.settings, self.reader)

    @cached_property
    def pictures(self) -> Pictures:
        """Who draws kept paper for the screen."""
        return Pictures(self.place.settings.log)

    @cached_property
    def papers(self) -> PaperReader:
        """Who reads papers of medical cases."""
        return PaperReader(self.place, self.store)

    @cached_property
    def editions(self) -> Editions:
        """The editions of the workplace."""
        return self.place.editions


@contextmanager
def open_site(place: Workplace, hosts: frozenset[str], secure: bool = False) -> Iterator[Site]:
    """The site over the workplace's store, closed at the end. Raises StoreError."""
    with place.store() as store, open_press(place) as press:
        store.index.fill()
        site = Site(place, store, hosts, press, secure)
        try:
            yield site
        finally:
            site.pictures.close()
