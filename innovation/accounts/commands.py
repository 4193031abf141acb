"""The command that signs out somebody, or everybody, when a key or a device is in wrong hands."""

import click
from flask.cli import AppGroup

from innovation.accounts.actions import normal_email
from innovation.accounts.endings import end_for, end_for_everybody
from innovation.accounts.queries import door_of
from innovation.core import transaction
from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import System

accounts = AppGroup("accounts", help="Accounts and who is signed in.")


@accounts.command("sign-out")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="Sign out everybody instead of one account.")
@click.option("--reason", required=True, help="Why; it is kept and shown to administrators.")
def sign_out(email: str | None, everybody: bool, reason: str) -> None:
    """Sign out every device of the account with this address, or with --everybody of all."""
    if bool(email) == everybody:
        raise click.UsageError("Give either an address or --everybody.")
    try:
        with transaction.writing():
            count = _ended(email or "", reason.strip())
    except RuleBrokenError as broken:
        raise click.ClickException(str(broken.message)) from None
    click.echo(count)


def _ended(email: str, reason: str) -> str:
    if not email:
        return f"Signed out: {end_for_everybody(System('command'), reason)}"
    door = door_of(normal_email(email))
    if door is None:
        raise click.ClickException("Nobody has an account with this address.")
    end_for(System("command"), door.person_id, reason)
    return "The account was signed out everywhere."


COMMANDS = (accounts,)
