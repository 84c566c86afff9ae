"""Alembic's entry: runs the migrations on the connection, and in the transaction, of whoever calls."""

from alembic import context

from cti.store.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
