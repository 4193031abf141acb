"""How many ideas are of which kind, and how promises were kept, beside what they count."""

import os
from datetime import UTC, datetime
from itertools import combinations
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEX, ANSWERED = "ix_ideas_counted", "ix_ideas_answered"
INDEXED = [
    "visibility", "merged_into_id", "handling", "area_id", "primary_sub_project_id", "capacity",
    "answered_at", "published_at",
]  # fmt: skip
FIELDS = ("area", "sub_project", "capacity", "handling", "year", "answered")
ALONE = tuple((place,) for place in range(6))
SHAPES = (*ALONE, *combinations(range(6), 2), tuple(range(6)))
FIRST_YEAR = 2000
MOMENT = sa.DateTime(timezone=True)

IDEAS = sa.table(
    "ideas",
    sa.column("visibility"), sa.column("merged_into_id"), sa.column("area_id"),
    sa.column("primary_sub_project_id"), sa.column("capacity"), sa.column("handling"),
    sa.column("published_at", MOMENT), sa.column("answered_at"),
)  # fmt: skip


def upgrade() -> None:
    """Apply. The release before this one goes on, but what it changes has to be counted anew."""
    table = op.create_table(
        "idea_counts",
        sa.Column("fields", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in FIELDS),
        sa.Column("ideas", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fields", "visibility", *FIELDS, name=op.f("pk_idea_counts")),
    )
    for name in ("sub_project", "capacity"):
        op.create_index(op.f(f"ix_idea_counts_fields_{name}"), "idea_counts", ["fields", name])
    rows = _counted(op.get_bind())
    if rows:
        op.bulk_insert(table, rows)
    op.create_table(
        "promise_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_figures")),
    )
    # Nobody does these any more: words are counted with the index.
    op.execute("DELETE FROM jobs WHERE kind = 'words'")
    op.drop_index(INDEX, "ideas")
    op.create_index(ANSWERED, "ideas", ["visibility", "answered_at", "published_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(ANSWERED, "ideas")
    op.create_index(INDEX, "ideas", INDEXED)
    op.drop_table("promise_figures")
    op.drop_table("idea_counts")


def _counted(connection: sa.Connection) -> list[dict[str, object]]:
    """Count the ideas of each kind, and of each one or two of what they are told apart by."""
    # Years begin where the installation is.
    zone = ZoneInfo(os.environ.get("INNOVATION_TIME_ZONE") or "Europe/Helsinki")
    published = IDEAS.c.published_at
    newest = connection.scalar(sa.select(sa.func.max(published)))
    years = range(FIRST_YEAR, newest.year + 2 if newest else FIRST_YEAR + 1)
    begins = [(datetime(year, 1, 1, tzinfo=zone).astimezone(UTC), year) for year in years]
    if connection.dialect.name == "sqlite":
        begins = [(begin.replace(tzinfo=None), year) for begin, year in begins]
    year = sa.case(*[(published >= begin, year) for begin, year in reversed(begins)])
    columns = (
        IDEAS.c.visibility, IDEAS.c.area_id, IDEAS.c.primary_sub_project_id, IDEAS.c.capacity,
        IDEAS.c.handling, year.label("year"), IDEAS.c.answered_at.is_not(None).label("answered"),
    )  # fmt: skip
    kinds = connection.execute(
        sa.select(*columns, sa.func.count())
        .where(IDEAS.c.visibility.in_(["public", "staff_only"]), IDEAS.c.merged_into_id.is_(None))
        .group_by(*columns)
    ).all()
    counted: dict[tuple[object, ...], int] = {}
    for visibility, *told, answered, ideas in kinds:
        values = ["-" if value is None else str(value) for value in told]
        values.append("yes" if answered else "no")
        for shape in SHAPES:
            fields = sum(1 << place for place in shape)
            kind = (value if place in shape else "" for place, value in enumerate(values))
            key = (fields, visibility, *kind)
            counted[key] = counted.get(key, 0) + ideas
    names = ("fields", "visibility", *FIELDS)
    return [dict(zip(names, key, strict=True), ideas=ideas) for key, ideas in counted.items()]
