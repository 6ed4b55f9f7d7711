"""Joining: what the pages of a stack gave in, whole forms out, in whatever order the pages lie.

A further page (a continuation sheet, the other half of a form) goes to the
form whose worker it names. One that names nobody goes to its neighbour, where
the order of the stack leaves no doubt; where it does, the page is set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from intake.continued import pointing
from intake.pieces import Found, Piece, joined_to
from intake.workers import identity_keys, names_somebody, same_worker
from records.editions import Edition, Editions
from records.findings import Finding, Reason, Severity
from records.values import row_count

_SHARED = 0.2
"""A further page asks at most this share of what the form asks already; with more it is another form."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A page of a known edition, its place in the stack, what it asks once its further pages are joined."""

    place: int
    pages: tuple[int, ...]
    piece: Piece
    edition: Edition
    keys: frozenset[str]

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

    def fits(self, form: _Leaf) -> bool:
        """Whether the page can be a further page of a form, as far as labels and worker say."""
        if form.place == self.place or form.edition.key != self.edition.key or form.piece.continues:
            return False
        alike = len(self.own & form.keys) <= _SHARED * len(self.own)
        brings = self.piece.continues or self.fills(form)
        return alike and brings and same_worker(form.piece, self.piece, self.edition) is not False

    def fills(self, form: _Leaf) -> bool:
        """Whether the page asks what the form does not, as its other half does."""
        return bool(self.own - form.keys)

    def is_wanted_by(self, form: _Leaf) -> bool:
        """Whether the form says that it goes on, or has no row left where this page has more."""
        readings = form.piece.draft.readings
        pointers = set(pointing(readings, self.edition))
        return bool(pointers & {one.path for one in self.piece.carried}) or any(
            row_count(table.key, self.piece.draft.readings) > 0
            and row_count(table.key, readings) >= table.printed_rows
            for table in self.edition.tables
        )


def joined(stack: Iterable[Found], editions: Editions) -> list[Found]:
    """What is in a stack, by first page: forms with all their pages, pages that are none with the reason."""
    found = list(stack)
    known = {
        place: _Leaf(place, one.pages, one.what, editions[one.what.draft.edition], one.what.keys)
        for place, one in enumerate(found)
        if isinstance(one.what, Piece)
    }
    named = _named(known)
    near = _near(found, _grown(known, named), named)
    owners = named | near
    done = [one for one in found if isinstance(one.what, Reason)]
    done += [_whole(leaf, known, owners, near) for leaf in known.values() if leaf.place not in owners]
    formed = {number for one in done if isinstance(one.what, Piece) for number in one.pages}
    return sorted((one for one in done if not _is_scrap(one, formed)), key=lambda one: min(one.pages))


def _is_scrap(one: Found, formed: set[int]) -> bool:
    """Whether a part of a form was left over beside a whole form on the same page."""
    return isinstance(one.what, Reason) and one.what.code == "part_alone" and set(one.pages) <= formed


def _grown(known: Mapping[int, _Leaf], owners: Mapping[int, int]) -> dict[int, _Leaf]:
    """The pages, each form asking also what its further pages ask."""
    grown = dict(known)
    for further, form in owners.items():
        grown[form] = replace(grown[form], keys=grown[form].keys | known[further].piece.keys)
    return grown


def _named(known: Mapping[int, _Leaf]) -> dict[int, int]:
    """For each further page that says whose it is, halves first: the only form of that worker."""
    owners: dict[int, int] = {}
    for leaf in sorted(known.values(), key=lambda leaf: (leaf.is_further, len(leaf.keys))):
        if leaf.place in owners.values() or not names_somebody(leaf.piece, leaf.edition):
            continue
        forms = [
            form
            for form in _grown(known, owners).values()
            if form.place not in owners
            and not form.is_further
            and leaf.fits(form)
            and same_worker(form.piece, leaf.piece, leaf.edition)
        ]
        if len(forms) == 1:
            owners[leaf.place] = forms[0].place
    return owners


def _near(found: Sequence[Found], known: Mapping[int, _Leaf], named: Mapping[int, int]) -> dict[int, int]:
    """For each further page that names nobody: the place of the form beside it, where there is no doubt."""
    owners: dict[int, int] = {}
    for run in _runs(found, known, named):
        owners |= _in_one_order(run) or _on_one_sheet(run)
    return owners


def _runs(
    found: Sequence[Found], known: Mapping[int, _Leaf], named: Mapping[int, int]
) -> Iterator[list[_Leaf]]:
    """Forms and unnamed further pages that lie together; blank pages between them do not count."""
    told = [
        place
        for place, one in enumerate(found)
        if place not in named and not (isinstance(one.what, Reason) and one.what.code == "blank_page")
    ]
    for together, places in groupby(told, key=lambda place: place in known):
        if together:
            yield [known[place] for place in places]


def _in_one_order(run: Sequence[_Leaf]) -> dict[int, int]:
    """Each further page with the form before it, or each with the form behind it, if only one is possible."""
    orders = [order for order in (_following(run), _following(run[::-1])) if _is_whole(order, run)]
    if len(orders) == 2 and orders[0] != orders[1]:
        wanted = [order for order in orders if _is_wanted(order, run)]
        orders = wanted if len(wanted) == 1 else []
    return orders[0] if orders else {}


def _following(run: Sequence[_Leaf]) -> dict[int, int]:
    """Each further page that fits the last form before it, with that form."""
    owners: dict[int, int] = {}
    form: _Leaf | None = None
    for leaf in run:
        if not leaf.is_further:
            form = leaf
        elif form is not None and leaf.fits(form):
            owners[leaf.place] = form.place
            form = replace(form, keys=form.keys | leaf.keys)
    return owners


def _is_whole(order: Mapping[int, int], run: Sequence[_Leaf]) -> bool:
    """Whether no further page is left over, and no form without its half while others got one."""
    further = [leaf for leaf in run if leaf.is_further]
    forms = {leaf.place: leaf for leaf in run if not leaf.is_further}
    halves = [leaf for leaf in further if leaf.place in order and leaf.fills(forms[order[leaf.place]])]
    halved = {order[leaf.place] for leaf in halves}
    wanting = {form.place for form in forms.values() if any(leaf.fits(form) for leaf in halves)}
    return all(leaf.place in order for leaf in further) and wanting <= halved


def _is_wanted(order: Mapping[int, int], run: Sequence[_Leaf]) -> bool:
    leaves = {leaf.place: leaf for leaf in run}
    return all(leaves[further].is_wanted_by(leaves[form]) for further, form in order.items())


def _on_one_sheet(run: Sequence[_Leaf]) -> dict[int, int]:
    """Halves with the form on the other side of the same sheet, if that explains all of them."""
    owners = {
        leaf.place: form.place
        for leaf in run
        for form in run
        if leaf.is_further and not form.is_further and leaf.fills(form) and leaf.fits(form)
        if _sheet(leaf) == _sheet(form)
    }
    return owners if all(leaf.place in owners for leaf in run if leaf.is_further) else {}


def _sheet(leaf: _Leaf) -> int:
    """Which sheet of paper a page is a side of, when both sides were scanned one after the other."""
    return (min(leaf.pages) + 1) // 2


def _whole(
    leaf: _Leaf, known: Mapping[int, _Leaf], owners: Mapping[int, int], near: Mapping[int, int]
) -> Found:
    """A form with its further pages, or the reason why a page is none."""
    further = [known[place] for place, form in owners.items() if form == leaf.place]
    if not further:
        return Found(leaf.pages, _alone(leaf, known))
    piece = leaf.piece
    for one in sorted(further, key=lambda one: _distance(one, leaf)):
        piece = joined_to(piece, one.piece, leaf.edition)
    guessed = [number for one in further if one.place in near for number in one.pages]
    if guessed:
        facts = MappingProxyType({"pages": _listed(guessed)})
        said = Finding("joined_by_place", Severity.WARNING, (), facts)
        piece = replace(piece, draft=replace(piece.draft, findings=(*piece.draft.findings, said)))
    pages = sorted({*leaf.pages, *(number for one in further for number in one.pages)})
    return Found(tuple(pages), piece.lacking or piece)


def _distance(further: _Leaf, form: _Leaf) -> tuple[bool, int]:
    """Further pages behind the form come first, then those before it, the nearest first."""
    return further.place < form.place, abs(further.place - form.place)


def _alone(leaf: _Leaf, known: Mapping[int, _Leaf]) -> Piece | Reason:
    """What a page is to which nothing was joined: a form, or the reason why there is none."""
    if not leaf.is_further:
        return leaf.piece.lacking or leaf.piece
    may_be = [
        number for form in known.values() if not form.is_further and leaf.fits(form) for number in form.pages
    ]
    if may_be:
        return Reason("sheet_of_whom", MappingProxyType({"pages": _listed(may_be)}))
    if leaf.piece.continues:
        return Reason("continues_nothing")
    return leaf.piece.lacking or leaf.piece


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(set(numbers))))
