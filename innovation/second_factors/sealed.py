"""The secrets of authenticator apps as they are kept: sealed, and anew when the key changes."""

from sqlalchemy import select, update

from innovation.core.db import db
from innovation.core.permissions import System, authorize
from innovation.core.sealing import is_sealed_anew, seal, unseal
from innovation.second_factors.models import AuthenticatorApp


def closed(key: str, person_id: int, secret: str) -> str:
    """Give the secret sealed for this person. key: the installation's."""
    return seal(key, _purpose(person_id), secret)


def opened(key: str, person_id: int, sealed: str) -> str | None:
    """Give what was sealed for this person; None when no known key opens it."""
    return unseal(key, _purpose(person_id), sealed)


def seal_anew(key: str, person_id: int, app_id: int, sealed: str, secret: str) -> bool:
    """Seal a secret with the present key and in the present way; False when it is so already."""
    if is_sealed_anew(key, _purpose(person_id), sealed):
        return False
    changed = update(AuthenticatorApp).where(AuthenticatorApp.id == app_id)
    db.session.execute(changed.values(secret=closed(key, person_id, secret)))
    return True


def reseal(actor: System, key: str) -> tuple[int, int]:
    """Seal every app's secret with the present key. Safe to repeat.

    Gives how many were sealed anew, and how many no known key opens.
    """
    authorize(actor, "person:manage")
    anew = lost = 0
    apps = select(AuthenticatorApp.id, AuthenticatorApp.person_id, AuthenticatorApp.secret)
    for app in db.session.execute(apps.order_by(AuthenticatorApp.id)).all():
        secret = opened(key, app.person_id, app.secret)
        if secret is None:
            lost += 1
        else:
            anew += seal_anew(key, app.person_id, app.id, app.secret, secret)
    return anew, lost


def _purpose(person_id: int) -> str:
    return f"authenticator app:{person_id}"
