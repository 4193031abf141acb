"""The commands that set up and run the whole installation."""

import json
import os
import sys
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import AppGroup, ScriptInfo, with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from innovation import language
from innovation.accounts.queries import door_of, how_many_hold, is_empty
from innovation.admin.commands import invitation
from innovation.backups.standstill import BusyError, whole
from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.permissions import Role, System
from innovation.demo.commands import account_lines, load_whole_demo
from innovation.demo.people import ACCOUNTS
from innovation.guard import inspect
from innovation.programme.commands import PRESETS
from innovation.programme.loading import load_preset, take_assessment
from innovation.programme.presets import read_preset
from innovation.programme.queries import is_loaded, snapshot
from innovation.reasons.actions import take_from_preset
from innovation.reasons.queries import all_reasons
from innovation.web import server, worker

# PostgreSQL's kinds of errors where transactions met: rolled back, and an object in use.
TAKEN = ("40", "55")


@click.command("init")
@with_appcontext
def init() -> None:
    """Make an empty installation ready: database, programme. Safe to repeat."""
    make_ready()
    click.echo("The installation is ready.", err=True)


def make_ready() -> None:
    """Bring the database up to date and load the programme if there is none."""
    _refuse_what_is_half_restored()
    try:
        upgrade()
    except OperationalError as problem:
        if str(getattr(problem.orig, "sqlstate", "")).startswith(TAKEN):
            raise click.ClickException(
                "Others are using the tables that are to be changed. Nothing is lost: run it again."
            ) from None
        raise click.ClickException(
            "The database cannot be reached. Check that it runs and that INNOVATION_DATABASE_URL "
            "names it."
        ) from None
    with transaction.reading():
        loaded = is_loaded()
    if not loaded:
        with transaction.writing():
            load_preset(System("init"), read_preset(PRESETS / "popsote.toml"))
    else:
        _take_reasons()
        _take_assessment()


def _take_reasons() -> None:
    """Give an installation that is older than the ready reasons those of its own preset."""
    with transaction.reading():
        shipped = PRESETS / f"{snapshot().slug}.toml"
        lacking = not all_reasons()
    if lacking and shipped.exists():
        reasons = read_preset(shipped).reasons
        with transaction.writing():
            take_from_preset(System("init"), reasons)


def _take_assessment() -> None:
    """Give an installation that is older than the criteria and impact tags those of its preset."""
    with transaction.reading():
        known = snapshot()
        shipped = PRESETS / f"{known.slug}.toml"
        lacking = not (known.criteria or known.impact_tags)
    if lacking and shipped.exists():
        preset = read_preset(shipped)
        with transaction.writing():
            take_assessment(System("init"), preset)


@click.command("start")
@with_appcontext
def start() -> None:
    """Make everything ready, say where it is, and serve (PORT, HOST, DEMO=0)."""
    listening = server.listen()
    make_ready()
    with transaction.reading():
        untouched = is_empty()
    # Its accounts have known passwords, so it loads by itself only where nobody else comes.
    if untouched and os.environ.get("DEMO", "1") != "0" and not _settings().public:
        click.echo("Loading the demo.", err=True)
        load_whole_demo()
    click.echo(f"\nThe service is at {server.public_origin(_settings())}")
    for line in who_can_enter():
        click.echo(line)
    click.echo("Stop it with Ctrl+C.\n")
    server.hand_over(_settings(), listening)


def who_can_enter() -> list[str]:
    """Say with which demo accounts one can sign in, or how the first administrator is made."""
    with transaction.reading():
        demo_is_here = any(door_of(account.email) for account in ACCOUNTS)
        administrated = how_many_hold(Role.ADMINISTRATOR) > 0
    lines = ["Demo accounts (address, password, right):", *account_lines()] if demo_is_here else []
    if not administrated:
        lines += ["Make the first administrator here, within a week:", f"  {invitation()}"]
    return lines


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve the pages and do the due work, until stopped."""
    _refuse_what_is_half_restored()
    server.hand_over(_settings(), server.listen())


@click.command("worker")
@click.pass_context
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def work(context: click.Context, once: bool) -> None:
    """Do the due work: index, mails, routines."""
    app = context.ensure_object(ScriptInfo).load_app()
    with app.app_context():
        _refuse_what_is_half_restored()
    worker.run(app, once=once)


def _refuse_what_is_half_restored() -> None:
    """End with a sentence where a restoring was killed: what would be written now would be lost."""
    try:
        whole(db.engine)
    except BusyError as problem:
        raise click.ClickException(str(problem)) from None


guard_group = AppGroup("guard", help="What a text should not show, and where else it should go.")


@guard_group.command("scan")
def scan() -> None:
    """Read lines of JSON with id and text; give for each what is marked, and the doors."""
    language.load(_settings().finnish)
    for row in _rows():
        found = inspect(row["text"])
        spans = [
            {"start": one.start, "end": one.end, "kind": one.kind, "blocks": one.blocks}
            for one in found
        ]
        told = {"id": row["id"], "spans": spans, "doors": found.doors}
        click.echo(json.dumps(told, ensure_ascii=False))


def _rows() -> Iterator[dict[str, str]]:
    """Read the lines that are given; the message at a bad one says nothing of what it holds."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield {"id": row["id"], "text": str(row["text"])}
        except (ValueError, KeyError, TypeError):
            raise click.ClickException(
                f'Line {number} is not like {{"id": "1", "text": "…"}}. Those before it are done.'
            ) from None


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


COMMANDS = (init, start, serve, work, guard_group)
