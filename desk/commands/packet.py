"""`dangan packet`: a medical case comes in; its packet lies in a folder: one PDF, Word sheets, a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import phrases, screen, words
from desk.cases import whole_case
from desk.usage import HIGHEST, misuse
from desk.workplace import open_workplace

if TYPE_CHECKING:
    from docgen.packet import Packed

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
