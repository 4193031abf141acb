"""Pages of the employer's sign-in: going there, coming back, signing out on both sides."""

import logging

from flask import Blueprint, Response, abort, g, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from innovation.accounts.entrance import settings
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.federation import actions, providers
from innovation.federation.entrance import (
    end_there,
    let_in,
    send_there,
    the_provider,
    was_going_to,
)
from innovation.federation.tokens import NotValidError
from innovation.web import navigation
from innovation.web.access import public
from innovation.web.limits import limiter

logger = logging.getLogger(__name__)

blueprint = Blueprint("federation", __name__, url_prefix="/federation")


def _is_there(_who: Actor) -> bool:
    return the_provider() is not None


def _label() -> str:
    provider = the_provider()
    return (provider.name if provider else "") or str(_("Employer's sign-in"))


def _label_shared() -> str:
    return str(_("%(name)s, on a shared device", name=_label()))


# Two links rather than a link and a tick: a form may lead to no other site (see ADR 21).
navigation.add("federation.begin", LazyString(_label), 10, menu="doors", shown=_is_there)
navigation.add(
    "federation.begin_shared", LazyString(_label_shared), 11, menu="doors", shown=_is_there
)


@blueprint.get("/begin")
@public
@limiter.limit("300/minute")
def begin() -> ResponseReturnValue:
    """Go to the employer's sign-in."""
    return _sent(shared=False)


@blueprint.get("/begin/shared")
@public
@limiter.limit("300/minute")
def begin_shared() -> ResponseReturnValue:
    """Go there from a device that others use too: the session ends soon when nobody acts."""
    return _sent(shared=True)


def _sent(*, shared: bool) -> ResponseReturnValue:
    provider = the_provider() or abort(404)
    try:
        return send_there(provider, shared=shared)
    except providers.UnreachableError as problem:
        return _down(problem)


def _down(problem: Exception) -> ResponseReturnValue:
    logger.warning("the employer's sign-in does not answer: %s", problem)
    return render("federation/down.html", label=_label(), going_to=was_going_to()), 503


@blueprint.get("/return")
@public
@limiter.limit("300/minute")
def come_back() -> ResponseReturnValue:
    """Take in whoever comes back. The one page beside `ended` that acts on a GET: see ADR 21."""
    g.page_is_secret = True
    _only_get()
    try:
        return let_in()
    except providers.UnreachableError as problem:
        return _down(problem)
    except (providers.RefusedError, NotValidError) as problem:
        logger.warning("a sign-in by the employer was refused: %s", problem)
        page = render("federation/refused.html", label=_label(), going_to=was_going_to())
        return page, 422


def _only_get() -> None:
    """Refuse HEAD, which Flask takes for a GET, where a GET acts; and all without a provider."""
    if the_provider() is None:
        abort(404)
    if request.method != "GET":
        abort(405)


@blueprint.get("/ended")
@public
@limiter.limit("600/minute")
def ended() -> ResponseReturnValue:
    """End the sessions of somebody who signed out at the employer (front-channel log-out).

    The answer is the same whether there was such a session or not.
    """
    _only_get()
    issuer, sid = request.args.get("iss", ""), request.args.get("sid", "")
    if providers.provider_of(settings(), issuer) is None:
        abort(404)
    actions.end_there(issuer, sid)
    return Response("", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@blueprint.get("/left")
@public
def left() -> ResponseReturnValue:
    """Say that one is signed out here, and offer to sign out at the employer as well."""
    address = end_there()
    return render("federation/left.html", address=address, label=_label())
