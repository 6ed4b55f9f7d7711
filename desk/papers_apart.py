"""Papers read apart: files of medical cases come in one by one, each is read in a process of its own.

Whatever a file does to the process that reads it, the desk goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk.crew import Crew, Lost
from desk.guard import as_ours
from desk.settings import Settings, calm_outside_programs
from desk.workplace import Workplace
from records.errors import DanganError, IntakeError, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from records.proposals import Proposal

SECONDS = 180.0
"""No file of papers takes longer."""
_PATIENCE = 0.5
"""Seconds after which somebody who waits looks whether the paper is still wanted."""
Read = Callable[[str, Path], "list[Proposal]"]


class Stopped(Exception):
    """Nobody wants the paper read any more."""


@contextmanager
def reader_apart(place: Workplace, wanted: Callable[[], bool]) -> Iterator[Read]:
    """A process that reads papers, begun with the first; gone at the end.

    Reading raises Stopped soon after papers are no longer `wanted`.
    """
    with Crew(1, _work, place.settings, seconds=SECONDS, patience=_PATIENCE) as crew:
        yield partial(_read_apart, crew, wanted)


def check_file(file: Path, called: str) -> None:
    """Whether a file is of a kind that a paper can be; it is named `called`. Raises IntakeError."""
    from intake.files import open_scan

    try:
        open_scan(file)
    except IntakeError as error:
        raise type(error)(error.code, **{**error.facts, "file": called}) from error


def _read_apart(crew: Crew, wanted: Callable[[], bool], edition: str, file: Path) -> list[Proposal]:
    """What seems to stand on the papers of a file. Raises Stopped, IntakeError, EngineMissing …"""
    crew.give(file, (edition, file))
    answers: list[Any] = []
    while not answers:
        if not wanted():
            raise Stopped
        answers = [answer for _, answer in crew.answers()]
    [answer] = answers
    if isinstance(answer, Lost):
        raise Unreadable(answer.reason.code, file=file.name, **answer.reason.facts)
    if isinstance(answer, DanganError):
        raise answer
    found: list[Proposal] = answer
    return found


def _work(answer: Callable[[Callable[..., Any]], None], settings: Settings) -> None:
    from intake.threads import use_one_thread

    use_one_thread()
    calm_outside_programs()
    place = Workplace(settings)

    @cache
    def engine() -> Any:
        return place.engine()

    answer(partial(_read, place, engine))


def _read(place: Workplace, engine: Callable[[], Any], edition: str, file: Path) -> Any:
    """What a file gave; what went wrong is an answer, too."""
    from intake import pieces  # noqa: F401 - lets facts travel between processes
    from intake.papers import read_papers
    from records.medical_aid import medical_aid

    try:
        read = read_papers(file, medical_aid(place.editions[edition]), engine(), place.to_docx)
        return [replace(one, facts=dict(one.facts)) for one in read]
    except Exception as error:
        return as_ours(error, place.settings.log, file)
