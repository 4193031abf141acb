"""What the worker does for accounts: mailed links and codes, and forgetting what is over."""

from datetime import timedelta

from flask import current_app

from innovation.accounts.actions import RESET_JOB, forget_old, make_reset_link
from innovation.accounts.addresses import ADDRESS_JOB, make_address_link
from innovation.accounts.mailed_codes import CODE_JOB, make_code
from innovation.core import transaction
from innovation.core.jobs import Due, every, job, settle
from innovation.core.permissions import System
from innovation.web import limits


@job(RESET_JOB)
def make_links(due: list[Due]) -> None:
    """Make the links that were asked for, where the address has an account."""
    for one in due:
        with transaction.writing():
            if settle(one):
                make_reset_link(_secret(), one.payload["email"], one.payload.get("going_to", ""))


@job(CODE_JOB)
def make_codes(due: list[Due]) -> None:
    """Make the codes that were asked for; what is mailed depends on whether there is an account."""
    for one in due:
        with transaction.writing():
            if settle(one):
                make_code(_secret(), one.payload)


@job(ADDRESS_JOB)
def make_address_links(due: list[Due]) -> None:
    """Make the links for new addresses."""
    for one in due:
        with transaction.writing():
            if settle(one):
                make_address_link(_secret(), one.payload["id"], one.payload["to"])


@every(timedelta(hours=1))
def forget_old_sessions() -> None:
    """Delete what signing in has left behind: old sessions, old links."""
    with transaction.writing():
        forget_old(System("worker"))


@every(timedelta(hours=1), on_each_machine=True)
def forget_old_counts() -> None:
    """Delete counts of the limits whose time is over."""
    limits.forget_old()


def _secret() -> str:
    secret: str = current_app.extensions["settings"].secret_key
    return secret
