"""Changes: whoever changes a thing tells its name, from any thread; who watches hears it in an event loop."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_REMEMBERED = 5000
_LONGEST = 20
"""Figures of a mark: what is longer was never given."""


class Changes:
    """The last changes in order. A mark names a place among them, for whoever looked away since."""

    def __init__(self) -> None:
        self.is_over = False
        self._run = secrets.token_hex(4)
        self._told: deque[str] = deque(maxlen=_REMEMBERED)
        self._count = 0
        self._ears: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = threading.Lock()

    @property
    def mark(self) -> str:
        """The place after the last change."""
        return f"{self._run}-{self._count}"

    def tell(self, *names: str) -> None:
        """These things changed."""
        with self._lock:
            self._told.extend(names)
            self._count += len(names)
        self._ring()

    def end(self) -> None:
        """Nothing more will come: whoever watches may go."""
        self.is_over = True
        self._ring()

    def begin(self) -> None:
        """Something may come again."""
        self.is_over = False

    def since(self, mark: str) -> list[str] | None:
        """What changed after a mark, each once; None when that is too long ago to know."""
        run, _, count = mark.partition("-")
        with self._lock:
            known = count.isdecimal() and len(count) < _LONGEST
            behind = self._count - int(count) if known else -1
            if run != self._run or not 0 <= behind <= len(self._told):
                return None
            return list(dict.fromkeys(list(self._told)[len(self._told) - behind :]))

    @contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """An event of the running loop that is set with every change."""
        ear = (asyncio.get_running_loop(), asyncio.Event())
        self._ears.add(ear)
        try:
            yield ear[1]
        finally:
            self._ears.discard(ear)

    def _ring(self) -> None:
        for loop, event in tuple(self._ears):
            with suppress(RuntimeError):  # a loop that has ended hears nothing
                loop.call_soon_threadsafe(event.set)
