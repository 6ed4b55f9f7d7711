"""Possible duplicates that somebody looked at and settled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "settled_pairs",
        *(sa.Column(name, sa.Integer(), nullable=False, autoincrement=False) for name in ("first", "second")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("ground", "why", "who")),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("first", "second", name="pk_settled_pairs"),
        sa.ForeignKeyConstraint(["first"], ["records.number"], name="fk_settled_pairs_first"),
        sa.ForeignKeyConstraint(["second"], ["records.number"], name="fk_settled_pairs_second"),
    )
