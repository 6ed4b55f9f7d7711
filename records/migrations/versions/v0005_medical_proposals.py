"""Papers of medical cases as read, waiting for a clerk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "medical_proposals",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("medical_case", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pages_json", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("readings_json", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_medical_proposals"),
        sa.ForeignKeyConstraint(
            ["medical_case"], ["medical_cases.number"], name="fk_medical_proposals_medical_case"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["scans.sha256"], name="fk_medical_proposals_sha256"),
    )
    op.create_index("ix_medical_proposals_medical_case", "medical_proposals", ["medical_case"])
