"""Operating models: phases, models, versions, sources, uses, and how they spread."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FIRST_PHASE = {"fi": "Kehitteillä", "sv": "Under utveckling", "en": "In development"}


def _reference(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)


def upgrade() -> None:
    """Apply."""
    _phases()
    _models()
    _versions()
    _sources()
    _uses()
    _answered()
    _spreads()


def _phases() -> None:
    phases = op.create_table(
        "model_phases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_phases")),
    )
    op.bulk_insert(phases, [{"names": FIRST_PHASE, "place": 1, "active": True}])


def _models() -> None:
    op.create_table(
        "operating_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("sub_project_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        _reference("operating_models", "phase_id", "model_phases"),
        _reference("operating_models", "sub_project_id", "sub_projects"),
        _reference("operating_models", "area_id", "areas"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operating_models")),
    )
    op.create_index(
        op.f("ix_operating_models_state_updated_at"), "operating_models", ["state", "updated_at"]
    )
    op.create_index(
        op.f("ix_operating_models_sub_project_id"), "operating_models", ["sub_project_id"]
    )


def _versions() -> None:
    op.create_table(
        "model_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _reference("model_versions", "model_id", "operating_models", ondelete="CASCADE"),
        _reference("model_versions", "person_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_versions")),
        sa.UniqueConstraint("model_id", "number", name=op.f("uq_model_versions_model_id_number")),
    )


def _sources() -> None:
    op.create_table(
        "model_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("experiment_id", sa.Integer(), nullable=True),
        _reference("model_sources", "model_id", "operating_models", ondelete="CASCADE"),
        _reference("model_sources", "idea_id", "ideas"),
        _reference("model_sources", "experiment_id", "experiments"),
        sa.CheckConstraint(
            "(idea_id IS NULL) <> (experiment_id IS NULL)", name=op.f("ck_model_sources_one")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_sources")),
        sa.UniqueConstraint("model_id", "idea_id", name=op.f("uq_model_sources_model_id_idea_id")),
        sa.UniqueConstraint(
            "model_id", "experiment_id", name=op.f("uq_model_sources_model_id_experiment_id")
        ),
    )
    op.create_index(op.f("ix_model_sources_idea_id"), "model_sources", ["idea_id"])
    op.create_index(op.f("ix_model_sources_experiment_id"), "model_sources", ["experiment_id"])


def _uses() -> None:
    op.create_table(
        "model_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        _reference("model_uses", "model_id", "operating_models", ondelete="CASCADE"),
        _reference("model_uses", "area_id", "areas"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_uses")),
    )
    op.create_index(op.f("ix_model_uses_model_id"), "model_uses", ["model_id"])
    op.create_index(op.f("ix_model_uses_area_id"), "model_uses", ["area_id"])


def _answered() -> None:
    op.create_table(
        "answered_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _reference("answered_models", "idea_id", "ideas"),
        _reference("answered_models", "model_id", "operating_models", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered_models")),
        sa.UniqueConstraint(
            "idea_id", "model_id", name=op.f("uq_answered_models_idea_id_model_id")
        ),
    )
    op.create_index(op.f("ix_answered_models_model_id"), "answered_models", ["model_id"])


def _spreads() -> None:
    op.create_table(
        "spreads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("fit", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("moved_at", MOMENT, nullable=True),
        _reference("spreads", "idea_id", "ideas"),
        _reference("spreads", "model_id", "operating_models", ondelete="CASCADE"),
        _reference("spreads", "person_id", "people", ondelete="SET NULL"),
        _reference("spreads", "receipt_id", "receipts", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spreads")),
        sa.UniqueConstraint(
            "idea_id", "model_id", "person_id", name=op.f("uq_spreads_idea_id_model_id_person_id")
        ),
        sa.UniqueConstraint(
            "idea_id", "model_id", "receipt_id", name=op.f("uq_spreads_idea_id_model_id_receipt_id")
        ),
    )
    op.create_index(op.f("ix_spreads_model_id"), "spreads", ["model_id"])
    op.create_index(op.f("ix_spreads_state_at"), "spreads", ["state", "at"])


def downgrade() -> None:
    """Take back."""
    for table in ("spreads", "answered_models", "model_uses", "model_sources", "model_versions"):
        op.drop_table(table)
    op.drop_table("operating_models")
    op.drop_table("model_phases")
