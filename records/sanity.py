"""The store held against the disk and against itself: an open store comes in, findings go out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from records.archive import Kept, Record
from records.findings import Finding, Severity
from records.medical import to_values
from records.shelf import checksum
from records.store import Store
from records.values import Value


def sanity(store: Store) -> list[Finding]:
    """What is wrong with a store: the database, each scan's checksum, strays, rights, each record's history.

    Rules: `store_fault`, `scan_missing`, `scan_changed`, `history_gap`, `case_history_gap` (errors);
    `scan_stray`, `open_to_others` (warnings); `scan_unread`, `scan_unfinished` (for information).
    """
    faults = list(_faults(store))
    # A database that is broken cannot be asked for more.
    return faults or [
        *_scans(store),
        *_strays(store),
        *_rights(store),
        *_histories(store),
        *_case_histories(store),
    ]


def _faults(store: Store) -> Iterator[Finding]:
    for fault in store.database.faults():
        yield Finding("store_fault", Severity.ERROR, (), {"file": store.database.name, "what": fault})


def _scans(store: Store) -> Iterator[Finding]:
    for scan in store.scans():
        facts = {"file": scan.file, "sha256": scan.sha256}
        if not scan.path.is_file():
            yield Finding("scan_missing", Severity.ERROR, (), facts)
        elif checksum(scan.path) != scan.sha256:
            yield Finding("scan_changed", Severity.ERROR, (), facts)
        elif not scan.done:
            yield Finding("scan_unread", Severity.INFO, (), facts)


def _strays(store: Store) -> Iterator[Finding]:
    known = {scan.path for scan in store.scans()}
    for path in store.shelf.files():
        if path not in known:
            yield Finding("scan_stray", Severity.WARNING, (), {"file": str(path)})
    for path in store.shelf.unfinished():
        yield Finding("scan_unfinished", Severity.INFO, (), {"file": str(path)})


def _rights(store: Store) -> Iterator[Finding]:
    if os.name == "nt":  # Windows keeps rights elsewhere
        return
    for path in (store.home, *store.home.glob("*.sqlite*"), store.shelf.folder, *map(_path, store.scans())):
        if path.exists() and path.stat().st_mode & 0o077:
            mode = f"{path.stat().st_mode & 0o777:o}"
            yield Finding("open_to_others", Severity.WARNING, (), {"file": str(path), "mode": mode})


def _histories(store: Store) -> Iterator[Finding]:
    for record in store.records():
        told = _told(store, record)
        for path in dict.fromkeys((*record.values, *told)):
            if record.values.get(path) != told.get(path):
                yield Finding("history_gap", Severity.ERROR, (path,), {"number": str(record.number)})


def _case_histories(store: Store) -> Iterator[Finding]:
    for case in store.medical.cases():
        told = {event.path: event.after for event in store.medical.history(case.number)}
        if to_values(case) != {path: value for path, value in told.items() if value is not None}:
            yield Finding("case_history_gap", Severity.ERROR, (), {"number": str(case.number)})


def _told(store: Store, record: Record) -> dict[str, Value]:
    """The record's values as its history tells them."""
    events = store.history(record.number)
    return {event.path: event.after for event in events if event.path and ":" not in event.path}


def _path(scan: Kept) -> Path:
    return scan.path
