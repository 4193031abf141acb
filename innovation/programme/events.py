"""What can happen to the programme."""

from dataclasses import dataclass

from innovation.programme.preset_shapes import Preset


@dataclass(frozen=True, slots=True)
class PresetLoaded:
    """The programme became as a preset says; features above take what is theirs from it."""

    preset: Preset
