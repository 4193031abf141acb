"""Between the first proof and the session: who still has to show a second factor, and where."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts.entrance import Arrival, admit, ask_first, settings
from innovation.accounts.queries import person_by_id
from innovation.core import permissions
from innovation.core.errors import ForbiddenError
from innovation.core.keys import hash_key, new_key
from innovation.core.permissions import Person
from innovation.core.sealing import seal, unseal
from innovation.second_factors.actions import Proof
from innovation.second_factors.ceremonies import Site
from innovation.second_factors.queries import OFFICIALS, has_factors
from innovation.web import access
from innovation.web.access import SignedIn, person, seat
from innovation.web.security import own_address, own_path

# How long one may look for one's telephone after the password.
HALFWAY = timedelta(minutes=10)
_PURPOSE = "halfway in"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whoever is asked for a second factor: on the way in, or in a session that has to prove anew.

    arrival: None in a session. binding: what questions to a passkey are bound to.
    """

    person_id: int
    going_to: str
    binding: str
    arrival: Arrival | None = None


def cookie(name: str) -> str:
    """Give the full name of a cookie of ours; over TLS it is bound to the host."""
    return f"__Host-{name}" if settings().secure else name


def set_cookie(response: Response, name: str, value: str) -> None:
    """Give the browser a cookie for the few minutes of coming in."""
    response.set_cookie(
        cookie(name), value, max_age=int(HALFWAY.total_seconds()), httponly=True, samesite="Lax",
        secure=settings().secure,
    )  # fmt: skip


def drop_cookie(response: Response, name: str) -> None:
    """Take such a cookie back."""
    response.delete_cookie(cookie(name), httponly=True, samesite="Lax", secure=settings().secure)


@ask_first
def ask_factor(arrival: Arrival, going_to: str) -> Response | None:
    """Let no session begin before the second factor, where there is one.

    An official who has to have one, and has none, begins on the page where it is made.
    """
    if arrival.factor:
        return None
    if not has_factors(arrival.person_id):
        return admit(arrival, _making(going_to)) if _must_have(arrival.person_id) else None
    told = json.dumps([asdict(arrival), going_to, new_key()])
    response = current_app.make_response(redirect(url_for("proofs.ask"), 303))
    set_cookie(response, "halfway", seal(settings().secret_key, _PURPOSE, told))
    return response


def _must_have(person_id: int) -> bool:
    who = person_by_id(person_id) if settings().second_factor else None
    return who is not None and not who.roles.isdisjoint(OFFICIALS)


def _making(going_to: str) -> str:
    return url_for("second_factors.index", next=None if going_to == own_address("/") else going_to)


def asked() -> Asked | None:
    """Give who is asked for a second factor in this browser, if anybody is."""
    sealed = request.cookies.get(cookie("halfway"), "")
    told = unseal(settings().secret_key, _PURPOSE, sealed, HALFWAY) if sealed else None
    if told is not None:
        fields, going_to, _once = json.loads(told)
        arrival = Arrival(**fields)
        return Asked(arrival.person_id, going_to, hash_key(sealed), arrival)
    here = seat()
    if here is None:
        return None
    going_to = own_path(request.args.get("next", ""), url_for("second_factors.index"))
    return Asked(here.person.id, going_to, here.session_hash)


def proved(arrival: Arrival) -> Arrival:
    """Give the same with a second factor shown."""
    return replace(arrival, factor=True)


def proof() -> Proof:
    """Give the proof that this session carries; only in views for signed-in people."""
    here = seat()
    if here is None:
        raise ForbiddenError("sign in")
    return Proof(here.session_hash, here.shown_at, here.factor_at)


def site(binding: str = "") -> Site:
    """Give where passkeys belong, and what the next question is bound to."""
    return Site(settings().site, settings().secret_key, gettext("Innovation platform"), binding)


def _counting(here: SignedIn) -> Person:
    """Let the rights of officials count only where a second factor was shown, if that is set."""
    who = here.granted
    if not settings().second_factor or here.factor_at is not None:
        return who
    kept = frozenset(scope for scope in who.scopes if scope[0] not in OFFICIALS)
    return replace(who, roles=who.roles - OFFICIALS, scopes=kept, leads_both=frozenset())


def _led(here: SignedIn, permission: str) -> ResponseReturnValue | None:
    """Lead an official without a second factor to where one is made or shown."""
    held = permission and permissions.holds(here.granted, permission)
    if not held or permissions.holds(here.person, permission) or request.method != "GET":
        return None
    going_to = request.full_path.rstrip("?")
    page = "proofs.ask" if has_factors(here.person.id) else "second_factors.index"
    return redirect(url_for(page, next=going_to), 303)


access.also_ask(_counting, _led)


def waits_for_rights() -> bool:
    """Tell whether this person's rights wait for a second factor."""
    here = seat()
    return here is not None and here.granted.roles != person().roles
