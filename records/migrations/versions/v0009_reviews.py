"""Reviews: the decisions on a draft, who has it open, who filed it and who approved it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reviews",
        sa.Column("draft", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("touched_at", sa.DateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        *_hand("claimed"),
        sa.Column("claimed_until", sa.DateTime(), nullable=True),
        *_hand("filed"),
        sa.Column("filed_at", sa.DateTime(), nullable=True),
        sa.Column("override_why", sa.Text(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        *(
            sa.Column(count, sa.Integer(), nullable=False)
            for count in ("doubts", "changed", "corrected", "sent_back")
        ),
        sa.Column("sent_back_by", sa.Text(), nullable=False),
        sa.Column("sent_back_why", sa.Text(), nullable=False),
        sa.Column("sent_back_at", sa.DateTime(), nullable=True),
        sa.Column("skipped_at", sa.DateTime(), nullable=True),
        sa.Column("skipped_why", sa.Text(), nullable=False),
        *_hand("approved"),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("draft", name="pk_reviews"),
        sa.ForeignKeyConstraint(["draft"], ["drafts.number"], name="fk_reviews_draft"),
    )
    op.create_table(
        "review_decisions",
        sa.Column("draft", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("value_json", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("draft", "path", "corrected", name="pk_review_decisions"),
        sa.ForeignKeyConstraint(["draft"], ["drafts.number"], name="fk_review_decisions_draft"),
    )


def _hand(name: str) -> tuple[sa.Column[str], sa.Column[int]]:
    """Who did something."""
    return (
        sa.Column(f"{name}_by", sa.Text(), nullable=True),
        sa.Column(f"{name}_account", sa.Integer(), nullable=True),
    )
