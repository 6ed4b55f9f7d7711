"""Bonds: what must go together on a form, as the edition's rules and the kinds' own checks tell it.

An edition and the values as read go in; out come the paths that each rule
ties, the share of honest forms that break it, and the rule itself as a test.
Only rules with `exceptions` in the edition bind: what they allow is known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from types import MappingProxyType

from records import kinds
from records.findings import Severity
from records.forms import Edition, RuleUse, as_decimal
from records.rules import RULES, Filled, Reach
from records.values import Value, Values, row_count, row_path, split_path

_WRONG, _ODD = 0.003, 0.03
"""The share of honest numbers whose own check finds an error, or something odd."""
_SELF_CHECKED: Mapping[str, Mapping[Severity, float]] = MappingProxyType(
    {
        "id_number": {Severity.ERROR: _WRONG, Severity.WARNING: _ODD},
        # Passbooks and old cards fail the check digit of cards.
        "bank_card": {Severity.WARNING: 0.05},
    }
)


@dataclass(frozen=True, slots=True)
class Bond:
    """What ties some paths: how many honest forms are without it, and whether values keep it."""

    name: str
    paths: tuple[str, ...]
    exceptions: float
    holds: Callable[[Values], bool]
    """Is given values for `paths`."""

    @property
    def is_own(self) -> bool:
        """A check of one value by itself."""
        return len(self.paths) == 1


def bonds(edition: Edition, values: Values, free: Collection[str], today: date) -> list[Bond]:
    """Every bond of a form between `free` paths; what it looks at beside them stands as in `values`."""
    form = Filled(edition, values, today)
    ruled = (
        bond for use in edition.rules if "exceptions" in use.settings for bond in _of_rule(form, use, free)
    )
    return [*_of_kinds(form, free), *ruled]


def _of_kinds(form: Filled, free: Iterable[str]) -> Iterator[Bond]:
    for path in free:
        for severity, share in _SELF_CHECKED.get(form.edition.field(path).kind, {}).items():
            is_sound = partial(_is_sound, form.edition, path, severity)
            yield Bond("check", (path,), share, _remembered(is_sound, (path,)))


def _remembered(test: Callable[[Values], bool], paths: tuple[str, ...]) -> Callable[[Values], bool]:
    """The test, asked once for the same values."""

    @cache
    def answer(*some: Value) -> bool:
        return test(dict(zip(paths, some, strict=True)))

    return lambda values: answer(*(values[path] for path in paths))


def _is_sound(edition: Edition, path: str, severity: Severity, values: Values) -> bool:
    return all(problem.severity is not severity for problem in kinds.check(values[path], edition.field(path)))


def _of_rule(form: Filled, use: RuleUse, free: Collection[str]) -> Iterator[Bond]:
    """The rule once for each person, each row, or the whole form."""
    share = float(as_decimal(use.settings["exceptions"]))
    for paths, beside in _glances(form, use):
        tied = tuple(path for path in dict.fromkeys(paths) if path in free)
        if tied:
            around = {path: form.values.get(path) for path in (*paths, *beside) if path not in free}
            yield Bond(use.name, tied, share, _remembered(partial(_keeps, form, use, around), tied))


def _keeps(form: Filled, use: RuleUse, around: Values, values: Values) -> bool:
    seen = Filled(form.edition, {**around, **values}, form.today)
    return next(RULES[use.name].check(seen, use.settings), None) is None


def _glances(form: Filled, use: RuleUse) -> Iterator[tuple[list[str], list[str]]]:
    """What the rule looks at together: the paths it ties, and those that it only takes into account."""
    named, tables = _named(use), _tables(form.edition, use)
    plain = [key for key in named if "." not in key and key not in tables and form.edition.has(key)]
    told = [key for key in _told(form.edition, use) if key not in named]
    if RULES[use.name].reach is Reach.FORM:
        rows = [path for path in form.values if split_path(path)[0] in tables]
        yield plain, [*told, *rows]
    if RULES[use.name].reach is Reach.PERSON:
        yield plain, told
    if RULES[use.name].reach is not Reach.FORM:
        for table in tables:
            for index in range(row_count(table, form.values)):
                columns = [row_path(table, index, key.rpartition(".")[2]) for key in named]
                cells = [path for path in columns if form.edition.has(path)]
                yield cells, [*told, *(plain if RULES[use.name].reach is Reach.ROW else ())]


def _named(use: RuleUse) -> list[str]:
    """The fields that the rule's settings must name."""
    settings = (use.settings[name] for name in RULES[use.name].fields)
    return [key for setting in settings for key in ([setting] if isinstance(setting, str) else setting)]


def _tables(edition: Edition, use: RuleUse) -> tuple[str, ...]:
    named = (key.partition(".")[0] for key in _named(use))
    asked = (*use.settings.get("tables", ()), *named)
    return tuple(dict.fromkeys(key for key in asked if edition.has(key) and edition.field(key).is_rows))


def _told(edition: Edition, use: RuleUse) -> Iterable[str]:
    """Plain fields that other settings name, such as the day of the form."""
    texts = [setting for setting in use.settings.values() if isinstance(setting, str)]
    return (text for text in texts if edition.has(text) and not edition.field(text).is_rows)
