"""What a list of one record prints beside its values: its papers from the store, its faults in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from desk import words
from desk.workplace import Workplace
from records.archive import FiledPaper, Record
from records.dates import official
from records.drafts import Origin
from records.editions import Edition
from records.errors import OfficeFailed
from records.findings import Fault, Reason, Severity
from records.masking import mask
from records.medical import MedicalCase
from records.rules import findings

if TYPE_CHECKING:
    from records.listing import Listing
    from records.medical_store import MedicalCases


def brought(place: Workplace, asked: Listing) -> Listing:
    """The list with what its source wants of the store and of the rules."""
    if asked.roster.source not in ("papers", "faults"):
        return asked
    [record] = asked.records
    with place.store() as store:
        papers = tuple(store.filed_papers(record.number))
        cases = tuple(_counted(case, store.medical) for case in store.medical.cases(record.number))
    if asked.roster.source == "papers":
        return replace(asked, papers=papers, cases=cases)
    return replace(asked, faults=tuple(_faults(asked.edition, record, papers)))


def _counted(case: MedicalCase, medical: MedicalCases) -> MedicalCase:
    """The case with the pages of papers that are whole files."""
    papers = (
        replace(paper, scans=tuple(_with_pages(scan, medical) for scan in paper.scans))
        for paper in case.papers
    )
    return replace(case, papers=tuple(papers))


def _with_pages(scan: Origin, medical: MedicalCases) -> Origin:
    return scan if scan.pages else replace(scan, pages=tuple(range(1, _page_count(medical.file(scan)) + 1)))


def _page_count(file: Path) -> int:
    """How many pages a kept file has; 0 where that cannot be told."""
    from PIL import Image

    from docgen.office import count_pages

    try:
        if file.suffix.lower() == ".pdf":
            return count_pages(file)
        with Image.open(file) as picture:
            return int(getattr(picture, "n_frames", 1))
    except (OfficeFailed, OSError, Image.DecompressionBombError):
        return 0


def _faults(edition: Edition, record: Record, papers: tuple[FiledPaper, ...]) -> Iterator[Fault]:
    """What breaks a rule, what is not signed or sealed, and whether the paper is there at all.

    A notice leaves the house, so it shows no identity or card number in full, and days as
    official papers write them.
    """
    for finding in findings(edition, record.values):
        yield Fault(finding.severity, _as_written(mask(words.finding(finding, edition))))
    for asked in edition.ink:
        seen = record.ink.get(asked.key)
        if seen is not None and not seen.present:
            yield _missing(Reason("ink_missing", {"label": asked.label}))
    if not papers:
        yield _missing(Reason("no_paper", {"title": edition.title}))


def _as_written(sentence: str) -> str:
    return _DAY.sub(lambda day: official(day[1]), sentence)


_DAY = re.compile(r" ?(?<![\d-])(\d{4}-\d{2}-\d{2})(?![\d-]) ?")


def _missing(reason: Reason) -> Fault:
    return Fault(Severity.WARNING, words.reason(reason))
