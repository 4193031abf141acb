"""The command line of comments."""

import click
from flask.cli import AppGroup

from innovation.comments import actions, queries
from innovation.core import transaction
from innovation.core.permissions import System

comments_group = AppGroup("comments", help="Comments on ideas.")


@comments_group.command("check")
@click.option("--repair", is_flag=True, help="Correct the counters that are wrong.")
def check(repair: bool) -> None:
    """Compare the counters of ideas with their comments; exit code 1 when some stay wrong."""
    with transaction.writing() if repair else transaction.reading():
        wrong = actions.repair_counters(System("check")) if repair else queries.wrong_counters()
    for one in wrong:
        done = ", corrected" if repair else ""
        click.echo(f"{one.reference}: counter {one.kept}, public comments {one.counted}{done}")
    click.echo(f"{len(wrong)} wrong counters")
    if wrong and not repair:
        raise click.exceptions.Exit(1)


COMMANDS = (comments_group,)
