"""What came of calls, to be sent to other systems, and what agents said of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "call_notes",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("contact_id", sa.Text, primary_key=True),
        *_numbers("at"),
        *_words("agent_id", "disposition", "kind"),
        *_numbers("amount"),
        *_words("currency"),
        *_numbers("callback_at"),
        *_words("callback_for", "note"),
        sqlite_with_rowid=False,
    )
    op.create_index("call_notes_by_time", "call_notes", ["site", "at"])
    op.create_table(
        "result_targets",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("campaign_id", sa.Text, primary_key=True),
        *_words("target"),
        *_numbers("failing_since"),
        *_words("why"),
        *_numbers("tries", "next_try_at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "results",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        *_words("campaign_id", "result_id", "status"),
        *_numbers("at"),
        *_words("lead_id", "attempt_id", "contact_id", "told", "message_id", "body", "why"),
        *_numbers("settled_at"),
        sqlite_with_rowid=False,
    )
    op.create_index("results_by_turn", "results", ["site", "campaign_id", "status", "position"])
    op.create_index("results_by_contact", "results", ["site", "contact_id"])


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
