"""Amounts on invoices: labelled lines of text in, sums of money out, in figures and in capital numerals.

A total that stands in both is held against itself, and the total against what
was reimbursed and what the patient bore; where they contradict each other,
each of them is said to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from types import MappingProxyType

from intake.labelled import Labelled, of_labels, right_of
from intake.text_line import TextLine
from records import money
from records.findings import Reason
from records.medical_aid import MedicalAid, Printed

TOTAL, REIMBURSED, OWN = "total", "reimbursed", "own"
AMOUNTS = (TOTAL, REIMBURSED, OWN)

_FIGURES = re.compile(r"[0-9](?:[0-9,，.．]|\s(?=[0-9.．]))*")
_DIGITS = "零〇壹贰叁肆伍陆柒捌玖一二三四五六七八九"
_CAPITALS = re.compile(rf"[{_DIGITS}](?:[{_DIGITS}拾佰仟万亿十百千]|\s)*[元圆](?:\s|[{_DIGITS}角分整正])*")
_FULL_WIDTH = str.maketrans("，．", ",.")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money as it stands on the paper, or made up of `parts` that do."""

    number: Decimal
    line: TextLine
    capital: bool = False
    parts: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What seems to be an amount, what else may be, and what is doubtful about it."""

    amount: Amount
    others: tuple[Decimal, ...]
    reasons: tuple[Reason, ...]


def amounts(
    found: Sequence[Labelled], lines: Sequence[TextLine], aid: MedicalAid, kind: str | None
) -> dict[str, Settled]:
    """The total, the reimbursed and the own part, as far as they stand there."""
    labels = {fact: aid.printed.labels(kind, aid.field(fact)) for fact in AMOUNTS}
    offered = {TOTAL: _totals(found, lines, aid.printed, labels[TOTAL])}
    for fact in (REIMBURSED, OWN):
        offered[fact] = _with_sums(found, labels[fact], aid.printed.parts.get(fact, ()))
    chosen = _balanced(offered)
    reasons = _sums_differ(chosen)
    return {
        fact: Settled(
            amount, _others(amount, offered[fact]), (*_doubts(fact, amount, offered[fact]), *reasons)
        )
        for fact, amount in chosen.items()
    }


def in_capitals(line: TextLine) -> Amount | None:
    """The amount in capital numerals that a piece holds; None when there is none that can be understood."""
    for match in _CAPITALS.finditer(line.text):
        parsed = money.parse("".join(match[0].split()))
        if isinstance(parsed.value, Decimal):
            return Amount(parsed.value, line.part(*match.span()), capital=True)
    return None


def in_figures(line: TextLine) -> Amount | None:
    """The first amount in figures that a piece holds; None when there is none that can be understood."""
    for match in _FIGURES.finditer(line.text):
        text = "".join(match[0].translate(_FULL_WIDTH).split()).rstrip(".,")
        parsed = money.parse(text)
        if isinstance(parsed.value, Decimal):
            return Amount(parsed.value, line.part(*match.span()))
    return None


def _totals(
    found: Sequence[Labelled], lines: Sequence[TextLine], printed: Printed, labels: Sequence[str]
) -> list[Amount]:
    """What may be the total: in figures first, then in capital numerals."""
    named = of_labels(found, (*printed.capitals, *labels))
    pieces = [value for one in named for value in one.values]
    capital = next(filter(None, map(in_capitals, [*pieces, *lines])), None)
    figures = [figure for one in of_labels(found, printed.figures) for figure in _figures(one)]
    if capital is not None:
        figures += _behind(lines, capital)
    figures += [figure for one in of_labels(found, labels) for figure in _figures(one)]
    return [*figures, *([capital] if capital else [])]


def _figures(one: Labelled) -> Iterator[Amount]:
    """The amount of a label: the first of its values that holds one."""
    yield from [figure for value in one.values if (figure := in_figures(value))][:1]


def _behind(lines: Sequence[TextLine], capital: Amount) -> Iterator[Amount]:
    """The amount in figures that follows one in capital numerals, on its piece or the next."""
    end = capital.line.box[2]
    for place, line in enumerate(lines):
        match = _CAPITALS.search(line.text)
        if match and in_capitals(line) == capital:
            rest = line.part(match.end(), len(line.text)) if match.end() < len(line.text) else None
            beside = right_of(lines, place)
            pieces = [piece for piece in (rest, lines[beside] if beside is not None else None) if piece]
            yield from [figure for piece in pieces if piece.box[2] > end and (figure := in_figures(piece))][
                :1
            ]
            return


def _with_sums(
    found: Sequence[Labelled], labels: Sequence[str], lists: Sequence[Sequence[str]]
) -> list[Amount]:
    """What may be an amount: under its own labels, then made up of parts."""
    own = [figure for one in of_labels(found, labels) for figure in _figures(one)]
    sums: list[Amount] = []
    for parts in lists:
        told = {one.label: figure for one in reversed(of_labels(found, parts)) for figure in _figures(one)}
        if len(told) > 1:
            text = " + ".join(f"{label} {money.show(told[label].number)}" for label in parts if label in told)
            total = sum((figure.number for figure in told.values()), Decimal(0))
            sums.append(Amount(total, next(iter(told.values())).line, parts=text))
    single = {label for parts in lists for label in parts}
    whole = [one for one in of_labels(found, labels) if one.label not in single]
    return [*own, *sums] if whole or not sums else [*sums, *own]


def _balanced(offered: Mapping[str, Sequence[Amount]]) -> dict[str, Amount]:
    """One of each, so that the total is what its parts are if that can be; else the first of each."""
    known = {fact: amounts for fact, amounts in offered.items() if amounts}
    if len(known) == len(AMOUNTS):
        for total, reimbursed, own in product(*(known[fact] for fact in AMOUNTS)):
            if total.number == reimbursed.number + own.number:
                return {TOTAL: total, REIMBURSED: reimbursed, OWN: own}
    return {fact: amounts[0] for fact, amounts in known.items()}


def _sums_differ(chosen: Mapping[str, Amount]) -> tuple[Reason, ...]:
    if len(chosen) < len(AMOUNTS):
        return ()
    total, reimbursed, own = (chosen[fact].number for fact in AMOUNTS)
    if total == reimbursed + own:
        return ()
    facts = {TOTAL: total, REIMBURSED: reimbursed, OWN: own}
    return (Reason("paper_sums_differ", _told({key: money.show(one) for key, one in facts.items()})),)


def _doubts(fact: str, amount: Amount, offered: Sequence[Amount]) -> Iterator[Reason]:
    if amount.parts:
        yield Reason("paper_made_up", _told({"parts": amount.parts}))
    if fact == TOTAL:
        figures = next((one for one in offered if not one.capital), None)
        capital = next((one for one in offered if one.capital), None)
        if figures and capital and figures.number != capital.number:
            told = {"figures": money.show(figures.number), "capitals": capital.line.text}
            yield Reason("paper_capitals_differ", _told(told))


def _others(amount: Amount, offered: Sequence[Amount]) -> tuple[Decimal, ...]:
    return tuple(dict.fromkeys(one.number for one in offered if one.number != amount.number))


def _told(facts: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(facts))
