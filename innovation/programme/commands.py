"""The programme's command line."""

from pathlib import Path

import click
from flask.cli import AppGroup

from innovation.core import transaction
from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import System
from innovation.programme import loading
from innovation.programme.presets import PRESETS, PresetError, read_preset

__all__ = ["COMMANDS", "PRESETS"]

programme_group = AppGroup("programme", help="The programme: its sub-projects, areas and names.")


@programme_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Load a preset FILE; again to change names."""
    try:
        preset = read_preset(file)
        with transaction.writing():
            loading.load_preset(System("preset"), preset)
    except (PresetError, RuleBrokenError) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{preset.id}: {len(preset.sub_projects)} sub-projects, {len(preset.areas)} areas")


COMMANDS = (programme_group,)
