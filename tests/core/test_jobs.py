"""Jobs that are done while somebody renews them: nobody waits for the other, nothing is missed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.core import jobs, transaction
from innovation.core.db import db
from tests.real import installation

pytestmark = pytest.mark.skipif(
    not installation.on_postgresql(), reason="SQLite lets one unit of work write at a time"
)


@pytest.fixture
def racing(tmp_path: Path) -> Iterator[Flask]:
    """An installation whose units of work are really committed."""
    app = installation.installed(installation.environment(tmp_path, "jobs"))
    yield app
    installation.let_go(app)


def test_who_ends_jobs_does_not_wait_for_whoever_renews_one(racing: Flask) -> None:
    with racing.app_context(), transaction.writing():
        for key in ("1", "2"):
            jobs.enqueue("errand", key)
    with racing.app_context(), transaction.writing():
        done = jobs.take("errand", 2)

    def end() -> None:
        with racing.app_context(), transaction.writing():
            db.session.connection().exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            jobs.finish(done)

    with racing.app_context(), transaction.writing():
        jobs.enqueue("errand", "2")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(end).result(timeout=20)
    with racing.app_context(), transaction.reading():
        left = db.session.execute(
            select(jobs.Job.unique_key, jobs.Job.locked_until).where(jobs.Job.kind == "errand")
        ).all()
    assert left == [("2", None)]
