"""The reasons that a programme ships come with its preset."""

from innovation.core.events import on
from innovation.core.permissions import System
from innovation.programme.events import PresetLoaded
from innovation.reasons.actions import take_from_preset


@on(PresetLoaded)
def take_reasons(event: PresetLoaded) -> None:
    """Fill the uses that have no reasons yet."""
    take_from_preset(System("preset"), event.preset.reasons)
