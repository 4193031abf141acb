"""What is kept for everybody who is signed in shows nobody anything of another, and nothing old."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.accounts.rights import grant_role
from innovation.comments.actions import CommentDraft, post_comment
from innovation.core import transaction
from innovation.core.db import db
from innovation.core.permissions import Person, Role, System
from innovation.ideas.models import Idea
from innovation.notifications.actions import follow
from innovation.programme.queries import snapshot
from innovation.votes.actions import cast_vote
from tests.real import installation
from tests.real.ideas import idea, ripe_once
from tests.real.people import carrying, key_of_session, person

OWN = re.compile(r'(name="(?:csrf_token|once)" value=")[^"]*')


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application whose pages are kept as in service: what is written is really committed."""
    folder = tmp_path_factory.mktemp("shared")
    app = installation.installed(installation.environment(folder, "shared"))
    app.testing = False
    yield app
    installation.let_go(app)


def _signed_in(app: Flask, who: Person) -> FlaskClient:
    return carrying(app, app.test_client(), key_of_session(app, who))


def _somebody(app: Flask) -> Person:
    with app.app_context(), transaction.writing():
        return person()


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "fi"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _made_anew(app: Flask, client: FlaskClient, path: str) -> str:
    """Give the page as it is without anything kept."""
    app.testing = True
    try:
        return _page(client, path)
    finally:
        app.testing = False


def test_everybody_gets_the_page_that_would_be_made_for_them(served: Flask) -> None:
    author, supporter, follower, writer, reader = (_somebody(served) for _ in range(5))
    with served.app_context(), transaction.writing():
        number = idea(author=author)
        cast_vote(supporter, db.session.get_one(Idea, number))
        follow(follower, db.session.get_one(Idea, number))
        post_comment(writer, db.session.get_one(Idea, number), CommentDraft("Meilläkin on näin."))
    clients = [
        _signed_in(served, one) for one in (reader, author, supporter, follower, writer, reader)
    ]
    paths = (f"/ideas/{number}", "/ideas", "/sub-projects/ikaihmiset", "/areas/oulu", "/search?q=a")
    for path in paths:
        for client in (*clients, *clients):
            kept, anew = _page(client, path), _made_anew(served, client, path)
            assert OWN.sub(r"\1", kept) == OWN.sub(r"\1", anew), path


def test_every_form_on_a_kept_page_has_a_key_and_a_token_of_its_own(served: Flask) -> None:
    with served.app_context(), transaction.writing():
        number = idea()
    clients = [_signed_in(served, _somebody(served)) for _ in range(3)]
    pages = [_page(client, f"/ideas/{number}") for client in clients]
    keys = [re.findall(r'name="once" value="([^"]+)', page) for page in pages]
    assert all(found and all("." in one for one in found) for found in keys)
    assert len({one for found in keys for one in found}) == sum(map(len, keys))
    for client, page in zip(clients, pages, strict=True):
        tokens = set(re.findall(r'name="csrf_token" value="([^"]+)', page))
        assert tokens == {client.environ_base["HTTP_X_CSRF_TOKEN"]}


def test_two_visitors_never_get_the_same_key_for_an_idea(served: Flask) -> None:
    pages = [_page(served.test_client(), "/ideas/new") for _ in range(5)]
    keys = [re.findall(r'name="once" value="([^"]+)', page)[0] for page in pages]
    assert len(set(keys)) == len(keys)


def test_a_notice_is_told_once_and_to_nobody_else(served: Flask) -> None:
    with served.app_context(), transaction.writing():
        number = idea()
    acting, other = (_signed_in(served, _somebody(served)) for _ in range(2))
    calm = _page(other, f"/ideas/{number}")
    form = {"text": "Tässä on lisäys.", "once": ripe_once(served)}
    assert acting.post(f"/ideas/{number}/comments", data=form).status_code == 303
    with_notice, without = _page(acting, f"/ideas/{number}"), _page(acting, f"/ideas/{number}")
    assert 'class="notice' in with_notice
    assert with_notice != without
    seen = _page(other, f"/ideas/{number}")
    assert seen.count('class="notice') == calm.count('class="notice')
    assert "Tässä on lisäys." not in seen  # it waits for a moderator
    assert "Tässä on lisäys." in without


def test_what_was_not_committed_is_kept_for_nobody(served: Flask) -> None:
    with served.app_context(), transaction.writing():
        number = idea()
    client = _signed_in(served, _somebody(served))
    before = _page(client, "/ideas")
    with served.test_request_context("/ideas"), transaction.writing() as unit:
        db.session.get_one(Idea, number).title = "Tätä ei koskaan tallennettu"
        db.session.flush()
        served.view_functions["ideas.index"]()
        unit.give_up()
    assert OWN.sub(r"\1", _page(client, "/ideas")) == OWN.sub(r"\1", before)
    assert "koskaan" not in _page(served.test_client(), "/ideas")


def test_each_lead_sees_the_desk_of_what_they_lead(served: Flask) -> None:
    """Two who lead the same sub-project, each in an area of their own."""
    with served.app_context(), transaction.writing():
        home = snapshot().sub_projects[0]
        leads, titles = [], []
        for area in snapshot().areas[:2]:
            who = person(Role.STAFF)
            grant_role(System("test"), who.id, Role.LEAD, "test", home.id, area_id=area.id)
            leads.append(who)
            number = idea(primary_sub_project_id=home.id, area_id=area.id)
            titles.append(f"Asia alueella {area.slug}")
            db.session.get_one(Idea, number).title = titles[-1]
    # Both first: signing in is a commit, after which nothing is remembered.
    clients = [_signed_in(served, who) for who in leads]
    for client, own, other in zip(clients, titles, reversed(titles), strict=True):
        page = _page(client, f"/sub-projects/{home.slug}")
        strip = page.partition('class="strip"')[2].partition('id="ideas"')[0]
        assert own in strip
        assert other not in strip
