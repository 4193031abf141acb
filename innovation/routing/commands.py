"""The command line of routing: suggestions line by line, and learning from decisions."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from innovation import language
from innovation.core import transaction
from innovation.programme.queries import snapshot
from innovation.routing.model_file import NAME as MODEL
from innovation.routing.model_file import ModelFileError, read_model
from innovation.routing.suggestions import profiles_in, suggest
from innovation.routing.vocabulary_file import VocabularyFileError

routing_group = AppGroup("routing", help="Where ideas belong: suggestions, and learning them.")


@routing_group.command("suggest")
@click.option("--language", "code", help="The texts' language; else it is found out for each.")
def suggest_lines(code: str | None) -> None:
    """Read lines of JSON with id and text; give for each a line with up to three suggestions."""
    settings = current_app.extensions["settings"]
    language.load(settings.finnish)
    with transaction.reading():
        _refuse_damaged(settings.instance)
        for number, given in _given():
            read_in = code or language.detect(given["text"]) or "fi"
            found = suggest(given["text"], read_in, folder=settings.instance)
            rows = [
                {
                    "sub_project": one.sub_project,
                    "certainty": one.certainty,
                    "words": list(one.words),
                }
                for one in found.items
            ]
            row = {"id": given.get("id", number), "suggestions": rows}
            click.echo(json.dumps(row, ensure_ascii=False))


@routing_group.command("learn")
def learn() -> None:
    """Learn from every decision on where ideas belong; the worker does it each night."""
    # Imported here: pages are served by processes that load this module but never learn.
    from innovation.routing.learning import learn_from_decisions

    settings = current_app.extensions["settings"]
    language.load(settings.finnish)
    begun = time.perf_counter()
    try:
        model = learn_from_decisions(settings.instance)
    except VocabularyFileError as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(
            f"What was learnt cannot be written ({problem.strerror}); the file before stays in use."
        ) from None
    took = time.perf_counter() - begun
    click.echo(f"Learnt from {model.decisions} decisions in {took:.0f} s.")


def _refuse_damaged(folder: Path) -> None:
    """Say what is wrong; pages only say that suggestions are not available."""
    try:
        profiles_in(snapshot())
        read_model(folder / MODEL)
    except (VocabularyFileError, ModelFileError) as problem:
        raise click.ClickException(f"Suggestions are not available. {problem}") from None


def _given() -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        written = line.decode("utf-8", "replace").strip()
        if not written:
            continue
        try:
            given = json.loads(written)
            right = isinstance(given["text"], str)
        except (ValueError, TypeError, KeyError, RecursionError):
            right = False
        if not right:
            raise click.ClickException(f"line {number}: this should be JSON with id and text")
        yield number, given


COMMANDS = (routing_group,)
