"""Alembic's entry: runs the revisions on the connection that `records.database` hands over."""

from __future__ import annotations

from alembic import context

from records.tables import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
context.run_migrations()
