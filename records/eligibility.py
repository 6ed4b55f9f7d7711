"""Eligibility: whether a notice's conditions are met, are not, or cannot be told, and why.

An edition's `[eligibility]` composes the conditions; they end in the tests of
`records.conditions` and the amounts of `records.amounts`. In go the edition, a
form's values and what a clerk was asked besides (`given`); out come judgements.
No threshold stands here: where a notice has none and the unit has set none, the
judgement is undetermined. Each ambiguity of a notice is an assumption that the
judgement shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from records import kinds, verdicts
from records.amounts import SOURCES
from records.case import Case, Settings, asks
from records.conditions import TESTS, Told
from records.errors import Refused
from records.findings import Reason
from records.forms import Edition, Field
from records.values import Value, Values, row_path
from records.verdicts import Verdict

__all__ = ["Judgement", "Verdict", "asks", "judge", "wrong_data"]

NOTHING_GIVEN: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Judgement:
    """One question of a notice answered: the verdict, what decided it, the assumptions behind it.

    Reasons carry the codes `condition_met`, `condition_failed` and
    `condition_unknown`; the facts of the last say what to ask.
    """

    name: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    assumptions: tuple[Reason, ...]
    label: str = ""


def judge(
    edition: Edition,
    values: Values,
    given: Mapping[str, Value] = NOTHING_GIVEN,
    presets: Collection[str] = (),
) -> tuple[Judgement, ...]:
    """Every judgement of an edition; those marked optional only when `presets` names them.

    `given` answers `asks(edition)`, in normal form or as text, or chooses another
    reading of an assumption by its name. Raises Refused: `no_such_ask`,
    `ask_unreadable`, `no_such_reading`.
    """
    case = Case(edition, values, _answers(edition, given))
    wanted = (one for one in edition.eligibility.get("judgements", ()) if _is_wanted(one, presets))
    return tuple(_judged(case, one) for one in wanted)


def _is_wanted(entry: Settings, presets: Collection[str]) -> bool:
    return not entry.get("optional", False) or entry["name"] in presets


def _answers(edition: Edition, given: Mapping[str, Value]) -> dict[str, Value]:
    """What was given, in normal form."""
    asked = {ask.key: ask for ask in asks(edition)}
    assumptions = edition.eligibility.get("assumptions", {})
    unknown = [key for key in given if key not in asked and key not in assumptions]
    if unknown:
        raise Refused("no_such_ask", ask=unknown[0], known="、".join((*asked, *assumptions)))
    readings = {
        key: _reading(key, assumptions[key], value) for key, value in given.items() if key in assumptions
    }
    return readings | {key: _answer(asked[key], value) for key, value in given.items() if key in asked}


def _answer(ask: Field, value: Value) -> Value:
    parsed = kinds.parse(value, ask).value if isinstance(value, str) else value
    if value is not None and (parsed is None or kinds.check(parsed, ask)):
        raise Refused("ask_unreadable", ask=ask.key, label=ask.label, text=value)
    return parsed


def _reading(name: str, assumption: Settings, value: Value) -> Value:
    texts = assumption.get("texts", {})
    if value not in texts:
        raise Refused("no_such_reading", assumption=name, text=value, known="、".join(texts))
    return value


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A condition's verdict, with the reasons that decided it."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


def _judged(case: Case, entry: Settings) -> Judgement:
    weighed = _weigh(case, entry["condition"])
    names = dict.fromkeys(_assumptions(case.edition, entry["condition"]))
    assumptions = tuple(_assumption(case, name) for name in names)
    return Judgement(entry["name"], weighed.verdict, weighed.reasons, assumptions, entry["label"])


def _weigh(case: Case, name: str) -> _Weighed:
    condition = case.data["conditions"][name]
    if "all" in condition:
        return _combine(case, condition["all"], verdicts.every)
    if "any" in condition:
        return _combine(case, condition["any"], verdicts.some)
    told = TESTS[condition["test"]].run(case, condition)
    return _Weighed(told.verdict, () if condition.get("silent") else (_reason(case, name, condition, told),))


def _combine(case: Case, names: list[str], combine: Callable[[Iterator[Verdict]], Verdict]) -> _Weighed:
    parts = [_weigh(case, name) for name in names]
    verdict = combine(part.verdict for part in parts)
    # What decides is what has the same verdict as the whole.
    reasons = [reason for part in parts if part.verdict is verdict for reason in part.reasons]
    return _Weighed(verdict, tuple({_key(reason): reason for reason in reasons}.values()))


def _key(reason: Reason) -> str:
    return reason.facts["condition"]


_CODES = {
    Verdict.YES: "condition_met",
    Verdict.NO: "condition_failed",
    Verdict.UNDETERMINED: "condition_unknown",
}


def _reason(case: Case, name: str, condition: Settings, told: Told) -> Reason:
    ask = "、".join(case.label(key) for key in told.missing) or condition.get("ask_text", "")
    facts = {"condition": name, "label": condition["label"], "ask": ask, **told.facts}
    return Reason(_CODES[told.verdict], facts)


def _assumptions(edition: Edition, name: str) -> Iterator[str]:
    condition = edition.eligibility["conditions"][name]
    yield from condition.get("assumes", ())
    for part in _parts(condition):
        yield from _assumptions(edition, part)


def _parts(condition: Settings) -> list[str]:
    return [*condition.get("all", ()), *condition.get("any", ())]


def _assumption(case: Case, name: str) -> Reason:
    entry = case.data["assumptions"][name]
    choice = case.assumed(name)
    text = entry.get("texts", {}).get(choice, entry.get("text", ""))
    return Reason("assumption", {"name": name, "choice": choice, "text": text})


def wrong_data(edition: Edition) -> str | None:
    """What is wrong with an edition's `[eligibility]`; None when nothing is."""
    return next(_wrong(edition), None)


def _wrong(edition: Edition) -> Iterator[str]:
    data = edition.eligibility
    for one in data.get("judgements", ()):
        if one["condition"] not in data["conditions"]:
            yield f"judgement {one['name']}: unknown condition {one['condition']}"
    for name, condition in data.get("conditions", {}).items():
        yield from (f"condition {name}: {what}" for what in _wrong_condition(edition, condition))
    for name, settings in data.get("amounts", {}).items():
        source = SOURCES.get(settings["source"])
        needs = source.needs if source else {f"source {settings['source']}": "unknown"}
        yield from (f"amount {name}: {what}" for what in _wrong_settings(edition, settings, needs))
    yield from _circles(data, "conditions", _parts)
    yield from _circles(data, "amounts", _amounts_in)


def _wrong_condition(edition: Edition, condition: Settings) -> Iterator[str]:
    if sum(word in condition for word in ("all", "any", "test")) != 1:
        yield "wants one of all, any, test"
    for part in _parts(condition):
        if part not in edition.eligibility["conditions"]:
            yield f"unknown condition {part}"
    for name in condition.get("assumes", ()):
        if name not in edition.eligibility.get("assumptions", {}):
            yield f"unknown assumption {name}"
    if "test" in condition:
        test = TESTS.get(condition["test"])
        labelled = {} if condition.get("silent") else {"label": "words"}
        labelled |= {"part": "amount"} if "part" in condition else {}
        needs = {**labelled, **test.needs} if test else {f"test {condition['test']}": "unknown"}
        yield from _wrong_settings(edition, condition, needs)


def _wrong_settings(edition: Edition, settings: Settings, needs: Mapping[str, str]) -> Iterator[str]:
    for setting, names in needs.items():
        if setting not in settings:
            yield f"lacks {setting}"
        elif names in _NAMED:
            keys = settings[setting] if isinstance(settings[setting], list) else [settings[setting]]
            unknown = [key for key in keys if not _NAMED[names](edition, key)]
            yield from (f"{setting} names unknown {names} {key}" for key in unknown)


def _is_field(edition: Edition, key: str) -> bool:
    table, _, column = key.partition(".")
    return edition.has(row_path(table, 0, column) if column else key)


def _is_ask(edition: Edition, key: str) -> bool:
    return key in edition.eligibility.get("asks", {})


_NAMED: Mapping[str, Callable[[Edition, str], bool]] = MappingProxyType(
    {
        "field": _is_field,
        "ask": _is_ask,
        "key": lambda edition, key: _is_field(edition, key) or _is_ask(edition, key),
        "amount": lambda edition, key: key in edition.eligibility.get("amounts", {}),
        "assumption": lambda edition, key: key in edition.eligibility.get("assumptions", {}),
    }
)


def _amounts_in(settings: Settings) -> list[str]:
    named = [settings.get(name, ()) for name in ("of", "amount", "by")]
    return [name for names in named for name in ([names] if isinstance(names, str) else names)]


def _circles(data: Settings, sort: str, parts: Callable[[Settings], list[str]]) -> Iterator[str]:
    """Names that lead back to themselves."""
    known = data.get(sort, {})
    for name in known:
        seen: set[str] = set()
        ahead = [name]
        while ahead:
            for part in parts(known.get(ahead.pop(), {})):
                if part == name:
                    yield f"{sort}: {name} leads back to itself"
                    return
                if part not in seen:
                    seen.add(part)
                    ahead.append(part)
