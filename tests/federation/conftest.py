"""The employer's provider, and somebody who goes there and comes back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from innovation.federation import providers
from tests.real.provider import ProviderProcess, providing

RIGHTS = "groups:moderators=moderator; groups:leads=lead:ikaihmiset; roles:figures=analyst"


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderProcess]:
    with providing() as process:
        yield process


@pytest.fixture
def told(app: Flask, database: object, provider: ProviderProcess) -> Iterator[None]:
    """The installation knows the provider."""
    before = app.extensions["settings"]
    fields = {
        name.removeprefix("INNOVATION_").lower(): value
        for name, value in provider.variables.items()
    }
    app.extensions["settings"] = replace(
        before, **fields, oidc_rights=RIGHTS, oidc_unit="department", oidc_strong="high higher"
    )
    providers.forget()
    yield
    app.extensions["settings"] = before
    providers.forget()


@pytest.fixture
def come(client: FlaskClient, told: None, provider: ProviderProcess) -> Callable[..., TestResponse]:
    """Somebody goes to the employer's sign-in and comes back."""

    def coming(
        flaw: str = "", going_to: str = "/profile", page: str = "begin", **claims: object
    ) -> TestResponse:
        there = client.get(f"/federation/{page}?{urlencode({'next': going_to})}").location
        back = provider.sign_in(there, flaw=flaw, **claims)
        return client.get(path_of(back))

    return coming


def path_of(address: str) -> str:
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost"
    return f"{parts.path}?{parts.query}"
