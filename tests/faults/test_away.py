"""A database that does not answer: one clear page that needs nothing from it, and no text lost."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from innovation.core.config import Settings
from innovation.web.application import create_app
from tests.real.installation import SECRET_KEY

pytestmark = pytest.mark.once

NOBODY_LISTENS = "postgresql+psycopg://innovation@127.0.0.1:1/innovation"


@pytest.fixture
def visitor(tmp_path: Path) -> FlaskClient:
    """Somebody with the cookie of a session, on an installation without its database."""
    variables = {
        "INNOVATION_INSTANCE": str(tmp_path),
        "INNOVATION_SECRET_KEY": SECRET_KEY,
        "INNOVATION_DATABASE_URL": NOBODY_LISTENS,
    }
    client = create_app(Settings.from_environment(variables)).test_client()
    client.set_cookie("session", "k" * 43)
    return client


@pytest.mark.parametrize("path", ["/", "/ideas", "/ideas/1", "/search?q=ovi", "/missing"])
def test_every_page_says_that_it_is_away_and_what_to_do(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path, base_url="http://localhost")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer.headers
    assert '<html lang="fi">' in answer.text
    assert "112" in answer.text


def test_what_was_typed_is_given_back_to_copy(visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/ideas", data={"text": "Penkki puuttuu aulasta.", "once": "salainen"},
        base_url="http://localhost", headers={"Origin": "http://localhost"},
    )  # fmt: skip

    assert answer.status_code == 503
    assert "Penkki puuttuu aulasta." in answer.text
    assert "salainen" not in answer.text


def test_it_is_alive_all_the_same_and_says_that_it_is_not_ready(visitor: FlaskClient) -> None:
    visitor.delete_cookie("session")

    assert visitor.get("/healthz").status_code == 200
    assert visitor.get("/readyz").status_code == 503
