"""What works once works once however many try it at the same moment, on either database."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from innovation.accounts import links
from innovation.accounts.actions import invite_administrator, make_link
from innovation.accounts.models import Account, MailedLink, Session
from innovation.accounts.queries import how_many_hold
from innovation.alerts.actions import MOST
from innovation.alerts.models import Alert
from innovation.core import transaction
from innovation.core.db import db
from innovation.core.permissions import Person, Role, System
from innovation.federation.actions import welcome
from innovation.federation.models import Identity
from innovation.federation.visits import Right, Visit
from innovation.groups.models import Group
from innovation.ideas.models import Authorship
from innovation.pages.models import PageText
from innovation.second_factors.models import AuthenticatorApp, SpareCode
from innovation.web import worker
from innovation.web.limits import limiter
from tests.real import installation
from tests.real.factors import (
    add_app,
    add_passkey,
    code_of,
    halfway,
    is_in,
    options_on,
    secret_on,
    take_spares,
)
from tests.real.forms import fields_of
from tests.real.passkeys import SoftKey
from tests.real.people import PASSWORD, carrying, key_of_session, person, sign_in
from tests.security.together import together

AT_ONCE = 6
_numbers = count(1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installation of its own, whose threads have connections of their own."""
    variables = installation.environment(tmp_path_factory.mktemp("races"), "races")
    app = installation.installed(variables)
    yield app
    installation.let_go(app)


@pytest.fixture(autouse=True)
def _unlimited(served: Flask) -> None:
    with served.app_context():
        limiter.reset()


def somebody(app: Flask, *roles: str) -> tuple[Person, str]:
    email = f"kisa{next(_numbers)}@posti.example"
    with app.app_context(), transaction.writing():
        return person(*roles, email=email), email


def statuses(app: Flask, path: str, sent: list[dict[str, str]], **cookies: str) -> list[int]:
    """Send each at the same moment from a browser of its own; gives the answers."""
    clients = [app.test_client() for _ in sent]
    for client in clients:
        for name, value in cookies.items():
            client.set_cookie(name, value)
    works = [partial(one.post, path, data=data) for one, data in zip(clients, sent, strict=True)]
    answers = together(works)
    assert all(answer.status_code < 500 for answer in answers)
    return [answer.status_code for answer in answers if "session" not in _set(answer)]


def _set(answer: object) -> str:
    return " ".join(answer.headers.getlist("Set-Cookie"))  # type: ignore[attr-defined]


def asked_code(app: Flask, email: str) -> tuple[str, str, int]:
    """Let a code be mailed; gives the browser's cookie, the code and the number of its row."""
    client = app.test_client()
    client.post("/sign-in", data={"email": email})
    while worker.do_jobs(app):
        pass
    cookie = client.get_cookie("code")
    assert cookie is not None
    with app.app_context(), transaction.reading():
        row = db.session.scalars(
            select(MailedLink).where(MailedLink.email == email).order_by(MailedLink.id.desc())
        ).first()
        assert row is not None
        code = links.link_code(str(app.secret_key), row.id, row.created_at)
        return cookie.value, code, row.id


def test_a_code_opens_one_session_of_many_that_try(served: Flask) -> None:
    who, email = somebody(served)
    cookie, code, _row = asked_code(served, email)
    refused = statuses(served, "/sign-in/code", [{"code": code}] * AT_ONCE, code=cookie)
    assert len(refused) == AT_ONCE - 1
    with served.app_context(), transaction.reading():
        assert db.session.scalar(select(func.count()).where(Session.person_id == who.id)) == 1


def test_five_tries_are_five_however_many_come_at_once(served: Flask) -> None:
    _who, email = somebody(served)
    cookie, code, row = asked_code(served, email)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    statuses(served, "/sign-in/code", [{"code": wrong}] * 8, code=cookie)
    with served.app_context(), transaction.reading():
        assert db.session.get_one(MailedLink, row).attempts == 5
    assert statuses(served, "/sign-in/code", [{"code": code}], code=cookie) == [303]


def test_code_and_link_of_a_newcomer_make_one_account(served: Flask) -> None:
    email = f"uusi{next(_numbers)}@posti.example"
    client = served.test_client()
    client.post("/register", data={"email": email, "name": "Tuula", "grown": "y"})
    while worker.do_jobs(served):
        pass
    cookie = client.get_cookie("code")
    assert cookie is not None
    with served.app_context(), transaction.reading():
        row = db.session.scalars(select(MailedLink).where(MailedLink.email == email)).one()
        found = links.link_by_id(row.id)
        code = links.link_code(str(served.secret_key), row.id, row.created_at)
        key = links.key_of(str(served.secret_key), found)
    ways = [("/sign-in/code", {"code": code}), (f"/sign-in/link/{key}", {})] * 3
    clients = [served.test_client() for _ in ways]
    for one in clients:
        one.set_cookie("code", cookie.value)
    works = [
        partial(one.post, path, data=data) for one, (path, data) in zip(clients, ways, strict=True)
    ]
    answers = together(works)
    assert all(answer.status_code < 500 for answer in answers)
    assert sum(is_in(one) for one in clients) == 1


def test_a_reset_link_sets_one_password(served: Flask) -> None:
    who, email = somebody(served)
    with served.app_context(), transaction.writing():
        _id, key = make_link(str(served.secret_key), links.RESET, timedelta(hours=1), who.id)
    words = [f"kolme uutta sanaa {number}" for number in range(AT_ONCE)]
    answers = statuses(served, f"/reset/{key}", [{"password": word} for word in words])
    assert answers.count(303) == 1
    assert answers.count(404) == AT_ONCE - 1
    opened = statuses(served, "/sign-in", [{"email": email, "password": word} for word in words])
    assert len(opened) == AT_ONCE - 1


def test_an_app_s_code_is_taken_once(served: Flask) -> None:
    who, _email = somebody(served)
    secret = add_app(sign_in(served, served.test_client(), who))
    browsers = [halfway(served, who) for _ in range(AT_ONCE)]
    code = code_of(secret)
    together([partial(one.post, "/second-factor", data={"code": code}) for one in browsers])
    assert sum(is_in(one) for one in browsers) == 1


def test_a_spare_code_is_taken_once(served: Flask) -> None:
    who, _email = somebody(served)
    own = sign_in(served, served.test_client(), who)
    add_app(own)
    spare = take_spares(own)[0]
    browsers = [halfway(served, who) for _ in range(AT_ONCE)]
    together([partial(one.post, "/second-factor", data={"code": spare}) for one in browsers])
    assert sum(is_in(one) for one in browsers) == 1


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_s_answer_is_taken_once(served: Flask, counts: bool) -> None:
    who, _email = somebody(served)
    key = SoftKey(counts=counts)
    add_passkey(sign_in(served, served.test_client(), who), key)
    first = served.test_client()
    answer = key.show(options_on(first.get("/passkey").text))
    cookie = first.get_cookie("passkey")
    assert cookie is not None
    sent = [{"credential": answer}] * AT_ONCE
    assert len(statuses(served, "/passkey", sent, passkey=cookie.value)) == AT_ONCE - 1


def test_two_accounts_that_claim_one_key_leave_it_with_one(served: Flask) -> None:
    visitor = served.test_client()
    sent = visitor.post("/ideas", data={"text": "Ovi on raskas. Siihen tarvitaan avaaja."})
    key = sent.location.split("/seuraa/")[1].partition("?")[0]
    own = [sign_in(served, served.test_client(), somebody(served)[0]) for _ in range(4)]
    works = [partial(one.post, f"/seuraa/{key}/claim") for one in own]
    answers = together(works)
    assert [answer.status_code for answer in answers] == [303] * 4
    assert [answer.location for answer in answers].count("/profile") == 1
    with served.app_context(), transaction.reading():
        owners = select(func.count()).where(Authorship.person_id.is_not(None))
        assert db.session.scalar(owners.where(Authorship.receipt_id.is_not(None))) == 1


def test_one_address_becomes_one_account_s(served: Flask) -> None:
    email = f"sama{next(_numbers)}@posti.example"
    with served.app_context(), transaction.writing():
        keys = [
            make_link(
                str(served.secret_key), links.ADDRESS, timedelta(days=1), person().id, email=email
            )[1]
            for _ in range(4)
        ]
    clients = [served.test_client() for _ in keys]
    works = [partial(one.post, f"/address/{key}") for one, key in zip(clients, keys, strict=True)]
    found = sorted(answer.status_code for answer in together(works))
    assert found == [303, 404, 404, 404]


def test_somebody_new_from_the_employer_is_one_account(served: Flask) -> None:
    subject = f"uusi{next(_numbers)}"
    visit = Visit(
        "https://id.example", subject, "", "Maija", f"{subject}@tyo.example", "",
        frozenset({Right(Role.STAFF)}), False,
    )  # fmt: skip

    def come() -> int | Exception:
        try:
            with served.app_context(), served.test_request_context(), transaction.writing():
                return welcome(visit, "fi")
        except Exception as problem:
            return problem

    found = together([come] * 4)
    assert len(set(found)) == 1, found
    with served.app_context(), transaction.reading():
        rows = select(func.count()).where(Identity.subject == subject)
        assert db.session.scalar(rows) == 1
        known = select(func.count()).where(Account.email.contains(subject))
        assert db.session.scalar(known) == 1


def test_the_first_administrator_is_one(served: Flask) -> None:
    with served.app_context(), transaction.writing():
        key = invite_administrator(System("test"), str(served.secret_key))
    sent = [
        {"email": f"eka{one}@posti.example", "name": "Eka", "password": PASSWORD}
        for one in range(4)
    ]
    statuses(served, f"/welcome/{key}", sent)
    with served.app_context(), transaction.reading():
        assert how_many_hold(Role.ADMINISTRATOR) == 1


def test_the_last_administrators_do_not_all_leave(served: Flask) -> None:
    known = [somebody(served, Role.ADMINISTRATOR)[0] for _ in range(3)]
    with served.app_context(), transaction.reading():
        others = how_many_hold(Role.ADMINISTRATOR) - len(known)
    own = [sign_in(served, served.test_client(), who) for who in _all_administrators(served)]
    assert len(own) == others + 3
    leaving: list[Callable[[], object]] = [partial(_leave, one) for one in own]
    together(leaving)
    with served.app_context(), transaction.reading():
        assert how_many_hold(Role.ADMINISTRATOR) == 1


def _all_administrators(app: Flask) -> list[Person]:
    from innovation.accounts.grants import holders
    from innovation.accounts.queries import person_by_id

    with app.app_context(), transaction.reading():
        found = [person_by_id(one.person_id) for one in holders(Role.ADMINISTRATOR)]
        return [one for one in found if one is not None]


def _leave(client: FlaskClient) -> int:
    sent = {"way": "nameless", "sure": "y"}
    return client.post("/profile/delete", data=sent).status_code


def presses(app: Flask, key: str, path: str, sent: list[dict[str, str]]) -> list[int]:
    """Send each at the same moment from a window of the same session; gives the answers, sorted."""
    windows = [carrying(app, app.test_client(), key) for _ in sent]
    works = [partial(one.post, path, data=data) for one, data in zip(windows, sent, strict=True)]
    return sorted(answer.status_code for answer in together(works))


def window(app: Flask, *roles: str) -> tuple[Person, str, FlaskClient]:
    """Give somebody new, the key of their session and a window of it."""
    who, _email = somebody(app, *roles)
    key = key_of_session(app, who)
    return who, key, carrying(app, app.test_client(), key)


def how_many(app: Flask, *conditions: object) -> int:
    with app.app_context(), transaction.reading():
        return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def test_an_app_is_added_once(served: Flask) -> None:
    who, key, first = window(served)
    page = first.get("/profile/security/app").text
    sent = {**fields_of(page), "name": "Puhelin", "code": code_of(secret_on(page))}
    assert presses(served, key, "/profile/security/app", [sent] * AT_ONCE) == [303] * AT_ONCE
    assert how_many(served, AuthenticatorApp.person_id == who.id) == 1


def test_spare_codes_of_two_windows_are_those_of_one(served: Flask) -> None:
    who, key, first = window(served)
    add_app(first)
    path = "/profile/security/spare-codes"
    pages = [first.get(path).text for _ in range(3)]
    assert len({str(re.findall("<li><code>([^<]+)", page)) for page in pages}) == 3
    sent = [fields_of(page) for page in pages for _ in "ab"]
    assert presses(served, key, path, sent) == [303] * len(sent)
    assert how_many(served, SpareCode.person_id == who.id) == 10


def test_a_group_is_made_once_and_a_name_is_one_group_s(served: Flask) -> None:
    _who, key, own = window(served, Role.ADMINISTRATOR)
    sent = {"kind": "association", "name": "Kilpailevien kerho", "area": ""}
    assert presses(served, key, "/admin/groups", [sent] * AT_ONCE) == [303] * AT_ONCE
    assert how_many(served, Group.name == sent["name"]) == 1
    pages = [
        own.post("/admin/groups", data={**sent, "name": f"Kerho {place}"}).location
        for place in range(4)
    ]
    windows = [carrying(served, served.test_client(), key) for _ in pages]
    works = [
        partial(one.post, page, data={**sent, "name": "Yhteinen nimi"})
        for one, page in zip(windows, pages, strict=True)
    ]
    assert sorted(one.status_code for one in together(works)) == [303, 422, 422, 422]


def test_of_texts_saved_at_once_one_is_saved_and_the_others_are_told(served: Flask) -> None:
    _who, key, _own = window(served, Role.ADMINISTRATOR)
    path = "/admin/texts/terms/sv"
    sent = [{"text": f"Text nummer {place}.", "version": "0"} for place in range(AT_ONCE)]
    assert presses(served, key, path, sent) == [303] + [422] * (AT_ONCE - 1)
    same = [{"text": "Samma text.", "version": "1"}] * AT_ONCE
    assert presses(served, key, path, same) == [303] * AT_ONCE
    assert how_many(served, PageText.page == "terms", PageText.language == "sv") == 2


def test_nobody_keeps_more_searches_than_may_be_kept(served: Flask) -> None:
    who, key, first = window(served)
    for place in range(MOST - 1):
        first.post("/profile/alerts", data={"q": f"haku {place}"})
    assert how_many(served, Alert.person_id == who.id) == MOST - 1
    sent = [{"q": f"vielä {place}"} for place in range(AT_ONCE)]
    assert presses(served, key, "/profile/alerts", sent) == [303] * AT_ONCE
    assert how_many(served, Alert.person_id == who.id) == MOST
