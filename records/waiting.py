"""Drafts by number, within a transaction: what is not there or has left is refused in one place."""

from __future__ import annotations

from sqlalchemy.orm import Session

from records import rows
from records.archive import DraftRow
from records.drafts import Draft
from records.errors import NoSuchDraft, Refused


def whole_draft(session: Session, number: int) -> Draft:
    """A draft, whole; raises NoSuchDraft."""
    found = rows.draft(session, number)
    if found is None:
        raise NoSuchDraft(number=number)
    return found


def known_draft(session: Session, number: int) -> DraftRow:
    """A draft as a list shows it, also one that has left; raises NoSuchDraft."""
    found = rows.draft_row(session, number)
    if found is None:
        raise NoSuchDraft(number=number)
    return found


def open_draft(session: Session, number: int) -> DraftRow:
    """A draft that waits; raises NoSuchDraft, and Refused (`draft_closed`) when it has left."""
    found = known_draft(session, number)
    if found.closed is not None:
        raise Refused("draft_closed", number=number, record=found.record or "")
    return found
