"""What the worker does for accounts: mailed links, and forgetting what is over."""

from datetime import timedelta

from flask import current_app

from innovation.accounts.actions import RESET_JOB, forget_old, make_reset_link
from innovation.core import transaction
from innovation.core.jobs import Due, every, job
from innovation.core.permissions import System
from innovation.web import limits


@job(RESET_JOB)
def make_links(due: list[Due]) -> None:
    """Make the links that were asked for, where the address has an account."""
    secret = current_app.extensions["settings"].secret_key
    for one in due:
        with transaction.writing():
            make_reset_link(secret, one.payload["email"])


@every(timedelta(hours=1))
def forget_old_sessions() -> None:
    """Delete what signing in has left behind: old sessions, old links, old counts."""
    with transaction.writing():
        forget_old(System("worker"))
    limits.forget_old()
