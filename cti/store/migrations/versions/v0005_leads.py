"""Lists of people to be called, how they came in, and where each stands in each campaign."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _lists()
    _leads()
    _campaigns()


def _lists() -> None:
    _table("lead_lists", ["list_id"], _numbers("made_at", "removed_seq"))
    _table(
        "lead_imports",
        ["import_id"],
        [
            *_words("list_id", "identity", "source", "imported_by", "headings", "status"),
            *_numbers("ordinal", "started_at", "rows", "rejected", "changing", "done_seq", "settled_upto"),
        ],
    )
    op.create_table(
        "lead_rejects",
        *_key("import_id"),
        sa.Column("row", sa.BigInteger, primary_key=True),
        *_words("code", "reason", "remedy", "cells"),
        sqlite_with_rowid=False,
    )


def _leads() -> None:
    _table(
        "leads",
        ["lead_id"],
        [*_words("list_id", "import_id", "external_id", "details", "becomes"), *_numbers("touched")],
    )
    op.create_index("leads_by_list", "leads", ["site", "list_id", "import_id", "touched"])
    op.create_index("leads_by_external_id", "leads", ["site", "list_id", "external_id"])
    _table("lead_numbers", ["number", "lead_id"], [])


def _campaigns() -> None:
    _table(
        "campaign_leads",
        ["campaign_id", "lead_id"],
        [
            *_words("list_id", "segment", "status", "status_before", "last_outcome"),
            *_words("callback_for", "disposition", "currency"),
            *_numbers("next_at", "rank", "number_index", "attempts", "last_at", "amount"),
        ],
    )
    turn = ["site", "campaign_id", "list_id", "segment", "status", "next_at", "rank", "lead_id"]
    op.create_index("campaign_leads_by_turn", "campaign_leads", turn)
    _table("campaign_counts", ["campaign_id", "list_id", "segment", "status"], _numbers("count"))
    _table("campaign_specs", ["campaign_id"], _words("digest", "spec"))
    _table("campaign_entries", ["campaign_id", "list_id", "import_id"], _numbers("upto", "done"))


def _table(name: str, key: list[str], columns: "Sequence[sa.Column[Any]]") -> None:
    op.create_table(name, *_key(*key), *columns, sqlite_with_rowid=False)


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in ("site", *names)]


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
