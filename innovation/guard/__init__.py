"""A library that tells what a text should not show, and where else it should go.

`inspect(text)` gives the places, what they are and the neutral words to offer instead.
"""

from innovation.guard.findings import STAFF_DOORS, Door, Finding, Findings, Kind
from innovation.guard.folding import fold
from innovation.guard.inspection import inspect
from innovation.guard.watch import Watch

__all__ = [
    "STAFF_DOORS",
    "Door",
    "Finding",
    "Findings",
    "Kind",
    "Watch",
    "fold",
    "inspect",
]
