"""Printed options on a picture: a cell's lines with the ink around them in, the marked entries out.

The options are found by their words in the engine's output, and marks are the
ink that print does not explain. An engine that hands out no probabilities
cannot tell where words stand: then rings are taken out, ink that it took for
nothing is a tick, and `intake.marks` tells which option a mark belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from rapidfuzz import fuzz

from intake.engine import Engine, Line
from intake.evidence import of_marks
from intake.grid import TICK, with_plain_signs
from intake.guessing import REVIEW_BELOW
from intake.marking import Printed, Verdict, leaning, marked
from intake.marks import chosen
from intake.sentences import blanks, keys_of, words_around
from intake.sheet import Place, Sheet, Slot
from intake.spotting import Run, Spotted, pitch_of, spotted
from intake.transcript import Transcript, lines_of, placed, unread_ink, whole
from intake.wording import plain
from intake.writing import Box, Stretch, Writing, inside
from records.drafts import Reading
from records.editions import Sentence
from records.findings import Reason
from records.forms import Field
from records.values import Value

_FEW = 3
_ENOUGH = 0.6
"""The share of the options that must be found in a cell that prints them."""
_WELL = -1.5
"""What a character of an option may cost at most to be sure of it."""
_COLONS, _COLON_REACH = frozenset(":：﹕︰∶;；"), 0.4
"""How far right of its middle the ink of a colon reaches at most, in characters."""

_Lines = tuple[tuple[Stretch, Line], ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a cell tells: the entries marked, what is written behind the last, the text, what is doubtful."""

    chosen: tuple[str, ...]
    other: str
    text: str
    lines: _Lines
    unclear: bool
    unread: bool
    struck: bool = False


def is_marked(read: Transcript, slot: Slot, field: Field) -> bool:
    """Whether the entries stand printed, to be marked: also those of a short closed list in a plain cell."""
    if slot.place is Place.OPTIONS or (slot.place is Place.SENTENCE and bool(field.choices)):
        return True
    text = slot.text if slot.place is Place.BEHIND else slot.cell.text
    if field.marked:
        named = sum(_names(text, entry) for entry in field.choices)
        return named > 1 and len(plain(text)) > len(plain("".join(field.choices))) / 2
    short = field.kind == "choice" and field.enforced and 1 < len(field.choices) <= _FEW
    return short and (_in_order(text, field.choices) or _ringed(read, slot))


def _in_order(text: str, entries: Sequence[str]) -> bool:
    """Whether a text lists the entries one after the other, as print does."""
    places = [text.find(entry) for entry in entries]
    return places[0] >= 0 and places == sorted(places)


def _ringed(read: Transcript, slot: Slot) -> bool:
    """Whether a ring is drawn in a cell: what it encloses is no handwriting."""
    return slot.cell.box is not None and bool(
        read.writing.rings(inside(whole(slot.cell.box), read.page.line))
    )


@dataclass(frozen=True, slots=True)
class Look:
    """A cell that prints options: its lines read, where the options stand (None: not to be found)."""

    lines: _Lines = ()
    options: tuple[Spotted | None, ...] = ()
    cell: Printed | None = None

    @property
    def leaning(self) -> float:
        """The side on which its marks stand, as far as it tells."""
        return leaning(self.cell) if self.cell is not None else 0.0


def looks_at(read: Transcript, sheet: Sheet, engine: Engine) -> Mapping[str, Look]:
    """The cells of a sheet that print options to be marked, by path."""
    fields = {path: sheet.edition.field(path) for path in sheet.slots}
    return {
        path: _look(read, slot, fields[path], engine)
        for path, slot in sheet.slots.items()
        if is_marked(read, slot, fields[path])
    }


def from_marks(
    read: Transcript, path: str, slot: Slot, field: Field, engine: Engine, looks: Mapping[str, Look]
) -> Iterator[tuple[str, Reading]]:
    """Printed options: those that a tick or a ring marks, by their ink as much as by what the engine saw.

    One person marks all options of a sheet on one side, so that each cell speaks for the others.
    """
    elsewhere = sum(look.leaning for other, look in looks.items() if other != path)
    told = _told_by_ink(read, slot, field, looks[path], elsewhere) or _told_by_text(read, slot, field, engine)
    sure = min((max(line.confidence, 0.5) for _, line in told.lines), default=0.99) * 0.5 + 0.5
    doubts = {
        "mark_unclear": told.unclear,
        "no_mark": field.kind == "choice" and not told.chosen,
        "several_marked": field.kind == "choice" and len(told.chosen) > 1,
        "options_unread": told.unread,
        "unsure_marks": sure < REVIEW_BELOW,
        "crossed_out": told.struck,
    }
    facts = MappingProxyType({"label": field.label})
    reasons = tuple(Reason(code, facts) for code, holds in doubts.items() if holds)
    evidence = of_marks(told.lines, sure)
    reading = Reading(_value(told, field), told.text, sure, bool(reasons), reasons, evidence=evidence)
    yield path, placed(read, slot, reading)
    if field.other_text and told.other:
        yield (
            field.other_text,
            placed(read, slot, Reading(told.other, told.other, sure, True, (Reason("unsure"),))),
        )


def _value(told: _Told, field: Field) -> Value:
    if field.kind == "choices":
        return told.chosen or None
    return told.chosen[0] if len(told.chosen) == 1 else None


def _look(read: Transcript, slot: Slot, field: Field, engine: Engine) -> Look:
    """The printed words of a cell, found with its rings taken away or, failing that, left in."""
    if slot.cell.box is None or any(line.scores is None for _, line in lines_of(read, slot)):
        return Look()
    box = inside(whole(slot.cell.box), read.page.line)
    rings = bool(read.writing.rings(box))
    for writing in [read.writing.without_rings(box), read.writing] if rings else [read.writing]:
        lines = _read_anew(read, slot, writing.printed_lines(box), engine)
        before, after = _words_around(slot, field)
        found = spotted(lines, (*before, *field.choices, *after), read.page.line)
        options = found[len(before) : len(before) + len(field.choices)]
        if sum(one is not None for one in options) >= max(2, _ENOUGH * len(options)):
            pitch = pitch_of(found, read.page.line)
            labels = found[: len(before)]
            colons = [_colon_behind(lines, one, options, pitch) for one in labels if one is not None]
            cell = Printed(
                read.writing.ink[box[1] : box[3], box[0] : box[2]],
                (box[0], box[1]),
                [_middle(writing, stretch.box, line, found) for line, (stretch, _) in enumerate(lines)],
                pitch,
                options,
                (*labels, *colons, *found[len(before) + len(options) :]),
                field.numbered,
                field.other_text is not None,
            )
            return Look(lines, options, cell)
    return Look()


def _colon_behind(
    lines: _Lines, label: Spotted, options: Sequence[Spotted | None], pitch: float
) -> Spotted | None:
    """The colon between a label and its options, which is no number before an option and no mark."""
    end = label.runs[-1]
    first = min((one.runs[0].x0 for one in options if one and one.runs[0].line == end.line), default=end.x1)
    stretch, line = lines[end.line]
    for glyph in line.glyphs:
        middle = stretch.origin[0] + (glyph.x0 + glyph.x1) / 2
        if glyph.char in _COLONS and end.x1 - pitch / 2 < middle < first:
            over = min(middle + pitch * _COLON_REACH, first)
            return Spotted((Run(end.line, end.x1, over, 1),), label.cost) if over > end.x1 else None
    return None


def _told_by_ink(read: Transcript, slot: Slot, field: Field, look: Look, elsewhere: float) -> _Told | None:
    """What the ink around the printed words tells; None where the words cannot be found."""
    if look.cell is None:
        return None
    return _told(read, slot, field, look.lines, look.options, marked(look.cell, elsewhere))


def _told(
    read: Transcript,
    slot: Slot,
    field: Field,
    lines: _Lines,
    options: Sequence[Spotted | None],
    verdict: Verdict,
) -> _Told:
    text = "\n".join(with_plain_signs(line.text) for _, line in lines)
    struck = _struck(read, lines, options)
    left = [place for place in range(len(field.choices)) if place not in struck]
    marked_ones = [place for place in left if verdict.chosen[place]]
    if struck and not marked_ones and len(left) == 1:
        marked_ones = left
    entries = tuple(field.choices[place] for place in marked_ones)
    other = chosen(text.replace(TICK, ""), field).other if field.other_text else ""
    unread = any(one is None or one.cost < _WELL for one in options)
    sentence = _sentence_part(slot, text)
    signs = max(_signs(slot.text), _signs(sentence))
    faint = verdict.faint and signs != len(entries)
    unclear = verdict.unclear or faint or signs > len(entries)
    return _Told(entries, other, sentence, lines, unclear, unread, bool(struck))


def _signs(text: str) -> int:
    """How many ticks and numbers in rings the engine itself saw."""
    return sum(char == TICK or "\u2460" <= char <= "\u2473" for char in text)


def _read_anew(read: Transcript, slot: Slot, stretches: Sequence[Stretch], engine: Engine) -> _Lines:
    """The lines of printed words as read; those that are as they were are not read again."""
    known = {stretch.box: line for stretch, line in lines_of(read, slot)}
    same = {stretch.box for stretch, _ in lines_of(read, slot) if _is_among(stretch, stretches)}
    left = [stretch for stretch in stretches if stretch.box not in same]
    again = iter(engine.read([stretch.crop for stretch in left]))
    return tuple(
        (stretch, known[stretch.box] if stretch.box in same else next(again)) for stretch in stretches
    )


def _is_among(stretch: Stretch, others: Sequence[Stretch]) -> bool:
    return any(stretch.box == other.box and np.array_equal(stretch.crop, other.crop) for other in others)


def _words_around(slot: Slot, field: Field) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands printed before and behind the options in their cell."""
    note = ("(",) if field.other_text else ()
    if slot.place is Place.SENTENCE:
        before, behind = words_around(Sentence(slot.label), slot.path)
        return tuple(filter(plain, (before,))), tuple(filter(plain, (behind,))) or note
    return ((plain(slot.label),) if slot.place is Place.BEHIND else ()), note


def _middle(writing: Writing, band: Box, line: int, found: Sequence[Spotted | None]) -> float:
    """The middle of a line's print: that of the ink of its words."""
    rows = np.zeros(band[3] - band[1])
    for run in (run for one in found if one is not None for run in one.runs if run.line == line):
        part = writing.ink[band[1] : band[3], max(round(run.x0), 0) : max(round(run.x1), 0)]
        rows += (part > 0).sum(axis=1)
    if not rows.any():
        return (band[1] + band[3]) / 2
    return band[1] + 0.5 + float(np.searchsorted(np.cumsum(rows), rows.sum() / 2))


def _struck(read: Transcript, lines: _Lines, options: Sequence[Spotted | None]) -> frozenset[int]:
    """The options whose words are crossed out."""
    crossed: Mapping[int, Sequence[tuple[int, int]]] = {
        line: read.writing.crossed(stretch.box) for line, (stretch, _) in enumerate(lines)
    }
    return frozenset(
        place
        for place, one in enumerate(options)
        if one is not None
        and all(
            any(start <= (run.x0 + run.x1) / 2 <= end for start, end in crossed[run.line]) for run in one.runs
        )
    )


def _told_by_text(read: Transcript, slot: Slot, field: Field, engine: Engine) -> _Told:
    """What the text with the signs found in it tells."""
    lines, text = _marked_text(read, slot, field, engine)
    sentence = _sentence_part(slot, text)
    found = chosen(sentence, field)
    unread = not all(_names(text, entry) for entry in field.choices if len(entry) > 1)
    unread = unread or (_ringed(read, slot) and any(line.scores is not None for _, line in lines))
    return _Told(found.chosen, found.other, sentence, lines, found.unclear, unread)


def _sentence_part(slot: Slot, text: str) -> str:
    if slot.place is not Place.SENTENCE:
        return text
    keys = keys_of(Sentence(slot.label))
    return blanks(Sentence(slot.label), text).get(slot.path, "") if slot.path in keys else slot.text


def _names(text: str, entry: str) -> bool:
    return fuzz.partial_ratio(entry, text) > 70


def _marked_text(read: Transcript, slot: Slot, field: Field, engine: Engine) -> tuple[_Lines, str]:
    """A cell's lines read anew without the rings drawn in it, and their text with a tick at every mark."""
    if slot.cell.box is None:
        return (), slot.text
    box = inside(whole(slot.cell.box), read.page.line)
    rings = read.writing.rings(box)
    if not rings:
        lines = lines_of(read, slot)
        return lines, _ticked_text(read, lines, (), field)
    stretches = read.writing.without_rings(box).lines(box)
    known = {stretch.box: line for stretch, line in lines_of(read, slot)}
    ringed = [one for one in stretches if one.box not in known or _any_near(rings, one.box, read.page.line)]
    found = dict(zip((one.box for one in ringed), engine.read([one.crop for one in ringed]), strict=True))
    lines = tuple((one, found[one.box] if one.box in found else known[one.box]) for one in stretches)
    return lines, _ticked_text(read, lines, rings, field)


def _any_near(rings: Sequence[Box], band: Box, line: float) -> bool:
    """Whether a ring's stroke may reach into the crop of a line."""
    room = line * 0.5
    return any(ring[1] - room < band[3] and band[1] < ring[3] + room for ring in rings)


def _ticked_text(read: Transcript, lines: _Lines, rings: Sequence[Box], field: Field) -> str:
    texts: list[str] = []
    for stretch, line in lines:
        alone = len(plain(line.text)) <= 1 and not _goes_on(texts[-1] if texts else "", line.text, field)
        texts.append(TICK if alone else _ticked(read, stretch, line, rings))
    return "\n".join(texts)


def _goes_on(before: str, text: str, field: Field) -> bool:
    """Whether a line of one character is the rest of the option that began on the line before."""
    rest = plain(before)[-3:] + plain(text)
    return bool(plain(text)) and any(rest in plain(entry) for entry in field.choices)


def _ticked(read: Transcript, stretch: Stretch, line: Line, rings: Sequence[Box]) -> str:
    """A line's text with TICK where a mark stands that the engine took for nothing, or a ring."""
    line = _uncrossed(read, stretch, line)
    text = with_plain_signs(line.text)
    places = [(ring[0] + ring[2]) / 2 - stretch.origin[0] for ring in rings if _beside(ring, stretch.box)]
    places = [place - read.page.line for place in places]
    if TICK not in text:
        places += unread_ink(read, stretch, line)
    for place in sorted(places, reverse=True):
        index = sum(1 for glyph in line.glyphs if (glyph.x0 + glyph.x1) / 2 < place)
        text = f"{text[:index]}{TICK}{text[index:]}"
    return text


def _uncrossed(read: Transcript, stretch: Stretch, line: Line) -> Line:
    """The line without the characters that are crossed out: an option struck out is not the answer."""
    spans = [
        (start - stretch.origin[0], end - stretch.origin[0])
        for start, end in read.writing.crossed(stretch.box)
    ]
    if not spans or len(line.glyphs) != len(line.text):
        return line
    kept = tuple(
        glyph
        for glyph in line.glyphs
        if not any(start <= (glyph.x0 + glyph.x1) / 2 <= end for start, end in spans)
    )
    return replace(line, text="".join(glyph.char for glyph in kept), glyphs=kept)


def _beside(ring: Box, band: Box) -> bool:
    return band[1] <= (ring[1] + ring[3]) / 2 < band[3]
