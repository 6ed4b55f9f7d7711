"""Where a list's lines come from, by the name in its roster: a listing comes in, its contents go out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from records import figures, returned, volume
from records.editions import Edition
from records.errors import EditionError
from records.lines import Contents, of_fields, of_records
from records.listing import Listing
from records.rosters import Roster

SOURCES: Mapping[str, Callable[[Listing], Contents]] = {
    "records": of_records,
    "fields": of_fields,
    "statistics": figures.of_statistics,
    "papers": volume.of_papers,
    "faults": returned.of_faults,
}


def names_given(roster: Roster, edition: Edition) -> frozenset[str]:
    """The names that a sheet of this roster may ask for: of tables, figures and the clerk's answers."""
    last = roster.settings.get("period", {}).get("last")
    named = roster.settings.get("figures", ())
    own = _NAMES[roster.source](edition) if roster.source in _NAMES else ()
    asks = [ask.key for ask in roster.asks]
    return frozenset({"count", *roster.tables, *asks, *named, *own, *([last] if last else ())})


_NAMES: Mapping[str, Callable[[Edition], Iterable[str]]] = {
    "fields": lambda edition: (asked.key for asked in edition.fields),
    "statistics": figures.names,
    "papers": volume.names,
    "faults": returned.names,
}


def row_names(roster: Roster) -> frozenset[str]:
    """What the sheet may ask of a row: the columns of the roster, and what its source has besides."""
    columns = {one.key for columns in roster.tables.values() for one in columns}
    return frozenset(columns | (set(figures.ROW) if roster.source == "statistics" else set()))


def contents(listing: Listing) -> Contents:
    """All that a list prints; raises EditionError for a source that is not known, Refused."""
    try:
        source = SOURCES[listing.roster.source]
    except KeyError:
        what = f"unknown source {listing.roster.source}"
        raise EditionError("edition", file=listing.use.roster, what=what) from None
    return source(listing)
