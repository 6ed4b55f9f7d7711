"""Printed options on a picture: a cell's lines with the ink around them in, the marked entries out.

Rings are taken out before the options are read, and ink that the engine took
for nothing is a tick; `intake.marks` then tells which option a mark belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from rapidfuzz import fuzz

from intake.engine import Engine, Line
from intake.evidence import of_marks
from intake.grid import TICK, with_plain_signs
from intake.guessing import REVIEW_BELOW
from intake.marks import chosen
from intake.sentences import blanks, keys_of
from intake.sheet import Place, Slot
from intake.transcript import Transcript, lines_of, placed, unread_ink, whole
from intake.wording import plain
from intake.writing import Box, Stretch, inside
from records.drafts import Reading
from records.findings import Reason
from records.forms import Field, Sentence

_FEW = 3


def is_marked(slot: Slot, field: Field) -> bool:
    """Whether the entries stand printed, to be marked: also those of a short closed list in a plain cell."""
    if slot.place is Place.WHOLE:
        short = field.kind == "choice" and field.enforced and 1 < len(field.choices) <= _FEW
        return short and all(entry in slot.cell.text for entry in field.choices)
    return slot.place is Place.OPTIONS or (slot.place is Place.SENTENCE and bool(field.choices))


def from_marks(
    read: Transcript, path: str, slot: Slot, field: Field, engine: Engine
) -> Iterator[tuple[str, Reading]]:
    """Printed options: those that a tick or a ring marks, by their ink as much as by what the engine saw."""
    lines, text = _marked_text(read, slot, field, engine)
    sentence = _sentence_part(slot, text)
    marked = chosen(sentence, field)
    sure = min((max(line.confidence, 0.5) for _, line in lines), default=0.99) * 0.5 + 0.5
    value = (
        marked.chosen if field.kind == "choices" else (marked.chosen[0] if len(marked.chosen) == 1 else None)
    )
    doubts = {
        "mark_unclear": marked.unclear,
        "no_mark": field.kind == "choice" and not marked.chosen,
        "several_marked": field.kind == "choice" and len(marked.chosen) > 1,
        "options_unread": not all(_names(text, entry) for entry in field.choices if len(entry) > 1),
        "unsure_marks": sure < REVIEW_BELOW,
    }
    facts = MappingProxyType({"label": field.label})
    reasons = tuple(Reason(code, facts) for code, holds in doubts.items() if holds)
    reading = Reading(value or None, sentence, sure, bool(reasons), reasons, evidence=of_marks(lines, sure))
    yield path, placed(read, slot, reading)
    if field.other_text and marked.other:
        yield (
            field.other_text,
            placed(read, slot, Reading(marked.other, marked.other, sure, True, (Reason("unsure"),))),
        )


def _sentence_part(slot: Slot, text: str) -> str:
    if slot.place is not Place.SENTENCE:
        return text
    keys = keys_of(Sentence(slot.label))
    return blanks(Sentence(slot.label), text).get(slot.path, "") if slot.path in keys else slot.text


def _names(text: str, entry: str) -> bool:
    return fuzz.partial_ratio(entry, text) > 70


def _marked_text(
    read: Transcript, slot: Slot, field: Field, engine: Engine
) -> tuple[tuple[tuple[Stretch, Line], ...], str]:
    """A cell's lines read anew without the rings drawn in it, and their text with a tick at every mark."""
    if slot.cell.box is None:
        return (), slot.text
    box = inside(whole(slot.cell.box), read.page.line)
    rings = read.writing.rings(box)
    if not rings:
        lines = lines_of(read, slot)
        return lines, _ticked_text(read, lines, (), field)
    stretches = read.writing.without_rings(box).lines(box)
    lines = tuple(zip(stretches, engine.read([stretch.crop for stretch in stretches]), strict=True))
    return lines, _ticked_text(read, lines, rings, field)


def _ticked_text(
    read: Transcript, lines: Sequence[tuple[Stretch, Line]], rings: Sequence[Box], field: Field
) -> str:
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
