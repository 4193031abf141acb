"""The desk: decisions that can be undone, claims, notes, messages, redactions, suggestions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _reference(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)


def upgrade() -> None:
    """Apply."""
    added = (
        sa.Column("risk", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("in_brief", sa.Text(), nullable=False, server_default=""),
        sa.Column("redacted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("ideas", schema=None) as batch_op:
        for column in added:
            batch_op.add_column(column)
    with op.batch_alter_table("ideas", schema=None) as batch_op:
        for column in added:
            batch_op.alter_column(column.name, server_default=None)
    with op.batch_alter_table("timeline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undone_at", MOMENT, nullable=True))

    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("awaits", sa.Boolean(), nullable=False),
        _reference("messages", "idea_id", "ideas"),
        _reference("messages", "person_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_idea_id_id"), "messages", ["idea_id", "id"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("other_idea_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("waited_since", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        _reference("decisions", "idea_id", "ideas"),
        _reference("decisions", "comment_id", "comments"),
        _reference("decisions", "other_idea_id", "ideas"),
        _reference("decisions", "person_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_idea_id_id"), "decisions", ["idea_id", "id"])
    op.create_index(op.f("ix_decisions_person_id_at"), "decisions", ["person_id", "at"])
    op.create_table(
        "claims",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        _reference("claims", "person_id", "people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("kind", "item_id", name=op.f("pk_claims")),
    )
    op.create_table(
        "recusals",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _reference("recusals", "idea_id", "ideas"),
        _reference("recusals", "person_id", "people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idea_id", "person_id", name=op.f("pk_recusals")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _reference("notes", "idea_id", "ideas"),
        _reference("notes", "person_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_idea_id_id"), "notes", ["idea_id", "id"])
    op.create_table(
        "redactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        _reference("redactions", "idea_id", "ideas"),
        _reference("redactions", "person_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redactions")),
    )
    op.create_index(op.f("ix_redactions_idea_id"), "redactions", ["idea_id"])
    op.create_index(op.f("ix_redactions_until"), "redactions", ["until"])
    op.create_table(
        "ready_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_reasons")),
    )
    op.create_table(
        "routing_suggestions",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("third_id", sa.Integer(), nullable=True),
        sa.Column("certainties", sa.JSON(), nullable=False),
        _reference("routing_suggestions", "idea_id", "ideas", ondelete="CASCADE"),
        _reference("routing_suggestions", "first_id", "sub_projects"),
        _reference("routing_suggestions", "second_id", "sub_projects"),
        _reference("routing_suggestions", "third_id", "sub_projects"),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_routing_suggestions")),
    )


def downgrade() -> None:
    """Take back."""
    for table in (
        "routing_suggestions",
        "ready_reasons",
        "redactions",
        "notes",
        "recusals",
        "claims",
        "decisions",
        "messages",
    ):
        op.drop_table(table)
    with op.batch_alter_table("timeline", schema=None) as batch_op:
        batch_op.drop_column("undone_at")
    with op.batch_alter_table("ideas", schema=None) as batch_op:
        for column in ("redacted", "in_brief", "risk"):
            batch_op.drop_column(column)
