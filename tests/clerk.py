"""A clerk at the command line, for tests: words typed in, status and what was said out.

Also engines that misbehave; they go in by the seam that any engine uses, `--engine module:Class`.
"""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desk.cli import run
from intake.engine import Line, Picture

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "scans" / "samples"


@dataclass(frozen=True)
class Said:
    """What a command answered: its exit code, its result, what it said along the way."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """The result as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines() if line.strip()]


@dataclass(frozen=True)
class Clerk:
    """Somebody who types commands, with a home of their own."""

    home: Path
    patch: pytest.MonkeyPatch
    heard: Callable[[], Any]

    def __call__(self, *words: object, typed: Sequence[str] = ()) -> Said:
        """Type a command; `typed` are the lines given to its questions."""
        self.patch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        self.heard()
        status = run([str(word) for word in words])
        said = self.heard()
        return Said(status, said.out, said.err)


class Crashing:
    """An engine that breaks down on the first picture."""

    name = "crashing"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """Break down."""
        raise RuntimeError("the model fell over while reading 330602196501011234")


class Deadly:
    """An engine that takes its whole process down with the first picture."""

    name = "deadly"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """Die at once, as of a fault in a library."""
        os.kill(os.getpid(), signal.SIGKILL)
        return []


class WithoutRoom:
    """An engine that finds the disk full, as a page cannot be unpacked any more."""

    name = "without-room"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """Find no room."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "page.png")


class Interrupted:
    """An engine during whose work the clerk presses Ctrl-C."""

    name = "interrupted"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """Be interrupted."""
        raise KeyboardInterrupt


class Slow:
    """An engine that takes its time over every picture, and tells by a file that it is at work."""

    name = "slow"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """See nothing, after a while."""
        Path(os.environ["DANGAN_HOME"], f"at-work-{os.getpid()}").touch()
        time.sleep(60)
        return [Line("", 0.0) for _ in crops]


class Blind:
    """An engine that reads nothing at all; enough for digital forms."""

    name = "blind"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """Give an empty line for each crop."""
        return [Line("", 0.0) for _ in crops]
