"""Drafts without paper: those that are carried over from a record of another edition."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """A draft has a scan or a forerunner."""
    with op.batch_alter_table("drafts") as drafts:
        drafts.alter_column("sha256", existing_type=sa.Text(), nullable=True)
        drafts.add_column(sa.Column("forerunner", sa.Integer(), nullable=True))
        drafts.create_foreign_key("fk_drafts_forerunner", "records", ["forerunner"], ["number"])
        drafts.create_index("ix_drafts_forerunner", ["forerunner"])
