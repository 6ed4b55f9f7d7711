"""Passwords that an administrator gave, to be changed; where a session comes from, without its CSRF token."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sessions end: the token against forged requests now follows from the browser's own secret."""
    op.add_column(
        "accounts", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(sa.text("DELETE FROM sessions"))
    op.drop_column("sessions", "csrf")
    op.add_column("sessions", sa.Column("address", sa.Text(), nullable=False, server_default=""))
