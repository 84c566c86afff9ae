"""Up to which proof the numbers were forgotten, so that one that somebody took away is told from one that went in its
time; and beside each number the entries of our own lists that it was on, which its proof names by digests."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "forgotten_numbers",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("before_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("clearance_numbers", sa.Column("entries", sa.Text, nullable=False, server_default=sa.text("''")))
