"""The employer's sign-in against a real provider: who comes in, who does not, with which rights."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from innovation.accounts.models import Account, Grant, Session
from innovation.accounts.rights import grant_role
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Role, System
from innovation.federation.models import Identity
from innovation.second_factors.models import AuthenticatorApp
from tests.conftest import Unit
from tests.federation.conftest import path_of
from tests.real.people import carrying, person
from tests.real.provider import CLIENT_ID, ProviderProcess

pytestmark = pytest.mark.usefixtures("told")

Coming = Callable[..., TestResponse]


def is_in(client: FlaskClient) -> bool:
    return client.get("/profile").status_code == 200


def roles(reading: Unit) -> set[tuple[str, str, bool]]:
    with reading():
        rows = db.session.execute(select(Grant.role, Grant.reason, Grant.revoked_at)).all()
    return {(row.role, row.reason, row.revoked_at is None) for row in rows}


def count(reading: Unit, table: type[Account] | type[Session]) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_somebody_new_comes_in_as_staff(client: FlaskClient, come: Coming, reading: Unit) -> None:
    answer = come()
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert is_in(client)
    with reading():
        account = db.session.scalars(select(Account)).one()
        assert (account.name, account.email) == ("Maija Työntekijä", "maija@tyo.example")
        assert account.email_confirmed_at is not None
        identity = db.session.scalars(select(Identity)).one()
        assert (identity.subject, identity.unit) == ("maija", "Kotihoito")
        session = db.session.scalars(select(Session)).one()
        assert (session.method, session.strong, session.factor_at) == ("employer", False, None)
    assert roles(reading) == {("staff", "employer's sign-in", True)}


def test_the_same_person_comes_to_the_same_account(come: Coming, reading: Unit) -> None:
    come()
    come(email="maija.uusi@tyo.example", es="x")
    assert count(reading, Account) == 1


def test_what_is_sent_there_is_bound_and_fresh(client: FlaskClient) -> None:
    asked = [client.get("/federation/begin").location for _ in range(2)]
    first, second = (parse_qs(urlsplit(one).query) for one in asked)
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == ["http://localhost/federation/return"]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 43


@pytest.mark.parametrize("flaw", ["", "es256"])
def test_both_kinds_of_keys_are_known(come: Coming, flaw: str) -> None:
    assert come(flaw).status_code == 303


@pytest.mark.parametrize(
    "flaw",
    ["nonce", "issuer", "audience", "party", "expired", "future", "nobody", "none", "hs256",
     "signature"],
)  # fmt: skip
def test_a_token_with_a_flaw_opens_nothing(
    client: FlaskClient, come: Coming, reading: Unit, flaw: str
) -> None:
    assert come(flaw).status_code == 422
    assert not is_in(client)
    assert count(reading, Account) == 0


def test_a_clock_may_be_a_little_wrong(come: Coming) -> None:
    with clock.frozen_at(clock.now() - timedelta(seconds=40)):
        assert come().status_code == 303


def test_new_keys_are_fetched_when_a_token_needs_them(
    come: Coming, provider: ProviderProcess
) -> None:
    assert come().status_code == 303
    provider.change_keys()
    assert come().status_code == 422, "asked a moment ago"
    with clock.frozen_at(clock.now() + timedelta(seconds=61)):
        assert come("future").status_code == 422
        assert come().status_code == 303


def test_who_did_not_begin_here_does_not_come_in(
    app: Flask, client: FlaskClient, provider: ProviderProcess
) -> None:
    back = path_of(provider.sign_in(client.get("/federation/begin").location))
    other = app.test_client()
    assert other.get(back).status_code == 422, "another browser, without a cookie"
    other.get("/federation/begin")
    assert other.get(back).status_code == 422, "another browser, with a cookie of its own"
    assert not is_in(other)
    assert client.get(back).status_code == 303


def test_a_wrong_state_or_provider_is_refused(
    client: FlaskClient, provider: ProviderProcess
) -> None:
    back = provider.sign_in(client.get("/federation/begin").location)
    told = {key: values[0] for key, values in parse_qs(urlsplit(back).query).items()}
    for change in ({"state": "x"}, {"iss": "https://evil.example"}, {"code": ""}, {"state": "ä"}):
        page = f"/federation/return?{urlencode({**told, **change})}"
        assert client.get(page).status_code == 422
    assert client.get("/federation/return?error=access_denied").status_code == 422
    assert not is_in(client)


def test_a_code_works_once(app: Flask, client: FlaskClient, provider: ProviderProcess) -> None:
    there = client.get("/federation/begin").location
    kept = client.get_cookie("employer")
    assert kept is not None
    back = path_of(provider.sign_in(there))
    assert client.get(back).status_code == 303
    other = app.test_client()
    other.set_cookie("employer", kept.value)
    assert other.get(back).status_code == 422
    assert not is_in(other)


def test_a_sign_in_is_finished_within_ten_minutes(
    client: FlaskClient, provider: ProviderProcess
) -> None:
    with clock.frozen_at(clock.now() - timedelta(minutes=11)):
        there = client.get("/federation/begin").location
    assert client.get(path_of(provider.sign_in(there))).status_code == 422


@pytest.mark.parametrize("going_to", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_afterwards(come: Coming, going_to: str) -> None:
    assert come(going_to=going_to).location == "/"


def test_an_account_is_joined_when_both_sides_confirmed_the_address(
    come: Coming, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person(email="maija@tyo.example")
        db.session.execute(update(Account).values(email_confirmed_at=clock.now()))
    come()
    with reading():
        assert db.session.scalar(select(Identity.person_id)) == who.id
    assert count(reading, Account) == 1


@pytest.mark.parametrize(("here", "there"), [(True, False), (False, True), (True, "yes")])
def test_an_address_that_one_side_did_not_confirm_joins_nothing(
    come: Coming, writing: Unit, reading: Unit, here: bool, there: object
) -> None:
    with writing():
        who = person(email="maija@tyo.example")
        now = clock.now() if here else None
        db.session.execute(update(Account).values(email_confirmed_at=now))
    come(email_verified=there)
    with reading():
        found = db.session.execute(
            select(Account.id, Account.email)
            .join(Identity, Identity.person_id == Account.id)
        ).one()  # fmt: skip
    assert found.id != who.id
    assert found.email.endswith("@employer.invalid")


def test_whoever_closed_their_account_gets_a_new_one(
    come: Coming, writing: Unit, reading: Unit
) -> None:
    come()
    with writing():
        db.session.execute(update(Account).values(closed_at=clock.now()))
    assert come().status_code == 303
    with reading():
        open_ones = list(db.session.scalars(select(Account.id).where(Account.closed_at.is_(None))))
        assert list(db.session.scalars(select(Identity.person_id))) == open_ones
    assert count(reading, Account) == 2


def test_a_name_that_cannot_be_shown_is_replaced(come: Coming, reading: Unit) -> None:
    come(name="Soita 040 123 4567", sub="outo")
    with reading():
        assert "040" not in (db.session.scalar(select(Account.name)) or "")


def test_rights_are_given_and_taken_with_the_claims(come: Coming, reading: Unit) -> None:
    come(groups=["moderators", "leads"], roles="figures")
    assert {(role, valid) for role, _reason, valid in roles(reading)} == {
        ("staff", True), ("moderator", True), ("lead", True), ("analyst", True),
    }  # fmt: skip
    come(groups=["leads"])
    assert {(role, valid) for role, _reason, valid in roles(reading)} == {
        ("staff", True), ("moderator", False), ("lead", True), ("analyst", False),
    }  # fmt: skip


def test_rights_given_by_hand_stay(come: Coming, reading: Unit, writing: Unit) -> None:
    come(groups=["moderators"])
    with writing():
        who = db.session.scalar(select(Identity.person_id))
        assert who is not None
        grant_role(System("test"), who, Role.COORDINATOR, "by hand")
    come()
    valid = {role for role, _reason, valid in roles(reading) if valid}
    assert valid == {"staff", "coordinator"}


def test_a_right_by_hand_is_not_shortened_by_the_same_claim(
    come: Coming, reading: Unit, writing: Unit
) -> None:
    come()
    with writing():
        who = db.session.scalar(select(Identity.person_id))
        assert who is not None
        grant_role(System("test"), who, Role.MODERATOR, "by hand")
    come(groups=["moderators"])
    with reading():
        grant = db.session.scalars(select(Grant).where(Grant.role == Role.MODERATOR)).one()
        assert (grant.reason, grant.valid_until) == ("by hand", None)


def test_rights_end_by_themselves_when_nobody_comes_any_more(
    client: FlaskClient, come: Coming, reading: Unit
) -> None:
    come(groups=["moderators"])
    with reading():
        ends = set(db.session.scalars(select(Grant.valid_until)))
    assert all(one and timedelta(29) < one - clock.now() < timedelta(32) for one in ends)


def test_strong_identification_counts_as_a_second_factor(come: Coming, reading: Unit) -> None:
    come(acr="high")
    with reading():
        session = db.session.scalars(select(Session)).one()
        assert session.strong
        assert session.factor_at is not None


def test_who_has_a_second_factor_is_asked_for_it_here_as_well(
    client: FlaskClient, come: Coming, writing: Unit, reading: Unit
) -> None:
    come()
    with writing():
        who = db.session.scalar(select(Identity.person_id))
        now = clock.now()
        secret = AuthenticatorApp(
            person_id=who, name="Puhelin", secret="x", last_step=0, created_at=now
        )
        db.session.add(secret)
    before = count(reading, Session)
    assert come(sid="two").location == "/second-factor"
    assert count(reading, Session) == before
    assert come(acr="high").location == "/profile"


def test_signing_out_at_the_employer_signs_out_here(
    app: Flask, client: FlaskClient, come: Coming, provider: ProviderProcess
) -> None:
    come(sid="one")
    elsewhere, other_site = app.test_client(), app.test_client()
    for wrong in ({"iss": provider.issuer, "sid": "two"}, {"iss": provider.issuer, "sid": ""}):
        assert elsewhere.get(f"/federation/ended?{urlencode(wrong)}").status_code == 200
    foreign = {"iss": "https://evil.example", "sid": "one"}
    assert other_site.get(f"/federation/ended?{urlencode(foreign)}").status_code == 404
    assert is_in(client)
    told = {"iss": provider.issuer, "sid": "one"}
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
    answer = elsewhere.get(f"/federation/ended?{urlencode(told)}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert not is_in(client)


def test_a_question_before_reading_ends_nothing(
    app: Flask, client: FlaskClient, come: Coming, provider: ProviderProcess
) -> None:
    come(sid="one")
    told = urlencode({"iss": provider.issuer, "sid": "one"})
    for method in ("OPTIONS", "HEAD"):
        app.test_client().open(f"/federation/ended?{told}", method=method)
    assert is_in(client)
    assert client.head("/federation/return").status_code == 405


def test_signing_out_here_offers_to_sign_out_there(
    app: Flask, client: FlaskClient, come: Coming, provider: ProviderProcess, reading: Unit
) -> None:
    come()
    headers = {"Sec-Fetch-Site": "same-origin"}
    with reading():
        key = client.get_cookie("session")
    assert key is not None
    carrying(app, client, key.value)
    assert client.post("/sign-out", headers=headers).location == "/federation/left"
    page = client.get("/federation/left").get_data(as_text=True)
    assert f"{provider.issuer}/logout?client_id={CLIENT_ID}" in page
    assert not is_in(client)


def test_a_provider_that_is_down_leaves_the_other_doors(app: Flask, client: FlaskClient) -> None:
    app.extensions["settings"] = replace(
        app.extensions["settings"], oidc_issuer="http://localhost:9"
    )
    answer = client.get("/federation/begin")
    assert answer.status_code == 503
    assert 'href="/sign-in"' in answer.get_data(as_text=True)
    assert client.get("/federation/begin").status_code == 503
    assert client.get("/sign-in").status_code == 200


def test_without_a_provider_there_is_no_such_door(app: Flask, client: FlaskClient) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], oidc_issuer="")
    for page in ("begin", "return", "ended"):
        assert client.get(f"/federation/{page}").status_code == 404
    assert "/federation/begin" not in client.get("/sign-in").get_data(as_text=True)
