"""Splits a text into words, numbers and reference numbers, with their places in the text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = r"[^\W_](?:[^\W_]|[\u00ad\u0300-\u036f])*"
# What holds a token together: hyphens and apostrophes between letters or digits, the colon of an
# inflected abbreviation (EU:n), and the marks inside a number or a date (3,5 and 15.3.2026).
_JOINT = r"(?:[-\u2010\u2011'’]|:(?=[a-zåäö]{1,6}(?![^\W_]))|(?<=\d)[.,:/](?=\d))"
_TOKEN = re.compile(rf"{_WORD}(?:{_JOINT}{_WORD})*")
# No word is longer; what is, is text without spaces, and search engines limit their terms.
_LONGEST = 60
_MARKS = str.maketrans({"\u2010": "-", "\u2011": "-", "’": "'", "\u00ad": None})


@dataclass(frozen=True)
class Token:
    """One word as it is looked up, in small letters; offsets are those of the text as given."""

    word: str
    start: int
    end: int
    capital: bool
    initial: bool

    @property
    def is_name_like(self) -> bool:
        """A capital inside a sentence: most likely a name."""
        return self.capital and not self.initial


def tokens(text: str) -> Iterator[Token]:
    """Give the tokens of a text in its order; what is neither letter nor digit is left out."""
    last = 0
    for match in _TOKEN.finditer(text):
        written = unicodedata.normalize("NFC", match[0].translate(_MARKS))
        between = text[last : match.start()]
        yield Token(
            word=written.lower()[:_LONGEST].rstrip("-'.,:/"),
            start=match.start(),
            end=match.end(),
            capital=written[:1].isupper(),
            initial=not last or any(mark in between for mark in '.!?\n:”"'),
        )
        last = match.end()
