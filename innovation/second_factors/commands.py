"""The command for the one who has lost everything and is the only administrator."""

import click
from flask import current_app
from flask.cli import AppGroup

from innovation.accounts.actions import normal_email
from innovation.accounts.queries import door_of
from innovation.core import transaction
from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import System
from innovation.second_factors.actions import reset_factors
from innovation.second_factors.sealed import reseal

second_factors = AppGroup("second-factors", help="Second factors of accounts.")


@second_factors.command("reset")
@click.argument("email")
@click.option("--reason", required=True, help="Why; it is kept and shown to administrators.")
def reset(email: str, reason: str) -> None:
    """Take away every second factor of the account with this address."""
    try:
        with transaction.writing():
            door = door_of(normal_email(email))
            if door is None:
                raise click.ClickException("Nobody has an account with this address.")
            reset_factors(System("command"), door.person_id, reason)
    except RuleBrokenError as broken:
        raise click.ClickException(str(broken.message)) from None
    click.echo("The second factors were removed.")


@second_factors.command("reseal")
def reseal_all() -> None:
    """Seal the secrets of apps with the present key, after which the one before can go."""
    with transaction.writing():
        anew, lost = reseal(System("command"), current_app.extensions["settings"].secret_key)
    click.echo(f"Sealed anew: {anew}.")
    if lost:
        raise click.ClickException(
            f"No known key opens {lost}: give the earlier ones in INNOVATION_SECRET_KEY_PREVIOUS, "
            "or reset the second factors of these people."
        )


COMMANDS = (second_factors,)
