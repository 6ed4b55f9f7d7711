"""The inbox: a folder where a scanner or a colleague lays files; those that stand still go out to be kept.

A file that was kept is moved into a folder within, one that cannot be kept
into another, with the reason beside it. Links are not followed: they lead elsewhere.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desk import phrases

STILL = 4.0
"""Seconds for which a file's size and time do not change once it is whole."""
_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp")
"""What programs call a file that they are still writing."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a file looked, and since when it has."""

    size: int
    changed: int
    since: float


class Inbox:
    """A watched folder. Its methods raise OSError when it cannot be reached."""

    def __init__(self, folder: Path, still: float = STILL) -> None:
        self.folder = folder
        self._still = still
        self._seen: dict[Path, _Seen] = {}

    def look(self) -> list[Path]:
        """The files that have stood still long enough, seen before as they are now, by their names."""
        now = time.monotonic()
        before, self._seen = self._seen, {}
        for file in self._files():
            size, changed = _looks(file)
            known = before.get(file)
            same = known is not None and (known.size, known.changed) == (size, changed)
            self._seen[file] = known if known is not None and same else _Seen(size, changed, now)
        stood = (file for file, seen in self._seen.items() if before.get(file) is seen)
        return sorted(file for file in stood if now - self._seen[file].since >= self._still)

    def is_as_seen(self, file: Path) -> bool:
        """Whether a file that stood still is still the same."""
        seen = self._seen.get(file)
        return seen is not None and _looks(file) == (seen.size, seen.changed)

    def again(self, file: Path) -> None:
        """Wait for the file to stand still once more."""
        self._seen.pop(file, None)

    def taken(self, file: Path) -> Path:
        """The file was kept: where it lies from now on."""
        return self._moved(file, phrases.INBOX_TAKEN)

    def refused(self, file: Path, why: str) -> Path:
        """The file cannot be kept or read: where it lies from now on, the reason beside it."""
        place = self._moved(file, phrases.INBOX_REFUSED)
        place.with_name(place.name + ".txt").write_text(why + "\n", encoding="utf-8")
        return place

    def _files(self) -> Iterator[Path]:
        """The plain files, those in folders within included, but for what was moved and what is hidden."""
        if not self.folder.is_dir():
            raise FileNotFoundError(2, "", str(self.folder))
        ours = {phrases.INBOX_TAKEN, phrases.INBOX_REFUSED}
        for place, folders, files in os.walk(self.folder):
            top = Path(place) == self.folder
            folders[:] = [one for one in folders if not one.startswith(".") and not (top and one in ours)]
            for name in files:
                file = Path(place, name)
                if not _is_unfinished(name) and _is_plain(file):
                    yield file

    def _moved(self, file: Path, folder: str) -> Path:
        (self.folder / folder).mkdir(exist_ok=True)
        place = _free(self.folder / folder / file.name)
        file.rename(place)
        self._seen.pop(file, None)
        return place


def _looks(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return -1, -1
    return found.st_size, found.st_mtime_ns


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "~$")) or name.endswith("~") or name.lower().endswith(_UNFINISHED)


def _is_plain(file: Path) -> bool:
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except FileNotFoundError:
        return False


def _free(place: Path) -> Path:
    """The place, or one beside it when something lies there."""
    number = 2
    free = place
    while free.exists():
        free = place.with_name(f"{place.stem} ({number}){place.suffix}")
        number += 1
    return free
