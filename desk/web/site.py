"""The site: one workplace and its open store serve everybody who is signed in."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from desk import phrases, screen
from desk.case_list import Known as CasesKnown
from desk.pictures import Pictures
from desk.progress import advancing
from desk.web.pace import Pace
from desk.web.paper_reading import PaperReader
from desk.web.press import Press, open_press
from desk.web.reading import Reader
from desk.web.watching import Watch, watch_over
from desk.workplace import Workplace
from records.editions import Editions
from records.errors import Refused
from records.known import ADDRESSES, NOTHING_KNOWN, Known

if TYPE_CHECKING:
    from records.store import Store

_LOCK = "desk.lock"
"""Held by the one desk that serves a store."""
_WORDS_LAST = 300.0
"""Seconds after which the archive is asked for its words anew."""
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
"""The names of this computer for itself."""


@dataclass
class Site:
    """What every request works with.

    `hosts` are the names under which the desk may be asked, `secure` says that it is only by TLS;
    `first_code` is told to whoever starts it, so that nobody else makes the first administrator;
    `looked` when somebody was last noted as looking at a page of paper. `pace` slows those who ask too often.
    `stood` is how medical cases stood when they were judged last.
    """

    place: Workplace
    store: Store
    hosts: frozenset[str]
    press: Press
    secure: bool = False
    looked: dict[tuple[int, str, int], float] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    stood: CasesKnown = field(default_factory=dict)
    first_code: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    reader: Reader = field(init=False)
    watch: Watch | None = field(init=False)
    _words: tuple[float, Known] = field(default=(0.0, NOTHING_KNOWN))

    def __post_init__(self) -> None:
        """One reader for everybody, and one watch over the inbox; they work while the application runs.

        Raises SettingsError when the inbox cannot be where it is.
        """
        self.reader = Reader(self.place, self.store)
        self.watch = watch_over(self.place.settings, self.reader)

    def words(self, unit: str) -> Known:
        """Words that stand in the archive, for somebody of a unit to choose from: no addresses of others."""
        asked, found = self._words
        if not asked or time.monotonic() - asked > _WORDS_LAST:
            found = self.store.words()
            self._words = (time.monotonic(), found)
        return {sort: words for sort, words in found.items() if not unit or sort != ADDRESSES}

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
def _alone(home: Path) -> Iterator[None]:
    """Two desks would read the same scans and sweep away each other's documents."""
    lock = FileLock(home / _LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise Refused("desk_open_already") from None
    try:
        yield
    finally:
        lock.release()


def _fill_index(store: Store) -> None:
    """The archive of an older program is indexed before anybody searches in it; whoever waits is told."""
    missing = store.index.missing()
    if missing:
        screen.say(phrases.DESK_INDEXING.format(count=missing))
    with advancing(phrases.INDEXING, missing) as each:
        store.index.fill(each)


@contextmanager
def open_site(place: Workplace, hosts: frozenset[str], secure: bool = False) -> Iterator[Site]:
    """The site over the workplace's store, closed at the end.

    Raises StoreError, and Refused (`desk_open_already`) while another desk serves the same store.
    """
    with place.store() as store, _alone(store.home), open_press(place) as press:
        _fill_index(store)
        site = Site(place, store, hosts, press, secure)
        try:
            yield site
        finally:
            site.papers.close()
            site.pictures.close()
