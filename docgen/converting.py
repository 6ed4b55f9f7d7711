"""Calls of LibreOffice: files come in, files in another format go out; none outlives who asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from records.errors import OfficeFailed, OfficeMissing

_NOT_NEW = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/Product">
<prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>999.9</value></prop>
</item>
</oor:items>
"""
_NEW = MappingProxyType({"user/registrymodifications.xcu": _NOT_NEW.encode()})
"""A new profile, file by file. With nothing in it LibreOffice takes itself for just updated, and tries out
how it draws: a dozen pictures of 64 MB, which takes longer than the work."""
_worn: dict[Path, Mapping[str, bytes]] = {}
"""The profile of each program after its first call, for the next ones to begin with what was set up in it."""


@dataclass(frozen=True)
class Calls:
    """Calls of one program (None: not installed) that run now, from any thread."""

    program: Path | None
    running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    def convert(
        self, how: str, files: Sequence[Path], out: Path, profile: Path, *, seconds: float, asked: str
    ) -> str:
        """Converts files into `out`; returns what LibreOffice said. The profile may be a new one.

        Raises OfficeMissing, and OfficeFailed in the name of the file `asked`
        when it takes longer than so many seconds.
        """
        if not profile.exists():
            _lay_out(profile, _worn.get(self.program or profile, _NEW))
        words = [
            str(self.program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
            "--nolockcheck", "--nodefault", "--nofirststartwizard",
            "--convert-to", how, "--outdir", str(out), *map(str, files),
        ]  # fmt: skip
        with self._started(words) as process:
            try:
                _, said = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise OfficeFailed("office_timeout", file=asked) from error
            finally:
                _stop(process)
        if self.program is not None and process.returncode == 0 and self.program not in _worn:
            _worn[self.program] = _files_of(profile)
        return said.decode("utf-8", "replace").strip()[-400:]

    def end(self) -> None:
        """Stops what runs, and lets nothing more begin."""
        self.ended.set()
        for process in list(self.running):
            _stop(process)

    @contextmanager
    def _started(self, words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        if self.program is None or self.ended.is_set():
            raise OfficeMissing("office_missing")
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise OfficeMissing("office_missing") from error
        self.running.add(process)
        if self.ended.is_set():  # while it started; `end` may have missed it
            _stop(process)
        try:
            with process:
                yield process
        finally:
            self.running.discard(process)


def _lay_out(profile: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        file = profile / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _files_of(profile: Path) -> Mapping[str, bytes]:
    files = [file for file in profile.rglob("*") if file.is_file()]
    return {file.relative_to(profile).as_posix(): file.read_bytes() for file in files}


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and, where there are groups of them, all that it started.

    soffice leaves soffice.bin behind otherwise.
    """
    if not hasattr(os, "killpg"):  # Windows
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
