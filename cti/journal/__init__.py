"""The site's book of record: in memory, on SQLite, on PostgreSQL, all under one contract (`cti.core.ports.Journal`)."""
