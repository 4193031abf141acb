"""Migrations lead from nothing to the models and all the way back."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from innovation.core.config import Settings
from innovation.core.db import Base, db
from innovation.web.application import create_app
from tests.real import installation

VERSIONS = Path(__file__).parents[2] / "migrations/versions"


def test_up_equals_the_models_and_down_leaves_nothing(tmp_path: Path) -> None:
    variables = installation.environment(tmp_path, "migrations")
    app = create_app(Settings.from_environment(variables))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        downgrade(revision="base")
        with db.engine.connect() as connection:
            assert inspect(connection).get_table_names() == ["alembic_version"]
    installation.let_go(app)


@pytest.mark.once
def test_migrations_are_numbered_and_need_nothing_of_the_code() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for path in VERSIONS.glob("*.py"):
        assert "innovation" not in path.read_text(encoding="utf-8")
