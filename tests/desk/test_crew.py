"""The crew: every task gets its answer, whatever becomes of the process that works on it."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing import resource_tracker, util
from pathlib import Path
from typing import Any

import pytest

from desk.crew import Crew, Lost


def work(answer: Callable[[Callable[..., Any]], None], *_: Any) -> None:
    answer(obeyed)


def obeyed(order: str, what: Any = None) -> Any:
    if order == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if order == "die once" and not Path(what).exists():
        Path(what).touch()
        os._exit(3)
    if order == "sleep":
        time.sleep(60)
    return os.getpid() if order == "who" else what


def asked(crew: Crew, *tasks: tuple[Any, ...]) -> dict[int, Any]:
    """The answers of a crew to tasks, by their place."""
    waiting, found = list(enumerate(tasks)), {}
    while len(found) < len(tasks):
        while waiting and crew.has_room:
            crew.give(*waiting.pop(0))
        found |= dict(crew.answers())
    return found


def test_every_task_is_answered_by_one_of_a_few_processes() -> None:
    with Crew(2, work) as crew:
        answers = asked(crew, *[("who",)] * 7)
    assert set(answers) == set(range(7))
    assert len(set(answers.values())) <= 2
    assert os.getpid() not in answers.values()


def test_a_task_that_kills_its_process_twice_is_given_up_and_the_others_go_on() -> None:
    with Crew(2, work) as crew:
        answers = asked(crew, ("say", 1), ("die",), ("say", 2), ("say", 3))
    assert [answers[place] for place in (0, 2, 3)] == [1, 2, 3]
    assert isinstance(answers[1], Lost)
    assert answers[1].reason.code == "reader_crashed"
    assert answers[1].reason.facts["what"] == signal.strsignal(signal.SIGSEGV)


def test_a_task_whose_process_died_of_something_else_is_done_by_the_next(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with Crew(1, work) as crew:
        assert asked(crew, ("die once", trace)) == {0: trace}


def test_a_task_that_takes_too_long_is_given_up() -> None:
    with Crew(1, work) as crew:
        assert asked(crew, ("say", 0)) == {0: 0}  # a process is there, however long it took to start
        crew._seconds = 0.5
        crew.give(0, ("sleep",))
        found = dict(crew.answers())
        crew._seconds = 600
        answers = found | {1: asked(crew, ("say", 1))[0]}
    assert isinstance(answers[0], Lost)
    assert answers[0].reason.code == "reader_too_slow"
    assert answers[1] == 1


def test_a_process_that_grew_too_large_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.crew._LARGEST", 1)
    with Crew(1, work) as crew:
        assert len(set(asked(crew, ("who",), ("who",)).values())) == 2


def test_nobody_is_left_when_the_crew_is_dismissed() -> None:
    with Crew(2, work) as crew:
        pids = set(asked(crew, ("who",), ("who",), ("who",)).values())
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_ctrl_c_waits_until_a_process_has_heard_what_it_is_to_do(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    spawn, over = util.spawnv_passfds, threading.Event()

    def interrupted_spawn(*words: Any) -> int:
        process = spawn(*words)
        if "spawn_main" in str(words):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        return process

    # A shell may have told what it runs in the background to ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    # Another thread hears the signal while the main one does not.
    listener = threading.Thread(target=over.wait)
    listener.start()
    monkeypatch.setattr(util, "spawnv_passfds", interrupted_spawn)
    try:
        with pytest.raises(KeyboardInterrupt), Crew(1, work) as crew:
            crew.give(0, ("say", 1))
    finally:
        over.set()
        signal.signal(signal.SIGINT, before)
    gc.collect()  # the end of the pipe, where the process has not heard all
    time.sleep(1)
    assert "Traceback" not in capfd.readouterr().err


def test_ctrl_c_does_not_reach_the_first_process_that_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    spawn, begun = util.spawnv_passfds, []

    def hit(*words: Any) -> int:
        process = spawn(*words)
        if "spawn_main" in str(words):
            begun.append(process)
            os.kill(process, signal.SIGINT)
        return process

    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]
    monkeypatch.setattr(util, "spawnv_passfds", hit)
    with Crew(1, work) as crew:
        assert asked(crew, ("say", 1)) == {0: 1}
    assert len(begun) == 1
