"""Entries for people that stand beside an entry for their number, and go with it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("suppressions", sa.Column("beside", sa.Text, nullable=False, server_default=sa.text("''")))
    some = sa.text("beside <> ''")
    op.create_index(
        "suppressions_by_number_beside", "suppressions", ["site", "beside"], sqlite_where=some, postgresql_where=some
    )
