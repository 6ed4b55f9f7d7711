"""Marking: the ink of a cell and where its options stand printed in, the marked options out.

What the printed words and the numbers before them do not explain is the ink
of marks. On one form they all stand on the same side of their options, so the
side is decided for all of them together; ink on a number or in a box that the
other options do not have marks its option as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import cv2
import numpy as np

from intake.page import Mask
from intake.spotting import Spotted

_MARKED, _PLAINLY = 0.08, 0.14
"""From so much ink on, in squares of a character, an option is marked, and plainly so."""
_BESIDE, _DOUBTFUL = 0.45, (0.3, 0.6)
"""How much ink a mark has at least beside the strongest one, and where that is not plain to see."""
_MANY = 4
"""From so many options on it is plain what ink all of them have."""
_TWO_LINES = 1.9
"""How high ink is that runs through two lines, in characters."""
_SPECK = 0.012
"""Less ink says nothing."""
_DUST = 0.35
"""Ink that reaches no farther either way, in characters, is dust: a tick's stroke is longer."""
_NEAR = 1.3
"""How far from its option a mark may stand, in characters."""
_LEAD = 4.0
"""How wide the numbers and boxes before options are at most, in characters."""
_BEHIND, _APART = 1.05, 0.65
"""A wider gap parts an option from its number, and the parts of a number from each other."""
_OWN = 0.3
"""So far left of its place an option's own first stroke may stand."""
_LEAST = 0.5
"""Less than this is no number."""
_UNEVEN = 0.35
"""How much the numbers or boxes of a few options may differ in width."""
_PART = 0.75
"""A number is not whole that is narrower than this, beside those of the other options."""
_TAIL, _NOTE = 2.5, 0.5
"""How far behind the last option its note begins at most, and where it begins when that is not seen."""
_LOOSE = 0.1
"""How far print may stand out of its place."""
_HIGH = 0.54
"""How far print reaches up and down from the middle of its line."""
_NO_ROOM, _WRAPPED = 1.6, 0.3
"""Less room than this at the end of a line holds no mark; how far off one on the next line counts."""
_PLAIN = 0.15
"""How much nearer to the options on one side marks must stand."""
_OWN_SIDE = 0.5
"""From such a lead on a cell's own marks tell their side, whatever the other cells of the sheet say."""
_BOXED, _FIGURES = 0.05, 0.08
"""From so much ink on more than the others have a box is marked; so much figures differ themselves."""
_WITH_BOX = 1.7
"""From such a width on a box stands before the number."""


class Side(StrEnum):
    """Where this paper's marks stand."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much ink marks each option, and whether the side, and each option, is plain to see."""

    ink: tuple[float, ...]
    chosen: tuple[bool, ...]
    unclear: bool
    faint: bool = False
    """The marks, or what may be some, have little ink."""


@dataclass(frozen=True, slots=True)
class _Print:
    """A stretch of printed words: the option it belongs to (None: other words), where it stands.

    `lead` is how far its number or box reaches left of it, where it begins the option.
    """

    option: int | None
    line: int
    x0: float
    x1: float
    begins: bool
    ends: bool
    lead: float = 0.0


@dataclass(frozen=True, slots=True)
class _Blob:
    """Ink that print does not explain: its line, from where to where, how much."""

    line: int
    x0: float
    x1: float
    ink: float


@dataclass(frozen=True, slots=True)
class Printed:
    """A cell's ink, cut out of the page at the place `at` (x, y), and what stands printed in it.

    `middles` are the middles of its lines, page pixels, `pitch` is how far
    characters stand apart; `others` are words that are no options. The options
    may be `numbered`; `noted` says that the last one asks to say what.
    """

    ink: Mask
    at: tuple[int, int]
    middles: Sequence[float]
    pitch: float
    options: Sequence[Spotted | None]
    others: Sequence[Spotted | None] = ()
    numbered: bool = False
    noted: bool = False


def marked(cell: Printed, elsewhere: float = 0.0) -> Verdict:
    """Which options the ink marks; `elsewhere` is the `leaning` of the other cells of the sheet together."""
    seen = _seen(cell)
    own, ink = _leaning(seen), _weight(seen)
    elsewhere = elsewhere if abs(own) < _OWN_SIDE * ink else 0.0
    side = Side.AFTER if own + elsewhere * ink > 0 else Side.BEFORE
    other = Side.BEFORE if side is Side.AFTER else Side.AFTER
    found = _verdict(seen.ways, seen.boxed, side, len(cell.options))
    if seen.maybe >= _MARKED and not found.chosen[-1]:
        found = replace(found, unclear=True)
    against = -own if side is Side.AFTER else own
    plain = abs(own + elsewhere * ink) >= _PLAIN * ink and against < _PLAIN * ink
    same = found.chosen == _verdict(seen.ways, seen.boxed, other, len(cell.options)).chosen
    return found if plain or same else replace(found, unclear=True)


def leaning(cell: Printed) -> float:
    """How much nearer a cell's marks stand behind their options than before them, for each piece of ink."""
    seen = _seen(cell)
    ink = _weight(seen)
    return _leaning(seen) / ink * min(ink / _PLAINLY, 1.0) if ink else 0.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A cell's ink that print does not explain, with what each may mark; the options marked in their box.

    `maybe` is how much ink may be a mark of the last option or its note.
    """

    ways: Sequence[tuple[_Blob, _Ways]]
    boxed: Mapping[int, float]
    maybe: float


def _seen(cell: Printed) -> _Seen:
    prints = _with_leads(cell, [*_prints(cell.options, True), *_prints(cell.others, False)])
    every = list(_blobs(cell, _left_over(cell, prints)))
    blobs, maybe = (
        _without_note(every, prints, len(cell.options) - 1, cell.pitch) if cell.noted else (every, 0.0)
    )
    right = cell.at[0] + cell.ink.shape[1]
    ways = [
        (blob, {**_ways(blob, prints, cell.pitch), **_wrapped(blob, prints, cell.pitch, right)})
        for blob in blobs
    ]
    return _Seen(ways, _boxed(cell, prints), maybe)


def _leaning(seen: _Seen) -> float:
    return _cost(seen.ways, Side.BEFORE) - _cost(seen.ways, Side.AFTER)


def _weight(seen: _Seen) -> float:
    """The ink of the marks that stand beside options."""
    return sum(blob.ink for blob, on in seen.ways if on and None not in on)


_Ways = Mapping[Side | None, tuple[int, float]]
"""The options that ink may mark: standing on one (None), before one, after one; each with its distance."""


def _cost(ways: Iterable[tuple[_Blob, _Ways]], side: Side) -> float:
    """How far the ink lies off its options when all marks stand on this side of them."""
    return sum(
        blob.ink * (on[side][1] if side in on else _NEAR) for blob, on in ways if on and None not in on
    )


def _verdict(
    ways: Iterable[tuple[_Blob, _Ways]], boxed: Mapping[int, float], side: Side, options: int
) -> Verdict:
    """The options marked when the marks stand on this side."""
    found = [boxed.get(option, 0.0) for option in range(options)]
    lost = 0.0
    for blob, on in ways:
        way = on.get(None) or on.get(side)
        if way is not None:
            found[way[0]] += blob.ink
        elif on:
            lost = max(lost, blob.ink)
    usual = float(np.percentile(found, 30, method="lower")) if options >= _MANY else 0.0
    found = [max(0.0, ink - usual) for ink in found]
    most = max(*found, _MARKED)
    faint = _MARKED / 2 < max(found) < _PLAINLY
    chosen = tuple(ink >= max(_MARKED, most * _BESIDE) for ink in found)
    doubtful = any(_DOUBTFUL[0] < ink / most < _DOUBTFUL[1] for ink in found)
    return Verdict(tuple(found), chosen, doubtful or lost >= _MARKED, faint)


def _prints(found: Iterable[Spotted | None], are_options: bool) -> Iterator[_Print]:
    for index, one in enumerate(found):
        for place, run in enumerate(one.runs if one is not None else ()):
            last = one is not None and place == len(one.runs) - 1
            yield _Print(index if are_options else None, run.line, run.x0, run.x1, place == 0, last)


def _with_leads(cell: Printed, prints: Sequence[_Print]) -> list[_Print]:
    """The prints, each beginning of an option with the width that numbers and boxes have on this paper."""
    bands = [_band(cell, line) for line in range(len(cell.middles))]
    first = [one for one in prints if one.option is not None and one.begins]
    left = cell.at[0]
    wide = [
        _reach(bands[one.line], one.x0 - left, _end_before(one, prints, left), cell.pitch) for one in first
    ]
    lead = float(np.percentile(wide, 50, method="lower")) if wide else 0.0
    if len(wide) < _MANY:
        lead = max((width for width in wide if width <= lead + _UNEVEN * cell.pitch), default=0.0)
    lead = lead if lead >= _LEAST * cell.pitch else 0.0
    found = [one for one in prints if one not in first]
    for one, own in zip(first, wide, strict=True):
        lost = _on_line_before(cell, one, bands, prints, lead) if own < _PART * lead else None
        found += [replace(one, begins=False, lead=own), lost] if lost else [replace(one, lead=lead)]
    return found


def _on_line_before(
    cell: Printed, one: _Print, bands: Sequence[Mask], prints: Sequence[_Print], lead: float
) -> _Print | None:
    """The number or box of an option that stands at the end of the line before its words."""
    left, pitch = cell.at[0], cell.pitch
    if one.line == 0 or _end_before(one, prints, left) > 0:
        return None
    ends = [other.x1 - left for other in prints if other.line == one.line - 1]
    start = round(max(ends, default=0.0) + _LOOSE * pitch)
    columns = np.flatnonzero(bands[one.line - 1][:, start:].any(axis=0))
    if not len(columns) or columns[0] > _LEAD * pitch:
        return None
    end = start + float(columns[columns < columns[0] + _LEAD * pitch][-1]) + 1
    reach = min(_reach(bands[one.line - 1], end + _LOOSE * pitch, start, pitch), lead)
    return _Print(one.option, one.line - 1, left + end, left + end, True, False, reach)


def _end_before(one: _Print, prints: Sequence[_Print], left: float) -> float:
    """Where on its line the print before ends, 0 without any."""
    ends = [other.x1 - left for other in prints if other.line == one.line and other.x1 <= one.x0 + 1]
    return max(ends, default=0.0)


def _reach(band: Mask, start: float, least: float, pitch: float) -> float:
    """How far ink that hangs together reaches left of a place."""
    first, last = max(round(max(start - _LEAD * pitch, least)), 0), round(start - _LOOSE * pitch)
    columns = np.flatnonzero(band[:, first : max(last, first)].any(axis=0))[::-1]
    end = whole = float(last - first)
    for column in columns:
        if end - column > (_APART if end < whole - _OWN * pitch else _BEHIND) * pitch:
            break
        end = float(column)
    return (last - first - end) + _LOOSE * pitch if len(columns) and end < last - first else 0.0


def _band(cell: Printed, line: int) -> Mask:
    """The rows of the ink in which a line's print stands."""
    rows = _rows(cell, line)
    return cell.ink[rows]


def _rows(cell: Printed, line: int) -> slice:
    middle, high = cell.middles[line] - cell.at[1], _HIGH * cell.pitch
    return slice(max(round(middle - high), 0), max(round(middle + high), 0))


def _left_over(cell: Printed, prints: Sequence[_Print]) -> Mask:
    """The ink without what stands where print stands."""
    rest, loose, left = cell.ink.copy(), _LOOSE * cell.pitch, cell.at[0]
    for one in prints:
        start, end = round(one.x0 - one.lead - loose - left), round(one.x1 + loose - left)
        rest[_rows(cell, one.line), max(start, 0) : max(end, 0)] = 0
    return rest


def _blobs(cell: Printed, rest: Mask) -> Iterator[_Blob]:
    """The ink left over; marks of neighbouring lines that touch are parted between the lines."""
    parted = rest.copy()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    for label in range(1, count):
        x, y, w, h, _ = (int(number) for number in stats[label])
        if h > _TWO_LINES * cell.pitch:
            part = labels[y : y + h, x : x + w] == label
            for row in _rows_between(cell, y, y + h):
                parted[row, x : x + w][part[row - y]] = 0
    _, _, stats, centres = cv2.connectedComponentsWithStats(parted, connectivity=8)
    left, top = cell.at
    for (x, _, w, h, area), (_, y) in zip(stats[1:], centres[1:], strict=True):
        ink = float(area) / cell.pitch**2
        if ink >= _SPECK and max(w, h) > _DUST * cell.pitch:
            line = int(np.argmin([abs(top + y - middle) for middle in cell.middles]))
            yield _Blob(line, float(left + x), float(left + x + w), ink)


def _rows_between(cell: Printed, first: int, last: int) -> list[int]:
    """The rows of the ink halfway between two lines."""
    rows = [round((above + below) / 2) - cell.at[1] for above, below in pairwise(sorted(cell.middles))]
    return [row for row in rows if first < row < last]


def _without_note(
    blobs: Sequence[_Blob], prints: Sequence[_Print], last: int, pitch: float
) -> tuple[list[_Blob], float]:
    """The blobs without what is printed and written behind the last option, which asks to say what.

    Also how much of the ink left out may be a mark of that option: as much as
    stands close behind it where no print shows where its note begins.
    """
    end = next((one for one in prints if one.option == last and one.ends), None)
    if end is None:
        return list(blobs), 0.0
    seen = _printed_note(end, prints, pitch)
    start = end.x1 + _NOTE * pitch if seen is None else seen
    kept = [blob for blob in blobs if (blob.line, blob.x0) < (end.line, start)]
    near = (
        blob.ink
        for blob in blobs
        if seen is None and blob.line == end.line and start <= blob.x0 <= end.x1 + _NEAR * pitch
    )
    return kept, sum(near)


def _printed_note(end: _Print, prints: Sequence[_Print], pitch: float) -> float | None:
    """Where the words printed behind the last option begin; None where none are seen."""
    behind = [
        one.x0
        for one in prints
        if one.option is None and one.line == end.line and 0 <= one.x0 + pitch / 2 - end.x1 < _TAIL * pitch
    ]
    return min(behind, default=None)


def _ways(blob: _Blob, prints: Sequence[_Print], pitch: float) -> _Ways:
    """The options that a blob may mark."""
    middle = (blob.x0 + blob.x1) / 2
    if all(one.line != blob.line for one in prints):
        return _ways_alone(blob, prints)
    here = [one for one in prints if one.line == blob.line]
    on = next((one for one in here if one.x0 - one.lead <= middle <= one.x1), None)
    if on is not None:
        return {} if on.option is None else {None: (on.option, 0.0)}
    left = max((one for one in here if one.x1 < middle), key=lambda one: one.x1, default=None)
    right = min((one for one in here if one.x0 > middle), key=lambda one: one.x0 - one.lead, default=None)
    found: dict[Side | None, tuple[int, float]] = {}
    if left is not None and left.option is not None and left.ends:
        found[Side.AFTER] = left.option, max(0.0, blob.x0 - left.x1) / pitch
    if right is not None and right.option is not None and right.begins:
        found[Side.BEFORE] = right.option, max(0.0, right.x0 - right.lead - blob.x1) / pitch
    return {side: way for side, way in found.items() if way[1] <= _NEAR}


def _wrapped(blob: _Blob, prints: Sequence[_Print], pitch: float, right: float) -> _Ways:
    """The option that ink at the start of a line may mark: the last of the full line before."""
    if any(one.line == blob.line and one.x0 - one.lead < blob.x1 for one in prints):
        return {}
    above = max((one for one in prints if one.line == blob.line - 1), key=lambda one: one.x1, default=None)
    if above is None or above.option is None or not above.ends or right - above.x1 > _NO_ROOM * pitch:
        return {}
    return {Side.AFTER: (above.option, _WRAPPED)}


def _ways_alone(blob: _Blob, prints: Sequence[_Print]) -> _Ways:
    """The option that ink on a line of its own may mark: one behind which there was no room."""
    above = max(
        (one for one in prints if one.line < blob.line), key=lambda one: (one.line, one.x1), default=None
    )
    if above is None or above.option is None or not above.ends:
        return {}
    return {Side.AFTER: (above.option, 0.0)}


def _boxed(cell: Printed, prints: Sequence[_Print]) -> dict[int, float]:
    """The ink on the number or in the box of each option beyond what such have on this paper."""
    inked: dict[int, float] = {}
    for one in prints:
        if one.option is not None and one.begins and one.lead >= _LEAST * cell.pitch:
            start, end = one.x0 - one.lead - cell.at[0], one.x0 - cell.at[0]
            part = _band(cell, one.line)[
                :, max(round(start), 0) : max(round(min(start + cell.pitch, end)), 0)
            ]
            inked[one.option] = float((part > 0).sum()) / cell.pitch**2
    usual = float(np.percentile(list(inked.values()), 30, method="lower")) if inked else 0.0
    lead = max((one.lead for one in prints), default=0.0)
    usual += _FIGURES if cell.numbered and lead < _WITH_BOX * cell.pitch else 0.0
    return {option: ink - usual for option, ink in inked.items() if ink - usual > _BOXED}
