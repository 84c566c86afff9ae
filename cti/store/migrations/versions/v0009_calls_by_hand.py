"""Calls by hand are in the log of calls, which is made anew from the journal: it has those of earlier days."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_table("attempt_log")
    op.create_table(
        "attempt_log",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("attempt_id", sa.Text, primary_key=True),
        *_words("campaign_id", "seller", "programme", "lead_id"),
        *_numbers("number_index"),
        *_words("provider_ref", "rules_version"),
        *_numbers("cleared_seq"),
        *_words("bounds"),
        *_numbers("connect_ms", "after_greeting"),
        *_numbers("dialled_at", "alerted_at", "answered_at", "greeting_ended_at", "classified_at"),
        *_words("classified", "contact_id"),
        *_numbers("joined_at"),
        *_words("agent_id"),
        *_numbers("abandoned_at", "late", "message_at"),
        *_words("message_flow"),
        *_numbers("counted_at", "counted_abandoned", "ended_at"),
        *_words("outcome", "disposition", "purpose"),
        sqlite_with_rowid=False,
    )
    op.create_index("attempt_log_by_time", "attempt_log", ["site", "dialled_at", "attempt_id"])
    op.create_index("attempt_log_by_contact", "attempt_log", ["site", "contact_id"])
    op.execute("DELETE FROM refusal_log")
    op.execute("DELETE FROM cursors WHERE projection = 'attempt_log'")


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
