"""The store's tables, the same on SQLite and PostgreSQL. Times are milliseconds since 1970, UTC; 0 is never.

The migrations make these tables; a test compares both.
"""

from sqlalchemy import BigInteger, Column, Double, Index, MetaData, Table, Text

VERSION_TABLE = "store_version"
"""Where the schema's revision stands. It is not Alembic's usual name, as other tables may live beside these."""

REVISION = "0003"
"""The newest revision, which is the one that this code speaks."""

metadata = MetaData()


def _word(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


customers = Table(
    "customers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    _word("name"),
    _word("account"),
    _word("segment"),
    _word("address"),
    _word("email"),
    Column("value", Double),
    _word("source"),
    sqlite_with_rowid=False,
)

# The primary key is the index by number: it begins with site and number.
customer_numbers = Table(
    "customer_numbers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    _number("position"),
    Index("customer_numbers_by_customer", "site", "customer_id"),
    sqlite_with_rowid=False,
)

contact_records = Table(
    "contact_records",
    metadata,
    Column("site", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    # The journal's record that closed the contact.
    _number("seq"),
    _word("direction"),
    _word("cause"),
    _word("outcome"),
    _number("arrived_at"),
    _number("ended_at"),
    _word("flow_id"),
    _word("last_step"),
    _word("queue_id"),
    _number("queued_at"),
    _number("connected_at"),
    Column("agent_ids", Text, nullable=False),
    _number("offers"),
    _word("disposition"),
    _word("queue_refused"),
    _number("offers_missed"),
    _number("offers_declined"),
    _word("to_number"),
    # Personal: emptied when its time is over.
    _word("from_number"),
    Column("talk_ms", BigInteger, nullable=False, server_default="0"),
    Index("contact_records_by_end", "site", "ended_at", "seq"),
    Index("contact_records_by_number", "site", "from_number", "ended_at"),
)

# What the end of a contact does not repeat, kept from its start.
live_contacts = Table(
    "live_contacts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    _word("to_number"),
    _word("from_number"),
    sqlite_with_rowid=False,
)

# One row for each recording that was asked for, whether or not it came to anything.
recordings = Table(
    "recordings",
    metadata,
    Column("site", Text, primary_key=True),
    Column("recording_id", Text, primary_key=True),
    # The journal's record that changed it last.
    _number("seq"),
    _word("kind"),
    _word("contact_id"),
    _word("leg_id"),
    _word("asked_by"),
    _word("provider_ref"),
    _word("status"),
    _word("reason"),
    _word("location"),
    _number("asked_at"),
    _number("started_at"),
    _number("ended_at"),
    _number("completed_at"),
    _number("duration_s"),
    _number("channels"),
    _word("pauses"),
    Index("recordings_by_ask", "site", "asked_at", "recording_id"),
    Index("recordings_by_contact", "site", "contact_id"),
    Index("recordings_by_leg", "site", "leg_id"),
)

# How far into the journal each projection has come.
cursors = Table(
    "cursors",
    metadata,
    Column("site", Text, primary_key=True),
    Column("projection", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
