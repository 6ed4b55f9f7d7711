"""Stacks for tests, without pictures: what pages of a sheet feeder would have given, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from intake.continued import Carried
from intake.pieces import Found, Piece
from intake.workers import identity_keys
from records.drafts import Draft, Reading
from records.editions import Edition
from records.findings import Reason
from records.values import row_path


def plain_keys(edition: Edition) -> list[str]:
    return [field.key for field in edition.on_paper if not field.is_rows]


def table_keys(edition: Edition) -> frozenset[str]:
    table = edition.tables[0]
    return frozenset({table.key, *(f"{table.key}.{column.key}" for column in table.fields)})


class Stack:
    """Makes the pages of one edition's forms; what they say of their worker is the worker's number."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        keys = plain_keys(edition)
        told = set(identity_keys(edition))
        rest = [key for key in keys if key not in told]
        self.upper, self.lower = rest[: len(rest) // 2], rest[len(rest) // 2 :]

    def _piece(self, keys: Sequence[str], worker: str, **more: object) -> Piece:
        asked = identity_keys(self.edition) if worker else ()
        readings = {key: Reading(f"{key} of {worker}", review=False) for key in asked}
        readings |= {key: Reading(f"{key}!") for key in keys}
        missing = [key for key in plain_keys(self.edition) if key not in readings]
        unread = Reading(None, "", 0.5, True, (Reason("label_not_found"),))
        if not more.get("continues"):
            readings |= dict.fromkeys(missing, unread)
        draft = Draft(self.edition.key, MappingProxyType(readings))
        return Piece(draft, keys=frozenset((*keys, *asked)), **more)  # type: ignore[arg-type]

    def whole(self, worker: str) -> Piece:
        """A form on one page."""
        return self._with_rows(self._piece([*self.upper, *self.lower], worker, score=0.9), 1)

    def full(self, worker: str) -> Piece:
        """A form on one page with no row left."""
        return self._with_rows(self.whole(worker), self.edition.tables[0].printed_rows)

    def pointing(self, worker: str, key: str) -> Piece:
        """A form on one page that says of a field that it goes on elsewhere."""
        pointer = next(use.see_more for use in self.edition.documents if use.continuation)
        piece = self.whole(worker)
        readings = {**piece.draft.readings, key: Reading(None, pointer, review=True)}
        return _with(piece, readings)

    def front(self, worker: str) -> Piece:
        """The first of a form's two pages."""
        return self._piece(self.upper, worker, lacking=Reason("part_alone", {"nearest": ""}), score=0.3)

    def back(self, worker: str = "", mark: str = "") -> Piece:
        """The second page; says whose it is only when it is told."""
        piece = self._piece(self.lower, worker, lacking=Reason("part_alone", {"nearest": ""}), score=0.3)
        readings = {**piece.draft.readings, self.lower[0]: Reading(mark or worker)}
        return self._with_rows(_with(piece, readings), 2)

    def sheet(self, worker: str = "", rows: int = 2, carried: Sequence[tuple[str, str]] = ()) -> Piece:
        """A continuation sheet."""
        told = tuple(Carried(path, text) for path, text in carried)
        piece = self._piece((), worker, continues=True, carried=told, score=0.2)
        return self._with_rows(piece, rows)

    def _with_rows(self, piece: Piece, rows: int) -> Piece:
        table = self.edition.tables[0]
        readings = dict(piece.draft.readings)
        readings |= {
            row_path(table.key, row, table.fields[0].key): Reading(f"row {row}") for row in range(rows)
        }
        with_rows = _with(piece, readings)
        return Piece(
            with_rows.draft,
            piece.continues,
            piece.carried,
            piece.keys | table_keys(self.edition),
            piece.score,
            piece.lacking,
        )


def with_values(piece: Piece, values: Mapping[str, str]) -> Piece:
    """A page on which these values stand, too, or instead."""
    return _with(piece, {**piece.draft.readings, **{path: Reading(said) for path, said in values.items()}})


def _with(piece: Piece, readings: Mapping[str, Reading]) -> Piece:
    draft = Draft(piece.draft.edition, MappingProxyType(dict(readings)))
    return Piece(draft, piece.continues, piece.carried, piece.keys, piece.score, piece.lacking)


BLANK, UNKNOWN = Reason("blank_page"), Reason("no_known_form")


def pages(*pieces: Piece | Reason) -> list[Found]:
    """These pages as they were fed."""
    return [Found((number,), what) for number, what in enumerate(pieces, start=1)]
