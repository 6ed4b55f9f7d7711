"""Uploads: the body of a request streams in, a file beside the store comes out; kept, it waits to be read.

A file that is being received never has the name that it came with, and
nothing of it is in the store before it is whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from desk import phrases
from desk.stapled import staple
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
_STACK = "stack-"
MOST_PAGES = 12
"""So many pictures are taken as the pages of one document."""


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


def keep(visit: Visit, file: Received, called: str, made_of: str = "") -> tuple[Fate, bool]:
    """What came, kept to be read as forms, and what came of it so far; whether it was there before.

    `made_of` tells the log of what it was put together here. Raises Refused (`taken_elsewhere`) for what
    another unit brought, StoreError.
    """
    known = visit.store.fates(sums=[file.sha256])
    if known and not visit.account.sees(known[0].scan.unit):
        raise Refused("taken_elsewhere")
    try:
        kept = visit.store.keep(file.path, called, visit.account.unit)
    except AlreadyTaken:
        return fate_of(visit, file.sha256), True
    visit.note("took", subject(file.sha256), " · ".join(filter(None, (called, made_of))))
    visit.site.reader.changes.tell(file.sha256)
    visit.site.reader.wake()
    return fate_of(visit, file.sha256), not kept.first_seen


def keep_pages(visit: Visit, file: Received, pictures: Sequence[tuple[str, int]]) -> tuple[Fate, bool]:
    """Pictures of one form's pages, one behind the other in what came, kept as one document in their order.

    Each is told by its name and its size. One that was set aside when it came alone needs nobody any more.
    Raises as `keep` does, Unreadable, TooLarge, and DanganError (`bad_request`).
    """
    if not 2 <= len(pictures) <= MOST_PAGES or sum(size for _, size in pictures) != file.size:
        raise DanganError("bad_request")
    home, log = visit.store.home, visit.site.place.settings.log
    with tempfile.TemporaryDirectory(prefix=_STACK, dir=home / "uploads") as name:
        parts, folder = _apart(file.path, pictures, Path(name)), Path(name)
        staple(
            [(part, called) for part, (called, _) in zip(parts, pictures, strict=True)], folder / "bound", log
        )
        sums, bound = [_sum_of(part) for part in parts], folder / "bound"
        called = phrases.PAGES_TOGETHER.format(first=Path(pictures[0][0]).stem, count=len(pictures))
        pages = "、".join(f"{name} {one[:12]}" for (name, _), one in zip(pictures, sums, strict=True))
        made_of = phrases.PAGES_TOGETHER_OF.format(pages=pages)
        kept = keep(visit, Received(bound, _sum_of(bound), bound.stat().st_size), called, made_of)
    for fate in visit.store.fates(visit.account.unit, sums=sums):
        if fate.aside and not fate.standing and not fate.filed:
            visit.store.dismiss(fate.scan.sha256, visit.who, phrases.PAGE_TOGETHER_NOW.format(file=called))
            visit.site.reader.changes.tell(fate.scan.sha256)
    return kept


def _apart(file: Path, pictures: Sequence[tuple[str, int]], folder: Path) -> list[Path]:
    """The pictures of a stack as files of their own."""
    parts = []
    with file.open("rb") as stack:
        for number, (_, size) in enumerate(pictures):
            part = folder / f"{number:03}"
            part.write_bytes(stack.read(size))
            parts.append(part)
    return parts


def _sum_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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
    for stack in (home / "uploads").glob(f"{_STACK}*"):
        shutil.rmtree(stack, ignore_errors=True)


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
