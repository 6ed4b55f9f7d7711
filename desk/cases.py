"""Medical cases for their sheets: a kept case comes in, it goes out assessed, with all sentences in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk import judged, phrases, words
from desk.workplace import Workplace
from records.archive import Record

if TYPE_CHECKING:
    from docgen.case_sheets import Case
    from records.medical import MedicalCase
    from records.store import Store


def whole_case(place: Workplace, store: Store, case: MedicalCase) -> Case:
    """A case held against its notice, with the sentences that its sheets want."""
    from docgen.case_sheets import Case, Say
    from records.assessing import assess

    record = store.record(case.record)
    edition = place.editions[record.edition]
    told = assess(edition, record, case, store.medical.twins(case))
    say = Say(
        lambda reason: judged.decided(reason, "\n"),
        words.error,
        lambda verdict: words.VERDICTS[verdict],
        lambda told: told.partition(phrases.STOP)[0] + phrases.STOP,
    )
    return Case(edition, record, case, told, say)


def with_latest_case(place: Workplace, document: str, record: Record) -> Record:
    """The record; for a sheet of medical cases, with what is to be printed of its latest one."""
    if place.editions[record.edition].document(document).of != "case":
        return record
    from docgen.case_sheets import alone

    with place.store() as store:
        cases = store.medical.cases(record.number)
        latest = max(cases, key=lambda case: case.year, default=None)
        return record if latest is None else alone(whole_case(place, store, latest))
