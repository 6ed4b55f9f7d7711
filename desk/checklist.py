"""A medical case and its assessment come in; the living checklist, or plain JSON, goes out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from desk import phrases, screen, words
from desk.judged import judgement_json, judgement_line
from records import kinds
from records.archive import Record
from records.editions import Edition, Field
from records.masking import mask
from records.medical import FACTS, MedicalCase, Paper, paper_facts
from records.people import worker_name
from records.values import Value, to_plain
from records.verdicts import Verdict

if TYPE_CHECKING:
    from records.assessing import Assessment, Line, Remark
    from records.medical import Sum, Sums
    from records.medical_aid import AskedPaper, MedicalAid

COLOURS = {Verdict.NO: "red", Verdict.UNDETERMINED: "yellow", Verdict.YES: "green"}
_MARKS = {Verdict.NO: "✗", Verdict.UNDETERMINED: "?", Verdict.YES: "·"}
_SEEN = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}


def print_case(
    edition: Edition, record: Record, case: MedicalCase, aid: MedicalAid, told: Assessment
) -> None:
    """The whole checklist: papers, figures, judgements, assumptions, and whether all is there."""
    title = phrases.CASE_TITLE.format(
        case=case.number,
        record=record.number,
        name=worker_name(edition, record.values) or phrases.NO_NAME,
        year=case.year,
        illness=case.illness or phrases.CASE_UNTOLD,
    )
    screen.tell(title, "bold")
    screen.tell(phrases.CASE_HELP_LINE.format(help=case.help or phrases.CASE_UNTOLD))
    screen.out().print(_papers(aid, told))
    for remark in (*(said for line in told.lines for said in remarks_of(line)), *map(_remark, told.remarks)):
        screen.out().print(remark, soft_wrap=True)
    if any(line.asked.invoice and line.paper for line in told.lines):
        screen.out().print(_invoices(aid, told))
    heads = (phrases.RULE, phrases.VERDICT, phrases.REASONS, phrases.ASSUMPTIONS)
    screen.out().print(screen.rows(phrases.ELIGIBILITY, heads, map(judgement_line, told.judgements)))
    for assumption in sorted({words.reason(one) for each in told.judgements for one in each.assumptions}):
        screen.tell(assumption)
    screen.tell(ending(told), f"bold {COLOURS[told.verdict]}")


def ending(told: Assessment) -> str:
    """Whether all is there, in one sentence."""
    counted = [remark.verdict for remark in told.every_remark]
    return phrases.CASE_ENDINGS[told.verdict].format(
        missing=counted.count(Verdict.NO), unsure=counted.count(Verdict.UNDETERMINED)
    )


def _papers(aid: MedicalAid, told: Assessment) -> Table:
    return screen.rows(phrases.CASE_PAPERS, phrases.CASE_PAPER_HEADS, (_line(aid, one) for one in told.lines))


def _line(aid: MedicalAid, line: Line) -> tuple[str | Text, ...]:
    mark = Text("✓" if line.verdict is Verdict.YES else _MARKS[line.verdict], COLOURS[line.verdict])
    paper = line.paper
    if paper is None:
        return mark, "", line.asked.label
    return (
        mark,
        str(paper.number),
        line.asked.label,
        about(aid, paper),
        _scans(paper),
        _seen(paper.original, line.asked.original),
        _seen(paper.copy, line.asked.copy),
        _seals(aid, line.asked, paper),
    )


def remarks_of(line: Line) -> Iterator[Text]:
    """What is said of a paper, each remark led by the paper it is about."""
    number = str(line.paper.number) if line.paper else ""
    for remark in line.remarks:
        where = phrases.CASE_REMARK.format(paper=number, label=line.asked.label)
        yield _remark(remark, where if number else "")


def about(aid: MedicalAid, paper: Paper) -> str:
    """What stands on a paper, in the notice's order; the figures of an invoice have a table of their own."""
    told = paper_facts(paper)
    return " ".join(mask(kinds.show(told[field.key], field)) for field in told_of(aid, paper))


def told_of(aid: MedicalAid, paper: Paper) -> list[Field]:
    """What a line shows of a paper: what is told of it, but for the figures of an invoice."""
    told = paper_facts(paper)
    return [field for field in aid.fields if field.key in _ABOUT and field.key in told]


_ABOUT = ("title", "name", "id_number", "date", "hospital", "invoice_number")
FIGURES = ("invoice_number", "date", "total", "reimbursed", "own")
"""What the table of invoices shows of each."""


def _scans(paper: Paper) -> str:
    return "\n".join(
        mask(scan.file)
        + (phrases.CASE_PAGES.format(pages="、".join(map(str, scan.pages))) if scan.pages else "")
        for scan in paper.scans
    )


def _seen(seen: bool | None, wanted: bool) -> Text:
    if seen is None and not wanted:
        return Text("")
    return Text(*_SEEN[seen])


def _seals(aid: MedicalAid, asked: AskedPaper, paper: Paper) -> Text:
    lines = [
        Text(f"{'✓' if seal.key in paper.seals else '✗'}{seal.label}", _SEEN[seal.key in paper.seals][1])
        for seal in aid.seals
        if seal.key in (*asked.seals, *paper.seals)
    ]
    return Text("\n").join(lines)


def _remark(remark: Remark, where: str = "") -> Text:
    colour = "" if remark.verdict is Verdict.YES else COLOURS[remark.verdict]
    return Text(f"{_MARKS[remark.verdict]} {where}{words.reason(remark.reason)}", colour)


def _invoices(aid: MedicalAid, told: Assessment) -> Table:
    heads = (
        phrases.NUMBER,
        *(aid.field(fact).label for fact in FIGURES),
        phrases.CASE_COUNTED,
    )
    papers = [line.paper for line in told.lines if line.asked.invoice and line.paper]
    lines = [_invoice(aid, paper, told) for paper in papers]
    lines.append(_sum_line(phrases.CASE_SUM_WORKER, told.worker))
    if told.household != told.worker:
        lines.append(_sum_line(phrases.CASE_SUM_HOUSEHOLD, told.household))
    return screen.rows(phrases.CASE_INVOICES, heads, lines)


def _invoice(aid: MedicalAid, paper: Paper, told: Assessment) -> tuple[str | Text, ...]:
    facts = paper_facts(paper)
    cells = [figure(aid, fact, facts.get(fact)) for fact in FIGURES]
    counted = paper.number in told.household.counted
    return str(paper.number), *cells, Text(*_SEEN[counted])


def figure(aid: MedicalAid, fact: str, value: Value) -> str:
    """A fact of an invoice in the table; `?` while nobody has told it."""
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return "?" if value is None else kinds.show(value, aid.field(fact))


def _sum_line(label: str, sums: Sums) -> tuple[str | Text, ...]:
    return (label, "", "", *(_sum(one) for one in (sums.total, sums.reimbursed, sums.own)), "")


def _sum(one: Sum) -> Text:
    return Text(sum_text(one), "bold" if one.exact else "bold yellow")


def sum_text(one: Sum) -> str:
    """A sum; one that is not whole is said to be at least so much."""
    shown = f"{one.known:,.2f}"
    return shown if one.exact else phrases.CASE_AT_LEAST.format(number=shown)


# --- for programs


def case_json(case: MedicalCase, told: Assessment) -> dict[str, Any]:
    """A case and all that is said of it."""
    return {
        **case_head(case),
        "help": case.help,
        "given": {ask: to_plain(answer) for ask, answer in case.given.items()},
        "papers": [_paper_json(line) for line in told.lines if line.paper],
        "missing": [
            {"kind": line.asked.kind, "label": line.asked.label} for line in told.lines if line.paper is None
        ],
        "remarks": [_remark_json(remark) for remark in told.remarks],
        "sums": {"worker": _sums_json(told.worker), "household": _sums_json(told.household)},
        "eligibility": [judgement_json(judgement) for judgement in told.judgements],
        "verdict": str(told.verdict),
        "complete": told.complete,
    }


def case_head(case: MedicalCase) -> dict[str, Any]:
    """What a list says of a case."""
    return {
        "case": case.number,
        "record": case.record,
        "year": case.year,
        "illness": case.illness,
        "revision": case.revision,
        "created": case.created.isoformat() if case.created else None,
        "changed": case.changed.isoformat() if case.changed else None,
    }


def _paper_json(line: Line) -> dict[str, Any]:
    paper = line.paper
    if paper is None:
        raise TypeError(line)
    facts: dict[str, Any] = {key: to_plain(paper_facts(paper).get(key)) for key in FACTS}
    return {
        "paper": paper.number,
        "label": line.asked.label,
        **facts,
        "original": paper.original,
        "copy": paper.copy,
        "seals": list(paper.seals),
        "scans": [
            {"file": scan.file, "sha256": scan.sha256, "pages": list(scan.pages)} for scan in paper.scans
        ],
        "verdict": str(line.verdict),
        "remarks": [_remark_json(remark) for remark in line.remarks],
    }


def _remark_json(remark: Remark) -> dict[str, Any]:
    return {
        "code": remark.reason.code,
        "verdict": str(remark.verdict),
        "papers": list(remark.papers),
        "message": words.reason(remark.reason),
    }


def _sums_json(sums: Sums) -> dict[str, Any]:
    figures = (("total", sums.total), ("reimbursed", sums.reimbursed), ("own", sums.own))
    told = {name: {"known": to_plain(one.known), "exact": one.exact} for name, one in figures}
    return {**told, "papers": list(sums.counted)}
