"""`dangan import` and `dangan export`: files of records come in and go out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from desk import phrases, screen, words
from desk.contract import Json, finding_line, misfit_line, record_line
from desk.exchange import FORMATS, Misfits, as_record, read_entries, write_entries
from desk.guard import as_ours
from desk.usage import misuse
from desk.workplace import Workplace, open_workplace
from records.editions import Edition
from records.errors import DanganError, Refused
from records.findings import Finding, Severity
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
            told = _store(place, store, entry, arguments, file)
            (_print_json if as_json else _print)(line, told)
            stored += told.error is None
            failed += told.error is not None
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


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of an entry: the record's number or the error, and what is wrong with its values."""

    number: int | None = None
    error: DanganError | None = None
    edition: Edition | None = None
    found: tuple[Finding, ...] = ()

    @property
    def message(self) -> str:
        """The error as a sentence; empty when there is none."""
        edition = self.error.edition if isinstance(self.error, Misfits) else self.edition
        return words.error(self.error, edition) if self.error else ""

    @property
    def findings(self) -> list[Json]:
        """What the rules find, when the entry could be read at all."""
        return [finding_line(one, self.edition) for one in self.found] if self.edition else []

    @property
    def misfits(self) -> list[Json]:
        """What the edition does not know."""
        error = self.error
        return (
            [misfit_line(one, error.edition) for one in error.misfits] if isinstance(error, Misfits) else []
        )


def _store(place: Workplace, store: Store, entry: Any, how: _How, file: Path) -> _Told:
    from records.rules import findings

    edition: Edition | None = None
    found: tuple[Finding, ...] = ()
    try:
        edition, values = as_record(entry, place.editions)
        found = findings(edition, values)
        return _Told(store.save(edition, values, **how).number, None, edition, found)
    except Exception as error:
        return _Told(None, as_ours(error, place.settings.log, file), edition, found)


def _print_json(line: int, told: _Told) -> None:
    if told.error is None:
        screen.print_json({"line": line, "number": told.number, "findings": told.findings})
        return
    error = {"code": told.error.code, "message": told.message}
    screen.print_json({"line": line, "error": error, "findings": told.findings, "misfits": told.misfits})
    _say(line, told.message, "red")


def _print(line: int, told: _Told) -> None:
    if told.error is None:
        screen.tell(phrases.IMPORTED.format(line=line, number=told.number))
        for finding in told.findings:
            _say(line, finding["message"], "yellow")
        return
    _say(line, told.message, "red")
    errors = [one for one in told.findings if one["severity"] == Severity.ERROR]
    for wrong in (*told.misfits, *(errors if isinstance(told.error, Refused) else ())):
        _say(line, wrong["message"], "red")


def _say(line: int, message: str, style: str) -> None:
    screen.say(phrases.IMPORT_FINDING.format(line=line, message=mask(message)), style)
