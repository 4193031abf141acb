"""The commands of administrators: making the first one, and checking the audit log."""

import click
from flask import current_app
from flask.cli import with_appcontext

from innovation.accounts.actions import invite_administrator
from innovation.core import transaction
from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import System
from innovation.privacy import audit_chain
from innovation.privacy.audit_chain import Trouble
from innovation.web.server import public_origin


@click.group("admin")
def admin() -> None:
    """Administrators of the installation."""


@admin.command("invite")
@with_appcontext
def invite() -> None:
    """Print a one-time link with which the first administrator makes an account."""
    try:
        click.echo(invitation())
    except RuleBrokenError as broken:
        raise click.ClickException(str(broken.message)) from None


def invitation() -> str:
    """Give the address of a new invitation. Raises RuleBrokenError when there is no need."""
    settings = current_app.extensions["settings"]
    with transaction.writing():
        key = invite_administrator(System("invite"), settings.secret_key)
    return f"{public_origin(settings)}/welcome/{key}"


@click.group("audit")
def audit() -> None:
    """Check the log of who did what."""


@audit.command("check")
@click.option("--seal", "known", default="", help="A digest kept elsewhere that must be there.")
@with_appcontext
def check(known: str) -> None:
    """Tell whether the audit log is as it was written, or between which rows it is not."""
    settings = current_app.extensions["settings"]
    with transaction.reading():
        found = audit_chain.check(settings.secret_key, known)
    if found.trouble is not None:
        raise click.ClickException(
            TROUBLES[found.trouble].format(after=found.after, up_to=found.up_to)
        )
    click.echo(
        f"The audit log is intact: {found.seals} seals over {found.rows} rows, "
        f"{found.unsealed} rows not sealed yet. Newest seal: {found.digest or 'none'}"
    )


TROUBLES = {
    Trouble.CHANGED: "The audit log was changed: rows {after} to {up_to} do not fit their seal, "
    "or the key that sealed them is not among INNOVATION_SECRET_KEY_PREVIOUS.",
    Trouble.NO_ANCHOR: "The rows of the audit log up to {up_to} are gone, and retention did not "
    "delete them.",
    Trouble.FORGED_ANCHOR: "Rows up to {up_to} of the audit log were deleted with a false anchor.",
    Trouble.LEFT_BEHIND: "Rows or seals are left before the anchor at row {up_to}: somebody added "
    "them, or the deletion was cut off.",
    Trouble.CUT_OFF: "The seal that you know is not in the chain: the end of the audit log was "
    "cut off after row {after}, or the secret key is another one.",
}
COMMANDS = (admin, audit)
