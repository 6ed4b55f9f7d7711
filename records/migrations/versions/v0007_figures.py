"""Figures: in which lines of its edition's statistics a record stands, what became of readings by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the desk fills them for the records that are there when it first shows figures."""
    op.create_table(
        "figure_lines",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_figure_lines"),
        sa.UniqueConstraint("edition", "block", "line", name="uq_figure_lines_edition"),
    )
    _members()
    _readings()


def _members() -> None:
    op.create_table(
        "figure_members",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("record", "line", name="pk_figure_members"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_figure_members_record"),
        sa.ForeignKeyConstraint(["line"], ["figure_lines.number"], name="fk_figure_members_line"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_figure_members_line", "figure_members", ["line", "unit", "on_day"])


def _readings() -> None:
    op.create_table(
        "figure_readings",
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("tenth", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "on_day", "unit", "edition", "who", "field", "tenth", name="pk_figure_readings"
        ),
    )
