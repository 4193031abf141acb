"""Coming in with a mailed code or its link, and making an account by one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from innovation.accounts import links, mailed_codes, queries
from innovation.accounts.models import Account, MailedLink, Session
from innovation.core import clock, jobs
from innovation.core.db import db
from innovation.web import worker
from tests.accounts.letters import body_of_newest, code_in, mails, path_in
from tests.conftest import Unit
from tests.real.people import PASSWORD, carrying, person, signed_in

AINO = "aino@posti.example"
STRANGER = "outo@posti.example"
NEWCOMER = {"email": "Tuula@Posti.example", "name": "Tuula", "grown": "y"}
DETAILS = {"name": "Outo", "grown": "y"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


def ask(client: FlaskClient, email: str = AINO, where: str = "/profile") -> None:
    answer = client.post(f"/sign-in?next={where}", data={"email": email})
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in/code?next=")


def accounts(reading: Unit) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(Account)) or 0


def test_a_mailed_code_signs_in_and_leads_on(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person(email=AINO)
    client.set_cookie("session", "planted")
    ask(client)
    page = client.get("/sign-in/code?next=/profile")
    assert AINO in page.text
    assert 'autocomplete="one-time-code"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    typed = {"code": code_in(body_of_newest(app, "code"))}
    answer = client.post("/sign-in/code?next=/profile", data=typed)
    assert answer.location == "/profile"
    assert client.get("/profile").status_code == 200
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.value != "planted"
    with reading():
        assert queries.profile_of(who.id).confirmed
        assert db.session.scalar(select(Session.method)) == "code"
    assert client.get_cookie("code") is None


def test_a_code_works_once(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], writing: Unit
) -> None:
    with writing():
        person(email=AINO)
    ask(client)
    body = body_of_newest(app, "code")
    asked = client.get_cookie("code")
    assert asked is not None
    client.post("/sign-in/code", data={"code": code_in(body)})
    other = visitor()
    other.set_cookie("code", asked.value)
    answer = other.post("/sign-in/code", data={"code": code_in(body)})
    assert "wrong=1" in answer.location
    assert other.get(path_in(body)).status_code == 404


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}\n"])
def test_a_pasted_code_may_carry_spaces(
    app: Flask, client: FlaskClient, writing: Unit, typed: str
) -> None:
    with writing():
        person(email=AINO)
    ask(client)
    code = code_in(body_of_newest(app, "code"))
    answer = client.post("/sign-in/code", data={"code": typed.format(code)})
    assert answer.location == "/profile"


@pytest.mark.parametrize("typed", ["", "1234", "123456789", "12345abc", "١٢٣٤٥٦٧٨"])
def test_what_cannot_be_a_code_is_said_at_its_field(
    app: Flask, client: FlaskClient, reading: Unit, typed: str
) -> None:
    ask(client)
    body_of_newest(app, "code")
    answer = client.post("/sign-in/code", data={"code": typed})
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text
    with reading():
        assert db.session.scalar(select(MailedLink.attempts)) == 0


def wrong(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**links.DIGITS:08d}"


def test_five_wrong_codes_end_it(app: Flask, client: FlaskClient, writing: Unit) -> None:
    with writing():
        person(email=AINO)
    ask(client)
    code = code_in(body_of_newest(app, "code"))
    for _ in range(mailed_codes.LONGEST_TRYING):
        answer = client.post("/sign-in/code", data={"code": wrong(code)})
        assert answer.location == "/sign-in/code?wrong=1&next=/"
    assert 'id="code-error"' in client.get(answer.location).text
    assert "wrong=1" in client.post("/sign-in/code", data={"code": code}).location
    assert client.get("/profile").status_code == 303


def test_guessing_in_one_browser_shuts_nobody_else_out(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], writing: Unit
) -> None:
    with writing():
        person(email=AINO)
    guesser = visitor()
    for _ in range(12):
        guesser.post("/sign-in", data={"email": AINO}, environ_overrides=ELSEWHERE)
        body_of_newest(app, "code")
        for _ in range(3):
            guesser.post("/sign-in/code", data={"code": "12345678"}, environ_overrides=ELSEWHERE)
    ask(client)
    code = code_in(body_of_newest(app, "code"))
    assert client.post("/sign-in/code", data={"code": code}).location == "/profile"


def test_when_many_ask_the_owner_still_holds_a_link_that_works(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], writing: Unit
) -> None:
    with writing():
        person(email=AINO)
    for number in range(30):
        where = {"REMOTE_ADDR": f"203.0.113.{number}"}
        visitor().post("/sign-in", data={"email": AINO}, environ_overrides=where)
    body = body_of_newest(app, "code")
    assert len(mails(app, "code")) == 10
    assert client.post(path_in(body)).status_code == 303


@pytest.mark.parametrize(("minutes", "works"), [(9, True), (11, False)])
def test_codes_and_links_last_ten_minutes(
    app: Flask, client: FlaskClient, writing: Unit, minutes: int, works: bool
) -> None:
    with writing():
        person(email=AINO)
    ask(client)
    body = body_of_newest(app, "code")
    with clock.frozen_at(clock.now() + timedelta(minutes=minutes)):
        assert (client.get(path_in(body)).status_code == 200) is works
        answer = client.post("/sign-in/code", data={"code": code_in(body)})
        assert (answer.location == "/profile") is works


def test_another_browser_has_no_use_for_the_code_but_may_open_the_link(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], writing: Unit
) -> None:
    with writing():
        person(email=AINO)
    ask(client)
    body = body_of_newest(app, "code")
    other = visitor()
    assert other.post("/sign-in/code", data={"code": code_in(body)}).location == "/sign-in?next=/"
    ask(other, STRANGER)
    body_of_newest(app, "code")
    assert "wrong=1" in other.post("/sign-in/code", data={"code": code_in(body)}).location
    assert other.get(path_in(body)).status_code == 200
    assert other.get("/profile").status_code == 303
    assert other.post(path_in(body)).location == "/profile"
    assert other.get("/profile").status_code == 200
    assert visitor().post(path_in(body)).status_code == 404


def test_a_made_up_cookie_is_no_browser_that_asked(app: Flask, client: FlaskClient) -> None:
    client.set_cookie("code", "WyJhIiwiYkBjLmZpIixmYWxzZV0.aaaa.bbbb")
    assert client.get("/sign-in/code").location == "/sign-in?next=/"
    assert client.post("/sign-in/code", data={"code": "12345678"}).location == "/sign-in?next=/"


def test_known_unknown_and_closed_addresses_are_answered_alike(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], writing: Unit
) -> None:
    with writing():
        person(email=AINO)
        closed = person(email="kiinni@posti.example")
        db.session.get_one(Account, closed.id).closed_at = clock.now()
    pages = []
    for email in (AINO, STRANGER, "kiinni@posti.example"):
        own = visitor()
        answer = own.post("/sign-in", data={"email": email})
        assert answer.location == "/sign-in/code?next=/"
        page = own.get(answer.location).text
        pages.append(page.replace(email, ""))
        worker.do_jobs(app)
        assert own.post("/sign-in/code", data={"code": "12345678"}).location.endswith("next=/")
    assert pages[0] == pages[1] == pages[2]
    assert [mail.recipient for mail in mails(app, "code")] == [AINO, STRANGER]


def test_asking_does_the_same_work_for_known_and_unknown_addresses(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], writing: Unit
) -> None:
    with writing():
        person(email=AINO)
    for path, data in (("/sign-in", {}), ("/register", {"name": "Aino", "grown": "y"})):
        asked = []
        for email in (AINO, STRANGER):
            visitor().post(path, data={"email": email, **data})
            with writing():
                rows = db.session.scalars(select(jobs.Job).where(jobs.Job.kind == "sign_in_code"))
                asked.append([sorted(job.payload) for job in rows])
                db.session.query(jobs.Job).delete()
        assert asked[0] == asked[1]
        assert len(asked[0]) == 1


def test_an_unknown_address_makes_its_account_by_the_code(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], reading: Unit
) -> None:
    ask(client, STRANGER, "/ideas/new")
    code = code_in(body_of_newest(app, "code"))
    answer = client.post("/sign-in/code?next=/ideas/new", data={"code": code})
    assert answer.location.startswith("/register/")
    assert STRANGER in client.get(answer.location).text
    assert accounts(reading) == 0
    with clock.frozen_at(clock.now() + timedelta(minutes=50)):
        assert client.post(answer.location, data={"name": "Outo"}).status_code == 422
        done = client.post(answer.location, data=DETAILS)
    assert done.location == "/ideas/new"
    assert client.get("/profile").status_code == 200
    assert visitor().post(answer.location, data=DETAILS).status_code == 404
    with reading():
        assert db.session.scalars(select(Account.email)).all() == [STRANGER]


def test_an_unknown_address_makes_its_account_by_the_link(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], reading: Unit
) -> None:
    ask(client, STRANGER)
    path = path_in(body_of_newest(app, "code"))
    assert path.startswith("/register/")
    other = visitor()
    assert other.get(path).headers["Cache-Control"] == "no-store"
    assert other.post(path, data=DETAILS).location == "/profile"
    assert accounts(reading) == 1


def test_registering_mails_a_code_that_makes_the_account(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    answer = client.post("/register?next=/profile", data={**NEWCOMER, "password": PASSWORD})
    assert answer.location == "/sign-in/code?next=/profile"
    assert accounts(reading) == 0
    code = code_in(body_of_newest(app, "code"))
    assert client.post(answer.location, data={"code": code}).location == "/profile"
    assert "Tuula" in client.get("/profile").text
    with reading():
        account = db.session.scalars(select(Account)).one()
        assert account.email == "tuula@posti.example"
        assert account.email_confirmed_at
        assert account.password_hash
        assert db.session.scalars(select(MailedLink.draft)).all() == [{}]


def test_a_taken_address_is_told_to_its_owner_alone(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person(email="tuula@posti.example", name="Oikea")
        stored = db.session.get_one(Account, who.id).password_hash
    answer = client.post("/register", data={**NEWCOMER, "password": "jonkun muun sana"})
    assert answer.location == "/sign-in/code?next=/"
    body = body_of_newest(app, "code")
    assert client.post("/sign-in/code", data={"code": code_in(body)}).location == "/"
    assert "Oikea" in client.get("/profile").text
    with reading():
        account = db.session.scalars(select(Account)).one()
        assert (account.name, account.password_hash) != ("Tuula", stored)
        assert account.password_hash is None


def test_a_password_given_for_somebody_else_s_address_opens_nothing(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], reading: Unit
) -> None:
    client.post("/register", data={**NEWCOMER, "password": "jonkun muun sana"})
    owner = visitor()
    assert owner.post(path_in(body_of_newest(app, "code"))).location == "/"
    assert owner.get("/profile").status_code == 200
    typed = {"email": NEWCOMER["email"], "password": "jonkun muun sana"}
    assert client.post("/sign-in", data=typed).status_code == 422


def test_a_password_from_before_the_address_was_confirmed_goes_with_its_sessions(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient]
) -> None:
    planted, who = signed_in(app)
    with app.app_context():
        email = queries.profile_of(who.id).email
    owner = visitor()
    ask(owner, email)
    owner.post("/sign-in/code", data={"code": code_in(body_of_newest(app, "code"))})
    assert owner.get("/profile").status_code == 200
    assert planted.get("/profile").status_code == 303
    assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 422


def test_an_old_account_confirms_its_address_with_one_press(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, who = signed_in(app)
    assert "/profile/confirm" in own.get("/profile").text
    answer = own.post("/profile/confirm?next=/profile")
    code = code_in(body_of_newest(app, "code"))
    assert own.post(answer.location, data={"code": code}).location == "/profile"
    assert "/profile/confirm" not in own.get("/profile").text
    with reading():
        profile = queries.profile_of(who.id)
        assert profile.confirmed
        assert profile.password_hash
        assert db.session.scalar(select(Session.method)) == "password"


def test_neither_code_nor_key_is_stored(app: Flask, client: FlaskClient, reading: Unit) -> None:
    ask(client)
    body = body_of_newest(app, "code")
    secret = code_in(body).replace(" ", "")
    with reading():
        row = db.session.execute(select(MailedLink.__table__)).one()
    told = " ".join(map(str, row))
    assert secret not in told
    assert path_in(body).rpartition("/")[2] not in told


def test_addresses_of_those_who_never_came_are_soon_forgotten(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    ask(client, STRANGER)
    body_of_newest(app, "code")
    with clock.frozen_at(clock.now() + timedelta(hours=2)):
        worker.do_duties(app)
    with reading():
        assert db.session.scalar(select(MailedLink.id)) is None


def test_asking_for_very_many_codes_has_an_end(client: FlaskClient) -> None:
    codes = [
        client.post("/sign-in", data={"email": f"a{number}@posti.example"}).status_code
        for number in range(201)
    ]
    assert set(codes[:200]) == {303}
    assert codes[200] == 429


def test_a_session_of_somebody_else_in_the_browser_ends(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    own, _who = signed_in(app)
    key = own.get_cookie("session")
    assert key is not None
    with writing():
        person(email=AINO)
    own.post("/sign-in", data={"email": AINO})
    own.post("/sign-in/code", data={"code": code_in(body_of_newest(app, "code"))})
    assert carrying(app, app.test_client(), key.value).get("/profile").status_code == 303
