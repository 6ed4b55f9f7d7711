"""Signed copies: the sheets of a record that came back on paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "signed_copies",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("ink_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_signed_copies"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_signed_copies_record"),
        sa.ForeignKeyConstraint(["sha256"], ["scans.sha256"], name="fk_signed_copies_sha256"),
    )
    op.create_index("ix_signed_copies_record", "signed_copies", ["record"])
    op.create_index("ix_signed_copies_sha256", "signed_copies", ["sha256"])
