"""Reviewing: a draft with what was decided so far comes in, its form as a clerk works on it goes out.

What the terminal and the page have in common: what is told of a field, what an answer means, which
rules the values break, who works on which draft next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from desk import phrases, words
from records.drafts import Alternative, Draft, Reading, Source
from records.editions import Edition, Field
from records.findings import Severity
from records.parsing import Parsed
from records.reviews import Decided, Decisions, Hand, Review, Stage
from records.rules import findings
from records.settling import NOTHING
from records.values import Values, row_count, row_path, split_path

if TYPE_CHECKING:
    from records.archive import DraftRow, Same

Part = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of a page."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the form: what was read, what else may stand there and why, what was decided.

    `now` is what stands, as text; `read` is what was read. `open` when a clerk must still look at it.
    """

    path: str
    label: str
    asked: Field
    now: str
    read: str
    raw: str
    reasons: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    doubtful: bool
    open: bool
    decided: Decided | None
    filed: Decided | None
    source: Source | None
    chosen: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether something else stands than was read."""
        return self.decided is not None and self.now != self.read


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, counted from 0; `dropped` when it is decided that there is none."""

    path: str
    number: int
    entries: tuple[Entry, ...]
    dropped: bool
    added: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the form in its order: plain fields, or the rows of a table."""

    asked: Field | None
    entries: tuple[Entry, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What is wrong or odd about the form: how heavy, in words, at which paths."""

    severity: str
    said: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A draft as a clerk works on it."""

    draft: Draft
    edition: Edition
    decisions: Decisions

    @property
    def values(self) -> Values:
        """The values as they stand with the decisions, dropped rows left out."""
        decided = {path: one.value for path, one in self.decisions.standing.items()}
        return {
            path: value
            for path, value in (self.draft.values | decided).items()
            if self.edition.has(path) and not self._is_dropped(path)
        }

    @property
    def open(self) -> tuple[str, ...]:
        """The paths that wait for a clerk, in the paper's order."""
        return tuple(one.path for one in self.entries() if one.open)

    @property
    def to_look_at(self) -> tuple[str, ...]:
        """What whoever approves should see: what was doubtful and what stands otherwise than read."""
        return tuple(one.path for one in self.entries() if one.doubtful or one.changed)

    def sections(self) -> Iterator[Section]:
        """The form in the paper's order."""
        plain: list[Entry] = []
        for asked in self.edition.fields:
            if asked.is_rows:
                if plain:
                    yield Section(None, tuple(plain))
                plain = []
                yield Section(asked, rows=tuple(self.rows(asked)))
            elif not asked.card_only or asked.key in self.draft.readings:
                plain.append(self.entry(asked.key))
        if plain:
            yield Section(None, tuple(plain))

    def entries(self) -> Iterator[Entry]:
        """Every field of every row that is not dropped, in the paper's order."""
        for section in self.sections():
            yield from section.entries
            for row in section.rows:
                yield from () if row.dropped else row.entries

    def rows(self, asked: Field) -> Iterator[Row]:
        """The rows of a table: as read, and those that were added."""
        read = row_count(asked.key, self.draft.readings)
        cells = [path for path in self.decisions.standing if len(path.split(".")) == 3]
        for index in range(max(read, row_count(asked.key, cells))):
            yield self.row(asked, index, added=index >= read)

    def row(self, asked: Field, index: int, *, added: bool = True) -> Row:
        """One row of a table, be it a new one."""
        path = f"{asked.key}.{index}"
        cells = tuple(self.entry(row_path(asked.key, index, column.key)) for column in asked.fields)
        return Row(path, index + 1, cells, path in self.decisions.standing, added)

    def entry(self, path: str) -> Entry:
        """One field."""
        reading = self.draft.readings.get(path, NOTHING)
        decided = self.decisions.standing.get(path)
        value = reading.value if decided is None else decided.value
        shown = words.value(self.edition, path, value)
        unread = decided.text if decided is not None else ""
        return Entry(
            path,
            words.label(self.edition, path),
            self.edition.field(path),
            unread.strip() if unread else shown,
            words.value(self.edition, path, reading.value),
            _raw(self.edition, path, reading),
            tuple(words.reason(reason, self.edition) for reason in reading.reasons),
            tuple(
                (words.value(self.edition, path, one.value), f"{one.confidence:.0%}")
                for one in candidates(reading)
            ),
            reading.review,
            bool(unread) or (reading.review and decided is None),
            decided,
            self.decisions.filing.get(path),
            reading.source,
            value if isinstance(value, tuple) else (),
        )

    def told(self, same: Iterable[Same] = ()) -> list[Told]:
        """Which rules the values break, the heaviest first, and where else the same people are on file."""
        broken = findings(self.edition, self.values)
        heavy = sorted(broken, key=lambda one: list(Severity).index(one.severity))
        return [
            *(Told(one.severity, words.finding(one, self.edition), one.paths) for one in heavy),
            *(Told(Severity.INFO, same_told(self.edition, one), (one.path,)) for one in same),
        ]

    def _is_dropped(self, path: str) -> bool:
        rows, index, _ = split_path(path)
        return index is not None and f"{rows}.{index}" in self.decisions.standing


def is_unread(text: str, parsed: Parsed) -> bool:
    """Whether a clerk's words mean no value of their field: they are kept, and decide nothing."""
    wrong = any(problem.severity is not Severity.INFO for problem in parsed.problems)
    return parsed.value is None and text.strip() != "" and wrong


def candidates(reading: Reading) -> list[Alternative]:
    """The other readings, without those that round to 0 %."""
    return [other for other in reading.alternatives if round(100 * other.confidence) > 0]


def same_told(edition: Edition, same: Same) -> str:
    """That an identity number stands in another record as well."""
    return phrases.SAME_PERSON.format(field=words.label(edition, same.path), number=same.number)


def own_record(draft: Draft) -> int | None:
    """The record that the draft comes back to or was carried over from: the same household, as it should."""
    return draft.record or (draft.forerunner.number if draft.forerunner else None)


def _raw(edition: Edition, path: str, reading: Reading) -> str:
    """What stands on the paper, where that is not what is shown anyway."""
    raw = reading.raw.replace("\n", " ")
    return "" if raw == words.value(edition, path, reading.value) else raw


# --- whose turn it is


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft in a list, and where it stands."""

    row: DraftRow
    review: Review


@dataclass(frozen=True, slots=True)
class Queue:
    """The drafts that wait: sent back, to be settled, to be approved by somebody, and filed by him."""

    sent_back: tuple[Waiting, ...]
    to_file: tuple[Waiting, ...]
    to_approve: tuple[Waiting, ...]
    own: tuple[Waiting, ...]

    def next(self, stage: Stage, after: int, hand: Hand) -> int | None:
        """The draft to open after one: nobody else has it open, and it was not just left."""
        found = self.to_approve if stage is Stage.FILED else (*self.sent_back, *self.to_file)
        return next(
            (one.row.number for one in found if one.row.number != after and _is_free(one.review, hand)), None
        )


def queue(rows: Sequence[DraftRow], states: Mapping[int, Review], hand: Hand, *, approves: bool) -> Queue:
    """Whose turn it is: oldest first, those that were passed by behind the others."""
    waiting = [Waiting(row, states[row.number]) for row in rows if row.number in states]
    filed = [one for one in waiting if one.review.stage is Stage.FILED]
    own = tuple(one for one in filed if _is_own(one.review, hand))
    to_file = [one for one in waiting if one.review.stage is Stage.WAITING]
    return Queue(
        tuple(one for one in waiting if one.review.stage is Stage.SENT_BACK),
        tuple(sorted(to_file, key=_passed_by)),
        tuple(one for one in filed if one not in own) if approves else (),
        own,
    )


def _passed_by(one: Waiting) -> tuple[bool, float]:
    skipped = one.review.skipped_at
    return (skipped is not None, skipped.timestamp() if skipped else float(one.row.number))


def _is_own(review: Review, hand: Hand) -> bool:
    return review.filed_by is not None and review.filed_by.is_same(hand)


def _is_free(review: Review, hand: Hand) -> bool:
    return review.open_by is None or review.open_by.is_same(hand)


# --- how a page lies


def turn_of(parts: Sequence[Part]) -> int:
    """By how many degrees clockwise a page is turned to be read, from where its fields lie in their order.

    On an upright page the next field stands to the right on the same line, or further down.
    """
    middles = [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in parts]
    scores = {}
    for turn in (0, 90, 180, 270):
        seen = [_turned(x, y, turn) for x, y in middles]
        steps = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(seen)]
        scores[turn] = sum((abs(down) < 0.01 < across) + (down >= 0.01) for across, down in steps)
    best = max(scores, key=lambda turn: scores[turn])
    return best if len(parts) >= 6 and scores[best] > 1.3 * scores[0] else 0


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """A spot of a page after it was turned clockwise."""
    return {0: (x, y), 90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}[turn]
