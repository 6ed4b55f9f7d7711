"""A draft sits before somebody in the terminal: its fields are asked one by one, decisions are kept at once.

The same for whoever files it and for whoever approves it; what may be decided, by whom and when, the
store says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from desk import phrases, screen, words
from desk.reviewing import Entry, Form, candidates
from records.drafts import Alternative, Draft, Reading
from records.editions import Edition, Field
from records.findings import Finding, Severity
from records.kinds import parse
from records.masking import mask
from records.reviews import Hand, Review, Stage
from records.rules import findings
from records.settling import NOTHING
from records.values import Value

if TYPE_CHECKING:
    from records.review_store import Reviews

LETTERS = "abcdefghijklmnoprtuvwxyz"
"""What stands before candidates: no figures, which may be the content, and no answers, as q and s are."""
NUMBERLIKE = frozenset({"money", "number", "integer", "code", "phone", "id_number", "bank_card", "date"})
"""The kinds whose content may well be a bare number."""


class Left(Exception):
    """The clerk leaves the review; what was decided is kept."""


@dataclass(frozen=True)
class Sitting:
    """One draft before one person, and where it stood when he sat down."""

    number: int
    draft: Draft
    edition: Edition
    reviews: Reviews
    hand: Hand
    review: Review

    @property
    def form(self) -> Form:
        """The form as it stands with the decisions."""
        return Form(self.draft, self.edition, self.reviews.decisions(self.number))

    @property
    def is_filed(self) -> bool:
        """Whether it waits for approval, so that nothing has to be decided again."""
        return self.review.stage is Stage.FILED

    def reading(self, path: str) -> Reading:
        """What was read at a path."""
        return self.draft.readings.get(path, NOTHING)

    def standing(self, path: str) -> Value:
        """What stands at a path now."""
        decided = self.form.decisions.standing.get(path)
        return self.reading(path).value if decided is None else decided.value

    def decide(self, path: str, value: Value) -> None:
        """Take a decision, and keep it at once; whoever approves decides only what is to be otherwise."""
        if not self.is_filed or value != self.standing(path):
            self.reviews.decide(self.number, path, value, self.hand)


# --- asking


def ask_fields(sitting: Sitting, paths: tuple[str, ...]) -> None:
    """Ask one field after the other."""
    for place, path in enumerate(paths, 1):
        ask_field(sitting, path, f"[{place}/{len(paths)}] ")


def ask_field(sitting: Sitting, path: str, lead: str = "") -> None:
    """Ask until the clerk gives something that can stand, or passes on."""
    _print_field(sitting, path, lead)
    insisted = ""
    while True:
        answer = ask(phrases.REVIEW_PROMPT)
        if answer == "s":
            return
        value, problems = _answered(answer, sitting, path)
        if not problems or (value is not None and answer == insisted):
            sitting.decide(path, value)
            shown = words.value(sitting.edition, path, value) or phrases.BLANK
            screen.tell(phrases.REVIEW_DECIDED.format(value=shown), "green")
            return
        for problem in problems:
            screen.say(f"  {problem}", "red")
        if value is not None:
            screen.say(phrases.REVIEW_INSIST)
        insisted = answer


def ask_findings(sitting: Sitting) -> str:
    """Show what breaks a rule and let it be mended; gives why errors that stay may stand.

    Whoever approves may leave it at the reason that was given when the draft was filed.
    """
    while True:
        found = findings(sitting.edition, sitting.form.values)
        errors = [finding for finding in found if finding.severity is Severity.ERROR]
        if not found:
            return ""
        _print_findings(sitting, found)
        given = sitting.review.override_why if errors else ""
        if given:
            screen.tell(phrases.REVIEW_GIVEN_WHY.format(why=given))
        answer = ask(phrases.REVIEW_ERRORS_PROMPT if errors and not given else phrases.REVIEW_FINDINGS_PROMPT)
        if answer.isdecimal() and 1 <= int(answer) <= len(found):
            for path in found[int(answer) - 1].paths:
                ask_field(sitting, path)
        elif _paths(sitting, answer):
            ask_field(sitting, _paths(sitting, answer)[0])
        elif answer or not errors or given:
            return answer if errors else ""


def ask(prompt: str) -> str:
    """What is typed. Raises Left."""
    answer = input(prompt).strip()
    if answer == "q":
        raise Left
    return answer


def _answered(answer: str, sitting: Sitting, path: str) -> tuple[Value, list[str]]:
    """The value that an answer means, and what is wrong with it."""
    if answer == "":
        return _accepted(sitting, path)
    if answer == "-":
        return None, []
    field, others = sitting.edition.field(path), _candidates(sitting.reading(path))
    if answer.lower() in others:
        return others[answer.lower()].value, []
    if answer.isdecimal() and field.kind not in NUMBERLIKE:
        return None, [phrases.REVIEW_NO_CANDIDATE.format(number=answer)]
    if answer.lower() in set(LETTERS):
        return None, [phrases.REVIEW_NO_LETTER.format(letter=answer)]
    return _read(answer.removeprefix("="), field)


def _accepted(sitting: Sitting, path: str) -> tuple[Value, list[str]]:
    """What stands; words that nobody has decided on are tried as if they were typed now."""
    decided = sitting.form.decisions.standing.get(path)
    if decided is None or not decided.text:
        return sitting.standing(path), []
    if not decided.text.strip() or decided.text == phrases.GROUP_UNREAD:
        return None, [phrases.REVIEW_WANTED]
    return _read(decided.text.strip(), sitting.edition.field(path))


def _read(text: str, field: Field) -> tuple[Value, list[str]]:
    parsed = parse(text, field)
    wrong = [problem for problem in parsed.problems if problem.severity is Severity.ERROR]
    return parsed.value, [words.sentence(problem.code, problem.facts) for problem in wrong]


def _candidates(reading: Reading) -> dict[str, Alternative]:
    """The other readings by their letters."""
    return dict(zip(LETTERS, candidates(reading), strict=False))


def _paths(sitting: Sitting, named: str) -> list[str]:
    """The paths whose label or key the clerk typed."""
    values = sitting.form.values
    return [path for path in values if named and named in (path, words.label(sitting.edition, path))]


# --- telling


def print_head(sitting: Sitting) -> None:
    """What the draft is, where it stands and what is wrong with its page."""
    form, review = sitting.form, sitting.review
    count = len(form.to_look_at if sitting.is_filed else form.open)
    told = {"number": sitting.number, "title": sitting.edition.title, "count": count}
    screen.tell(phrases.REVIEW_HEAD.format(whence=_paper(sitting.draft), **told), "bold")
    if sitting.draft.record is not None:
        screen.tell(phrases.REVIEW_RETURNED.format(record=sitting.draft.record))
    if review.stage is Stage.SENT_BACK:
        screen.tell(
            phrases.REVIEW_WAS_SENT_BACK.format(who=review.sent_back_by, why=review.sent_back_why), "yellow"
        )
    screen.tell_findings(screen.page_findings(sitting.draft), sitting.edition)


def print_form(sitting: Sitting) -> None:
    """The whole form as it stands, for whoever approves it."""
    lines = [(one.label, one.now or phrases.BLANK) for one in sitting.form.entries()]
    screen.out().print(screen.rows("", (phrases.FIELD, phrases.VALUE), lines))


def _print_field(sitting: Sitting, path: str, lead: str) -> None:
    entry = sitting.form.entry(path)
    shown = entry.now or phrases.BLANK
    screen.out().print(Text.assemble((f"{lead}{entry.label}", "bold"), "  ", (shown, "yellow")))
    for line in _about(sitting, entry):
        screen.tell(f"    {line}")


def _about(sitting: Sitting, entry: Entry) -> Iterator[str]:
    reading, carried = sitting.reading(entry.path), sitting.draft.forerunner is not None
    if entry.changed:
        yield phrases.REVIEW_WAS_READ.format(value=entry.read or phrases.BLANK)
    if entry.raw:
        yield (phrases.REVIEW_OLD if carried else phrases.REVIEW_RAW).format(raw=entry.raw)
    for reason in reading.reasons:
        told = phrases.REVIEW_WHY if carried else phrases.REVIEW_REASON
        yield told.format(reason=words.reason(reason))
    for letter, other in _candidates(reading).items():
        value = words.value(sitting.edition, entry.path, other.value) or phrases.BLANK
        told = phrases.REVIEW_CANDIDATE if carried else phrases.REVIEW_OTHER
        yield told.format(place=letter, value=value, sure=f"{other.confidence:.0%}")
    if reading.source and reading.source.box:
        yield phrases.REVIEW_SPOT.format(page=reading.source.page, box=reading.source.box)


def _print_findings(sitting: Sitting, found: tuple[Finding, ...]) -> None:
    for place, finding in enumerate(found, 1):
        named = words.labels(sitting.edition, finding.paths)
        screen.out().print(
            Text.assemble(
                f"{place}) ",
                (words.SEVERITIES[finding.severity], screen.COLOURS[finding.severity]),
                f" {named}：{words.finding(finding, sitting.edition)}",
            )
        )


def _paper(draft: Draft) -> str:
    """The pages behind a draft, or the record that it was carried over from."""
    if draft.forerunner is not None:
        return phrases.CARRIED_FROM.format(number=draft.forerunner.number)
    if draft.origin is None:
        return ""
    pages = "、".join(map(str, draft.origin.pages))
    return phrases.REVIEW_PAGES.format(file=mask(draft.origin.file), pages=pages)
