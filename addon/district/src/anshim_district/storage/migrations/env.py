"""Run by Alembic for each migration; the connection comes from `migrate`."""

from alembic import context

from anshim_district.storage.migrate import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
