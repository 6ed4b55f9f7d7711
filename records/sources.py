"""Where a list's lines come from, by the name in its roster: a listing comes in, its contents go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from records.editions import Edition
from records.errors import EditionError
from records.lines import Contents, of_fields, of_records
from records.listing import Listing
from records.rosters import Roster

SOURCES: Mapping[str, Callable[[Listing], Contents]] = {
    "records": of_records,
    "fields": of_fields,
}


def names_given(roster: Roster, edition: Edition) -> frozenset[str]:
    """The names that a sheet of this roster may ask for: of tables, figures and the clerk's answers."""
    last = roster.settings.get("period", {}).get("last")
    figures = roster.settings.get("figures", ())
    fields = [asked.key for asked in edition.fields] if roster.source == "fields" else []
    asks = [ask.key for ask in roster.asks]
    return frozenset({"count", *roster.tables, *asks, *figures, *fields, *([last] if last else ())})


def contents(listing: Listing) -> Contents:
    """All that a list prints; raises EditionError for a source that is not known, Refused."""
    try:
        source = SOURCES[listing.roster.source]
    except KeyError:
        what = f"unknown source {listing.roster.source}"
        raise EditionError("edition", file=listing.use.roster, what=what) from None
    return source(listing)
