"""A medical case held against its notice: a record and a case come in, an assessment goes out.

Paper by paper and reason by reason, in three values: what is there, what is
missing or wrong, what nobody has looked at yet. A case is complete only when
every remark on it says yes. Whether the household is helped is another
question: the notice's own judgements answer it, from the record and the sums
over the invoices, each with its reasons and with the assumptions it rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from records import dates, eligibility, money, verdicts
from records.archive import Record
from records.eligibility import NOTHING_GIVEN, Judgement
from records.findings import Reason
from records.forms import Edition
from records.masking import mask
from records.medical import FACTS, MedicalCase, Paper, Sums, Twin, paper_facts, same_number, same_scan, sums
from records.medical_aid import AskedPaper, MedicalAid, medical_aid
from records.people import household, member_names, spellings, worker_name
from records.values import Value, narrow
from records.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to be said of a case: why, of which papers, and what it makes of the case's completeness.

    NO is missing or wrong, UNDETERMINED not looked at or not to be told, YES
    only worth saying. A paper that is missing has no number; `kind` names it.
    """

    reason: Reason
    verdict: Verdict
    papers: tuple[int, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist: a paper that is asked for, the paper that is there, what is said of it."""

    asked: AskedPaper
    paper: Paper | None
    remarks: tuple[Remark, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the paper is there and whole."""
        return verdicts.every(remark.verdict for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A case judged: its checklist, remarks on the case as a whole, sums, the notice's judgements.

    `worker` sums the worker's own invoices, `household` those of the family,
    too; only what counts for the notice goes in.
    """

    lines: tuple[Line, ...]
    remarks: tuple[Remark, ...]
    worker: Sums
    household: Sums
    judgements: tuple[Judgement, ...]

    @property
    def every_remark(self) -> tuple[Remark, ...]:
        """All that is said, each remark once."""
        said = [*(remark for line in self.lines for remark in line.remarks), *self.remarks]
        return tuple(one for place, one in enumerate(said) if one not in said[:place])

    @property
    def verdict(self) -> Verdict:
        """Whether everything that the notice asks for is there and agrees."""
        return verdicts.every(remark.verdict for remark in self.every_remark)

    @property
    def complete(self) -> bool:
        """Whether the case may be called complete."""
        return self.verdict is Verdict.YES


def assess(
    edition: Edition,
    record: Record,
    case: MedicalCase,
    twins: Iterable[Twin] = (),
    given: Mapping[str, Value] = NOTHING_GIVEN,
) -> Assessment:
    """The assessment of a case; `twins` are those that the store finds in other cases.

    `given` answers what the notice asks besides, and wins over what the case
    holds. Raises Refused: `no_medical_aid`, and what `records.eligibility.judge` refuses.
    """
    aid = medical_aid(edition)
    look = _Look(aid, case, _Persons.of(edition, record), tuple(twins))
    on_papers = [remark for paper in case.papers for remark in _of_paper(look, paper)]
    on_papers += [*_repeated(look), *_elsewhere(look)]
    lines = tuple(_lines(look, on_papers))
    worker = _sums(look, on_papers, {_WORKER})
    family = _sums(look, on_papers, {_WORKER, _MEMBER})
    answers = {**_answers(edition, look, lines, worker, family), **case.given, **given}
    judged = {one.name: one for one in eligibility.judge(edition, record.values, answers, aid.judgements)}
    judgements = tuple(judged[name] for name in aid.judgements)
    return Assessment(lines, tuple(_of_case(look, record)), worker, family, judgements)


_WORKER, _MEMBER, _OTHER = "worker", "member", "other"


@dataclass(frozen=True, slots=True)
class _Persons:
    """Who may stand on the papers, as the record has them."""

    worker: str
    worker_ids: tuple[str, ...]
    members: tuple[str, ...]

    @classmethod
    def of(cls, edition: Edition, record: Record) -> _Persons:
        own = [one.id_number for one in household(edition, record.values) if one.worker]
        return cls(
            narrow(worker_name(edition, record.values)),
            tuple(spelling for number in own for spelling in spellings(number)),
            tuple(map(narrow, member_names(edition, record.values))),
        )

    def whose(self, paper: Paper) -> str:
        """Whose paper it is; one without a name is taken for the worker's, and remarked on elsewhere."""
        name = narrow(paper.name or "")
        if not name or name == self.worker:
            return _WORKER
        return _MEMBER if name in self.members else _OTHER


@dataclass(frozen=True, slots=True)
class _Look:
    """What an assessment looks at."""

    aid: MedicalAid
    case: MedicalCase
    persons: _Persons
    twins: tuple[Twin, ...]

    def label(self, facts: Iterable[str]) -> str:
        """What the notice calls these facts."""
        return "、".join(self.aid.field(fact).label for fact in facts)

    def name(self, number: int) -> str:
        """A paper as a remark on another one names it."""
        paper = self.case.paper(number)
        return f"{self.aid.asked(paper.kind).label} {number}"


def _lines(look: _Look, remarks: Collection[Remark]) -> Iterator[Line]:
    for asked in look.aid.papers:
        papers = look.case.of_kind(asked.kind)
        for paper in papers:
            yield Line(asked, paper, tuple(one for one in remarks if paper.number in one.papers))
        for _ in range(asked.least - len(papers)):
            missing = Reason("paper_missing", {"label": asked.label})
            yield Line(asked, None, (Remark(missing, Verdict.NO, (), asked.kind),))


# --- one paper by itself


def _of_paper(look: _Look, paper: Paper) -> Iterator[Remark]:
    asked = look.aid.asked(paper.kind)
    said = [
        *_seen(look, asked, paper),
        *_told(look, asked, paper),
        *_person(look, asked, paper),
        *(_dated(look, paper) if asked.within_year and paper.date else ()),
        *(_figures(paper) if asked.invoice else ()),
    ]
    yield from (Remark(reason, verdict, (paper.number,), paper.kind) for verdict, reason in said)


_Said = Iterator[tuple[Verdict, Reason]]


def _seen(look: _Look, asked: AskedPaper, paper: Paper) -> _Said:
    if not paper.scans:
        yield Verdict.NO, Reason("paper_without_scan")
    if asked.original and not paper.original:
        yield (
            (Verdict.UNDETERMINED, Reason("original_unseen"))
            if paper.original is None
            else (Verdict.NO, Reason("original_missing"))
        )
    if asked.copy and not paper.copy:
        yield (
            (Verdict.UNDETERMINED, Reason("copy_unseen"))
            if paper.copy is None
            else (Verdict.NO, Reason("copy_missing"))
        )
    for key in asked.seals:
        if key not in paper.seals:
            yield Verdict.NO, Reason("seal_not_seen", {"seal": look.aid.seal(key).label})
    if asked.help and not look.case.help:
        yield Verdict.NO, Reason("help_not_told")


def _told(look: _Look, asked: AskedPaper, paper: Paper) -> _Said:
    told = paper_facts(paper)
    if asked.invoice:
        # Of the three figures two give the third.
        told |= {"own": paper.invoice.borne, "reimbursed": paper.invoice.refunded}
    lacking = [fact for fact in FACTS if fact in asked.facts and told.get(fact) is None]
    if lacking:
        yield Verdict.UNDETERMINED, Reason("paper_lacks", {"fields": look.label(lacking)})


def _person(look: _Look, asked: AskedPaper, paper: Paper) -> _Said:
    persons = look.persons
    whose = persons.whose(paper)
    facts = {"written": paper.name or "", "name": persons.worker}
    if paper.name and not persons.worker:
        yield Verdict.UNDETERMINED, Reason("record_without_name")
    elif whose == _MEMBER:
        yield Verdict.NO, Reason("paper_of_member", facts)
    elif whose == _OTHER:
        yield Verdict.NO, Reason("paper_of_other", facts)
    if paper.id_number and not persons.worker_ids:
        yield Verdict.UNDETERMINED, Reason("record_without_id")
    elif paper.id_number and not set(spellings(paper.id_number)) & set(persons.worker_ids):
        ids = {"written": mask(paper.id_number), "id_number": mask(persons.worker_ids[0])}
        yield Verdict.NO, Reason("paper_of_other_id", ids)


def _dated(look: _Look, paper: Paper) -> _Said:
    first, last = dates.span(paper.date or "")
    begin, end, deadline = (dates.span(day)[0] for day in (look.aid.first, look.aid.last, look.aid.deadline))
    facts = {"date": paper.date or "", "first": look.aid.first, "last": look.aid.last}
    if last < begin or first > end:
        yield Verdict.NO, Reason("paper_outside_year", facts)
    elif first < begin or last > end:
        yield Verdict.UNDETERMINED, Reason("paper_date_open", facts)
    elif last > deadline:
        yield Verdict.YES, Reason("paper_after_deadline", facts | {"deadline": look.aid.deadline})


def _figures(paper: Paper) -> _Said:
    one = paper.invoice
    facts = {
        key: "" if number is None else money.show(number)
        for key, number in (("total", one.total), ("reimbursed", one.reimbursed), ("own", one.own))
    }
    if one.adds_up is False:
        yield Verdict.NO, Reason("invoice_sum_differs", facts)
    elif one.total is not None and max(one.own or 0, one.reimbursed or 0) > one.total:
        yield Verdict.NO, Reason("invoice_part_over_total", facts)
    elif one.own is None and one.borne is not None:
        yield Verdict.YES, Reason("invoice_own_computed", facts | {"own": money.show(one.borne)})


# --- papers against each other


def _repeated(look: _Look) -> Iterator[Remark]:
    """The same invoice or the same scan twice in the case; the later paper is remarked on."""
    for one, other in combinations(look.case.papers, 2):
        facts = {"other": look.name(one.number)}
        if same_scan(one, other):
            code, verdict = _SHARED if _numbered_apart(one, other) else _TWICE
            yield Remark(Reason(code, facts), verdict, (other.number,), other.kind)
        if look.aid.asked(one.kind).invoice and look.aid.asked(other.kind).invoice:
            yield from (
                Remark(Reason(code, facts), verdict, (other.number,), other.kind)
                for code, verdict in _invoices_alike(one, other)
            )


_TWICE, _SHARED = ("scan_twice", Verdict.NO), ("scan_shared", Verdict.YES)


def _numbered_apart(one: Paper, other: Paper) -> bool:
    """Whether a clerk told two numbers: small receipts are pasted on one sheet."""
    return bool(one.invoice.number and other.invoice.number) and not same_number(one, other)


def _invoices_alike(one: Paper, other: Paper) -> Iterator[tuple[str, Verdict]]:
    hospitals = {narrow(paper.hospital) for paper in (one, other) if paper.hospital}
    if same_number(one, other):
        # Two hospitals may well give the same number; a clerk looks at both papers.
        yield (
            ("invoice_twice", Verdict.NO)
            if len(hospitals) < 2
            else (
                "invoice_number_shared",
                Verdict.UNDETERMINED,
            )
        )
        return
    same = one.date and one.date == other.date and one.invoice.total == other.invoice.total
    if same and one.invoice.total is not None and len(hospitals) < 2:
        numbered = one.invoice.number and other.invoice.number
        yield "invoice_alike", Verdict.YES if numbered else Verdict.UNDETERMINED


def _elsewhere(look: _Look) -> Iterator[Remark]:
    for twin in look.twins:
        here = look.case.paper(twin.paper)
        facts = {
            "case": str(twin.case),
            "record": str(twin.record),
            "other": f"{look.aid.asked(twin.other.kind).label} {twin.other.number}",
        }
        if twin.what == "scan":
            yield Remark(Reason("scan_elsewhere", facts), Verdict.NO, (here.number,), here.kind)
            continue
        for code, verdict in _invoices_alike(here, twin.other):
            reason = Reason(
                "invoice_elsewhere" if code == "invoice_twice" else "invoice_number_elsewhere", facts
            )
            yield Remark(reason, verdict, (here.number,), here.kind)


# --- the case as a whole


def _of_case(look: _Look, record: Record) -> Iterator[Remark]:
    case, aid = look.case, look.aid
    if case.year != aid.year:
        facts = {"year": str(case.year), "wanted": str(aid.year)}
        yield Remark(Reason("case_of_other_year", facts), Verdict.NO)
    if not case.illness:
        yield Remark(Reason("illness_not_told"), Verdict.UNDETERMINED)
        return
    hint = next((word for word in aid.serious if word in case.illness), None)
    facts = {"illness": case.illness, "word": hint or ""}
    yield Remark(Reason("illness_on_list" if hint else "illness_not_on_list", facts), Verdict.YES)


# --- sums, and what they answer

_NOT_COUNTED = frozenset({"invoice_twice", "paper_outside_year", "scan_twice"})
_UNSURE = frozenset(
    {
        "paper_date_open",
        "invoice_alike",
        "invoice_number_shared",
        "invoice_elsewhere",
        "invoice_number_elsewhere",
        "scan_elsewhere",
        "invoice_sum_differs",
        "invoice_part_over_total",
    }
)


def _sums(look: _Look, remarks: Collection[Remark], whose: Collection[str]) -> Sums:
    """The sums over these persons' invoices of the notice's year, each counted once."""
    out = _numbers(remarks, _NOT_COUNTED)
    doubtful = _numbers((one for one in remarks if one.verdict is not Verdict.YES), _UNSURE)
    invoices = [
        paper
        for paper in look.case.papers
        if look.aid.asked(paper.kind).invoice
        and look.persons.whose(paper) in whose
        and paper.number not in out
    ]
    sure = [paper for paper in invoices if paper.date and paper.number not in doubtful]
    return sums(sure, [paper for paper in invoices if paper not in sure])


def _numbers(remarks: Iterable[Remark], codes: Collection[str]) -> set[int]:
    return {number for one in remarks if one.reason.code in codes for number in one.papers}


def _answers(
    edition: Edition, look: _Look, lines: Iterable[Line], worker: Sums, family: Sums
) -> dict[str, Value]:
    """What the case itself answers of the notice's questions: its sums, and which papers are whole."""
    told = dict(_figures_told(worker, family)) if _has_invoices(look) else {}
    answers: dict[str, Value] = {ask: told[name] for ask, name in look.aid.gives.items() if name in told}
    words = {Verdict.YES: edition.eligibility["yes"], Verdict.NO: edition.eligibility["no"]}
    by_ask: dict[str, list[Verdict]] = {}
    for line in lines:
        by_ask.setdefault(line.asked.ask, []).append(line.verdict)
    whole = {ask: verdicts.every(each) for ask, each in by_ask.items() if ask}
    return answers | {ask: words[verdict] for ask, verdict in whole.items() if verdict in words}


def _has_invoices(look: _Look) -> bool:
    return any(look.aid.asked(paper.kind).invoice for paper in look.case.papers)


def _figures_told(worker: Sums, family: Sums) -> Iterator[tuple[str, Value]]:
    if worker.total.exact:
        yield "worker.total", worker.total.known
    if worker.own.exact:
        yield "worker.own", worker.own.known
    yield "worker.total_part", worker.total.known
    yield "worker.own_part", worker.own.known
    yield "household.own_part", family.own.known
