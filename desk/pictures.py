"""Pictures of kept paper for the screen, drawn in a process of its own, and the last of them kept at hand.

A file on which that process dies, or takes too long, costs an answer and not the desk.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from desk.crew import Crew, Lost
from desk.guard import as_ours
from records.drafts import Box
from records.errors import DanganError, Unreadable

if TYPE_CHECKING:
    from intake.shots import Frame, Shot

SECONDS = 30.0
"""No page takes longer to draw."""
_MOST = 2 * 2**30
"""Bytes that the process may ask of the machine."""
_AT_HAND = 48 * 2**20
"""Bytes of encoded pictures that are kept."""


class Wanted(NamedTuple):
    """A picture that is asked for: of which file and page (from 1), which box, how wide, `png` or `jpg`."""

    file: Path
    page: int
    box: Box | None = None
    width: int = 1600
    kind: str = "png"


class Pictures:
    """Draws pages, one at a time; closed with the desk."""

    def __init__(self, log: Path, seconds: float = SECONDS) -> None:
        """`log` keeps what went wrong unexpectedly."""
        self._crew = Crew(1, draw, log, seconds=seconds)
        self._turn = threading.Lock()
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._size = 0

    def close(self) -> None:
        """Nobody draws any more."""
        with self._turn:
            self._crew.__exit__(None, None, None)

    def warm(self) -> None:
        """Have the process ready that draws: somebody will soon ask for a picture."""
        with suppress(DanganError):
            self._asked("frame", Path(__file__), 1)

    def picture(self, wanted: Wanted) -> bytes:
        """An image file. Raises Unreadable (`no_picture`, `page_not_there`, …), TooLarge."""
        found: bytes = self._asked("picture", *wanted)
        return found

    def frame(self, file: Path, page: int) -> Frame:
        """How a page lies when it is shown. Raises as `picture` does."""
        found: Frame = self._asked("frame", file, page)
        return found

    def _asked(self, *task: Any) -> Any:
        with self._turn:
            if task in self._kept:
                self._kept.move_to_end(task)
                return self._kept[task]
            answer = self._answered(task)
        if isinstance(answer, DanganError):
            raise answer
        return answer

    def _answered(self, task: tuple[Any, ...]) -> Any:
        self._crew.give(task, task)
        answers: list[Any] = []
        while not answers:
            answers = [answer for _, answer in self._crew.answers()]
        answer = answers[0]
        if isinstance(answer, Lost):
            return Unreadable(answer.reason.code, file=task[1].name, **answer.reason.facts)
        if not isinstance(answer, DanganError):
            self._keep(task, answer)
        return answer

    def _keep(self, task: tuple[Any, ...], answer: Any) -> None:
        self._kept[task] = answer
        self._size += _weight(answer)
        while self._size > _AT_HAND:
            _, gone = self._kept.popitem(last=False)
            self._size -= _weight(gone)


def _weight(answer: Any) -> int:
    return len(answer) if isinstance(answer, bytes) else 500


def draw(answer: Callable[[Callable[..., Any]], None], log: Path) -> None:
    """The life of the process that draws."""
    bound_memory()
    from intake import shown

    @lru_cache(maxsize=2)
    def shot(file: Path, page: int) -> Shot:
        return shown.shot(file, page)

    def drawn(what: str, file: Path, page: int, *how: Any) -> Any:
        try:
            return shown.frame(file, page) if what == "frame" else shown.encoded(shot(file, page), *how)
        except Exception as error:
            return as_ours(error, log, file)

    answer(drawn)


def bound_memory() -> None:
    """Bound the memory of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MOST, _MOST))
