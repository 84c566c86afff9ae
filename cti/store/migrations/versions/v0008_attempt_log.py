"""What became of each call of a campaign, for reports and their audit."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
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
        *_words("outcome", "disposition"),
        sqlite_with_rowid=False,
    )
    op.create_index("attempt_log_by_time", "attempt_log", ["site", "dialled_at", "attempt_id"])
    op.create_table(
        "refusal_log",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("dial_id", sa.Text, primary_key=True),
        *_numbers("seq", "at"),
        *_words("campaign_id", "rule"),
        sqlite_with_rowid=False,
    )
    op.create_index("refusal_log_by_time", "refusal_log", ["site", "at"])


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
