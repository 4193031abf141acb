"""What lists are narrowed by: three fields counted together, and in the index of each order."""

from contextlib import nullcontext
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
    on_postgresql = op.get_context().dialect.name == "postgresql"
    if on_postgresql:
        op.execute("LOCK TABLE idea_counts IN SHARE ROW EXCLUSIVE MODE")
    # Where this release has served before its tables were ready, it has counted some.
    _take_back_counts()
    for places in combinations(range(len(FIELDS)), 3):
        op.execute(_counted(places))
    # Each by itself: whoever holds two locks meets visitors who want them the other way round. So
    # it may end halfway, and begins again without harm.
    with op.get_context().autocommit_block() if on_postgresql else nullcontext():
        _change_indexes()


def _change_indexes() -> None:
    for name, column in ORDERS.items():
        columns = ["visibility", column, "id", *SIFTED]
        op.create_index(f"ix_ideas_by_{name}", "ideas", columns, if_not_exists=True)
    op.create_index(
        UNREAD,
        "ideas",
        ["visibility"],
        sqlite_where=sa.text("indexable = 0"),
        postgresql_where=sa.text("indexable = false"),
        if_not_exists=True,
    )
    op.create_index(
        ASKED,
        "ideas",
        ["asked_at"],
        sqlite_where=sa.text("asked_at IS NOT NULL"),
        postgresql_where=sa.text("asked_at IS NOT NULL"),
        if_not_exists=True,
    )
    op.create_index(
        INFORMED,
        "routings",
        ["sub_project_id", "idea_id"],
        sqlite_where=sa.text("kind = 'informed' AND until IS NULL"),
        postgresql_where=sa.text("kind = 'informed' AND until IS NULL"),
        if_not_exists=True,
    )
    # Last, since reading waits for these.
    op.drop_index(PLACES, "routings", if_exists=True)
    for name in ORDERS:
        op.drop_index(f"ix_ideas_{name}", "ideas", if_exists=True)


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
    _take_back_counts()


def _take_back_counts() -> None:
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
