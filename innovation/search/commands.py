"""The command line of search and of the words it is made of."""

import json
import sys
import time
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import AppGroup

from innovation import language
from innovation.core import transaction
from innovation.search import alike, concepts, queries, upkeep
from innovation.search.engine import Engine, IndexBusyError
from innovation.search.engines import engine_for, forms_file

search_group = AppGroup("search", help="The index, which is a copy that may be thrown away.")
similar_group = AppGroup("similar", help="Ideas that tell of the same need.")
language_group = AppGroup("language", help="Finnish, Swedish and English words.")

# How long somebody else may be writing the index before a command gives up, and between tries.
PATIENCE_SECONDS = 180.0
PAUSE_SECONDS = 0.3
AT_LEAST_ONE = click.IntRange(min=1)
BUSY = "Somebody else is writing the index. Try again soon."


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
        raise click.ClickException(BUSY) from None
    upkeep.keep_forms(forms_file(current_app.extensions["settings"]))
    click.echo(f"{total} ideas indexed", err=True)


@search_group.command("check")
def check() -> None:
    """Compare index and database, and repair what differs."""
    engine = _engine()
    state = upkeep.state_of(engine)
    different = _catch_up(engine)
    click.echo(f"The index was {state}; {different} ideas differed and were put right.")


@search_group.command("find")
@click.option(
    "--top",
    type=AT_LEAST_ONE,
    default=20,
    show_default=True,
    help="How many ideas to give at most.",
)
def find(top: int) -> None:
    """Read a query a line; give for each a line of JSON with the references found."""
    engine = _engine()
    if upkeep.needs_care(engine):
        _catch_up(engine)
    for text in _lines():
        with transaction.reading():
            found = queries.found_references(engine, text, top)
        click.echo(json.dumps({"q": text, "found": found}, ensure_ascii=False))


@similar_group.command("find")
@click.option(
    "--top",
    type=AT_LEAST_ONE,
    default=5,
    show_default=True,
    help="How many ideas to give at most.",
)
def find_similar(top: int) -> None:
    """Read {id, text} a line; give for each a line of JSON with the ideas most like the text."""
    engine = _engine()
    if upkeep.needs_care(engine):
        _catch_up(engine)
    for line in filter(str.strip, _lines()):
        asked = _asked(line)
        with transaction.reading():
            rows = alike.similar_references(engine, asked["text"], top, asked["id"])
        similar = [
            {"reference": reference, "score": row.score, "shared": row.shared}
            for reference, row in rows
        ]
        click.echo(json.dumps({"id": asked["id"], "similar": similar}, ensure_ascii=False))


def _asked(line: str) -> dict[str, str]:
    try:
        asked = json.loads(line)
        return {"id": str(asked["id"]), "text": str(asked["text"])}
    except (ValueError, TypeError, KeyError):
        raise click.ClickException(
            f"This is no line of JSON with id and text: {line:.80}"
        ) from None


@search_group.command("missed")
@click.option(
    "--top",
    type=AT_LEAST_ONE,
    default=50,
    show_default=True,
    help="How many searches to show at most.",
)
def missed(top: int) -> None:
    """List the searches that found nothing, those most often tried first."""
    with transaction.reading():
        for row in concepts.missed_searches(top):
            click.echo(f"{row.times}\t{row.last_on.isoformat()}\t{row.words}")


@language_group.command("terms")
@click.option("--query", is_flag=True, help="The terms of a query instead of those of a text.")
@click.option("--language", "code", default="fi", show_default=True, help="The text's language.")
def terms(query: bool, code: str) -> None:
    """Read a word or text a line; print its terms on a line, separated by spaces."""
    language.load(current_app.extensions["settings"].finnish)
    with transaction.reading():
        concepts.know_programme_words()
    terms_of = language.query_terms if query else language.index_terms
    for text in _lines():
        click.echo(" ".join(dict.fromkeys(term.text for term in terms_of(text, code))))


def _catch_up(engine: Engine) -> int:
    """Make the index like the database, waiting for whoever is writing it."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return upkeep.catch_up(engine)
        except IndexBusyError:
            if time.monotonic() > end:
                raise click.ClickException(BUSY) from None
        time.sleep(PAUSE_SECONDS)


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _engine() -> Engine:
    return engine_for(current_app.extensions["settings"])


COMMANDS = (search_group, similar_group, language_group)
