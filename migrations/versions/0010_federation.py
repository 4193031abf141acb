"""Identities given by the employer's sign-in, and the sessions that belong to one there."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    outside = sa.Column("outside", sa.Text(), nullable=False, server_default="")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(outside)
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.alter_column("outside", server_default=None)
        batch_op.create_index(batch_op.f("ix_sessions_outside"), ["outside"])
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_identities_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
    )  # fmt: skip
    op.create_index(op.f("ix_identities_person_id"), "identities", ["person_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("identities")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_outside"))
        batch_op.drop_column("outside")
