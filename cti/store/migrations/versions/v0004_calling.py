"""Whom not to call, which registries are in force, what was called, and the proof that it was allowed. The follower
fills them from the whole journal, since they have cursors of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _lists()
    _attempts()
    _proofs()


def _lists() -> None:
    op.create_table(
        "suppressions",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("entry_id", sa.Text, primary_key=True),
        *_numbers("seq"),
        *_words("scope", "value", "campaign_id", "seller", "reason", "origin", "added_by"),
        *_numbers("added_at", "repeats", "removed_seq", "removed_at"),
        *_words("removed_by", "removed_reason"),
    )
    op.create_index("suppressions_by_value", "suppressions", ["site", "value", "removed_at"])
    op.create_index("suppressions_by_scope", "suppressions", ["site", "scope", "seq"])
    op.create_table(
        "registries",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("registry_id", sa.Text, primary_key=True),
        *_words("version", "status"),
        *_numbers("at", "as_of", "count", "added", "removed"),
        *_words("reason", "switched_by", "confirmed_by"),
    )


def _attempts() -> None:
    op.create_table(
        "call_attempts",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("attempt_id", sa.Text, primary_key=True),
        *_numbers("seq", "at"),
        *_words("number", "person_id", "household_id", "lead_id", "debt_id", "campaign_id", "seller"),
        *_words("told", "outcome"),
        *_numbers("called"),
    )
    op.create_index("call_attempts_by_time", "call_attempts", ["site", "at"])
    op.create_index("call_attempts_by_number", "call_attempts", ["site", "number", "at"])
    for name in ("person", "household", "lead", "debt"):
        op.create_index(f"call_attempts_by_{name}", "call_attempts", ["site", f"{name}_id", "at"])


def _proofs() -> None:
    op.create_table(
        "clearances",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True),
        *_numbers("seq"),
        *_words("dial_id"),
        *_numbers("at"),
        *_words("rules_version", "facts", "blocks", "number_digest", "previous_hash", "hash"),
    )
    op.create_index("clearances_by_seq", "clearances", ["site", "seq"])
    op.create_table(
        "clearance_numbers",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True),
        *_numbers("at"),
        *_words("number", "salt"),
        sqlite_with_rowid=False,
    )
    op.create_index("clearance_numbers_by_time", "clearance_numbers", ["site", "at"])
    op.create_table(
        "rulebooks",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("rules_version", sa.Text, primary_key=True),
        *_numbers("seq"),
        *_words("content"),
    )


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
