"""Lists made at the desk: records and a clerk's wishes come in, Word files and workbooks lie in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from desk import phrases, words
from desk.brought import brought
from desk.guard import as_ours
from desk.usage import misuse
from desk.workplace import Workplace
from records.archive import Record
from records.editions import DocumentUse, Edition
from records.errors import Refused

if TYPE_CHECKING:
    from records.listing import Listing

Tell = Callable[[str, bool], None]
"""Takes a sentence for the clerk, and whether it says that something could not be made."""
NEVER_SHOWN = "never_shown"
"""The refusal that is no slip of the clerk's, but the list's own rule."""


class WrongWish(Exception):
    """A wish that cannot be; its text says why, in words for the clerk."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a clerk wants of a list: an XLSX too, answers, optional columns, fields unmasked for a reason."""

    xlsx: bool = False
    given: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    columns: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    why: str = ""

    def __bool__(self) -> bool:
        """Whether anything is wanted that only lists know."""
        return bool(self.xlsx or self.given or self.columns or self.shown or self.why)


def wishes(
    xlsx: bool,
    given: Sequence[str] | None,
    columns: Sequence[str] | None,
    shown: Sequence[str] | None,
    why: str,
) -> Wishes:
    """The wishes that the words of a command line say. Raises UsageError."""
    answers = {}
    for pair in given or ():
        name, equals, text = pair.partition("=")
        if not equals:
            raise misuse(phrases.CHECK_GIVEN_WRONG)
        answers[name.strip()] = text.strip()
    return Wishes(xlsx, answers, tuple(columns or ()), tuple(shown or ()), why)


def make_lists(
    place: Workplace, document: str, records: Iterable[Record], folder: Path, wanted: Wishes, tell: Tell
) -> tuple[list[Path], bool]:
    """The files made, Word before Excel, and whether one could not be. Raises WrongWish."""
    made: list[Path] = []
    failed = False
    for edition, group in _groups(place, document, records):
        try:
            made += _make(place, edition.document(document), edition, group, folder, wanted, tell)
        except Exception as error:
            ours = as_ours(error, place.settings.log)
            if isinstance(ours, Refused) and ours.code != NEVER_SHOWN:
                raise WrongWish(words.error(ours, edition)) from error
            tell(words.error(ours), True)
            failed = True
    return made, failed


def _groups(
    place: Workplace, document: str, records: Iterable[Record]
) -> Iterator[tuple[Edition, list[Record]]]:
    """The records that stand in one list each: all of an edition, or each on its own."""
    by_edition: dict[str, list[Record]] = {}
    for record in records:
        by_edition.setdefault(record.edition, []).append(record)
    for key, group in by_edition.items():
        edition = place.editions[key]
        if edition.document(document).of == "records":
            yield edition, group
        else:
            yield from ((edition, [record]) for record in group)


def _make(
    place: Workplace,
    use: DocumentUse,
    edition: Edition,
    records: Sequence[Record],
    folder: Path,
    wanted: Wishes,
    tell: Tell,
) -> Iterator[Path]:
    from docgen.lists import make_list, make_workbook
    from records.listing import listing
    from records.sources import contents

    asked = listing(edition, use, records, wanted.given, wanted.columns, wanted.shown, wanted.why)
    asked = brought(place, asked)
    filled = contents(asked)
    for note in filled.notes:
        tell(words.reason(note), False)
    if filled.nothing:
        return
    if asked.shown:
        _log(place, asked)
    yield make_list(asked, filled, folder)
    if wanted.xlsx and filled.tables:
        yield make_workbook(asked, filled, folder)


def _log(place: Workplace, asked: Listing) -> None:
    """Writes into each record's history what is shown of it, before anybody can see it."""
    with place.store() as store:
        numbers = [record.number for record in asked.records]
        store.log_shown(numbers, asked.use.name, asked.shown, place.settings.user, asked.why)
