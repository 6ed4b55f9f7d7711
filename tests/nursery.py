"""A nursery: a process that has loaded the program; others are forked from it and begin at once.

Loading takes seconds each time, and a journey looks at what the program does afterwards. What is forked is
a process like any other: it may be killed, told to end, and ends as Python ends. How the command starts by
itself is looked at by the journey of the first start and with the office network; how processes that read
are started, by the tests of the crew.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = (
    "desk.ready",  # the first: it sees to it that libraries start no threads
    *("desk.batch", "desk.cli", "desk.engines", "desk.papers_apart", "desk.pictures"),
    *("desk.web.app", "desk.web.lan", "desk.web.serving", "uvicorn.lifespan.on", "uvicorn.loops.asyncio"),
    *("docgen.codes", "docgen.documents", "docgen.office", "docgen.packet", "docgen.picture"),
    "records.figures",
)
Life = Callable[[], object]


class Child:
    """A process of the nursery."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self.exitcode: int | None = None
        self._nursery = nursery

    def poll(self) -> int | None:
        """How it ended; None while it lives."""
        if self.exitcode is None:
            self.exitcode = self._nursery.ended(self.pid)
        return self.exitcode

    def wait(self, seconds: float = 20) -> int:
        """How it ended, in time."""
        until = time.monotonic() + seconds
        while (code := self.poll()) is None:
            assert time.monotonic() < until, "it did not end"
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Tell it something, while it is there."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Nursery:
    """Whoever asks a nursery, by a pipe to it."""

    def __init__(self, pipe: Connection, pid: int) -> None:
        self._pipe, self._pid = pipe, pid
        self._turn = threading.Lock()

    def born(self, life: Callable[..., object], *known: object, file: int) -> Child:
        """A process that does `life(file, *known)` and ends; `file` is a descriptor that it gets."""
        with self._turn:
            self._pipe.send((life, known))
            send_handle(self._pipe, file, self._pid)
            return Child(self, self._pipe.recv())

    def ended(self, pid: int) -> int | None:
        """How a child ended; None while it lives."""
        with self._turn:
            self._pipe.send((None, pid))
            code: int | None = self._pipe.recv()
            return code


def nurse(pipe: Connection) -> Life:
    """Fork whom the other end of the pipe asks for; comes back with whoever was forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            life, known = pipe.recv()
        except (EOFError, ConnectionResetError):
            os._exit(0)
        if life is None:
            pid, status = os.waitpid(known, os.WNOHANG)
            pipe.send(os.waitstatus_to_exitcode(status) if pid else None)
            continue
        file = recv_handle(pipe)
        pid = os.fork()
        if not pid:
            pipe.close()
            return partial(life, file, *known)
        os.close(file)
        pipe.send(pid)


@cache
def nursery() -> Nursery:
    """The nursery of this process, which ends with it."""
    ours, theirs = Pipe()
    program = f"from tests.nursery import main; main({theirs.fileno()})"
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, pass_fds=[theirs.fileno()])
    theirs.close()

    @atexit.register
    def end() -> None:
        ours.close()
        process.wait(20)

    return Nursery(ours, process.pid)


def main(file: int) -> None:
    """The program of the nursery, and then of each of its children."""
    _load()
    nurse(Connection(file))()


def _load() -> None:
    """All that the desk and those who read for it will load; it starts no threads."""
    for name in PROGRAM:
        import_module(name)
    from records.pinyin import readings
    from records.store import Store
    from tests.remembering import remember

    readings("王")
    _work_out_pages()
    remember()
    with TemporaryDirectory() as folder, Store.open(Path(folder)):
        pass


def _work_out_pages() -> None:
    """What the first request would have to wait for."""
    from desk.web import app, paper

    for name in paper.environment().list_templates():
        paper.environment().get_template(name)
    asked = {"type": "http", "method": "GET", "path": "/nowhere", "root_path": "", "headers": []}
    for route in app.create_app(None).routes:  # type: ignore[arg-type]
        route.matches(asked)


# --- a desk


def start_desk(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[Child, IO[str]]:
    """`dangan desk` in a group of processes of its own, and what it says."""
    said, saying = os.pipe()
    child = nursery().born(_desk, tuple(arguments), dict(environment), file=saying)
    os.close(saying)
    return child, os.fdopen(said, encoding="utf-8")


def _desk(saying: int, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    import desk.cli
    import desk.crew
    from desk.settings import move_to, surroundings

    os.setsid()
    os.dup2(saying, 1)
    os.close(saying)
    move_to(environment)
    ours, theirs = Pipe()
    pid = os.fork()
    if not pid:
        ours.close()
        nurse(theirs)()
        return
    theirs.close()
    hiring = Hiring(Nursery(ours, pid))
    desk.crew._beginning = lambda: (hiring, surroundings())  # type: ignore[assignment, return-value]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["dangan", "desk", *arguments]
    desk.cli.main()


# --- those who read for it


class Hiring:
    """Starts processes for a crew, as a context of `multiprocessing` does."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery

    Pipe = staticmethod(Pipe)

    def Process(self, target: Callable[..., object], args: tuple[Any, ...], daemon: bool) -> Hired:  # noqa: N802
        return Hired(self._nursery, target, args)


class Hired:
    """A process of a crew."""

    def __init__(self, nursery: Nursery, target: Callable[..., object], args: tuple[Any, ...]) -> None:
        self._nursery, self._target, self._args = nursery, target, args
        self._child: Child | None = None

    def start(self) -> None:
        pipe, *known = self._args
        self._child = self._nursery.born(_work, self._target, *known, file=pipe.fileno())

    def kill(self) -> None:
        assert self._child is not None
        self._child.send_signal(signal.SIGKILL)

    def join(self) -> None:
        assert self._child is not None
        self._child.wait()

    @property
    def exitcode(self) -> int | None:
        assert self._child is not None
        return self._child.poll()


def _work(file: int, target: Callable[..., object], *known: object) -> None:
    target(Connection(file), *known)
