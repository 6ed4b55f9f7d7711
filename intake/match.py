"""Matching by meaning: a grid and the known editions in, a sheet out, or the reason why there is none.

Cells whose text is an expected label are found, whatever the column widths,
the spelling or the side on which a label's blank stands; no coordinate of any
form is known here. What cannot be placed is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from intake.continued import path_called
from intake.grid import Cell, Grid, Origin
from intake.labels import (
    STRONG,
    Hit,
    Role,
    Vocabulary,
    best_only,
    hits_in,
    hits_of,
    nearest_only,
    vocabulary_of,
    wanted_of,
)
from intake.misread import GUESSED, is_label_row, is_like_label, recovered
from intake.paths import in_order
from intake.places import Side, Spot, spots_of
from intake.printed import value_start
from intake.sentences import blanks, closeness, keys_of
from intake.sheet import Place, Sheet, Slot
from intake.tables import Table, tables_in
from intake.wording import is_blank, plain
from records.editions import Edition, Editions, Field, Sentence
from records.findings import Reason
from records.values import row_path

_KNOWN = 0.42
"""A sheet scores at least this to be taken for a form; below, the page is said to be unread."""
_MARGIN = 0.01
"""Two editions nearer than this cannot be told apart by the sheet."""
_TITLE = 0.03
_CONTINUES = 0.6
_FEW = 0.25
"""A continuation sheet has most columns of a table, and few labels of the form's own fields."""
_PART, _OWN_PART = 8, 0.85
"""A part of a form has at least so many of its labels, and so large a share of its words is that form's."""
_PLAINER = 1.15
"""An edition that explains so many times more of a page's labels is the right one: a half form finds more
of the labels of a shorter edition than of its own."""
_SIDES = {Side.RIGHT: Place.WHOLE, Side.BELOW: Place.WHOLE, Side.BEHIND: Place.BEHIND}

Hits = Mapping[Cell, list[Hit]]


@dataclass(frozen=True, slots=True)
class _Fit:
    """One edition laid over a grid: what was found of it."""

    edition: Edition
    tables: tuple[Table, ...]
    sentences: Mapping[Cell, Sentence]
    owned: Mapping[str, Hit]
    printed: frozenset[Cell]
    recall: float
    precision: float
    titled: bool

    @property
    def score(self) -> float:
        """How well the edition explains the grid, 0 to 1."""
        return min(1.0, self.recall * (0.5 + 0.5 * self.precision) + (_TITLE if self.titled else 0.0))

    @property
    def continues(self) -> bool:
        """Whether the grid holds hardly more than the rows of a table."""
        asked = max((len(table.field.fields) for table in self.tables), default=0)
        named = max((len(table.headings) for table in self.tables), default=0)
        own = sum(hit.wanted.role is Role.FIELD for hit in self.owned.values())
        return asked > 0 and named >= _CONTINUES * asked and own <= _FEW * len(self.edition.on_paper)

    @property
    def told(self) -> float:
        """How many labels of the page the edition explains, those of others counted against it."""
        named = sum(len(table.headings) for table in self.tables)
        return (len(self.owned) + named + len(self.sentences)) * self.precision

    @property
    def is_part(self) -> bool:
        """Whether the grid holds some of the form and nothing else, as one of two pages does."""
        strong = sum(hit.closeness >= STRONG for hit in self.owned.values())
        return strong >= _PART and self.precision >= _OWN_PART


def match(grid: Grid, editions: Editions) -> Sheet | Reason:
    """The sheet that the grid is; when it is none, a Reason (`no_known_form`, `several_editions`)."""
    vocabularies = {edition.key: vocabulary_of(edition) for edition in editions}
    cells = (*grid.cells, *_lines_around(grid))
    hits = {key: hits_of(cells, words) for key, words in vocabularies.items()}
    if not any(hits.values()):
        return Reason("no_known_form", MappingProxyType({"score": "0.00", "nearest": ""}))
    weights = _weights(vocabularies)
    fits = sorted(
        (_fit(grid, edition, hits, weights[edition.key]) for edition in editions),
        key=lambda fit: -fit.score,
    )
    return _judged(grid, fits)


def matches(grid: Grid, editions: Editions) -> tuple[tuple[Grid, Sheet | Reason], ...]:
    """As `match`, for a grid in which several forms may stand: each part of it with its sheet."""
    return tuple((part, match(part, editions)) for part in parts(grid, editions))


def _judged(grid: Grid, fits: list[_Fit]) -> Sheet | Reason:
    best = next(fit for fit in fits if fit.told * _PLAINER >= max(other.told for other in fits))
    if best.score >= _KNOWN:
        rival = next((fit for fit in fits if fit is not best), None)
        if rival is not None and rival.told * _PLAINER >= best.told and best.score - rival.score < _MARGIN:
            keys = f"{best.edition.key}, {rival.edition.key}"
            return Reason("several_editions", MappingProxyType({"editions": keys}))
        return _sheet(grid, best)
    rest = [fit for fit in fits if fit.continues and fit.told * _PLAINER >= best.told]
    if rest:
        return _continuation(grid, max(rest, key=_rows_fit))
    if best.is_part:
        facts = {"nearest": best.edition.title}
        return replace(_sheet(grid, best), lacking=Reason("part_alone", MappingProxyType(facts)))
    facts = {"score": f"{best.score:.2f}", "nearest": best.edition.key if best.recall else ""}
    return Reason("no_known_form", MappingProxyType(facts))


def _continuation(grid: Grid, fit: _Fit) -> Sheet:
    """A sheet with more rows, and with the values that the form had no room for."""
    sheet = _sheet(grid, fit)
    rows = {cell for table in fit.tables for cell in table.cells}
    carried = tuple(
        Slot(path, value, Place.WHOLE, cell.text, value.text)
        for cell in grid.cells
        if cell not in rows and (path := path_called(cell.text, fit.edition)) is not None
        if (value := grid.right_of(cell)) is not None
    )
    told = {slot.cell for slot in carried} | {
        cell for cell in grid.cells if path_called(cell.text, fit.edition)
    }
    left = tuple(cell for cell in sheet.unplaced if cell not in told)
    return replace(sheet, continues=True, carried=carried, unplaced=left)


def _rows_fit(fit: _Fit) -> float:
    asked = sum(len(table.field.fields) for table in fit.tables)
    return sum(len(table.headings) for table in fit.tables) / asked * fit.precision


def _fit(grid: Grid, edition: Edition, all_hits: Mapping[str, Hits], weights: Mapping[str, float]) -> _Fit:
    others = [hits for key, hits in all_hits.items() if key != edition.key]
    hits = nearest_only(all_hits[edition.key], others)
    sentences = _sentences(grid.cells, edition)
    hits = {cell: found for cell, found in hits.items() if cell not in sentences}
    tables = tables_in(grid, edition, hits, sentences)
    inside = {cell for table in tables for cell in table.cells}
    outside = {cell: found for cell, found in hits.items() if cell not in inside}
    printed = frozenset(cell for cell, found in outside.items() if _is_printed(found))
    owned = _owned({cell: found for cell, found in outside.items() if cell not in printed})
    if grid.origin is Origin.PICTURE:
        owned |= _misread(grid, edition, owned, {*inside, *printed, *sentences})
    found_keys = _found_keys(owned, tables, sentences)
    explained = inside | printed | {hit.cell for hit in owned.values()} | set(sentences)
    return _Fit(
        edition,
        tables,
        sentences,
        owned,
        printed,
        recall=sum(weights[key] for key in found_keys) / sum(weights.values()),
        precision=_precision(explained, others),
        titled=_titled(grid, edition),
    )


def _sentences(cells: Iterable[Cell], edition: Edition) -> dict[Cell, Sentence]:
    found: dict[Cell, Sentence] = {}
    for sentence in edition.sentences:
        near = [(closeness(sentence, cell.text), cell) for cell in cells if len(cell.text) > 12]
        best = max(near, key=lambda entry: entry[0], default=(0.0, None))
        if best[0] > 0 and best[1] is not None:
            found[best[1]] = sentence
    return found


def _is_printed(hits: Collection[Hit]) -> bool:
    best = max(hits, key=lambda hit: hit.closeness)
    return best.wanted.role is Role.PRINTED and best.start is None


def _owned(hits: Hits) -> dict[str, Hit]:
    """Each label's one cell, the closest wording first, the first on paper among equals."""
    wanted = (Role.FIELD, Role.INK, Role.ROWS)
    offers = sorted(
        (hit for found in best_only(hits).values() for hit in found if hit.wanted.role in wanted),
        key=lambda hit: (-hit.closeness, -len(hit.wanted.plain), hit.cell.row, hit.cell.column),
    )
    owned: dict[str, Hit] = {}
    spoken: set[tuple[Cell, int | None]] = set()
    for hit in offers:
        if hit.wanted.key not in owned and (hit.cell, hit.start) not in spoken:
            owned[hit.wanted.key] = hit
            spoken.add((hit.cell, hit.start))
    return owned


def _misread(
    grid: Grid, edition: Edition, owned: Mapping[str, Hit], closed: Collection[Cell]
) -> dict[str, Hit]:
    """Labels that an engine misread, in rows that are all labels."""
    missing = [
        entry
        for entry in wanted_of(edition)
        if entry.role in (Role.FIELD, Role.INK) and entry.key not in owned
    ]
    labels = {hit.cell for hit in owned.values()}
    rows = [grid.row(row) for row in {cell.row for cell in labels}]
    left = [
        cell
        for row in rows
        if is_label_row(row, labels)
        for cell in row
        if cell not in labels and cell not in closed
    ]
    return {hit.wanted.key: hit for hit in recovered(left, missing)}


def _found_keys(
    owned: Mapping[str, Hit], tables: Iterable[Table], sentences: Mapping[Cell, Sentence]
) -> set[str]:
    found = set(owned)
    for table in tables:
        found |= {f"{table.field.key}.{column}" for column in table.headings}
        found |= {table.field.key} if table.owner is not None else set()
    for sentence in sentences.values():
        found |= set(keys_of(sentence))
    return found


def _weights(vocabularies: Mapping[str, Vocabulary]) -> dict[str, dict[str, float]]:
    """What finding each key says for its edition: most where no other edition prints such a label."""
    return {key: _weights_of(key, vocabularies) for key in vocabularies}


def _weights_of(key: str, vocabularies: Mapping[str, Vocabulary]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for entry in vocabularies[key].wanted:
        if entry.primary and entry.role is not Role.PRINTED:
            shared = any(entry.plain in other.by_plain for name, other in vocabularies.items() if name != key)
            full = 1.0 if shared else 2.0
            weights[entry.key] = full if entry.role in (Role.FIELD, Role.INK) else full / 2
    return weights


def _precision(explained: Collection[Cell], others: Iterable[Hits]) -> float:
    """Of the cells that surely are some known edition's labels, the share that this edition explains."""
    strangers = {
        cell
        for hits in others
        for cell, found in best_only(hits).items()
        if cell not in explained and any(_is_own_label(hit) for hit in found)
    }
    return len(explained) / (len(explained) + len(strangers)) if explained else 0.0


def _is_own_label(hit: Hit) -> bool:
    return hit.closeness >= STRONG and hit.start is None and hit.wanted.role in (Role.FIELD, Role.INK)


def _titled(grid: Grid, edition: Edition) -> bool:
    said = plain(grid.above)
    return any(plain(title) in said for title in (edition.title, *edition.title_aliases))


def _sheet(grid: Grid, fit: _Fit) -> Sheet:
    inside = {cell for table in fit.tables for cell in table.cells}
    closed = inside | fit.printed | set(fit.sentences)
    closed |= {hit.cell for hit in fit.owned.values() if hit.wanted.role is Role.ROWS}
    blanks_of = {key: hit for key, hit in fit.owned.items() if hit.wanted.role is not Role.ROWS}
    spots = spots_of(grid, blanks_of, closed | _misread_labels(grid, fit))
    slots = dict(_slots(fit, spots))
    ink = {key: spot.cell for key, spot in spots.items() if fit.owned[key].wanted.role is Role.INK}
    used = {slot.cell for slot in slots.values()} | set(ink.values()) | closed
    used |= {hit.cell for hit in fit.owned.values()}
    return Sheet(
        edition=fit.edition,
        score=fit.score,
        grid=grid,
        slots=MappingProxyType(in_order(slots, fit.edition)),
        ink=MappingProxyType(ink),
        missing=tuple(_missing(fit.edition, slots, fit.tables)),
        labels=MappingProxyType(_labels(fit)),
        misread=tuple(key for key, hit in fit.owned.items() if hit.closeness <= GUESSED),
        unplaced=tuple(cell for cell in grid.cells if cell not in used and _tells(cell, fit.edition)),
    )


def _misread_labels(grid: Grid, fit: _Fit) -> set[Cell]:
    """Cells of a picture that are surely a label, though no one can say which: no blank of another."""
    if grid.origin is not Origin.PICTURE:
        return set()
    missing = [
        entry for entry in wanted_of(fit.edition) if entry.key not in fit.owned and len(entry.plain) >= 4
    ]
    known = {hit.cell for hit in fit.owned.values()}
    return {cell for cell in grid.cells if cell not in known and is_like_label(cell, missing)}


def _slots(fit: _Fit, spots: Mapping[str, Spot]) -> Iterator[tuple[str, Slot]]:
    for key, spot in spots.items():
        hit = fit.owned[key]
        if hit.wanted.role is Role.FIELD:
            yield key, _slot(key, hit, spot, fit.edition)
    for table in fit.tables:
        for index, row in enumerate(table.rows):
            for column, cell in row.items():
                path = row_path(table.field.key, index, column)
                yield path, _blank(path, fit.edition.field(path), cell, table.headings[column].text)
    for cell, sentence in fit.sentences.items():
        for key, text in blanks(sentence, cell.text).items():
            yield key, Slot(key, cell, Place.SENTENCE, sentence.text, text)


def _slot(key: str, hit: Hit, spot: Spot, edition: Edition) -> Slot:
    asked = edition.field(key)
    if spot.side is not Side.BEHIND and not asked.marked:
        return _blank(key, asked, spot.cell, hit.wanted.label)
    text = hit.behind if spot.side is Side.BEHIND else spot.cell.text
    place = Place.OPTIONS if asked.marked and _lists(text, asked.choices) else _SIDES[spot.side]
    return Slot(key, spot.cell, place, hit.wanted.label, text)


def _blank(path: str, asked: Field, cell: Cell, label: str) -> Slot:
    """A cell that is a field's blank; words of its own label may be printed in it, too."""
    start = value_start(cell.text, asked)
    return Slot(path, cell, Place.BEHIND if start else Place.WHOLE, label, cell.text[start:])


def _lists(text: str, choices: Iterable[str]) -> bool:
    """Whether a text lists printed options, rather than naming the chosen ones."""
    said = plain(text)
    named = [plain(choice) in said for choice in choices]
    return sum(named) > len(named) / 2


def _tells(cell: Cell, edition: Edition) -> bool:
    """Whether a cell holds words that are no legend of a field's choices."""
    return not is_blank(cell.text) and not any(
        asked.choices and _lists(cell.text, asked.choices) for asked in edition.on_paper
    )


def _missing(edition: Edition, slots: Collection[str], tables: Iterable[Table]) -> Iterator[str]:
    held = {table.field.key for table in tables}
    for asked in edition.on_paper:
        if asked.key not in slots and asked.key not in held:
            yield asked.key


def _labels(fit: _Fit) -> dict[str, Cell]:
    found = {key: hit.cell for key, hit in fit.owned.items()}
    for table in fit.tables:
        found |= {f"{table.field.key}.{column}": cell for column, cell in table.headings.items()}
        if table.owner is not None:
            found[table.field.key] = table.owner
    return found


def _lines_around(grid: Grid) -> Iterator[Cell]:
    """The lines above and below a table, as cells without neighbours: a label may stand there."""
    for place, line in enumerate(grid.above.splitlines()):
        yield Cell(-2 * place - 4, 0, 1, 1, line)
    for place, line in enumerate(grid.below.splitlines()):
        yield Cell(grid.height + 2 * place + 4, 0, 1, 1, line)


def parts(grid: Grid, editions: Editions) -> tuple[Grid, ...]:
    """The grid cut where the labels of a form begin again, below or beside; the grid itself for one form."""
    cuts = [cut for edition in editions if (cut := _cut(grid, vocabulary_of(edition))) is not None]
    for first, second in cuts[:1]:
        return (*parts(first, editions), *parts(second, editions))
    return (grid,)


def _cut(grid: Grid, words: Vocabulary) -> tuple[Grid, Grid] | None:
    columns = {entry.plain for entry in words.wanted if entry.role is Role.COLUMN}
    places: dict[str, list[Cell]] = {}
    for cell in grid.cells:
        for hit in hits_in(cell, words):
            if _is_own_label(hit) and hit.wanted.primary and hit.wanted.plain not in columns:
                places.setdefault(hit.wanted.key, []).append(cell)
    again = [cells for cells in places.values() if len(cells) > 1]
    if len(again) < max(3, len(places) / 2):
        return None
    return _cut_below(grid, again, words) or _cut_beside(grid, again)


def _cut_below(grid: Grid, again: list[list[Cell]], words: Vocabulary) -> tuple[Grid, Grid] | None:
    rows = [sorted(cell.row for cell in cells) for cells in again]
    start = min(found[1] for found in rows)
    if max(found[0] for found in rows) >= start:
        return None
    start = _first_row(grid, start, words)
    upper = tuple(cell for cell in grid.cells if cell.row < start)
    lower = tuple(replace(cell, row=cell.row - start) for cell in grid.cells if cell.row >= start)
    return replace(grid, cells=upper, below=""), replace(grid, cells=lower)


def _first_row(grid: Grid, start: int, words: Vocabulary) -> int:
    """The first row of the second form: rows above its first own label may carry labels of tables, too."""
    seen = {plain(cell.text) for cell in grid.cells if cell.row < start - 1}
    while start > 1:
        labels = [cell for cell in grid.row(start - 1) if any(map(_is_own_label, hits_in(cell, words)))]
        if not labels or any(plain(cell.text) not in seen for cell in labels):
            return start
        start -= 1
        seen = {plain(cell.text) for cell in grid.cells if cell.row < start - 1}
    return start


def _cut_beside(grid: Grid, again: list[list[Cell]]) -> tuple[Grid, Grid] | None:
    columns = [sorted(cell.column for cell in cells) for cells in again]
    start = min(found[1] for found in columns)
    if max(found[0] for found in columns) >= start:
        return None
    left = tuple(cell for cell in grid.cells if cell.column < start)
    right = tuple(replace(cell, column=cell.column - start) for cell in grid.cells if cell.column >= start)
    return replace(grid, cells=left), replace(grid, cells=right)
