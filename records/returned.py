"""A form that goes back to the unit: what is missing or wrong with one record, as rows of a notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from records.editions import Edition
from records.findings import Fault, Reason, Severity
from records.lines import Contents, Row, Shown, Table, figures_of
from records.listing import Listing
from records.rosters import ROWS
from records.volume import own_names, own_values


def names(edition: Edition) -> Iterator[str]:
    """What a sheet may ask for of this edition."""
    yield from ("errors", "warnings", "infos", *own_names(edition))


def of_faults(listing: Listing) -> Contents:
    """One row for each fault of one record, errors first; `errors` and `warnings` are their numbers."""
    weights = listing.roster.settings["weights"]
    faults = [one for severity in Severity for one in listing.faults if one.severity is severity]
    faults = [one for one in faults if one.severity.value in weights]
    rows = tuple(_row(place, fault, weights) for place, fault in enumerate(faults, 1))
    figures, notes = figures_of(listing)
    if not faults:
        notes = (*notes, Reason("nothing_wrong", {"number": str(listing.records[0].number)}))
    counts = {
        f"{severity.value}s": str(sum(one.severity is severity for one in faults)) for severity in Severity
    }
    own = Table(ROWS, listing.use.title, listing.columns, rows)
    return Contents((own,), {**own_values(listing), **figures, **counts}, notes, nothing=not faults)


def _row(place: int, fault: Fault, weights: Mapping[str, str]) -> Row:
    return {
        "number": Shown(str(place), Decimal(place)),
        "said": Shown(fault.said),
        "weight": Shown(weights[fault.severity.value]),
        "done": Shown(),
    }
