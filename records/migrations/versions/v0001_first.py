"""The first schema: scans, drafts, records with their history, and the index of persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, and have the database keep `events` as they were written."""
    _scans()
    _records()
    _drafts()
    _history()
    _persons()
    _append_only()


def _scans() -> None:
    op.create_table(
        "scans",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name="pk_scans"),
    )
    op.create_table(
        "set_aside",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pages_json", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("facts_json", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_set_aside"),
        sa.ForeignKeyConstraint(["sha256"], ["scans.sha256"], name="fk_set_aside_sha256"),
    )
    op.create_index("ix_set_aside_sha256", "set_aside", ["sha256"])


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ink_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_records"),
    )
    op.create_table(
        "record_values",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value_json", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record", "path", name="pk_record_values"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_record_values_record"),
    )
    op.create_table(
        "states",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record", "process", name="pk_states"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_states_record"),
    )


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pages_json", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("draft_json", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=True),
        sa.Column("record", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_drafts"),
        sa.ForeignKeyConstraint(["sha256"], ["scans.sha256"], name="fk_drafts_sha256"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_drafts_record"),
    )
    op.create_index("ix_drafts_sha256", "drafts", ["sha256"])
    op.create_index("ix_drafts_record", "drafts", ["record"])


def _history() -> None:
    op.create_table(
        "events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("before_json", sa.Text(), nullable=False),
        sa.Column("after_json", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("box_json", sa.Text(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_events_record"),
        sa.ForeignKeyConstraint(["sha256"], ["scans.sha256"], name="fk_events_sha256"),
    )
    op.create_index("ix_events_record", "events", ["record"])


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("id_number", sa.Text(), nullable=False),
        sa.Column("worker", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("record", "path", "id_number", name="pk_persons"),
        sa.ForeignKeyConstraint(["record"], ["records.number"], name="fk_persons_record"),
    )
    op.create_index("ix_persons_id_number", "persons", ["id_number"])


def _append_only() -> None:
    for statement in _REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)


# Refusing a change is the one thing that each database says in words of its own.
_REFUSALS = {
    "sqlite": (
        """CREATE TRIGGER events_never_change BEFORE UPDATE ON events
           BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
        """CREATE TRIGGER events_never_go BEFORE DELETE ON events
           BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$""",
        """CREATE TRIGGER events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events
           FOR EACH STATEMENT EXECUTE FUNCTION events_refuse()""",
    ),
}
