"""The demo's command line."""

import click
from flask import current_app
from flask.cli import AppGroup

from innovation.accounts.passwords import hash_password
from innovation.core import transaction
from innovation.core.permissions import System
from innovation.demo import people
from innovation.demo.actions import load_demo
from innovation.demo.removal import remove_demo, size_of_demo

demo_group = AppGroup("demo", help="Believable content to try the platform with.")


@demo_group.command("load")
@click.option("--anyway", is_flag=True, help="Also where others reach the service.")
def load(anyway: bool) -> None:
    """Load the demo: ideas of a year that ends today, and accounts to sign in with."""
    if current_app.extensions["settings"].public and not anyway:
        raise click.ClickException(
            "Others reach this service, and the passwords of the demo's accounts are known. For a "
            "place to practise in: flask demo load --anyway"
        )
    with transaction.reading():
        size = size_of_demo()
    if size.ideas or size.people:
        raise click.ClickException("The demo is here already. Remove it first: flask demo remove")
    count = load_whole_demo()
    click.echo(f"{count} ideas")
    for line in account_lines():
        click.echo(line)


@demo_group.command("remove")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(yes: bool) -> None:
    """Say what goes with the demo, ask, and remove it."""
    with transaction.reading():
        size = size_of_demo()
    if not (size.ideas or size.people):
        click.echo("There is no demo here.")
        return
    click.echo(
        f"This removes {size.ideas} ideas, {size.experiments} experiments, {size.models} operating "
        f"models, {size.people} people, {size.comments} comments and {size.votes} supports."
    )
    if size.foreign:
        click.echo(f"{size.foreign} of the comments and supports are by people outside the demo.")
    if not yes:
        click.confirm("Remove them for good?", abort=True)
    with transaction.writing():
        remove_demo(System("demo"))
    click.echo("The demo is gone.")


def load_whole_demo() -> int:
    """Load the demo in one unit of work and give the number of ideas."""
    hashed = hash_password(people.PASSWORD)
    with transaction.writing():
        return load_demo(System("demo"), hashed)


def account_lines() -> list[str]:
    """Give a line for each account to sign in with."""
    return [
        f"  {account.email:<32} {people.PASSWORD}   {', '.join(account.roles) or 'resident'}"
        for account in people.ACCOUNTS
    ]


COMMANDS = (demo_group,)
