"""Names of imports are not given again after their list was removed. Until now they were deleted, and nobody knows how
many there were; but each that was ever seen has a record of its own in the journal, so that there were no more than
records. What is counted on from is a name that is gone."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        """
        INSERT INTO lead_imports (
            site, import_id, ordinal, status, list_id, identity, source, imported_by, headings,
            started_at, "rows", rejected, changing, done_seq, settled_upto
        )
        SELECT site, site || '-i' || CAST(seq AS TEXT), seq, 'GONE', '', '', '', '', '', 0, 0, 0, 0, 0, 0
        FROM (SELECT site, MAX(seq) AS seq FROM cursors GROUP BY site) AS known
        WHERE seq > 0
            AND NOT EXISTS (SELECT 1 FROM lead_imports WHERE lead_imports.site = known.site AND ordinal >= known.seq)
        """
    )
