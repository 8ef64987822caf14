"""Alembic's entry: runs over the connection handed in by `tiendo.migrating`."""

from alembic import context

from foundation.database import Base
from migrations.tables import import_tables

import_tables()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
