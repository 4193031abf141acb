"""Every write of the employer's sign-in: who comes, their rights, and the end of sessions there."""

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from innovation.accounts.actions import Newcomer, normal_email, register
from innovation.accounts.events import IdentityJoined
from innovation.accounts.models import Grant, Session
from innovation.accounts.queries import valid_grant
from innovation.accounts.rights import AREA, FEDERATED, grant_role, revoke_grant
from innovation.core import audit, clock
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import System
from innovation.federation.models import Identity
from innovation.federation.queries import (
    confirmed_account,
    identity_of,
    is_another_s,
    is_taken,
    open_account,
    outside_of,
)
from innovation.federation.visits import Right, Visit
from innovation.programme.queries import snapshot

logger = logging.getLogger(__name__)

GONE = "no longer told by the employer's sign-in"
# Whoever leaves the employer no longer comes in there, so what came from there ends by itself.
RIGHTS_LAST = timedelta(days=30)
_EMPLOYER = System("employer's sign-in")
# A role, and of a lead the ids of sub-project and area.
Scoped = tuple[str, int | None, int | None]


def welcome(visit: Visit, language: str) -> int:
    """Take somebody in who was just signed in by the employer; gives the person's id.

    The account is the one they came to before, else the one with the same address when both sides
    have confirmed it, else a new one. language: for a new account.
    """
    now = clock.now()
    identity = identity_of(visit.issuer, visit.subject)
    if identity is None:
        identity = _first(visit, language)
    elif open_account(identity.person_id) is None:
        identity.person_id = _account_for(visit, language)
    identity.unit, identity.sid, identity.last_at = visit.unit, visit.sid, now
    db.session.flush()
    _bring_rights(identity.person_id, visit.rights)
    return identity.person_id


def _first(visit: Visit, language: str) -> Identity:
    """Make the row of somebody who comes for the first time; of two presses one makes it."""
    try:
        with db.session.begin_nested():
            made = Identity(
                person_id=_account_for(visit, language),
                issuer=visit.issuer,
                subject=visit.subject,
                unit=visit.unit,
                sid=visit.sid,
                created_at=clock.now(),
                last_at=clock.now(),
            )
            db.session.add(made)
            db.session.flush()
            return made
    except (IntegrityError, RuleBrokenError):
        known = identity_of(visit.issuer, visit.subject)
        if known is None:
            raise
        return known


def _account_for(visit: Visit, language: str) -> int:
    email = _usable(visit.email)
    known = confirmed_account(email) if email else None
    if known is not None and is_another_s(known, visit.issuer, visit.subject):
        # The employer gives addresses anew when somebody has left.
        known = None
    if known is not None:
        audit.note(_EMPLOYER, "identity:join", "person", known)
        record(IdentityJoined(known, clock.now().isoformat()))
        return known
    own = bool(email) and not is_taken(email)
    address = email if own else _no_address(visit)
    for name in (visit.name, str(_("Staff member"))):
        try:
            return register(Newcomer(address, name, None, language), confirmed=own)
        except RuleBrokenError as broken:
            if broken.field != "name":
                raise
    raise AssertionError("a name of ours was refused")


def _usable(email: str) -> str:
    try:
        return normal_email(email) if email else ""
    except RuleBrokenError:
        return ""


def _no_address(visit: Visit) -> str:
    """Stand in for an address that nobody has confirmed; no mail can go there (RFC 2606)."""
    digest = hashlib.sha256(f"{visit.issuer} {visit.subject}".encode()).hexdigest()
    return f"{digest[:24]}@employer.invalid"


def _bring_rights(person_id: int, rights: frozenset[Right]) -> None:
    """Give the rights the employer tells of, take back those it no longer does, leave all others.

    Each lasts a while from the last sign-in there.
    """
    wanted = _scoped(rights)
    held = list(
        db.session.scalars(
            select(Grant).where(Grant.person_id == person_id, valid_grant()).order_by(Grant.id)
        )
    )
    by_hand = {_key(one) for one in held if one.reason != FEDERATED}
    for one in held:
        if one.reason == FEDERATED and _key(one) not in wanted:
            _tried("take", partial(revoke_grant, _EMPLOYER, one.id, GONE))
    until = clock.today() + RIGHTS_LAST
    for role, sub_project_id, area_id in sorted(wanted - by_hand, key=str):
        giving = partial(grant_role, _EMPLOYER, person_id, role, FEDERATED, sub_project_id)
        _tried("give", partial(giving, area_id=area_id, until=until))


def _key(grant: Grant) -> Scoped:
    if grant.scope_kind == AREA:
        return grant.role, None, grant.scope_id
    return grant.role, grant.scope_id, grant.area_id


def _scoped(rights: frozenset[Right]) -> set[Scoped]:
    """Give each right with the ids of its scope; a rule for what is not there is told."""
    known = snapshot()
    sub_projects = {"": None, **{one.slug: one.id for one in known.sub_projects}}
    areas = {"": None, **{one.slug: one.id for one in known.areas}}
    wanted: set[Scoped] = set()
    for one in sorted(rights, key=str):
        if one.sub_project not in sub_projects or one.area not in areas:
            logger.warning(
                "INNOVATION_OIDC_RIGHTS names a sub-project or area that is not there: %s@%s",
                one.sub_project,
                one.area,
            )
            continue
        wanted.add((str(one.role), sub_projects[one.sub_project], areas[one.area]))
    return wanted


def end_there(issuer: str, sid: str) -> None:
    """End the sessions that belong to one that has ended at the provider. Safe to repeat."""
    outside = outside_of(issuer, sid)
    if outside:
        db.session.execute(delete(Session).where(Session.outside == outside))


def _tried(what: str, change: Callable[[], object]) -> None:
    """Change a right; one that may not go, such as the last administrator's, stays."""
    try:
        change()
    except RuleBrokenError as broken:
        logger.warning("a right from the employer's sign-in: could not %s: %s", what, broken.field)
