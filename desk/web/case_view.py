"""What a page shows of a medical case: a case with its notice comes in, texts for a visitor go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from desk import case_history, checklist, judged, phrases, words
from desk.cases import CaseDesk, case_desk
from desk.paper_sitting import standing_paper
from desk.proposed import fact_label, fact_value, kind_label
from desk.web import masks
from records import kinds
from records.case import asks
from records.drafts import Origin
from records.errors import DanganError, NoSuchCase, NoSuchRecord, Unreadable
from records.forms import Field
from records.medical import MedicalCase, Paper, paper_facts
from records.people import worker_name
from records.proposals import ILLNESS, Proposal
from records.values import Value
from records.verdicts import Verdict

if TYPE_CHECKING:
    from desk.web.visit import Visit
    from records.archive import Event
    from records.assessing import Assessment, Line, Remark
    from records.eligibility import Judgement
    from records.medical_aid import AskedPaper, MedicalAid


@dataclass(frozen=True, slots=True)
class Said:
    """A remark in words: what it makes of the case, and the place on the page that it is about."""

    verdict: Verdict
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of paper: what is asked, the papers that are there, what is missing."""

    asked: AskedPaper
    lines: tuple[Line, ...]
    gaps: tuple[Said, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that the notice asks besides: what was answered, what may be."""

    ask: Field
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    wanted: bool = False


@dataclass(frozen=True)
class CaseView:
    """A case on a visitor's screen; `judged` where somebody has held it against its notice already."""

    visit: Visit
    desk: CaseDesk
    judged: Assessment | None = None

    @property
    def case(self) -> MedicalCase:
        """The case."""
        return self.desk.case

    @property
    def aid(self) -> MedicalAid:
        """What its notice asks."""
        return self.desk.aid

    @cached_property
    def told(self) -> Assessment:
        """The case held against its notice."""
        return self.judged or self.desk.assessed()

    @cached_property
    def waiting(self) -> list[Proposal]:
        """What was read of its papers and waits for a clerk."""
        return self.desk.medical.proposals(self.case.number)

    @property
    def name(self) -> str:
        """The worker's name."""
        return worker_name(self.desk.edition, self.desk.record.values) or phrases.NO_NAME

    @property
    def ending(self) -> str:
        """Whether all is there, in one sentence."""
        return checklist.ending(self.told)

    # --- papers

    @cached_property
    def sections(self) -> list[Section]:
        """The notice's kinds of papers, in its order."""
        return [self._section(asked) for asked in self.aid.papers]

    def _section(self, asked: AskedPaper) -> Section:
        lines = [line for line in self.told.lines if line.asked.kind == asked.kind]
        gaps = [said for line in lines if line.paper is None for said in self.remarks(line.remarks)]
        worst = (Verdict.NO, Verdict.UNDETERMINED, Verdict.YES)
        verdict = min((line.verdict for line in lines), key=worst.index, default=Verdict.YES)
        return Section(asked, tuple(line for line in lines if line.paper), tuple(gaps), verdict)

    def line(self, paper: int) -> Line:
        """The checklist's line of a paper."""
        return next(line for line in self.told.lines if line.paper and line.paper.number == paper)

    def about(self, paper: Paper) -> str:
        """What stands on a paper, but for what screens hide."""
        told = paper_facts(paper)
        seen = (one for one in checklist.told_of(self.aid, paper) if not one.private)
        return " · ".join(self._fact(f"papers.{paper.number}.{one.key}", told[one.key]) for one in seen)

    def _fact(self, path: str, value: Value) -> str:
        return masks.shown_of_case(self.visit, self.desk.edition, path, value)

    def pages(self, paper: Paper) -> list[tuple[Origin, int]]:
        """The pages of a paper's scans; those that cannot be shown are left out."""
        return [
            (scan, page)
            for scan in paper.scans
            for page in scan.pages or range(1, page_count(self.visit, scan) + 1)
        ]

    def facts(self, paper: Paper) -> list[tuple[Field, str]]:
        """What may be told of a paper, as it stands on it: what the notice asks of its kind, what is told."""
        asked, told = self.aid.asked(paper.kind), paper_facts(paper)
        return [
            (one, fact_value(self.aid, one.key, told.get(one.key)))
            for one in self.aid.fields
            if one.key in asked.facts or one.key in told
        ]

    def moved_since(self, before: CaseView) -> set[int]:
        """The papers that stand now where they did not stand before."""
        kinds_before = {paper.number: paper.kind for paper in before.case.papers}
        return {one.number for one in self.case.papers if kinds_before.get(one.number) != one.kind}

    def gone_since(self, before: CaseView) -> set[int]:
        """The papers that no longer stand where they stood."""
        return {one.number for one in before.case.papers} & (
            self.moved_since(before)
            | {one.number for one in before.case.papers} - {one.number for one in self.case.papers}
        )

    # --- what is said

    @cached_property
    def gaps(self) -> list[Said]:
        """Everything that keeps the case from being complete."""
        return [one for one in self.remarks(self.told.every_remark) if one.verdict is not Verdict.YES]

    @property
    def of_case(self) -> list[Said]:
        """What is said of the case as a whole."""
        return self.remarks(self.told.remarks)

    def remarks(self, remarks: Iterable[Remark]) -> list[Said]:
        """Remarks in words; what screens hide is told with the hidden alone."""
        return [
            Said(one.verdict, words.on_page(one.reason), _place(one))
            for one in remarks
            if not (self.hides_illness and ILLNESS in one.reason.facts)
        ]

    @property
    def hides_illness(self) -> bool:
        """Whether screens hide the illness."""
        return ILLNESS in self.aid.private

    @property
    def of_illness(self) -> list[str]:
        """What is said of the illness, to stand beside it."""
        return [words.on_page(one.reason) for one in self.told.remarks if ILLNESS in one.reason.facts]

    def label(self, place: str) -> str:
        """What a place of the page is called, for the list of gaps."""
        what, _, which = place.partition("-")
        if what == "paper":
            paper = self.case.paper(int(which))
            return phrases.CASE_REMARK.format(paper=which, label=self.aid.asked(paper.kind).label)
        return ""

    # --- sums and judgements

    @property
    def invoice_heads(self) -> list[str]:
        """What the table of invoices shows."""
        return [self.aid.field(fact).label for fact in checklist.FIGURES]

    @property
    def invoices(self) -> list[tuple[Paper, list[str], bool]]:
        """Each invoice with its figures, and whether it counts."""
        counted = self.told.household.counted
        papers = [line.paper for line in self.told.lines if line.asked.invoice and line.paper]
        return [(paper, self._figures(paper), paper.number in counted) for paper in papers]

    def _figures(self, paper: Paper) -> list[str]:
        told = paper_facts(paper)
        return [checklist.figure(self.aid, fact, told.get(fact)) for fact in checklist.FIGURES]

    @property
    def sums(self) -> list[tuple[str, list[tuple[str, bool]]]]:
        """The sums: whose, and each figure with whether it is whole."""
        found = [(phrases.CASE_SUM_WORKER, self.told.worker)]
        if self.told.household != self.told.worker:
            found.append((phrases.CASE_SUM_HOUSEHOLD, self.told.household))
        return [
            (label, [(checklist.sum_text(one), one.exact) for one in (sums.total, sums.reimbursed, sums.own)])
            for label, sums in found
        ]

    @property
    def judgements(self) -> list[tuple[Judgement, list[str]]]:
        """What the notice judges, each with its reasons in words."""
        return [(one, [judged.decided(reason) for reason in one.reasons]) for one in self.told.judgements]

    @property
    def assumptions(self) -> list[str]:
        """What stands behind the judgements, each once."""
        return sorted({words.on_page(one) for each in self.told.judgements for one in each.assumptions})

    @property
    def answers(self) -> list[Answer]:
        """What may be answered besides: questions that no paper answers, ways to read the notice."""
        by_papers = {*self.aid.gives, *(paper.ask for paper in self.aid.papers)}
        wanted = self._wanted()
        found = [
            self._answer(ask, ((one, one) for one in ask.choices), ask.label in wanted)
            for ask in asks(self.desk.edition)
            if ask.key not in by_papers or ask.key in self.case.given
        ]
        return [*sorted(found, key=lambda one: not one.wanted), *self._ways()]

    def _wanted(self) -> set[str]:
        """The labels of what judgements still want to know."""
        reasons = (reason for one in self.told.judgements for reason in one.reasons)
        return {
            label
            for reason in reasons
            if reason.code == "condition_unknown"
            for label in reason.facts["ask"].split("、")
        }

    def _ways(self) -> Iterator[Answer]:
        rests_on = {one.facts["name"] for each in self.told.judgements for one in each.assumptions}
        for name, entry in self.desk.edition.eligibility.get("assumptions", {}).items():
            if "texts" in entry and name in rests_on:
                yield self._answer(Field(name, name, "choice"), entry["texts"].items())

    def _answer(self, ask: Field, choices: Iterable[tuple[str, str]], wanted: bool = False) -> Answer:
        value = self.case.given.get(ask.key)
        text = value if isinstance(value, str) else kinds.show(value, ask)
        return Answer(ask, text, tuple(choices), wanted and value is None)

    # --- what was read

    @property
    def under_way(self) -> set[int]:
        """What waits and is being read."""
        return {job.proposal for job in self.visit.site.papers.of(self.case.number)}

    @property
    def failed(self) -> dict[int, DanganError]:
        """What waits and could not be read, and why."""
        return self.visit.site.papers.failed(self.case.number)

    def about_proposal(self, proposal: Proposal) -> str:
        """What kind of paper waits."""
        return kind_label(self.aid, proposal)

    def standing(self, proposal: Proposal) -> Paper | None:
        """The paper of the case that shows the same page already."""
        return standing_paper(self.case, proposal)

    @property
    def waiting_of(self) -> dict[int, Proposal]:
        """What waits to be settled of a paper that stands already, by the paper's number."""
        standing = ((self.standing(one), one) for one in self.waiting)
        return {paper.number: one for paper, one in standing if paper}

    def fact_label(self, fact: str) -> str:
        """What the notice calls a fact."""
        return fact_label(self.aid, fact)

    def fact_text(self, fact: str, value: Value) -> str:
        """A fact as a clerk reads it."""
        return fact_value(self.aid, fact, value)

    # --- history

    def event(self, event: Event) -> str:
        """A line of its history."""
        return case_history.event_line(self.desk.edition, event, self._hide)

    def _hide(self, path: str, value: Value, text: str) -> str:
        try:
            return self._fact(path, value) if self._is_private(path) else text
        except KeyError:
            return text

    def _is_private(self, path: str) -> bool:
        head, _, rest = path.partition(".")
        fact = rest.partition(".")[2] if head == "papers" else head
        return fact in self.aid.private


def _place(remark: Remark) -> str:
    if remark.papers:
        return f"paper-{remark.papers[0]}"
    return f"kind-{remark.kind}" if remark.kind else "facts"


def page_count(visit: Visit, scan: Origin) -> int:
    """How many pages a scan has for the screen; 0 where there is nothing to be seen."""
    try:
        visit.site.pictures.frame(visit.store.medical.file(scan), _LAST + 1)
    except Unreadable as error:
        return min(int(error.facts.get("pages", 0)), _LAST)
    return _LAST


_LAST = 200
"""Pages of a scan that are shown."""


def view_of(visit: Visit, case: MedicalCase) -> CaseView:
    """A case of the visitor's unit on their screen. Raises NoSuchCase, for another unit's as well."""
    try:
        visit.record(case.record)
    except NoSuchRecord:
        raise NoSuchCase(number=case.number) from None
    return CaseView(visit, case_desk(visit.site.editions, visit.store, case))


def view(visit: Visit, number: int) -> CaseView:
    """A case by its number. Raises NoSuchCase, for another unit's as well."""
    return view_of(visit, visit.store.medical.case(number))
