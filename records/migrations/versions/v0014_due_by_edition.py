"""Days by which something has to be done, by edition: figures count them from the index alone."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    for what in ("enter", "finish"):
        columns = ["edition", f"{what}_by", "unit"]
        op.create_index(f"ix_record_index_edition_{what}_by", "record_index", columns)
