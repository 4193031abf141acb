"""Typing somebody's address, or having written in a group's name once, gives no power."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from innovation.accounts.absences import AbsenceDraft, add_absence
from innovation.accounts.grants import grants_of
from innovation.accounts.rights import revoke_grant
from innovation.answers.effects import tell_effect
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ForbiddenError
from innovation.core.permissions import Person, Role, System, holds
from innovation.groups.actions import end_membership
from innovation.groups.queries import members_of
from innovation.ideas.actions import IdeaDraft, edit_idea, submit_idea
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.subscriptions import queries
from innovation.subscriptions.models import Subscription
from innovation.tracking.queries import idea_behind
from tests.accounts.letters import body_of_newest, path_in
from tests.conftest import Unit
from tests.groups.test_groups import TEXT, again, council
from tests.real.ideas import idea
from tests.real.people import PASSWORD, person, sign_in, signed_in
from tests.subscriptions.test_views import ADDRESS, ask, mailed_key
from tests.tracking.test_views import send

SECRET = "Salaneuvosto pohtii"


def test_a_holder_s_forgetting_leaves_readers_alone(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    key = send(client, app)
    with writing():
        _holder, found = idea_behind(key)
        number, now = found.id, clock.now()
        reader = Subscription(idea_id=number, email=ADDRESS, language="fi", created_at=now)
        reader.supports = reader.follows = now
        db.session.add(reader)
    client.post(f"/seuraa/{key}/address", data={"email": ADDRESS})
    client.post(f"/seuraa/{key}/address/forget")
    with reading():
        kept = select(func.count()).where(Subscription.email == ADDRESS)
        assert db.session.scalar(kept) == 1
        assert queries.supporters_by_mail(number) == 1


def test_typing_an_address_for_one_idea_keeps_it_from_no_other(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        one, other = idea(), idea()
    for _ in range(6):
        ask(client, one, supports="y")
    ask(app.test_client(), other, supports="y")
    with reading():
        found = queries.opened(str(app.secret_key), mailed_key(app, reading))
    assert found.idea_id == other


class Council(NamedTuple):
    """An idea in a group's name that its writer has left and a successor has gone on with."""

    gone: Person
    heir: Person
    number: int


@pytest.fixture
def left(app: Flask, writing: Unit) -> Council:
    with writing():
        gone, heir = person(), person()
        group = council(gone, heir)
        number = submit_idea(again(gone), IdeaDraft(TEXT, group_id=group)).idea_id
        db.session.get_one(Idea, number).visibility = "waiting"
    with writing():
        (one,) = [row for row in members_of(group) if row.person_id == gone.id]
        end_membership(System("test"), one.id, "kausi päättyi")
        acting = again(heir)
        edit_idea(acting, visible_idea(acting, number), IdeaDraft(TEXT, title=SECRET))
    return Council(gone, heir, number)


def test_a_group_s_idea_is_not_among_the_own_of_who_left(app: Flask, left: Council) -> None:
    for who, there in ((left.gone, False), (left.heir, True)):
        own = sign_in(app, app.test_client(), who)
        assert (own.get(f"/ideas/{left.number}").status_code == 200) is there
        assert (SECRET in own.get("/profile").text) is there


def test_only_a_group_s_members_say_whether_it_had_an_effect(left: Council, writing: Unit) -> None:
    with writing():
        row = db.session.get_one(Idea, left.number)
        row.visibility, row.handling = "public", "in_use"
    with pytest.raises(ForbiddenError), writing():
        tell_effect(again(left.gone), db.session.get_one(Idea, left.number), "yes")
    with writing():
        tell_effect(again(left.heir), db.session.get_one(Idea, left.number), "yes")


def test_who_works_here_no_more_stands_in_for_nobody(writing: Unit) -> None:
    with writing():
        lead, deputy = person(leads=(1,)), person(Role.STAFF)
        today = clock.today()
        days = (today, today + timedelta(days=30))
        add_absence(lead, AbsenceDraft(lead.id, deputy.id, *days))
        assert again(deputy).leads(1)
        revoke_grant(System("test"), grants_of(deputy.id)[0].id, "lähti talosta")
        assert not again(deputy).leads(1)
        assert not holds(again(deputy), "answer:see")


@pytest.mark.parametrize("how", ["password", "everywhere"])
def test_a_thief_s_link_to_another_address_ends_with_the_sessions(
    app: Flask, client: FlaskClient, how: str
) -> None:
    thief, who = signed_in(app)
    sent = {"email": "varas@posti.example", "current_password": PASSWORD}
    thief.post("/profile/address", data=sent)
    path = path_in(body_of_newest(app, "address"))
    own = sign_in(app, app.test_client(), who)
    if how == "password":
        new = {"current_password": PASSWORD, "password": "neljä aivan uutta sanaa"}
        assert own.post("/profile/password", data=new).status_code == 303
    else:
        assert own.post("/profile/devices/end").status_code == 303
    assert client.post(path).status_code == 404
