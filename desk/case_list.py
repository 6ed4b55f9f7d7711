"""The list of medical cases: a wish comes in, cases with their assessment go out, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Stood:
    """How a case without twins stood when it was judged: of which revision it was, and its record."""

    revisions: tuple[int, int]
    verdict: Verdict | None


Known = dict[int, Stood]
"""What is known of cases by number, so that nobody judges all of them for each question."""


def listed(
    editions: Editions, store: Store, wish: Wish, most: int, known: Known
) -> tuple[list[Listed], bool]:
    """The newest such cases, and whether there are more than these; `known` learns how they stand."""
    found = list(islice(_found(editions, store, wish, known), most + 1))
    return found[:most], len(found) > most


def _found(editions: Editions, store: Store, wish: Wish, known: Known) -> Iterator[Listed]:
    numbers, twins = _numbers(store, wish), store.medical.with_twins()
    if wish.standing is not None:
        revisions = store.medical.revisions()
        numbers = [one for one in numbers if one in twins or _may_be(known, one, revisions, wish.standing)]
    for start in range(0, len(numbers), _AT_ONCE):
        for one in _assessed(editions, store, store.medical.some(numbers[start : start + _AT_ONCE]), twins):
            _learn(known, one, twins)
            if wish.standing is None or _verdict(one) is wish.standing:
                yield one


def _may_be(known: Known, number: int, revisions: Mapping[int, tuple[int, int]], standing: Verdict) -> bool:
    """Whether a case may stand so: all that is known of it as it is now."""
    stood = known.get(number)
    return stood is None or stood.revisions != revisions.get(number) or stood.verdict is standing


def _learn(known: Known, one: Listed, twins: Collection[int]) -> None:
    """How a case stands rests on it and its record alone, unless it has twins."""
    if one.case.number in twins:
        known.pop(one.case.number, None)
    elif one.desk is not None:
        revisions = one.case.revision, one.desk.record.revision
        known[one.case.number] = Stood(revisions, _verdict(one))


def _verdict(one: Listed) -> Verdict | None:
    return one.told.verdict if one.told is not None else None


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


def _assessed(
    editions: Editions, store: Store, cases: Sequence[MedicalCase], with_twins: Collection[int]
) -> Iterator[Listed]:
    records = {record.number: record for record in store.records([case.record for case in cases])}
    some = [case for case in cases if case.number in with_twins]
    twins = store.medical.twins_each(some) if some else {}
    for case in cases:
        try:
            desk = case_desk(editions, store, case, records.get(case.record))
            yield Listed(case, desk, desk.assessed(twins.get(case.number, ())))
        except DanganError as error:
            yield Listed(case, wrong=error)
