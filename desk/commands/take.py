"""`dangan take`: files come in, drafts that wait for a clerk lie in the store afterwards.

Each file is kept first, then read, then stored in one transaction; whatever
stops the run, the next one goes on from what is kept but not yet read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import phrases, screen, words
from desk.batch import read_each, worthwhile
from desk.guard import as_ours
from desk.inputs import named_files
from desk.pages_told import form_told, page_told, tell_returns
from desk.progress import advancing
from desk.taking import Outcome, put_away
from desk.workplace import Workplace, open_workplace
from records.archive import Kept
from records.drafts import Draft, Unmatched
from records.errors import AlreadyTaken, StoreError
from records.masking import mask

if TYPE_CHECKING:
    from records.store import Store


@dataclass
class Tally:
    """What came of a run so far."""

    drafts: int = 0
    filed: int = 0
    skipped: int = 0
    failed: int = 0
    seen: set[str] = field(default_factory=set)
    under_way: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Taking:
    """What a run works with."""

    place: Workplace
    store: Store
    engine: str
    tally: Tally


def take(
    files: Annotated[list[Path], typer.Argument(metavar=phrases.PLACE_FILE, help=phrases.TAKE_FILES)],
    engine: Annotated[str, typer.Option("--engine", metavar=phrases.PLACE_ENGINE, help=phrases.ENGINE)] = "",
    processes: Annotated[int, typer.Option("--processes", min=0, help=phrases.PROCESSES)] = 0,
) -> int:
    """Take files into drafts; a bad one is told and set aside, the others go on."""
    place = open_workplace()
    found = list(named_files(files))
    place.engine(engine)  # one that is missing is told before anything is kept
    with place.store() as store:
        taking = Taking(place, store, engine, Tally())
        waiting = store.unread()
        if waiting:
            screen.say(phrases.RESUMED.format(count=len(waiting)))
        if not found and not waiting:
            screen.say(phrases.NOTHING_TO_TAKE, "yellow")
        every = [*(kept.path for kept in waiting), *found]
        with advancing(phrases.TAKING, len(every)) as advance:
            outright = frozenset(path for path in files if not path.is_dir())
            kept = _kept(taking, waiting, found, outright, advance)
            _read_all(taking, kept, processes or worthwhile(every), advance)
    return _summary(taking.tally, len(every))


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kept scan, and the name under which its file came this time."""

    scan: Kept
    called: str


def _kept(
    taking: Taking,
    waiting: Iterable[Kept],
    found: Iterable[Path],
    outright: frozenset[Path],
    advance: Callable[[], None],
) -> Iterator[tuple[_Kept, Path]]:
    """What is to be read: scans kept by a run that was stopped, then each file as it is kept."""
    for scan in waiting:
        taking.tally.under_way.add(scan.sha256)
        yield _Kept(scan, scan.file), scan.path
    for file in found:
        kept = _keep(taking, file, outright=file in outright)
        if kept is None:
            advance()
        else:
            taking.tally.under_way.add(kept.sha256)
            yield _Kept(kept, file.name), kept.path


def _keep(taking: Taking, file: Path, *, outright: bool) -> Kept | None:
    """The file as a kept scan that is to be read; None when it is not, which is told."""
    try:
        kept = taking.store.keep(file)
    except AlreadyTaken as error:
        _skip(taking.tally, error, file, outright)
        return None
    except Exception as error:
        ours = as_ours(error, taking.place.settings.log, file)
        if isinstance(ours, StoreError):
            raise ours from error
        taking.tally.failed += 1
        screen.complain(ours)
        return None
    if kept.file != file.name:
        screen.say(phrases.SAME_CONTENT.format(file=mask(file.name), known=mask(kept.file)))
    if kept.sha256 in taking.tally.under_way:
        taking.tally.skipped += 1
        return None
    return kept


def _read_all(
    taking: Taking, kept: Iterator[tuple[_Kept, Path]], processes: int, advance: Callable[[], None]
) -> None:
    with closing(read_each(kept, taking.place, taking.engine, processes, recalls=True)) as read:
        for one, results in read:
            store_read(taking, one.scan, results, one.called)
            taking.tally.under_way.discard(one.scan.sha256)
            advance()


def _skip(tally: Tally, error: AlreadyTaken, file: Path, outright: bool) -> None:
    """A file that was taken before: refused when it was named, passed over when it lay in a folder."""
    tally.skipped += 1
    if outright and error.facts.get("sha256") not in tally.seen:
        tally.failed += 1
        screen.complain(error)
    else:
        screen.say(phrases.ALREADY_IN_FOLDER.format(file=mask(file.name), known=_known_as(error)))


def _known_as(error: AlreadyTaken) -> str:
    """Under which name the same content was taken, and what came of it."""
    facts = error.facts
    told = [mask(facts["kept_as"])]
    if facts.get("drafts"):
        told.append(phrases.ALREADY_DRAFTS.format(drafts=facts["drafts"]))
    if facts.get("records"):
        told.append(phrases.ALREADY_RECORDS.format(records=facts["records"]))
    return "，".join(told)


def store_read(taking: Taking, kept: Kept, read: Iterable[Draft | Unmatched], called: str = "") -> None:
    """Put away what was read of a kept scan, and tell what became of it. Raises StoreError, EngineMissing.

    `called` is the name under which the file came this time, if another than the first.
    """
    name = mask(called or kept.file)
    taking.tally.seen.add(kept.sha256)
    outcome = put_away(taking.place, taking.store, kept, read)
    taking.tally.skipped += outcome.beaten
    taking.tally.failed += outcome.is_failure
    if outcome.error is not None:
        told = outcome.error.facts | {"file": name}
        screen.say(mask(words.sentence(outcome.error.code, told)), "red")
    elif not outcome.beaten:
        _tell(taking, name, outcome)


def _tell(taking: Taking, name: str, outcome: Outcome) -> None:
    tally, drafts, editions = taking.tally, outcome.drafts, taking.place.editions
    tally.filed += sum(tell_returns(taking.place, name, result) for result in outcome.results)
    tally.drafts += len(drafts)
    for page in outcome.unread:
        screen.say(page_told(name, page), "" if page.is_blank else "yellow")
    if drafts:
        doubtful = sum(len(draft.doubtful) for draft in drafts)
        told = "、".join(map(str, outcome.numbers))
        screen.tell(phrases.TAKEN.format(file=name, count=len(drafts), numbers=told, doubtful=doubtful))
    if len(outcome.results) > 1 or any(draft.origin and len(draft.origin.pages) > 1 for draft in drafts):
        for number, draft in zip(outcome.numbers, drafts, strict=True):
            screen.tell(form_told(number, draft, editions[draft.edition]))
    for draft in drafts:
        screen.tell_findings(screen.page_findings(draft), editions[draft.edition])


def _summary(tally: Tally, files: int) -> int:
    screen.say(
        phrases.TAKE_SUMMARY.format(
            files=files, drafts=tally.drafts, skipped=tally.skipped, failed=tally.failed
        )
    )
    if tally.filed:
        screen.say(phrases.TAKE_FILED.format(count=tally.filed))
    if tally.drafts:
        screen.say(phrases.TAKE_NEXT)
    return words.FAILED if tally.failed else words.OK
