"""Instances remember what they were forked from; operations on many instances have rows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_operation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_operation")),
    )
    op.create_index("ix_bulk_operation_key", "bulk_operation", ["key", "id"])
    op.create_index("ix_bulk_operation_state", "bulk_operation", ["state", "id"])
    op.create_table(
        "bulk_item",
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.LargeBinary(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["bulk_operation.id"], name=op.f("fk_bulk_item_operation_id")
        ),
        sa.PrimaryKeyConstraint("operation_id", "instance_id", name=op.f("pk_bulk_item")),
    )
    op.create_index("ix_bulk_item_state", "bulk_item", ["operation_id", "state", "instance_id"])
    op.add_column("process_instance", sa.Column("origin_instance_id", sa.String(length=32), nullable=True))
    op.add_column("process_instance", sa.Column("origin_element", sa.String(length=120), nullable=True))


def downgrade() -> None:
    op.drop_column("process_instance", "origin_element")
    op.drop_column("process_instance", "origin_instance_id")
    op.drop_table("bulk_item")
    op.drop_table("bulk_operation")
