"""The watch over the inbox: files that lie in it are kept for the reader, as papers of the whole office."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from desk import phrases, words
from desk.guard import as_ours
from desk.inbox import Inbox
from desk.inputs import SUFFIXES, plain_name
from desk.settings import FILE, Settings, SettingsError
from desk.taking import Outcome
from desk.web.uploads import LARGEST, subject
from records.archive import Kept
from records.errors import AlreadyTaken, DanganError, StoreError, TooLarge, Unreadable
from records.masking import mask

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from desk.web.reading import Reader

EVERY = 2.0
"""Seconds between two looks."""
_TRIES = 20
"""So often a file is tried that may not be read: whoever writes it may hold it."""


class Watch:
    """Looks into the inbox again and again, while it is at work."""

    def __init__(self, inbox: Inbox, reader: Reader, every: float = EVERY) -> None:
        self.inbox, self.reader = inbox, reader
        self.trouble: DanganError | None = None
        """Why the inbox or the store cannot be reached now."""
        self._every = every
        self._stopped = threading.Event()
        self._tried: dict[Path, int] = {}
        self._moved: dict[str, Path] = {}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """A thread watches until the end."""
        self._stopped.clear()
        self.reader.heard = self._read
        thread = threading.Thread(target=self._work, name="inbox", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            thread.join(10)

    def _work(self) -> None:
        while not self._stopped.wait(self._every):
            try:
                self.look()
                self.trouble = None
            except Exception as error:
                self.trouble = as_ours(error, self.reader.place.settings.log, self.inbox.folder)

    def look(self) -> None:
        """Keep what has stood still. Raises StoreError, OSError."""
        for file in self.inbox.look():
            if self._stopped.is_set():
                return
            self._take(file)

    def _take(self, file: Path) -> None:
        try:
            kept = self._kept(file)
        except AlreadyTaken:
            self.inbox.taken(file)
        except PermissionError as error:
            self._not_yet(file, error)
        except Exception as error:
            ours = as_ours(error, self.reader.place.settings.log, file)
            if isinstance(ours, StoreError):
                raise ours from error
            self.inbox.refused(file, words.error(ours))
        else:
            self._put_by(file, kept)

    def _kept(self, file: Path) -> Kept:
        name, size = plain_name(file.name), file.stat().st_size
        if size > LARGEST:
            raise TooLarge("file_too_big", file=name, what=size, limit=LARGEST)
        if file.suffix.lower() not in SUFFIXES:
            raise Unreadable("unknown_kind", file=name, what=file.suffix)
        with file.open("rb"):  # one that may not be read yet is no fault of the store
            return self.reader.store.keep(file, name)

    def _put_by(self, file: Path, kept: Kept) -> None:
        """Move a file that was kept, unless somebody went on writing it."""
        self.reader.store.audit.note(phrases.INBOX, "took", subject(kept.sha256), kept.file)
        if self.inbox.is_as_seen(file):
            self._moved[kept.sha256] = self.inbox.taken(file)
        else:
            self.inbox.again(file)
        self.reader.changes.tell(kept.sha256)
        self.reader.wake()

    def _not_yet(self, file: Path, error: PermissionError) -> None:
        self._tried[file] = self._tried.get(file, 0) + 1
        self.inbox.again(file)
        if self._tried[file] >= _TRIES:
            del self._tried[file]
            self.inbox.refused(file, words.error(as_ours(error, self.reader.place.settings.log, file)))

    def _read(self, kept: Kept, outcome: Outcome) -> None:
        """A file of which nothing could be read goes where whoever scanned it finds the reason."""
        file = self._moved.pop(kept.sha256, None)
        if file is not None and outcome.is_failure and file.exists():
            told = [words.error(outcome.error)] if outcome.error else []
            told += [words.reason(page.reason) for page in outcome.unread]
            self.inbox.refused(file, mask("\n".join(told)))


def watch_over(settings: Settings, reader: Reader) -> Watch | None:
    """The watch over the settings' inbox; None when there is none.

    Raises SettingsError for one that would swallow the archive, or that is in the midst of it.
    """
    if settings.inbox is None:
        return None
    inbox, home = settings.inbox.resolve(), settings.home.resolve()
    if home.is_relative_to(inbox) or any(inbox.is_relative_to(home / one) for one in ("scans", "uploads")):
        raise SettingsError(file=settings.home / FILE, what=f"inbox = {settings.inbox}")
    return Watch(Inbox(settings.inbox), reader)


def watching(watch: Watch | None) -> AbstractContextManager[None]:
    """The watch at work; without an inbox nothing."""
    return nullcontext() if watch is None else watch.at_work()
