"""Medical cases: the case, what is told of it and of its papers, and its history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, and have the database keep `medical_events` as they were written."""
    _cases()
    _values()
    _history()
    for statement in _REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)


def _cases() -> None:
    op.create_table(
        "medical_cases",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("numbered", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_medical_cases"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_medical_cases_record"),
    )
    op.create_index("ix_medical_cases_record", "medical_cases", ["record"])


def _values() -> None:
    op.create_table(
        "medical_values",
        sa.Column("medical_case", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value_json", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("medical_case", "path", name="pk_medical_values"),
        sa.ForeignKeyConstraint(
            ["medical_case"], ["medical_cases.number"], name="fk_medical_values_medical_case"
        ),
    )


def _history() -> None:
    op.create_table(
        "medical_events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("medical_case", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("before_json", sa.Text(), nullable=False),
        sa.Column("after_json", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_medical_events"),
        sa.ForeignKeyConstraint(
            ["medical_case"], ["medical_cases.number"], name="fk_medical_events_medical_case"
        ),
    )
    op.create_index("ix_medical_events_medical_case", "medical_events", ["medical_case"])


_REFUSALS = {
    "sqlite": (
        """CREATE TRIGGER medical_events_never_change BEFORE UPDATE ON medical_events
           BEGIN SELECT RAISE(ABORT, 'medical_events are append-only'); END""",
        """CREATE TRIGGER medical_events_never_go BEFORE DELETE ON medical_events
           BEGIN SELECT RAISE(ABORT, 'medical_events are append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION medical_events_refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'medical_events are append-only'; END $$""",
        """CREATE TRIGGER medical_events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON medical_events
           FOR EACH STATEMENT EXECUTE FUNCTION medical_events_refuse()""",
    ),
}
