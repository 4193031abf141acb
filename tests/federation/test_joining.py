"""The employer's way in beside the others: shared devices, areas of leads, telling the owner."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from innovation.accounts.models import Account, Grant, Session
from innovation.accounts.rights import AREA, SUB_PROJECT, grant_role
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Role, System
from innovation.federation.models import Identity
from innovation.programme.queries import snapshot
from tests.accounts.letters import mails
from tests.conftest import Unit
from tests.federation.conftest import path_of
from tests.real.people import person
from tests.real.provider import ProviderProcess

pytestmark = pytest.mark.usefixtures("told")

Coming = Callable[..., TestResponse]
AREAS = (
    "groups:area=lead:@oulu; groups:both=lead:ikaihmiset@oulu; "
    "groups:whole=lead:ikaihmiset; groups:nowhere=lead:@atlantis"
)


def test_the_owner_is_told_when_the_employer_opens_their_account(
    app: Flask, come: Coming, writing: Unit
) -> None:
    with writing():
        who = person(email="maija@tyo.example")
        db.session.execute(update(Account).values(email_confirmed_at=clock.now()))
    for _ in range(2):
        come()
    told = mails(app, "joined")
    assert [(mail.recipient, mail.person_id) for mail in told] == [("maija@tyo.example", who.id)]
    assert "/profile/devices" in told[0].body
    assert "/contact" in told[0].body


def test_a_new_account_is_told_nothing(app: Flask, come: Coming) -> None:
    come()
    assert mails(app, "joined") == []


@pytest.mark.parametrize(("page", "shared"), [("begin", False), ("begin/shared", True)])
def test_a_device_that_others_use_too_is_said_on_the_way(
    client: FlaskClient, come: Coming, reading: Unit, page: str, shared: bool
) -> None:
    assert f'href="/federation/{page}?next=%2Fprofile"' in client.get("/sign-in?next=/profile").text
    assert come(page=page).location == "/profile"
    with reading():
        assert db.session.scalars(select(Session.shared)).all() == [shared]
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        assert (client.get("/profile").status_code == 303) is shared


def test_leads_of_areas_come_and_go_with_the_claims(
    app: Flask, come: Coming, reading: Unit, caplog: pytest.LogCaptureFixture
) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], oidc_rights=AREAS)

    def led() -> set[tuple[str | None, int | None, int | None]]:
        chosen = select(Grant.scope_kind, Grant.scope_id, Grant.area_id)
        valid = chosen.where(Grant.role == Role.LEAD, Grant.revoked_at.is_(None))
        with reading():
            return {(one[0], one[1], one[2]) for one in db.session.execute(valid)}

    come(groups=["area", "both", "whole", "nowhere"])
    with reading():
        area = next(one.id for one in snapshot().areas if one.slug == "oulu")
        project = next(one.id for one in snapshot().sub_projects if one.slug == "ikaihmiset")
    parts = ((AREA, area, None), (SUB_PROJECT, project, area), (SUB_PROJECT, project, None))
    assert led() == set(parts)
    assert "atlantis" in caplog.text
    for count, group in enumerate(("area", "both", "whole")):
        come(groups=[group])
        assert led() == {parts[count]}
    come()
    assert led() == set()


def test_a_way_that_failed_still_knows_where_somebody_was_going(
    app: Flask, client: FlaskClient, provider: ProviderProcess
) -> None:
    back = provider.sign_in(client.get("/federation/begin?next=/ideas").location)
    page = client.get(path_of(back).replace("state=", "state=x")).text
    assert 'href="/federation/begin?next=/ideas"' in page
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, oidc_issuer="http://localhost:9")
    page = app.test_client().get("/federation/begin?next=/ideas").text
    assert 'href="/sign-in?next=/ideas"' in page


def test_a_right_by_hand_over_the_employer_s_stays_when_the_claim_goes(
    come: Coming, writing: Unit, reading: Unit
) -> None:
    come(groups=["moderators"])
    with writing():
        who = db.session.scalars(select(Identity.person_id)).one()
        grant_role(System("test"), who, Role.MODERATOR, "by hand")
    for groups in (["moderators"], []):
        come(groups=groups)
        with reading():
            left = select(Grant.valid_until).where(
                Grant.role == Role.MODERATOR,
                Grant.reason == "by hand",
                Grant.revoked_at.is_(None),
            )
            assert db.session.scalars(left).all() == [None]
