"""Figures over many records: records stream in, households and people by block go out.

Which blocks there are is the edition's data, `[statistics]`:

| key | says |
| --- | --- |
| `people` | the field with the number of people of a household |
| `blank`, `off_list` | what stands for blank values, and for values outside a list |
| `left_out` | a `process` and its `states` whose records are not counted at all |
| `blocks` | each a `name`, a `label` and one of the ways below |

A block counts `by` "choice" (one of `fields`, or any of several), "region"
(`field`, cities then counties; `home` is the province, `directly` are counties
that stand beside cities) or "state" (a `process`, its states in `groups`).
With `asked_when`, a block's blanks are told apart from what was not asked.

Only tallies are kept, never records. Every block is held against the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from records.archive import Record
from records.errors import DocumentError, EditionError
from records.forms import Edition
from records.regions import Place, place_of_number, placed
from records.values import Value

_KEYS = ("people", "blank", "off_list", "blocks")


@dataclass(frozen=True, slots=True)
class Count:
    """Households, and the people in them as far as their forms tell."""

    households: int = 0
    people: int = 0

    def __add__(self, other: Count) -> Count:
        """Both together."""
        return Count(self.households + other.households, self.people + other.people)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block: its label, its count, and the lines that it is made of."""

    label: str
    count: Count
    parts: tuple[Line, ...] = ()
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A way to divide the whole. With `several`, a household may stand in more than one line.

    `among` counts the households that stand in a line which is no rest.
    """

    name: str
    label: str
    lines: tuple[Line, ...]
    several: bool
    among: Count

    @property
    def said(self) -> tuple[Line, ...]:
        """The lines without the rest."""
        return tuple(line for line in self.lines if not line.rest)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The whole and its blocks.

    `unsized` households do not tell their people; `left_out` records are not
    counted; `by_number` households are placed by the worker's identity number.
    """

    whole: Count
    blocks: tuple[Block, ...]
    unsized: int
    left_out: int
    by_number: int

    def block(self, name: str) -> Block:
        """A block by name; raises KeyError."""
        for block in self.blocks:
            if block.name == name:
                return block
        raise KeyError(name)


def share(part: int, whole: int) -> Decimal:
    """Per cent of the whole, to a tenth; 0 where there is nothing."""
    return (Decimal(100 * part) / max(whole, 1)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def statistics(edition: Edition, records: Iterable[Record]) -> Statistics:
    """The figures over an edition's records; records of other editions are passed over.

    Raises EditionError where the edition has no `[statistics]`, DocumentError
    (`totals_differ`) should a block not add up to the whole.
    """
    data = edition.statistics
    if not data:
        raise EditionError("no_statistics", edition=edition.key)
    tallies = [_tally(edition, block) for block in data["blocks"]]
    whole, unsized, left_out = Count(), 0, 0
    for record in records:
        if record.edition != edition.key:
            continue
        if is_left_out(edition, record):
            left_out += 1
            continue
        size = record.values.get(data["people"])
        unsized += size is None
        one = Count(1, int(size) if isinstance(size, Decimal) else 0)
        whole += one
        for tally in tallies:
            tally.add(record, one)
    blocks = tuple(tally.block() for tally in tallies)
    for block in blocks:
        _reconcile(block, whole)
    return Statistics(whole, blocks, unsized, left_out, sum(tally.by_number for tally in tallies))


def lines_of(edition: Edition, record: Record) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lines of each block in which a record is counted: the block's name; label, and label of the part.

    None of a record that is left out of the figures.
    """
    if is_left_out(edition, record):
        return
    for block in edition.statistics.get("blocks", ()):
        for spot in spots_of(edition, block, record):
            yield block["name"], spot.labels


def wrong_data(edition: Edition) -> str | None:
    """What is wrong with an edition's `[statistics]`; None when nothing is, or there is none.

    Raises KeyError for a setting that a way of counting needs.
    """
    data = edition.statistics
    if not data:
        return None
    missing = [key for key in _KEYS if key not in data]
    if missing:
        return f"statistics lack {missing}"
    strange = [block["by"] for block in data["blocks"] if block["by"] not in _WAYS]
    named = [data["people"], *(key for block in data["blocks"] for key in _fields_of(block))]
    strange += [key for key in named if not edition.has(key)]
    left_out = data.get("left_out", {})
    stated = [*data["blocks"], *([{**left_out, "groups": [left_out]}] if left_out else [])]
    strange += [state for block in stated for state in _strange_states(edition, block)]
    return f"statistics name unknown {strange}" if strange else None


def _fields_of(block: Mapping[str, Any]) -> Iterator[str]:
    """The fields that a block names."""
    if block["by"] == "choice":
        yield from block["fields"]
    if block["by"] == "region":
        yield block["field"]
    if "asked_when" in block:
        yield block["asked_when"]["field"]


def _strange_states(edition: Edition, block: Mapping[str, Any]) -> list[str]:
    """The states that a block names and its process does not know."""
    if "process" not in block:
        return []
    states = edition.processes.get(block["process"], {}).get("states", ())
    known = {state["name"] for state in states}
    return [name for group in block["groups"] for name in group["states"] if name not in known]


def is_left_out(edition: Edition, record: Record) -> bool:
    """Whether a record stands in a state whose records the edition does not count."""
    left_out = edition.statistics.get("left_out", {})
    state = record.states.get(left_out.get("process", ""))
    return state is not None and state.state in left_out["states"]


# --- holding a block against the whole ---------------------------------------------


def _reconcile(block: Block, whole: Count) -> None:
    """Raises DocumentError where the lines of a block, or the parts of a line, miss their sum."""
    _require(block, block.among + _sum(line for line in block.lines if line.rest), whole)
    if not block.several:
        _require(block, _sum(block.lines), whole)
    for line in block.lines:
        if line.parts:
            _require(block, _sum(line.parts), line.count)
        if line.count.households > whole.households or line.count.people > whole.people:
            _require(block, line.count, whole)


def _require(block: Block, parts: Count, whole: Count) -> None:
    if parts != whole:
        raise DocumentError(
            "totals_differ",
            block=block.label,
            parts=f"{parts.households}/{parts.people}",
            whole=f"{whole.households}/{whole.people}",
        )


def _sum(lines: Iterable[Line]) -> Count:
    return sum((line.count for line in lines), Count())


# --- the ways to divide ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """A line that a household stands in: its label, for a part of a line both labels; its place in order."""

    labels: tuple[str, ...]
    order: str
    rest: bool = False


@dataclass
class _Tally:
    """A block while it counts: what stands in each line, and how many households stand in any."""

    edition: Edition
    data: Mapping[str, Any]
    counts: dict[Spot, Count]
    among: Count = field(default_factory=Count)
    by_number: int = 0

    def add(self, record: Record, one: Count) -> None:
        """Count a household at each of its lines."""
        spots = spots_of(self.edition, self.data, record)
        for spot in spots:
            self.counts[spot] = self.counts.get(spot, Count()) + one
        if not all(spot.rest for spot in spots):
            self.among += one
            self.by_number += self.data["by"] == "region" and not record.values.get(self.data["field"])

    def block(self) -> Block:
        """The block as counted."""
        several = takes_several(self.edition, self.data)
        return Block(self.data["name"], self.data["label"], tuple(_lines(self.counts)), several, self.among)


def spots_of(edition: Edition, block: Mapping[str, Any], record: Record) -> Sequence[Spot]:
    """The lines of a block, as `[[statistics.blocks]]` has it, in which a record stands."""
    return _WAYS[block["by"]](edition, block, record)


def is_private(edition: Edition, block: Mapping[str, Any]) -> bool:
    """Whether a block tells what is hidden on screens until somebody asks for it."""
    return any(edition.field(key).is_private for key in _fields_of(block))


def takes_several(edition: Edition, block: Mapping[str, Any]) -> bool:
    """Whether a household may stand in more than one line of a block."""
    return block["by"] == "choice" and _takes_several(edition, block)


def _tally(edition: Edition, data: Mapping[str, Any]) -> _Tally:
    """A block that has counted nothing, with the lines that are shown even so."""
    return _Tally(edition, data, dict.fromkeys(known_spots(edition, data), Count()))


def _lines(counts: Mapping[Spot, Count]) -> Iterator[Line]:
    """The lines in order, the rests last; parts under the line that they make up."""
    tops: dict[tuple[bool, str], list[tuple[Spot, Count]]] = {}
    for spot, count in sorted(counts.items(), key=lambda entry: (entry[0].rest, entry[0].order)):
        tops.setdefault((spot.rest, spot.labels[0]), []).append((spot, count))
    for (rest, label), entries in tops.items():
        parts = tuple(Line(spot.labels[1], count) for spot, count in entries if len(spot.labels) > 1)
        yield Line(label, sum((count for _, count in entries), Count()), parts, rest)


def known_spots(edition: Edition, data: Mapping[str, Any]) -> Iterator[Spot]:
    """The lines of a block that are shown even when nobody stands in them."""
    if data["by"] == "choice":
        for index, entry in enumerate(_choices(edition, data)):
            yield Spot((entry,), f"{index:04d}")
    if data["by"] == "state":
        for index, group in enumerate(data["groups"]):
            yield Spot((group["label"],), f"{index:04d}")


def _rest(label: str, order: str = "0") -> tuple[Spot]:
    return (Spot((label,), order, rest=True),)


def _by_choice(edition: Edition, data: Mapping[str, Any], record: Record) -> Sequence[Spot]:
    """By the entries of a list: one of a field, or any of several fields."""
    chosen = {entry for key in data["fields"] for entry in _entries(record.values.get(key))}
    if chosen:
        choices = _choices(edition, data)
        off_list = edition.statistics["off_list"]
        return tuple(
            {
                Spot((entry,), f"{choices.index(entry):04d}")
                if entry in choices
                else Spot((off_list,), f"{len(choices):04d}")
                for entry in chosen
            }
        )
    asked = data.get("asked_when")
    if asked and record.values.get(asked["field"]) not in (None, *asked["words"]):
        return _rest(asked["else"], "1")
    return _rest(edition.statistics["blank"])


def _choices(edition: Edition, data: Mapping[str, Any]) -> tuple[str, ...]:
    return edition.field(data["fields"][0]).choices


def _entries(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else () if value is None else (str(value),)


def _takes_several(edition: Edition, data: Mapping[str, Any]) -> bool:
    return len(data["fields"]) > 1 or edition.field(data["fields"][0]).kind == "choices"


def _by_region(edition: Edition, data: Mapping[str, Any], record: Record) -> Sequence[Spot]:
    """By city and county, where none is written by the worker's identity number."""
    written = record.values.get(data["field"])
    number = _worker_number(edition, record)
    text = written if isinstance(written, str) else ""
    place = placed(text, number, int(edition.dated[:4])) if text else place_of_number(number)
    if place is not None and not _is_whole_of(place, data):
        return (_spot_of(place, data),)
    return _rest(data["unplaced"], "1") if text else _rest(edition.statistics["blank"])


def _worker_number(edition: Edition, record: Record) -> str:
    """The worker's own identity number; empty when blank."""
    numbers = (record.values.get(asked.key) for asked in edition.fields if asked.kind == "id_number")
    return next((number for number in numbers if isinstance(number, str)), "")


def _is_whole_of(place: Place, data: Mapping[str, Any]) -> bool:
    """Whether a place is only the province at home, so that it says nothing."""
    return place.code[:2] == data["home"] and not place.city


def _spot_of(place: Place, data: Mapping[str, Any]) -> Spot:
    """Cities with their counties, then counties that stand beside cities, then other provinces."""
    if place.code[:2] != data["home"]:
        return Spot((place.province,), f"9{place.code[:2]}")
    if place.code in data.get("directly", ()) or not (place.county or place.code.endswith("00")):
        return Spot((place.county or place.city,), f"8{place.code}")
    if not place.county:
        return Spot((place.city, data["no_county"]), f"{place.code[:4]}99")
    return Spot((place.city, place.county), place.code)


def _by_state(edition: Edition, data: Mapping[str, Any], record: Record) -> Sequence[Spot]:
    """By where a record stands in a process now."""
    state = record.states.get(data["process"])
    for index, group in enumerate(data["groups"]):
        if state is not None and state.state in group["states"]:
            return (Spot((group["label"],), f"{index:04d}"),)
    return _rest(data["rest"])


_WAYS: Mapping[str, Callable[[Edition, Mapping[str, Any], Record], Sequence[Spot]]] = {
    "choice": _by_choice,
    "region": _by_region,
    "state": _by_state,
}
