"""Batches: many files come in, what each of them gave goes out in the same order, with all cores at work.

Pages are the tasks, so that a long PDF is read as quickly as many pictures. A
few files ahead of the oldest unfinished one are under way, no more: memory
stays flat, and a batch that is stopped has little in hand. A page on which a
process dies is set aside with its reason.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from desk.crew import Crew, Lost, cores
from desk.guard import as_ours
from desk.settings import Settings, calm_outside_programs
from desk.workplace import Workplace
from records.drafts import Draft, Unmatched
from records.errors import DanganError, Unreadable
from records.known import Known

if TYPE_CHECKING:
    from intake.files import Page, Scan
    from intake.pieces import Found
    from intake.returned import Recall
    from intake.view import View

_WORTH = 4
"""From so many pages on, starting processes takes less time than it saves."""
_MOMENT = 0.5
"""Seconds after which whoever reads without an end is heard again."""
_AHEAD = 2
"""Files under way for each process."""

Results = Iterator[Draft | Unmatched]
T = TypeVar("T")


def read_each(
    items: Iterable[tuple[T, Path]],
    place: Workplace,
    engine: str = "",
    processes: int = 1,
    watch: Callable[[Path, View], None] | None = None,
    recalls: bool = False,
) -> Generator[tuple[T, Results], None, None]:
    """Each item with what its file gave, in order; taking the results raises what is wrong with the file.

    Items are taken from their source only a few ahead of what came out; with
    one process each is read here, and only when its results are asked for.
    `watch` is shown how each pictured page was understood, and only here. With
    `recalls` the archive is asked of sheets with a code.
    """
    if processes == 1 or watch:
        yield from _one_by_one(items, place, engine, watch, recalls)
        return
    known = dict(place.known)
    named = engine or place.settings.engine
    with Crew(processes, _work, place.settings, named, known, recalls) as crew:
        yield from _in_order(iter(items), crew, place)


def read_apart(
    more: Callable[[], tuple[T, Path] | None],
    place: Workplace,
    processes: int,
    tell: Callable[[T, int, int], None],
) -> Generator[tuple[T, Results] | None, None, None]:
    """Each item that `more` gives with what its file gave, as soon as that is known; it has no end.

    Everything is read in processes of its own, even by one. The files under
    way take turns. None comes out whenever there is nothing to hand out now,
    so that whoever asks may do something else, or stop. `tell` hears how many
    of an item's pages are done, and how many there are.
    """
    settings, known = place.settings, dict(place.known)
    with Crew(processes, _work, settings, settings.engine, known, True, patience=_MOMENT) as crew:
        under_way: list[_File[T]] = []
        while True:
            while len(under_way) < _AHEAD * crew.size and (item := more()) is not None:
                under_way.append(_File(*item))
            _give(sorted(under_way, key=lambda file: file.sent), crew)
            for (file, page), answer in crew.answers() if under_way else ():
                file.take(page, answer)
                tell(file.item, len(file.found), len(file.pages))
            for done in [file for file in under_way if file.is_done]:
                under_way.remove(done)
                yield done.item, done.results(place)
            yield None


def worthwhile(files: Sequence[Path]) -> int:
    """How many processes are worth starting for so many files: 1 to read them here."""
    return cores() if _are_many(files) else 1


def _are_many(files: Sequence[Path]) -> bool:
    if len(files) >= _WORTH:
        return True
    from intake.threads import page_count

    return sum(page_count(file) for file in files) >= _WORTH


def _one_by_one(
    items: Iterable[tuple[T, Path]],
    place: Workplace,
    engine: str,
    watch: Callable[[Path, View], None] | None,
    recalls: bool,
) -> Iterator[tuple[T, Results]]:
    from intake.reading import read_file

    reader = place.engine(engine)
    for item, file in items:
        shown = partial(watch, file) if watch else None
        recall = place.recall if recalls else None
        read = read_file(
            file,
            place.editions,
            reader,
            place.to_docx,
            shown,
            place.budget,
            known=place.known,
            recall=recall,
        )
        yield item, iter(read)


@dataclass(slots=True)
class _File(Generic[T]):
    """A file under way: its pages and what they gave so far, or what is wrong with it."""

    item: T
    path: Path
    begun: bool = False
    scan: Scan | None = None
    pages: list[Page] = field(default_factory=list)
    sent: int = 0
    found: dict[int, tuple[Found, ...] | DanganError] = field(default_factory=dict)
    wrong: DanganError | None = None

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come."""
        opened = self.scan is not None and len(self.found) == len(self.pages)
        return self.wrong is not None or opened

    def next_task(self) -> tuple[int | None, tuple[Any, ...]] | None:
        """The next of the file's tasks and the number of its page; None when there is none to give yet."""
        if not self.begun:
            self.begun = True
            return None, ("open", self.path)
        if self.sent == len(self.pages):
            return None
        self.sent += 1
        return self.sent - 1, ("read", self.path, self.pages[self.sent - 1])

    def take(self, page: int | None, answer: Any) -> None:
        """What came back for one of the file's tasks."""
        if page is None:
            self._opened(answer)
        elif isinstance(answer, Lost):
            from intake.pieces import Found

            self.found[page] = (Found((self.pages[page].number,), answer.reason),)
        else:
            self.found[page] = answer

    def _opened(self, answer: Any) -> None:
        if isinstance(answer, DanganError):
            self.wrong = answer
        elif isinstance(answer, Lost):
            self.wrong = Unreadable(answer.reason.code, file=self.path.name, **answer.reason.facts)
        else:
            self.scan, self.pages = answer

    def results(self, place: Workplace) -> Results:
        """The forms of the file, as far as it could be read; raises what is wrong with it then."""
        from intake.reading import forms_of

        if self.wrong is not None or self.scan is None:
            raise self.wrong or Unreadable(file=self.path.name)
        yield from forms_of(self._up_to_error(), self.scan, place.editions, place.budget)
        for found in self._pages_in_order():
            if isinstance(found, DanganError):
                raise found

    def _up_to_error(self) -> Iterator[Found]:
        for found in self._pages_in_order():
            if isinstance(found, DanganError):
                return
            yield from found

    def _pages_in_order(self) -> Iterator[tuple[Found, ...] | DanganError]:
        return (self.found[page] for page in range(len(self.pages)))


def _in_order(items: Iterator[tuple[T, Path]], crew: Crew, place: Workplace) -> Iterator[tuple[T, Results]]:
    under_way: deque[_File[T]] = deque()
    while True:
        while len(under_way) < _AHEAD * crew.size and (item := next(items, None)) is not None:
            under_way.append(_File(*item))
        if not under_way:
            return
        if under_way[0].is_done:
            done = under_way.popleft()
            yield done.item, done.results(place)
            continue
        _give(under_way, crew)
        for (file, page), answer in crew.answers():
            file.take(page, answer)


def _give(under_way: Iterable[_File[T]], crew: Crew) -> None:
    """Begin as many tasks as there is room for, those of the oldest files first."""
    for file in under_way:
        while crew.has_room and (task := file.next_task()) is not None:
            page, asked = task
            crew.give((file, page), asked)


def _work(
    answer: Callable[[Callable[..., Any]], None],
    settings: Settings,
    engine: str,
    known: Known,
    recalls: bool = False,
) -> None:
    """What a process of a batch does: opens files, reads pages; it asks the store of codes only."""
    from intake.threads import use_one_thread

    use_one_thread()
    calm_outside_programs()
    place = Workplace(settings)
    answer(partial(_answered, place, _Loaded(engine), known, place.recall if recalls else None))


class _Loaded:
    """The engine, loaded with the first page of this process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._engine: Any = None

    def __call__(self) -> Any:
        from desk.engines import load_engine

        self._engine = self._engine or load_engine(self._name, threads=1)
        return self._engine


def _answered(
    place: Workplace,
    engine: Callable[[], Any],
    known: Known,
    recall: Recall | None,
    asked: str,
    file: Path,
    *page: Any,
) -> Any:
    """The answer to a task; what went wrong is an answer, too."""
    try:
        return _opened(place, file) if asked == "open" else _read(place, engine, known, recall, page[0])
    except Exception as error:
        return as_ours(error, place.settings.log, file)


def _opened(place: Workplace, file: Path) -> tuple[Scan, list[Page]]:
    from intake.files import open_scan, pages

    scan = open_scan(file)
    return scan, list(pages(scan, place.to_docx))


def _read(
    place: Workplace, engine: Callable[[], Any], known: Known, recall: Recall | None, page: Page
) -> tuple[Found, ...]:
    from intake.reading import read_page

    return read_page(page, place.editions, engine(), known=known, recall=recall)
