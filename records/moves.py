"""Moves: a filled old form and one rule of a carry-over come in, what goes where in the new form comes out.

A carry-over's `[[rules]]` name functions of this module by `how`, with the
fields they take from and give to and the words they need. What a rule cannot
decide it asks: it gives candidates, never a guess that would pass unseen.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from records import dates, identity, kinds
from records.choices import SEPARATOR, fold
from records.findings import Reason, Severity
from records.forms import Edition, Field, as_decimal
from records.parsing import Parsed, Problem
from records.values import BLANKS, Value, Values, row_path

Settings = Mapping[str, Any]


class Fate(StrEnum):
    """What became of a field, the most certain first."""

    LOSSLESS = "lossless"
    RENAMED = "renamed"
    CANDIDATE = "candidate"
    UNDECIDABLE = "undecidable"
    MISSING = "missing"
    LOST = "lost"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class Move:
    """What comes under one path of the new form, from which paths of the old one, and what it may be else.

    `asked` puts it before a clerk, `reasons` say why.
    """

    path: str
    fate: Fate
    value: Value = None
    sources: tuple[str, ...] = ()
    others: tuple[Value, ...] = ()
    reasons: tuple[Reason, ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a carry-over: how, from which field of the old form, to which of the new one.

    Paths of columns are written `table.column`; the rule then holds for every row.
    """

    how: str
    source: str
    target: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Case:
    """A rule at work on one old form, in one row of a table or in none."""

    old: Edition
    values: Values
    new: Edition
    rule: Rule
    row: int | None = None

    @property
    def source(self) -> str:
        """The old path."""
        return self.path(self.rule.source)

    @property
    def target(self) -> str:
        """The new path."""
        return self.path(self.rule.target)

    @property
    def value(self) -> Value:
        """What stands at the old path; None when blank."""
        value = self.values.get(self.source)
        return None if value in BLANKS else value

    @property
    def asks(self) -> Field:
        """The field of the new form."""
        return self.new.field(self.target)

    @property
    def shown(self) -> str:
        """What stands at the old path, as a clerk reads it."""
        return kinds.show(self.value, self.old.field(self.source))

    def path(self, named: str) -> str:
        """A field's path; of a column, in the row at work."""
        table, _, column = named.partition(".")
        return row_path(table, self.row or 0, column) if column else table

    def setting(self, name: str, default: Any) -> Any:
        """A setting of the rule."""
        return self.rule.settings.get(name, default)

    def text(self, named: str) -> str:
        """The text that stands in another field of the old form; empty when blank."""
        value = self.values.get(self.path(named))
        return value if isinstance(value, str) else ""

    @property
    def year(self) -> int:
        """The year of the new form's notice."""
        return int(self.new.dated[:4])


def same(case: Case) -> Iterator[Move]:
    """The value as it stands, in the new form's spelling; asked where the new form does not know it."""
    if case.value is None:
        return
    fitted = _fitted(case)
    wrong = _errors(fitted.problems)
    if wrong and fitted.value is None:
        yield _undecidable(case, fitted.candidates, *_reasons(wrong))
    else:
        yield _stands(case, fitted.value, wrong)


def words(case: Case) -> Iterator[Move]:
    """Listed words by the rule's table: one word is settled, one in brackets a candidate, more are asked."""
    table: Mapping[str, Any] = case.setting("words", {})
    if isinstance(case.value, tuple):
        yield from _each_word(case, case.value, table)
        return
    if case.value is None or case.value not in table:
        yield from same(case)
        return
    to = table[str(case.value)]
    if isinstance(to, str):
        yield _stands(case, to)
    elif len(to) == 1:
        reason = Reason("carried_candidate", {"old": case.shown})
        yield Move(case.target, Fate.CANDIDATE, to[0], (case.source,), (), (reason,), True)
    else:
        yield _undecidable(case, to, Reason("carried_undecidable", {"old": case.shown}))


def _each_word(case: Case, entries: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[Move]:
    """A set, entry by entry: settled where every entry has one meaning."""
    meanings = [_known(_as_tuple(table.get(entry, entry)), case.asks) for entry in entries]
    sets = tuple(dict.fromkeys(_set(chosen) for chosen in itertools.product(*filter(None, meanings))))
    if all(len(meaning) == 1 for meaning in meanings):
        yield _stands(case, sets[0])
    else:
        yield _undecidable(case, sets, Reason("carried_undecidable", {"old": case.shown}))


def ask(case: Case) -> Iterator[Move]:
    """Nothing can be told from the old value but what a clerk should know when asked."""
    if case.value is not None:
        candidates = case.setting("candidates", ())
        yield _undecidable(case, candidates, Reason("carried_undecidable", {"old": case.shown}))


def suggested(case: Case) -> Iterator[Move]:
    """One of the old words is a hint for quite another field."""
    if case.value in case.setting("words", ()):
        value = case.setting("value", None)
        hint = tuple(value) if isinstance(value, list) else value
        reason = Reason("carried_hint", {"old": case.shown, "value": _words_of(hint)})
        yield Move(case.target, Fate.CANDIDATE, None, (case.source,), (hint,), (reason,), True)


def wanted(case: Case) -> Iterator[Move]:
    """One of the old words makes another field needed, unless the old field `unless` tells it already."""
    told = case.values.get(case.path(str(case.setting("unless", ""))))
    if case.value in case.setting("words", ()) and told in BLANKS:
        yield _undecidable(case, (), Reason("carried_wanted", {"old": case.shown}))


def divided(case: Case) -> Iterator[Move]:
    """An amount divided, to the fen: a year's as a month's."""
    if isinstance(case.value, Decimal):
        exact = case.value / as_decimal(case.setting("by", 1))
        value = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        whole = value.to_integral_value()
        yield _stands(case, whole if value == whole else value)


def id_number(case: Case) -> Iterator[Move]:
    """An identity number; the 18 digits behind 15 are a candidate beside what stands there."""
    number, lengths = case.value, case.asks.lengths
    if not isinstance(number, str):
        return
    later = identity.upgraded(number)
    if len(number) != 15 or not lengths or 15 in lengths:
        yield from same(case)
    elif later is None:
        yield _undecidable(case, (), Reason("carried_id_old"), value=number)
    else:
        reason = Reason("carried_id_derived", {"candidate": later})
        yield Move(case.target, Fate.CANDIDATE, number, (case.source,), (later,), (reason,), True)


def birth_date(case: Case) -> Iterator[Move]:
    """The birth date; where it is blank, the one in the identity number of the field `id` as a candidate."""
    if case.value is not None:
        yield from same(case)
        return
    born = identity.birth_date(case.text(str(case.setting("id", ""))))
    if born is not None:
        source = case.path(str(case.setting("id", "")))
        reason = Reason("carried_from_id", {"value": born})
        yield Move(case.target, Fate.CANDIDATE, born, (source,), (), (reason,), True)


def split(case: Case) -> Iterator[Move]:
    """Numbers written together, each to the first field of `patterns` that it fits, others to the target."""
    if not isinstance(case.value, str):
        return
    shared: dict[str, list[str]] = {}
    patterns: Mapping[str, str] = case.setting("patterns", {})
    for part in filter(None, _APART.split(case.value)):
        fits = (to for to, pattern in patterns.items() if re.fullmatch(pattern, part))
        shared.setdefault(next(fits, case.rule.target), []).append(part)
    for to, parts in shared.items():
        yield Move(case.path(to), Fate.RENAMED, SEPARATOR.join(parts), (case.source,))


_APART = re.compile(r"[/、，,；;\s]+")


def ranked(case: Case) -> Iterator[Move]:
    """A set without order as a first entry and further ones: decidable only for one entry of one meaning."""
    entries = case.value if isinstance(case.value, tuple) else ()
    table: Mapping[str, Any] = case.setting("words", {})
    meanings = [_known(_as_tuple(table.get(entry, entry)), case.asks) for entry in entries]
    if len(meanings) == 1 and len(meanings[0]) == 1:
        yield _stands(case, meanings[0][0])
    elif meanings:
        first = tuple(dict.fromkeys(itertools.chain(*meanings)))
        reason = Reason("carried_rank", {"old": case.shown})
        yield Move(case.target, Fate.UNDECIDABLE, None, (case.source,), first, (reason,), True)
        yield from _further(case, meanings)


def _further(case: Case, meanings: Sequence[tuple[str, ...]]) -> Iterator[Move]:
    """The entries behind the first: one set for each choice of it."""
    more = str(case.setting("more", ""))
    most = case.new.field(more).at_most or math.inf
    sets = [_set(chosen) for chosen in itertools.product(*filter(None, meanings))]
    rests = [tuple(one for one in chosen if one != first) for chosen in sets for first in chosen]
    others = tuple(dict.fromkeys(rest for rest in rests if 0 < len(rest) <= most))
    if others:
        reason = Reason("carried_rank_more", {"old": case.shown})
        yield Move(more, Fate.UNDECIDABLE, None, (case.source,), others, (reason,), True)


def by_age(case: Case) -> Iterator[Move]:
    """A word that years have overtaken: the words of `ages` that fit the age by now are asked."""
    ages: Mapping[str, Sequence[int]] = case.setting("ages", {})
    if case.value not in ages:
        yield from words(case)
        return
    birth = case.text(str(case.setting("birth", "")))
    fitting = tuple(word for word, (least, most) in ages.items() if _may_be(birth, case, least, most))
    yield _undecidable(case, fitting, Reason("carried_grown", {"old": case.shown}))


def _may_be(birth: str, case: Case, least: int, most: int) -> bool:
    """Whether somebody born then is of this age on the day of the new notice; anybody of unknown birth is."""
    if not birth or dates.check(birth):
        return True
    day = date.fromisoformat(case.new.dated)
    oldest, youngest = (dates.years_between(born, day) for born in dates.span(birth))
    return least <= oldest and youngest <= most


def region(case: Case) -> Iterator[Move]:
    """A county as text or code; one abolished before the new notice is asked, with what `moved` names."""
    if not isinstance(case.value, str):
        return
    counties = identity.counties(case.value)
    gone = [one for one in counties if one.ended is not None and one.ended < case.year]
    if gone and len(gone) == len(counties):
        moved: Mapping[str, Sequence[str]] = case.setting("moved", {})
        others = tuple(_moved(case.value, one, to) for one in gone for to in moved.get(one.code, ()))
        reason = Reason("carried_region_gone", {"old": case.shown})
        yield _undecidable(case, tuple(dict.fromkeys(others)), reason)
    elif not counties and re.search(r"[0-9]{6}", case.value):
        yield _undecidable(case, (), Reason("carried_region_unknown", {"old": case.shown}))
    else:
        yield from same(case)


def _moved(text: str, gone: identity.Region, to: str) -> str:
    """The text with one county's name and code for another's."""
    later = identity.county(to)
    name = later.names[-1] if later else to
    return text.replace(gone.code, to).replace(gone.names[-1], name)


def remark(case: Case) -> Iterator[Move]:
    """Nowhere else to go: the old value stands in the remarks only (see `remark` of every rule)."""
    yield from ()


HOWS: Mapping[str, Callable[[Case], Iterator[Move]]] = MappingProxyType(
    {
        how.__name__: how
        for how in (
            same, words, ask, suggested, wanted, divided, id_number, birth_date, split, ranked, by_age,
            region, remark,
        )
    }
)  # fmt: skip
"""Every way of carrying a value over, by the word that carry-overs use."""


def _fitted(case: Case) -> Parsed:
    """The value as the new field writes it; raises nothing, tells problems."""
    was, field, value = case.old.field(case.source), case.asks, case.value
    if was.kind == field.kind and field.kind not in ("choice", "choices"):
        return Parsed(value, kinds.check(value, field))
    return kinds.parse(kinds.show(value, was), field)


def _stands(case: Case, value: Value, wrong: Sequence[Problem] = ()) -> Move:
    """A value that stands; one with a fault of its own is asked."""
    kept = value == case.value and fold(case.old.field(case.source).label) == fold(case.asks.label)
    fate = Fate.LOSSLESS if kept else Fate.RENAMED
    return Move(case.target, fate, value, (case.source,), (), _reasons(wrong), bool(wrong))


def _undecidable(case: Case, others: Sequence[Value], *reasons: Reason, value: Value = None) -> Move:
    return Move(case.target, Fate.UNDECIDABLE, value, (case.source,), tuple(others), reasons, True)


def _reasons(wrong: Sequence[Problem]) -> tuple[Reason, ...]:
    return tuple(Reason(one.code, one.facts) for one in wrong)


def _errors(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def _as_tuple(words_: str | Sequence[str]) -> tuple[str, ...]:
    return (words_,) if isinstance(words_, str) else tuple(words_)


def _set(entries: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entries))


def _known(entries: tuple[str, ...], field: Field) -> tuple[str, ...]:
    """The entries that a closed list has; of an open one all."""
    return tuple(entry for entry in entries if entry in field.choices or not field.enforced)


def _words_of(value: Value) -> str:
    return SEPARATOR.join(value) if isinstance(value, tuple) else str(value or "")
