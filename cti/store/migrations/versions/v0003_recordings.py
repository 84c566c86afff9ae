"""Recordings, one row each. The follower fills them from the whole journal, since they have a cursor of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("recording_id", sa.Text, primary_key=True),
        *_numbers("seq"),
        *_words("kind", "contact_id", "leg_id", "asked_by", "provider_ref", "status", "reason", "location"),
        *_numbers("asked_at", "started_at", "ended_at", "completed_at", "duration_s", "channels"),
        *_words("pauses"),
    )
    op.create_index("recordings_by_ask", "recordings", ["site", "asked_at", "recording_id"])
    op.create_index("recordings_by_contact", "recordings", ["site", "contact_id"])
    op.create_index("recordings_by_leg", "recordings", ["site", "leg_id"])


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
