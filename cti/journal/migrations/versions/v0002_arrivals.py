"""Arrivals are found by their key; when a command was sent stays beside what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ARRIVALS = sa.text("substr(source_key, 1, 6) = 'voice:'")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("sent_at", sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE outbox SET sent_at = at WHERE status IN ('sent', 'in_doubt')")
    op.create_index(
        "records_of_arrivals", "records", ["site", "source_key"], sqlite_where=ARRIVALS, postgresql_where=ARRIVALS
    )
