"""A notice's packet: an edition's `[medical.packet]` comes in, frozen data goes out.

In which order the papers of a case are bound, which sheets are made of the
case and stand among them, and what those sheets may print: the case's own
fields, which its tags name like those of a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from records import kinds
from records.errors import Refused
from records.forms import Edition, Field

PLAIN = (
    *(
        "case_year",
        "illness",
        "told_illness",
        "unit_help",
        "papers_count",
        "pages_count",
        "standing",
        "case_remarks",
    ),
    *("sum_total", "sum_reimbursed", "sum_own", "family_total", "family_reimbursed", "family_own"),
    *("told_total", "told_reimbursed", "told_own", "assumptions", "not_certified"),
    *("slip_paper", "slip_file", "slip_reason", "numerals"),
)
"""What a sheet of a case may print by itself."""
TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contents": ("number", "paper", "about", "original", "copy", "seals", "pages", "remarks"),
        "invoices": (
            *("number", "invoice_number", "date", "hospital", "total", "reimbursed", "own"),
            *("original", "copy", "counted", "pages"),
        ),
        "hospitals": ("number", "title", "name", "date", "hospital", "pages"),
        "judged": ("label", "verdict", "reasons"),
        "copies": ("number", "invoice_number", "date", "hospital", "total", "pages"),
    }
)
"""What it may print row by row."""
WORDS = (
    "there",
    "not_there",
    "not_looked",
    "counted",
    "not_counted",
    "absent",
    "blank",
    "unstamped",
    "pages",
    "at_least",
)
"""The words that a packet needs between its data."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the packet: a sheet made of the case, or the papers of a kind.

    `instead` is a sheet that stands in where no such paper was scanned;
    `unstamped` says of a sheet that it waits for a seal.
    """

    document: str = ""
    papers: str = ""
    instead: str = ""
    unstamped: bool = False


@dataclass(frozen=True, slots=True)
class Packet:
    """A notice's packet, whole.

    `largest` is how large its PDF may be, in millions of bytes. `slip` is the
    sheet that stands where a scan cannot be read, `numerals` the one whose type
    prints `numbering` on every page; `listed` is the kind of papers that a list
    of their own names, `judgements` are those that stand below the list of
    invoices; `words` has those of WORDS.
    """

    title: str
    largest: float
    slip: str
    numerals: str
    numbering: str
    listed: str
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]
    judgements: tuple[str, ...]
    words: Mapping[str, str]

    @property
    def documents(self) -> tuple[str, ...]:
        """The sheets to be stamped, or to lie before the papers, in order."""
        return tuple(part.document or part.instead for part in self.parts if part.document or part.instead)


def packet(edition: Edition) -> Packet:
    """The packet of an edition; raises Refused (`no_packet`) when its notice has none."""
    if "packet" not in edition.medical:
        raise Refused("no_packet", edition=edition.title)
    return _packet(edition.medical["packet"])


def _packet(data: Mapping[str, Any]) -> Packet:
    return Packet(
        title=data["title"],
        largest=data["largest"],
        slip=data["slip"],
        numerals=data["numerals"],
        numbering=data["numbering"],
        listed=data["listed"],
        parts=tuple(Part(**entry) for entry in data["parts"]),
        fields=tuple(_field(entry) for entry in data["fields"]),
        judgements=tuple(data.get("judgements", ())),
        words=MappingProxyType(data["words"]),
    )


def _field(entry: Mapping[str, Any]) -> Field:
    columns = tuple(Field(key, label, "text") for key, label in entry.get("columns", {}).items())
    return Field(entry["key"], entry["label"], "rows" if columns else "text", fields=columns)


_widened: dict[int, tuple[Edition, Edition]] = {}


def with_case(edition: Edition) -> Edition:
    """The edition with what its sheets may print of a case; itself where it has no packet."""
    if "packet" not in edition.medical:
        return edition
    if id(edition) not in _widened:
        fields = (*edition.fields, *packet(edition).fields)
        # Kept, for what is made ready of a sheet is kept by its edition.
        _widened[id(edition)] = (edition, replace(edition, fields=fields))
    return _widened[id(edition)][1]


def wrong_data(edition: Edition) -> Iterator[str]:
    """What is wrong with an edition's `[medical.packet]`; raises KeyError or TypeError when its shape is."""
    if "packet" not in edition.medical:
        return
    bound = _packet(edition.medical["packet"])
    kinds_asked = {paper["kind"] for paper in edition.medical["papers"]}
    bound_kinds = {part.papers for part in bound.parts if part.papers}
    yield from (f"packet: no part for papers {kind}" for kind in sorted(kinds_asked - bound_kinds))
    unknown = sorted((bound_kinds | {bound.listed}) - kinds_asked)
    yield from (f"packet: unknown papers {kind}" for kind in unknown)
    documents = {use.name for use in edition.documents}
    for name in (*bound.documents, bound.slip, bound.numerals):
        if name not in documents:
            yield f"packet: unknown document {name}"
    yield from (f"packet: lacks the word {word}" for word in WORDS if word not in bound.words)
    judged = {one["name"] for one in edition.eligibility.get("judgements", ())}
    yield from (f"packet: unknown judgement {name}" for name in set(bound.judgements) - judged)
    yield from (f"packet: {told}" for told in _wrong_fields(edition, bound))


def _wrong_fields(edition: Edition, bound: Packet) -> Iterator[str]:
    for asked in bound.fields:
        if edition.has(asked.key):
            yield f"field {asked.key} is the form's own"
        known = TABLES.get(asked.key) if asked.is_rows else asked.key in PLAIN
        if not known:
            yield f"unknown field {asked.key}"
        elif asked.is_rows:
            yield from (
                f"unknown column {asked.key}.{one.key}"
                for one in asked.fields
                if one.key not in TABLES[asked.key]
            )
        yield from (f"unknown kind {one.kind}" for one in asked.fields if one.kind not in kinds.KINDS)
