"""Tests that a notice's conditions end in: a case goes in, a verdict comes out, with what is missing.

An edition's `[eligibility.conditions]` names tests of this module. Boundaries are
those of the law: 以上, 以下 and 以内 include the number, 超过 excludes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from records import dates, money, verdicts
from records.amounts import amount
from records.case import Case, Settings
from records.findings import NO_FACTS, Facts
from records.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """What a test found: a verdict, the facts behind it, the keys of fields or asks that are missing."""

    verdict: Verdict
    facts: Facts = field(default_factory=lambda: NO_FACTS)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionTest:
    """A test by name, with the settings that it needs and what each of them names."""

    run: Callable[[Case, Settings], Told]
    needs: Mapping[str, str]


_TESTS: dict[str, ConditionTest] = {}
TESTS: Mapping[str, ConditionTest] = MappingProxyType(_TESTS)
"""Every test by the name that editions use."""


def _test(
    **needs: str,
) -> Callable[[Callable[[Case, Settings], Told]], Callable[[Case, Settings], Told]]:
    def enter(run: Callable[[Case, Settings], Told]) -> Callable[[Case, Settings], Told]:
        _TESTS[run.__name__.strip("_")] = ConditionTest(run, needs)
        return run

    return enter


def _told(known: bool | None, missing: Collection[str] = (), **facts: object) -> Told:
    shown = {key: str(fact) for key, fact in facts.items() if fact is not None}
    return Told(verdicts.of(known), shown, tuple(missing) if known is None else ())


@_test(field="field", yes="words")
def _choice_in(case: Case, settings: Settings) -> Told:
    """A choice is one of `yes`; with `no` given, any further one cannot be told."""
    written = case.text(settings["field"])
    if not written:
        return _told(None, [settings["field"]])
    if written in settings["yes"]:
        return _told(True, have=written)
    open_ended = "no" in settings and written not in settings["no"]
    return _told(None if open_ended else False, [settings["field"]], have=written)


@_test(fields="field", yes="words")
def _holds_any(case: Case, settings: Settings) -> Told:
    """Among the entries of some lists is one of `yes`; with only one of `unsure` it cannot be told."""
    chosen = case.chosen(settings["fields"])
    if not chosen:
        return _told(None, settings["fields"])
    have = "、".join(chosen)
    if any(entry in settings["yes"] for entry in chosen):
        return _told(True, have=have)
    unsure = any(entry in settings.get("unsure", ()) for entry in chosen)
    return _told(None if unsure else False, settings["fields"], have=have)


@_test(field="field")
def _filled(case: Case, settings: Settings) -> Told:
    """A field is filled; a blank proves nothing."""
    have = case.text(settings["field"])
    return _told(True if have else None, [settings["field"]], have=have or None)


@_test(field="field", words="words")
def _names_one(case: Case, settings: Settings) -> Told:
    """A text contains one of `words`."""
    written = case.text(settings["field"])
    known = any(word in written for word in settings["words"]) if written else None
    return _told(known, [settings["field"]], have=written or None)


@_test(ask="ask")
def _given(case: Case, settings: Settings) -> Told:
    """A yes that only a clerk knows; a no with `answer = false`."""
    answered = case.answer(settings["ask"])
    known = None if answered is None else answered == settings.get("answer", True)
    return _told(known, [settings["ask"]], have=case.text(settings["ask"]) or None)


@_test(ask="ask", fields="field", healthy="words")
def _ill(case: Case, settings: Settings) -> Told:
    """Somebody is seriously ill: as a clerk says; no when all are `healthy`; a diagnosis is only a hint."""
    answered = case.answer(settings["ask"])
    words = [word for key in settings["fields"] for word in _texts(case, key)]
    have = "、".join(dict.fromkeys(filter(None, words)))
    if answered is None and words and all(word in settings["healthy"] for word in words):
        answered = False
    return _told(answered, [settings["ask"]], have=have)


def _texts(case: Case, key: str) -> tuple[str, ...]:
    table, _, column = key.partition(".")
    return case.column(table, column) if column else (case.text(key),)


@_test(amount="amount", limit="amount")
def _at_most(case: Case, settings: Settings) -> Told:
    """An amount is not above a limit; the limit itself counts, as in 以下 and 以内."""
    return _compared(case, settings, Decimal.__le__)


@_test(amount="amount", limit="amount")
def _less_than(case: Case, settings: Settings) -> Told:
    """An amount is below a limit."""
    return _compared(case, settings, Decimal.__lt__)


@_test(amount="amount", limit="amount")
def _at_least(case: Case, settings: Settings) -> Told:
    """An amount is not below a limit; the limit itself counts, as in 以上. `part` is known to be in it."""
    return _reached_by_part(case, settings, Decimal.__ge__) or _compared(case, settings, Decimal.__ge__)


@_test(amount="amount", limit="amount")
def _more_than(case: Case, settings: Settings) -> Told:
    """An amount is above a limit, as in 超过. `part` names an amount that is known to be in it."""
    return _reached_by_part(case, settings, Decimal.__gt__) or _compared(case, settings, Decimal.__gt__)


def _reached_by_part(
    case: Case, settings: Settings, compare: Callable[[Decimal, Decimal], bool]
) -> Told | None:
    """Met, when a part of an amount that is not known alone is enough."""
    if "part" not in settings or amount(case, settings["amount"]).number is not None:
        return None
    part, limit = (amount(case, settings[name]).number for name in ("part", "limit"))
    if part is None or limit is None or not compare(part, limit):
        return None
    return _told(True, have=_shown(part), limit=_shown(limit))


def _compared(case: Case, settings: Settings, compare: Callable[[Decimal, Decimal], bool]) -> Told:
    have, limit = (amount(case, settings[name]) for name in ("amount", "limit"))
    missing = tuple(dict.fromkeys((*have.missing, *limit.missing)))
    known = None if have.number is None or limit.number is None else compare(have.number, limit.number)
    return _told(known, missing, have=_shown(have.number), limit=_shown(limit.number))


def _shown(number: Decimal | None) -> str | None:
    return None if number is None else money.show(round(number, 2))


@_test(ask="ask", day="day")
def _not_before(case: Case, settings: Settings) -> Told:
    """A day is not before another; a date told by month only may leave it open."""
    return _dated(
        case, settings, lambda first, last, day: False if last < day else (True if first >= day else None)
    )


@_test(ask="ask", day="day")
def _not_after(case: Case, settings: Settings) -> Told:
    """A day is not behind another; the day itself is in time."""
    return _dated(
        case, settings, lambda first, last, day: False if first > day else (True if last <= day else None)
    )


def _dated(case: Case, settings: Settings, compare: Callable[[date, date, date], bool | None]) -> Told:
    written = case.text(settings["ask"])
    known = compare(*dates.span(written), dates.span(settings["day"])[0]) if _is_date(written) else None
    return _told(known, [settings["ask"]], have=written or None, limit=settings["day"])


@_test(since="ask", until="ask", default="day", years="number")
def _years_reached(case: Case, settings: Settings) -> Told:
    """So many whole years lie between two days; the anniversary counts."""
    since, until = case.text(settings["since"]), case.text(settings["until"]) or settings["default"]
    if not _is_date(since) or not _is_date(until):
        return _told(None, [settings["since"]], limit=settings["years"])
    least, most = _years(since, until)
    known = True if least >= settings["years"] else False if most < settings["years"] else None
    return _told(known, [settings["since"]], have=since, limit=settings["years"])


def _years(since: str, until: str) -> tuple[int, int]:
    (first, last), (early, late) = dates.span(since), dates.span(until)
    return dates.years_between(last, early), dates.years_between(first, late)


def _is_date(text: str) -> bool:
    return text != "" and not dates.check(text)


@_test(assumption="assumption", choice="words")
def _assumed(case: Case, settings: Settings) -> Told:
    """An ambiguity is read in this way."""
    return _told(case.assumed(settings["assumption"]) == settings["choice"])
