"""The index: records in lists, the words and terms by which they are found; filled by the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES = {
    "name": ["shape", "born"],
    "sound": ["sound", "employer"],
    "touched_at": ["rests", "touched_at", "unit"],
    "helped": ["rests", "helped", "unit"],
    "enter_by": ["enter_by", "unit"],
    "finish_by": ["finish_by", "unit"],
    "unit": ["unit"],
}


def upgrade() -> None:
    """Make the tables, empty."""
    _rows()
    _words()
    _terms()
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )


def _rows() -> None:
    texts = ("unit", "edition", "name", "shape", "sound", "id_number", "born", "employer", "place", "state")
    op.create_table(
        "record_index",
        sa.Column("record", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("touched_at", sa.DateTime(), nullable=False),
        sa.Column("rests", sa.Boolean(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("enter_by", sa.Date(), nullable=True),
        sa.Column("finish_by", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("record", name="pk_record_index"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_record_index_record"),
    )
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_record_index_{name}", "record_index", columns)


def _words() -> None:
    op.create_table(
        "index_words",
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("word", _WORD, nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rank", "word", "record", name="pk_index_words"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_index_words_record"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_index_words_record", "index_words", ["record"])


def _terms() -> None:
    op.create_table(
        "index_terms",
        sa.Column("number", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_index_terms"),
    )
    op.create_index("ix_index_terms_kind", "index_terms", ["kind"])
    op.create_table(
        "record_terms",
        sa.Column("term", _NUMBER, nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", "record", name="pk_record_terms"),
        sa.ForeignKeyConstraint(["term"], ["index_terms.number"], name="fk_record_terms_term"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_record_terms_record"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_record_terms_record", "record_terms", ["record"])
