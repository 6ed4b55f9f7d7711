"""Pages that came as pictures of their own: the pictures come in, one PDF of them lies there afterwards.

It is made in a process of its own, since nobody knows what a file from outside holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desk.crew import Crew, Lost
from desk.guard import as_ours
from desk.pictures import bound_memory
from records.errors import DanganError, Unreadable

SECONDS = 60.0
"""No stack takes longer."""


def staple(pictures: Sequence[tuple[Path, str]], target: Path, log: Path) -> None:
    """The pictures, with the names they came by, as one PDF in their order; see `docgen.enclosures.staple`.

    Raises Unreadable, TooLarge; what went wrong unexpectedly is kept in `log`.
    """
    answers: list[Any] = []
    with Crew(1, _work, log, seconds=SECONDS) as crew:
        crew.give("stack", (tuple(pictures), target))
        while not answers:
            answers = [answer for _, answer in crew.answers()]
    [answer] = answers
    if isinstance(answer, Lost):
        raise Unreadable(answer.reason.code, file=pictures[0][1], **answer.reason.facts)
    if isinstance(answer, DanganError):
        raise answer


def _work(answer: Callable[[Callable[..., Any]], None], log: Path) -> None:
    """The life of the process that binds."""
    bound_memory()
    from docgen import enclosures

    def stapled(pictures: Sequence[tuple[Path, str]], target: Path) -> Any:
        try:
            return enclosures.staple(pictures, target)
        except Exception as error:
            return as_ours(error, log, pictures[0][1])

    answer(stapled)
