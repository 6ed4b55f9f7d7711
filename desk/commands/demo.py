"""`dangan demo`: the bundled samples go the whole path, from scan to document, in a home of their own.

The truth that lies beside each sample stands in for the clerk who settles the draft.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import phrases, screen, words
from desk.batch import read_each
from desk.commands.take import Taking, Tally, store_read
from desk.contract import read_fields
from desk.documents_made import Printing, make_documents
from desk.workplace import Workplace, open_workplace
from records.drafts import Draft
from records.editions import Edition
from records.settling import Decision, drop_row
from records.values import Value, Values, row_count, split_path

if TYPE_CHECKING:
    from records.archive import DraftRow, Record
    from records.store import Store

SAMPLES = Path(__file__).resolve().parents[2] / "scans" / "samples"
MARK = ".dangan-demo"
"""Lies in a folder that a demo made, so that the next one may empty it."""
SHOWN = 6
"""How many doubtful fields of a sheet are shown."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells how long a step took."""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Say what begins, and afterwards how long it took."""
        screen.tell(f"\n{title}", "bold")
        began = time.monotonic()
        yield
        screen.tell(phrases.DEMO_TOOK.format(seconds=f"{time.monotonic() - began:.1f}"), "dim")


def demo(
    out: Annotated[Path, typer.Option("--out", metavar=phrases.PLACE_FOLDER, help=phrases.DEMO_OUT)] = Path(
        "out/demo"
    ),
) -> int:
    """Take the samples in, settle them by their truth, store them, make every document."""
    began = time.monotonic()
    folder = _fresh(out.absolute())
    given = open_workplace()
    place = Workplace(replace(given.settings, home=folder / "home", user=phrases.DEMO_CLERK))
    clock = Clock()
    with place.store() as store:
        with clock.step(phrases.DEMO_TAKE):
            tally = _take(place, store)
        with clock.step(phrases.DEMO_REVIEW):
            records = _settle_all(place, store)
        with clock.step(phrases.DEMO_MAKE):
            failed = _make(place, records, folder / "documents")
    _say_where(folder, time.monotonic() - began)
    return words.FAILED if failed or tally.failed else words.OK


def _fresh(folder: Path) -> Path:
    """The folder, empty but for its mark; only what an earlier demo made is removed."""
    if (folder / MARK).is_file():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder


def _samples() -> list[Path]:
    return sorted(
        file for file in SAMPLES.iterdir() if file.suffix != ".json" and _truth_file(file).is_file()
    )


def _truth_file(file: Path) -> Path:
    return file.with_suffix(".json")


def _take(place: Workplace, store: Store) -> Tally:
    taking = Taking(place, store, "", Tally())
    kept = ((scan, scan.path) for scan in map(store.keep, _samples()))
    for scan, results in read_each(kept, place):
        began = time.monotonic()
        store_read(taking, scan, results)
        screen.tell(phrases.DEMO_SECONDS.format(seconds=f"{time.monotonic() - began:.1f}"), "dim")
    return taking.tally


def _settle_all(place: Workplace, store: Store) -> list[Record]:
    """One record a draft; what the clerk would have been asked is shown first."""
    return [_settle(place, store, row) for row in store.drafts()]


def _settle(place: Workplace, store: Store, row: DraftRow) -> Record:
    draft, edition = store.draft(row.number), place.editions[row.edition]
    truth = _truth(edition, SAMPLES / row.file)
    decisions = decisions_for(draft, truth)
    _show_doubt(draft, edition, row, truth)
    record = store.settle(
        row.number, decisions, edition, place.settings.user, override_why=phrases.DEMO_OVERRIDE
    )
    screen.tell(phrases.DEMO_STORED.format(number=record.number, name=row.name), "green")
    return record


def _truth(edition: Edition, file: Path) -> Values:
    told = json.loads(_truth_file(file).read_text(encoding="utf-8"))
    return read_fields(edition, told["fields"])[0]


def decisions_for(draft: Draft, truth: Values) -> list[Decision]:
    """What a clerk who knows the truth decides: every doubtful or wrong field, and rows that are none."""
    tables = {split_path(path)[0] for path in (*draft.readings, *truth) if split_path(path)[1] is not None}
    dropped = [
        drop_row(table, index)
        for table in sorted(tables)
        for index in range(row_count(table, truth), row_count(table, draft.readings))
    ]
    gone = {decision.path for decision in dropped}
    paths = [path for path in dict.fromkeys((*draft.readings, *truth)) if path.rpartition(".")[0] not in gone]
    values, doubtful = draft.values, set(draft.doubtful)
    settled = [
        Decision(path, truth.get(path))
        for path in paths
        if path in doubtful or not _same(values.get(path), truth.get(path))
    ]
    return [*settled, *dropped]


def _show_doubt(draft: Draft, edition: Edition, row: DraftRow, truth: Values) -> None:
    values = draft.values
    right = sum(_same(values.get(path), value) for path, value in truth.items())
    screen.tell(
        phrases.DEMO_SHEET.format(
            file=row.file, title=edition.title, right=right, all=len(truth), doubtful=len(draft.doubtful)
        )
    )
    if draft.doubtful:
        shown = {path: draft.readings[path] for path in draft.doubtful[:SHOWN]}
        screen.out().print(screen.draft_table("", replace(draft, readings=shown), edition))
        if len(draft.doubtful) > SHOWN:
            screen.tell(phrases.DEMO_MORE.format(count=len(draft.doubtful) - SHOWN))


def _same(read: Value, true: Value) -> bool:
    """Whether both mean the same; the order of several choices does not matter."""
    if isinstance(read, tuple) and isinstance(true, tuple):
        return set(read) == set(true)
    return read == true


def _make(place: Workplace, records: list[Record], folder: Path) -> bool:
    wanted = [(use.name, record) for record in records for use in place.editions[record.edition].forms]
    made = make_documents(place, wanted, folder, Printing(place.soffice is not None), screen.report)
    for suffix, count in sorted(Counter(file.suffix for file in made.files).items()):
        screen.tell(phrases.DEMO_MADE.format(kind=phrases.FILE_KINDS[suffix], count=count))
    screen.tell(phrases.DEMO_FOLDER.format(folder=folder))
    if place.soffice is None:
        screen.tell(phrases.DEMO_NO_OFFICE, "yellow")
    return made.failed


def _say_where(folder: Path, seconds: float) -> None:
    screen.tell(phrases.DEMO_DONE.format(folder=folder, seconds=f"{seconds:.0f}"), "bold green")
