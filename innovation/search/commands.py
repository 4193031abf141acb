"""The command line of search."""

import json
import sys

import click
from flask import current_app
from flask.cli import AppGroup

from innovation.core import transaction
from innovation.search import queries, upkeep
from innovation.search.engine import Engine, IndexBusyError, engine_for

search_group = AppGroup("search", help="The index, which is a copy that may be thrown away.")


@search_group.command("rebuild")
def rebuild() -> None:
    """Make the index anew beside the old one, which serves meanwhile; then change them."""
    total = 0

    def tell(done: int, whole: int) -> None:
        nonlocal total
        total = done
        if done % 200 == 0:
            click.echo(f"{done} / {whole}", err=True)

    try:
        upkeep.rebuild(_engine(), tell)
    except IndexBusyError:
        raise click.ClickException("Somebody else is writing the index. Try again soon.") from None
    click.echo(f"{total} ideas indexed", err=True)


@search_group.command("find")
@click.option("--top", default=20, show_default=True, help="How many ideas to give at most.")
def find(top: int) -> None:
    """Read a query a line; give for each a line of JSON with the references found."""
    engine = _engine()
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        with transaction.reading():
            found = queries.found_references(engine, text, top)
        click.echo(json.dumps({"q": text, "found": found}, ensure_ascii=False))


def _engine() -> Engine:
    return engine_for(current_app.extensions["settings"])


COMMANDS = (search_group,)
