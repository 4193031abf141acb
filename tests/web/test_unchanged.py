"""What is kept for many visitors is never older than what was committed."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from innovation.comments.actions import CommentDraft, post_comment
from innovation.core import transaction
from innovation.core.db import db
from innovation.core.permissions import Person
from innovation.ideas.models import Idea
from innovation.votes.actions import cast_vote
from innovation.web.unchanged import MOST_BYTES, Memory
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import carrying, key_of_session, person

GZIP = {"Accept-Encoding": "gzip", "Accept-Language": "fi"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application whose pages are kept as in service: what is written is really committed."""
    folder = tmp_path_factory.mktemp("unchanged")
    app = installation.installed(installation.environment(folder, "unchanged"))
    app.testing = False
    yield app
    installation.let_go(app)


def _page(client: FlaskClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers={**GZIP, **headers})
    assert answer.status_code == 200
    body = answer.get_data()
    if answer.headers.get("Content-Encoding") == "gzip":
        import gzip

        body = gzip.decompress(body)
    return body.decode()


def _asked(app: Flask, client: FlaskClient, path: str) -> int:
    """Give how many statements the page needs."""
    noted: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        noted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        _page(client, path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([one for one in noted if one.startswith("SELECT")])


def _made(app: Flask) -> tuple[int, Person]:
    with app.app_context(), transaction.writing():
        return idea(), person()


def test_a_second_visitor_gets_the_page_without_reading_it_anew(served: Flask) -> None:
    number, _ = _made(served)
    for path in (f"/ideas/{number}", "/ideas", "/"):
        for _ in range(2):
            first = _page(served.test_client(), path)
        # PostgreSQL's own housekeeping may count as a change, now and then.
        assert min(_asked(served, served.test_client(), path) for _ in range(5)) <= 1
        assert _page(served.test_client(), path) == first


def test_what_is_committed_is_seen_by_the_next_visitor(served: Flask) -> None:
    number, who = _made(served)
    path = f"/ideas/{number}"
    assert "Meilläkin on näin." not in _page(served.test_client(), path)
    with served.app_context(), transaction.writing():
        post_comment(who, db.session.get_one(Idea, number), CommentDraft("Meilläkin on näin."))
        db.session.get_one(Idea, number).title = "Toinen otsikko"
    page = _page(served.test_client(), path)
    assert "Toinen otsikko" in page
    assert "Toinen otsikko" in _page(served.test_client(), "/ideas")


def test_whoever_acts_sees_it_at_once_and_others_see_nothing_of_theirs(served: Flask) -> None:
    number, who = _made(served)
    path = f"/ideas/{number}"
    acting = carrying(served, served.test_client(), key_of_session(served, who))
    other = carrying(served, served.test_client(), key_of_session(served, _made(served)[1]))
    assert 'aria-pressed="false"' in _page(acting, path)
    assert 'aria-pressed="false"' in _page(other, path)
    with served.app_context(), transaction.writing():
        cast_vote(who, db.session.get_one(Idea, number))
    assert 'aria-pressed="true"' in _page(acting, path)
    assert 'aria-pressed="false"' in _page(other, path)
    assert who.name not in _page(other, path)
    assert who.name not in _page(served.test_client(), path)


def test_each_form_carries_the_token_of_its_own_session(served: Flask) -> None:
    number, who = _made(served)
    clients = [
        carrying(served, served.test_client(), key_of_session(served, one))
        for one in (who, _made(served)[1])
    ]
    for client in clients:
        page = _page(client, f"/ideas/{number}")
        token = client.environ_base["HTTP_X_CSRF_TOKEN"]
        assert f'name="csrf_token" value="{token}"' in page
        answer = client.post(f"/ideas/{number}/vote", data={"csrf_token": token, "support": "1"})
        assert answer.status_code == 303


def test_a_session_that_was_ended_opens_nothing_more(served: Flask) -> None:
    _, who = _made(served)
    key = key_of_session(served, who)
    client = carrying(served, served.test_client(), key)
    assert client.get("/profile", headers=GZIP).status_code == 200
    assert client.get("/profile", headers=GZIP).status_code == 200
    assert client.post("/sign-out").status_code == 303
    again = carrying(served, served.test_client(), key)
    assert again.get("/profile", headers=GZIP).status_code == 303


def test_each_language_and_each_form_of_a_page_is_kept_apart(served: Flask) -> None:
    _made(served)
    assert "<html" in _page(served.test_client(), "/ideas")
    in_swedish = _page(served.test_client(), "/ideas", **{"Accept-Language": "sv"})
    assert 'lang="sv"' in in_swedish
    assert 'lang="fi"' in _page(served.test_client(), "/ideas")[:200]
    chosen = served.test_client()
    _page(chosen, "/ideas?lang=en")
    assert '<html lang="en"' in _page(chosen, "/ideas")
    assert '<html lang="fi"' in _page(served.test_client(), "/ideas")


def test_what_monitoring_asks_needs_no_database(served: Flask) -> None:
    for _ in range(3):
        assert _asked(served, served.test_client(), "/healthz") == 0


@pytest.mark.once
def test_long_texts_leave_room_for_each_other_and_the_one_asked_for_last_stays() -> None:
    memory, long = Memory(100), "ä" * (MOST_BYTES // 3)
    for name in ("first", "second"):
        memory.keep("a", name, (long,))
    memory.find("a", "first")
    memory.keep("a", "third", long)
    assert memory.find("a", "second") is None
    assert memory.find("a", "first") == (long,)
    # The same one again takes no more room, and another state begins with all of it.
    memory.keep("a", "third", long)
    assert memory.find("a", "first") is not None
    memory.keep("b", "fourth", long)
    memory.keep("b", "fifth", long)
    assert memory.find("b", "fourth") == memory.find("b", "fifth") == long
