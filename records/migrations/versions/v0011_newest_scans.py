"""Indexes for the newest scans of everybody or of a unit, and for those that nobody has read."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the scans by when they came, by unit, and by whether they were read."""
    op.create_index("ix_scans_kept_at", "scans", ["kept_at"])
    op.create_index("ix_scans_unit", "scans", ["unit", "kept_at"])
    op.create_index("ix_scans_read_at", "scans", ["read_at"])
