"""One revision of the schema per file; the newest is `records.tables.REVISION`."""
