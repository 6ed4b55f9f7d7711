"""What the store hands out: records, their history, drafts in waiting, kept scans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from records.drafts import Box, Ink
from records.findings import Reason
from records.values import Value, Values


@dataclass(frozen=True, slots=True)
class Kept:
    """A scan in the store: the untouched bytes lie at `path`, `file` is the name it came with.

    `first_seen` is True when this call kept it; `done` when it was read before
    and gave nothing that still stands (no known form, set aside, or dropped).
    """

    sha256: str
    file: str
    first_seen: bool
    done: bool
    path: Path
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list: its number from 1, the worker's name as read, how many fields want a look.

    `doubtful` counts them, `closed` says when it left the waiting list,
    `record` which record came of it. A draft that was carried over has no
    file and no checksum but a `forerunner`, the record that it comes from.
    `unit` is the one that took its paper in; `joins` the record that it goes to,
    if it is to become none of its own.
    """

    number: int
    edition: str
    name: str
    file: str
    sha256: str
    pages: tuple[int, ...]
    doubtful: int
    taken: datetime
    closed: datetime | None = None
    record: int | None = None
    forerunner: int | None = None
    unit: str = ""
    joins: int | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A page that is no known form, or a whole file (no pages) that could not be read, and why."""

    number: int
    file: str
    sha256: str
    pages: tuple[int, ...]
    reason: Reason
    when: datetime
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """A page of a scan that went to a record as its signed copy; `title` is the document's."""

    record: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class Fate:
    """A kept scan, when it came, and what came of it so far.

    `drafts` are all that were ever made of it; of what was set aside only what still counts.
    """

    scan: Kept
    when: datetime
    drafts: tuple[DraftRow, ...] = ()
    filed: tuple[Filed, ...] = ()
    aside: tuple[Aside, ...] = ()

    @property
    def standing(self) -> tuple[DraftRow, ...]:
        """The drafts that were not dropped."""
        return tuple(row for row in self.drafts if row.closed is None or row.record is not None)


@dataclass(frozen=True, slots=True)
class State:
    """Where a record stands in one process: since which day, on what ground, entered by whom."""

    state: str
    on: date
    ground: str
    who: str


@dataclass(frozen=True, slots=True)
class Record:
    """One household's archive as it stands. Times are aware, in UTC; `revision` counts its savings from 1.

    `unit` is the one that it belongs to, empty for the whole office.
    """

    number: int
    edition: str
    values: Values
    created: datetime
    changed: datetime
    revision: int
    states: Mapping[str, State] = field(default_factory=lambda: MappingProxyType({}))
    ink: Mapping[str, Ink] = field(default_factory=lambda: MappingProxyType({}))
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a record's history, never changed afterwards.

    `path` is a field's path; `state:<process>` for a move, with the day in
    `on`; `shown:<document>` for fields (in `after`) that a public list
    showed; or empty for what concerns the record as a whole. `why` is the
    clerk's own words or a code ("read", "carried", "confirmed", "decided",
    "row_added", "row_dropped", "corrected" by whoever approved). With an empty path, "approved" says that
    somebody else than the clerk who filed it let the record in, "signed_copy" has in `after` the title
    of the sheet that came back, "forced" the number of the worker's first record,
    "carried_over" that of the record of another edition that this one comes from;
    other words are why the errors whose rules stand
    in `after` were overridden. `before` is what stood there, or,
    when a draft was settled, what the machine had read.
    """

    when: datetime
    who: str
    revision: int
    path: str
    before: Value
    after: Value
    why: str
    sha256: str | None = None
    page: int | None = None
    box: Box | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SignedCopy:
    """A made sheet that came back on paper: of which document and revision, and where its scan is.

    `sheet` is 0 for the form itself; `ink` tells which signatures and seals were seen on it.
    """

    record: int
    revision: int
    document: str
    sheet: int
    file: str
    sha256: str
    page: int
    when: datetime
    ink: Mapping[str, Ink] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class FiledPaper:
    """Paper of a record that was kept as a scan: the file's name, its pages from 1, when it came.

    `document` is empty for the filled form itself, else the name of the
    document that came back.
    """

    file: str
    sha256: str
    pages: tuple[int, ...]
    when: datetime
    document: str = ""


@dataclass(frozen=True, slots=True)
class Same:
    """The same identity number elsewhere: record `number` has at `other_path` what stands here at `path`."""

    number: int
    path: str
    other_path: str
