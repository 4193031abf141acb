"""Experiments: the plan with its ideas, measures with readings, the diary, who wants to join."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "experiment_joiners",
    "experiment_diary",
    "experiment_readings",
    "experiment_measures",
    "experiment_ideas",
    "experiments",
)


def _reference(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def upgrade() -> None:
    """Apply."""
    _experiments()
    _ideas()
    _measured()
    _diary()
    _joiners()


def _experiments() -> None:
    name = "experiments"
    op.create_table(
        name,
        _number("id"),
        *(_text(one) for one in ("title", "title_key", "place", "unit")),
        _number("area_id", nullable=True),
        _text("group"),
        _number("person_id", nullable=True),
        _text("owner_name"),
        _text("owner_task"),
        sa.Column("owner_named", sa.Boolean(), nullable=False),
        _number("sub_project_id"),
        *(sa.Column(one, sa.Date(), nullable=True) for one in ("starts_on", "ends_on")),
        sa.Column("decide_by", sa.Date(), nullable=True),
        *(_text(one) for one in ("hypothesis", "limits", "permit", "permit_text")),
        sa.Column("impact_tags", sa.JSON(), nullable=False),
        _text("state"),
        _number("round"),
        _number("previous_id", nullable=True),
        _number("first_id", nullable=True),
        _text("decision"),
        _text("lesson"),
        *(sa.Column(one, MOMENT, nullable=True) for one in ("started_at", "decided_at")),
        _number("version"),
        *(sa.Column(one, MOMENT, nullable=False) for one in ("created_at", "updated_at")),
        _reference(name, "area_id", "areas"),
        _reference(name, "person_id", "people", ondelete="SET NULL"),
        _reference(name, "sub_project_id", "sub_projects"),
        _reference(name, "previous_id", "experiments"),
        _reference(name, "first_id", "experiments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
        sa.UniqueConstraint("previous_id", name=op.f("uq_experiments_previous_id")),
    )
    op.create_index(op.f("ix_experiments_state_id"), name, ["state", "id"])
    op.create_index(op.f("ix_experiments_sub_project_id"), name, ["sub_project_id"])
    op.create_index(op.f("ix_experiments_first_id"), name, ["first_id"])


def _ideas() -> None:
    name = "experiment_ideas"
    op.create_table(
        name,
        _number("experiment_id"),
        _number("idea_id"),
        _reference(name, "experiment_id", "experiments"),
        _reference(name, "idea_id", "ideas"),
        sa.PrimaryKeyConstraint("experiment_id", "idea_id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f("ix_experiment_ideas_idea_id"), name, ["idea_id"])


def _measured() -> None:
    name = "experiment_measures"
    op.create_table(
        name,
        _number("id"),
        _number("experiment_id"),
        _text("name"),
        _text("unit"),
        *(sa.Column(one, sa.Text(), nullable=True) for one in ("baseline", "target")),
        _text("direction"),
        _number("position"),
        _reference(name, "experiment_id", "experiments"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f("ix_experiment_measures_experiment_id"), name, ["experiment_id"])
    name = "experiment_readings"
    op.create_table(
        name,
        _number("id"),
        _number("measure_id"),
        sa.Column("on", sa.Date(), nullable=False),
        _text("value"),
        _text("note"),
        _number("person_id", nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _reference(name, "measure_id", "experiment_measures"),
        _reference(name, "person_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("measure_id", "on", name=op.f(f"uq_{name}_measure_id_on")),
    )


def _diary() -> None:
    name = "experiment_diary"
    op.create_table(
        name,
        _number("id"),
        _number("experiment_id"),
        _text("text"),
        _text("actor_role"),
        _number("person_id", nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _reference(name, "experiment_id", "experiments"),
        _reference(name, "person_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f("ix_experiment_diary_experiment_id"), name, ["experiment_id"])


def _joiners() -> None:
    name = "experiment_joiners"
    op.create_table(
        name,
        _number("id"),
        _number("experiment_id"),
        _number("person_id"),
        _text("unit"),
        *(sa.Column(one, sa.Date(), nullable=True) for one in ("starts_on", "ends_on")),
        _text("message"),
        _text("state"),
        sa.Column("at", MOMENT, nullable=False),
        _reference(name, "experiment_id", "experiments"),
        _reference(name, "person_id", "people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "experiment_id", "person_id", name=op.f(f"uq_{name}_experiment_id_person_id")
        ),
    )
    op.create_index(op.f("ix_experiment_joiners_person_id"), name, ["person_id"])


def downgrade() -> None:
    """Take back."""
    for table in TABLES:
        op.drop_table(table)
