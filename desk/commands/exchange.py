"""`dangan import` and `dangan export`: files of records come in and go out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from desk import phrases, screen, words
from desk.contract import finding_line, record_line
from desk.exchange import FORMATS, as_record, read_entries, write_entries
from desk.guard import as_ours
from desk.usage import misuse
from desk.workplace import Workplace, open_workplace
from records.errors import DanganError
from records.findings import Finding
from records.masking import mask

if TYPE_CHECKING:
    from records.store import Store


def import_records(
    file: Annotated[Path, typer.Argument(metavar=phrases.PLACE_FILE, help=phrases.IMPORT_FILE)],
    as_json: Annotated[bool, typer.Option("--json", help=phrases.AS_JSON_LINES)] = False,
    who: Annotated[str, typer.Option("--who", metavar=phrases.PLACE_PERSON, help=phrases.WHO)] = "",
    force: Annotated[bool, typer.Option("--force", help=phrases.FORCE)] = False,
    override: Annotated[
        str, typer.Option("--override", metavar=phrases.PLACE_GROUND_WHY, help=phrases.OVERRIDE)
    ] = "",
) -> int:
    """Store every record of a file that fits; say of the others where they do not."""
    place = open_workplace()
    arguments = _How(
        who=who or place.settings.user,
        why=phrases.IMPORT_WHY.format(file=file.name),
        override_why=override,
        force=force,
    )
    stored = failed = 0
    with place.store() as store:
        for line, entry in read_entries(file, place.editions):
            try:
                number, found = _store(place, store, entry, arguments)
            except Exception as error:
                failed += 1
                _tell_failure(line, as_ours(error, place.settings.log, file), as_json)
            else:
                stored += 1
                _tell_success(place, line, entry["edition"], number, found, as_json)
    screen.say(phrases.IMPORT_SUMMARY.format(count=stored + failed, stored=stored, failed=failed))
    return words.FAILED if failed else words.OK


def export(
    out: Annotated[
        Path | None, typer.Option("--out", metavar=phrases.PLACE_FILE, help=phrases.EXPORT_FILE)
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar=phrases.PLACE_FORMAT, help=phrases.EXPORT_FORMAT)
    ] = "",
) -> int:
    """Write every record."""
    chosen = form or (out.suffix.lower().lstrip(".") if out else "json")
    if chosen not in FORMATS:
        raise misuse(phrases.FORMAT_UNKNOWN)
    if chosen == "xlsx" and out is None:
        raise misuse(phrases.EXPORT_NEEDS_FILE)
    place = open_workplace()
    with place.store() as store:
        entries = [record_line(place.editions[record.edition], record.values) for record in store.records()]
    write_entries(out, chosen, entries, place.editions)
    if out is not None:
        screen.say(phrases.EXPORTED.format(count=len(entries), file=out))
    return words.OK


class _How(TypedDict):
    """How every entry is stored."""

    who: str
    why: str
    override_why: str
    force: bool


def _store(place: Workplace, store: Store, entry: Any, how: _How) -> tuple[int, tuple[Finding, ...]]:
    from records.rules import findings

    edition, values = as_record(entry, place.editions)
    found = findings(edition, values)
    return store.save(edition, values, **how).number, found


def _tell_success(
    place: Workplace, line: int, edition: str, number: int, found: tuple[Finding, ...], as_json: bool
) -> None:
    told = [finding_line(finding, place.editions[edition]) for finding in found]
    if as_json:
        screen.print_json({"line": line, "number": number, "findings": told})
        return
    screen.tell(phrases.IMPORTED.format(line=line, number=number))
    for finding in told:
        screen.say(phrases.IMPORT_FINDING.format(line=line, message=mask(finding["message"])), "yellow")


def _tell_failure(line: int, error: DanganError, as_json: bool) -> None:
    if as_json:
        screen.print_json({"line": line, "error": {"code": error.code, "message": words.error(error)}})
    screen.say(phrases.IMPORT_FINDING.format(line=line, message=words.error(error)), "red")
