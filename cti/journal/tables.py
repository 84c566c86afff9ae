"""The journal's tables, the same on SQLite and PostgreSQL. Text columns hold what their names say, or JSON.

A new database gets these tables as they stand here, an older one by the migrations; a test compares both.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, MetaData, Table, Text, text

from cti.core.record import ARRIVAL

VERSION_TABLE = "journal_version"
"""Where the schema's revision stands. It is not Alembic's usual name, as other tables may live beside these."""

REVISION = "0002"
"""The newest revision, which is the one that this code speaks."""

OPEN = "status IN ('intent', 'sent', 'in_doubt')"
FINISHED = "status IN ('confirmed', 'void')"
ARRIVALS = f"substr(source_key, 1, {len(ARRIVAL)}) = '{ARRIVAL}'"

metadata = MetaData()


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# The columns of these three stand in the order of the fields of their records in `cti.core.record`.

records = Table(
    "records",
    metadata,
    Column("site", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("source_key", Text, nullable=False),
    Column("logic", Text, nullable=False),
    Column("config_hash", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("personal", Text),
    Column("personal_digest", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    _partial("records_of_arrivals", "site", "source_key", where=ARRIVALS),
)

replies = Table(
    "replies",
    metadata,
    Column("site", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("token", Text, nullable=False),
    _partial("replies_by_token", "site", "token", where="token <> ''"),
    Index("replies_by_age", "site", "at", "seq"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("site", Text, primary_key=True),
    Column("command_id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("ordinal", BigInteger, nullable=False),
    Column("effect", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("sent_at", BigInteger, nullable=False, server_default="0"),
    Column("detail", Text, nullable=False, server_default=""),
    CheckConstraint(f"{OPEN} OR {FINISHED}", name="outbox_status"),
    _partial("outbox_open", "site", "seq", "ordinal", where=OPEN),
    _partial("outbox_finished", "site", "at", where=FINISHED),
    sqlite_with_rowid=False,
)

lease = Table(
    "lease",
    metadata,
    Column("site", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("probed_at", BigInteger, nullable=False),
    # Personal values are emptied up to and including this record.
    Column("emptied_seq", BigInteger, nullable=False),
    # What a probe writes: as much as a batch, so that a disk with room for a few bytes only does not pass.
    Column("ballast", Text, nullable=False),
)
