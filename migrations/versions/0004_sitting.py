"""The sitting: risk of texts, consent, appeals, what the guard is told, who takes a matter over."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ADDED = (
    ("ideas", sa.Column("passed_to", sa.Text(), nullable=False, server_default="")),
    ("revisions", sa.Column("risk", sa.Integer(), nullable=False, server_default="0")),
    ("comments", sa.Column("risk", sa.Integer(), nullable=False, server_default="0")),
    ("comments", sa.Column("redacted", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("messages", sa.Column("consent", sa.Text(), nullable=False, server_default="")),
    ("programmes", sa.Column("watch", sa.JSON(), nullable=False, server_default="{}")),
)


def _reference(column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_appeals_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)


def upgrade() -> None:
    """Apply."""
    for table, column in ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(column)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column.name, server_default=None)

    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        _reference("decision_id", "decisions", ondelete="CASCADE"),
        _reference("idea_id", "ideas"),
        _reference("comment_id", "comments"),
        _reference("decided_by_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
    )
    op.create_index(op.f("ix_appeals_idea_id"), "appeals", ["idea_id"])
    op.create_index(op.f("ix_appeals_outcome_at"), "appeals", ["outcome", "at"])
    op.create_index(op.f("ix_revisions_state_idea_id"), "revisions", ["state", "idea_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_revisions_state_idea_id"), table_name="revisions")
    op.drop_table("appeals")
    for table, column in reversed(ADDED):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column.name)
