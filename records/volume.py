"""The papers of one record as its volume lists them: numbered, titled, with the pages that they take.

First the forms that are kept as scans, then the papers of medical cases, then
what the form's table of attachments names. Nobody has counted the pages of a
paper that was never scanned: from there on page numbers are left for the clerk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from records.archive import FiledPaper
from records.drafts import Origin
from records.editions import Edition
from records.kinds import show
from records.lines import Contents, Row, Shown, Table, figures_of
from records.listing import Listing
from records.medical import Paper
from records.medical_aid import medical_aid
from records.rosters import ROWS
from records.values import row_count, row_path


@dataclass(frozen=True, slots=True)
class _Entry:
    """A paper: its title, how many pages it has (None: nobody knows), whose it is, its day, a remark."""

    title: str
    pages: int | None
    responsible: str = ""
    day: str = ""
    remark: str = ""


def of_papers(listing: Listing) -> Contents:
    """One row for each paper of one record, then blank rows up to the roster's `least` for later ones."""
    entries = [*_scans(listing), *_of_cases(listing), *_attachments(listing)]
    rows = list(_rows(entries))
    rows += [_row() for _ in range(listing.roster.settings["least"] - len(rows))]
    figures, notes = figures_of(listing)
    counted = {"papers": str(len(entries)), "pages": str(sum(entry.pages or 0 for entry in entries))}
    counted["uncounted"] = str(sum(entry.pages is None for entry in entries))
    own = Table(ROWS, listing.use.title, listing.columns, tuple(rows))
    return Contents((own,), {**own_values(listing), **figures, **counted}, notes)


def names(edition: Edition) -> Iterator[str]:
    """What a sheet may ask for of this edition."""
    yield from ("papers", "pages", "uncounted", *own_names(edition))


def own_names(edition: Edition) -> Iterator[str]:
    """What a sheet of one record may ask for of it."""
    yield "record_number"
    yield from (asked.key for asked in edition.fields if not asked.is_rows)


def own_values(listing: Listing) -> dict[str, str]:
    """The plain fields of a single record as a sheet prints them, and its number."""
    [record] = listing.records
    plain = (asked for asked in listing.edition.fields if not asked.is_rows)
    values = {asked.key: show(record.values.get(asked.key), asked) for asked in plain}
    return {**values, "record_number": str(record.number)}


def _scans(listing: Listing) -> Iterator[_Entry]:
    settings = listing.roster.settings
    values = own_values(listing)
    for paper in listing.papers:
        kept = paper.when.astimezone().date().isoformat()
        remark = settings["scan"].format(file=paper.file, day=kept)
        title = settings["form" if not paper.document else "copy"].format(title=_title(paper, listing))
        if paper.document:
            yield _Entry(title, len(paper.pages), remark=remark)
        else:
            day = values.get(settings.get("dated", ""), "").replace("-", "")
            responsible = values.get(settings.get("responsible", ""), "")
            yield _Entry(title, len(paper.pages), responsible, day, remark)


def _title(paper: FiledPaper, listing: Listing) -> str:
    return listing.edition.document(paper.document).title if paper.document else listing.edition.title


def _of_cases(listing: Listing) -> Iterator[_Entry]:
    """The papers of the record's medical cases, but for those that are listed as scans of the form."""
    if not listing.cases:
        return
    aid = medical_aid(listing.edition)
    for paper in (paper for case in listing.cases for paper in case.papers):
        if paper.scans and all(_is_listed(scan, listing) for scan in paper.scans):
            continue
        told = "，".join(text for text in (paper.title, paper.invoice.number) if text)
        title = aid.asked(paper.kind).label + (f"（{told}）" if told else "")
        day = (paper.date or "").replace("-", "")
        yield _Entry(title, _counted(paper), paper.hospital or "", day, _seen(paper, listing))


def _is_listed(scan: Origin, listing: Listing) -> bool:
    return any(scan.sha256 == one.sha256 and {*scan.pages} <= {*one.pages} for one in listing.papers)


def _counted(paper: Paper) -> int | None:
    """How many pages a paper has; None where it was not scanned, or as a whole file."""
    pages = [len(scan.pages) for scan in paper.scans]
    return sum(pages) if pages and all(pages) else None


def _seen(paper: Paper, listing: Listing) -> str:
    """Whether the original, a copy or both were seen, in the roster's words."""
    words = listing.roster.settings["seen"]
    return "、".join(words[key] for key in ("original", "copy") if getattr(paper, key))


def _attachments(listing: Listing) -> Iterator[_Entry]:
    """What the form's own table of attachments names, column by column of the roster's `attachments`."""
    [record] = listing.records
    told = listing.roster.settings.get("attachments", {})
    for index in range(row_count(told["rows"], record.values) if told else 0):
        kind, name, remark = (
            str(record.values.get(row_path(told["rows"], index, told[part])) or "") if part in told else ""
            for part in ("kind", "name", "remark")
        )
        title = told["between"].join(text for text in (kind, name) if text)
        if title or remark:
            yield _Entry(title, None, remark=remark)


def _rows(entries: list[_Entry]) -> Iterator[Row]:
    page: int | None = 1
    for place, entry in enumerate(entries, 1):
        pages = ""
        if page is not None and entry.pages is not None:
            last = page + entry.pages - 1
            pages = str(page) if last == page else f"{page}-{last}"
        page = None if page is None or entry.pages is None else page + entry.pages
        yield _row(str(place), entry, pages)


def _row(place: str = "", entry: _Entry | None = None, pages: str = "") -> Row:
    entry = entry or _Entry("", None)
    texts = {
        "paper_no": "",
        "responsible": entry.responsible,
        "title": entry.title,
        "day": entry.day,
        "pages": pages,
        "remark": entry.remark,
    }
    number = Shown(place, Decimal(place) if place else None)
    return {"number": number, **{key: Shown(text) for key, text in texts.items()}}
