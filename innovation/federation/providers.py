"""The employer's OpenID provider: which there is, where its pages are, its keys, its tokens."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from innovation.core import clock
from innovation.core.config import Settings

logger = logging.getLogger(__name__)

SCOPE = "openid profile email"
PATIENCE = (3.05, 7.0)
KEPT = timedelta(hours=1)
# A token with an unknown key makes us look again, but nobody can make us ask without end.
SOONEST = timedelta(minutes=1)
# Nobody waits again and again for a provider that has just not answered.
DOWN_FOR = timedelta(seconds=20)


class UnreachableError(Exception):
    """The provider does not answer, or not as a provider does."""


class RefusedError(Exception):
    """The provider says no: the code was used before, or somebody pressed Cancel."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider as the settings tell of it; each field as in core.config.Settings."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    rights: str
    unit: str
    strong: frozenset[str]


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of a provider. end: of its log-out page, "" for none.

    posts_secret: it takes our secret in the body alone.
    """

    authorization: str
    token: str
    keys: str
    end: str
    posts_secret: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way: the address to go to, and what has to come back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _Kept:
    since: datetime
    found: Any


_places: dict[str, _Kept] = {}
_keys: dict[str, _Kept] = {}
_failed: dict[str, datetime] = {}


def providers(settings: Settings) -> list[Provider]:
    """Give the providers there are. The settings know one; everything else is ready for several."""
    if not settings.oidc_issuer:
        return []
    strong = frozenset(settings.oidc_strong.split())
    one = Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        settings.oidc_name,
        settings.oidc_rights,
        settings.oidc_unit,
        strong,
    )
    return [one]


def provider_of(settings: Settings, issuer: str) -> Provider | None:
    """Give the provider that names itself so."""
    return next((one for one in providers(settings) if one.issuer == issuer), None)


def forget() -> None:
    """Forget what was kept of every provider."""
    _places.clear()
    _keys.clear()
    _failed.clear()


def places_of(provider: Provider) -> Places:
    """Give the provider's addresses, asked for once an hour. Raises UnreachableError."""
    failed = _failed.get(provider.issuer)
    if failed is not None and clock.now() - failed < DOWN_FOR:
        raise UnreachableError("it did not answer a moment ago")
    kept = _places.get(provider.issuer)
    if kept is None or clock.now() - kept.since > KEPT:
        try:
            kept = _Kept(clock.now(), _discovered(provider))
        except UnreachableError:
            _failed[provider.issuer] = clock.now()
            raise
        _places[provider.issuer] = kept
        _failed.pop(provider.issuer, None)
    places: Places = kept.found
    return places


def _discovered(provider: Provider) -> Places:
    told = _fetched(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != provider.issuer:
        raise UnreachableError("it names itself otherwise")
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Places(
        _address(provider, told, "authorization_endpoint"),
        _address(provider, told, "token_endpoint"),
        _address(provider, told, "jwks_uri"),
        _address(provider, told, "end_session_endpoint") if "end_session_endpoint" in told else "",
        "client_secret_basic" not in methods,
    )


def _address(provider: Provider, told: dict[str, Any], name: str) -> str:
    """Give one address; only over TLS, unless the provider itself is on this machine."""
    found = told.get(name)
    kinds = {"https", urlsplit(provider.issuer).scheme}
    if not isinstance(found, str) or urlsplit(found).scheme not in kinds:
        raise UnreachableError(f"no usable {name}")
    return found


def keys_of(provider: Provider, *, anew: bool = False) -> KeySet:
    """Give the keys that the provider signs with. anew: a key was missing. UnreachableError."""
    kept = _keys.get(provider.issuer)
    longest = SOONEST if anew else KEPT
    if kept is None or clock.now() - kept.since > longest:
        found = _fetched(places_of(provider).keys).get("keys") or []
        usable = [
            one
            for one in found
            if isinstance(one, dict) and one.get("kty") in {"RSA", "EC"} and one.get("use") != "enc"
        ]
        try:
            keys = KeySet.import_key_set({"keys": usable})
        except (JoseError, ValueError, KeyError) as problem:
            raise UnreachableError(type(problem).__name__) from None
        kept = _keys[provider.issuer] = _Kept(clock.now(), keys)
    key_set: KeySet = kept.found
    return key_set


def _fetched(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
        told = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError) as problem:
        raise UnreachableError(type(problem).__name__) from None
    if not isinstance(told, dict):
        raise UnreachableError(f"status {answer.status_code}")
    return told


def begin(provider: Provider, return_to: str) -> Begun:
    """Begin a sign-in with PKCE (S256), a state and a nonce. Raises UnreachableError."""
    address, verifier = places_of(provider).authorization, secrets.token_urlsafe(48)
    nonce, state = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with _client(provider, return_to) as client:
        whole, _state = client.create_authorization_url(
            address, state=state, nonce=nonce, code_verifier=verifier
        )
    return Begun(whole, state, nonce, verifier)


def id_token(provider: Provider, code: str, verifier: str, return_to: str) -> str:
    """Give the ID token for a code. Raises UnreachableError, RefusedError."""
    address = places_of(provider).token
    try:
        with _client(provider, return_to) as client:
            given = client.fetch_token(
                address,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                timeout=PATIENCE,
                allow_redirects=False,
            )
    except AuthlibBaseError as problem:
        raise RefusedError(type(problem).__name__) from None
    except (requests.RequestException, ValueError) as problem:
        raise UnreachableError(type(problem).__name__) from None
    token = given.get("id_token")
    if not isinstance(token, str):
        raise RefusedError("no ID token")
    return token


def _client(provider: Provider, return_to: str) -> OAuth2Session:
    known = _places.get(provider.issuer)
    in_body = known is not None and known.found.posts_secret
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=SCOPE,
        redirect_uri=return_to,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post" if in_body else "client_secret_basic",
    )


def end_address(provider: Provider, return_to: str) -> str:
    """Give the address of the provider's own log-out, "" when it has none or does not answer."""
    try:
        end = places_of(provider).end
    except UnreachableError as problem:
        logger.warning("the employer's sign-in does not answer: %s", problem)
        return ""
    told = {"client_id": provider.client_id, "post_logout_redirect_uri": return_to}
    return f"{end}{'&' if '?' in end else '?'}{urlencode(told)}" if end else ""
