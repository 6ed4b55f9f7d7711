"""Ordering: further pages that name nobody in, the form that each belongs to by the order of the stack out.

A stack has its further pages behind their forms or before them, both sides of
a sheet next to each other, or all fronts first and then all backs. A page is
given to a form only if exactly one such order leaves no page over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from intake.leaves import Leaf
from intake.pieces import Found, Piece, joined_to
from records import rules
from records.findings import Reason

_FOREIGN = 0.2
"""A page of which no edition explains so much is no form that was read badly."""
_CONTRADICTED = 2
"""An order that breaks so many rules between its pages is wrong, if another breaks none."""

Owners = dict[int, int]
"""For each further page, by its place in the stack, the place of its form."""


def near(found: Sequence[Found], known: Mapping[int, Leaf], named: Mapping[int, int]) -> Owners:
    """For each further page that names nobody: the form that the order of the stack leaves no doubt about."""
    owners: Owners = {}
    for run in _runs(found, known, named):
        owners |= _in_order(run)
    return owners


def turned_over(found: Sequence[Found], known: Mapping[int, Leaf], owned: Mapping[int, int]) -> Owners:
    """The halves of a stack of which all fronts were scanned first and then all backs, or the other way."""
    halves = [leaf for leaf in known.values() if leaf.piece.lacking and not leaf.piece.continues]
    first, second = halves[: len(halves) // 2], halves[len(halves) // 2 :]
    if len(first) != len(second) or not (_one_side(first, owned) and _one_side(second, owned)):
        return {}
    pairings = [_paired(first, some, owned) for some in (second, second[::-1])]
    orders = [order for order in pairings if order]
    last = max((number for one in found for number in one.pages), default=0)
    lying = [order for order in orders if _lies_so(order, known, last)] or orders
    decided = lying if _alike(lying) else _agreeing(lying, known)
    return {back: front for back, front in decided[0].items() if back not in owned} if decided else {}


def _one_side(halves: Sequence[Leaf], owned: Mapping[int, int]) -> bool:
    """Whether halves are all fronts or all backs, those aside that say whose they are."""
    told = {*owned, *owned.values()}
    return len({leaf.is_further for leaf in halves if leaf.place not in told}) < 2


def _paired(first: Sequence[Leaf], second: Sequence[Leaf], owned: Mapping[int, int]) -> Owners:
    """The halves one by one, each back with its front; nothing, if any two cannot be one form."""
    pairs = [_as_one(*pair, owned) for pair in zip(first, second, strict=True)]
    return {} if any(pair is None for pair in pairs) else dict(pair for pair in pairs if pair is not None)


def _as_one(one: Leaf, other: Leaf, owned: Mapping[int, int]) -> tuple[int, int] | None:
    """Two halves as a back and its front."""
    told = {*owned, *owned.values()}
    for back, front in ((one, other), (other, one)):
        if owned.get(back.place) == front.place:
            return back.place, front.place
        if not told & {back.place, front.place} and back.is_further and not front.is_further:
            return (back.place, front.place) if back.fills(front) and back.fits(front) else None
    return None


def _alike(orders: Sequence[Owners]) -> bool:
    return all(order == orders[0] for order in orders)


def _lies_so(order: Owners, known: Mapping[int, Leaf], last: int) -> bool:
    """Whether the pages lie as both sides of a whole stack do when no side was left out."""
    numbers = [(min(known[back].pages), min(known[front].pages)) for back, front in order.items()]
    straight = all(abs(back - front) * 2 == last for back, front in numbers)
    return straight or all(back + front == last + 1 for back, front in numbers)


def _agreeing(orders: Sequence[Owners], known: Mapping[int, Leaf]) -> Sequence[Owners]:
    """The one order that no rule contradicts, if the other is contradicted more than once."""
    broken = [
        sum(_contradictions(known[back], known[front]) for back, front in order.items()) for order in orders
    ]
    agreeing = [order for order, count in zip(orders, broken, strict=True) if count == 0]
    return agreeing if len(agreeing) == 1 and max(broken) >= _CONTRADICTED else []


def _contradictions(back: Leaf, front: Leaf) -> int:
    """How many rules are broken between two pages, and on neither of them alone."""
    both = joined_to(front.piece, back.piece, front.edition)
    here, there, together = (_broken(piece, front) for piece in (front.piece, back.piece, both))
    return len(together - here - there)


def _broken(piece: Piece, leaf: Leaf) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.rule, one.paths) for one in rules.findings(leaf.edition, piece.draft.values)}


Run = list[list[Leaf]]
"""Forms and further pages in their order, in stretches that attachments part."""


def _runs(found: Sequence[Found], known: Mapping[int, Leaf], named: Mapping[int, int]) -> Iterator[Run]:
    """What lies between pages that may be forms but could not be read; blank pages do not count."""
    told = [
        place
        for place, one in enumerate(found)
        if place not in named and not (isinstance(one.what, Reason) and one.what.code == "blank_page")
    ]
    for together, places in groupby(told, key=lambda place: place in known or _is_foreign(found[place])):
        if together:
            stretches = groupby(places, key=lambda place: place in known)
            yield [[known[place] for place in some] for is_known, some in stretches if is_known]


def _is_foreign(one: Found) -> bool:
    """Whether a page is an attachment rather than a form that could not be read."""
    what = one.what
    if isinstance(what, Piece) or what.code not in ("no_known_form", "no_table"):
        return False
    return float(what.facts.get("score", "0")) < _FOREIGN


def _in_order(run: Run) -> Owners:
    """The one order of a run, attachments not counted; where there is none, that of each of its stretches."""
    leaves = [leaf for stretch in run for leaf in stretch]
    orders = _orders(leaves)
    if orders or len(run) < 2:
        return _decided(orders, leaves)
    return {further: form for stretch in run for further, form in _in_order([stretch]).items()}


def _orders(leaves: Sequence[Leaf]) -> list[Owners]:
    """Each further page with the form before it, each with that behind it, or with its sheet's other side."""
    orders = [order for order in (_following(leaves), _following(leaves[::-1])) if _is_whole(order, leaves)]
    if not orders and (sheets := _on_one_sheet(leaves)):
        orders = [sheets]
    return orders


def _decided(orders: Sequence[Owners], leaves: Sequence[Leaf]) -> Owners:
    """The order, if only one is possible, or only one is what the forms say."""
    if len(orders) == 2 and orders[0] != orders[1]:
        orders = [order for order in orders if _is_wanted(order, leaves)]
        orders = orders if len(orders) == 1 else []
    return orders[0] if orders else {}


def _following(run: Sequence[Leaf]) -> Owners:
    """Each further page that fits the last form before it, with that form."""
    owners: Owners = {}
    form: Leaf | None = None
    for leaf in run:
        if not leaf.is_further:
            form = leaf
        elif form is not None and leaf.fits(form):
            owners[leaf.place] = form.place
            form = replace(form, keys=form.keys | leaf.keys)
    return owners


def _is_whole(order: Mapping[int, int], run: Sequence[Leaf]) -> bool:
    """Whether no further page is left over, and no form without its half while others got one."""
    further = [leaf for leaf in run if leaf.is_further]
    forms = {leaf.place: leaf for leaf in run if not leaf.is_further}
    halves = [leaf for leaf in further if leaf.place in order and leaf.fills(forms[order[leaf.place]])]
    halved = {order[leaf.place] for leaf in halves}
    wanting = {form.place for form in forms.values() if any(leaf.fits(form) for leaf in halves)}
    return all(leaf.place in order for leaf in further) and wanting <= halved


def _is_wanted(order: Mapping[int, int], run: Sequence[Leaf]) -> bool:
    leaves = {leaf.place: leaf for leaf in run}
    return all(leaves[further].is_wanted_by(leaves[form]) for further, form in order.items())


def _on_one_sheet(run: Sequence[Leaf]) -> Owners:
    """Halves with the form on the other side of the same sheet, if that explains all of them."""
    owners = {
        leaf.place: form.place
        for leaf in run
        for form in run
        if leaf.is_further and not form.is_further and leaf.fills(form) and leaf.fits(form)
        if _sheet(leaf) == _sheet(form)
    }
    return owners if all(leaf.place in owners for leaf in run if leaf.is_further) else {}


def _sheet(leaf: Leaf) -> int:
    """Which sheet of paper a page is a side of, when both sides were scanned one after the other."""
    return (min(leaf.pages) + 1) // 2
