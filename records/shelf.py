"""The folder of kept scans: a file comes in, its untouched bytes lie there under their SHA-256.

A scan is copied beside its place, written through to the disk, and only then
given its name: whatever happens, a name stands for a whole file.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from records.errors import Unreadable

_UNFINISHED = ".taking-"
_CHUNK = 1 << 20
_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Copy:
    """A file copied but not yet in its place."""

    file: Path
    sha256: str
    size: int
    suffix: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The kept scans in `folder`, each named by its SHA-256 and the suffix it came with."""

    folder: Path

    @contextmanager
    def copied(self, file: Path, name: str = "") -> Iterator[Copy]:
        """A copy of the file, safe on the disk; gone at the end unless it was placed.

        It has the suffix of its name, where that is another than the file's own.

        Raises Unreadable when the file cannot be opened, OSError when the copy cannot be written.
        """
        handle, beside = tempfile.mkstemp(prefix=_UNFINISHED, dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as target:
                sha256, size = _copy(file, target.fileno())
            yield Copy(Path(beside), sha256, size, _suffix(Path(name) if name else file))
        finally:
            Path(beside).unlink(missing_ok=True)

    def place_for(self, copy: Copy) -> Path:
        """Where the copy belongs; the same scan under another suffix keeps its first name."""
        return self.find(copy.sha256) or self.folder / f"{copy.sha256}{copy.suffix}"

    def place(self, copy: Copy) -> None:
        """Give the copy its name, in one step."""
        copy.file.replace(self.place_for(copy))
        self._write_through()

    def find(self, sha256: str) -> Path | None:
        """Where a scan lies; None when it is not there."""
        return next(self.folder.glob(f"{sha256}*"), None)

    def files(self) -> list[Path]:
        """Every whole scan."""
        return sorted(path for path in self.folder.iterdir() if not path.name.startswith(_UNFINISHED))

    def unfinished(self, older: float = 0) -> list[Path]:
        """Copies that a kill left behind, older than so many seconds; their files were never taken."""
        until = time.time() - older
        return sorted(path for path in self.folder.glob(f"{_UNFINISHED}*") if _changed(path) <= until)

    def sweep(self) -> None:
        """Remove copies that have lain unfinished for an hour, longer than any is in the making."""
        for path in self.unfinished(_AN_HOUR):
            path.unlink(missing_ok=True)

    def _write_through(self) -> None:
        if os.name == "nt":  # Windows writes folders through by itself
            return
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def checksum(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(file: Path, target: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(file):
        digest.update(chunk)
        size += len(chunk)
        _write(target, chunk)
    os.fsync(target)
    return digest.hexdigest(), size


def _chunks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as source:
            while chunk := source.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise Unreadable(file=file, what=error.strerror) from error


def _write(target: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(target, left) :]


def _suffix(file: Path) -> str:
    plain = file.suffix.lower()
    return plain if re.fullmatch(r"\.[a-z0-9]{1,8}", plain) else ""


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
