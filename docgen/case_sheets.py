"""What the sheets of a medical case print: a case with its assessment comes in, values by path go out.

The values join those of the record, so that a case's sheets are filled,
measured and continued like every other. Sentences are said by whoever asks for
the sheets (`Say`): this room knows none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from records import kinds
from records.archive import Record
from records.assessing import Assessment, Line, Remark
from records.editions import Edition
from records.eligibility import Judgement
from records.errors import DanganError
from records.findings import Reason
from records.medical import MedicalCase, Paper, Sum, paper_facts
from records.medical_aid import MedicalAid, medical_aid
from records.packets import Packet, Part, packet
from records.values import Value, row_path
from records.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Say:
    """Sentences for codes: reasons of an assessment, errors of a scan, verdicts.

    `brief` leaves of a sentence what is wrong, without what to do at the desk: that goes on paper.
    """

    reason: Callable[[Reason], str]
    error: Callable[[DanganError], str]
    verdict: Callable[[Verdict], str]
    brief: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Case:
    """A medical case with all that its sheets are made from."""

    edition: Edition
    record: Record
    case: MedicalCase
    told: Assessment
    say: Say

    @property
    def aid(self) -> MedicalAid:
        """What its notice asks."""
        return medical_aid(self.edition)

    @property
    def packet(self) -> Packet:
        """How its notice wants the papers bound. Raises Refused (`no_packet`)."""
        return packet(self.edition)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the packet's contents: a sheet or a paper, its pages in words, what is wrong with it.

    `line` is the checklist's, for papers; `reasons` say which of its scans cannot be
    read, `stand_in` that a sheet stands where it should.
    """

    label: str
    pages: str
    line: Line | None = None
    reasons: tuple[str, ...] = ()
    stand_in: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """All that the packet itself has to say of it."""
        return (*([self.stand_in] if self.stand_in else []), *self.reasons)


def alone(whole: Case) -> Record:
    """The record with what one sheet prints that is made by itself: no page is known yet."""
    return with_case_values(whole, [item for part in whole.packet.parts for item in _unbound(whole, part)])


def _unbound(whole: Case, part: Part) -> Iterator[Item]:
    if not part.papers:
        yield Item(whole.edition.document(part.document).title, "")
    for label, line in labelled(whole, part.papers):
        scanned = line.paper is not None and line.paper.scans
        yield Item(label, "" if scanned else whole.packet.words["absent"], line)


def labelled(whole: Case, kind: str) -> list[tuple[str, Line]]:
    """The checklist's lines of a kind, numbered where there are several."""
    lines = [line for line in whole.told.lines if line.asked.kind == kind]
    if len(lines) == 1:
        return [(lines[0].asked.label, lines[0])]
    return [(f"{line.asked.label} {number}", line) for number, line in enumerate(lines, start=1)]


def with_case_values(
    whole: Case, items: Sequence[Item] = (), pages: int = 0, more: Mapping[str, Value] | None = None
) -> Record:
    """The record with what may be printed of its case; `items` and `pages` where they are known yet."""
    wanted = {asked.key: {one.key for one in asked.fields} for asked in whole.packet.fields}
    values = dict(whole.record.values)
    for path, value in {**_plain(whole, items, pages), **_rows(whole, items), **(more or {})}.items():
        key, _, rest = path.partition(".")
        column = rest.partition(".")[2]
        if key in wanted and (not column or column in wanted[key]) and value not in (None, ""):
            values[path] = value
    return replace(whole.record, values=values)


# --- what stands by itself


def _plain(whole: Case, items: Sequence[Item], pages: int) -> dict[str, Value]:
    case, told = whole.case, whole.told
    mine, family = told.worker, told.household
    counted = bool(family.counted)
    return {
        "case_year": str(case.year),
        "illness": case.illness,
        "told_illness": case.illness or whole.packet.words["blank"],
        "unit_help": case.help,
        "papers_count": str(len(case.papers)),
        "pages_count": str(pages) if pages else "",
        "standing": standing(whole, items),
        "case_remarks": "".join(_wrong(whole, told.remarks)),
        # A sum in running text stands alone, so it is left blank unless it is exact.
        "told_total": _exact(whole, mine.total, counted),
        "told_reimbursed": _exact(whole, mine.reimbursed, counted),
        "told_own": _exact(whole, mine.own, counted),
        "sum_total": _sum(whole, mine.total),
        "sum_reimbursed": _sum(whole, mine.reimbursed),
        "sum_own": _sum(whole, mine.own),
        "family_total": _sum(whole, family.total),
        "family_reimbursed": _sum(whole, family.reimbursed),
        "family_own": _sum(whole, family.own),
        "assumptions": "\n".join(_assumptions(whole)),
        "not_certified": "、".join(_not_certified(whole)),
    }


def standing(whole: Case, items: Sequence[Item] = ()) -> str:
    """Whether everything is there, in words; complete only when the packet lacks nothing, either."""
    verdicts = [remark.verdict for remark in whole.told.every_remark]
    verdicts += [Verdict.NO for item in items for _ in item.reasons]
    missing, unsure = verdicts.count(Verdict.NO), verdicts.count(Verdict.UNDETERMINED)
    facts = {"missing": str(missing), "unsure": str(unsure)}
    if missing and unsure:
        return whole.say.reason(Reason("packet_lacks_and_open", facts))
    if missing:
        return whole.say.reason(Reason("packet_lacks", facts))
    return whole.say.reason(Reason("packet_open", facts) if unsure else Reason("packet_complete"))


def _wrong(whole: Case, remarks: Iterable[Remark]) -> list[str]:
    """What keeps a paper or the case from being complete; notes that change nothing are left out."""
    wrong = (one.reason for one in remarks if one.verdict is not Verdict.YES)
    return [whole.say.brief(whole.say.reason(reason)) for reason in wrong]


def _exact(whole: Case, one: Sum, counted: bool) -> str:
    return _money(one.known) if one.exact and counted else whole.packet.words["blank"]


def _sum(whole: Case, one: Sum) -> str:
    shown = f"{one.known:,.2f}"
    return shown if one.exact else f"{whole.packet.words['at_least']}{shown}"


def _money(amount: object) -> str:
    return f"{amount:,.2f}"


def _judgements(whole: Case) -> list[Judgement]:
    by_name = {one.name: one for one in whole.told.judgements}
    return [by_name[name] for name in whole.packet.judgements if name in by_name]


def _assumptions(whole: Case) -> list[str]:
    """Each once, in words; its name is of use at the desk only."""
    told = (str(one.facts["text"]) for each in _judgements(whole) for one in each.assumptions)
    return list(dict.fromkeys(told))


def _invoices(whole: Case) -> list[Line]:
    return [line for line in whole.told.lines if line.asked.invoice and line.paper]


def _certified(line: Line) -> bool:
    return line.paper is not None and line.paper.original is True and line.paper.copy is True


def _not_certified(whole: Case) -> Iterator[str]:
    """The invoices whose copy nobody can certify, for the original or the copy was not seen."""
    for line in _invoices(whole):
        if line.paper is not None and not _certified(line):
            yield line.paper.invoice.number or f"{line.asked.label} {line.paper.number}"


# --- rows


def _rows(whole: Case, items: Sequence[Item]) -> dict[str, Value]:
    pages = {item.line.paper.number: item.pages for item in items if item.line and item.line.paper}
    hospitals = list(whole.case.of_kind(whole.packet.listed))
    invoices = [line.paper for line in _invoices(whole) if line.paper]
    copies = [line.paper for line in _invoices(whole) if line.paper and _certified(line)]
    tables = {
        "contents": [_content(whole, place, item) for place, item in enumerate(items, start=1)],
        "invoices": [_invoice(whole, number, one, pages) for number, one in enumerate(invoices, start=1)],
        "hospitals": [_paper(whole, number, one, pages) for number, one in enumerate(hospitals, start=1)],
        "judged": [
            {
                "label": one.label or one.name,
                "verdict": whole.say.verdict(one.verdict),
                "reasons": "\n".join(map(whole.say.reason, one.reasons)),
            }
            for one in _judgements(whole)
        ],
        "copies": [_paper(whole, number, one, pages) for number, one in enumerate(copies, start=1)],
    }
    return {
        row_path(table, index, column): text
        for table, rows in tables.items()
        for index, row in enumerate(rows)
        for column, text in row.items()
    }


def _content(whole: Case, place: int, item: Item) -> dict[str, str]:
    line = item.line
    row = {"number": str(place), "paper": item.label, "pages": item.pages}
    if line is None:
        return row
    row["remarks"] = "".join((*map(whole.say.brief, item.told), *_wrong(whole, line.remarks)))
    if line.paper is None:
        return row
    return row | {
        "about": about(whole, line.paper),
        "original": _seen(whole, line.paper.original, line.asked.original),
        "copy": _seen(whole, line.paper.copy, line.asked.copy),
        "seals": "、".join(seal.label for seal in whole.aid.seals if seal.key in line.paper.seals),
    }


def about(whole: Case, paper: Paper) -> str:
    """What tells a paper from others of its kind."""
    shown = _paper_texts(whole, paper)
    return " ".join(shown[key] for key in ("title", "invoice_number", "date", "hospital") if shown.get(key))


def _paper_texts(whole: Case, paper: Paper) -> dict[str, str]:
    facts = paper_facts(paper)
    return {
        asked.key: kinds.show(facts[asked.key], asked) for asked in whole.aid.fields if asked.key in facts
    }


def _paper(whole: Case, number: int, paper: Paper, pages: Mapping[int, str]) -> dict[str, str]:
    figures = (
        ("total", paper.invoice.total),
        ("reimbursed", paper.invoice.refunded),
        ("own", paper.invoice.borne),
    )
    return {
        **_paper_texts(whole, paper),
        "number": str(number),
        "pages": pages.get(paper.number, ""),
        **{key: _money(figure) for key, figure in figures if figure is not None},
    }


def _invoice(whole: Case, number: int, paper: Paper, pages: Mapping[int, str]) -> dict[str, str]:
    words = whole.packet.words
    counted = paper.number in whole.told.household.counted
    return _paper(whole, number, paper, pages) | {
        "original": _seen(whole, paper.original, True),
        "copy": _seen(whole, paper.copy, True),
        "counted": words["counted"] if counted else words["not_counted"],
    }


def _seen(whole: Case, seen: bool | None, asked: bool) -> str:
    words = whole.packet.words
    if seen is None:
        return words["not_looked"] if asked else ""
    return words["there"] if seen else words["not_there"]
