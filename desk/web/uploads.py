"""Uploads: the body of a request streams in, a file beside the store comes out; kept, it waits to be read.

A file that is being received never has the name that it came with, and
nothing of it is in the store before it is whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from records.archive import Fate
from records.database import make_private
from records.errors import AlreadyTaken, DanganError, Refused, TooLarge

if TYPE_CHECKING:
    from desk.web.visit import Visit

LARGEST = 200 * 2**20
"""Bytes of one file."""
_STALLED = 60.0
"""Seconds without a byte after which an upload is given up."""
_AT_ONCE = 1 << 20
_PART = ".part"


class BrokenOff(DanganError):
    """An upload ended before its file was whole."""

    code = "upload_broken_off"


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file as it came: where it lies for now, its SHA-256, its size."""

    path: Path
    sha256: str
    size: int


@asynccontextmanager
async def received(request: Request, home: Path, name: str) -> AsyncIterator[Received]:
    """The file that a request's body is. Raises TooLarge, BrokenOff, and OSError when the disk refuses."""
    handle, part = await run_in_threadpool(_new_part, home / "uploads")
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size = hashlib.sha256(), 0
            async for chunk in _chunks(request):
                size += len(chunk)
                if size > LARGEST:
                    raise TooLarge("file_too_big", file=name, what=size, limit=LARGEST)
                digest.update(chunk)
                await run_in_threadpool(target.write, chunk)
            _check_whole(request, size)
        yield Received(part, digest.hexdigest(), size)
    finally:
        part.unlink(missing_ok=True)


def keep(visit: Visit, file: Received, called: str) -> tuple[Fate, bool]:
    """What came, kept to be read as forms, and what came of it so far; whether it was there before.

    Raises Refused (`taken_elsewhere`) for what another unit brought, StoreError.
    """
    known = visit.store.fates(sums=[file.sha256])
    if known and not visit.account.sees(known[0].scan.unit):
        raise Refused("taken_elsewhere")
    try:
        kept = visit.store.keep(file.path, called, visit.account.unit)
    except AlreadyTaken:
        return fate_of(visit, file.sha256), True
    visit.note("took", subject(file.sha256), called)
    visit.site.reader.changes.tell(file.sha256)
    visit.site.reader.wake()
    return fate_of(visit, file.sha256), not kept.first_seen


def fate_of(visit: Visit, sha256: str) -> Fate:
    """What came of a scan of the visitor's unit; any other is, for the visitor, not there."""
    found = visit.store.fates(visit.account.unit, sums=[sha256])
    if not found:
        raise DanganError("no_such_page")
    return found[0]


def subject(sha256: str) -> str:
    """What the log calls a scan."""
    return f"scan:{sha256[:12]}"


def sweep(home: Path) -> None:
    """Remove what uploads left behind that a kill broke off."""
    for part in (home / "uploads").glob(f"*{_PART}"):
        if part.stat().st_mtime < time.time() - 2 * _STALLED:
            part.unlink(missing_ok=True)


def _new_part(folder: Path) -> tuple[int, Path]:
    make_private(folder)
    handle, name = tempfile.mkstemp(suffix=_PART, dir=folder)
    return handle, Path(name)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces that are worth writing."""
    coming, waiting = request.stream().__aiter__(), bytearray()
    try:
        while chunk := await asyncio.wait_for(anext(coming, b""), _STALLED):
            waiting += chunk
            if len(waiting) >= _AT_ONCE:
                yield bytes(waiting)
                waiting.clear()
    except (TimeoutError, ClientDisconnect) as error:
        raise BrokenOff from error
    yield bytes(waiting)


def _check_whole(request: Request, size: int) -> None:
    told = request.headers.get("content-length", str(size))
    if told != str(size):
        raise BrokenOff
