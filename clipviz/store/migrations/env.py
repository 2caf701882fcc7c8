"""Alembic's entry: migrates on the connection, and inside the transaction, of whoever asked."""

from alembic import context

from clipviz.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can; Alembic assumes that it cannot
)
context.run_migrations()
