"""What other sites, robots and crafted addresses cannot do."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core.config import Settings
from innovation.core.permissions import Role
from innovation.web import access
from innovation.web.access import MissingAccessRuleError
from innovation.web.application import create_app
from innovation.web.security import own_path
from tests.conftest import Unit
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import PASSWORD, person, signed_in

DETAILS = {"name": "Aivan uusi nimi", "language": "fi", "capacity": "", "area": ""}


@pytest.mark.once
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "///evil.example",
        "",
    ],
)
def test_nobody_is_led_to_another_site(app: Flask, target: str) -> None:
    with app.app_context():
        assert own_path(target) == "/"


@pytest.mark.once
@pytest.mark.parametrize("target", ["/", "/ideas/12?sort=newest", "/search?q=%C3%A4iti#top"])
def test_a_path_of_our_own_is_kept(app: Flask, target: str) -> None:
    with app.app_context():
        assert own_path(target) == target


def test_signing_in_leads_to_our_own_pages_only(client: FlaskClient, writing: Unit) -> None:
    with writing():
        person(email="aino@posti.example")
    typed = {"email": "aino@posti.example", "password": PASSWORD}
    answer = client.post("/sign-in?next=//evil.example/", data=typed)
    assert answer.location == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost.evil.example"},
        {},
    ],
)
def test_another_site_cannot_post_in_anybody_s_name(
    app: Flask, client: FlaskClient, headers: dict[str, str]
) -> None:
    own, _ = signed_in(app)
    del own.environ_base["HTTP_SEC_FETCH_SITE"]
    answer = own.post("/profile/edit", data=DETAILS, headers=headers)
    assert answer.status_code == 403
    assert DETAILS["name"] not in own.get("/profile").text


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_our_own_pages_can(app: Flask, client: FlaskClient, headers: dict[str, str]) -> None:
    own, _ = signed_in(app)
    del own.environ_base["HTTP_SEC_FETCH_SITE"]
    assert own.post("/profile/edit", data=DETAILS, headers=headers).status_code == 303


def test_a_client_that_says_nothing_can_still_send_an_idea(client: FlaskClient) -> None:
    answer = client.post("/ideas", data={"text": "Ovella on kuusi porrasta ja lastenvaunut."})
    assert answer.status_code in {303, 422}


@pytest.mark.parametrize("token", ["", "0" * 64, "ä"])
def test_a_form_without_its_token_is_refused_and_its_text_kept(
    app: Flask, client: FlaskClient, token: str
) -> None:
    own, _ = signed_in(app)
    del own.environ_base["HTTP_X_CSRF_TOKEN"]
    answer = own.post("/profile/edit", data={**DETAILS, "csrf_token": token})
    assert answer.status_code == 403
    assert DETAILS["name"] in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_of_another_session_is_refused(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    other, _ = signed_in(app)
    own.environ_base["HTTP_X_CSRF_TOKEN"] = other.environ_base["HTTP_X_CSRF_TOKEN"]
    assert own.post("/profile/edit", data=DETAILS).status_code == 403


def test_an_expired_session_keeps_the_text(client: FlaskClient) -> None:
    answer = client.post("/profile/edit", data=DETAILS)
    assert answer.status_code == 401
    assert DETAILS["name"] in answer.text


@pytest.mark.parametrize("referrer", ["http://[", "http://[::1", "//"])
def test_a_malformed_referrer_harms_nothing(
    client: FlaskClient, writing: Unit, referrer: str
) -> None:
    with writing():
        number = idea()
    headers = {"Referer": referrer}
    assert client.post("/profile/edit", data=DETAILS, headers=headers).status_code == 401
    assert client.post(f"/ideas/{number}/vote", headers=headers).status_code == 303


def test_even_one_word_of_an_expired_session_is_kept(client: FlaskClient) -> None:
    assert "Kannatetaan" in client.post("/ideas/1/comments", data={"text": "Kannatetaan"}).text


@pytest.mark.parametrize(
    "path",
    [
        "/admin/sub-projects/a%00b",
        "/admin/municipalities/%00",
        "/sub-projects/%00",
        "/areas/%00",
        "/seuraa/%00",
        "/reset/%00",
        "/ideas/%D9%A3",
        "/ideas/99999999999999999999",
        "/admin/people/2147483648",
    ],
)
def test_an_address_that_no_row_can_have_is_no_page(
    app: Flask, path: str, database: object
) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    assert own.get(path).status_code == 404


def test_passwords_are_never_shown_again(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    typed = {"current_password": "oma vanha salasana", "password": "oma uusi salasana"}
    own.environ_base["HTTP_X_CSRF_TOKEN"] = ""
    answer = own.post("/profile/password", data=typed)
    assert answer.status_code == 403
    assert "salasana" not in re.sub(r"<[^>]+>", "", answer.text).lower()


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/admin/people", "/admin/mail", "/profile"])
def test_other_methods_open_no_side_door(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code in {303, 401, 405}
    assert "@" not in answer.text or method != "HEAD"


def test_the_host_header_moves_nobody(client: FlaskClient) -> None:
    answer = client.get("/profile", headers={"Host": "evil.example"})
    assert answer.location.startswith("/sign-in")
    assert "evil.example" not in client.get("/sign-in", headers={"Host": "evil.example"}).text


def test_every_answer_is_dressed(client: FlaskClient) -> None:
    for path in ("/sign-in", "/no-such-page", "/healthz"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.once
def test_a_view_without_an_access_rule_stops_the_start(app: Flask) -> None:
    ruled = app.view_functions["accounts.sign_in"]
    app.view_functions["accounts.forgotten"] = lambda: "hello"
    try:
        with pytest.raises(MissingAccessRuleError, match=r"accounts\.forgotten"):
            access.check_every_view(app)
    finally:
        del app.view_functions["accounts.forgotten"]
    assert access.rule_of(app, "accounts.sign_in") == access.PUBLIC
    with pytest.raises(MissingAccessRuleError):
        access.signed_in(ruled)


@pytest.mark.once
def test_over_tls_cookies_are_bound_to_the_host(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("tls")
    variables = {
        "INNOVATION_INSTANCE": str(folder),
        "INNOVATION_SECRET_KEY": installation.SECRET_KEY,
        "INNOVATION_ORIGIN": "https://ideat.example.fi",
    }
    app = create_app(Settings.from_environment(variables))
    assert app.test_cli_runner().invoke(args=["init"]).exit_code == 0
    newcomer = {"email": "a@posti.example", "name": "Aino", "password": PASSWORD}
    invited = app.test_cli_runner().invoke(args=["admin", "invite"]).stdout.strip()
    try:
        path = invited.removeprefix("https://ideat.example.fi")
        answer = app.test_client().post(path, data=newcomer)
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-session=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    finally:
        installation.let_go(app)
