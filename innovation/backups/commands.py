"""The command line of copies: make one, check one, bring one back, move to another database."""

import os
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from innovation.backups.envelope import EnvelopeError, new_keys, read_private
from innovation.backups.errors import CopyError, told
from innovation.backups.forgetting import FILE, note_erased, read_erased
from innovation.backups.making import make_copy
from innovation.backups.moving import copy_database
from innovation.backups.packing import rotate, unpack
from innovation.backups.restoring import Wish, next_steps, restore
from innovation.core import clock
from innovation.core.config import Settings, SettingsError
from innovation.core.db import db

FOLDER = click.Path(exists=True, file_okay=False, writable=True, path_type=Path)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
KEY = click.option("--key", type=EXISTING, help="The file of the private key, for a sealed copy.")


@click.group("backup", invoke_without_command=True)
@click.option("--to", type=FOLDER, help="The folder; without it the one of INNOVATION_BACKUP_TO.")
@click.pass_context
@with_appcontext
def backup(context: click.Context, to: Path | None) -> None:
    """Make a copy of everything while the service runs: flask backup --to FOLDER."""
    if context.invoked_subcommand:
        return
    settings = _settings()
    folder = _folder_of_copies(to)
    try:
        with told("The list of what was erased"):
            note_erased(folder)
        made = make_copy(settings, db.engine, folder)
        gone = rotate(folder, settings.backup_days, clock.now())
    except CopyError as problem:
        raise click.ClickException(str(problem)) from None
    one = made.manifest
    click.echo(str(made.path))
    click.echo(
        f"{one.rows} rows in {len(one.tables)} tables, {len(one.parts)} files; migration "
        f"{one.migration}; {'sealed' if settings.backup_key else 'not sealed: no key is set'}.",
        err=True,
    )
    if gone:
        click.echo(f"{len(gone)} copies older than {settings.backup_days} days deleted.", err=True)


@backup.command("key")
@click.option(
    "--to", required=True, type=click.Path(path_type=Path), help="The private key's file."
)
def make_key(to: Path) -> None:
    """Make the keys for sealed copies: the private one in a file, the public one as output."""
    private, public = new_keys()
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{to} is there already; a key is never overwritten.") from None
    except OSError as problem:
        raise click.ClickException(f"{to} cannot be written: {problem.strerror}.") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(private + "\n")
    click.echo(public)
    click.echo(
        f"Keep {to} in two safe places away from this machine: without it no copy can be opened. "
        "Set INNOVATION_BACKUP_KEY to the line above, which only seals.",
        err=True,
    )


@backup.command("check")
@click.argument("file", type=EXISTING)
@KEY
def check(file: Path, key: Path | None) -> None:
    """Read a copy to its end, check every part, and say what is in it."""
    try:
        with told("Reading the copy"):
            one = unpack(file, _private(key), None)
    except (CopyError, EnvelopeError) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"Whole: made {one.made_at}, {one.server}, migration {one.migration}.")
    for name, (rows, _digest) in sorted(one.tables.items()):
        click.echo(f"{rows:9} {name}")
    click.echo(f"uploads: {one.uploads}")
    for line in one.left_out:
        click.echo(f"not here: {line}")


@click.command("restore")
@click.argument("file", type=EXISTING)
@KEY
@click.option("--replace", is_flag=True, help="In place of what is here, which is copied first.")
@click.option("--erased", type=EXISTING, help=f"The list of what was erased ({FILE}), if it moved.")
@with_appcontext
def bring_back(file: Path, key: Path | None, replace: bool, erased: Path | None) -> None:
    """Bring a copy back into an empty place; the service is stopped meanwhile."""
    settings = _settings()
    try:
        wish = Wish(
            file=file,
            private=_private(key),
            erased=tuple(read_erased(erased or file.absolute().with_name(FILE))),
            copies=_folder_before(file) if replace else None,
        )
        done = restore(settings, db.engine, wish)
    except (CopyError, EnvelopeError) as problem:
        raise click.ClickException(str(problem)) from None
    for line in next_steps(done):
        click.echo(line)


database_group = AppGroup("database", help="The database as a whole.")


@database_group.command("copy")
@click.option(
    "--to",
    "address",
    required=True,
    envvar="TARGET_DATABASE_URL",
    help="postgresql://user:password@host/name; or in the environment, as TARGET_DATABASE_URL.",
)
def move(address: str) -> None:
    """Copy this database to another one, empty or begun; the service is stopped meanwhile."""
    settings = _settings()
    try:
        told_of = {"INNOVATION_DATABASE_URL": address, "INNOVATION_SECRET_KEY": settings.secret_key}
        given = {**told_of, "INNOVATION_INSTANCE": str(settings.instance)}
        target = Settings.from_environment(given).database_url
        copy_database(settings, db.engine, target, click.echo)
    except (CopyError, SettingsError) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo("Next:")
    click.echo("- Set INNOVATION_DATABASE_URL to the new address, on every machine.")
    if settings.embedded:
        click.echo(
            "- Set INNOVATION_SECRET_KEY to what the file "
            f"{settings.instance / 'secret_key'} holds, if it is not set already."
        )
    click.echo("- Start the service; the search index is made anew there. Keep the old database")
    click.echo("  until you have seen that all is well.")


def _private(key: Path | None) -> X25519PrivateKey | None:
    return read_private(key.read_text(encoding="ascii", errors="replace")) if key else None


def _folder_of_copies(to: Path | None) -> Path:
    if to:
        return to
    if _settings().backup_to:
        return Path(_settings().backup_to)
    raise click.ClickException(
        "Say where to: flask backup --to FOLDER, or set INNOVATION_BACKUP_TO."
    )


def _folder_before(file: Path) -> Path:
    """Give where the present state is copied to before it is replaced."""
    return Path(_settings().backup_to) if _settings().backup_to else file.absolute().parent


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


COMMANDS = (backup, bring_back, database_group)
