"""A service break that administrators tell of beforehand; a small index of what was merged."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEX, TABLE, COLUMN = "ix_ideas_merged_into_id", "ideas", "merged_into_id"
MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    """Apply. The release before this one goes on with these tables: it does not see the column."""
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("service_break", sa.JSON(), nullable=True))
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, [COLUMN], sqlite_where=MERGED, postgresql_where=MERGED)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_column("service_break")
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, [COLUMN])
