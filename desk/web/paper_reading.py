"""Papers of cases under way: kept scans come in, what was read of them waits beside their cases.

One scan is read after the other, apart from the desk. What stands here is only how far that is:
a scan waits in the store before it is read, so a desk that is stopped loses nothing.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desk.guard import as_ours
from desk.papers_apart import Read, Stopped, reader_apart
from desk.workplace import Workplace
from records.drafts import Origin
from records.errors import DanganError

if TYPE_CHECKING:
    from records.store import Store


@dataclass(frozen=True, slots=True)
class Unread:
    """A scan to be read for a case, by whose edition; `proposal` is what waits unread in its stead."""

    case: int
    edition: str
    scan: Origin
    proposal: int


@dataclass
class PaperReader:
    """What is being read for cases, and what could not be."""

    place: Workplace
    store: Store
    _waiting: deque[Unread] = field(default_factory=deque)
    _now: Unread | None = None
    _failed: dict[Unread, DanganError] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _open: bool = True

    def begin(self, job: Unread) -> None:
        """Read a scan as soon as those before it are read."""
        with self._lock:
            self._failed.pop(job, None)
            if job == self._now or job in self._waiting:
                return
            self._waiting.append(job)
            if len(self._waiting) == 1 and self._now is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name="papers")
                self._thread.start()

    def close(self) -> None:
        """Read no more; what is not read waits in the store."""
        with self._lock:
            self._open = False
            self._waiting.clear()
        if self._thread is not None:
            self._thread.join()

    def of(self, case: int) -> list[Unread]:
        """What is not yet read for a case."""
        with self._lock:
            jobs = [self._now, *self._waiting] if self._now else list(self._waiting)
            return [job for job in jobs if job and job.case == case]

    def failed(self, case: int) -> dict[int, DanganError]:
        """What could not be read for a case and why, by proposal."""
        with self._lock:
            return {job.proposal: error for job, error in self._failed.items() if job.case == case}

    def _work(self) -> None:
        with reader_apart(self.place, lambda: self._open) as read:
            while (job := self._next()) is not None:
                try:
                    self._read(job, read)
                except Stopped:
                    continue
                except Exception as error:
                    ours = as_ours(error, self.place.settings.log, job.scan.file)
                    with self._lock:
                        self._failed[job] = ours

    def _next(self) -> Unread | None:
        with self._lock:
            self._now = self._waiting.popleft() if self._waiting else None
            return self._now

    def _read(self, job: Unread, read: Read) -> None:
        medical = self.store.medical
        medical.propose(job.case, read(job.edition, medical.file(job.scan)), job.proposal)
