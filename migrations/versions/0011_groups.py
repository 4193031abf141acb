"""Groups in whose name their members write; scopes by area; a log that only grows."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# As it was before this could be set: whoever wants tells an idea, the rest needs an account.
LEVELS = '{"submit": "anonymous", "comment": "registered", "support": "registered"}'
ADDED = (
    ("grants", sa.Column("area_id", sa.Integer(), nullable=True)),
    ("programmes", sa.Column("group_kinds", sa.JSON(), nullable=False, server_default="[]")),
    ("programmes", sa.Column("levels", sa.JSON(), nullable=False, server_default=LEVELS)),
    ("audit_seals", sa.Column("anchor", sa.Text(), nullable=False, server_default="")),
)
WRITTEN = ("authorships", "comments")
REFUSED = "the audit log only grows"
# What was sealed and anchored may go, by retention alone; the check finds a forged anchor.
GOES = "OLD.id > (SELECT COALESCE(MAX(last_row_id), 0) FROM audit_seals WHERE anchor <> '')"
SEAL_GOES = "OLD.id >= (SELECT COALESCE(MAX(id), 0) FROM audit_seals WHERE anchor <> '')"
ANCHORED_ONCE = (
    "OLD.anchor <> '' OR NEW.anchor = '' OR OLD.id <> NEW.id OR OLD.at <> NEW.at "
    "OR OLD.digest <> NEW.digest OR OLD.last_row_id <> NEW.last_row_id"
)
# Name, table, what is refused, and when (always without a condition).
TRIGGERS = (
    ("audit_rows_unchanged", "audit_rows", "UPDATE", ""),
    ("audit_rows_kept", "audit_rows", "DELETE", GOES),
    ("audit_seals_unchanged", "audit_seals", "UPDATE", ANCHORED_ONCE),
    ("audit_seals_kept", "audit_seals", "DELETE", SEAL_GOES),
)


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
    op.create_table(
        "groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        _reference("groups", "area_id", "areas"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_groups_name")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("named_by", sa.Integer(), nullable=True),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        _reference("memberships", "group_id", "groups", ondelete="CASCADE"),
        _reference("memberships", "person_id", "people", ondelete="CASCADE"),
        _reference("memberships", "named_by", "people", ondelete="SET NULL"),
        _reference("memberships", "ended_by", "people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_group_id"), "memberships", ["group_id"])
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"])
    for table in WRITTEN:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                op.f(f"fk_{table}_group_id_groups"), "groups", ["group_id"], ["id"]
            )
            batch_op.create_index(op.f(f"ix_{table}_group_id"), ["group_id"])
    _guard_log()


def _guard_log() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute(
            "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
        )
        # A trigger's own condition cannot ask a table there, so the functions do.
        for name, table, deed, refused in TRIGGERS:
            back = "NEW" if deed == "UPDATE" else "OLD"
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {refused or 'TRUE'} THEN RAISE EXCEPTION '{REFUSED}'; END IF; "
                f"RETURN {back}; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        for table in ("audit_rows", "audit_seals"):
            op.execute(
                f"CREATE TRIGGER {table}_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
            )
        return
    for name, table, deed, refused in TRIGGERS:
        condition = f"WHEN {refused} " if refused else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def _release_log() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ("audit_rows", "audit_seals"):
            op.execute(f"DROP TRIGGER {table}_emptied ON {table}")
        for name, table, _deed, _refused in TRIGGERS:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        op.execute("DROP FUNCTION refuse_audit_change()")
        return
    for name, _table, _deed, _refused in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")


def downgrade() -> None:
    """Take back."""
    _release_log()
    for table in reversed(WRITTEN):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(op.f(f"ix_{table}_group_id"))
            batch_op.drop_constraint(op.f(f"fk_{table}_group_id_groups"), type_="foreignkey")
            batch_op.drop_column("group_id")
    op.drop_table("memberships")
    op.drop_table("groups")
    for table, column in reversed(ADDED):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column.name)
