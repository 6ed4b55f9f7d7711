"""What the desk can make: editions come in, every document with what it asks of a clerk goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desk.documents_made import Order, Printing
from desk.lists_made import Wishes
from records.editions import DocumentUse, Edition, Editions
from records.errors import Refused
from records.listing import Secret, listing, load_roster, secrets
from records.rosters import Ask, Column, Roster


class Sort(StrEnum):
    """Of what a document is made."""

    RECORD = "record"
    CASE = "case"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Offer:
    """A document of an edition; a list has a roster."""

    edition: Edition
    use: DocumentUse
    roster: Roster | None

    @property
    def key(self) -> str:
        """What it is asked for by."""
        return f"{self.edition.key}/{self.use.name}"

    @property
    def sort(self) -> Sort:
        """One for each record, for each record's medical case, or one of many records."""
        return {"records": Sort.LIST, "case": Sort.CASE}.get(self.use.of, Sort.RECORD)

    @property
    def asks(self) -> Sequence[Ask]:
        """What only the clerk knows."""
        return self.roster.asks if self.roster else ()

    @property
    def optional(self) -> Sequence[Column]:
        """Columns that are there when asked for."""
        return [column for column in self.roster.columns if column.optional] if self.roster else []

    @property
    def secrets(self) -> Sequence[Secret]:
        """What it hides unless there is a reason."""
        return secrets(self.edition, self.roster) if self.roster and self.roster.public else ()

    @property
    def has_workbook(self) -> bool:
        """Whether it can be an XLSX, too."""
        return bool(self.roster and self.roster.tables)

    @property
    def may_lie_together(self) -> bool:
        """Whether several of it may be laid out on one page."""
        return self.roster is None

    def order(
        self,
        printing: Printing,
        together: bool = False,
        xlsx: bool = False,
        given: Mapping[str, str] | None = None,
        columns: Sequence[str] = (),
        shown: Sequence[str] = (),
        why: str = "",
    ) -> Order:
        """The order for it. Raises Refused when its wishes cannot be."""
        if self.roster is None:
            return Order(self.use.name, printing, together=together)
        answers = {name: text for name, text in (given or {}).items() if text}
        wishes = Wishes(xlsx, answers, tuple(columns), tuple(shown), why)
        listing(self.edition, self.use, (), answers, wishes.columns, wishes.shown, why)
        return Order(self.use.name, printing, wishes)


def offers(edition: Edition) -> Iterator[Offer]:
    """Every document that an edition has; raises EditionError for a roster that is wrong."""
    for use in edition.documents:
        yield Offer(edition, use, load_roster(edition, use) if use.roster else None)


def offer(editions: Editions, key: str) -> Offer:
    """The document of a key; raises Refused (`no_such_document`)."""
    edition, _, document = key.partition("/")
    for one in offers(editions[edition]) if edition in editions else ():
        if one.use.name == document:
            return one
    raise Refused("no_such_document", document=document, edition=edition)
