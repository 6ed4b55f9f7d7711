"""`dangan check`: a record, an exchange file or a form comes in, findings and eligibility are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk import phrases, screen, words
from desk.contract import finding_line
from desk.exchange import as_record, read_entries
from desk.guard import as_ours
from desk.judged import judgement_json, judgement_line
from desk.usage import HIGHEST, misuse
from desk.workplace import Workplace, open_workplace
from records.drafts import Draft
from records.editions import Edition
from records.errors import DanganError, Refused, Unreadable
from records.findings import Finding, Severity
from records.masking import mask
from records.rules import findings
from records.values import Value, Values

if TYPE_CHECKING:
    from records.eligibility import Judgement

EXCHANGE = (".json", ".jsonl", ".xlsx")


def check(
    what: Annotated[str, typer.Argument(metavar=phrases.PLACE_RECORD_OR_FILE, help=phrases.CHECK_WHAT)],
    given: Annotated[
        list[str] | None, typer.Option("--given", metavar=phrases.PLACE_PAIR, help=phrases.CHECK_GIVEN)
    ] = None,
    preset: Annotated[
        list[str] | None, typer.Option("--preset", metavar=phrases.PLACE_PRESET, help=phrases.CHECK_PRESET)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=phrases.AS_JSON_LINES)] = False,
    engine: Annotated[str, typer.Option("--engine", metavar=phrases.PLACE_ENGINE, help=phrases.ENGINE)] = "",
) -> int:
    """Say what is wrong and who is eligible; status 1 when an error stands or something cannot be checked."""
    from records.eligibility import judge

    place = open_workplace()
    told = _given(given or [])
    status = words.OK
    for name, found in _checked(place, what, engine):
        if isinstance(found, DanganError):
            screen.complain(found)
            status = words.FAILED
            continue
        rules = (*found.seen, *findings(found.edition, found.values))
        try:
            judgements = judge(found.edition, found.values, told, preset or ())
        except Refused as error:
            raise misuse(words.error(error).rstrip(phrases.STOP)) from error
        (_print_json if as_json else _print)(name, found.edition, rules, judgements)
        if any(finding.severity is Severity.ERROR for finding in rules):
            status = words.FAILED
    return status


@dataclass(frozen=True, slots=True)
class Form:
    """What is checked: its edition and values, and what was seen of its page as a whole."""

    edition: Edition
    values: Values
    seen: tuple[Finding, ...] = ()


Checked = Iterator[tuple[str, Form | DanganError]]


def _checked(place: Workplace, what: str, engine: str) -> Checked:
    file = Path(what)
    if what.isdecimal() and int(what) <= HIGHEST and not file.exists():
        with place.store() as store:
            record = store.record(int(what))
        yield what, Form(place.editions[record.edition], record.values)
    elif file.suffix.lower() in EXCHANGE:
        yield from _entries(place, file)
    else:
        yield from _forms(place, file, engine)


def _entries(place: Workplace, file: Path) -> Checked:
    for line, entry in read_entries(file, place.editions):
        name = f"{file.name} {line}"
        try:
            yield name, Form(*as_record(entry, place.editions))
        except DanganError as error:
            yield name, error


def _forms(place: Workplace, file: Path, engine: str) -> Checked:
    from intake.reading import read_file

    try:
        reader = place.engine(engine)
        for result in read_file(
            file, place.editions, reader, place.to_docx, budget=place.budget, known=place.known
        ):
            name = f"{file.name} {'、'.join(map(str, result.origin.pages if result.origin else ()))}"
            if isinstance(result, Draft):
                yield name, Form(place.editions[result.edition], result.values, screen.page_findings(result))
            elif not result.is_blank:
                yield name, Unreadable("unmatched", file=file.name, reason=words.reason(result.reason))
    except Exception as error:
        yield file.name, as_ours(error, place.settings.log, file)


def _given(pairs: list[str]) -> Mapping[str, Value]:
    told: dict[str, Value] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise misuse(phrases.CHECK_GIVEN_WRONG)
        told[name.strip()] = text.strip()
    return told


def _print(
    name: str, edition: Edition, rules: tuple[Finding, ...], judgements: tuple[Judgement, ...]
) -> None:
    screen.tell(f"{mask(name)} · {edition.title}（{edition.key}）", "bold")
    screen.tell_findings(rules, edition)
    if not rules:
        screen.tell(phrases.NO_FINDINGS)
    if judgements:
        heads = (phrases.RULE, phrases.VERDICT, phrases.REASONS, phrases.ASSUMPTIONS)
        lines = (judgement_line(judgement) for judgement in judgements)
        screen.out().print(screen.rows(phrases.ELIGIBILITY, heads, lines))
        told = dict.fromkeys(words.reason(one) for judgement in judgements for one in judgement.assumptions)
        for assumption in sorted(told):
            screen.tell(assumption)


def _print_json(
    name: str, edition: Edition, rules: tuple[Finding, ...], judgements: tuple[Judgement, ...]
) -> None:
    told: dict[str, Any] = {
        "checked": name,
        "edition": edition.key,
        "findings": [finding_line(finding, edition) for finding in rules],
        "eligibility": [judgement_json(judgement) for judgement in judgements],
    }
    screen.print_json(told)
