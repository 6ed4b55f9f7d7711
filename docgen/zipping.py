"""Zip packages of parts that are compressed already, so that what never changes is deflated once.

The same parts give the same bytes: every member bears one fixed date
(APPNOTE.TXT 6.3.10, 4.3.7 to 4.3.16; no encryption, no ZIP64).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from records.errors import DocumentError

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END = struct.Struct("<4sHHHHLLH")
_VERSION, _DEFLATED = 20, 8
_UTF8 = 0x800
_TIME, _DATE = 0, 0x21
"""Midnight on 1 January 1980, the first day that a zip can name."""
_MOST = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """A part as it lies in the package: its header with its bytes, and what the directory says of it."""

    stored: bytes
    name: bytes
    facts: tuple[int, ...]

    def entry(self, offset: int) -> bytes:
        """Its line in the central directory; `offset` is where it lies."""
        head = (b"PK\x01\x02", _VERSION, *self.facts, len(self.name), 0, 0, 0, 0, 0, offset)
        return _CENTRAL.pack(*head) + self.name


def member(name: str, data: bytes, level: int = 6) -> Member:
    """A part, deflated at a level of zlib's."""
    called = name.encode()
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    flags = 0 if name.isascii() else _UTF8
    facts = (_VERSION, flags, _DEFLATED, _TIME, _DATE, zlib.crc32(data), len(body), len(data))
    head = _LOCAL.pack(b"PK\x03\x04", *facts, len(called), 0)
    return Member(head + called + body, called, facts)


def packed(members: Iterable[Member]) -> bytes:
    """The package. Raises DocumentError when it would need ZIP64."""
    listed = list(members)
    offsets = [0, *accumulate(len(one.stored) for one in listed)]
    entries = b"".join(one.entry(at) for one, at in zip(listed, offsets, strict=False))
    if offsets[-1] + len(entries) > _MOST or len(listed) > 0xFFFF:
        raise DocumentError("document_too_large", size=offsets[-1])
    end = _END.pack(b"PK\x05\x06", 0, 0, len(listed), len(listed), len(entries), offsets[-1], 0)
    return b"".join([*(one.stored for one in listed), entries, end])
