"""Answers and the promise clock: dates promised, answers, postponements, absences, effect."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import holidays
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ADDED = (
    ("ideas", sa.Column("first_answer_by", sa.Date(), nullable=True)),
    ("ideas", sa.Column("decision_by", sa.Date(), nullable=True)),
    ("ideas", sa.Column("decided_at", MOMENT, nullable=True)),
    ("programmes", sa.Column("closed_periods", sa.JSON(), nullable=False, server_default="[]")),
    ("programmes", sa.Column("criteria", sa.JSON(), nullable=False, server_default="[]")),
    ("programmes", sa.Column("impact_tags", sa.JSON(), nullable=False, server_default="[]")),
)
ANSWERED = (
    "under_evaluation",
    "in_experiment",
    "going_forward",
    "on_hold",
    "not_going_forward",
    "done_another_way",
    "passed_on",
    "in_use",
    "described",
)
DECIDED = tuple(one for one in ANSWERED if one not in {"under_evaluation", "on_hold"})


def _reference(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)


def upgrade() -> None:
    """Apply."""
    for table, column in ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(column)
        if column.server_default is not None:
            with op.batch_alter_table(table, schema=None) as batch_op:
                batch_op.alter_column(column.name, server_default=None)
    _answers()
    _postponements()
    _absences()
    _effect()
    _statutory()
    _bring_dates()
    _bring_answers()


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("sub_project_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("step_on", sa.Date(), nullable=True),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("impact_tags", sa.JSON(), nullable=False),
        sa.Column("elsewhere_name", sa.Text(), nullable=False),
        sa.Column("elsewhere_url", sa.Text(), nullable=False),
        sa.Column("elsewhere_sentence", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _reference("answers", "idea_id", "ideas"),
        _reference("answers", "entry_id", "timeline"),
        _reference("answers", "sub_project_id", "sub_projects"),
        _reference("answers", "person_id", "people", ondelete="SET NULL"),
        _reference("answers", "source_id", "answers", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_idea_id_id"), "answers", ["idea_id", "id"])
    op.create_index(op.f("ix_answers_sub_project_id_at"), "answers", ["sub_project_id", "at"])


def _postponements() -> None:
    op.create_table(
        "postponements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("moved_from", sa.Date(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        _reference("postponements", "idea_id", "ideas"),
        _reference("postponements", "person_id", "people", ondelete="SET NULL"),
        _reference("postponements", "decided_by_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postponements")),
    )
    op.create_index(op.f("ix_postponements_idea_id"), "postponements", ["idea_id"])
    op.create_index(op.f("ix_postponements_state"), "postponements", ["state"])


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        _reference("absences", "person_id", "people", ondelete="CASCADE"),
        _reference("absences", "deputy_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_deputy_id"), "absences", ["deputy_id"])
    op.create_index(op.f("ix_absences_person_id"), "absences", ["person_id"])


def _effect() -> None:
    op.create_table(
        "effects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _reference("effects", "idea_id", "ideas"),
        _reference("effects", "person_id", "people", ondelete="SET NULL"),
        _reference("effects", "receipt_id", "receipts", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effects")),
        sa.UniqueConstraint("idea_id", "person_id", name=op.f("uq_effects_idea_id_person_id")),
        sa.UniqueConstraint("idea_id", "receipt_id", name=op.f("uq_effects_idea_id_receipt_id")),
    )


def _statutory() -> None:
    op.create_table(
        "statutory_clocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _reference("statutory_clocks", "idea_id", "ideas"),
        _reference("statutory_clocks", "person_id", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statutory_clocks")),
    )
    op.create_index(op.f("ix_statutory_clocks_idea_id"), "statutory_clocks", ["idea_id"])
    op.create_index(op.f("ix_statutory_clocks_done_on"), "statutory_clocks", ["done_on"])


def _bring_dates() -> None:
    """Promise what was promised when each idea that is there was published."""
    connection = op.get_bind()
    programmes = sa.table("programmes", sa.column("promises", sa.JSON()))
    promises = connection.scalar(sa.select(programmes.c.promises))
    if promises is None:
        return
    ideas = sa.table(
        "ideas",
        sa.column("id", sa.Integer()),
        sa.column("visibility", sa.Text()),
        sa.column("published_at", MOMENT),
        sa.column("first_answer_by", sa.Date()),
        sa.column("decision_by", sa.Date()),
    )
    zone, free = ZoneInfo("Europe/Helsinki"), holidays.country_holidays("FI")
    rows = connection.execute(
        sa.select(ideas.c.id, ideas.c.published_at).where(ideas.c.published_at.is_not(None))
    ).all()
    for number, published_at in rows:
        # SQLite keeps no zone: its moments are UTC, not the time of the machine.
        start = published_at.replace(tzinfo=published_at.tzinfo or UTC).astimezone(zone).date()
        days = []
        for name in ("first_answer_days", "decision_days"):
            day = start + timedelta(days=int(promises[name]))
            while day.weekday() >= 5 or day in free:
                day += timedelta(days=1)
            days.append(day)
        connection.execute(
            sa.update(ideas)
            .where(ideas.c.id == number)
            .values(first_answer_by=days[0], decision_by=days[1])
        )


def _bring_answers() -> None:
    """Make answers of the decisions with a public reason that stand in the timeline."""
    connection = op.get_bind()
    timeline = sa.table(
        "timeline",
        *(
            sa.column(name, kind)
            for name, kind in (
                ("id", sa.Integer()),
                ("idea_id", sa.Integer()),
                ("at", MOMENT),
                ("kind", sa.Text()),
                ("actor_role", sa.Text()),
                ("person_id", sa.Integer()),
                ("handling_to", sa.Text()),
                ("sub_project_id", sa.Integer()),
                ("reason", sa.Text()),
                ("next_step_on", sa.Date()),
                ("public", sa.Boolean()),
                ("undone_at", MOMENT),
            )
        ),
    )
    answers = sa.table(
        "answers",
        *(
            sa.column(name, kind)
            for name, kind in (
                ("idea_id", sa.Integer()),
                ("entry_id", sa.Integer()),
                ("sub_project_id", sa.Integer()),
                ("person_id", sa.Integer()),
                ("named", sa.Boolean()),
                ("actor_role", sa.Text()),
                ("handling", sa.Text()),
                ("text", sa.Text()),
                ("step", sa.Text()),
                ("step_on", sa.Date()),
                ("criteria", sa.JSON()),
                ("impact_tags", sa.JSON()),
                ("elsewhere_name", sa.Text()),
                ("elsewhere_url", sa.Text()),
                ("elsewhere_sentence", sa.Text()),
                ("at", MOMENT),
            )
        ),
    )
    given = (
        sa.select(timeline)
        .where(
            timeline.c.kind == "handling",
            timeline.c.public,
            timeline.c.undone_at.is_(None),
            timeline.c.reason != "",
            timeline.c.handling_to.in_(ANSWERED),
        )
        .order_by(timeline.c.id)
    )
    ideas = sa.table("ideas", sa.column("id", sa.Integer()), sa.column("decided_at", MOMENT))
    decided: set[int] = set()
    for row in connection.execute(given).all():
        connection.execute(
            sa.insert(answers).values(
                idea_id=row.idea_id,
                entry_id=row.id,
                sub_project_id=row.sub_project_id,
                person_id=row.person_id,
                named=False,
                actor_role=row.actor_role,
                handling=row.handling_to,
                text=row.reason,
                step="",
                step_on=row.next_step_on,
                criteria={},
                impact_tags=[],
                elsewhere_name="",
                elsewhere_url="",
                elsewhere_sentence="",
                at=row.at,
            )
        )
        if row.handling_to in DECIDED and row.idea_id not in decided:
            decided.add(row.idea_id)
            connection.execute(
                sa.update(ideas).where(ideas.c.id == row.idea_id).values(decided_at=row.at)
            )


def downgrade() -> None:
    """Take back."""
    for table in ("statutory_clocks", "effects", "absences", "postponements", "answers"):
        op.drop_table(table)
    for table, column in reversed(ADDED):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column.name)
