"""The command line of those who run an installation: what should be mended, and shutting it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from innovation.core import clock, transaction
from innovation.core.config import Settings
from innovation.operation import (
    data_checks,
    machine_checks,
    network_checks,
    queries,
    setting_checks,
    shutting,
)
from innovation.operation.findings import Finding, Level, broken
from innovation.search.engine import SearchUnavailableError

SIGNS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.FAILURE: "FAILURE"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One object of JSON instead of lines.")
@click.option("--mail-to", default="", help="Send a mail to try with to this address.")
@with_appcontext
def doctor(as_json: bool, mail_to: str) -> None:
    """Look whether the installation is in order, and say what to do; 1 when something fails."""
    found = list(_findings(_settings(), mail_to))
    failed = any(one.level is Level.FAILURE for one in found)
    if as_json:
        told = {"ok": not failed, "findings": [asdict(one) for one in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for one in found:
            click.echo(f"{SIGNS[one.level]}  {one.about}: {one.says}")
            if one.advice:
                click.echo(f"         → {one.advice}")
    if failed:
        raise SystemExit(1)


def _findings(settings: Settings, mail_to: str) -> Iterator[Finding]:
    yield from setting_checks.settings_checks(settings)
    yield from machine_checks.versions(settings)
    yield from machine_checks.files(settings)
    yield from machine_checks.shut_for_visitors(shutting.is_shut(settings.instance))
    with transaction.reading():
        yield from _of_data(settings)
    yield from network_checks.redis(settings)
    yield from network_checks.mail(settings, mail_to)
    yield from network_checks.public_address(settings)


def _of_data(settings: Settings) -> Iterator[Finding]:
    """Look at what is in the database, as far as its state lets us."""
    folder = ""
    try:
        found = list(data_checks.tables())
        yield from found
        if all(one.level is Level.OK for one in found):
            yield from data_checks.clocks()
            yield from data_checks.work(settings)
            yield from data_checks.counts()
            yield from data_checks.archive(settings)
            yield from data_checks.index(settings)
            folder = "" if settings.embedded else queries.database_folder()
    except SearchUnavailableError:
        yield broken("index", "it cannot be read", "Make it anew: flask search rebuild")
    except SQLAlchemyError as problem:
        yield broken(
            "database",
            f"it does not answer ({type(problem).__name__})",
            "Look whether it runs, whether INNOVATION_DATABASE_URL names it, and whether its "
            "files can be read and written.",
        )
    yield from machine_checks.disk(settings, folder)


break_group = AppGroup("break", help="Shut the service of this machine for a while.")


@break_group.command("begin")
@click.option(
    "--minutes", type=click.IntRange(1, 24 * 60), help="After how many it is expected back."
)
def begin(minutes: int | None) -> None:
    """Show visitors one clear page instead of the service."""
    until = clock.now() + timedelta(minutes=minutes) if minutes else None
    shutting.shut(_settings().instance, until)
    click.echo("Visitors see the page of a break. The worker goes on. Open again: flask break end")


@break_group.command("end")
def end() -> None:
    """Serve as usual again."""
    was = shutting.open_again(_settings().instance)
    click.echo("The service is open again." if was else "The service was not shut.")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


COMMANDS = (doctor, break_group)
