"""The way to the employer's sign-in and back, as the browser goes it."""

import hmac
import json
import logging
from dataclasses import dataclass

from flask import Response, current_app, redirect, request, url_for

from innovation.accounts.entrance import ask_when_leaving, begin_session, settings
from innovation.core import transaction
from innovation.core.sealing import seal, unseal
from innovation.federation import actions, providers
from innovation.federation.providers import Provider, RefusedError
from innovation.federation.queries import METHOD, came_from, open_account, outside_of
from innovation.federation.tokens import read_id_token
from innovation.federation.visits import visit_of
from innovation.second_factors.entrance import HALFWAY, cookie, drop_cookie, set_cookie
from innovation.web import locale
from innovation.web.access import seat
from innovation.web.security import own_path

logger = logging.getLogger(__name__)

_COOKIE = "employer"
_PURPOSE = "employer's sign-in"


@dataclass(frozen=True, slots=True)
class Going:
    """A sign-in that this browser has begun, as its cookie keeps it."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    going_to: str
    shared: bool


def the_provider() -> Provider | None:
    """Give the provider to go to; the settings know one at a time."""
    return next(iter(providers.providers(settings())), None)


def return_address() -> str:
    """Give the address that the provider sends people back to."""
    return settings().site + url_for("federation.come_back")


def send_there(provider: Provider, *, shared: bool = False) -> Response:
    """Lead to the provider, and remember in the browser what has to come back."""
    begun = providers.begin(provider, return_address())
    going_to = own_path(request.args.get("next", ""))
    told = json.dumps([provider.issuer, begun.state, begun.nonce, begun.verifier, going_to, shared])
    response = current_app.make_response(redirect(begun.address, 303))
    set_cookie(response, _COOKIE, seal(settings().secret_key, _PURPOSE, told))
    return response


def _begun() -> Going | None:
    sealed = request.cookies.get(cookie(_COOKIE), "")
    told = unseal(settings().secret_key, _PURPOSE, sealed, HALFWAY) if sealed else None
    return Going(*json.loads(told)) if told is not None else None


def was_going_to() -> str:
    """Give where to go on, for the pages of a sign-in that did not work."""
    going = _begun()
    return own_path(request.args.get("next", ""), going.going_to if going else "/")


def _going() -> Going:
    """Give what this browser has begun, once the state that came back is the same."""
    going = _begun()
    if going is None:
        raise RefusedError("not begun in this browser")
    if not hmac.compare_digest(going.state.encode(), request.args.get("state", "").encode()):
        raise RefusedError("another state")
    if request.args.get("iss", going.issuer) != going.issuer:
        raise RefusedError("another provider")
    return going


def let_in() -> Response:
    """Sign in whoever came back. All that is slow is done before the database is asked.

    Raises RefusedError, NotValidError, UnreachableError.
    """
    going = _going()
    provider = providers.provider_of(settings(), going.issuer)
    code = request.args.get("code", "")
    if provider is None or not code:
        raise RefusedError("no code")
    token = providers.id_token(provider, code, going.verifier, return_address())
    visit = visit_of(provider, read_id_token(provider, token, going.nonce))
    person_id = actions.welcome(visit, locale.language())
    response = begin_session(
        person_id,
        open_account(person_id) or locale.language(),
        method=METHOD,
        strong=visit.strong,
        factor=visit.strong,
        shared=going.shared,
        outside=outside_of(visit.issuer, visit.sid),
        going_to=going.going_to,
    )
    drop_cookie(response, _COOKIE)
    return response


@ask_when_leaving
def _offer_to_leave_there() -> str:
    """Lead whoever came from the employer to a page that offers to sign out there as well.

    The provider may have to be asked where that is, so nothing is held in the database meanwhile.
    """
    here = seat()
    with transaction.glancing():
        issuer = came_from(here.session_hash) if here else ""
    return url_for("federation.left") if issuer and end_there() else ""


def end_there() -> str:
    """Give the address of the provider's own log-out, "" when there is none."""
    provider = the_provider()
    return providers.end_address(provider, f"{settings().origin}/") if provider else ""
