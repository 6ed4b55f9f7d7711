"""`dangan packet`: a medical case comes in; its packet lies in a folder: one PDF, Word sheets, a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import judged, phrases, screen, words
from desk.usage import HIGHEST, misuse
from desk.workplace import Workplace, open_workplace
from records.archive import Record

if TYPE_CHECKING:
    from docgen.case_sheets import Case
    from docgen.packet import Packed
    from records.medical import MedicalCase
    from records.store import Store

LARGEST = 2000.0
"""Millions of bytes; no mail and no disk of an office takes more."""


def packet(
    number: Annotated[
        int, typer.Argument(metavar=phrases.PLACE_CASE, help=phrases.CASE_NUMBER, min=1, max=HIGHEST)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar=phrases.PLACE_FOLDER, help=phrases.OUT_FOLDER)
    ] = None,
    largest: Annotated[
        float, typer.Option("--largest", metavar=phrases.PLACE_MEGABYTES, help=phrases.PACKET_LARGEST, min=0)
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help=phrases.AS_JSON)] = False,
) -> int:
    """Bind the papers of a case; status 1 while anything is missing."""
    from docgen.packet import make_packet

    if out is None:
        raise misuse(phrases.PACKET_WHERE)
    if largest > LARGEST:
        raise misuse(phrases.PACKET_LARGEST_WRONG.format(most=f"{LARGEST:g}"))
    place = open_workplace()
    with place.store() as store:
        whole = whole_case(place, store, store.medical.case(number))
        made = make_packet(whole, store.medical.file, out, place.office, largest or None)
    if as_json:
        screen.print_json(dict(made.manifest))
    else:
        _tell(made, out)
    return words.OK if made.complete else words.FAILED


def whole_case(place: Workplace, store: Store, case: MedicalCase) -> Case:
    """A case held against its notice, with the sentences that its sheets want."""
    from docgen.case_sheets import Case, Say
    from records.assessing import assess

    record = store.record(case.record)
    edition = place.editions[record.edition]
    told = assess(edition, record, case, store.medical.twins(case))
    say = Say(
        lambda reason: judged.decided(reason, "\n"),
        words.error,
        lambda verdict: words.VERDICTS[verdict],
        lambda told: told.partition(phrases.STOP)[0] + phrases.STOP,
    )
    return Case(edition, record, case, told, say)


def with_cases(place: Workplace, document: str, records: Iterable[Record]) -> Iterator[Record]:
    """The records; for a sheet of medical cases each with what is to be printed of its latest case."""
    for record in records:
        uses = place.editions[record.edition].documents
        if not any(use.name == document and use.of == "case" for use in uses):
            yield record
            continue
        from docgen.case_sheets import alone

        with place.store() as store:
            cases = store.medical.cases(record.number)
            latest = max(cases, key=lambda case: case.year, default=None)
            yield record if latest is None else alone(whole_case(place, store, latest))


def _tell(made: Packed, folder: Path) -> None:
    size = f"{made.size / 1_000_000:.1f}"
    screen.tell(
        phrases.PACKET_MADE.format(folder=folder, pages=made.pages, size=size, file=made.files[0].name)
    )
    screen.tell(phrases.PACKET_SHEETS.format(count=len(made.files) - 2))
    for note in made.notes:
        screen.tell(words.reason(note), "yellow")
    for line in made.lacking:
        screen.tell(f"✗ {line}", "red")
    screen.tell(made.standing, "bold green" if made.complete else "bold red")
