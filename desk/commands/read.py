"""`dangan read`: files come in, what stands on them is printed; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from desk import phrases, screen, words
from desk.batch import Results, read_each, worthwhile
from desk.contract import Json, error_line, form_line, page_line
from desk.guard import as_ours
from desk.inputs import named_files
from desk.pages_told import page_told
from desk.progress import advancing
from desk.tracing import tracing_into
from desk.usage import misuse
from desk.workplace import Workplace, open_workplace
from desk.written import Written
from records.drafts import Draft, Unmatched
from records.errors import DanganError
from records.masking import mask

_Found = Draft | Unmatched | DanganError


def read(
    files: Annotated[list[Path], typer.Argument(metavar=phrases.PLACE_FILE, help=phrases.READ_FILES)],
    as_json: Annotated[bool, typer.Option("--json", help=phrases.AS_JSON_LINES)] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar=phrases.PLACE_FILE, help=phrases.OUT_LINES)
    ] = None,
    engine: Annotated[str, typer.Option("--engine", metavar=phrases.PLACE_ENGINE, help=phrases.ENGINE)] = "",
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar=phrases.PLACE_FOLDER, help=phrases.PICTURE)
    ] = None,
    processes: Annotated[int, typer.Option("--processes", min=0, help=phrases.PROCESSES)] = 0,
    budget: Annotated[
        float | None,
        typer.Option("--budget", metavar=phrases.PLACE_BUDGET, help=phrases.BUDGET, min=0, max=1000),
    ] = None,
) -> int:
    """Read files and print what was found, one line of JSON a form or a table for people."""
    if out and not as_json:
        raise misuse(phrases.OUT_NEEDS_JSON)
    place = open_workplace(budget)
    if picture:
        picture.mkdir(parents=True, exist_ok=True)
    watch = tracing_into(picture).show if picture else None
    place.engine(engine)  # one that is missing is told before anything else
    written = Written(out) if out else None
    left = list(_left(files, written))
    workers = processes or worthwhile(left)
    show = partial(_write, written) if written else (_print_lines if as_json else _print_tables)
    failed: list[Path] = []
    with (
        advancing(phrases.READING, len(left)) as advance,
        closing(read_each(((file, file) for file in left), place, engine, workers, watch)) as each,
    ):
        for file, results in each:
            show(place, file, _found(place, file, results, failed))
            advance()
    return words.FAILED if failed else words.OK


def _left(files: Iterable[Path], written: Written | None) -> Iterator[Path]:
    """The files that an earlier run has not written yet."""
    done = written.files if written else frozenset()
    if written and done:
        screen.say(phrases.RESUMED_LINES.format(file=written.file, count=len(done)))
    return (file for file in named_files(files) if str(file) not in done)


def _found(place: Workplace, file: Path, results: Results, failed: list[Path]) -> Iterator[_Found]:
    try:
        yield from results
    except Exception as error:  # one bad file never stops the others
        failed.append(file)
        yield as_ours(error, place.settings.log, file)


def _write(written: Written, place: Workplace, file: Path, found: Iterable[_Found]) -> None:
    written.add([_line(place, file, one) for one in found])


def _print_lines(place: Workplace, file: Path, found: Iterable[_Found]) -> None:
    for one in found:
        screen.print_json(_line(place, file, one))


def _print_tables(place: Workplace, file: Path, found: Iterable[_Found]) -> None:
    for one in found:
        _print_table(place, file, one)


def _line(place: Workplace, file: Path, found: _Found) -> Json:
    if isinstance(found, Draft):
        return form_line(str(file), found, place.editions[found.edition])
    if isinstance(found, Unmatched):
        return page_line(str(file), found)
    screen.complain(found)
    return error_line(str(file), found)


def _print_table(place: Workplace, file: Path, found: _Found) -> None:
    if isinstance(found, Draft):
        edition = place.editions[found.edition]
        screen.out().print(
            screen.draft_table(f"{mask(file.name)} · {edition.title}（{edition.key}）", found, edition)
        )
        screen.tell_findings(found.findings, edition)
    elif isinstance(found, Unmatched):
        screen.say(page_told(mask(file.name), found))
    else:
        screen.complain(found)
