"""Drafts that go to a record which is there already, and quick ways to drafts in waiting."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give drafts the record that they join."""
    # Reviews name drafts, so that the table cannot be made anew, as Alembic would do with SQLite.
    op.execute(
        "ALTER TABLE drafts ADD COLUMN joins INTEGER CONSTRAINT fk_drafts_joins REFERENCES records (number)"
    )
    op.create_index("ix_drafts_closed_at", "drafts", ["closed_at", "unit"])
