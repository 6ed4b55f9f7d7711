"""A medical case: one household's request for help with one year's hospital bills, and the papers of it.

A case belongs to a record. Its papers are numbered from 1, and a number is never
used again. Everything that a clerk enters stands at a path ("year", "illness",
"help", "given.<ask>", "papers.<number>.<fact>") in the same normal form as a
record's values; history, import and export speak in these paths. What papers a
notice wants, and what it calls them, is its edition's (`records.medical_aid`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from records.drafts import Origin
from records.errors import Refused
from records.values import Value, Values, narrow

YES, NO = "yes", "no"
"""How a yes and a no that a clerk saw are stored."""
INVOICE_FACTS = ("invoice_number", "total", "reimbursed", "own")
PAPER_FACTS = ("kind", "title", "name", "id_number", "date", "hospital", "original", "copy", "seals", "scans")
FACTS = (*PAPER_FACTS, *INVOICE_FACTS)
"""What may be told of a paper, by the last part of its path."""
OF_ITSELF = ("illness", "help")
"""What is told of a case itself in words, by its path."""
_NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Invoice:
    """The figures of an invoice, each None while nobody has told it: 总费用, 报销, 个人负担."""

    number: str | None = None
    total: Decimal | None = None
    reimbursed: Decimal | None = None
    own: Decimal | None = None

    @property
    def borne(self) -> Decimal | None:
        """What the patient bore: as written, or the total less what was reimbursed; None when unknown."""
        if self.own is not None or self.total is None or self.reimbursed is None:
            return self.own
        return self.total - self.reimbursed

    @property
    def refunded(self) -> Decimal | None:
        """What was reimbursed: as written, or the total less what the patient bore; None when unknown."""
        if self.reimbursed is not None or self.total is None or self.own is None:
            return self.reimbursed
        return self.total - self.own

    @property
    def adds_up(self) -> bool | None:
        """Whether the total is what was reimbursed and what was borne; None when one of them is unknown."""
        if self.total is None or self.reimbursed is None or self.own is None:
            return None
        return self.total == self.reimbursed + self.own


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a case.

    `kind` is one of the edition's; `name` and `id_number` are the patient's or
    applicant's as they stand on it; `original` and `copy` say whether a clerk
    has seen them (None: nobody has looked); `seals` are those seen, by the
    edition's keys; `scans` are the kept scans of it in order, with their pages
    (none: all of the file). `invoice` holds the figures of an invoice.
    """

    number: int
    kind: str
    title: str | None = None
    name: str | None = None
    id_number: str | None = None
    date: str | None = None
    hospital: str | None = None
    original: bool | None = None
    copy: bool | None = None
    seals: tuple[str, ...] = ()
    scans: tuple[Origin, ...] = ()
    invoice: Invoice = field(default_factory=Invoice)


@dataclass(frozen=True, slots=True)
class MedicalCase:
    """A medical case as it stands. `number` is 0 and `created` None until the store has numbered it.

    `help` is the unit's own help (单位帮扶措施) in its words; `given` answers
    what the notice asks besides. `numbered` counts the papers that ever were;
    `revision` counts savings from 1, and a case saved from an old one is refused.
    """

    record: int
    year: int
    illness: str | None = None
    help: str | None = None
    given: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)
    papers: tuple[Paper, ...] = ()
    numbered: int = 0
    number: int = 0
    revision: int = 0
    created: datetime | None = None
    changed: datetime | None = None

    def paper(self, number: int) -> Paper:
        """A paper by its number; raises Refused (`no_such_paper`)."""
        for paper in self.papers:
            if paper.number == number:
                return paper
        known = "、".join(str(paper.number) for paper in self.papers)
        raise Refused("no_such_paper", paper=number, case=self.number, known=known)

    def of_kind(self, kind: str) -> tuple[Paper, ...]:
        """The papers of a kind, in their order."""
        return tuple(paper for paper in self.papers if paper.kind == kind)


# --- changing a case: each gives a new one


def add_paper(case: MedicalCase, kind: str, facts: Values = _NOTHING) -> MedicalCase:
    """The case with one more paper, the last of its papers; raises Refused (`no_such_fact`)."""
    number = case.numbered + 1
    paper = _paper(number, {**_known(facts), "kind": kind})
    return replace(case, papers=(*case.papers, paper), numbered=number)


def change_paper(case: MedicalCase, number: int, facts: Values) -> MedicalCase:
    """The case with these facts of a paper told anew; raises Refused (`no_such_paper`, `no_such_fact`)."""
    changed = _paper(number, {**paper_facts(case.paper(number)), **_known(facts)})
    return replace(case, papers=tuple(changed if one.number == number else one for one in case.papers))


def drop_paper(case: MedicalCase, number: int) -> MedicalCase:
    """The case without a paper; raises Refused (`no_such_paper`)."""
    gone = case.paper(number)
    return replace(case, papers=tuple(one for one in case.papers if one is not gone))


def _known(facts: Values) -> Values:
    unknown = [key for key in facts if key not in FACTS]
    if unknown:
        raise Refused("no_such_fact", fact=unknown[0], known="、".join(FACTS))
    return facts


# --- a case by paths, and back


def to_values(case: MedicalCase) -> dict[str, Value]:
    """Everything that a clerk entered, by path; what is not told is left out."""
    values: dict[str, Value] = {"year": Decimal(case.year), "illness": case.illness, "help": case.help}
    values |= {f"given.{ask}": answer for ask, answer in case.given.items()}
    for paper in case.papers:
        values |= {f"papers.{paper.number}.{key}": fact for key, fact in paper_facts(paper).items()}
    return {path: value for path, value in values.items() if value is not None}


def from_values(values: Values, record: int, numbered: int) -> MedicalCase:
    """The case of these values; `number`, `revision` and times are the store's to add."""
    papers: dict[int, dict[str, Value]] = {}
    for path, value in values.items():
        head, _, rest = path.partition(".")
        if head == "papers":
            number, _, key = rest.partition(".")
            papers.setdefault(int(number), {})[key] = value
    given = {path.partition(".")[2]: value for path, value in values.items() if path.startswith("given.")}
    return MedicalCase(
        record,
        int(_number(values.get("year")) or 0),
        _text(values.get("illness")),
        _text(values.get("help")),
        MappingProxyType(given),
        tuple(_paper(number, facts) for number, facts in sorted(papers.items())),
        numbered,
    )


def paper_facts(paper: Paper) -> dict[str, Value]:
    """What was told of a paper, by FACTS."""
    facts: dict[str, Value] = {
        "kind": paper.kind,
        "title": paper.title,
        "name": paper.name,
        "id_number": paper.id_number,
        "date": paper.date,
        "hospital": paper.hospital,
        "original": _said(paper.original),
        "copy": _said(paper.copy),
        "seals": paper.seals or None,
        "scans": tuple(map(scan_text, paper.scans)) or None,
        "invoice_number": paper.invoice.number,
        "total": paper.invoice.total,
        "reimbursed": paper.invoice.reimbursed,
        "own": paper.invoice.own,
    }
    return {key: fact for key, fact in facts.items() if fact is not None}


def _paper(number: int, facts: Values) -> Paper:
    texts = {key: _text(facts.get(key)) for key in PAPER_FACTS}
    return Paper(
        number,
        texts["kind"] or "",
        texts["title"],
        texts["name"],
        texts["id_number"],
        texts["date"],
        texts["hospital"],
        _saw(texts["original"]),
        _saw(texts["copy"]),
        _texts(facts.get("seals")),
        tuple(map(scan_of, _texts(facts.get("scans")))),
        Invoice(_text(facts.get("invoice_number")), *(_number(facts.get(key)) for key in INVOICE_FACTS[1:])),
    )


def scan_text(scan: Origin) -> str:
    """A scan and its pages as one text: `<sha256>` or `<sha256>:1,2`."""
    pages = ",".join(map(str, scan.pages))
    return f"{scan.sha256}:{pages}" if pages else scan.sha256


def scan_of(text: str) -> Origin:
    """What `scan_text` wrote; the name of the file is the store's to add."""
    sha256, _, pages = text.partition(":")
    return Origin("", sha256, tuple(int(page) for page in pages.split(",") if page))


def _said(seen: bool | None) -> str | None:
    return None if seen is None else YES if seen else NO


def _saw(told: str | None) -> bool | None:
    return None if told is None else told == YES


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


# --- papers that may be the same


@dataclass(frozen=True, slots=True)
class Twin:
    """Another case in which the same invoice number (`what` "invoice") or scan ("scan") stands.

    `paper` is the paper here, `other` the one there, in case `case` of record `record`.
    """

    what: str
    paper: int
    case: int
    record: int
    other: Paper


def same_number(one: Paper, other: Paper) -> bool:
    """Whether two papers carry the same invoice number."""
    numbers = [narrow(paper.invoice.number or "").casefold() for paper in (one, other)]
    return numbers[0] != "" and numbers[0] == numbers[1]


def same_scan(one: Paper, other: Paper) -> bool:
    """Whether two papers show the same page of the same scan."""
    return any(
        here.sha256 == there.sha256
        and (not here.pages or not there.pages or not set(here.pages).isdisjoint(there.pages))
        for here in one.scans
        for there in other.scans
    )


# --- sums


@dataclass(frozen=True, slots=True)
class Sum:
    """What is known of a sum; `exact` when nothing is missing from it."""

    known: Decimal
    exact: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums over some invoices, and which papers went into them."""

    total: Sum
    reimbursed: Sum
    own: Sum
    counted: tuple[int, ...]


def sums(papers: Iterable[Paper], unsure: Iterable[Paper] = ()) -> Sums:
    """The sums over these invoices; those of which it is unsure whether they count make them inexact."""
    counted = tuple(papers)
    open_ = any(True for _ in unsure)
    return Sums(
        _sum([paper.invoice.total for paper in counted], open_),
        _sum([paper.invoice.refunded for paper in counted], open_),
        _sum([paper.invoice.borne for paper in counted], open_),
        tuple(paper.number for paper in counted),
    )


def _sum(numbers: list[Decimal | None], open_: bool) -> Sum:
    known = sum((number for number in numbers if number is not None), Decimal(0))
    return Sum(known, not open_ and None not in numbers)
