"""Runs of characters, by which a part of an address, a remark or an identity number is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, empty; the store fills it."""
    op.create_table(
        "index_parts",
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("part", _WORD, nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sort", "part", "record", name="pk_index_parts"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_index_parts_record"),
        sqlite_with_rowid=False,
    )
    for name in ("said", "held"):
        op.add_column("record_index", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.drop_index("ix_record_index_numbers", "record_index")
    # The runs of a number are known by the number: none are there yet.
    op.execute("UPDATE record_index SET numbers = ''")
