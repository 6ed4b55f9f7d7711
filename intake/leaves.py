"""Leaves: pages of known editions as they lie in a stack, and which of them can belong together.

A leaf is a form, or a further page of one (a continuation sheet, the other
half): it says whether it fits a form by labels and worker, and whether the
form says that it wants it.
"""

from __future__ import annotations

from dataclasses import dataclass

from intake.bare import BareRow
from intake.continued import pointing
from intake.going_on import open_table
from intake.pieces import Piece
from intake.workers import identity_keys, same_worker
from records.editions import Edition
from records.values import row_count

_SHARED = 0.2
"""A further page asks at most this share of what the form asks already; with more it is another form."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a known edition, its place in the stack, what it asks once its further pages are joined.

    `bare` are its rows without headings; a page may hold nothing else.
    """

    place: int
    pages: tuple[int, ...]
    piece: Piece
    edition: Edition
    keys: frozenset[str]
    bare: tuple[BareRow, ...] = ()

    @property
    def own(self) -> frozenset[str]:
        """The plain fields that the page asks, but those that say whose it is or what goes on on it."""
        told = {*identity_keys(self.edition), *(one.path for one in self.piece.carried)}
        asked = {field.key for field in self.edition.on_paper if not field.is_rows}
        return frozenset((self.piece.keys & asked) - told)

    @property
    def is_further(self) -> bool:
        """Whether the page belongs to another: it goes on with a form, or does not ask whose it is."""
        return self.piece.continues or not self.piece.keys & set(identity_keys(self.edition))

    def fits(self, form: Leaf) -> bool:
        """Whether the page can be a further page of a form, as far as labels and worker say."""
        if form.place == self.place or form.edition.key != self.edition.key or form.piece.continues:
            return False
        if self.is_bare:
            return self.runs_on_from(form)
        alike = len(self.own & form.keys) <= _SHARED * len(self.own)
        brings = self.piece.continues or self.fills(form)
        return alike and brings and same_worker(form.piece, self.piece, self.edition) is not False

    def fills(self, form: Leaf) -> bool:
        """Whether the page asks what the form does not, as its other half does."""
        return bool(self.own - form.keys)

    @property
    def is_bare(self) -> bool:
        """Whether the page holds rows without headings and nothing else."""
        return self.piece.continues and self.piece.lacking is not None

    def runs_on_from(self, form: Leaf) -> bool:
        """Whether the page begins with more rows of a table that is open at the end of the form's page."""
        return open_table(form.piece, self.bare) is not None

    def is_wanted_by(self, form: Leaf) -> bool:
        """Whether the form says that it goes on, or has no row left where this page has more."""
        if self.runs_on_from(form):
            return True
        readings = form.piece.draft.readings
        pointers = set(pointing(readings, self.edition))
        return bool(pointers & {one.path for one in self.piece.carried}) or any(
            row_count(table.key, self.piece.draft.readings) > 0
            and row_count(table.key, readings) >= table.printed_rows
            for table in self.edition.tables
        )
