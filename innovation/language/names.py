"""What the Finnish dictionary says of names: whether a word may name a person or a place."""

from collections.abc import Iterable
from typing import NamedTuple

from innovation.language.outputs import Reading


class Name(NamedTuple):
    """What a word may be: somebody's name, a place's, a common word; nothing when not known."""

    person: bool = False
    place: bool = False
    common: bool = False


def name_among(readings: Iterable[Reading]) -> Name:
    """Tell what a word may name by the ways to read it."""
    every = tuple(readings)
    return Name(
        person=any(one.is_name for one in every),
        place=any(one.is_place for one in every),
        common=any(not (one.is_name or one.is_place) for one in every),
    )
