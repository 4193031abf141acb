"""Below a path of a shared host: no link, form, redirect, script or mail leads out of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core.config import Settings
from innovation.federation.entrance import return_address
from innovation.second_factors.entrance import site
from innovation.web import worker
from innovation.web.application import create_app
from innovation.web.security import own_path
from tests.real import installation
from tests.real.client import CheckingClient
from tests.real.people import PASSWORD
from tests.security.walking import rules, somebody

pytestmark = pytest.mark.once

BELOW = "/ideat"
HERE = f"http://localhost{BELOW}"
# Answered at the root too, for whoever asks past the proxy.
AT_THE_ROOT = {"/healthz", "/readyz", "/metrics"}
OUT = re.compile(r"http://localhost(?!/ideat(?:[/?#\"'<\s]|$))")


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A whole installation whose address has a path."""
    variables = installation.environment(tmp_path_factory.mktemp("below"), "below")
    app = installation.installed({**variables, "INNOVATION_ORIGIN": f"{HERE}/"})
    app.test_client_class = CheckingClient
    yield app
    installation.let_go(app)


def _leads_out(answer: str) -> list[str]:
    """Name every attribute of a page whose value is an address that is not below the path."""
    root = html5lib.parse(answer, namespaceHTMLElements=False)
    return [
        f"<{element.tag} {name}={value}>"
        for element in root.iter()
        if isinstance(element.tag, str)
        for name, value in element.attrib.items()
        if value.startswith("/") and not re.match(r"/ideat(?:[/?#]|$)", value)
    ]


def _goes_out(location: str) -> bool:
    parts = urlsplit(location)
    return parts.netloc in {"", "localhost"} and not f"{parts.path}/".startswith(f"{BELOW}/")


def test_every_address_lies_below_the_path(below: Flask) -> None:
    outside = {rule.rule for rule in below.url_map.iter_rules() if rule.rule[:7] != "/ideat/"}
    assert outside == AT_THE_ROOT
    client = below.test_client()
    assert client.get("/healthz").text == client.get(f"{BELOW}/healthz").text == "ok"
    assert client.get("/ideas").status_code == 404
    assert _leads_out(client.get("/ideas").text) == []


def test_no_page_and_no_answer_to_a_form_leads_out(below: Flask) -> None:
    someone = somebody(below)
    seen = 0
    for method in ("GET", "POST"):
        for rule in rules(below, method):
            # The style guide shows made-up links.
            if rule.rule in {*AT_THE_ROOT, f"{BELOW}/admin/styleguide"}:
                continue
            someone = someone.again()
            visitor = FlaskClient(below)
            visitor.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
            for who in (someone.client, visitor):
                answer = who.open(someone.address(rule), method=method)
                told = f"{method} {rule.rule}"
                if answer.location:
                    assert not _goes_out(answer.location), f"{told} leads to {answer.location}"
                elif answer.mimetype == "text/html":
                    assert not _leads_out(answer.text), f"{told}: {_leads_out(answer.text)}"
                    seen += 1
                if answer.mimetype.startswith(("text/", "application/json")):
                    assert not OUT.search(answer.text), told
    assert seen > 150


def test_scripts_and_styles_are_served_below_and_ask_only_there(below: Flask) -> None:
    client = below.test_client()
    page = client.get(f"{BELOW}/").text
    files = re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js|svg|png))"', page)
    assert len(files) > 1
    for path in files:
        assert path.startswith(f"{BELOW}/static/")
        assert client.get(path).status_code == 200
    # A script takes addresses from the page, never from its own text.
    for script in (Path(__file__).parents[2] / "static/js").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        written = r"(?:fetch|assign|open|fetchP\w+)\(\s*[\"'`]/|href\s*=\s*[\"'`]/"
        assert not re.search(written, text), script.name


def test_signing_in_goes_on_below_the_path_only(below: Flask) -> None:
    with below.test_request_context(f"{BELOW}/"):
        assert own_path(f"{BELOW}/ideas/12?sort=newest") == f"{BELOW}/ideas/12?sort=newest"
        for elsewhere in (
            "/", "/ideas", "/ideat", "/ideatar/x", "//ideat/", "/ideat/../intra", "/ideat/%2E%2e/x",
            "/ideat/..", "/ideat/.%2e?x", f"{HERE}/ideas",
        ):  # fmt: skip
            assert own_path(elsewhere) == f"{BELOW}/", elsewhere
    asked = below.test_client().get(f"{BELOW}/profile")
    assert asked.location == f"{BELOW}/sign-in?next=/ideat/profile"


def test_cookies_are_for_the_whole_host_as_their_names_demand(below: Flask) -> None:
    settings: Settings = below.extensions["settings"]
    bound = create_app(replace(settings, origin="https://www.example.fi/ideat"))
    told = bound.test_client().get(f"{BELOW}/?lang=sv", base_url="https://www.example.fi")
    cookies = [one for one in told.headers.getlist("Set-Cookie") if one.startswith("__Host-")]
    assert cookies
    assert all("Path=/;" in f"{one};" and "Secure" in one for one in cookies)


def test_the_provider_and_passkeys_know_where_we_are(below: Flask) -> None:
    with below.test_request_context(f"{BELOW}/"):
        assert return_address() == f"{HERE}/federation/return"
        # Browsers name a site without any path.
        assert site().origin == "http://localhost"


def test_what_is_mailed_leads_below_the_path(below: Flask) -> None:
    client = below.test_client()
    form = {"email": "tuuli@posti.example", "password": PASSWORD, "name": "Tuuli", "grown": "y"}
    answer = client.post(f"{BELOW}/register", data=form)
    assert answer.status_code == 303
    client.post(f"{BELOW}/reset", data={"email": "tuuli@posti.example"})
    while worker.do_jobs(below):
        pass
    folder: Path = below.extensions["settings"].instance / "mail"
    bodies = [
        part.get_content()
        for path in folder.rglob("*.eml")
        for part in message_from_bytes(path.read_bytes(), policy=policy.default).walk()
        if part.get_content_maintype() == "text"
    ]
    assert bodies
    assert any(f"{HERE}/" in body for body in bodies)
    assert not any(OUT.search(body) for body in bodies)
