"""What a notice asks of a medical case: an edition's `[medical]` comes in, frozen data goes out.

Which papers, originals, copies and seals; which year and until when; the labels
of a paper's facts; which of the notice's judgements a case answers and with
which of its sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from records import dates, kinds
from records.errors import Refused
from records.findings import Severity
from records.forms import Edition, Field
from records.medical import FACTS, OF_ITSELF
from records.values import Value

SUMS = ("worker.total", "worker.own", "worker.total_part", "worker.own_part", "household.own_part")
"""What of a case's sums may answer an ask: the worker's invoices or the whole household's; a part is
what is known for certain."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal that may be seen on a paper."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A kind of paper: how many at least, what must be seen of it, what must stand on it.

    `facts` must be told of it, `invoice` says that it is one; `help` that the
    unit's own help is recorded on it; `within_year` that its date lies in the
    notice's year; `ask` names the question of `[eligibility]` that it answers.
    """

    kind: str
    label: str
    aliases: tuple[str, ...] = ()
    least: int = 1
    original: bool = False
    copy: bool = False
    seals: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    invoice: bool = False
    help: bool = False
    within_year: bool = False
    ask: str = ""


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """What a kind of paper prints: titles that tell it, and labels of its facts in order of preference."""

    kind: str
    titles: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Printed:
    """What papers of a notice print, for reading them.

    `hospitals` are the words that a hospital's name ends in, `capitals` and
    `figures` say in which numerals an amount stands, `illness` are labels of a
    diagnosis, `others` labels of what no case asks. `parts` are, for an
    amount, lists of labels whose amounts make it up.
    """

    papers: tuple[PrintedPaper, ...] = ()
    hospitals: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    illness: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    parts: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=lambda: MappingProxyType({}))

    def tells(self, kind: str) -> bool:
        """Whether a kind of paper prints facts under labels, so that reading it saves typing."""
        return any(one.kind == kind and one.labels for one in self.papers)

    def labels(self, kind: str | None, fact: Field) -> tuple[str, ...]:
        """Under which labels a kind of paper may print a fact, the surest first."""
        own = next((one.labels for one in self.papers if one.kind == kind), {})
        return own.get(fact.key, fact.labels)


@dataclass(frozen=True, slots=True)
class MedicalAid:
    """A notice's medical aid, whole. Days are in normal form; `serious` illnesses are only a hint.

    `private` is what screens hide until somebody asks for it: "illness", "help" or facts of papers.
    """

    year: int
    first: str
    last: str
    deadline: str
    papers: tuple[AskedPaper, ...]
    seals: tuple[Seal, ...]
    fields: tuple[Field, ...]
    judgements: tuple[str, ...]
    gives: Mapping[str, str]
    serious: tuple[str, ...] = ()
    printed: Printed = field(default_factory=Printed)
    private: tuple[str, ...] = ()

    def asked(self, kind: str) -> AskedPaper:
        """A kind of paper by its name, its label or another spelling; raises Refused (`no_such_kind`)."""
        for asked in self.papers:
            if kind in (asked.kind, asked.label, *asked.aliases):
                return asked
        known = "、".join(f"{asked.kind}（{asked.label}）" for asked in self.papers)
        raise Refused("no_such_kind", kind=kind, known=known)

    def seal(self, name: str) -> Seal:
        """A seal by its key, its label or another spelling; raises Refused (`no_such_seal`)."""
        for seal in self.seals:
            if name in (seal.key, seal.label, *seal.aliases):
                return seal
        known = "、".join(f"{seal.key}（{seal.label}）" for seal in self.seals)
        raise Refused("no_such_seal", seal=name, known=known)

    def field(self, fact: str) -> Field:
        """What the notice calls a fact, and of which kind it is; raises KeyError."""
        for asked in self.fields:
            if asked.key == fact:
                return asked
        raise KeyError(fact)

    def read(self, fact: str, text: str) -> Value:
        """A fact as a clerk writes it (伍万元整, 2010年3月5日), in normal form; None for a blank.

        Raises Refused: `no_such_fact`, `fact_unreadable`.
        """
        if fact not in {asked.key for asked in self.fields}:
            known = "、".join(asked.key for asked in self.fields)
            raise Refused("no_such_fact", fact=fact, known=known)
        return self._parsed(self.field(fact), text)

    def _parsed(self, asked: Field, text: str) -> Value:
        parsed = kinds.parse(text, asked)
        problems = parsed.problems if parsed.value is None else kinds.check(parsed.value, asked)
        if any(problem.severity is Severity.ERROR for problem in problems):
            raise Refused("fact_unreadable", label=asked.label, text=text)
        return parsed.value


def medical_aid(edition: Edition) -> MedicalAid:
    """The medical aid of an edition; raises Refused (`no_medical_aid`) when its notice has none."""
    if not edition.medical:
        raise Refused("no_medical_aid", edition=edition.title)
    return _medical_aid(edition.medical)


def _medical_aid(data: Mapping[str, Any]) -> MedicalAid:
    private = tuple(data.get("private", ()))
    return MedicalAid(
        year=data["year"],
        first=data["first"],
        last=data["last"],
        deadline=data["deadline"],
        papers=tuple(AskedPaper(**_tupled(entry)) for entry in data["papers"]),
        seals=tuple(Seal(**_tupled(entry)) for entry in data.get("seals", ())),
        fields=tuple(_fact(entry, private) for entry in data["fields"]),
        judgements=tuple(data.get("judgements", ())),
        gives=MappingProxyType(data.get("gives", {})),
        serious=tuple(data.get("serious", ())),
        printed=_printed(data.get("print", {})),
        private=private,
    )


def _fact(entry: Mapping[str, Any], private: tuple[str, ...]) -> Field:
    return Field(**_tupled(entry), private=entry["key"] in private)


def _printed(data: Mapping[str, Any]) -> Printed:
    papers = tuple(
        PrintedPaper(
            entry["kind"],
            tuple(entry.get("titles", ())),
            MappingProxyType({key: tuple(labels) for key, labels in entry.get("labels", {}).items()}),
        )
        for entry in data.get("papers", ())
    )
    parts = {fact: tuple(map(tuple, lists)) for fact, lists in data.get("parts", {}).items()}
    words = {
        key: tuple(data.get(key, ())) for key in ("hospitals", "capitals", "figures", "illness", "others")
    }
    return Printed(papers, **words, parts=MappingProxyType(parts))


def _tupled(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def wrong_data(edition: Edition) -> Iterator[str]:
    """What is wrong with an edition's `[medical]`; raises KeyError or TypeError when its shape is."""
    if not edition.medical:
        return
    aid = _medical_aid(edition.medical)
    for day in (aid.first, aid.last, aid.deadline):
        if dates.check(day) or dates.precision(day) != "day":
            yield f"medical: no day: {day}"
    seals, told = {seal.key for seal in aid.seals}, {asked.key for asked in aid.fields}
    yield from (f"medical: unknown fact {key}" for key in told - set(FACTS))
    yield from (f"medical: private names unknown {key}" for key in set(aid.private) - {*FACTS, *OF_ITSELF})
    yield from (
        f"medical: unknown kind {asked.kind}" for asked in aid.fields if asked.kind not in kinds.KINDS
    )
    asks = edition.eligibility.get("asks", {})
    for paper in aid.papers:
        yield from (f"medical: {paper.kind} names unknown seal {key}" for key in set(paper.seals) - seals)
        yield from (f"medical: {paper.kind} names unknown fact {key}" for key in set(paper.facts) - told)
        if paper.ask and paper.ask not in asks:
            yield f"medical: {paper.kind} answers unknown ask {paper.ask}"
    for ask, name in aid.gives.items():
        if ask not in asks or name not in SUMS:
            yield f"medical: gives {ask} = {name}"
    yield from _wrong_print(aid)
    judged = {one["name"] for one in edition.eligibility.get("judgements", ())}
    yield from (f"medical: unknown judgement {name}" for name in set(aid.judgements) - judged)


def _wrong_print(aid: MedicalAid) -> Iterator[str]:
    known, told = {paper.kind for paper in aid.papers}, {asked.key for asked in aid.fields}
    for paper in aid.printed.papers:
        if paper.kind not in known:
            yield f"medical: print of unknown paper {paper.kind}"
        yield from (f"medical: labels of unknown fact {key}" for key in paper.labels.keys() - told)
    yield from (f"medical: parts of unknown fact {key}" for key in aid.printed.parts.keys() - told)
