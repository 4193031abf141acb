"""No network address is kept with what people write; counting against robots forgets in a day."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse_many
from sqlalchemy import Text, cast, select

from innovation.core.db import Base, db
from innovation.web.limits import limiter
from tests.conftest import Unit
from tests.real.ideas import ripe_once

ROOT = Path(__file__).parents[2]
ADDRESS = "203.0.113.77"
DAY = 24 * 3600
_LIMITS = re.compile(r"\"(\d+/(?:\d+ ?)?[a-z]+)\"")


def test_an_idea_and_all_around_it_hold_no_address(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    client.environ_base["REMOTE_ADDR"] = ADDRESS
    client.environ_base["HTTP_USER_AGENT"] = "Tunnistettava-Selain/7.7"
    draft = {"text": "Portaat ovat talvella liukkaat.", "once": ripe_once(app)}
    assert client.post("/ideas", data=draft).status_code == 303
    client.get("/ideas")
    client.post("/sign-in", data={"email": "a@posti.example", "password": "väärä sana tässä"})
    with writing():
        for table in Base.metadata.tables.values():
            for column in table.columns:
                text = cast(column, Text)
                for word in (ADDRESS, "Tunnistettava"):
                    found = select(column).where(text.contains(word)).limit(1)
                    assert db.session.execute(found).first() is None, (table.name, column.name)


def test_counts_are_kept_under_keyed_hashes(app: Flask, client: FlaskClient) -> None:
    client.environ_base["REMOTE_ADDR"] = ADDRESS
    client.post("/sign-in", data={"email": "a@posti.example", "password": "väärä sana tässä"})
    with app.app_context():
        storage = limiter.storage
        keys = [row[0] for row in storage._connection().execute("SELECT key FROM hits")]  # type: ignore[attr-defined]
    assert keys
    assert not [key for key in keys if ADDRESS in key or "posti.example" in key]


@pytest.mark.once
def test_no_count_lasts_longer_than_a_day() -> None:
    """Every limit in the code, whether it is a decorator's or one that is asked."""
    seen = 0
    for path in (ROOT / "innovation").rglob("*.py"):
        for words in _LIMITS.findall(path.read_text(encoding="utf-8")):
            for item in parse_many(words):
                seen += 1
                assert item.get_expiry() <= DAY, f"{path.name}: {words}"
    assert seen > 20
