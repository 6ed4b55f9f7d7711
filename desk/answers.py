"""Answers given in advance: a JSON file of `{path: content}` comes in, a clerk's decisions go out."""

from __future__ import annotations

import json
from pathlib import Path

from desk.contract import Misfit
from desk.exchange import Misfits
from records.editions import Edition
from records.errors import Unreadable
from records.findings import Severity
from records.kinds import check, parse
from records.parsing import Problem
from records.settling import Decision
from records.values import Value, from_plain


def read_answers(file: Path, edition: Edition) -> list[Decision]:
    """The decisions of a file. Raises Unreadable when it is none, Misfits naming all that does not fit.

    Content is written as a clerk types it, or in normal form; null decides that the field is blank.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Unreadable(file=file, what="JSON") from error
    if not isinstance(told, dict):
        raise Unreadable(file=file, what="JSON")
    answers = [(path, *_answer(path, given, edition)) for path, given in told.items()]
    misfits = [misfit for _, _, misfit in answers if misfit is not None]
    if misfits:
        raise Misfits(misfits, edition)
    return [Decision(path, value) for path, value, _ in answers]


def _answer(path: str, given: object, edition: Edition) -> tuple[Value, Misfit | None]:
    if not edition.has(path) or edition.field(path).is_rows:
        return None, Misfit(path, "unknown_key", {"key": path})
    field = edition.field(path)
    try:
        value = from_plain(given)
    except ValueError:
        return None, Misfit(path, "wrong_type", {"text": str(given), "kind": field.kind})
    problems: tuple[Problem, ...]
    if isinstance(value, str):
        parsed = parse(value, field)
        value, problems = parsed.value, parsed.problems
    else:
        problems = check(value, field)
    wrong = _wrong(value, problems)
    return value, None if wrong is None else Misfit(path, wrong.code, wrong.facts)


def _wrong(value: Value, problems: tuple[Problem, ...]) -> Problem | None:
    """What keeps an answer from standing: an error, or a doubt that left no value of what was given."""
    stopping = {Severity.ERROR} if value is not None else {Severity.ERROR, Severity.WARNING}
    return next((problem for problem in problems if problem.severity in stopping), None)
