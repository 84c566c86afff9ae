"""How long somebody talked to the contact: with a transfer that is no longer the time from its answer to its end."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("contact_records", sa.Column("talk_ms", sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE contact_records SET talk_ms = ended_at - connected_at WHERE connected_at > 0")
