"""Running on: digital tables page by page in, those that go on on the next page made one form.

Tables are matched again where one ended and the next began, so that a form
printed over two pages is found whole, rows that were cut in two included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from intake.digital import piece_of
from intake.grid import Grid
from intake.match import match, matches
from intake.pieces import Found, Piece
from intake.sheet import Sheet
from intake.stacking import stacked
from records.editions import Editions
from records.findings import Reason

_BETTER = 0.05
"""Tables joined to one must explain the form by so much more than one of them alone."""
_SHARED = 0.2
"""Two tables that share more of their labels are two forms."""


def tables_of(grids: Sequence[Grid], editions: Editions) -> tuple[Found, ...]:
    """The digital forms of a page: each table alone, or all together where that explains more."""
    alone = [_found((grid,), what) for whole in grids for grid, what in matches(whole, editions)]
    known = [found for found in alone if isinstance(found.what, Piece)]
    forms = [found for found in known if _is_form(found)]
    if len(grids) > 1 and len(forms) <= 1:
        together = _found(tuple(grids), match(stacked(grids), editions))
        if _score(together) > max(map(_score, forms), default=0.0) + _BETTER:
            return (together,)
    whole = [found for found in known if _is_form(found) or _continues(found)]
    return tuple(whole or known or alone[:1])


def run_on(found: Iterable[Found], editions: Editions) -> Iterator[Found]:
    """What pages gave, in their order; tables that go on on the next page as one, their grids let go."""
    held: Found | None = None
    for one in found:
        longer = _longer(held, one, editions) if held is not None else None
        if held is not None and longer is None:
            yield replace(held, grids=())
        held = longer or one
    if held is not None:
        yield replace(held, grids=())


def _found(grids: tuple[Grid, ...], what: Sheet | Reason) -> Found:
    numbers = tuple(dict.fromkeys(grid.page for grid in grids))
    return Found(numbers, piece_of(what) if isinstance(what, Sheet) else what, grids)


def _score(found: Found) -> float:
    return found.what.score if isinstance(found.what, Piece) and _is_form(found) else 0.0


def _longer(held: Found, new: Found, editions: Editions) -> Found | None:
    """Both as one form, when the second goes on where the first ended, as a form of two pages does."""
    if not held.grids or not new.grids or _continues(held) or _share(held, new):
        return None
    grids = (*held.grids, *new.grids)
    together = _found(grids, match(stacked(grids), editions))
    return together if _score(together) > max(_score(held), _score(new)) + _BETTER else None


def _is_form(found: Found) -> bool:
    return isinstance(found.what, Piece) and not found.what.continues and found.what.lacking is None


def _continues(found: Found) -> bool:
    return isinstance(found.what, Piece) and found.what.continues


def _share(held: Found, new: Found) -> bool:
    """Whether both carry the same labels, and so are two forms."""
    if isinstance(held.what, Reason) or isinstance(new.what, Reason):
        return False
    here, there = held.what.keys, new.what.keys
    return len(here & there) > _SHARED * min(len(here), len(there))
