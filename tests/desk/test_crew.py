"""The crew: every task gets its answer, whatever becomes of the process that works on it."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from multiprocessing import forkserver, get_context, resource_tracker, util
from pathlib import Path
from typing import Any

import pytest

from desk.crew import Crew, Lost, _beginning


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
    if order == "sleep a moment":
        time.sleep(0.5)
    if order == "loaded":
        return getattr(sys.modules.get(what), "__file__", None)
    if order == "threads of whom it copies":
        return len(list(Path(f"/proc/{os.getppid()}/task").iterdir()))
    if order == "surroundings":
        return os.environ.get(what)
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


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Processes begin as if none had begun before, and what they are copies of has loaded next to nothing."""
    monkeypatch.setattr("desk.crew._READY", "graphlib")
    first = forkserver.ForkServer()
    monkeypatch.setattr(forkserver, "_forkserver", first)
    for name in ("ensure_running", "connect_to_new_process", "set_forkserver_preload"):
        monkeypatch.setattr(forkserver, name, getattr(first, name))
    yield
    gc.collect()
    first._stop()  # type: ignore[attr-defined]


def from_nothing(monkeypatch: pytest.MonkeyPatch) -> tuple[object, str]:
    """Each process begins from nothing, as where none can be copied."""
    monkeypatch.setattr("desk.crew._beginning", lambda: (get_context("spawn"), dict(os.environ)))
    return util, "spawnv_passfds"


def the_one_that_is_copied(_: pytest.MonkeyPatch) -> tuple[object, str]:
    return util, "spawnv_passfds"


def a_copy(_: pytest.MonkeyPatch) -> tuple[object, str]:
    return forkserver, "connect_to_new_process"


Begins = Callable[[pytest.MonkeyPatch], tuple[object, str]]


@pytest.mark.parametrize("begins", [from_nothing, the_one_that_is_copied, a_copy])
@pytest.mark.usefixtures("anew")
def test_ctrl_c_waits_until_a_process_has_heard_what_it_is_to_do(
    begins: Begins, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    where, name = begins(monkeypatch)
    begin, over = getattr(where, name), threading.Event()

    def interrupted(*words: Any) -> Any:
        process = begin(*words)
        if "resource_tracker" not in str(words):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        return process

    # A shell may have told what it runs in the background to ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    # Another thread hears the signal while the main one does not.
    listener = threading.Thread(target=over.wait)
    listener.start()
    monkeypatch.setattr(where, name, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt), Crew(1, work) as crew:
            crew.give(0, ("say", 1))
    finally:
        over.set()
        signal.signal(signal.SIGINT, before)
    gc.collect()  # the end of the pipe, where the process has not heard all
    time.sleep(1)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("begins", [from_nothing, the_one_that_is_copied])
@pytest.mark.usefixtures("anew")
def test_ctrl_c_does_not_reach_the_first_process_that_begins(
    begins: Begins, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name = begins(monkeypatch)
    begin, begun = getattr(where, name), []

    def hit(*words: Any) -> int:
        process: int = begin(*words)
        if "resource_tracker" not in str(words):
            begun.append(process)
            os.kill(process, signal.SIGINT)
        return process

    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]
    monkeypatch.setattr(where, name, hit)
    with Crew(1, work) as crew:
        assert asked(crew, ("say", 1)) == {0: 1}
    assert len(begun) == 1


def test_a_copy_does_not_hear_ctrl_c_either() -> None:
    with Crew(1, work) as crew:
        crew.give(0, ("sleep a moment",))
        os.kill(crew._members[0].process.pid or 0, signal.SIGINT)
        assert dict(crew.answers()) == {0: None}


def test_a_process_begins_in_the_surroundings_of_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    for told in ("one", "other"):
        monkeypatch.setenv("DANGAN_USER", told)
        with Crew(1, work) as crew:
            assert asked(crew, ("surroundings", "DANGAN_USER")) == {0: told}


@pytest.mark.usefixtures("anew")
def test_what_is_copied_loads_nothing_from_where_the_program_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "graphlib.py").write_text(f"open({str(tmp_path / 'loaded')!r}, 'x')")
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    with Crew(1, work) as crew:
        found = asked(crew, ("loaded", "graphlib"))[0]
    assert found is not None and not found.startswith(str(tmp_path))
    assert not (tmp_path / "loaded").exists()
    assert dict(os.environ) == before


def test_where_processes_cannot_be_copied_each_begins_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert _beginning()[0].get_start_method() == "spawn"


def test_a_process_begins_with_what_it_needs_loaded() -> None:
    there = find_spec("intake.reading")
    with Crew(1, work) as crew:
        assert there is not None and asked(crew, ("loaded", "intake.reading"))[0] == there.origin


def test_what_is_copied_runs_nothing_beside_itself() -> None:
    with Crew(1, work) as crew:
        assert asked(crew, ("threads of whom it copies",)) == {0: 1}


def test_the_death_of_the_one_that_is_copied_costs_nothing(anew: None) -> None:
    with Crew(1, work) as crew:
        assert asked(crew, ("say", 1)) == {0: 1}
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
        assert asked(crew, ("say", 2)) == {0: 2}
        answers = asked(crew, ("die",), ("say", 3))
    assert isinstance(answers[0], Lost) and answers[1] == 3
