"""Reading: a file in, the drafts of its forms out, page by page.

The recipe of intake. Paper, Word and PDF become grids, a grid becomes a sheet
by the meaning of its labels, a sheet a piece, and pieces that belong together
one draft. What is no known form is said with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from intake.continued import brought_back
from intake.digital import piece_of, written
from intake.engine import Engine
from intake.files import Page, Scan, ToDocx, open_scan, pages
from intake.grid import Grid
from intake.match import match, matches
from intake.pieces import Piece, with_rows_of
from intake.sheet import Sheet
from intake.shots import Shot
from intake.stacking import stacked
from records import rules
from records.drafts import Draft, Origin, Reading, Source, Unmatched
from records.editions import Editions
from records.findings import Finding, Reason, Severity

if TYPE_CHECKING:  # drawing is loaded for a picture only
    from intake.view import View

__all__ = ["ToDocx", "Watch", "read_file"]

Watch = Callable[["View"], None]
"""Is shown how a page was understood, for a picture of it."""

_EXACT = 0.9985
"""Confidence of digital text: it is what stands there, and a contradiction is the form's own."""
_BETTER = 0.05
"""Tables joined to one must explain the form by so much more than one of them alone."""
_SAME_WORKER = ("id_number", "worker_no", "name")


@dataclass(frozen=True, slots=True)
class _Found:
    """What pages gave: a piece of a draft, or the reason why there is none."""

    pages: tuple[int, ...]
    what: Piece | Reason


@dataclass(frozen=True, slots=True)
class _Held:
    """Digital tables that may go on with the next page, and what they are so far."""

    grids: tuple[Grid, ...]
    what: Sheet | Reason


def read_file(
    file: Path,
    editions: Editions,
    engine: Engine,
    to_docx: ToDocx | None = None,
    watch: Watch | None = None,
) -> Iterator[Draft | Unmatched]:
    """Every form of a file in its order, and every page that is none.

    `watch` is shown how each pictured page was understood.
    Raises Unreadable, Encrypted, TooLarge for the file, EngineMissing and
    EngineFailed for the engine, OfficeMissing and OfficeFailed for old Word.
    """
    scan = open_scan(file)
    found = _found(pages(scan, to_docx), editions, engine, watch)
    yield from _joined(found, scan, editions)


def _found(
    paper: Iterable[Page], editions: Editions, engine: Engine, watch: Watch | None
) -> Iterator[_Found]:
    """What each page gives; digital tables are held back until it is known that they do not go on."""
    held: _Held | None = None
    for page in paper:
        digital = _sheets(page, editions)
        if not digital or (page.pictured and page.draw and not _any_sheet(digital)):
            yield from _let_go(held)
            held = None
            yield from _pictured(page, editions, engine, watch)
            continue
        for one in digital:
            longer = _longer(held, one, editions)
            if longer is None:
                yield from _let_go(held)
            held = longer or one
    yield from _let_go(held)


def _sheets(page: Page, editions: Editions) -> list[_Held]:
    """The digital forms of a page: each table alone, or all together where that explains more."""
    alone = [_Held((grid,), what) for whole in page.grids for grid, what in matches(whole, editions)]
    known = [held for held in alone if isinstance(held.what, Sheet)]
    forms = [held for held in known if isinstance(held.what, Sheet) and not held.what.continues]
    if len(page.grids) > 1 and len(forms) <= 1:
        together = match(stacked(page.grids), editions)
        best = max((_score(held.what) for held in forms), default=0.0)
        if _score(together) > best + _BETTER:
            return [_Held(page.grids, together)]
    return known or alone[:1]


def _score(what: Sheet | Reason) -> float:
    return what.score if isinstance(what, Sheet) and not what.continues else 0.0


def _any_sheet(digital: Sequence[_Held]) -> bool:
    return any(isinstance(held.what, Sheet) for held in digital)


def _longer(held: _Held | None, new: _Held, editions: Editions) -> _Held | None:
    """Both as one form, when the second goes on where the first ended, as a form of two pages does."""
    if held is None or _is_continuation(held.what) or _share(held, new):
        return None
    together = match(stacked((*held.grids, *new.grids)), editions)
    best = max(_score(held.what), _score(new.what))
    return _Held((*held.grids, *new.grids), together) if _score(together) > best + _BETTER else None


def _is_continuation(what: Sheet | Reason) -> bool:
    return isinstance(what, Sheet) and what.continues


def _share(held: _Held, new: _Held) -> bool:
    """Whether both carry the same labels, and so are two forms."""
    if isinstance(held.what, Reason) or isinstance(new.what, Reason):
        return False
    here, there = set(held.what.labels), set(new.what.labels)
    return len(here & there) > 0.2 * min(len(here), len(there))


def _let_go(held: _Held | None) -> Iterator[_Found]:
    if held is not None:
        numbers = tuple(dict.fromkeys(grid.page for grid in held.grids))
        yield _Found(numbers, piece_of(held.what) if isinstance(held.what, Sheet) else held.what)


def _pictured(page: Page, editions: Editions, engine: Engine, watch: Watch | None) -> Iterator[_Found]:
    """What the reader of pictures makes of a page, its boxes brought to the file's own pixels."""
    from intake.picture import read_picture, view_of  # a Word file needs none of it

    if page.draw is None:
        yield _Found((page.number,), Reason("no_table"))
        return
    shot = page.draw()
    for read, pieces in read_picture(shot.picture, page.number, editions, engine, shot.dpi):
        if watch is not None and read is not None:
            watch(view_of(shot.picture, read, pieces))
        for what in pieces:
            yield _Found((page.number,), _in_file(what, shot) if isinstance(what, Piece) else what)


def _in_file(piece: Piece, shot: Shot) -> Piece:
    draft = piece.draft
    readings = {path: replace(one, source=_moved(one.source, shot)) for path, one in draft.readings.items()}
    ink = {key: replace(one, source=_moved(one.source, shot)) for key, one in draft.ink.items()}
    moved = replace(draft, readings=MappingProxyType(readings), ink=MappingProxyType(ink))
    return replace(piece, draft=moved)


def _moved(source: Source | None, shot: Shot) -> Source | None:
    if source is None or source.box is None:
        return source
    return Source(source.page, shot.back.box(source.box))


def _joined(found: Iterable[_Found], scan: Scan, editions: Editions) -> Iterator[Draft | Unmatched]:
    """Forms with the rows of their continuation sheets, each with its paper and its findings."""
    form: _Found | None = None
    for one in found:
        if isinstance(one.what, Piece) and one.what.continues and form and _belongs(form, one):
            form = _continued(form, one, editions)
            continue
        if form is not None:
            yield _finished(form, scan, editions)
        form = None
        if isinstance(one.what, Piece) and not one.what.continues:
            form = one
        else:
            yield _set_aside(one, scan)
    if form is not None:
        yield _finished(form, scan, editions)


def _belongs(form: _Found, sheet: _Found) -> bool:
    """Whether a continuation sheet names no other worker than the form before it."""
    said, known = _readings(sheet), _readings(form)
    for key in _SAME_WORKER:
        if key in said and said[key].value is not None and key in known:
            return said[key].value == known[key].value
    return True


def _readings(found: _Found) -> dict[str, Reading]:
    return dict(found.what.draft.readings) if isinstance(found.what, Piece) else {}


def _continued(form: _Found, sheet: _Found, editions: Editions) -> _Found:
    if not isinstance(form.what, Piece):
        return form
    draft = form.what.draft
    readings = with_rows_of(draft.readings, _readings(sheet), editions[draft.edition])
    numbers = tuple(dict.fromkeys((*form.pages, *sheet.pages)))
    carried = (*form.what.carried, *(sheet.what.carried if isinstance(sheet.what, Piece) else ()))
    return _Found(numbers, Piece(replace(draft, readings=MappingProxyType(readings)), carried=carried))


def _finished(form: _Found, scan: Scan, editions: Editions) -> Draft | Unmatched:
    if not isinstance(form.what, Piece):
        return _set_aside(form, scan)
    edition = editions[form.what.draft.edition]
    readings = brought_back(form.what.draft.readings, form.what.carried, edition, written)
    draft = replace(form.what.draft, readings=MappingProxyType(readings), origin=_origin(form, scan))
    broken = rules.findings(edition, draft.values)
    return replace(draft, readings=_doubted(draft, broken), findings=(*draft.findings, *broken))


def _doubted(draft: Draft, broken: Iterable[Finding]) -> Mapping[str, Reading]:
    """The readings of a picture, those that contradict each other to be looked at."""
    readings = dict(draft.readings)
    for finding in broken:
        for path in finding.paths:
            reading = readings.get(path)
            graver = finding.severity is Severity.ERROR and reading is not None and reading.value is not None
            if reading is not None and graver and reading.confidence < _EXACT:
                reason = Reason(finding.rule, finding.facts)
                readings[path] = replace(reading, review=True, reasons=(*reading.reasons, reason))
    return MappingProxyType(readings)


def _set_aside(found: _Found, scan: Scan) -> Unmatched:
    reason = found.what if isinstance(found.what, Reason) else Reason("continues_nothing")
    return Unmatched(_origin(found, scan), reason)


def _origin(found: _Found, scan: Scan) -> Origin:
    return Origin(scan.path.name, scan.sha256, found.pages)
