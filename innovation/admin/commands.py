"""The command that makes the first administrator possible."""

import click
from flask import current_app
from flask.cli import with_appcontext

from innovation.accounts.actions import invite_administrator
from innovation.core import transaction
from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import System
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


COMMANDS = (admin,)
