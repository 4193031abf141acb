"""The command line of ideas: bringing them along from a file."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from innovation.core import transaction
from innovation.core.permissions import System
from innovation.ideas.import_source import FileError, read_rows
from innovation.ideas.imports import check_rows, import_ideas

ideas_group = AppGroup("ideas", help="Ideas: bring them along from elsewhere.")


@ideas_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Bring along the ideas of FILE (JSON lines or CSV); all or none. Safe to repeat."""
    try:
        with transaction.reading(), force_locale("en"):
            rows = check_rows(read_rows(file.read_bytes()), current_app.extensions["settings"].zone)
    except FileError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        click.echo("Nothing was imported.", err=True)
        sys.exit(1)
    with transaction.writing():
        results = list(import_ideas(System("import"), rows))
    for result in results:
        click.echo(f"{result.number}\t{result.reference}\t{result.result}")


COMMANDS = (ideas_group,)
