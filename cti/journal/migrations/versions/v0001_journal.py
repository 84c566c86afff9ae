"""The journal as it begins: records, outbox, replies, lease."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

OPEN = "status IN ('intent', 'sent', 'in_doubt')"
FINISHED = "status IN ('confirmed', 'void')"


def upgrade() -> None:
    op.create_table(
        "records",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("source_key", sa.Text, nullable=False),
        sa.Column("logic", sa.Text, nullable=False),
        sa.Column("config_hash", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("personal", sa.Text),
        sa.Column("personal_digest", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_table(
        "replies",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
    )
    _partial_index("replies_by_token", "replies", ["site", "token"], "token <> ''")
    op.create_index("replies_by_age", "replies", ["site", "at", "seq"])
    op.create_table(
        "outbox",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("command_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("ordinal", sa.BigInteger, nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
        sa.CheckConstraint(f"{OPEN} OR {FINISHED}", name="outbox_status"),
        sqlite_with_rowid=False,
    )
    _partial_index("outbox_open", "outbox", ["site", "seq", "ordinal"], OPEN)
    _partial_index("outbox_finished", "outbox", ["site", "at"], FINISHED)
    op.create_table(
        "lease",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("taken_at", sa.BigInteger, nullable=False),
        sa.Column("probed_at", sa.BigInteger, nullable=False),
        sa.Column("emptied_seq", sa.BigInteger, nullable=False),
        sa.Column("ballast", sa.Text, nullable=False),
    )


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
