"""Sessions that know how they began, young people, the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ADDED = (
    ("people", sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("people", sa.Column("seen_on", sa.Date(), nullable=True)),
    ("people", sa.Column("forgets_name_on", sa.Date(), nullable=True)),
    ("sessions", sa.Column("method", sa.Text(), nullable=False, server_default="password")),
    ("sessions", sa.Column("strong", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("sessions", sa.Column("factor_at", MOMENT, nullable=True)),
    ("sessions", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("sessions", sa.Column("device", sa.Text(), nullable=False, server_default="")),
    ("mailed_links", sa.Column("code_hash", sa.Text(), nullable=False, server_default="")),
    ("mailed_links", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0")),
    ("mailed_links", sa.Column("email", sa.Text(), nullable=False, server_default="")),
    ("mailed_links", sa.Column("language", sa.Text(), nullable=False, server_default="fi")),
    ("mailed_links", sa.Column("browser_hash", sa.Text(), nullable=False, server_default="")),
    ("mailed_links", sa.Column("draft", sa.JSON(), nullable=False, server_default="{}")),
    ("mailed_links", sa.Column("going_to", sa.Text(), nullable=False, server_default="")),
    ("sessions", sa.Column("proved_at", MOMENT, nullable=True)),
)


def upgrade() -> None:
    """Apply."""
    for table, column in ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(column)
        if column.server_default is not None:
            with op.batch_alter_table(table, schema=None) as batch_op:
                batch_op.alter_column(column.name, server_default=None)
    op.create_index(op.f("ix_mailed_links_browser_hash"), "mailed_links", ["browser_hash"])
    op.create_table(
        "session_ends",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_session_ends_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"],
            ["people.id"],
            name=op.f("fk_session_ends_ended_by_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_ends")),
    )
    op.create_index(op.f("ix_session_ends_person_id"), "session_ends", ["person_id"])
    op.create_table(
        "audit_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_rows")),
    )
    op.create_index(
        op.f("ix_audit_rows_subject_subject_id"), "audit_rows", ["subject", "subject_id"]
    )
    op.create_index(op.f("ix_audit_rows_actor_actor_id"), "audit_rows", ["actor", "actor_id"])
    op.create_table(
        "audit_seals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_row_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("last_row_id", name=op.f("uq_audit_seals_last_row_id")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("audit_seals")
    op.drop_table("audit_rows")
    op.drop_table("session_ends")
    op.drop_index(op.f("ix_mailed_links_browser_hash"), "mailed_links")
    for table, column in reversed(ADDED):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column.name)
