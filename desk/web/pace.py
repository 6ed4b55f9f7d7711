"""The pace: who asks and how often comes in, how long to wait goes out (token buckets, in memory).

Work at a desk is never slowed down; a program that asks without pause is, and somebody who guesses
passwords soon waits long.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

MOST_KEYS = 10_000
"""So many askers are remembered; the one that was silent longest is forgotten first."""
WRONG_MOST, WRONG_WHILE = 10, 15 * 60.0
"""So many wrong passwords from one address within so many seconds, and the address waits."""


@dataclass
class Buckets:
    """A bucket for each asker: holds `burst` requests, filled again by `rate` a second."""

    rate: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _levels: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, asker: str) -> float:
        """Take one request out; seconds to wait when the bucket is empty, else 0."""
        with self._lock:
            now = self.clock()
            level, then = self._levels.pop(asker, (self.burst, now))
            level = min(self.burst, level + (now - then) * self.rate)
            self._levels[asker] = (level - 1 if level >= 1 else level, now)
            if len(self._levels) > MOST_KEYS:
                self._levels.popitem(last=False)
            return 0.0 if level >= 1 else (1 - level) / self.rate


@dataclass
class Wrong:
    """Wrong passwords by address."""

    clock: Callable[[], float] = time.monotonic
    _when: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, address: str) -> float:
        """Seconds for which the address may not try again; 0 when it may."""
        with self._lock:
            when = self._when.get(address)
            if when is None or len(when) < WRONG_MOST:
                return 0.0
            return max(0.0, when[0] + WRONG_WHILE - self.clock())

    def add(self, address: str) -> None:
        """One more wrong password."""
        with self._lock:
            when = self._when.setdefault(address, deque(maxlen=WRONG_MOST))
            when.append(self.clock())
            self._when.move_to_end(address)
            if len(self._when) > MOST_KEYS:
                self._when.popitem(last=False)


@dataclass
class Pace:
    """What everybody may ask in a while: those who are signed in, strangers, and those at the door."""

    inside: Buckets = field(default_factory=lambda: Buckets(50, 600))
    strangers: Buckets = field(default_factory=lambda: Buckets(30, 600))
    door: Buckets = field(default_factory=lambda: Buckets(0.5, 30))
    wrong: Wrong = field(default_factory=Wrong)
    _known: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def know(self, mark: str) -> None:
        """A secret (its fingerprint) that was found to be somebody's."""
        with self._lock:
            self._known[mark] = None
            self._known.move_to_end(mark)
            if len(self._known) > MOST_KEYS:
                self._known.popitem(last=False)

    def forget(self, mark: str) -> None:
        """A secret that lets nobody in any more."""
        with self._lock:
            self._known.pop(mark, None)

    def wait(self, mark: str, address: str) -> float:
        """Seconds that a request has to wait: counted for its secret when that is known, else by address."""
        return self.inside.wait(mark) if mark in self._known else self.strangers.wait(address)
