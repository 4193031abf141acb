"""How many proxies are believed about who visits, and where the public finds the service."""

from pathlib import Path

import pytest
from flask import Flask, request

from innovation.core.config import Settings, SettingsError
from innovation.web.application import create_app
from tests.real.installation import SECRET_KEY

pytestmark = pytest.mark.once


def settings(folder: Path, **more: str) -> Settings:
    given = {"INSTANCE": str(folder), "SECRET_KEY": SECRET_KEY, **more}
    return Settings.from_environment({f"INNOVATION_{key}": value for key, value in given.items()})


def seen_by(app: Flask, forwarded: str) -> str | None:
    """Give whom a request seems to come from that names these addresses."""
    seen = []
    app.before_request(lambda: seen.append(request.remote_addr))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": forwarded})
    return seen[0]


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        # Without TLS nobody stands in front, unless it is said; with TLS one does.
        ({}, "127.0.0.1"),
        ({"ORIGIN": "https://ideat.example.fi"}, "192.0.2.3"),
        ({"ORIGIN": "https://ideat.example.fi", "PROXIES": "0"}, "127.0.0.1"),
        ({"ORIGIN": "https://ideat.example.fi", "PROXIES": "2"}, "192.0.2.2"),
        ({"PROXIES": "1"}, "192.0.2.3"),
        # What a visitor writes in front of the truth is never believed; more proxies than there
        # are leave the address that the machine itself saw.
        ({"PROXIES": "4"}, "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(tmp_path: Path, told: dict[str, str], seen: str) -> None:
    app = create_app(settings(tmp_path, **told))
    assert seen_by(app, "192.0.2.1, 192.0.2.2, 192.0.2.3") == seen


@pytest.mark.parametrize("count", ["-1", "one", "10", "1.5", "²"])
def test_an_absurd_number_of_proxies_is_one_clear_sentence(tmp_path: Path, count: str) -> None:
    with pytest.raises(SettingsError, match="INNOVATION_PROXIES must be how many"):
        settings(tmp_path, PROXIES=count)


@pytest.mark.parametrize(
    ("origin", "site", "path"),
    [
        ("https://ideat.example.fi/", "https://ideat.example.fi", ""),
        ("https://www.example.fi/ideat/", "https://www.example.fi", "/ideat"),
        ("https://www.example.fi:8443/palvelut/ideat", "https://www.example.fi:8443",
         "/palvelut/ideat"),
    ],
)  # fmt: skip
def test_the_public_address_may_have_a_path(
    tmp_path: Path, origin: str, site: str, path: str
) -> None:
    read = settings(tmp_path, ORIGIN=origin)
    assert (read.site, read.path, read.origin) == (site, path, site + path)


@pytest.mark.parametrize(
    "origin",
    [
        "https://www.example.fi//ideat", "https://www.example.fi/ideat/../x", "ideat.example.fi",
        "https://www.example.fi/ideat?x=1", "https://www.example.fi/ide at", "https:///ideat",
        "https://www.example.fi/<ideat>", "https://www.example.fi/%2e%2e", "ftp://x.example/ideat",
    ],
)  # fmt: skip
def test_an_absurd_public_address_is_one_clear_sentence(tmp_path: Path, origin: str) -> None:
    with pytest.raises(SettingsError, match="INNOVATION_ORIGIN must be the public address"):
        settings(tmp_path, ORIGIN=origin)
