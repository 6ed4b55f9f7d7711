"""Joining: a new paper of somebody who has a record comes in, what the record becomes goes out.

What the new paper asks replaces what stood there, tables whole; what it does not ask stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from records.errors import Refused
from records.forms import Edition
from records.people import household, spellings, worker_name
from records.settling import Change, differences, in_order
from records.values import BLANKS, Value, Values, split_path

JOINED = "joined"
"""Why something changed that nobody decided: the new paper says nothing of it any more."""


def merged(old: Values, asked: Iterable[str], new: Values) -> dict[str, Value]:
    """The record's values with those of a new paper that asks for these paths, rows where they stand."""
    heads = {split_path(path)[0] for path in asked}
    kept = {path: value for path, value in old.items() if split_path(path)[0] not in heads}
    return kept | dict(new)


def joined(edition: Edition, old: Values, asked: Iterable[str], new: Values) -> Values:
    """The same as the record keeps it: in the paper's order, blank rows closed up."""
    return in_order(edition, merged(old, asked, new))


def changes_of(old: Values, new: Values, told: Sequence[Change]) -> tuple[Change, ...]:
    """What changes in the record, with the reasons and the spots that settling the paper tells."""
    known: Mapping[str, Change] = {change.path: change for change in told}
    return tuple(
        replace(one, why=known[one.path].why, source=known[one.path].source) if one.path in known else one
        for one in differences(old, new, JOINED)
        if not is_same(one.before, one.after)
    )


def is_same(one: Value, other: Value) -> bool:
    """Whether two values say the same, a blank however it is written."""
    return one == other or (one in BLANKS and other in BLANKS)


def is_of_worker(edition: Edition, old: Values, new: Values) -> bool:
    """Whether the worker's number or the name on the paper is that of the record."""
    name = worker_name(edition, new)
    return _shares_number(edition, old, new) or (bool(name) and name == worker_name(edition, old))


def check_same_worker(edition: Edition, old: Values, new: Values, number: int) -> None:
    """Raises Refused (`other_worker`) when neither number nor name on the paper is that of the record.

    Nor does the same name do where both have a number: people share names.
    """
    if _shares_number(edition, old, new):
        return
    if worker_name(edition, old) != worker_name(edition, new) or all(
        _numbers(edition, values) for values in (old, new)
    ):
        raise Refused("other_worker", number=number)


def _shares_number(edition: Edition, old: Values, new: Values) -> bool:
    return bool(_numbers(edition, old) & _numbers(edition, new))


def _numbers(edition: Edition, values: Values) -> set[str]:
    """The worker's own number in all its spellings."""
    return {
        spelling for one in household(edition, values) if one.worker for spelling in spellings(one.id_number)
    }
