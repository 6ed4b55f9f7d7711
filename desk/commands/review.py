"""`dangan review`: a draft comes in, a clerk settles it in the terminal, a record lies in the store.

Doubtful fields come first, each with its reasons and other readings; then what
breaks a rule; then who. Every decision is kept at once, so that leaving loses none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from desk import phrases, screen, words
from desk.reviewing import candidates, own_record, same_told
from desk.usage import HIGHEST, misuse
from desk.workplace import Workplace, open_workplace
from records.drafts import Alternative, Draft, Reading
from records.editions import Edition
from records.errors import Refused
from records.findings import Finding, Severity
from records.kinds import parse
from records.masking import mask
from records.reviews import Hand, Stage
from records.rules import findings
from records.settling import Decision
from records.values import Value, Values

if TYPE_CHECKING:
    from records.archive import DraftRow, Record
    from records.review_store import Reviews
    from records.store import Store


FORCE = "f"
LETTERS = "abcdefghijklmnoprtuvwxyz"
"""What stands before candidates: no figures, which may be the content, and no answers, as q and s are."""
NUMBERLIKE = frozenset({"money", "number", "integer", "code", "phone", "id_number", "bank_card", "date"})
"""The kinds whose content may well be a bare number."""


class Left(Exception):
    """The clerk leaves the review; what was decided is kept."""


@dataclass
class Desk:
    """One draft under review, with what was decided so far, by path."""

    number: int
    draft: Draft
    edition: Edition
    decided: dict[str, Decision]
    reviews: Reviews
    hand: Hand

    def decide(self, path: str, value: Value) -> None:
        """Take a decision, and keep it at once."""
        self.reviews.decide(self.number, path, value, self.hand)
        self.decided[path] = Decision(path, value)

    @property
    def values(self) -> Values:
        """The values as they stand with the decisions."""
        return self.draft.values | {path: one.value for path, one in self.decided.items()}

    @property
    def open(self) -> list[str]:
        """The doubtful paths that wait for a decision."""
        return [path for path in self.draft.doubtful if path not in self.decided]


def review(
    number: Annotated[
        int | None, typer.Argument(metavar=phrases.PLACE_DRAFT, help=phrases.REVIEW_DRAFT, min=1, max=HIGHEST)
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help=phrases.REVIEW_LIST)] = False,
    drop: Annotated[
        str | None, typer.Option("--drop", metavar=phrases.PLACE_GROUND_WHY, help=phrases.REVIEW_DROP)
    ] = None,
    who: Annotated[str, typer.Option("--who", metavar=phrases.PLACE_PERSON, help=phrases.WHO)] = "",
) -> int:
    """Settle one draft, or all that wait, oldest first."""
    if drop is not None and (number is None or not drop.strip()):
        raise misuse(phrases.REVIEW_DROP_NEEDS)
    place = open_workplace()
    with place.store() as store:
        waiting = store.drafts()
        if listing:
            _print_waiting(place, waiting)
        elif drop is not None and number is not None:
            _require_open(store, number)
            store.drop(number, who or place.settings.user, drop)
            screen.tell(phrases.REVIEW_DROPPED.format(number=number))
        else:
            review_drafts(place, store, [number] if number is not None else _unfiled(store), who)
    return words.OK


def _unfiled(store: Store) -> list[int]:
    """The drafts that wait for a clerk, not for approval, oldest first."""
    return [number for number, one in store.reviews.states().items() if one.stage is not Stage.FILED]


def _require_open(store: Store, number: int) -> None:
    """Raises Refused when the draft was dropped or has become a record."""
    for row in store.drafts(open_only=False):
        if row.number == number and row.record is not None:
            raise Refused("draft_settled", number=number, record=row.record)
        if row.number == number and row.closed is not None:
            raise Refused("draft_dropped", number=number)


def review_drafts(place: Workplace, store: Store, numbers: list[int], who: str) -> None:
    """Let a clerk settle these drafts, one after the other; leaving keeps what was decided."""
    if not numbers:
        screen.say(phrases.REVIEW_NONE)
    try:
        for number in numbers:
            _review_one(place, store, number, who)
    except (Left, EOFError):
        screen.say(phrases.REVIEW_LEFT)


def _review_one(place: Workplace, store: Store, number: int, who: str) -> None:
    _require_open(store, number)
    refuse_filed(store, number)
    draft, hand = store.draft(number), Hand(who or place.settings.user)
    decided = decided_on(store, number)
    desk = Desk(number, draft, place.editions[draft.edition], decided, store.reviews, hand)
    store.reviews.claim(number, hand)
    try:
        _settle_with_clerk(place, store, desk, who)
    finally:
        store.reviews.release(number, hand)


def _settle_with_clerk(place: Workplace, store: Store, desk: Desk, who: str) -> None:
    _print_head(desk)
    waiting = desk.open
    for place_in_line, path in enumerate(waiting, 1):
        _ask_field(desk, path, f"[{place_in_line}/{len(waiting)}] ")
    if desk.open:
        screen.say(phrases.REVIEW_SKIPPED.format(count=len(desk.open)), "yellow")
        return
    why = _ask_findings(desk)
    record = _settle(place, store, desk, why, who or _ask_who(place))
    if record is not None:
        screen.tell(phrases.REVIEW_STORED.format(number=desk.number, record=record.number), "green")


def _ask_field(desk: Desk, path: str, lead: str = "") -> None:
    """Ask until the clerk gives something that can stand, or passes on."""
    reading = desk.draft.readings.get(path, Reading(desk.values.get(path)))
    _print_field(desk, path, reading, lead)
    insisted = ""
    while True:
        answer = _input(phrases.REVIEW_PROMPT)
        if answer == "s":
            return
        value, problems = _answered(answer, desk, path, reading)
        if not problems or (value is not None and answer == insisted):
            desk.decide(path, value)
            shown = words.value(desk.edition, path, value) or phrases.BLANK
            screen.tell(phrases.REVIEW_DECIDED.format(value=shown), "green")
            return
        for problem in problems:
            screen.say(f"  {problem}", "red")
        if value is not None:
            screen.say(phrases.REVIEW_INSIST)
        insisted = answer


def _answered(answer: str, desk: Desk, path: str, reading: Reading) -> tuple[Value, list[str]]:
    """The value that an answer means, and what is wrong with it."""
    if answer == "":
        return (desk.decided[path].value if path in desk.decided else reading.value), []
    if answer == "-":
        return None, []
    field, others = desk.edition.field(path), _candidates(reading)
    if answer.lower() in others:
        return others[answer.lower()].value, []
    if answer.isdecimal() and field.kind not in NUMBERLIKE:
        return None, [phrases.REVIEW_NO_CANDIDATE.format(number=answer)]
    if answer.lower() in set(LETTERS):
        return None, [phrases.REVIEW_NO_LETTER.format(letter=answer)]
    parsed = parse(answer.removeprefix("="), field)
    wrong = [problem for problem in parsed.problems if problem.severity is Severity.ERROR]
    return parsed.value, [words.sentence(problem.code, problem.facts) for problem in wrong]


def _candidates(reading: Reading) -> dict[str, Alternative]:
    """The other readings by their letters."""
    return dict(zip(LETTERS, candidates(reading), strict=False))


def _ask_findings(desk: Desk) -> str:
    """Show what breaks a rule and let the clerk mend it; gives why errors that stay may stand."""
    while True:
        found = findings(desk.edition, desk.values)
        errors = [finding for finding in found if finding.severity is Severity.ERROR]
        if not found:
            return ""
        _print_findings(desk, found)
        answer = _input(phrases.REVIEW_ERRORS_PROMPT if errors else phrases.REVIEW_FINDINGS_PROMPT)
        if answer.isdecimal() and 1 <= int(answer) <= len(found):
            for path in found[int(answer) - 1].paths:
                _ask_field(desk, path)
        elif _paths(desk, answer):
            _ask_field(desk, _paths(desk, answer)[0])
        elif answer or not errors:
            return answer if errors else ""


def _paths(desk: Desk, named: str) -> list[str]:
    """The paths whose label or key the clerk typed."""
    return [path for path in desk.values if named and named in (path, words.label(desk.edition, path))]


def _settle(place: Workplace, store: Store, desk: Desk, why: str, who: str) -> Record | None:
    for same in store.same_person(desk.values, own_record(desk.draft)):
        screen.say(same_told(desk.edition, same), "yellow")
    decisions = list(desk.decided.values())
    try:
        return store.settle(desk.number, decisions, desk.edition, who, override_why=why)
    except Refused as error:
        screen.complain(error)
        if error.code != "same_worker" or _input(phrases.REVIEW_FORCE_PROMPT) != FORCE:
            screen.say(phrases.REVIEW_KEPT.format(number=desk.number))
            return None
    return store.settle(desk.number, decisions, desk.edition, who, override_why=why, force=True)


def _ask_who(place: Workplace) -> str:
    return _input(phrases.REVIEW_WHO.format(user=place.settings.user)) or place.settings.user


def _input(prompt: str) -> str:
    answer = input(prompt).strip()
    if answer == "q":
        raise Left
    return answer


def decided_on(store: Store, number: int) -> dict[str, Decision]:
    """What was decided on a draft so far, by path."""
    return {decision.path: decision for decision in store.reviews.decisions(number).all}


def refuse_filed(store: Store, number: int) -> None:
    """Raises Refused (`draft_filed`) when a draft waits for approval, which is given at the desk."""
    filed = store.reviews.review(number).filed_by
    if filed is not None:
        raise Refused("draft_filed", number=number, who=filed.name)


def _print_waiting(place: Workplace, waiting: list[DraftRow]) -> None:
    heads = (phrases.DRAFT, phrases.NAME, phrases.EDITION, phrases.FILE, phrases.DOUBTFUL_COUNT)
    lines = ((str(row.number), row.name, row.edition, _whence(row), str(row.doubtful)) for row in waiting)
    screen.out().print(screen.rows("", heads, lines))


def _whence(row: DraftRow) -> str:
    """The file of a draft, or the record that it was carried over from."""
    return phrases.CARRIED_FROM.format(number=row.forerunner) if row.forerunner else mask(row.file)


def _print_head(desk: Desk) -> None:
    told = {"number": desk.number, "title": desk.edition.title, "count": len(desk.open)}
    screen.tell(phrases.REVIEW_HEAD.format(whence=_paper(desk.draft), **told), "bold")
    if desk.draft.record is not None:
        screen.tell(phrases.REVIEW_RETURNED.format(record=desk.draft.record))
    screen.tell_findings(screen.page_findings(desk.draft), desk.edition)


def _paper(draft: Draft) -> str:
    """The pages behind a draft, or the record that it was carried over from."""
    if draft.forerunner is not None:
        return phrases.CARRIED_FROM.format(number=draft.forerunner.number)
    if draft.origin is None:
        return ""
    pages = "、".join(map(str, draft.origin.pages))
    return phrases.REVIEW_PAGES.format(file=mask(draft.origin.file), pages=pages)


def _print_field(desk: Desk, path: str, reading: Reading, lead: str) -> None:
    now = desk.decided[path].value if path in desk.decided else reading.value
    shown = words.value(desk.edition, path, now) or phrases.BLANK
    screen.out().print(
        Text.assemble((f"{lead}{words.label(desk.edition, path)}", "bold"), "  ", (shown, "yellow"))
    )
    for line in _about(desk, path, reading):
        screen.tell(f"    {line}")


def _about(desk: Desk, path: str, reading: Reading) -> Iterator[str]:
    carried = desk.draft.forerunner is not None
    if reading.raw and reading.raw != words.value(desk.edition, path, reading.value):
        told = phrases.REVIEW_OLD if carried else phrases.REVIEW_RAW
        yield told.format(raw=reading.raw.replace("\n", " "))
    for reason in reading.reasons:
        told = phrases.REVIEW_WHY if carried else phrases.REVIEW_REASON
        yield told.format(reason=words.reason(reason))
    for letter, other in _candidates(reading).items():
        value = words.value(desk.edition, path, other.value) or phrases.BLANK
        told = phrases.REVIEW_CANDIDATE if carried else phrases.REVIEW_OTHER
        yield told.format(place=letter, value=value, sure=f"{other.confidence:.0%}")
    if reading.source and reading.source.box:
        yield phrases.REVIEW_SPOT.format(page=reading.source.page, box=reading.source.box)


def _print_findings(desk: Desk, found: tuple[Finding, ...]) -> None:
    for place, finding in enumerate(found, 1):
        named = words.labels(desk.edition, finding.paths)
        screen.out().print(
            Text.assemble(
                f"{place}) ",
                (words.SEVERITIES[finding.severity], screen.COLOURS[finding.severity]),
                f" {named}：{words.finding(finding, desk.edition)}",
            )
        )
