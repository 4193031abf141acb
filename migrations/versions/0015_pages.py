"""Texts of the programme's own pages, and feedback on accessibility."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "page_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["people.id"],
            name=op.f("fk_page_texts_updated_by_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_texts")),
        sa.UniqueConstraint(
            "page", "language", "version", name=op.f("uq_page_texts_page_language_version")
        ),
    )
    op.create_table(
        "accessibility_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clock_id"],
            ["statutory_clocks.id"],
            name=op.f("fk_accessibility_feedback_clock_id_statutory_clocks"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessibility_feedback")),
    )
    op.create_index(
        op.f("ix_accessibility_feedback_clock_id"), "accessibility_feedback", ["clock_id"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_accessibility_feedback_clock_id"), table_name="accessibility_feedback")
    op.drop_table("accessibility_feedback")
    op.drop_table("page_texts")
