"""Digital sheets: a sheet of exact text in, the piece of a draft out.

What Word or a PDF holds as text is on paper to the letter: a reading is sure
unless its text means no value, a mark may belong elsewhere, or a label was not
found while words on the sheet belong to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from intake.continued import Carried
from intake.grid import DRAWN, TICK, Cell
from intake.marks import Marked, chosen
from intake.pieces import Piece, without_blank_rows
from intake.sheet import Place, Sheet, Slot
from intake.wording import behind, is_blank, length_in, plain
from records import kinds
from records.drafts import Alternative, Draft, Ink, Reading, Source
from records.editions import Edition, Field
from records.findings import Reason, Severity
from records.kinds import Parsed
from records.values import Value, split_path

_SURE = 0.999
_WARNED = 0.99
_DOUBTED = 0.5
_LOST = 0.3


def piece_of(sheet: Sheet) -> Piece:
    """The readings and the ink of a digital sheet."""
    edition = sheet.edition
    readings = {path: _reading(slot, sheet) for path, slot in sheet.slots.items()}
    readings |= dict(_other_texts(sheet))
    if not sheet.continues:
        readings |= dict(_not_found(sheet))
    ink = {key: _ink(key, cell, sheet) for key, cell in sheet.ink.items()}
    draft = Draft(
        edition.key,
        MappingProxyType(without_blank_rows(readings, edition)),
        MappingProxyType(ink),
    )
    carried = tuple(Carried(slot.path, slot.text, _source(slot.cell, sheet)) for slot in sheet.carried)
    return Piece(draft, sheet.continues, carried, sheet.keys, sheet.score, sheet.lacking)


def _reading(slot: Slot, sheet: Sheet) -> Reading:
    field = sheet.edition.field(slot.path)
    source = _source(slot.cell, sheet)
    text = slot.text.replace(DRAWN, "")
    if _means_nothing(text, sheet.edition):
        return _blank(slot, source)
    if _has_marks(slot, text, field):
        return _marked(text, field, source)
    if _is_undivided(slot, sheet):
        reading = written(text, field, source)
        return replace(reading, confidence=_DOUBTED, review=True, reasons=(Reason("columns_undivided"),))
    return written(text, field, source)


def _is_undivided(slot: Slot, sheet: Sheet) -> bool:
    """Whether one blank stands under all headings of a table: no one can say which column is meant."""
    rows, index, _ = split_path(slot.path)
    if index is None:
        return False
    columns = sum(key.startswith(f"{rows}.") for key in sheet.labels)
    return columns > 1 and sum(path.startswith(f"{rows}.{index}.") for path in sheet.slots) == 1


def _source(cell: Cell, sheet: Sheet) -> Source:
    box = None if cell.box is None else tuple(round(side) for side in cell.box)
    page = sheet.grid.page if cell.page is None else cell.page
    return Source(page, box if box is not None and len(box) == 4 else None)


def _means_nothing(text: str, edition: Edition) -> bool:
    """Whether the text is empty, or only what the form prints into the blank, as 年 月 日."""
    return is_blank(text) or (TICK not in text and plain(text) in map(plain, edition.printed))


def _blank(slot: Slot, source: Source) -> Reading:
    if DRAWN in slot.text:
        return Reading(None, "", _DOUBTED, True, (Reason("picture_in_cell"),), source=source)
    return Reading(None, "", _SURE, source=source)


def _has_marks(slot: Slot, text: str, field: Field) -> bool:
    """Whether options stand printed in the blank, so that marks tell what is chosen."""
    if not field.choices:
        return False
    return slot.place in (Place.OPTIONS, Place.SENTENCE) or TICK in text


def _marked(text: str, field: Field, source: Source) -> Reading:
    marked = chosen(text, field)
    value, reasons = _chosen_value(marked, field, text)
    sure = not reasons
    return Reading(
        value=value,
        raw=text.strip(),
        confidence=_SURE if sure else _DOUBTED,
        review=not sure,
        reasons=reasons,
        alternatives=_entries(marked, field) if not sure else (),
        source=source,
    )


def _chosen_value(marked: Marked, field: Field, text: str) -> tuple[Value, tuple[Reason, ...]]:
    reasons = [Reason("mark_unclear")] if marked.unclear else []
    if TICK in text and not marked.chosen:
        reasons.append(Reason("mark_unclear"))
    if marked.other and field.choices[-1] not in marked.chosen:
        reasons.append(Reason("other_not_marked", MappingProxyType({"text": marked.other})))
    if field.kind == "choices":
        return marked.chosen or None, tuple(reasons)
    if len(marked.chosen) > 1:
        reasons.append(Reason("several_marked", MappingProxyType({"label": field.label})))
        return None, tuple(reasons)
    return (marked.chosen[0] if marked.chosen else None), tuple(reasons)


def _entries(marked: Marked, field: Field) -> tuple[Alternative, ...]:
    if field.kind == "choices":
        return ()
    return tuple(Alternative(entry, _LOST) for entry in marked.chosen)


def written(text: str, field: Field, source: Source | None) -> Reading:
    """The reading of an exact text; sure unless the text means no value of its field."""
    parsed = kinds.parse(text, field)
    wrong = any(problem.severity is Severity.ERROR for problem in parsed.problems)
    lost = parsed.value is None and not _says_none(parsed)
    doubtful = wrong or lost
    return Reading(
        value=parsed.value,
        raw=text.strip(),
        confidence=_confidence(parsed, wrong, lost),
        review=doubtful,
        reasons=tuple(Reason(problem.code, problem.facts) for problem in parsed.problems),
        alternatives=tuple(Alternative(value, _LOST) for value in parsed.candidates),
        source=source,
    )


def _says_none(parsed: Parsed) -> bool:
    """Whether a text without a value is understood: nothing but notes are made about it."""
    return all(problem.severity is Severity.INFO for problem in parsed.problems)


def _confidence(parsed: Parsed, wrong: bool, lost: bool) -> float:
    if lost:
        return _LOST
    if wrong:
        return _DOUBTED
    warned = any(problem.severity is Severity.WARNING for problem in parsed.problems)
    return _WARNED if warned else _SURE


def _other_texts(sheet: Sheet) -> Iterator[tuple[str, Reading]]:
    """What is written behind 其他 in an option cell, under the key that the edition keeps for it."""
    for slot in sheet.slots.values():
        field = sheet.edition.field(slot.path)
        if field.other_text is None:
            continue
        said = chosen(slot.text, field).other if slot.place is Place.OPTIONS else ""
        if said:
            asked = sheet.edition.field(field.other_text)
            yield field.other_text, written(said, asked, _source(slot.cell, sheet))


def _not_found(sheet: Sheet) -> Iterator[tuple[str, Reading]]:
    """Fields without a place: doubtful only where words on the sheet belong to nothing."""
    for key in sheet.missing:
        if sheet.edition.field(key).is_rows:
            continue
        if sheet.unplaced or sheet.lacking:
            yield key, Reading(None, "", _DOUBTED, True, (Reason("label_not_found"),))
        else:
            yield key, Reading(None, "", _WARNED)


def _ink(key: str, cell: Cell, sheet: Sheet) -> Ink:
    """A signature is there when a name or a picture stands in its blank, a seal only as a picture."""
    asked = next(ink for ink in sheet.edition.ink if ink.key == key)
    words = _without_label(cell, asked.labels) if sheet.labels.get(key) == cell else cell.text
    drawn = DRAWN in cell.text
    typed = asked.colour is None and not _means_nothing(words.replace(DRAWN, ""), sheet.edition)
    return Ink(drawn or typed, 0.95 if drawn else 0.9, _source(cell, sheet))


def _without_label(cell: Cell, labels: Iterable[str]) -> str:
    for label in labels:
        end = length_in(cell.text, plain(label))
        if end is not None:
            return behind(cell.text, end)
    return ""
