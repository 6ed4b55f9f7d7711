"""`dangan case take` and `dangan case review`: scans of papers come in, a clerk settles what was read.

What was read waits beside the case and is no part of it before a clerk has
accepted, corrected or left each fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from desk import case_entry, phrases, screen, words
from desk.cases import CaseDesk
from desk.commands.case import AsJson, CaseNumber, Who, Why, at_case
from desk.draft_sitting import LETTERS, Left
from desk.guard import as_ours
from desk.inputs import named_files
from desk.paper_sitting import Sitting, standing_paper
from desk.proposed import fact_label, fact_value, proposal_json, proposal_table
from desk.usage import misuse
from desk.workplace import Workplace, open_workplace
from records.drafts import Reading
from records.errors import EngineMissing, Refused, StoreError
from records.masking import mask
from records.proposals import Proposal
from records.values import Value

if TYPE_CHECKING:
    from intake.engine import Engine


def take(
    number: CaseNumber,
    files: Annotated[list[Path], typer.Argument(metavar=phrases.PLACE_FILE, help=phrases.CASE_TAKE_FILES)],
    pages: Annotated[
        str, typer.Option("--pages", metavar=phrases.PLACE_PAGES, help=phrases.CASE_WHICH_PAGES)
    ] = "",
    engine: Annotated[str, typer.Option("--engine", metavar=phrases.PLACE_ENGINE, help=phrases.ENGINE)] = "",
    as_json: AsJson = False,
) -> int:
    """Read scanned papers of a case; what was read waits for a clerk."""
    place = open_workplace()
    wanted = case_entry.pages(pages)
    reader = place.engine(engine)  # one that is missing is told before anything is kept
    failed = taken = 0
    with at_case(place, number) as desk:
        for file in named_files(files):
            try:
                found = _taken(place, desk, file, wanted, reader)
            except Exception as error:
                ours = as_ours(error, place.settings.log, file)
                if isinstance(ours, StoreError | EngineMissing):
                    raise ours from error
                failed += 1
                screen.complain(ours)
                continue
            taken += len(found)
            _tell(desk, file, found, as_json)
    if taken and not as_json:
        screen.say(phrases.CASE_TAKE_NEXT.format(case=number, count=taken))
    return words.FAILED if failed else words.OK


def _taken(
    place: Workplace, desk: CaseDesk, file: Path, wanted: tuple[int, ...], reader: Engine
) -> list[Proposal]:
    """What a file gave, kept and waiting."""
    from intake.papers import read_papers

    read = read_papers(file, desk.aid, reader, place.to_docx, wanted)
    desk.medical.keep(file, wanted)
    return desk.medical.propose(desk.case.number, read)


def _tell(desk: CaseDesk, file: Path, found: list[Proposal], as_json: bool) -> None:
    if not found:
        screen.say(phrases.CASE_TAKE_NOTHING.format(file=mask(file.name)), "yellow")
    for one in found:
        if as_json:
            screen.print_json(proposal_json(desk.case.number, one))
        else:
            screen.out().print(proposal_table(desk.aid, one))
            standing = standing_paper(desk.case, one)
            if standing is not None:
                screen.say(phrases.CASE_TAKE_STANDING.format(paper=standing.number))


def review(
    number: CaseNumber,
    listing: Annotated[bool, typer.Option("--list", help=phrases.CASE_REVIEW_LIST)] = False,
    drop: Annotated[
        int, typer.Option("--drop", metavar=phrases.PLACE_NUMBER, help=phrases.CASE_REVIEW_DROP, min=0)
    ] = 0,
    as_json: AsJson = False,
    who: Who = "",
    why: Why = "",
) -> int:
    """Settle what was read of a case's papers, fact by fact; with --list only show it."""
    if drop and not why:
        raise misuse(phrases.CASE_REVIEW_DROP_NEEDS)
    place = open_workplace()
    with at_case(place, number) as desk:
        waiting = desk.medical.proposals(number)
        if drop:
            desk.medical.dismiss(number, drop, who or place.settings.user, why)
            screen.tell(phrases.CASE_REVIEW_DROPPED.format(number=drop))
        elif as_json:
            for one in waiting:
                screen.print_json(proposal_json(number, one))
        elif not waiting:
            screen.say(phrases.CASE_REVIEW_NONE.format(case=number))
        elif listing:
            for one in waiting:
                screen.out().print(proposal_table(desk.aid, one))
        else:
            _review_all(desk, waiting, who or place.settings.user, why)
    return words.OK


def _review_all(desk: CaseDesk, waiting: list[Proposal], who: str, why: str) -> None:
    try:
        for line, proposal in enumerate(waiting, 1):
            current = replace(desk, case=desk.medical.case(desk.case.number))
            screen.tell(_head(proposal, line, len(waiting)), "bold")
            _review_one(Sitting(current, proposal, standing_paper(current.case, proposal)), who, why)
    except (Left, EOFError):
        screen.say(phrases.CASE_REVIEW_LEFT.format(case=desk.case.number))


def _review_one(sitting: Sitting, who: str, why: str) -> None:
    kind = _ask_kind(sitting, who)
    if kind is None:
        return
    asked = sitting.desk.aid.asked(kind)
    for key, reading in sitting.questions(kind).items():
        _ask_fact(sitting, key, reading)
    desk = sitting.desk
    saved = sitting.store(who, why)
    told = phrases.CASE_REVIEW_STORED.format(case=saved.number, paper=sitting.paper, label=asked.label)
    screen.tell(told, "green")
    _tell_remarks(replace(desk, case=saved), sitting.paper)


def _tell_remarks(desk: CaseDesk, paper: int) -> None:
    """What the notice says of a paper, now that it is in the case."""
    from desk.checklist import remarks_of

    for line in desk.assessed().lines:
        if line.paper is not None and line.paper.number == paper:
            for remark in remarks_of(line):
                screen.out().print(remark, soft_wrap=True)


def _ask_kind(sitting: Sitting, who: str) -> str | None:
    """The kind that the clerk says the paper is; None when it waits on or is nothing for the case."""
    desk, proposal = sitting.desk, sitting.proposal
    guessed = sitting.standing.kind if sitting.standing else proposal.kind
    label = desk.aid.asked(guessed).label if guessed else phrases.CASE_KIND_UNKNOWN
    while True:
        answer = _input(phrases.CASE_REVIEW_KIND.format(label=label))
        if answer == "s":
            return None
        if answer == "x":
            why = _input(phrases.CASE_REVIEW_WHY)
            if why:
                desk.medical.dismiss(desk.case.number, proposal.number, who, why)
                screen.tell(phrases.CASE_REVIEW_DROPPED.format(number=proposal.number))
                return None
            continue
        try:
            kind = desk.aid.asked(answer or guessed or "").kind
        except Refused as error:
            screen.complain(error)
            continue
        if sitting.standing is None or kind != sitting.standing.kind:
            sitting.decide("kind", kind, kind == proposal.kind)
        return kind


def _ask_fact(sitting: Sitting, fact: str, reading: Reading) -> None:
    """Ask until the clerk gives something that can stand, or leaves the fact untold."""
    standing = sitting.told(fact)
    _print_fact(sitting, fact, reading, standing)
    others = dict(zip(LETTERS, reading.alternatives, strict=False))
    while True:
        answer = _input(phrases.CASE_REVIEW_PROMPT)
        if answer == "s" or (answer == "" and reading.value is None):
            return
        if answer == "":
            value: Value = reading.value
        elif answer == "-":
            value = None
        elif answer.lower() in others:
            value = others[answer.lower()].value
        else:
            try:
                value = sitting.typed(fact, answer)
            except Refused as error:
                screen.complain(error)
                continue
        sitting.decide(fact, value, answer == "")
        shown = fact_value(sitting.desk.aid, fact, value) or phrases.BLANK
        screen.tell(phrases.REVIEW_DECIDED.format(value=shown), "green")
        return


def _print_fact(sitting: Sitting, fact: str, reading: Reading, standing: Value) -> None:
    aid = sitting.desk.aid
    shown = fact_value(aid, fact, reading.value) or phrases.BLANK
    screen.out().print(Text.assemble((fact_label(aid, fact), "bold"), "  ", (shown, "yellow")))
    for line in _about(sitting, fact, reading, standing):
        screen.tell(f"    {line}")


def _about(sitting: Sitting, fact: str, reading: Reading, standing: Value) -> Iterator[str]:
    aid = sitting.desk.aid
    if standing is not None:
        yield phrases.CASE_REVIEW_STANDING.format(value=fact_value(aid, fact, standing))
    if reading.raw and reading.raw != fact_value(aid, fact, reading.value):
        yield phrases.REVIEW_RAW.format(raw=reading.raw)
    for reason in reading.reasons:
        yield phrases.REVIEW_REASON.format(reason=words.reason(reason))
    for letter, other in zip(LETTERS, reading.alternatives, strict=False):
        yield phrases.CASE_REVIEW_OTHER.format(place=letter, value=fact_value(aid, fact, other.value))
    if reading.source and reading.source.box:
        yield phrases.REVIEW_SPOT.format(page=reading.source.page, box=reading.source.box)


def _head(proposal: Proposal, line: int, count: int) -> str:
    pages = "、".join(map(str, proposal.origin.pages))
    file = mask(proposal.origin.file)
    return phrases.CASE_REVIEW_HEAD.format(
        line=line, count=count, number=proposal.number, file=file, pages=pages
    )


def _input(prompt: str) -> str:
    answer = input(prompt).strip()
    if answer == "q":
        raise Left
    return answer
