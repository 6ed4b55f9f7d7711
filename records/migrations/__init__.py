"""The store's schema through time, run by `records.database` with Alembic; one file per revision."""
