"""Medical cases at the desk: a kept case comes in; it goes out with its record, its notice and its sheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk import judged, phrases, words
from desk.workplace import Workplace
from records.archive import Record
from records.editions import Edition, Editions
from records.medical import MedicalCase

if TYPE_CHECKING:
    from docgen.case_sheets import Case
    from records.assessing import Assessment
    from records.medical import Twin
    from records.medical_aid import MedicalAid
    from records.medical_store import MedicalCases
    from records.store import Store


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """An open store, one case in it with its record, and what the record's notice asks."""

    store: Store
    edition: Edition
    record: Record
    aid: MedicalAid
    case: MedicalCase

    @property
    def medical(self) -> MedicalCases:
        """The cases in the store."""
        return self.store.medical

    def assessed(self, twins: tuple[Twin, ...] | None = None) -> Assessment:
        """The case held against its notice; `twins` where they are known already."""
        from records.assessing import assess

        found = self.medical.twins(self.case) if twins is None else twins
        return assess(self.edition, self.record, self.case, found)


def case_desk(editions: Editions, store: Store, case: MedicalCase, record: Record | None = None) -> CaseDesk:
    """A case with its record; raises NoSuchRecord, EditionError, and Refused (`no_medical_aid`)."""
    from records.medical_aid import medical_aid

    record = record or store.record(case.record)
    edition = editions[record.edition]
    return CaseDesk(store, edition, record, medical_aid(edition), case)


def whole_case(place: Workplace, store: Store, case: MedicalCase) -> Case:
    """A case held against its notice, with the sentences that its sheets want."""
    from docgen.case_sheets import Case, Say

    desk = case_desk(place.editions, store, case)
    say = Say(
        lambda reason: judged.decided(reason, "\n"),
        words.error,
        lambda verdict: words.VERDICTS[verdict],
        lambda told: told.partition(phrases.STOP)[0] + phrases.STOP,
    )
    return Case(desk.edition, desk.record, case, desk.assessed(), say)


def with_latest_case(place: Workplace, document: str, record: Record) -> Record:
    """The record; for a sheet of medical cases, with what is to be printed of its latest one."""
    if place.editions[record.edition].document(document).of != "case":
        return record
    from docgen.case_sheets import alone

    with place.store() as store:
        cases = store.medical.cases(record.number)
        latest = max(cases, key=lambda case: case.year, default=None)
        return record if latest is None else alone(whole_case(place, store, latest))
