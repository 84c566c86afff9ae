"""Beside where a lead stands in a campaign it is kept how many calls ended in which outcome, and which numbers are not
rung again; of calls until now nobody knows. And whom an import is about to change is found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("campaign_leads", sa.Column("past", sa.Text, nullable=False, server_default=sa.text("''")))
    some = sa.text("becomes <> ''")
    op.create_index("leads_to_change", "leads", ["site", "becomes"], sqlite_where=some, postgresql_where=some)
