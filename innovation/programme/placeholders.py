"""Places in a ready text that are filled when it is used, such as {title}: reading and filling."""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("title", "reference", "sub_project", "rule", "date")
# What a ready reason is for: which decision it goes with.
REASON_USES = (
    "return",
    "hide",
    "keep",
    "dismiss",
    "decline",
    "ask",
    "pass_on",
    "merge",
    "appeal",
)

_PLACE = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
_BRACED = re.compile(r"\{[^{}]*\}?|\}")


def wrong_placeholder(text: str) -> str:
    """Give the first thing in braces that is no placeholder or is broken, "" when all are right."""
    return next((one for one in _BRACED.findall(text) if not _PLACE.fullmatch(one)), "")


def placeholders_in(text: str) -> list[str]:
    """Give the names of the placeholders in a text, in its order."""
    return _PLACE.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put the values in their places, at one go; places without a value stay as they are."""
    return _PLACE.sub(lambda found: values.get(found[1]) or found[0], text)
