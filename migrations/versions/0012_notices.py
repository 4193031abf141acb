"""The inbox, choices of how one is told, and what a mail needs to leave."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OUTBOX = (
    sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
    sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("counts", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("stop_path", sa.Text(), nullable=False, server_default=""),
    sa.Column("not_after", MOMENT, nullable=True),
    sa.Column("taken_by", sa.Text(), nullable=False, server_default=""),
    sa.Column("lease_until", MOMENT, nullable=True),
)
PEOPLE = (
    sa.Column("bounces", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("unreachable_at", MOMENT, nullable=True),
)
NOTICE_INDEXES = (
    ("person_id", "read_at", "shown_from"),
    ("bundled", "digest_key"),
    ("idea_id",),
    ("comment_id",),
)


def _reference(
    table: str, column: str, target: str, ondelete: str = "CASCADE"
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _add(table: str, columns: tuple[sa.Column, ...]) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.add_column(column)
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            if column.server_default is not None:
                batch_op.alter_column(column.name, server_default=None)


def upgrade() -> None:
    """Apply."""
    _add("people", PEOPLE)
    _add("outbox", OUTBOX)
    op.execute("UPDATE outbox SET state = 'sent' WHERE sent_at IS NOT NULL")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_state_not_before", ["state", "not_before"])
        batch_op.create_index("ix_outbox_person_id_sent_at", ["person_id", "sent_at"])
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unique_key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("shown_from", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("bundled", sa.Boolean(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("digest_key", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _reference("notices", "person_id", "people"),
        _reference("notices", "idea_id", "ideas"),
        _reference("notices", "comment_id", "comments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_notices_unique_key")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        for columns in NOTICE_INDEXES:
            batch_op.create_index(f"ix_notices_{'_'.join(columns)}", list(columns))
    op.create_table(
        "mail_choices",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("ways", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("ceiling", sa.Integer(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("digested_on", sa.Date(), nullable=True),
        _reference("mail_choices", "person_id", "people"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choices")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("mail_choices")
    op.drop_table("notices")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_person_id_sent_at")
        batch_op.drop_index("ix_outbox_state_not_before")
    for table, columns in (("outbox", OUTBOX), ("people", PEOPLE)):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column.name)
