"""The commands of data protection: the record, a night of retention, what was exposed."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from innovation.core import transaction
from innovation.core.db import Base
from innovation.core.permissions import System
from innovation.privacy import retention
from innovation.privacy.exposure import exposure_of, forgotten
from innovation.privacy.record import assessment, record
from innovation.privacy.register import problems

privacy = AppGroup("privacy", help="What is known of people, for how long, and who saw it.")
DOCS = Path(__file__).parents[2] / "docs"


@privacy.command("record")
@click.option("--folder", type=click.Path(path_type=Path), default=DOCS, show_default=False)
def write_record(folder: Path) -> None:
    """Write the record of processing and the draft of the impact assessment."""
    if wrong := problems(Base.metadata):
        raise click.ClickException("\n".join(wrong))
    for name, make in (("privacy-record.md", record), ("dpia.md", assessment)):
        (folder / name).write_text(make(retention.DEFAULTS), encoding="utf-8")
        click.echo(f"{name} is written.")


@privacy.command("retention")
@click.option("--really", is_flag=True, help="Forget it; otherwise only tell what would be.")
def forget(really: bool) -> None:
    """Tell what retention would forget now, or forget it."""
    if really:
        settings = current_app.extensions["settings"]
        counts = retention.run(settings.instance, settings.secret_key)
    else:
        with transaction.reading():
            counts = retention.what_is_over()
    with transaction.reading():
        days = retention.days()
    for key, number in counts.items():
        kept = f"{days[key]} days" if key in days else "by the person's choice"
        click.echo(f"{key:24} {number:6}  ({kept})")
    click.echo("Done." if really else "Nothing was changed. With --really it is done.")


@privacy.command("exposure")
@click.argument("named")
def tell_exposure(named: str) -> None:
    """Tell what was public, mailed or exported of a reference or an e-mail address, and when."""
    with transaction.writing():
        lines = exposure_of(System("exposure"), named)
        limits = forgotten(retention.days())
    if lines is None:
        told = ["Nothing is known by this reference or address.", *limits]
        raise click.ClickException("\n".join(told))
    for line in lines:
        click.echo(f"{line.at:%Y-%m-%d %H:%M} UTC  {line.how}: {line.what}")
    if not lines:
        click.echo("Nothing of it was public, mailed or exported.")
    click.echo("\n".join(["", "What cannot be told here:", *limits]))


COMMANDS = (privacy,)
