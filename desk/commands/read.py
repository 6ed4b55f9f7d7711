"""`dangan read`: files come in, what stands on them is printed; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import phrases, screen, words
from desk.contract import error_line, form_line, page_line
from desk.guard import as_ours
from desk.inputs import named_files
from desk.tracing import Tracing, tracing_into
from desk.workplace import Workplace, open_workplace
from records.drafts import Draft, Unmatched
from records.errors import DanganError
from records.masking import mask

if TYPE_CHECKING:
    from intake.engine import Engine


def read(
    files: Annotated[list[Path], typer.Argument(metavar=phrases.PLACE_FILE, help=phrases.READ_FILES)],
    as_json: Annotated[bool, typer.Option("--json", help=phrases.AS_JSON_LINES)] = False,
    engine: Annotated[str, typer.Option("--engine", metavar=phrases.PLACE_ENGINE, help=phrases.ENGINE)] = "",
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar=phrases.PLACE_FOLDER, help=phrases.PICTURE)
    ] = None,
) -> int:
    """Read files and print what was found, one line of JSON a form or a table for people."""
    place = open_workplace()
    if picture:
        picture.mkdir(parents=True, exist_ok=True)
    reader = place.engine(engine)
    tracing = tracing_into(picture) if picture else None
    status = words.OK
    for file in named_files(files):
        for found in _found(place, file, reader, tracing):
            (_print_line if as_json else _print_table)(place, file, found)
            status = words.FAILED if isinstance(found, DanganError) else status
    return status


def _found(
    place: Workplace, file: Path, engine: Engine, tracing: Tracing | None
) -> Iterator[Draft | Unmatched | DanganError]:
    from intake.reading import read_file

    watch = partial(tracing.show, file) if tracing else None
    try:
        yield from read_file(file, place.editions, engine, place.to_docx, watch)
    except Exception as error:  # one bad file never stops the others
        yield as_ours(error, place.settings.log, file)


def _print_line(place: Workplace, file: Path, found: Draft | Unmatched | DanganError) -> None:
    if isinstance(found, Draft):
        screen.print_json(form_line(str(file), found, place.editions[found.edition]))
    elif isinstance(found, Unmatched):
        screen.print_json(page_line(str(file), found))
    else:
        screen.print_json(error_line(str(file), found))
        screen.complain(found)


def _print_table(place: Workplace, file: Path, found: Draft | Unmatched | DanganError) -> None:
    if isinstance(found, Draft):
        edition = place.editions[found.edition]
        screen.out().print(
            screen.draft_table(f"{mask(file.name)} · {edition.title}（{edition.key}）", found, edition)
        )
        screen.tell_findings(found.findings, edition)
    elif isinstance(found, Unmatched):
        screen.say(
            phrases.NO_FORM.format(
                file=mask(file.name), pages=_pages(found), reason=words.reason(found.reason)
            )
        )
    else:
        screen.complain(found)


def _pages(page: Unmatched) -> str:
    return "、".join(str(number) for number in page.origin.pages)
