"""The store as it begins: customers and their numbers, contact records, cursors."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "customers",
        *_key("site", "customer_id"),
        *_words("name", "account", "segment", "address", "email"),
        sa.Column("value", sa.Double),
        *_words("source"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "customer_numbers",
        *_key("site", "number", "customer_id"),
        *_numbers("position"),
        sqlite_with_rowid=False,
    )
    op.create_index("customer_numbers_by_customer", "customer_numbers", ["site", "customer_id"])
    op.create_table(
        "contact_records",
        *_key("site", "contact_id"),
        *_numbers("seq"),
        *_words("direction", "cause", "outcome"),
        *_numbers("arrived_at", "ended_at"),
        *_words("flow_id", "last_step", "queue_id"),
        *_numbers("queued_at", "connected_at"),
        sa.Column("agent_ids", sa.Text, nullable=False),
        *_numbers("offers"),
        *_words("disposition", "queue_refused"),
        *_numbers("offers_missed", "offers_declined"),
        *_words("to_number", "from_number"),
    )
    op.create_index("contact_records_by_end", "contact_records", ["site", "ended_at", "seq"])
    op.create_index("contact_records_by_number", "contact_records", ["site", "from_number", "ended_at"])
    op.create_table(
        "live_contacts",
        *_key("site", "contact_id"),
        *_words("to_number", "from_number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cursors",
        *_key("site", "projection"),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
