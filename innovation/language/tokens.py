"""Splits a text into words, numbers and reference numbers, with their places in the text."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

# Marks that belong to the letter before them: accents, soft hyphens, vowels of Hebrew, Arabic,
# Hindi and Thai, and the Persian space inside a word.
_MARK = (
    r"\u00ad\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903"
    r"\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c"
)
_WORD = rf"[^\W_]+(?:[{_MARK}]+[^\W_]*)*"
# What holds a token together: hyphens and apostrophes between letters or digits, the colon of an
# inflected abbreviation (EU:n), and the marks inside a number or a date (3,5 and 15.3.2026).
_JOINT = r"(?:[-\u2010\u2011'’]|:(?=[a-zåäö]{1,6}(?![^\W_]))|(?<=\d)[.,:/](?=\d))"
WRITTEN = re.compile(rf"{_WORD}(?:{_JOINT}{_WORD})*")
# No word is longer; what is, is text without spaces, and search engines limit their terms.
LONGEST = 60
_HYPHENS = frozenset("-\u2010\u2011")
_STARTS = re.compile('[.!?\n:”"]')
_ENDS = re.compile(r"[\s,./;:)]|$")
# A hyphen with a word on one side alone.
_LEFT_OUT = re.compile(r"[-\u2010\u2011](?:(?<=\S.)(?:[\s,./;:)]|$)|(?<=\s.)(?=[^\W_]))")
_MARKS = str.maketrans({"\u2010": "-", "\u2011": "-", "’": "'", "\u00ad": None, "\u200c": None})
# Arabic is mostly written without its short vowels, and looked for without them.
_MARKS |= dict.fromkeys((0x0640, 0x0670, *range(0x064B, 0x0660)))


class Token(NamedTuple):
    """One word as it is looked up, in small letters; offsets are those of the text as given.

    hangs: a hyphen stands for what a later word ends with (sosiaali- ja terveyspalvelut);
    follows: one stands for what an earlier word begins with (terveyskeskukset ja -asemat).
    """

    word: str
    start: int
    end: int
    capital: bool
    initial: bool
    hangs: bool = False
    follows: bool = False

    @property
    def is_name_like(self) -> bool:
        """A capital inside a sentence: most likely a name."""
        return self.capital and not self.initial


def tokens(text: str) -> Iterator[Token]:
    """Give the tokens of a text in its order; what is neither letter nor digit is left out."""
    last = 0
    for match in WRITTEN.finditer(text):
        start, end = match.span()
        word, capital = in_small_letters(match[0])
        if not word:
            continue
        between = text[last:start]
        yield Token(
            word=word,
            start=start,
            end=end,
            capital=capital,
            initial=is_initial(text, last, start),
            hangs=text[end : end + 1] in _HYPHENS and bool(_ENDS.match(text, end + 1)),
            follows=between[-1:] in _HYPHENS and between[-2:-1].isspace(),
        )
        last = end


def in_small_letters(written: str) -> tuple[str, bool]:
    """Give a word as it is looked up, "" when nothing is left, and whether it had a capital."""
    if not written.isascii():
        written = unicodedata.normalize("NFC", written.translate(_MARKS))
    word = written.lower()
    if not word.isalpha():
        word = word[:LONGEST].rstrip("-'.,:/")
    return word[:LONGEST], written[:1].isupper()


def is_initial(text: str, last: int, start: int) -> bool:
    """Tell whether a word begins a sentence. last: where the word before ends, 0 for none."""
    return not last or (start - last > 1 and bool(_STARTS.search(text, last, start)))


def may_leave_out(text: str) -> bool:
    """Tell whether any token may hang or follow; quick, since few texts have any."""
    return bool(_LEFT_OUT.search(text))
