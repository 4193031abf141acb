"""Words that the programme adds to the dictionary: its own names, services and abbreviations."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

# Case endings, singular and plural, then possessives and clitics; the colon of an abbreviation.
_CASES = (
    "n|a|ä|t|ta|tä|tta|ttä|ssa|ssä|sta|stä|lla|llä|lta|ltä|lle|ksi|na|nä|h?[aeiouyäö]n|seen|"
    "i?den|i?en|ja|jä|jen|ita|itä|issa|issä|ista|istä|ihin|iin|illa|illä|ilta|iltä|ille|iksi|ina|inä"
)
_AFTER = "(?:ni|si|nsa|nsä|mme|nne|[aä]än|een)?(?:kin|kaan|kään|han|hän|ko|kö|pa|pä)?"
_ENDING = re.compile(f":?(?:{_CASES})?{_AFTER}")
_LONGEST_ENDING = 14


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word of the programme, in small letters: a stem with a Finnish ending means the lemma.

    stems: what stands before the endings ("pohde", "pohtee"); the lemma itself when left out.
    """

    lemma: str
    stems: tuple[str, ...] = ()


class KnownWords:
    """The programme's words, ready to be looked up."""

    def __init__(self, words: Iterable[KnownWord] = ()) -> None:
        """Take the words; the order does not matter."""
        self._lemmas: dict[str, list[str]] = {}
        for word in sorted(set(words), key=lambda word: (word.lemma, word.stems)):
            for stem in word.stems or (word.lemma,):
                self._lemmas.setdefault(stem.lower(), []).append(word.lemma.lower())
        described = repr(sorted(self._lemmas.items())).encode()
        self.name = blake2b(described, digest_size=4).hexdigest() if self._lemmas else "none"

    def lemmas(self, word: str) -> tuple[str, ...]:
        """Give the base forms of which this is an inflected form, longest stem first."""
        if not self._lemmas:
            return ()
        found: dict[str, None] = {}
        for length in range(len(word), max(0, len(word) - _LONGEST_ENDING - 1), -1):
            lemmas = self._lemmas.get(word[:length])
            if lemmas and _ENDING.fullmatch(word, length):
                found |= dict.fromkeys(lemmas)
        return tuple(found)
