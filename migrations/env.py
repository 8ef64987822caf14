"""Alembic's entry: runs over the connection handed in by `tiendo.migrating`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from foundation.database import Base
from migrations.tables import import_tables


def _render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our column types as the plain types they are, so that old migrations never import new code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


import_tables()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=_render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
