"""The list of medical cases: a wish comes in, cases with their assessment go out, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from desk.cases import CaseDesk, case_desk
from records.editions import Editions
from records.errors import DanganError
from records.index_store import Asked
from records.verdicts import Verdict

if TYPE_CHECKING:
    from records.assessing import Assessment
    from records.medical import MedicalCase
    from records.store import Store

_AT_ONCE = 26


@dataclass(frozen=True, slots=True)
class Wish:
    """Which cases: of a unit (empty: all), of a year (0: any), with words of the record or the case's number,
    that stand so; only those below the number `before`, if that is given."""

    unit: str = ""
    text: str = ""
    year: int = 0
    standing: Verdict | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in the list; one that cannot be assessed says why."""

    case: MedicalCase
    desk: CaseDesk | None = None
    told: Assessment | None = None
    wrong: DanganError | None = None


def listed(editions: Editions, store: Store, wish: Wish, most: int) -> tuple[list[Listed], bool]:
    """The newest such cases, and whether there are more than these."""
    found = list(islice(_found(editions, store, wish), most + 1))
    return found[:most], len(found) > most


def _found(editions: Editions, store: Store, wish: Wish) -> Iterator[Listed]:
    numbers = _numbers(store, wish)
    for start in range(0, len(numbers), _AT_ONCE):
        for one in _assessed(editions, store, store.medical.some(numbers[start : start + _AT_ONCE])):
            if wish.standing is None or (one.told is not None and one.told.verdict is wish.standing):
                yield one


def _numbers(store: Store, wish: Wish) -> Sequence[int]:
    heads = [
        (case, record)
        for case, record in store.medical.heads(wish.unit, wish.year)
        if not wish.before or case < wish.before
    ]
    if not wish.text.strip():
        return [case for case, _ in heads]
    records = set(store.index.numbers(Asked(wish.text), wish.unit))
    return [case for case, record in heads if record in records or str(case) == wish.text.strip()]


def _assessed(editions: Editions, store: Store, cases: Sequence[MedicalCase]) -> Iterator[Listed]:
    records = {record.number: record for record in store.records([case.record for case in cases])}
    twins = store.medical.twins_each(cases)
    for case in cases:
        try:
            desk = case_desk(editions, store, case, records.get(case.record))
            yield Listed(case, desk, desk.assessed(twins[case.number]))
        except DanganError as error:
            yield Listed(case, wrong=error)
