"""Reading: a file in, the drafts of its forms out, page by page.

The recipe of intake. Paper, Word and PDF become grids, a grid becomes a sheet
by the meaning of its labels, a sheet a piece, and pieces that belong together
one draft. What is no known form is said with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from intake.bare import BareRow
from intake.calibration import BUDGET, judged
from intake.continued import brought_back
from intake.digital import written
from intake.engine import Engine
from intake.files import Page, Scan, ToDocx, open_scan, pages
from intake.household import reasoned
from intake.joining import joined
from intake.pieces import Found, Piece
from intake.returned import Recall, compared
from intake.running_on import run_on, tables_of
from intake.shots import Shot
from intake.ways import ALL, BestText, Ways, without_colour
from records import rules
from records.codes import Return, Standing
from records.drafts import Draft, Origin, Reading, Source, Unmatched
from records.editions import Editions
from records.errors import DanganError
from records.findings import Finding, Reason, Severity
from records.known import NOTHING_KNOWN, Known
from records.proposals import LOOKS_LIKE
from records.values import Values

if TYPE_CHECKING:  # drawing is loaded for a picture only
    from intake.blank import Ink
    from intake.transcript import Transcript
    from intake.view import View

__all__ = ["ToDocx", "Watch", "forms_of", "read_file", "read_page"]

Watch = Callable[["View"], None]
"""Is shown how a page was understood, for a picture of it."""

_EXACT = 0.9985
"""Confidence of digital text: it is what stands there, and a contradiction is the form's own."""


def read_file(
    file: Path,
    editions: Editions,
    engine: Engine,
    to_docx: ToDocx | None = None,
    watch: Watch | None = None,
    budget: float = BUDGET,
    ways: Ways = ALL,
    known: Known = NOTHING_KNOWN,
    recall: Recall | None = None,
) -> Iterator[Draft | Unmatched]:
    """Every form of a file by its first page, and every page that is none.

    A form may lie in any order among others, so all pages are read before the
    first form is given; of a page that was read no picture is kept. `watch` is
    shown how each pictured page was understood; `budget` is the share of fields
    that may be wrong without a clerk being asked to look, `ways` is what
    reading makes use of, `known` what is known to stand on such forms, `recall`
    tells what the record of a page with a code prints. What was read before a
    page that cannot be is given before the error is raised.
    Raises Unreadable, Encrypted, TooLarge for the file, EngineMissing and
    EngineFailed for the engine, OfficeMissing and OfficeFailed for old Word.
    """
    scan = open_scan(file)
    read = (
        one
        for page in pages(scan, to_docx)
        for one in read_page(page, editions, engine, watch, ways, known, recall)
    )
    stopped: list[DanganError] = []
    yield from forms_of(_up_to_error(read, stopped), scan, editions, budget, ways)
    for error in stopped:
        raise error


def _up_to_error(read: Iterable[Found], stopped: list[DanganError]) -> Iterator[Found]:
    try:
        yield from read
    except DanganError as error:
        stopped.append(error)


def read_page(
    page: Page,
    editions: Editions,
    engine: Engine,
    watch: Watch | None = None,
    ways: Ways = ALL,
    known: Known = NOTHING_KNOWN,
    recall: Recall | None = None,
) -> tuple[Found, ...]:
    """What stands on one page; depends on no other page, and can be pickled."""
    digital = tables_of(page.grids, editions)
    is_form = any(isinstance(one.what, Piece) for one in digital)
    if digital and (is_form or not page.pictured or page.draw is None):
        return _hinted(digital, page, editions, engine)
    found = tuple(_pictured(page, editions, engine, watch, ways, known, recall))
    return _hinted(found, page, editions, engine)


def _hinted(found: tuple[Found, ...], page: Page, editions: Editions, engine: Engine) -> tuple[Found, ...]:
    """The same; of a page that is no form, which paper of a medical case it seems to be."""
    reasons = [one.what for one in found if isinstance(one.what, Reason) and one.returned is None]
    if len(reasons) < len(found) or any(reason.code == "blank_page" for reason in reasons):
        return found
    from intake.papers import looks_like  # hardly any page needs it

    paper = looks_like(page, editions, engine)
    if paper is None:
        return found
    return tuple(
        replace(one, what=replace(reason, facts=MappingProxyType({**reason.facts, LOOKS_LIKE: paper})))
        for one, reason in zip(found, reasons, strict=True)
    )


def forms_of(
    read: Iterable[Found], scan: Scan, editions: Editions, budget: float = BUDGET, ways: Ways = ALL
) -> Iterator[Draft | Unmatched]:
    """What the pages of a file gave, in their order, joined to forms; what wants a look by the budget."""
    coded: dict[int, Found] = {}
    for found in joined(run_on(_noting(read, coded), editions), editions):
        form = _finished(found, scan, editions, ways)
        if isinstance(form, Draft):
            form = judged(form, editions[form.edition], budget)
        yield _returned(form, [coded[page] for page in found.pages if page in coded], editions)


def _noting(read: Iterable[Found], coded: dict[int, Found]) -> Iterator[Found]:
    """The same, those of pages with a code noted: joining knows nothing of codes."""
    for found in read:
        if found.returned is not None:
            coded |= dict.fromkeys(found.pages, found)
        yield found


def _returned(form: Draft | Unmatched, coded: list[Found], editions: Editions) -> Draft | Unmatched:
    """What was read of sheets that came back: which, and only what differs from print left to a clerk."""
    returns = tuple(one.returned for one in coded if one.returned is not None)
    form = replace(form, returns=returns) if returns else form
    printed = next((one.printed for one in coded if one.printed is not None), None)
    if isinstance(form, Unmatched) or form.record is None or printed is None:
        return form
    return compared(form, printed, editions[form.edition])


def _pictured(
    page: Page,
    editions: Editions,
    engine: Engine,
    watch: Watch | None,
    ways: Ways,
    known: Known,
    recall: Recall | None,
) -> Iterator[Found]:
    """What the reader of pictures makes of a page, its boxes brought to the file's own pixels."""
    from intake.blank import ink_on  # a Word file needs none of it
    from intake.picture import read_picture, view_of

    if page.draw is None:
        yield Found((page.number,), Reason("no_table"))
        return
    shot = page.draw()
    ink = ink_on(shot.picture)
    if ink.is_clean:
        yield Found((page.number,), _blank(ink))
        return
    picture = shot.picture if ways.seals else without_colour(shot.picture)
    reader = engine if ways.decoding else BestText(engine)
    usual = known if ways.priors else None
    returned, printed = _recalled(shot, page.number, recall)
    here = printed if returned is not None and returned.code.sheet == 0 else None
    found: list[tuple[Piece | Reason, tuple[BareRow, ...]]] = []
    for read, pieces in read_picture(picture, page.number, editions, reader, shot.dpi, usual, here):
        if watch is not None and read is not None:
            watch(view_of(shot.picture, read, [_as_shown(what, editions) for what in pieces]))
        bare = _bare_rows(read, reader, shot) if read is not None else ()
        found += [(what, bare) for what in pieces]
    if ink.may_shine_through and all(_is_pale(what) for what, _ in found):
        found = [(_blank(ink), ())]
    for what, bare in found:
        told = _in_file(what, shot) if isinstance(what, Piece) else what
        yield Found((page.number,), told, bare=bare, returned=returned, printed=printed)


def _recalled(shot: Shot, number: int, recall: Recall | None) -> tuple[Return | None, Values | None]:
    """The code on a page and what its record prints, where the archive knows it as it is now."""
    if recall is None:
        return None, None
    from intake.codes import code_on  # as above

    code = code_on(shot.picture)
    if code is None:
        return None, None
    known = recall(code)
    values = known.values if known.standing is Standing.CURRENT else None
    return Return(code, known.standing, known.document, number), values


def _bare_rows(read: Transcript, engine: Engine, shot: Shot) -> tuple[BareRow, ...]:
    """The rows at the top of a page that the page before may have the headings of."""
    from intake.page_ends import bare_rows  # as above

    return tuple(
        tuple(replace(cell, source=_moved(cell.source, shot) or cell.source) for cell in row)
        for row in bare_rows(read, engine)
    )


def _as_shown(what: Piece | Reason, editions: Editions) -> Piece | Reason:
    """A piece with its doubts as an ordinary budget has them, before other pages and the household speak."""
    if isinstance(what, Reason):
        return what
    return replace(what, draft=judged(what.draft, editions[what.draft.edition], BUDGET))


def _is_pale(what: Piece | Reason) -> bool:
    """Whether what was found may be the other side's, which is pale: a page out of focus is a page."""
    return isinstance(what, Reason) and what.code != "scan_blurred"


def _blank(ink: Ink) -> Reason:
    return Reason("blank_page", MappingProxyType({"ink": f"{ink.share:.3%}"}))


def _in_file(piece: Piece, shot: Shot) -> Piece:
    draft = piece.draft
    readings = {path: _shown(one, shot) for path, one in draft.readings.items()}
    ink = {key: replace(one, source=_moved(one.source, shot)) for key, one in draft.ink.items()}
    moved = replace(draft, readings=MappingProxyType(readings), ink=MappingProxyType(ink))
    carried = tuple(
        replace(one, source=_moved(one.source, shot), reading=one.reading and _shown(one.reading, shot))
        for one in piece.carried
    )
    return replace(piece, draft=moved, carried=carried)


def _shown(reading: Reading, shot: Shot) -> Reading:
    return replace(reading, source=_moved(reading.source, shot))


def _moved(source: Source | None, shot: Shot) -> Source | None:
    if source is None or source.box is None:
        return source
    return Source(source.page, shot.back.box(source.box))


def _finished(form: Found, scan: Scan, editions: Editions, ways: Ways) -> Draft | Unmatched:
    if isinstance(form.what, Reason):
        return Unmatched(_origin(form, scan), form.what)
    edition = editions[form.what.draft.edition]
    readings = brought_back(form.what.draft.readings, form.what.carried, edition, written)
    if ways.household:
        readings = dict(reasoned(readings, edition).readings)
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


def _origin(found: Found, scan: Scan) -> Origin:
    return Origin(scan.path.name, scan.sha256, found.pages)
