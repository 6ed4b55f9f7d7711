"""Papers of a medical case: a page that is no form in, what seems to stand on it out.

Invoices and hospital records have no form of their own: lines are read
wherever they are, and labels that the edition's data knows tell their values.
Nothing read here is ever believed without a clerk.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from intake.engine import Engine
from intake.files import Page, Scan, ToDocx, open_scan, pages
from intake.labelled import Labelled, labelled, of_labels, with_spread_labels
from intake.paper_amounts import AMOUNTS, Settled, amounts
from intake.text_line import TextLine
from intake.wording import plain
from records import kinds
from records.drafts import Alternative, Origin, Reading, Source
from records.editions import Editions
from records.findings import Reason
from records.forms import Field
from records.medical_aid import MedicalAid, Printed, medical_aid
from records.parsing import Parsed
from records.proposals import ILLNESS, Proposal

_FEWEST = 3
"""A page with fewer lines is no paper."""
_TALLEST = 10
"""Among so many of its highest lines a paper has its title."""
_FEWEST_DIGITS = 12
_LOST, _DOUBTED = 0.3, 0.5
_HAN = "\u4e00-\u9fff"
_NAME = re.compile(f"(?<![{_HAN}])[{_HAN}]{{2,5}}(?:·[{_HAN}]{{1,8}})?(?![{_HAN}])")
_DAY = re.compile(
    r"[0-9〇零一二三四五六七八九]{4}\s*[年\-./]\s*[0-9一二三四五六七八九十元]{1,3}\s*[月\-./]\s*[0-9一二三四五六七八九十]{1,3}\s*[日]?"
)
_NUMBER = re.compile(r"[A-Za-z]{0,4}[0-9][0-9A-Za-z-]{4,24}")
_SENTENCE = re.compile("[，。；,;]")
_COLONS = re.compile("[：:]")


def read_papers(
    file: Path,
    aid: MedicalAid,
    engine: Engine,
    to_docx: ToDocx | None = None,
    wanted: Collection[int] = (),
) -> list[Proposal]:
    """The papers of a file: a page that does not say what it is goes on with the one before it.

    `wanted` are the pages to read, all if none. Blank pages are left out.
    Raises Unreadable, Encrypted, TooLarge for the file, EngineMissing and
    EngineFailed for the engine, OfficeMissing and OfficeFailed for old Word.
    """
    scan = open_scan(file)
    found: list[Proposal] = []
    for page in pages(scan, to_docx):
        if (wanted and page.number not in wanted) or _is_blank(page):
            continue
        paper = read_paper(page, scan, aid, engine)
        if found and _goes_on(found[-1], paper, aid):
            found[-1] = _joined(found[-1], paper)
        else:
            found.append(paper)
    return found


def _is_blank(page: Page) -> bool:
    if page.draw is None or (page.written is not None and page.written()):
        return False
    from intake.blank import ink_on  # a digital page needs no picture

    return ink_on(page.draw().picture).is_clean


def _goes_on(before: Proposal, paper: Proposal, aid: MedicalAid) -> bool:
    """Whether a page belongs to the paper on the page before it; an invoice has one page."""
    if before.kind is None or aid.asked(before.kind).invoice:
        return False
    days = {one.facts["date"].value for one in (before, paper) if "date" in one.facts} - {None}
    return paper.kind is None or (paper.kind == before.kind and len(days) < 2)


def _joined(before: Proposal, paper: Proposal) -> Proposal:
    """One paper of two pages: what the first does not tell, the second may."""
    told = {key: one for key, one in paper.facts.items() if one.value is not None}
    known = {key: one for key, one in before.facts.items() if one.value is not None}
    facts = {key: known.get(key) or told.get(key) or one for key, one in before.facts.items()}
    origin = replace(before.origin, pages=(*before.origin.pages, *paper.origin.pages))
    return replace(before, facts=MappingProxyType(facts), origin=origin)


def read_paper(page: Page, scan: Scan, aid: MedicalAid, engine: Engine) -> Proposal:
    """What seems to stand on a page; its facts are empty where nothing is read.

    Raises EngineMissing, EngineFailed, and what is wrong with the file.
    """
    lines = lines_of(page, engine)
    kind = kind_of(lines, aid)
    origin = Origin(scan.path.name, scan.sha256, (page.number,))
    return Proposal(kind, MappingProxyType(facts_of(lines, kind, aid, page.number)), origin)


def looks_like(page: Page, editions: Editions, engine: Engine) -> str | None:
    """What a notice calls the paper that a page seems to be by its title alone; None when it is none."""
    aids = [medical_aid(edition) for edition in editions if edition.medical]
    lines = lines_of(page, engine, _TALLEST) if aids else ()
    for aid in aids:
        kind = _by_title(lines, aid.printed)
        if kind is not None:
            return aid.asked(kind).label
    return None


def lines_of(page: Page, engine: Engine, most: int | None = None) -> tuple[TextLine, ...]:
    """The lines of a page: digital text as it stands there, a picture's as they are read."""
    written = page.written() if page.written is not None else ()
    if written or page.draw is None:
        return written
    from intake.line_finding import text_lines  # a digital page needs no picture

    shot = page.draw()
    return tuple(
        replace(line, corners=tuple(shot.back.point(x, y) for x, y in line.corners))
        for line in text_lines(shot.picture, engine, most)
    )


# --- which kind


def kind_of(lines: Sequence[TextLine], aid: MedicalAid) -> str | None:
    """Which kind of paper these lines are of; None when they do not tell."""
    titled = _by_title(lines, aid.printed)
    if titled is not None or len(lines) < _FEWEST:
        return titled
    lines = with_spread_labels(lines, _labels(aid, None))
    found = labelled(lines, _labels(aid, None))
    invoice = next((paper for paper in aid.papers if paper.invoice), None)
    return invoice.kind if invoice and len(amounts(found, lines, aid, invoice.kind)) > 1 else None


def _by_title(lines: Sequence[TextLine], printed: Printed) -> str | None:
    """The kind whose title stands highest; words at the end of a line weigh more than those within one."""
    scored = [
        (line.height * _titled(plain(line.text), plain(title)), len(title), paper.kind)
        for line in lines
        for paper in printed.papers
        for title in paper.titles
    ]
    best = max(scored, default=(0.0, 0, ""))
    return best[2] if best[0] > 0 else None


def _is_title(line: TextLine, printed: Printed) -> bool:
    """Whether a line is nothing but a paper's title: no label stands in it."""
    return any(plain(line.text) == plain(title) for paper in printed.papers for title in paper.titles)


def _titled(text: str, title: str) -> float:
    """How much of a title a line is, 0 to 1."""
    if title not in text:
        return 0.0
    if text.endswith(title):
        return 1.0
    return 0.6 * len(title) / len(text)


# --- its facts


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines of one page with their labels, and what is asked of them."""

    number: int
    lines: Sequence[TextLine]
    found: Sequence[Labelled]
    kind: str | None
    aid: MedicalAid

    def values(self, labels: Sequence[str]) -> Iterator[TextLine]:
        """What may stand under some labels, the likeliest first."""
        return (value for one in of_labels(self.found, labels) for value in one.values)

    def under(self, field: Field) -> Iterator[TextLine]:
        """What may be a fact, the likeliest first."""
        return self.values(self.aid.printed.labels(self.kind, field))

    def reading(self, field: Field, line: TextLine, *reasons: Reason) -> Reading:
        """A piece as the value of a field; always before a clerk."""
        return _reading(kinds.parse(line.text, field), line, self.number, reasons)


def facts_of(lines: Sequence[TextLine], kind: str | None, aid: MedicalAid, number: int) -> dict[str, Reading]:
    """What seems to be told of a paper; what is asked of its kind and not found is said to be missing."""
    labels = _labels(aid, kind)
    lines = with_spread_labels([line for line in lines if not _is_title(line, aid.printed)], labels)
    page = _Page(number, lines, labelled(lines, labels), kind, aid)
    asked = aid.asked(kind) if kind else None
    wanted = asked.facts if asked else [field.key for field in aid.fields]
    found = {key: _fact(page, aid.field(key)) for key in wanted if key not in AMOUNTS}
    if asked is None or asked.invoice:
        found |= _amounts(page)
    told = {key: found.get(key) for key in wanted}
    if asked is not None and not asked.invoice:
        told[ILLNESS] = _illness(page)
    missing = Reading(None, "", _DOUBTED, True, (Reason("label_not_found"),))
    return {
        key: reading or missing
        for key, reading in told.items()
        if reading or (asked is not None and key in asked.facts)
    }


def _labels(aid: MedicalAid, kind: str | None) -> frozenset[str]:
    """Every label that may stand on a paper."""
    printed = aid.printed
    fields = (label for field in aid.fields for label in (*field.labels, *printed.labels(kind, field)))
    parts = (label for lists in printed.parts.values() for labels in lists for label in labels)
    others = (*printed.capitals, *printed.figures, *printed.illness, *printed.others)
    return frozenset((*fields, *parts, *others))


def _fact(page: _Page, field: Field) -> Reading | None:
    if field.key == "hospital":
        return _hospital(page, field)
    if field.kind == "date":
        return _day(page, field)
    if field.prior == "person":
        return _first(page, field, _NAME)
    if field.key == "invoice_number":
        return _first(page, field, _NUMBER)
    return next((page.reading(field, line) for line in page.under(field) if _is_told(field, line)), None)


def _is_told(field: Field, line: TextLine) -> bool:
    """Whether a piece can be meant as the value of a field at all."""
    return field.kind != "id_number" or sum(map(str.isdigit, line.text)) >= _FEWEST_DIGITS


def _first(page: _Page, field: Field, shape: re.Pattern[str]) -> Reading | None:
    """The first value of a shape under a field's labels."""
    for line in page.under(field):
        match = shape.search(line.text)
        if match:
            return page.reading(field, line.part(*match.span()))
    return None


def _day(page: _Page, field: Field) -> Reading | None:
    """The day under the best label; without one, the only day on the page, or the last."""
    labelled_days = (day for line in page.under(field) for day in _days(page, line))
    first = next(labelled_days, None)
    if first is not None:
        return page.reading(field, first)
    every = [day for line in page.lines for day in _days(page, line)]
    return page.reading(field, every[-1], Reason("paper_without_label")) if every else None


def _days(page: _Page, line: TextLine) -> Iterator[TextLine]:
    return (line.part(*match.span()) for match in _DAY.finditer(line.text))


def _hospital(page: _Page, field: Field) -> Reading | None:
    """The hospital under its label, or the one named in the highest letters."""
    words = "|".join(map(re.escape, page.aid.printed.hospitals))
    shape = re.compile(rf"[{_HAN}A-Za-z0-9（）()·]{{2,}}(?:{words})")
    named = _first(page, field, shape)
    if named is not None:
        return named
    other = {one.place for one in of_labels(page.found, page.aid.printed.others)}
    titles = [
        line.part(*match.span())
        for place, line in enumerate(page.lines)
        if place not in other and not _SENTENCE.search(line.text) and not _COLONS.search(line.text)
        if (match := shape.search(line.text))
    ]
    if titles:
        return page.reading(field, max(titles, key=lambda line: line.height))
    return next((page.reading(field, line) for line in page.under(field)), None)


def _illness(page: _Page) -> Reading | None:
    field = Field(ILLNESS, ILLNESS, "text")
    return next((page.reading(field, line) for line in page.values(page.aid.printed.illness)), None)


def _amounts(page: _Page) -> dict[str, Reading]:
    found = amounts(page.found, page.lines, page.aid, page.kind)
    return {fact: _of_amount(one, page.number) for fact, one in found.items()}


def _of_amount(one: Settled, number: int) -> Reading:
    read = _reading(Parsed(one.amount.number), one.amount.line, number, one.reasons)
    others = tuple(Alternative(other, _LOST) for other in one.others)
    return replace(read, raw=one.amount.parts or read.raw, alternatives=others)


def _reading(parsed: Parsed, line: TextLine, number: int, reasons: Sequence[Reason]) -> Reading:
    told = (*(Reason(problem.code, problem.facts) for problem in parsed.problems), *reasons)
    sure = min(line.sure, default=0.0)
    return Reading(
        value=parsed.value,
        raw=line.text,
        confidence=min(sure, _DOUBTED) if told or parsed.value is None else sure,
        review=True,
        reasons=told,
        alternatives=tuple(Alternative(value, _LOST) for value in parsed.candidates),
        source=Source(number, line.around),
    )
