"""Amounts that a notice's conditions compare: from the form, the notice, the unit, or a clerk's answer.

An edition's `[eligibility.amounts]` names sources of this module. What is not
known is said with the keys that would tell it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from records.case import Case, Settings
from records.forms import as_decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money or a ratio, or what is missing to know it."""

    number: Decimal | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where an amount comes from, with the settings that it needs and what each of them names."""

    find: Callable[[Case, Settings], Amount]
    needs: Mapping[str, str]


_SOURCES: dict[str, Source] = {}
SOURCES: Mapping[str, Source] = MappingProxyType(_SOURCES)
"""Every source of amounts by the name that editions use."""


def _source(
    **needs: str,
) -> Callable[[Callable[[Case, Settings], Amount]], Callable[[Case, Settings], Amount]]:
    def enter(find: Callable[[Case, Settings], Amount]) -> Callable[[Case, Settings], Amount]:
        _SOURCES[find.__name__.strip("_")] = Source(find, needs)
        return find

    return enter


def amount(case: Case, name: str) -> Amount:
    """An amount of the edition's data by name."""
    settings = case.data["amounts"][name]
    return SOURCES[settings["source"]].find(case, settings)


@_source(key="key")
def _known(case: Case, settings: Settings) -> Amount:
    """A number of the form, or one that was given."""
    number = case.number(settings["key"])
    return Amount(number, () if number is not None else (settings["key"],))


@_source(number="number")
def _fixed(case: Case, settings: Settings) -> Amount:
    """A number of the notice."""
    return Amount(as_decimal(settings["number"]))


@_source(parameter="parameter")
def _configured(case: Case, settings: Settings) -> Amount:
    """A number that the unit sets in its own copy of the edition; unknown until it does."""
    set_ = case.data.get("parameters", {}).get(settings["parameter"])
    return Amount(None if set_ is None else as_decimal(set_))


@_source(of="amount")
def _product(case: Case, settings: Settings) -> Amount:
    """Several amounts multiplied."""
    product, missing = Decimal(1), list[str]()
    for part in (amount(case, name) for name in settings["of"]):
        product *= part.number if part.number is not None else Decimal(1)
        missing += part.missing if part.number is None else ()
        if part.number is None and not part.missing:
            return Amount(None)
    return Amount(None, tuple(missing)) if missing else Amount(product)


@_source(amount="amount", by="amount")
def _quotient(case: Case, settings: Settings) -> Amount:
    """One amount divided by another; unknown when that is nothing."""
    whole, by = amount(case, settings["amount"]), amount(case, settings["by"])
    if whole.number is None or not by.number:
        return Amount(None, (*whole.missing, *by.missing))
    return Amount(whole.number / by.number)


@_source(of="amount")
def _first(case: Case, settings: Settings) -> Amount:
    """The first amount that is known."""
    found = [amount(case, name) for name in settings["of"]]
    missing = next((one.missing for one in found if one.missing), ())
    return next((one for one in found if one.number is not None), Amount(None, missing))


@_source(region="field", household="field", lines="lines", ask="ask")
def _line(case: Case, settings: Settings) -> Amount:
    """A line that holds for some regions (texts of the registered one) and sorts of household; else asked."""
    region, household = case.text(settings["region"]), case.text(settings["household"])
    fitting = (
        line for line in settings["lines"] if line["region"] in region and household in line["households"]
    )
    line = next(fitting, None)
    return Amount(None, (settings["ask"],)) if line is None else Amount(as_decimal(line["monthly"]))
