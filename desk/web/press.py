"""The press: documents are made in the background, and whoever asked for them alone gets them.

Any page may have something made:

    job = visit.site.press.make(visit, title, work, total)
    return visit.go(job.path)

`work` runs in a thread of its own with the job and gives the files that it made
in `job.folder`. It works at `job.place`, where the visitor is the user and where
LibreOffice has its turn: however many jobs there are, one call of it runs at a
time. It calls `job.tell` for what a clerk should know, `job.advance` for each
thing done, and notes in `job.revisions` of which records, at which revision, the
files are. The page of a job shows its progress, its files and their pages.

Documents hold people's data: they lie in a folder below the home that only its
owner may enter, are gone an hour after they were made, when their session
signs out, and when the desk starts or stops.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from desk import words
from desk.guard import as_ours
from desk.lists_made import WrongWish
from desk.workplace import Workplace
from records.database import make_private
from records.errors import DanganError, Refused

if TYPE_CHECKING:
    from desk.web.visit import Visit
    from docgen.office import Office

KEPT = 3600.0
"""Seconds that finished documents are kept."""
AT_ONCE = 2
"""Jobs that run at a time; the others wait."""
WAITING_EACH = 5
"""Jobs of one person that may wait or run."""
WIDTHS = (480, 800, 1240, 1800)
"""Pixels that a page's picture may be wide."""


class NoSuchJob(DanganError):
    """There is no such job, or it is another's, or it was swept away."""

    code = "no_such_job"


class Stopped(BaseException):
    """The clerk does not want it any more; nothing on the way may take it for a fault."""


class Stage(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for the clerk, and whether it says that something could not be made."""

    text: str
    failed: bool


@dataclass
class Job:
    """Something that is made for one session; `done` of `total` things so far."""

    key: str
    title: str
    owner: int
    session: str
    place: Workplace
    room: Path
    total: int
    done: int = 0
    stage: Stage = Stage.WAITING
    told: list[Told] = field(default_factory=list)
    files: Sequence[Path] = ()
    revisions: dict[int, int] = field(default_factory=dict)
    ended: float = 0.0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _drawing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/documents/jobs/{self.key}"

    @property
    def folder(self) -> Path:
        """Where its files are made."""
        return self.room / "made"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.stage in (Stage.DONE, Stage.STOPPED)

    def tell(self, text: str, failed: bool = False) -> None:
        """Something that the clerk should know."""
        self.told.append(Told(text, failed))

    def advance(self) -> None:
        """One more thing is done. Raises Stopped."""
        self.done += 1
        self.go_on()

    def go_on(self) -> None:
        """Raises Stopped when the clerk wants no more of it."""
        if self._stopped.is_set():
            raise Stopped

    def stop(self) -> None:
        """Make no more of it; nothing is kept."""
        self._stopped.set()
        self.place.office.stop()

    def run(self, work: Callable[[Job], Sequence[Path]]) -> None:
        """Do the work, to whatever end it comes."""
        self.stage = Stage.RUNNING
        try:
            self.go_on()
            self.files = list(work(self))
            self.go_on()
        except Stopped:
            pass
        except WrongWish as wrong:
            self.tell(str(wrong), failed=True)
        except Exception as error:
            self.tell(words.error(as_ours(error, self.place.settings.log)), failed=True)
        self.ended = time.monotonic()
        self.stage = Stage.STOPPED if self._stopped.is_set() else Stage.DONE
        if self._stopped.is_set():
            shutil.rmtree(self.room, ignore_errors=True)

    def file(self, index: int) -> Path:
        """One of its files. Raises NoSuchJob when there is none."""
        if not 0 <= index < len(self.files) or not self.files[index].is_file():
            raise NoSuchJob
        return self.files[index]

    def page(self, index: int, number: int, width: int) -> Path:
        """A page (from 0) of one of its PDFs as a picture of one of the `WIDTHS`. Raises NoSuchJob."""
        from docgen.picture import picture

        pdf, target = self.file(index), self.room / f"{index}-{number}-{width}.png"
        if pdf.suffix != ".pdf" or width not in WIDTHS:
            raise NoSuchJob
        with self._drawing:
            if not target.is_file():
                begun = target.with_suffix(".part")
                try:
                    picture(pdf, number, width).save(begun, "PNG", optimize=False)
                except IndexError as error:
                    raise NoSuchJob from error
                begun.rename(target)
        return target

    def bundle(self) -> Path:
        """All its files in one ZIP."""
        target = self.room / "all.zip"
        with self._drawing:
            if not target.is_file():
                begun = target.with_suffix(".part")
                with zipfile.ZipFile(begun, "w") as package:
                    for file in self.files:
                        package.write(file, file.name)
                begun.rename(target)
        return target


class Press:
    """All jobs of a desk, in a private folder."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.folder = place.settings.home / ".press"
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._closed = threading.Event()
        self._lent: dict[int, Office] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="press")
        self._sweeper = threading.Thread(target=self._sweep_on, daemon=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        make_private(self.folder)
        self._sweeper.start()

    def make(self, visit: Visit, title: str, work: Callable[[Job], Sequence[Path]], total: int = 1) -> Job:
        """Have something made for a visitor. Raises Refused (`too_many_jobs`)."""
        key = secrets.token_urlsafe(18)
        place = self.place.lent(visit.who, self._turn)
        job = Job(key, title, visit.account.number, visit.signed_in.csrf, place, self.folder / key, total)
        with self._lock:
            waiting = [one for one in self._jobs.values() if one.owner == job.owner and not one.is_over]
            if len(waiting) >= WAITING_EACH:
                raise Refused("too_many_jobs", most=WAITING_EACH)
            make_private(job.folder)
            self._jobs[key] = job
        self._pool.submit(job.run, work)
        return job

    @contextmanager
    def lent(self, visit: Visit) -> Iterator[Workplace]:
        """The workplace for a visitor who waits for what is made, with LibreOffice in its turn."""
        place = self.place.lent(visit.who, self._turn)
        self._lent[id(place)] = place.office
        try:
            yield place
        finally:
            del self._lent[id(place)]
            place.office.stop()

    @contextmanager
    def folder_for_now(self) -> Iterator[Path]:
        """A folder for what is handed over at once; what a kill leaves goes when the desk starts."""
        with TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)

    def job(self, key: str, visit: Visit) -> Job:
        """A job of the visitor's own session. Raises NoSuchJob."""
        job = self._jobs.get(key)
        if job is None or not _is_of(job, visit):
            raise NoSuchJob
        return job

    def jobs(self, visit: Visit) -> list[Job]:
        """All jobs of the visitor's session, the latest first."""
        return [job for job in reversed(list(self._jobs.values())) if _is_of(job, visit)]

    def forget(self, visit: Visit) -> None:
        """Nothing stays of the visitor's session."""
        for job in self.jobs(visit):
            self.drop(job)

    def drop(self, job: Job) -> None:
        """Make no more of a job; nothing stays of it."""
        job.stop()
        with self._lock:
            self._jobs.pop(job.key, None)
        if job.is_over:
            shutil.rmtree(job.room, ignore_errors=True)

    def close(self) -> None:
        """Stop what runs; nothing stays."""
        self._closed.set()
        for job in list(self._jobs.values()):
            job.stop()
        for office in list(self._lent.values()):
            office.stop()
        self._pool.shutdown(cancel_futures=True)
        self._sweeper.join()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Take away what has lain its time, and what nobody wanted any more."""
        until = time.monotonic() - KEPT
        for job in list(self._jobs.values()):
            if job.is_over and job.ended <= until:
                self.drop(job)

    def _sweep_on(self) -> None:
        while not self._closed.wait(30):
            self.sweep()


def _is_of(job: Job, visit: Visit) -> bool:
    return (job.owner, job.session) == (visit.account.number, visit.signed_in.csrf)


@contextmanager
def open_press(place: Workplace) -> Iterator[Press]:
    """The press of a workplace, closed at the end."""
    press = Press(place)
    try:
        yield press
    finally:
        press.close()
