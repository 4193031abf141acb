"""Whether whoever asks for everything, or wants to leave, is really the owner of the session."""

from datetime import timedelta

from innovation.accounts.passwords import is_password
from innovation.accounts.queries import profile_of
from innovation.core import clock, transaction
from innovation.privacy.forms import ProofForm
from innovation.web.access import person, seat

FRESH = timedelta(hours=1)


def is_fresh() -> bool:
    """Tell whether the person signed in, typed a code or showed a factor in the last hour."""
    who = seat()
    return who is not None and clock.now() - who.shown_at < FRESH


def has_password() -> bool:
    """Tell whether the person can prove by a password who they are."""
    return profile_of(person().id).password_hash is not None


def can_be_mailed() -> bool:
    """Tell whether a code reaches the person."""
    return profile_of(person().id).can_be_mailed


def is_proved(form: ProofForm) -> bool:
    """Tell whether the session is fresh or the typed password right; else say so at the field.

    At the start of the request, before anything was read or written: checking takes its time.
    """
    with transaction.glancing():
        fresh, known = is_fresh(), profile_of(person().id).password_hash
    if fresh or (known and is_password(known, form.password.data or "")):
        return True
    form.refuse()
    return False
