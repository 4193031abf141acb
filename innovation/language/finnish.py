"""Finnish words to base forms and parts, also for words that the dictionary does not know."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from innovation.language.stems import stem
from innovation.language.voikko import Dictionary, Reading

_SHORTEST_TAIL = 4
_SHORTEST_HEAD = 2
_SHORTEST_PART = 3


@dataclass(frozen=True)
class Forms:
    """What one word is found by: whole base forms, their roots, a stem, and parts of compounds."""

    lemmas: tuple[str, ...]
    roots: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class Finnish:
    """The analysis of Finnish words, with the 50,000 forms used last kept."""

    def __init__(self, choice: str) -> None:
        """Load the dictionary."""
        self._dictionary = Dictionary(choice)
        self.name = self._dictionary.name
        self._readings = lru_cache(maxsize=50_000)(self._dictionary.readings)
        self.forms = lru_cache(maxsize=50_000)(self._forms)

    def _forms(self, word: str, is_name_like: bool) -> Forms:
        """Analyse a word in small letters that had, or had not, a capital inside a sentence."""
        base, colon, _ending = word.partition(":")
        if colon:
            return self.forms(base, is_name_like)
        readings = self._readings(word)
        if readings:
            forms = _known(_fitting(readings, is_name_like))
        elif "-" in word:
            forms = self._hyphenated(word)
        else:
            forms = self._unknown(word)
        if "-" not in word:
            return forms
        # Some write etä-kuntoutus, some etäkuntoutus: both are found by either.
        joined = (lemma.replace("-", "") for lemma in forms.lemmas)
        return Forms(_unique((*forms.lemmas, *joined)), forms.roots, forms.stems, forms.parts)

    def _hyphenated(self, word: str) -> Forms:
        head, _, tail = word.rpartition("-")
        last = self.forms(tail, False)
        pieces = [self.forms(piece, False) for piece in (*head.split("-"), tail)]
        whole = [f"{head}-{lemma}" for lemma in (*last.lemmas, *last.roots) or last.stems]
        parts = [
            part for piece in pieces for part in (*(piece.lemmas or piece.stems), *piece.parts)
        ]
        return Forms(_unique(whole), parts=_long_enough(parts))

    def _unknown(self, word: str) -> Forms:
        """Use the longest tail that is a known word; a stem as well, in case that went wrong."""
        stems = (stem(word, "fi"),)
        for cut in range(_SHORTEST_HEAD, len(word) - _SHORTEST_TAIL + 1):
            readings = [reading for reading in self._readings(word[cut:]) if reading.is_noun]
            if readings:
                return self._with_tail(word[:cut], _known(readings), stems)
        return Forms((), stems=stems)

    def _with_tail(self, head: str, tail: Forms, stems: tuple[str, ...]) -> Forms:
        parts: Iterable[str] = ()
        # A short tail is often an ending that happens to be a word: good for the base form alone.
        if len(head) >= _SHORTEST_PART and any(
            len(lemma) > _SHORTEST_TAIL for lemma in tail.lemmas
        ):
            heads = _known(self._readings(head))
            parts = (*tail.lemmas, *tail.parts, *heads.lemmas, *heads.parts)
        whole = tuple(head + lemma for lemma in tail.lemmas)
        return Forms(whole, tuple(head + root for root in tail.roots), stems, _long_enough(parts))


def _fitting(readings: Iterable[Reading], is_name_like: bool) -> list[Reading]:
    """Leave out names where nothing speaks for one: small letters, and another reading."""
    every = list(readings)
    others = [reading for reading in every if not reading.is_name]
    return every if is_name_like or not others else others


def _known(readings: Iterable[Reading]) -> Forms:
    every = tuple(readings)
    lemmas = _unique(reading.lemma for reading in every)
    return Forms(
        lemmas,
        roots=_unique(root for reading in every for root in reading.roots if root not in lemmas),
        parts=_long_enough(part for reading in every for part in reading.parts),
    )


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _long_enough(words: Iterable[str]) -> tuple[str, ...]:
    return _unique(word for word in words if len(word) >= _SHORTEST_PART)
