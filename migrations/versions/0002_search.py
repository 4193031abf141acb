"""Search: PostgreSQL's index, the index's words, concepts, missed searches, programme words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VECTOR = postgresql.TSVECTOR().with_variant(sa.Text(), "sqlite")
# What the numbers beside tabs and filters are counted from; now also by answer and year.
COUNTED = [
    "visibility",
    "merged_into_id",
    "handling",
    "area_id",
    "primary_sub_project_id",
    "capacity",
]
WORD = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_ideas_counted", table_name="ideas")
    op.create_index("ix_ideas_counted", "ideas", [*COUNTED, "answered_at", "published_at"])
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.alter_column("words", server_default=None)

    op.create_table(
        "search_documents",
        sa.Column("generation", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("title", VECTOR, nullable=False),
        sa.Column("terms", VECTOR, nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "number", name=op.f("pk_search_documents")),
    )
    for generation in (0, 1):
        serves = sa.text(f"generation + 0 = {generation}")
        op.create_index(
            f"ix_search_documents_terms_{generation}",
            "search_documents",
            ["terms"],
            unique=False,
            postgresql_using="gin",
            postgresql_where=serves,
            sqlite_where=serves,
        )
    if op.get_bind().dialect.name == "postgresql":
        # Rows stay narrow, so that a common word reads few pages: what is long stands apart, and
        # what the order is made of does not. How common words are is of no use to the planner.
        for column, storage in (
            ("stamp", "PLAIN"),
            ("title", "PLAIN"),
            ("terms", "EXTERNAL"),
            ("weights", "EXTERNAL"),
        ):
            change = f"ALTER TABLE search_documents ALTER COLUMN {column}"
            op.execute(f"{change} SET STORAGE {storage}")
            if storage != "PLAIN":
                op.execute(f"{change} SET STATISTICS 0")
        op.execute("ALTER TABLE search_documents SET (toast_tuple_target = 128)")

    op.create_table(
        "search_generations",
        sa.Column("generation", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("serves", sa.Boolean(), nullable=False),
        sa.Column("filled_by", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_search_generations")),
    )
    op.create_table(
        "search_words",
        sa.Column("word", WORD, nullable=False),
        sa.Column("ideas", sa.Integer(), nullable=False),
        sa.Column("as_written", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_table(
        "search_spellings",
        sa.Column("rest", WORD, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.PrimaryKeyConstraint("rest", "word", name=op.f("pk_search_spellings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_concepts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_search_concepts")),
    )
    op.create_table(
        "missed_searches",
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("words", name=op.f("pk_missed_searches")),
    )
    with op.batch_alter_table("missed_searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_missed_searches_last_on"), ["last_on"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_ideas_counted", table_name="ideas")
    op.create_index("ix_ideas_counted", "ideas", COUNTED)
    for table in (
        "missed_searches",
        "search_concepts",
        "search_spellings",
        "search_words",
        "search_generations",
        "search_documents",
    ):
        op.drop_table(table)
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_column("words")
