"""`dangan case`: a medical case of a record is opened, its papers come in, its checklist is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import case_entry, phrases, screen, words
from desk.cases import CaseDesk, case_desk
from desk.contract import event_json
from desk.usage import HIGHEST, RecordNumber, misuse
from desk.workplace import Workplace, open_workplace
from records.errors import Refused
from records.medical import MedicalCase, Paper, add_paper, change_paper, drop_paper, scan_text
from records.people import worker_name
from records.values import Value

if TYPE_CHECKING:
    from records.assessing import Assessment
    from records.store import Store

CaseNumber = Annotated[
    int, typer.Argument(metavar=phrases.PLACE_CASE, help=phrases.CASE_NUMBER, min=1, max=HIGHEST)
]
PaperNumber = Annotated[
    int, typer.Argument(metavar=phrases.PLACE_PAPER, help=phrases.CASE_PAPER, min=1, max=HIGHEST)
]
AsJson = Annotated[bool, typer.Option("--json", help=phrases.AS_JSON)]
Who = Annotated[str, typer.Option("--who", metavar=phrases.PLACE_PERSON, help=phrases.WHO)]
Why = Annotated[str, typer.Option("--why", metavar=phrases.PLACE_GROUND_WHY, help=phrases.CASE_WHY)]
Told = str | None
Title = Annotated[Told, typer.Option("--title", metavar=phrases.PLACE_TEXT, help=phrases.CASE_TITLE_OPTION)]
Name = Annotated[Told, typer.Option("--name", metavar=phrases.PLACE_PERSON, help=phrases.CASE_NAME)]
Id = Annotated[Told, typer.Option("--id", metavar=phrases.PLACE_NUMBERS, help=phrases.CASE_ID)]
Day = Annotated[Told, typer.Option("--date", metavar=phrases.PLACE_DAY, help=phrases.CASE_DATE)]
Hospital = Annotated[Told, typer.Option("--hospital", metavar=phrases.PLACE_TEXT, help=phrases.CASE_HOSPITAL)]
Invoice = Annotated[
    Told, typer.Option("--number", metavar=phrases.PLACE_NUMBERS, help=phrases.CASE_INVOICE_NO)
]
Total = Annotated[Told, typer.Option("--total", metavar=phrases.PLACE_MONEY, help=phrases.CASE_TOTAL)]
Reimbursed = Annotated[
    Told, typer.Option("--reimbursed", metavar=phrases.PLACE_MONEY, help=phrases.CASE_REIMBURSED)
]
Own = Annotated[Told, typer.Option("--own", metavar=phrases.PLACE_MONEY, help=phrases.CASE_OWN)]
Original = Annotated[bool | None, typer.Option("--original/--no-original", help=phrases.CASE_ORIGINAL)]
Copy = Annotated[bool | None, typer.Option("--copy/--no-copy", help=phrases.CASE_COPY)]
Illness = Annotated[Told, typer.Option("--illness", metavar=phrases.PLACE_TEXT, help=phrases.CASE_ILLNESS)]
Year = Annotated[
    int, typer.Option("--year", metavar=phrases.PLACE_YEAR, help=phrases.CASE_YEAR, min=0, max=9999)
]


def new(
    record: RecordNumber,
    year: Year = 0,
    illness: Illness = None,
    file: Annotated[
        Path | None, typer.Option("--from", metavar=phrases.PLACE_FILE, help=phrases.CASE_FROM)
    ] = None,
    who: Who = "",
) -> int:
    """Open a medical case for a record, empty or with all that a file tells."""
    place = open_workplace()
    with place.store() as store:
        desk = _opened(place, store, record, year)
        case = replace(desk.case, illness=illness)
        if file is not None:
            case = case_entry.read_case(file, desk.aid, case, store.medical.keep)
            _check_answers(replace(desk, case=case))
        saved = store.medical.save(case, who or place.settings.user, phrases.CASE_OPENED_WHY)
    screen.tell(phrases.CASE_OPENED.format(case=saved.number, record=record, papers=len(saved.papers)))
    return words.OK


def add(
    number: CaseNumber,
    kind: Annotated[str, typer.Option("--as", metavar=phrases.PLACE_KIND, help=phrases.CASE_AS)],
    files: Annotated[
        list[Path] | None, typer.Argument(metavar=phrases.PLACE_FILE, help=phrases.CASE_FILES)
    ] = None,
    together: Annotated[bool, typer.Option("--together", help=phrases.CASE_TOGETHER)] = False,
    to: Annotated[int, typer.Option("--to", metavar=phrases.PLACE_PAPER, help=phrases.CASE_TO, min=0)] = 0,
    pages: Annotated[
        str, typer.Option("--pages", metavar=phrases.PLACE_PAGES, help=phrases.CASE_WHICH_PAGES)
    ] = "",
    title: Title = None,
    name: Name = None,
    id_number: Id = None,
    date: Day = None,
    hospital: Hospital = None,
    original: Original = None,
    copy: Copy = None,
    who: Who = "",
    why: Why = "",
) -> int:
    """Add papers: each file one, or all files one; without a file a paper that is not scanned yet."""
    told = {"title": title, "name": name, "id_number": id_number, "date": date, "hospital": hospital}
    place = open_workplace()
    wanted = case_entry.pages(pages)
    with at_case(place, number) as desk:
        asked = desk.aid.asked(kind)
        facts = case_entry.facts(desk.aid, told, original, copy)
        scans = [scan_text(desk.medical.keep(file, wanted)) for file in files or ()]
        case = desk.case
        if to:
            before = tuple(map(scan_text, case.paper(to).scans))
            added: Value = (*before, *scans) or None
            case = change_paper(case, to, {**facts, "kind": asked.kind, "scans": added})
        else:
            groups = [tuple(scans)] if together or not scans else [(scan,) for scan in scans]
            for group in groups:
                case = add_paper(case, asked.kind, {**facts, "scans": group or None})
        _save(place, desk, case, who, why)
    return words.OK


def invoice(
    number: CaseNumber,
    paper: Annotated[
        int, typer.Argument(metavar=phrases.PLACE_PAPER, help=phrases.CASE_INVOICE_PAPER, min=0, max=HIGHEST)
    ] = 0,
    invoice_number: Invoice = None,
    date: Day = None,
    hospital: Hospital = None,
    total: Total = None,
    reimbursed: Reimbursed = None,
    own: Own = None,
    name: Name = None,
    original: Original = None,
    copy: Copy = None,
    who: Who = "",
    why: Why = "",
) -> int:
    """Enter or change what stands on an invoice; without a paper's number, a further invoice."""
    told = {
        "invoice_number": invoice_number,
        "date": date,
        "hospital": hospital,
        "total": total,
        "reimbursed": reimbursed,
        "own": own,
        "name": name,
    }
    place = open_workplace()
    with at_case(place, number) as desk:
        facts = case_entry.facts(desk.aid, told, original, copy)
        if paper:
            _refuse_other_kind(desk, desk.case.paper(paper))
            case = change_paper(desk.case, paper, facts)
        else:
            kind = next(asked.kind for asked in desk.aid.papers if asked.invoice)
            case = add_paper(desk.case, kind, facts)
        _save(place, desk, case, who, why)
    return words.OK


def paper(
    number: CaseNumber,
    paper: PaperNumber,
    kind: Annotated[str, typer.Option("--as", metavar=phrases.PLACE_KIND, help=phrases.CASE_AS)] = "",
    title: Title = None,
    name: Name = None,
    id_number: Id = None,
    date: Day = None,
    hospital: Hospital = None,
    original: Original = None,
    copy: Copy = None,
    drop: Annotated[bool, typer.Option("--drop", help=phrases.CASE_DROP)] = False,
    who: Who = "",
    why: Why = "",
) -> int:
    """Change what is told of a paper, or take it out of the case."""
    told = {"title": title, "name": name, "id_number": id_number, "date": date, "hospital": hospital}
    place = open_workplace()
    with at_case(place, number) as desk:
        if drop and not why:
            raise misuse(phrases.CASE_DROP_NEEDS)
        facts = case_entry.facts(desk.aid, told, original, copy)
        if kind:
            facts["kind"] = desk.aid.asked(kind).kind
        case = drop_paper(desk.case, paper) if drop else change_paper(desk.case, paper, facts)
        _save(place, desk, case, who, why)
    return words.OK


def unit_help(
    number: CaseNumber,
    text: Annotated[str, typer.Argument(metavar=phrases.PLACE_TEXT, help=phrases.CASE_HELP_TEXT)],
    who: Who = "",
    why: Why = "",
) -> int:
    """Note what the unit itself has done for the worker."""
    place = open_workplace()
    with at_case(place, number) as desk:
        _save(place, desk, replace(desk.case, help=text.strip() or None), who, why)
    return words.OK


def seal(
    number: CaseNumber,
    paper: PaperNumber,
    seals: Annotated[list[str], typer.Argument(metavar=phrases.PLACE_SEAL, help=phrases.CASE_SEALS)],
    remove: Annotated[bool, typer.Option("--remove", help=phrases.CASE_SEAL_REMOVE)] = False,
    who: Who = "",
    why: Why = "",
) -> int:
    """Note that seals were seen on a paper, or that they were not there after all."""
    place = open_workplace()
    with at_case(place, number) as desk:
        named = case_entry.seal_keys(desk.aid, seals)
        before = desk.case.paper(paper).seals
        seen = [key for key in before if key not in named] if remove else [*before, *named]
        told: Value = case_entry.seal_keys(desk.aid, seen) or None
        _save(place, desk, change_paper(desk.case, paper, {"seals": told}), who, why)
    return words.OK


def change(
    number: CaseNumber,
    year: Year = 0,
    illness: Illness = None,
    given: Annotated[
        list[str] | None, typer.Option("--given", metavar=phrases.PLACE_PAIR, help=phrases.CASE_GIVEN)
    ] = None,
    who: Who = "",
    why: Why = "",
) -> int:
    """Change the year or the illness, or answer what the notice asks besides."""
    place = open_workplace()
    answers = dict(map(case_entry.pair, given or ()))
    with at_case(place, number) as desk:
        told = {**desk.case.given, **{ask: answer or None for ask, answer in answers.items()}}
        case = replace(
            desk.case,
            year=year or desk.case.year,
            illness=desk.case.illness if illness is None else illness.strip() or None,
            given={ask: answer for ask, answer in told.items() if answer is not None},
        )
        _check_answers(replace(desk, case=case))
        _save(place, desk, case, who, why)
    return words.OK


def show(
    number: CaseNumber,
    history: Annotated[bool, typer.Option("--history", help=phrases.CASE_HISTORY)] = False,
    as_json: AsJson = False,
) -> int:
    """Show the checklist; status 1 while something is missing or not looked at."""
    from desk import case_history, checklist

    place = open_workplace()
    with at_case(place, number) as desk:
        told = desk.assessed()
        events = desk.medical.history(number) if history else []
    if as_json:
        line = checklist.case_json(desk.case, told)
        screen.print_json(line | {"history": [event_json(event) for event in events]} if history else line)
    else:
        checklist.print_case(desk.edition, desk.record, desk.case, desk.aid, told)
        for (when, who, why), group in groupby(events, key=lambda event: (event.when, event.who, event.why)):
            moment = when.astimezone().strftime("%Y-%m-%d %H:%M")
            screen.tell(f"\n{moment} · {who} · {words.why(why)}", "bold")
            for event in group:
                screen.tell("    " + case_history.event_line(desk.edition, event))
    return words.OK if told.complete else words.FAILED


def list_cases(
    record: Annotated[
        int, typer.Option("--record", metavar=phrases.PLACE_NUMBER, help=phrases.CASE_OF_RECORD, min=0)
    ] = 0,
    as_json: AsJson = False,
) -> int:
    """List the cases, each with whether it is complete."""
    from desk import checklist

    place = open_workplace()
    with place.store() as store:
        if record:
            store.record(record)
        desks = [case_desk(place.editions, store, case) for case in store.medical.cases(record or None)]
        lines = [(desk, desk.assessed()) for desk in desks]
    if as_json:
        for desk, told in lines:
            head = checklist.case_head(desk.case)
            screen.print_json(head | {"verdict": str(told.verdict), "complete": told.complete})
    elif lines:
        table = screen.rows("", phrases.CASE_LIST_HEADS, (_list_line(*line) for line in lines))
        screen.out().print(table)
    else:
        screen.say(phrases.CASE_NONE)
    return words.OK


def _list_line(desk: CaseDesk, told: Assessment) -> tuple[str, ...]:
    case = desk.case
    return (
        str(case.number),
        str(case.record),
        worker_name(desk.edition, desk.record.values),
        str(case.year),
        case.illness or "",
        str(len(case.papers)),
        f"{told.worker.own.known:,.2f}" if told.worker.own.exact else f"≥ {told.worker.own.known:,.2f}",
        phrases.CASE_STANDINGS[told.verdict],
    )


# --- steps


@contextmanager
def at_case(place: Workplace, number: int) -> Iterator[CaseDesk]:
    """The store, opened at a case. Raises StoreError, NoSuchCase."""
    with place.store() as store:
        yield case_desk(place.editions, store, store.medical.case(number))


def _opened(place: Workplace, store: Store, record: int, year: int) -> CaseDesk:
    desk = case_desk(place.editions, store, MedicalCase(record, year))
    return desk if year else replace(desk, case=replace(desk.case, year=desk.aid.year))


def _refuse_other_kind(desk: CaseDesk, paper: Paper) -> None:
    asked = desk.aid.asked(paper.kind)
    if not asked.invoice:
        raise Refused("paper_is_no_invoice", paper=paper.number, label=asked.label)


def _check_answers(desk: CaseDesk) -> None:
    """Whether the notice can take the answers. Raises UsageError."""
    try:
        desk.assessed()
    except Refused as error:
        raise misuse(words.error(error).rstrip(phrases.STOP)) from error


def _save(place: Workplace, desk: CaseDesk, case: MedicalCase, who: str, why: str) -> None:
    saved = desk.medical.save(case, who or place.settings.user, why or "decided")
    if saved.revision == desk.case.revision:
        screen.tell(phrases.CASE_UNCHANGED.format(case=saved.number))
        return
    known = set(desk.case.papers)
    fresh = [one for one in saved.papers if one not in known]
    papers = "、".join(f"{one.number}（{desk.aid.asked(one.kind).label}）" for one in fresh)
    told = phrases.CASE_SAVED_PAPERS if fresh else phrases.CASE_SAVED
    screen.tell(told.format(case=saved.number, papers=papers))
