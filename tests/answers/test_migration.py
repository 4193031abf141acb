"""The migration of answers promises by the day where the installation is, whatever its machine."""

import time
from datetime import date
from pathlib import Path

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from innovation.core import transaction
from innovation.core.db import db
from innovation.ideas.models import Idea
from tests.real import installation
from tests.real.ideas import idea


def test_dates_count_from_the_local_day_of_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = installation.installed(installation.environment(tmp_path, "moments"))
    with app.app_context():
        with transaction.writing():
            idea()
        db.session.remove()
        downgrade(revision="0004")
        # Half past midnight in Finland.
        with db.engine.begin() as connection:
            zone = "+00:00" if installation.on_postgresql() else ".000000"
            moment = f"2026-11-02 22:30:00{zone}"
            connection.execute(text(f"UPDATE ideas SET published_at = '{moment}'"))
        monkeypatch.setenv("TZ", "Pacific/Honolulu")
        time.tzset()
        try:
            upgrade()
        finally:
            monkeypatch.undo()
            time.tzset()
        with transaction.reading():
            assert db.session.query(Idea.first_answer_by).all() == [(date(2026, 11, 17),)]
    installation.let_go(app)
