"""What a Finnish word is found by."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["surface", "lemma", "root", "stem", "part"]
# A word to be found by, its kind, and how surely it is meant.
Weighed = tuple[str, Kind, float]

WEIGHTS: dict[Kind, float] = {"surface": 1.0, "lemma": 0.9, "root": 0.8, "stem": 0.7, "part": 0.5}


@dataclass(frozen=True)
class Forms:
    """What one word is found by: whole base forms, their roots, stems, and parts of compounds."""

    lemmas: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @cached_property
    def weighed(self) -> tuple[Weighed, ...]:
        """Give each of the words once, with the kind that weighs most."""
        kinds: dict[str, Kind] = {}
        ordered: tuple[tuple[Kind, tuple[str, ...]], ...] = (
            ("lemma", self.lemmas),
            ("root", self.roots),
            ("stem", self.stems),
            ("part", self.parts),
        )
        for kind, words in ordered:
            for word in words:
                kinds.setdefault(word, kind)
        return tuple((word, kind, WEIGHTS[kind]) for word, kind in kinds.items())


def merged(every: Iterable[Forms]) -> Forms:
    """Give what a word is found by that may be any of several."""
    found = list(every)
    return Forms(
        *(
            unique(word for forms in found for word in getattr(forms, name))
            for name in ("lemmas", "roots", "stems", "parts")
        )
    )


def unique(words: Iterable[str]) -> tuple[str, ...]:
    """Give each of the words once, without empty ones."""
    return tuple(dict.fromkeys(word for word in words if word))
