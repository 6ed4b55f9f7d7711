"""The crew: tasks go to processes of their own, answers come back; one that dies takes only its task along.

Each process works with one thread. It begins as a copy of one that has loaded the libraries already,
where the system lends itself to that; it loads its models with its first page, takes one task at a
time, and is replaced when it has grown too large.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from desk.settings import calm_libraries, move_to, same_modules, surroundings
from records.findings import Reason

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

_SECONDS = 600.0
"""No page takes longer, on the slowest machine and with the slowest engine."""
_TRIES = 2
"""A process may have died of another's hunger for memory: its task gets a second one."""
_LARGEST = 900 * 2**20
"""Bytes of memory at which a process is replaced after its task."""
_READY = "desk.ready"
"""The module with all that is worth loading once for every process."""

_turn = threading.Lock()
"""Of threads that begin processes, which has this program's surroundings be others for a moment."""

Task = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A task that no process survived, or that took too long: why."""

    reason: Reason


@dataclass(slots=True, eq=False)
class _Member:
    """A process at work; `task` is None while it waits, `key` is the asker's own name for the task."""

    process: BaseProcess
    pipe: Connection
    key: Any = None
    task: Task | None = None
    tries: int = 0
    until: float = 0.0


class Crew:
    """Processes that answer tasks; a context manager, at whose end all of them are gone."""

    def __init__(
        self,
        size: int,
        work: Callable[..., None],
        *known: Any,
        seconds: float = _SECONDS,
        patience: float = _SECONDS,
    ) -> None:
        """`work(answer, *known)` runs in each process and hands `answer` a function from task to answer.

        After `patience` seconds without an answer the asker is told that there is none yet.
        """
        self.size = size
        self._work, self._known, self._seconds, self._patience = work, known, seconds, patience
        self._members: list[_Member] = []
        self._again: list[tuple[Any, Task, int]] = []

    def __enter__(self) -> Self:
        """Processes start with the tasks."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nobody outlives the batch."""
        for member in self._members:
            member.process.kill()
        for member in self._members:
            member.process.join()
            member.pipe.close()

    @property
    def has_room(self) -> bool:
        """Whether another task can be begun now."""
        return self._free > len(self._again)

    @property
    def _free(self) -> int:
        return self.size - sum(member.task is not None for member in self._members)

    def give(self, key: Any, task: Task) -> None:
        """Begin a task; only when there is room."""
        self._start(key, task, 1)

    def answers(self) -> Iterator[tuple[Any, Any]]:
        """Wait for the first answers, each with its task's key: what the task gave, or Lost.

        None when patience ends first.
        """
        busy = {member.pipe: member for member in self._members if member.task is not None}
        until = min((member.until for member in busy.values()), default=0.0)
        ready = wait(list(busy), min(self._patience, max(0.0, until - time.monotonic())))
        for pipe in ready:
            yield from self._heard(busy[pipe])  # type: ignore[index]
        for member in busy.values():
            if member.task is not None and member.pipe not in ready and time.monotonic() >= member.until:
                yield member.key, self._too_slow(member)
        while self._again and self._free:
            self._start(*self._again.pop())

    def _start(self, key: Any, task: Task, tries: int) -> None:
        member = next((one for one in self._members if one.task is None), None) or self._hired()
        member.key, member.task, member.tries = key, task, tries
        member.until = time.monotonic() + self._seconds
        # One that died while it waited is told by the end of its pipe.
        with suppress(BrokenPipeError, ConnectionResetError):
            member.pipe.send(task)

    def _hired(self) -> _Member:
        with _without_interrupts():
            context, told = _beginning()
            ours, theirs = context.Pipe()
            known = (theirs, told, self._work, self._known)
            process = context.Process(target=_run, args=known, daemon=True)
            member = _Member(process, ours)
            process.start()
            self._members.append(member)
        theirs.close()
        return member

    def _heard(self, member: _Member) -> Iterator[tuple[Any, Any]]:
        try:
            answer, size = member.pipe.recv()
        except (EOFError, OSError):
            yield from self._died(member)
            return
        yield member.key, answer
        member.task = None
        if size > _LARGEST:
            self._dismiss(member)

    def _died(self, member: _Member) -> Iterator[tuple[Any, Any]]:
        self._dismiss(member)
        if member.task is not None and member.tries < _TRIES:
            self._again.append((member.key, member.task, member.tries + 1))
            return
        code = member.process.exitcode or 0
        what = signal.strsignal(-code) if code < 0 else str(code)
        yield member.key, Lost(Reason("reader_crashed", MappingProxyType({"what": str(what)})))

    def _too_slow(self, member: _Member) -> Lost:
        self._dismiss(member)
        return Lost(Reason("reader_too_slow", MappingProxyType({"seconds": str(round(self._seconds))})))

    def _dismiss(self, member: _Member) -> None:
        self._members.remove(member)
        member.process.kill()
        member.process.join()
        member.pipe.close()


def _beginning() -> tuple[ForkServerContext | SpawnContext, Mapping[str, str]]:
    """How processes begin, and in which surroundings: as copies of one in which nothing runs yet."""
    with _turn:
        told = surroundings()
        if sys.platform != "linux":  # elsewhere a library may not outlive being copied, or nothing can be
            return get_context("spawn"), told
        from multiprocessing import forkserver

        context = get_context("forkserver")
        context.set_forkserver_preload([_READY])
        with same_modules():
            forkserver.ensure_running()
    return context, told


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Ctrl-C waits: a process that begins would die with a trace, of it or of what it was not told."""
    heard: list[int] = []
    with _deaf_heirs(), _later(heard.append):
        yield
    if heard:
        signal.raise_signal(signal.SIGINT)


@contextmanager
def _deaf_heirs() -> Iterator[None]:
    """A process that begins meanwhile inherits that Ctrl-C is not for it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it begins with the first process, and then lets Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _later(heard: Callable[[int], None]) -> Iterator[None]:
    """A blocked signal still reaches this program through a library's thread, so it is only taken down."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda number, _frame: heard(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def cores() -> int:
    """How many processors this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(
    pipe: Connection, told: Mapping[str, str], work: Callable[..., None], known: tuple[Any, ...]
) -> None:
    """A process's life: tasks in, answers out, until the pipe ends with whoever holds the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked
    move_to(told)  # the one that this is a copy of may have begun in other surroundings
    calm_libraries()

    def answer(task_to_answer: Callable[..., Any]) -> None:
        while True:
            try:
                task = pipe.recv()
            except EOFError:
                return
            pipe.send((task_to_answer(*task), _memory()))

    work(answer, *known)


def _memory() -> int:
    """Bytes of memory that this process holds now; 0 where the system does not say."""
    try:
        numbers = Path("/proc/self/statm").read_text(encoding="ascii")
        return int(numbers.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
