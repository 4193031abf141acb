"""Every write to second factors: adding, showing, removing, and taking them away when lost."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update

from innovation.accounts.models import Account, Session
from innovation.accounts.queries import profile_of
from innovation.accounts.sessions import end_sessions
from innovation.core import audit, clock
from innovation.core.db import db, insert
from innovation.core.errors import ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, System, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.second_factors.ceremonies import Made, Shown
from innovation.second_factors.codes import matching_step
from innovation.second_factors.events import FactorsChanged
from innovation.second_factors.models import (
    AuthenticatorApp,
    FactorReset,
    Passkey,
    SpareCode,
    UsedChallenge,
)
from innovation.second_factors.queries import (
    APP,
    PASSKEY,
    factor_of,
    has_factors,
    is_fresh,
)
from innovation.second_factors.sealed import closed, opened, seal_anew

LONGEST_NAME = 60
LONGEST_REASON = 500
MOST = 10
CHALLENGES_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Proof:
    """The session in which something is changed, and when it was proved whose it is."""

    session_hash: str
    shown_at: datetime
    factor_at: datetime | None


def add_app(actor: Person, proof: Proof, key: str, name: str, secret: str, typed: str) -> None:
    """Add an authenticator app once it has shown a code. key: the installation's secret.

    Sent twice, it is added once, without a proof by what was just added. Raises RuleBrokenError
    at name or code, ForbiddenError when the proof is not fresh.
    """
    digest = _digest("app", secret)
    _wait_in_line(actor)
    if db.session.get(UsedChallenge, digest) is not None:
        return
    _may_change(actor, proof)
    _check_name(name)
    _refuse_more(actor.id, AuthenticatorApp)
    step = matching_step(secret, typed, clock.now())
    if step is None:
        raise RuleBrokenError(
            _("This is not the code that the app shows now. Wait for the next one and try again."),
            "code",
        )
    use_challenge(digest)
    first = not has_factors(actor.id)
    db.session.add(
        AuthenticatorApp(
            person_id=actor.id,
            name=name,
            secret=closed(key, actor.id, secret),
            last_step=step,
            created_at=clock.now(),
            last_used_at=None,
        )
    )
    _added(actor, proof, APP, first=first)


def add_passkey(actor: Person, proof: Proof, name: str, made: Made) -> None:
    """Add a passkey that was just made. Raises as `add_app`; a question answered twice is refused.

    Raises RuleBrokenError at name, ForbiddenError when the proof is not fresh.
    """
    _may_change(actor, proof)
    _check_name(name)
    _refuse_more(actor.id, Passkey)
    first = not has_factors(actor.id)
    values = {
        "person_id": actor.id,
        "name": name,
        "credential_id": made.credential_id,
        "public_data": made.public_data,
        "sign_count": made.sign_count,
        "created_at": clock.now(),
    }
    added = insert(Passkey).values(**values).on_conflict_do_nothing().returning(Passkey.id)
    if not use_challenge(made.digest) or db.session.execute(added).scalar() is None:
        raise RuleBrokenError(_("The passkey could not be added. Try again."), "name")
    _added(actor, proof, PASSKEY, first=first)


def keep_spares(actor: Person, proof: Proof, shown: str, hashes: dict[str, str]) -> None:
    """Keep new spare codes, as place to hash; the earlier ones no longer work.

    shown: the codes as they were shown. Kept twice they are kept once, so that none that was used
    meanwhile comes back. Raises ForbiddenError when the proof is not fresh, or when there is
    nothing they stand in for.
    """
    _may_change(actor, proof)
    if not has_factors(actor.id):
        raise ForbiddenError(_("Add an app or a passkey first."))
    if not use_challenge(_digest("spares", shown)):
        return
    db.session.execute(delete(SpareCode).where(SpareCode.person_id == actor.id))
    now = clock.now()
    for place, code_hash in hashes.items():
        code = SpareCode(person_id=actor.id, place=place, code_hash=code_hash, created_at=now)
        db.session.add(code)
    audit.note(actor, "factor:spares", "person", actor.id)


def remove_factor(actor: Person, proof: Proof, kind: str, number: int) -> None:
    """Take one's own factor away; one's other sessions end.

    Raises NotFoundError for one that is not one's own, ForbiddenError without a fresh proof.
    """
    _may_change(actor, proof)
    factor_of(actor.id, kind, number)
    table = AuthenticatorApp if kind == APP else Passkey
    db.session.execute(delete(table).where(table.id == number, table.person_id == actor.id))
    if not has_factors(actor.id):
        _forget_all(actor.id)
    end_sessions(actor.id, proof.session_hash)
    audit.note(actor, "factor:remove", "person", actor.id, kind=kind)
    record(FactorsChanged(actor.id, "removed", clock.now().isoformat()))


def reset_factors(actor: Actor, person_id: int, reason: str) -> None:
    """Take away every factor of somebody who has lost them all; their sessions end.

    Raises RuleBrokenError at reason, NotFoundError for nobody, ForbiddenError for one's own.
    """
    authorize(actor, "person:manage")
    if isinstance(actor, Person) and actor.id == person_id:
        raise ForbiddenError(_("Change your own on the page for signing in safely."))
    if not reason:
        raise RuleBrokenError(_("Write the reason in a few words."), "reason")
    refuse_long(LONGEST_REASON, reason=reason)
    refuse_identity_codes(reason=reason)
    if profile_of(person_id).closed:
        raise NotFoundError(f"person {person_id}")
    for table in (AuthenticatorApp, Passkey):
        db.session.execute(delete(table).where(table.person_id == person_id))
    _forget_all(person_id)
    end_sessions(person_id)
    by = actor.id if isinstance(actor, Person) else None
    now = clock.now()
    db.session.add(FactorReset(person_id=person_id, reset_by=by, reason=reason, at=now))
    audit.note(actor, "factor:reset", "person", person_id)
    record(FactorsChanged(person_id, "reset", now.isoformat()))


def take_app_code(person_id: int, key: str, typed: str) -> bool:
    """Tell whether an app of this person shows this code now; each code is taken once."""
    apps = db.session.execute(
        select(AuthenticatorApp.id, AuthenticatorApp.secret)
        .where(AuthenticatorApp.person_id == person_id)
        .order_by(AuthenticatorApp.id)
    ).all()
    for app in apps:
        secret = opened(key, person_id, app.secret)
        step = matching_step(secret, typed, clock.now()) if secret else None
        if secret and step is not None and _take_step(app.id, step):
            seal_anew(key, person_id, app.id, app.secret, secret)
            return True
    return False


def _take_step(app_id: int, step: int) -> bool:
    """Take a half minute of an app, if it is later than the last one that was taken."""
    taken = db.session.execute(
        update(AuthenticatorApp)
        .where(AuthenticatorApp.id == app_id, AuthenticatorApp.last_step < step)
        .values(last_step=step, last_used_at=clock.now())
        .returning(AuthenticatorApp.id)
    )
    return taken.first() is not None


def take_spare(person_id: int, spare_id: int) -> bool:
    """Use up a spare code whose hash was just checked; False when somebody was faster."""
    taken = db.session.execute(
        update(SpareCode)
        .where(
            SpareCode.id == spare_id, SpareCode.person_id == person_id, SpareCode.used_at.is_(None)
        )
        .values(used_at=clock.now())
        .returning(SpareCode.id)
    )
    if taken.first() is None:
        return False
    record(FactorsChanged(person_id, "spare_used", clock.now().isoformat()))
    return True


def take_passkey(passkey_id: int, shown: Shown) -> bool:
    """Take a passkey's answer that was just checked, once; False when it may be a copy.

    A device that counts its signatures never counts backwards (WebAuthn 6.1.1).
    """
    counted = or_(
        Passkey.sign_count < shown.sign_count,
        (Passkey.sign_count == 0) & (shown.sign_count == 0),
    )
    taken = db.session.execute(
        update(Passkey)
        .where(Passkey.id == passkey_id, counted)
        .values(sign_count=shown.sign_count, last_used_at=clock.now())
        .returning(Passkey.id)
    )
    return use_challenge(shown.digest) and taken.first() is not None


def use_challenge(digest: str) -> bool:
    """Note that a question was answered; False when it was already."""
    noted = db.session.execute(
        insert(UsedChallenge)
        .values(digest=digest, used_at=clock.now())
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(UsedChallenge.digest)
    )
    return noted.first() is not None


def note_shown(session_hash: str) -> None:
    """Remember that a second factor was just shown in this session."""
    db.session.execute(
        update(Session).where(Session.key_hash == session_hash).values(factor_at=clock.now())
    )


def forget_old(actor: System) -> None:
    """Delete answered questions that are too old to be answered again anyway."""
    authorize(actor, "person:manage")
    until = clock.now() - CHALLENGES_KEPT
    db.session.execute(delete(UsedChallenge).where(UsedChallenge.used_at <= until))


def _digest(use: str, shown: str) -> str:
    """Give what stands among the answered questions for a secret that a page has shown."""
    return hashlib.sha256(f"{use} {shown}".encode()).hexdigest()


def _wait_in_line(actor: Person) -> None:
    """Let two windows that change something at the same moment do so one after the other."""
    db.session.get(Account, actor.id, with_for_update={"key_share": True})


def _may_change(actor: Person, proof: Proof) -> None:
    authorize(actor, "profile:edit")
    _wait_in_line(actor)
    if not is_fresh(actor.id, proof.shown_at, proof.factor_at):
        raise ForbiddenError(_("Show first that it is you."))


def _check_name(name: str) -> None:
    if not name:
        raise RuleBrokenError(_("Give it a name by which you know it later."), "name")
    refuse_long(LONGEST_NAME, name=name)
    refuse_identity_codes(name=name)


def _refuse_more(person_id: int, table: type[AuthenticatorApp] | type[Passkey]) -> None:
    counted = select(func.count()).select_from(table).where(table.person_id == person_id)
    if (db.session.scalar(counted) or 0) >= MOST:
        raise RuleBrokenError(_("You have as many as you can have. Remove one first."), "name")


def _added(actor: Person, proof: Proof, kind: str, *, first: bool) -> None:
    """Let the session count as proved; with the first factor all others end, which never were."""
    if first:
        end_sessions(actor.id, proof.session_hash)
    note_shown(proof.session_hash)
    audit.note(actor, "factor:add", "person", actor.id, kind=kind)
    record(FactorsChanged(actor.id, "added", clock.now().isoformat()))


def _forget_all(person_id: int) -> None:
    """Nothing is left to show, so spare codes stand in for nothing and no session is proved."""
    db.session.execute(delete(SpareCode).where(SpareCode.person_id == person_id))
    sessions = update(Session).where(Session.person_id == person_id)
    db.session.execute(sessions.values(factor_at=None))
