"""What lists are narrowed by: three fields counted together, and in the index of each order."""

from itertools import combinations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ORDERS = {
    "topical": "topical",
    "newest": "published_at",
    "supported": "support_count",
    "discussed": "comment_count",
}
SIFTED = ["area_id", "primary_sub_project_id", "capacity", "handling", "merged_into_id"]
FIELDS = ("area", "sub_project", "capacity", "handling", "year", "answered")
WHOLE = 2 ** len(FIELDS) - 1
UNREAD, ASKED = "ix_ideas_unread", "ix_ideas_asked_at"
PLACES, INFORMED = "ix_routings_sub_project_id_until_kind", "ix_routings_informed"
COUNTS = sa.table(
    "idea_counts",
    sa.column("fields", sa.Integer),
    sa.column("visibility", sa.Text),
    *(sa.column(name, sa.Text) for name in FIELDS),
    sa.column("ideas", sa.Integer),
)


def upgrade() -> None:
    """Apply. The release before this one goes on, but does not count three fields together."""
    for places in combinations(range(len(FIELDS)), 3):
        op.execute(_counted(places))
    for name, column in ORDERS.items():
        columns = ["visibility", column, "id", *SIFTED]
        op.create_index(f"ix_ideas_by_{name}", "ideas", columns)
    op.create_index(
        UNREAD,
        "ideas",
        ["visibility"],
        sqlite_where=sa.text("indexable = 0"),
        postgresql_where=sa.text("indexable = false"),
    )
    op.create_index(
        ASKED,
        "ideas",
        ["asked_at"],
        sqlite_where=sa.text("asked_at IS NOT NULL"),
        postgresql_where=sa.text("asked_at IS NOT NULL"),
    )
    op.create_index(
        INFORMED,
        "routings",
        ["sub_project_id", "idea_id"],
        sqlite_where=sa.text("kind = 'informed' AND until IS NULL"),
        postgresql_where=sa.text("kind = 'informed' AND until IS NULL"),
    )
    # Last, since reading waits from here on.
    op.drop_index(PLACES, "routings")
    for name in ORDERS:
        op.drop_index(f"ix_ideas_{name}", "ideas")


def downgrade() -> None:
    """Take back."""
    for name, column in ORDERS.items():
        op.create_index(f"ix_ideas_{name}", "ideas", ["visibility", column, "id"])
    op.create_index(PLACES, "routings", ["sub_project_id", "until", "kind"])
    op.drop_index(INFORMED, "routings")
    op.drop_index(ASKED, "ideas")
    op.drop_index(UNREAD, "ideas")
    for name in ORDERS:
        op.drop_index(f"ix_ideas_by_{name}", "ideas")
    threes = [sum(1 << place for place in places) for places in combinations(range(6), 3)]
    op.execute(sa.delete(COUNTS).where(COUNTS.c.fields.in_(threes)))


def _counted(places: tuple[int, ...]) -> sa.Insert:
    """Add up the whole kinds by these fields."""
    told = [COUNTS.c[FIELDS[place]] for place in places]
    others = [COUNTS.c[name] if place in places else sa.literal("").label(name)
              for place, name in enumerate(FIELDS)]  # fmt: skip
    fields = sa.literal(sum(1 << place for place in places)).label("fields")
    rows = (
        sa.select(fields, COUNTS.c.visibility, *others, sa.func.sum(COUNTS.c.ideas))
        .where(COUNTS.c.fields == WHOLE)
        .group_by(COUNTS.c.visibility, *told)
    )
    return sa.insert(COUNTS).from_select(["fields", "visibility", *FIELDS, "ideas"], rows)
