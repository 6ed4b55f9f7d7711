"""A medical case's packet: case and scans come in; a PDF, Word sheets and a manifest lie in a folder.

The papers stand in the notice's order, each page numbered. What is missing or
cannot be read is named where it should be, on the checklist and in the
manifest; the packet calls itself complete only when the case is, and when every
paper of it got in. The same case gives the same bytes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from docgen.binding import STEPS, Bound, Mark, Sheet, Volume, bind
from docgen.case_sheets import Case, Item, about, labelled, standing, with_case_values
from docgen.documents import file_name, make
from docgen.enclosures import Enclosed, enclose
from docgen.office import Office, sections
from docgen.placing import write_whole
from records.archive import Record
from records.assessing import Line, Remark
from records.drafts import Origin
from records.errors import DanganError, Refused
from records.findings import Reason
from records.packets import Part
from records.values import Value
from records.verdicts import Verdict

MANIFEST = "manifest.json"
MILLION = 1_000_000
_TRIES = 5
"""How often page numbers may move the sheets that print them; twice is enough unless one grows by it."""
Find = Callable[[Origin], Path]


@dataclass(frozen=True, slots=True)
class Packed:
    """A packet as it lies in its folder: its files, whether it is complete, what is to be said of it."""

    files: tuple[Path, ...]
    pages: int
    size: int
    complete: bool
    standing: str
    lacking: tuple[str, ...]
    notes: tuple[Reason, ...]
    manifest: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of a paper: the kept file, its pages as PDF or why there are none."""

    origin: Origin
    size: int
    enclosed: Enclosed | None
    error: DanganError | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at one place of the packet: a sheet made of the case, a paper's scans, or nothing yet.

    `length` is how many pages it takes, `first` the number of the first, once they are known.
    """

    part: Part
    label: str
    line: Line | None = None
    document: str = ""
    scans: tuple[Scan, ...] = ()
    length: int = 0
    first: int = 0

    @property
    def stands_in(self) -> bool:
        """Whether a sheet stands where a paper should."""
        return bool(self.line and self.document)

    @property
    def state(self) -> str:
        """What became of it, as the manifest says it."""
        if self.document:
            return "stands_in" if self.line else "made"
        if any(scan.error for scan in self.scans):
            return "unreadable"
        return "bound" if self.scans else "absent"

    def pages(self, words: Mapping[str, str]) -> str:
        """Its page numbers, or that there is none."""
        if not self.length:
            return words["absent"]
        last = self.first + self.length - 1
        return str(last) if last == self.first else words["pages"].format(first=self.first, last=last)


def make_packet(
    whole: Case, find: Find, folder: Path, office: Office, largest: float | None = None
) -> Packed:
    """Makes a case's packet in `folder`; `largest` is in millions of bytes, else the notice's.

    `find` gives the kept file of a scan. Raises Refused (`no_packet`,
    `packet_of_other_case`) and DocumentError; what is wrong with a scan is told in the packet instead.
    """
    whole.packet  # noqa: B018 - refuse before anything is made
    _refuse_other_case(whole, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".packet-", dir=folder) as name:
        room = Path(name)
        most = largest or whole.packet.largest
        entries, words, settled = _with_sheets(whole, list(_entries(whole, find, room)), room)
        bound = _bound(whole, entries, words, room, office, most * MILLION)
        notes = [*([] if settled else [Reason("packet_pages_unsettled")]), *_notes(bound, most)]
        return _laid_down(whole, entries, words, bound, folder, most, notes)


def _refuse_other_case(whole: Case, folder: Path) -> None:
    """Two packets in one folder would share a manifest."""
    try:
        other = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["case"]
    except (OSError, ValueError, LookupError, TypeError):
        return
    if other != whole.case.number:
        raise Refused("packet_of_other_case", folder=folder, other=other, case=whole.case.number)


# --- what goes in -----------------------------------------------------------------


def _entries(whole: Case, find: Find, room: Path) -> Iterator[Entry]:
    for part in whole.packet.parts:
        if part.papers:
            yield from _papers(whole, part, find, room)
        else:
            yield Entry(part, whole.edition.document(part.document).title, document=part.document)


def _papers(whole: Case, part: Part, find: Find, room: Path) -> Iterator[Entry]:
    lines = labelled(whole, part.papers)
    scanned = any(line.paper and line.paper.scans for _, line in lines)
    for number, (label, line) in enumerate(lines):
        scans = tuple(_scan(scan, find, room) for scan in (line.paper.scans if line.paper else ()))
        instead = part.instead if not scanned and number == 0 else ""
        yield Entry(part, label, line, instead, scans)


def _scan(origin: Origin, find: Find, room: Path) -> Scan:
    name = origin.file or origin.sha256
    try:
        file = find(origin)
        target = room / f"scan-{len(list(room.iterdir()))}.pdf"
        enclosed = enclose(file, name, origin.sha256, origin.pages, target)
        return Scan(origin, file.stat().st_size, enclosed)
    except DanganError as error:
        return Scan(origin, 0, None, error)


def _items(whole: Case, entries: Sequence[Entry]) -> list[Item]:
    return [_item(whole, entry) for entry in entries]


def _item(whole: Case, entry: Entry) -> Item:
    stand_in = whole.say.reason(Reason("packet_stand_in")) if entry.stands_in else ""
    unread = tuple(whole.say.error(scan.error) for scan in entry.scans if scan.error)
    return Item(entry.label, entry.pages(whole.packet.words), entry.line, unread, stand_in)


# --- sheets -----------------------------------------------------------------------


def _with_sheets(
    whole: Case, entries: Sequence[Entry], room: Path
) -> tuple[list[Entry], dict[str, Path], bool]:
    """The entries with their pages, the Word files by document, and whether these print just them."""
    known = _numbered(entries, {})
    for _ in range(_TRIES):
        record = with_case_values(whole, _items(whole, known), sum(one.length for one in known))
        words = {name: _made(whole, name, record, room) for name in whole.packet.documents}
        after = _numbered(entries, {name: _length(whole, name, file) for name, file in words.items()})
        if after == known:
            return known, words, True
        known = after
    return known, words, False


def _made(whole: Case, document: str, record: Record, room: Path) -> Path:
    # What comes back on paper is known by the record's own values, to which a case adds none.
    of_record = whole.edition.document(document).of == "record"
    [made] = make(document, whole.record if of_record else record, whole.edition, room / "words")
    return made


def _length(whole: Case, document: str, file: Path) -> int:
    return whole.edition.document(document).pages + sections(file) - 1


def _numbered(entries: Sequence[Entry], lengths: Mapping[str, int]) -> list[Entry]:
    """The entries with how long they are and where they begin."""
    counted = [replace(one, length=_pages_of(one, lengths)) for one in entries]
    firsts = accumulate((one.length for one in counted), initial=1)
    return [replace(one, first=first) for one, first in zip(counted, firsts, strict=False)]


def _pages_of(entry: Entry, lengths: Mapping[str, int]) -> int:
    if entry.document:
        return lengths.get(entry.document, 0)
    return sum(scan.enclosed.pages if scan.enclosed else 1 for scan in entry.scans)


def _slips(whole: Case, entries: Sequence[Entry], room: Path) -> dict[int, Path]:
    """The sheets that stand where a scan cannot be read, by the scan's identity."""
    made: dict[int, Path] = {}
    for entry in entries:
        for scan in entry.scans:
            if scan.error is None:
                continue
            told: dict[str, Value] = {
                "slip_paper": entry.label,
                "slip_file": scan.origin.file or scan.origin.sha256,
                "slip_reason": whole.say.error(scan.error),
            }
            file = _made(whole, whole.packet.slip, with_case_values(whole, more=told), room)
            made[id(scan)] = file.replace(room / f"slip-{len(made)}.docx")
    return made


def _numerals(whole: Case, room: Path) -> Path:
    """A sheet with every letter that margins need."""
    packet = whole.packet
    said = packet.numbering.format(page="0123456789", pages="") + packet.words["unstamped"]
    letters = "".join(dict.fromkeys(said))
    return _made(whole, packet.numerals, with_case_values(whole, more={"numerals": letters}), room)


# --- binding ------------------------------------------------------------------------


def _bound(
    whole: Case, entries: Sequence[Entry], words: Mapping[str, Path], room: Path, office: Office, most: float
) -> Bound:
    slips = _slips(whole, entries, room)
    numerals = _numerals(whole, room)
    pages = {file: whole.edition.document(name).pages for name, file in words.items()}
    used = {entry.document for entry in entries if entry.document}
    wanted = [words[name] for name in words if name in used]
    files = [*wanted, *slips.values(), numerals]
    printed: dict[Path, Path] = {}
    for many, group in groupby(
        sorted(files, key=lambda one: pages.get(one, 1)), lambda one: pages.get(one, 1)
    ):
        same = list(group)
        printed |= zip(same, office.to_pdf(same, room / "printed", many), strict=True)
    sheets = [sheet for entry in entries for sheet in _sheets(entry, words, slips, printed)]
    marks = tuple(_marks(whole, entries))
    packet = whole.packet
    title = f"{packet.title} {whole.case.year}"
    return bind(
        Volume(sheets, marks, title, packet.numbering, packet.words["unstamped"], printed[numerals]), most
    )


def _sheets(
    entry: Entry, words: Mapping[str, Path], slips: Mapping[int, Path], printed: Mapping[Path, Path]
) -> Iterator[Sheet]:
    if entry.document:
        unstamped = entry.stands_in or entry.part.unstamped
        file = printed[words[entry.document]]
        yield from (Sheet(file, page, unstamped) for page in range(entry.length))
        return
    for scan in entry.scans:
        if scan.enclosed is None:
            yield Sheet(printed[slips[id(scan)]], 0)
        else:
            yield from (Sheet(scan.enclosed.pdf, page) for page in range(scan.enclosed.pages))


def _marks(whole: Case, entries: Sequence[Entry]) -> Iterator[Mark]:
    """A bookmark for each part; below it one for each paper, where a part has several."""
    for _, group in groupby((one for one in entries if one.length), key=lambda one: id(one.part)):
        same = list(group)
        below = tuple(Mark(_marked(whole, one), one.first - 1) for one in same)
        head = same[0]
        if len(same) > 1 and head.line:
            yield Mark(head.line.asked.label, head.first - 1, below)
        else:
            yield from below


def _marked(whole: Case, entry: Entry) -> str:
    told = about(whole, entry.line.paper) if entry.line and entry.line.paper else ""
    return f"{entry.label} {told}".strip()


# --- laying down --------------------------------------------------------------------


def _laid_down(
    whole: Case,
    entries: Sequence[Entry],
    words: Mapping[str, Path],
    bound: Bound,
    folder: Path,
    largest: float,
    notes: Sequence[Reason],
) -> Packed:
    """Moves everything to its place; the manifest goes first and comes last, so that it is never wrong."""
    (folder / MANIFEST).unlink(missing_ok=True)
    use = replace(whole.edition.document(next(iter(words))), title=whole.packet.title)
    name = Path(file_name(use, whole.record)).stem
    pdf = write_whole(bound.data, folder / f"{name}.pdf")
    papers = {document: file.replace(folder / file.name) for document, file in words.items()}
    items = _items(whole, entries)
    complete = whole.told.complete and not any(item.told for item in items)
    pages = sum(one.length for one in entries)
    manifest = {
        "edition": whole.edition.key,
        "notice": whole.edition.notice,
        "case": whole.case.number,
        "case_revision": whole.case.revision,
        "record": whole.record.number,
        "record_revision": whole.record.revision,
        "year": whole.case.year,
        "complete": complete,
        "verdict": str(whole.told.verdict),
        "standing": standing(whole, items),
        "pages": pages,
        "largest": int(largest * MILLION),
        "resolution": bound.resolution,
        "notes": [{"code": note.code, "message": whole.say.reason(note)} for note in notes],
        "remarks": [_remark(whole, remark) for remark in whole.told.remarks],
        "contents": [_content(whole, entry) for entry in entries],
        "files": [
            _file(pdf, "packet", "", pages),
            *(_file(file, "word", name, _length(whole, name, file)) for name, file in papers.items()),
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    written = write_whole(text.encode(), folder / MANIFEST)
    lacking = tuple(_lacking(whole, entries, items))
    return Packed(
        (pdf, *papers.values(), written),
        pages,
        len(bound.data),
        complete,
        standing(whole, items),
        lacking,
        tuple(notes),
        manifest,
    )


def _notes(bound: Bound, largest: float) -> Iterator[Reason]:
    facts = {
        "size": f"{len(bound.data) / MILLION:.1f}",
        "largest": f"{largest:g}",
        "dpi": str(bound.resolution or STEPS[-1][0]),
    }
    if len(bound.data) > largest * MILLION:
        yield Reason("packet_too_large", facts)
    elif bound.resolution is not None:
        yield Reason("packet_coarser", facts)


def _lacking(whole: Case, entries: Sequence[Entry], items: Sequence[Item]) -> Iterator[str]:
    """What is missing or wrong, paper by paper, then of the case as a whole."""
    for entry, item in zip(entries, items, strict=True):
        told = [*item.told, *_said(whole, entry.line.remarks if entry.line else ())]
        yield from (f"{entry.label}：{one}" for one in told)
    yield from _said(whole, whole.told.remarks)


def _said(whole: Case, remarks: Sequence[Remark]) -> list[str]:
    return [whole.say.reason(one.reason) for one in remarks if one.verdict is not Verdict.YES]


def _file(file: Path, kind: str, document: str, pages: int) -> dict[str, Any]:
    data = file.read_bytes()
    return {
        "file": file.name,
        "kind": kind,
        "document": document or None,
        "pages": pages,
        "bytes": len(data),
        "sha256": sha256(data).hexdigest(),
    }


def _content(whole: Case, entry: Entry) -> dict[str, Any]:
    line = entry.line
    return {
        "label": entry.label,
        "kind": line.asked.kind if line else None,
        "paper": line.paper.number if line and line.paper else None,
        "document": entry.document or None,
        "state": entry.state,
        "first_page": entry.first if entry.length else None,
        "pages": entry.length,
        "verdict": str(line.verdict) if line else None,
        "reasons": list(_item(whole, entry).told),
        "remarks": [_remark(whole, remark) for remark in (line.remarks if line else ())],
        "scans": [
            {
                "file": scan.origin.file,
                "sha256": scan.origin.sha256,
                "bytes": scan.size,
                "of_its_pages": list(scan.origin.pages),
                "pages": scan.enclosed.pages if scan.enclosed else 0,
                "error": scan.error.code if scan.error else None,
            }
            for scan in entry.scans
        ],
    }


def _remark(whole: Case, remark: Remark) -> dict[str, str]:
    said = whole.say.reason(remark.reason)
    return {"code": remark.reason.code, "verdict": str(remark.verdict), "message": said}
