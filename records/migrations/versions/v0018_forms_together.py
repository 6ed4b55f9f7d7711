"""What is asked of forms behind a figure lies together, in the forms' order: no look beside for each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_COLUMNS = "edition, field, draft, tenth, on_day, unit, who, read, changed, paths_json"


def upgrade() -> None:
    """Make the table anew with what stands in it."""
    op.drop_index("ix_figure_forms_edition", "figure_forms")
    op.rename_table("figure_forms", "figure_forms_before")
    op.create_table(
        "figure_forms",
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("tenth", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("paths_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("edition", "field", "draft", "tenth", name="pk_figure_forms_together"),
        sa.ForeignKeyConstraint(["draft"], ["drafts.number"], name="fk_figure_forms_draft"),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO figure_forms ({_COLUMNS}) SELECT {_COLUMNS} FROM figure_forms_before")  # noqa: S608
    op.drop_table("figure_forms_before")
    op.create_index("ix_figure_forms_draft", "figure_forms", ["draft"])
