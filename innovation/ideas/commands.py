"""The command line of ideas: bringing them along from a file, and checking counters."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from innovation.core import transaction
from innovation.core.permissions import Actor, System
from innovation.ideas.counters import WrongCounter
from innovation.ideas.counting import ANY, repair_counts, wrong_counts
from innovation.ideas.import_source import FileError, read_rows
from innovation.ideas.imports import ImportRow, check_rows, import_ideas, marked

ideas_group = AppGroup("ideas", help="Ideas: bring them along from elsewhere.")


@ideas_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Check the file and bring nothing along.")
def import_file(file: Path, preview: bool) -> None:
    """Bring along the ideas of FILE (JSON lines or CSV); all or none. Safe to repeat.

    A text that names or reaches somebody waits for a moderator, even when the file says that it is
    public; whatever else the text check marks comes first in the moderators' list.
    """
    try:
        with transaction.reading(), force_locale("en"):
            rows = check_rows(read_rows(file.read_bytes()), current_app.extensions["settings"].zone)
    except FileError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        click.echo("Nothing was imported.", err=True)
        sys.exit(1)
    _tell_marked(rows)
    if preview:
        click.echo("Nothing was imported: this was a preview.", err=True)
        return
    with transaction.writing():
        results = list(import_ideas(System("import"), rows))
    for result in results:
        click.echo(f"{result.number}\t{result.reference}\t{result.result}")


def _tell_marked(rows: list[ImportRow]) -> None:
    """Say how many rows a moderator reads first and why, without a word of their texts."""
    counts = marked(rows)
    click.echo(f"{len(rows)} rows, of which {counts['']} are marked and read first", err=True)
    for reason, number in sorted(counts.items()):
        if reason:
            click.echo(f"  {reason}: {number}", err=True)


@ideas_group.command("check")
@click.option("--repair", is_flag=True, help="Count anew where something is wrong.")
def check_counts(repair: bool) -> None:
    """Compare the numbers beside filters with the ideas; exit code 1 when some stay wrong."""
    with transaction.writing() if repair else transaction.reading():
        wrong = repair_counts(System("check")) if repair else wrong_counts()
    for (_fields, *kind), (kept, counted) in sorted(wrong.items()):
        done = ", corrected" if repair else ""
        told = " ".join(str(value) for value in kind if value != ANY)
        click.echo(f"{told}: counter {kept}, ideas {counted}{done}")
    click.echo(f"{len(wrong)} wrong counters")
    if wrong and not repair:
        raise click.exceptions.Exit(1)


def add_counter_check(
    group: AppGroup,
    rows: str,
    wrong_counters: Callable[[], list[WrongCounter]],
    repair_counters: Callable[[Actor], list[WrongCounter]],
) -> None:
    """Give a group of commands the one that compares a counter of ideas with its rows."""

    @group.command(
        "check",
        help=f"Compare the counters of ideas with their {rows}; exit code 1 when some stay wrong.",
    )
    @click.option("--repair", is_flag=True, help="Correct the counters that are wrong.")
    def check(repair: bool) -> None:
        with transaction.writing() if repair else transaction.reading():
            wrong = repair_counters(System("check")) if repair else wrong_counters()
        for one in wrong:
            done = ", corrected" if repair else ""
            click.echo(f"{one.reference}: counter {one.kept}, {rows} {one.counted}{done}")
        click.echo(f"{len(wrong)} wrong counters")
        if wrong and not repair:
            raise click.exceptions.Exit(1)


COMMANDS = (ideas_group,)
