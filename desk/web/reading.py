"""The reader: scans that were kept come in, in the background; drafts lie in the store afterwards.

What waits stands in the store alone, so that a desk that was killed goes on
after it starts again. Pages are read in processes of their own: what breaks one
takes only its page along. After some minutes without work they are let go.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desk.batch import Results, read_apart
from desk.crew import cores
from desk.guard import as_ours
from desk.taking import Outcome, put_away
from desk.web.changes import Changes
from desk.web.uploads import subject
from desk.workplace import Workplace
from records.archive import Kept
from records.errors import DanganError

if TYPE_CHECKING:
    from records.store import Store

IDLE = 180.0
"""Seconds without work after which the processes go, and their models with them."""
_AGAIN = 10.0
"""Seconds after which it is tried again when the store or the engine failed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan is read; `pages` is 0 until its file is open."""

    done: int = 0
    pages: int = 0


class Reader:
    """Reads what waits in the store, while it is at work."""

    def __init__(self, place: Workplace, store: Store, idle: float = IDLE) -> None:
        self.place, self.store = place, store
        self.changes = Changes()
        self.trouble: DanganError | None = None
        """What keeps everything from being read, the engine or the store; not what is wrong with a file."""
        self.under_way: dict[str, Progress] = {}
        self.heard: Callable[[Kept, Outcome], None] | None = None
        """Hears of each scan that was read."""
        self._idle = idle
        self._queue: deque[Kept] = deque()
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._began, self._pages, self._files = 0.0, 0, 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """A thread reads until the end; what it has in hand then waits in the store for the next time."""
        self._stopped.clear()
        self.changes.begin()
        thread = threading.Thread(target=self._work, name="reader", daemon=True)
        thread.start()
        self.wake()
        try:
            yield
        finally:
            self.changes.end()
            self._stopped.set()
            self._woken.set()
            thread.join(10)

    def wake(self) -> None:
        """There may be something to read."""
        self._woken.set()

    def seconds_left(self) -> int | None:
        """How long what waits may take; None while there is nothing to judge by."""
        if not self._pages or not (self.under_way or self._queue):
            return None
        open_ones = [one for one in self.under_way.values() if one.pages]
        in_hand = sum(one.pages - one.done for one in open_ones)
        unopened = len(self.under_way) - len(open_ones) + len(self._queue)
        pages = in_hand + unopened * max(1.0, self._pages / max(1, self._files))
        return round(pages * (time.monotonic() - self._began) / self._pages)

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                self._woken.wait()
                self._woken.clear()
                if not self._stopped.is_set() and self.store.unread():
                    self._woken.set()
                    self._read()
            except Exception as error:
                self._fall(as_ours(error, self.place.settings.log))

    def _fall(self, error: DanganError) -> None:
        """What is under way goes back to where it was kept; after a while it is tried again."""
        self.trouble = error
        self._end_burst()
        self._stopped.wait(_AGAIN)
        self._woken.set()

    def _read(self) -> None:
        fresh = Workplace(self.place.settings)  # what the archive knows has grown since the last time
        with closing(read_apart(self._more, fresh, max(1, cores() - 1), self._told)) as read:
            for found in read:
                if self._stopped.is_set():
                    break
                if found is not None:
                    self._put_away(*found)
                elif not self.under_way and not self._goes_on():
                    break
        self._end_burst()

    def _goes_on(self) -> bool:
        """Wait for more; False when none came for a while."""
        self._began, self._pages, self._files = 0.0, 0, 0
        return self._woken.wait(self._idle)

    def _end_burst(self) -> None:
        left = [*self.under_way, *(kept.sha256 for kept in self._queue)]
        self.under_way.clear()
        self._queue.clear()
        self._began, self._pages, self._files = 0.0, 0, 0
        self.changes.tell(*left)

    def _more(self) -> tuple[Kept, Path] | None:
        if not self._queue and self._woken.is_set():
            self._woken.clear()
            self._queue.extend(one for one in self.store.unread() if one.sha256 not in self.under_way)
        if not self._queue or self._stopped.is_set():
            return None
        kept = self._queue.popleft()
        self._began = self._began or time.monotonic()
        self.under_way[kept.sha256] = Progress()
        self.changes.tell(kept.sha256)
        return kept, kept.path

    def _told(self, kept: Kept, done: int, pages: int) -> None:
        before = self.under_way[kept.sha256]
        self._files += not before.pages and bool(pages)
        self._pages += done - before.done
        self.under_way[kept.sha256] = Progress(done, pages)
        self.changes.tell(kept.sha256)

    def _put_away(self, kept: Kept, results: Results) -> None:
        outcome = put_away(self.place, self.store, kept, results, self._who(kept))
        self.trouble = None
        if self.heard is not None:
            self.heard(kept, outcome)
        del self.under_way[kept.sha256]
        self.changes.tell(kept.sha256)

    def _who(self, kept: Kept) -> str:
        """Whoever brought the scan, as the log says."""
        lines = self.store.audit.lines(subject(kept.sha256), newest=1000)
        return next((line.who for line in lines if line.what == "took"), "")
