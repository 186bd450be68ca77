"""Alembic's entry, run by watchdog.store.schema inside its transaction; there is no alembic.ini."""

from alembic import context

from watchdog.store.tables import incidents

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=incidents.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
