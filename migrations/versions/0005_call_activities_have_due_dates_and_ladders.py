"""Call activities have due dates and ladders: one row per child, and steps that belong to it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_deadline",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("element_key", sa.String(length=200), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("local", sa.LargeBinary(), nullable=False),
        sa.Column("ladder", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_deadline")),
    )
    op.create_index("ix_call_deadline_instance", "call_deadline", ["instance_id", "token", "element_key"])
    with op.batch_alter_table("escalation_step") as batch_op:
        batch_op.alter_column("task_id", existing_type=sa.String(length=32), nullable=True)
        batch_op.add_column(sa.Column("child_id", sa.String(length=32), nullable=True))
        batch_op.create_index("ix_escalation_step_child", ["child_id"])


def downgrade() -> None:
    op.execute("DELETE FROM escalation_step WHERE task_id IS NULL")
    with op.batch_alter_table("escalation_step") as batch_op:
        batch_op.drop_index("ix_escalation_step_child")
        batch_op.drop_column("child_id")
        batch_op.alter_column("task_id", existing_type=sa.String(length=32), nullable=False)
    op.drop_table("call_deadline")
