"""Definitions are drafted, reviewed, take effect on a date and are retired; business keys can be unique."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIVE = "state IN ('created', 'running', 'suspended')"


def upgrade() -> None:
    op.create_table(
        "definition_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_event")),
    )
    op.create_index("ix_definition_event_definition", "definition_event", ["kind", "key", "at"])
    op.create_table(
        "definition_setting",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_definition_setting")),
    )
    op.create_table(
        "draft_copy",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_copy")),
    )
    op.create_index("ix_draft_copy_definition", "draft_copy", ["kind", "key", "made_at"])
    _rebuild_drafts(
        sa.Column("kind", sa.String(length=20), server_default="process", nullable=False),
        sa.Column("stage", sa.String(length=20), server_default="editing", nullable=False),
        key=("kind", "key"),
    )
    with op.batch_alter_table("process_definition", schema=None) as batch:
        batch.add_column(
            sa.Column(
                "effective_at",
                sa.DateTime(timezone=True),
                server_default="1970-01-01 00:00:00",
                nullable=False,
            )
        )
        batch.add_column(sa.Column("is_key_unique", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.create_index("ix_process_definition_state_effective", ["state", "effective_at"], unique=False)
    op.execute("UPDATE process_definition SET effective_at = published_at")
    with op.batch_alter_table("process_instance", schema=None) as batch:
        batch.add_column(sa.Column("unique_key", sa.String(length=120), nullable=True))
        batch.create_index(
            "uq_process_instance_live_key",
            ["key", "unique_key"],
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )


def downgrade() -> None:
    with op.batch_alter_table("process_instance", schema=None) as batch:
        batch.drop_index("uq_process_instance_live_key")
        batch.drop_column("unique_key")
    with op.batch_alter_table("process_definition", schema=None) as batch:
        batch.drop_index("ix_process_definition_state_effective")
        batch.drop_column("is_key_unique")
        batch.drop_column("effective_at")
    _rebuild_drafts(key=("key",))
    op.drop_table("draft_copy")
    op.drop_table("definition_setting")
    op.drop_table("definition_event")


def _rebuild_drafts(*more: "sa.Column[object]", key: tuple[str, ...]) -> None:
    """Make the small table of drafts again with another primary key, and its rows in it."""
    columns = (
        sa.column("key", sa.String),
        sa.column("content", sa.LargeBinary),
        sa.column("based_on", sa.Integer),
        sa.column("revision", sa.Integer),
        sa.column("updated_at", sa.DateTime(timezone=True)),
        sa.column("updated_by", sa.String),
    )
    old = sa.select(*columns).select_from(sa.table("definition_draft"))
    rows = [dict(row) for row in op.get_bind().execute(old).mappings()]
    op.drop_table("definition_draft")
    table = op.create_table(
        "definition_draft",
        *more[:1],
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *more[1:],
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_definition_draft")),
    )
    if rows:
        op.bulk_insert(table, rows)
