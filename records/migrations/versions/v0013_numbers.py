"""The identity numbers of a household in its record's row, where a part of one is quickly found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the numbers; the store fills them."""
    op.add_column("record_index", sa.Column("numbers", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_record_index_numbers", "record_index", ["numbers"])
