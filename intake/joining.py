"""Joining: what the pages of a stack gave in, whole forms out, in whatever order the pages lie.

A further page (a continuation sheet, the other half of a form) goes to the
form whose worker it names. One that names nobody goes to its neighbour, where
the order of the stack leaves no doubt; where it does, the page is set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from intake.going_on import open_table, read_under
from intake.leaves import Leaf
from intake.ordering import near, turned_over
from intake.pieces import Found, Piece, joined_to
from intake.workers import names_somebody, same_worker
from records.editions import Editions
from records.findings import Facts, Finding, Reason, Severity


def joined(stack: Iterable[Found], editions: Editions) -> list[Found]:
    """What is in a stack, by first page: forms with all their pages, pages that are none with the reason."""
    found = _with_bare_pages(stack, editions)
    known = {
        place: Leaf(place, one.pages, one.what, editions[one.what.draft.edition], one.what.keys, one.bare)
        for place, one in enumerate(found)
        if isinstance(one.what, Piece)
    }
    named = _named(known)
    beside = near(found, _grown(known, named), named)
    guessed = beside | turned_over(found, known, named | beside)
    owners = named | guessed
    done = [one for one in found if isinstance(one.what, Reason)]
    done += [_whole(leaf, known, owners, guessed) for leaf in known.values() if leaf.place not in owners]
    formed = {number for one in done if isinstance(one.what, Piece) for number in one.pages}
    return sorted((one for one in done if not _is_scrap(one, formed)), key=lambda one: min(one.pages))


def _with_bare_pages(stack: Iterable[Found], editions: Editions) -> list[Found]:
    """The pages, those of bare rows as more rows of the one kind of table that they may go on with."""
    found = list(stack)
    forms = [one.what for one in found if isinstance(one.what, Piece)]
    return [_as_rows(one, forms, editions) if isinstance(one.what, Reason) else one for one in found]


def _as_rows(one: Found, forms: Iterable[Piece], editions: Editions) -> Found:
    """A page of bare rows as a further page; as it is, if no table is open for it, or several kinds are."""
    kinds = {
        (form.draft.edition, key, tuple(form.open[key])): form
        for form in forms
        if (key := open_table(form, one.bare)) is not None
    }
    if len(kinds) != 1:
        return one
    [((edition, key, _), form)] = kinds.items()
    rows = read_under(form, key, one.bare, editions[edition])
    return replace(one, what=replace(rows, lacking=one.what if isinstance(one.what, Reason) else None))


def _is_scrap(one: Found, formed: set[int]) -> bool:
    """Whether a part of a form was left over beside a whole form on the same page."""
    return isinstance(one.what, Reason) and one.what.code == "part_alone" and set(one.pages) <= formed


def _grown(known: Mapping[int, Leaf], owners: Mapping[int, int]) -> dict[int, Leaf]:
    """The pages, each form asking also what its further pages ask."""
    grown = dict(known)
    for further, form in owners.items():
        grown[form] = replace(grown[form], keys=grown[form].keys | known[further].piece.keys)
    return grown


def _named(known: Mapping[int, Leaf]) -> dict[int, int]:
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


def _whole(
    leaf: Leaf, known: Mapping[int, Leaf], owners: Mapping[int, int], guessed: Mapping[int, int]
) -> Found:
    """A form with its further pages, or the reason why a page is none."""
    further = [known[place] for place, form in owners.items() if form == leaf.place]
    if not further:
        return Found(leaf.pages, _alone(leaf, known))
    piece = leaf.piece
    for one in sorted(further, key=lambda one: _distance(one, leaf)):
        piece = joined_to(_with_bare_rows(piece, one), one.piece, leaf.edition)
    untold = [number for one in further if _leaves_rows(one, leaf) for number in one.pages]
    by_place = [number for one in further if one.place in guessed for number in one.pages]
    said = [Finding("joined_by_place", Severity.WARNING, (), _pages(by_place))] if by_place else []
    said += [Finding("rows_without_headings", Severity.WARNING, (), _pages(untold))] if untold else []
    piece = replace(piece, draft=replace(piece.draft, findings=(*piece.draft.findings, *said)))
    pages = sorted({*leaf.pages, *(number for one in further for number in one.pages)})
    return Found(tuple(pages), piece.lacking or piece)


def _leaves_rows(further: Leaf, form: Leaf) -> bool:
    """Whether something stands in rows of a further page that no table of its form goes on with."""
    written = any(cell.lines for row in further.bare for cell in row)
    return written and not further.is_bare and not further.runs_on_from(form)


def _with_bare_rows(form: Piece, further: Leaf) -> Piece:
    """A form with the rows without headings that a further page begins with, beside what else it holds."""
    key = None if further.is_bare else open_table(form, further.bare)
    if key is None:
        return form
    return joined_to(form, read_under(form, key, further.bare, further.edition), further.edition)


def _distance(further: Leaf, form: Leaf) -> tuple[bool, int]:
    """Further pages behind the form come first, then those before it, the nearest first."""
    return further.place < form.place, abs(further.place - form.place)


def _alone(leaf: Leaf, known: Mapping[int, Leaf]) -> Piece | Reason:
    """What a page is to which nothing was joined: a form, or the reason why there is none."""
    if not leaf.is_further:
        return leaf.piece.lacking or leaf.piece
    may_be = [
        number for form in known.values() if not form.is_further and leaf.fits(form) for number in form.pages
    ]
    if may_be:
        return Reason("sheet_of_whom", _pages(may_be))
    if leaf.piece.continues:
        return leaf.piece.lacking or Reason("continues_nothing")
    return leaf.piece.lacking or leaf.piece


def _pages(numbers: Iterable[int]) -> Facts:
    return MappingProxyType({"pages": ", ".join(map(str, sorted(set(numbers))))})
