"""What stands behind printed labels on lines of text: lines and labels in, labels with their values out.

A value stands behind its label, in the next piece to the right, or below it
where labels head columns. A label is taken for one where a line begins with
it, a colon follows, or something parts it from what stands before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intake.text_line import TextLine
from intake.wording import Spelled, behind, distance, has_colon, is_blank, plain, said_before_colons, spell

_PARTED = 1.35
"""From how far on, in line heights, the middles of two characters show room between them."""
_FUZZY = 4
"""Labels of so many characters are known with a wrong one among them."""
_LOOK_ALIKES = str.maketrans("oO°º", "0000")
_EDGES = " .．|"
"""What may be left of a label or a ruled line beside a value."""
_BELOW = 3.2
"""How far below its label a value may stand, in line heights."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label on a page and what may be its value, the likeliest first: behind, right of, below it.

    `sure` says that a colon follows the label, or nothing else on its piece.
    """

    label: str
    values: tuple[TextLine, ...]
    sure: bool
    place: int


@dataclass(frozen=True, slots=True)
class _Spot:
    """A label inside a piece: from where to where it stands, and where its value may begin."""

    label: str
    start: int
    end: int
    colon: bool


def labelled(lines: Sequence[TextLine], labels: Collection[str]) -> tuple[Labelled, ...]:
    """Every label on the page, from top to bottom, with its values."""
    spots = [_spots(line, frozenset(labels)) for line in lines]
    heads = [bool(found) and found[0].start == 0 for found in spots]
    return tuple(
        Labelled(
            spot.label,
            tuple(_values(lines, heads, place, spot, found[number + 1 :])),
            spot.colon or spot.end == len(line.text),
            place,
        )
        for place, (line, found) in enumerate(zip(lines, spots, strict=True))
        for number, spot in enumerate(found)
    )


def with_spread_labels(lines: Sequence[TextLine], labels: Collection[str]) -> list[TextLine]:
    """The lines; short labels that were set wide apart, as blank-filling words are, are one piece again."""
    known = [folded for folded, _ in _by_length(frozenset(labels)) if len(folded) <= _SPREAD]
    gone: set[int] = set()
    found = list(lines)
    for place, line in enumerate(lines):
        start = _folded(line.text)
        beside = right_of(lines, place) if 0 < len(start) < _SPREAD else None
        if beside is None or has_colon(line.text):
            continue
        rest = _folded(lines[beside].text)
        if any(one.startswith(start) and rest.startswith(one[len(start) :]) for one in known if one != start):
            found[place] = line.followed_by(lines[beside])
            gone.add(beside)
    return [line for place, line in enumerate(found) if place not in gone]


_SPREAD = 4
"""Labels of up to so many characters are spread to the width of longer ones."""


def _values(
    lines: Sequence[TextLine], heads: Sequence[bool], place: int, spot: _Spot, later: Sequence[_Spot]
) -> Iterator[TextLine]:
    line = lines[place]
    end = later[0].start if later else len(line.text)
    own = _behind(line, spot.end, end)
    if own is not None:
        yield own
    elif later:
        return
    beside = right_of(lines, place)
    if beside is not None and not heads[beside]:
        yield lines[beside]
    if own is None:
        under = _below(lines, place, line.part(spot.start, spot.end))
        if under is not None and not heads[under]:
            yield lines[under]


def _behind(line: TextLine, start: int, end: int) -> TextLine | None:
    """What stands behind a label in its own piece; None where nothing does."""
    text = behind(line.text[:end], start).strip(_EDGES)
    if is_blank(text):
        return None
    first = line.text.index(text, start)
    return line.part(first, first + len(text))


def right_of(lines: Sequence[TextLine], place: int) -> int | None:
    """The next piece to the right in the same row."""
    line = lines[place]
    beside = [
        other
        for other, one in enumerate(lines)
        if other != place and one.box[0] > line.box[2] - line.height * 0.5 and _same_row(line, one)
    ]
    return min(beside, key=lambda other: lines[other].box[0], default=None)


def _same_row(line: TextLine, other: TextLine) -> bool:
    """Whether two pieces stand side by side; the page may slant otherwise here than there."""
    x, x_other = (sum(one.box[::2]) / 2 for one in (line, other))
    fall = (line.slope + other.slope) / 2 * (x_other - x)
    return abs(other.middle - line.middle - fall) < 0.6 * max(line.height, other.height)


def _below(lines: Sequence[TextLine], place: int, label: TextLine) -> int | None:
    """The next piece below a label that stands in its column."""
    under = [
        other
        for other, one in enumerate(lines)
        if other != place
        and 0.5 * label.height < one.middle - label.middle < _BELOW * label.height
        and min(one.box[2], label.box[2]) - max(one.box[0], label.box[0]) > 0.3 * label.height
    ]
    return min(under, key=lambda other: lines[other].middle, default=None)


def _spots(line: TextLine, labels: frozenset[str]) -> list[_Spot]:
    """The labels in a piece, from left to right, none within another."""
    spelled = spell(line.text)
    found: list[_Spot] = []
    start = 0
    while start < len(spelled.text):
        spot = _spot_at(line, spelled, start, labels)
        if spot is None:
            start += 1
        else:
            found.append(spot)
            start += len(_folded(spot.label))
    return found or _misread(line, labels)


def _spot_at(line: TextLine, spelled: Spelled, start: int, labels: frozenset[str]) -> _Spot | None:
    """The longest label that begins at a place of a piece."""
    text = _folded_text(spelled.text)
    for folded, label in _by_length(labels):
        end = start + len(folded)
        if not text.startswith(folded, start):
            continue
        first, last = spelled.places[start], spelled.places[end - 1] + 1
        colon = has_colon(line.text[last : spelled.places[end] if end < len(text) else None])
        if colon or _is_parted(line, first) or len(folded) >= _FUZZY:
            return _Spot(label, first, last, colon)
    return None


def _is_parted(line: TextLine, place: int) -> bool:
    """Whether something parts a place of a piece from what stands before it."""
    if place == 0:
        return True
    before, here = line.text[place - 1], line.text[place]
    return not before.isalnum() or before.isascii() > here.isascii() or line.gap(place) > _PARTED


def _misread(line: TextLine, labels: frozenset[str]) -> list[_Spot]:
    """The label that a piece, or its words before a colon, all but spell; the only one that is so near."""
    said = said_before_colons(line.text)
    words, start, end = (
        (said[0].label, said[0].start, said[0].end) if said else (line.text, 0, len(line.text))
    )
    near = [
        (off, label)
        for folded, label in _by_length(labels)
        if len(folded) >= _FUZZY and (off := distance(_folded(words), folded)) is not None
    ]
    least = min((off for off, _ in near), default=0)
    nearest = [label for off, label in near if off == least]
    return [_Spot(nearest[0], start, end, bool(said))] if len(nearest) == 1 else []


@lru_cache(maxsize=8)
def _by_length(labels: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The labels as they are compared, and as they are; the longest first."""
    return tuple(sorted(((_folded(label), label) for label in labels), key=lambda one: (-len(one[0]), one)))


def _folded(label: str) -> str:
    return _folded_text(plain(label))


def _folded_text(text: str) -> str:
    return text.lower().translate(_LOOK_ALIKES)


def of_labels(found: Sequence[Labelled], wanted: Sequence[str]) -> list[Labelled]:
    """Those of some labels, by the order of these, surer ones first."""
    rank: Mapping[str, int] = {label: place for place, label in enumerate(wanted)}
    return sorted(
        (one for one in found if one.label in rank),
        key=lambda one: (rank[one.label], not one.sure, one.place),
    )
