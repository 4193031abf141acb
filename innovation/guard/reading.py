"""Reads a text for the rules that know words: words in their base forms, names, sentences."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from innovation import language
from innovation.guard.lexicon import marks_of
from innovation.language import Name
from innovation.language.kept import Kept

_KEPT = 50_000
_LONGEST = 60
_ENDS = re.compile(r"[!?…]|\.(?=\s|[\"”)]|$)|\n|;|•|(?<=\S)\s[-–]\s")
# After these a full stop ends nothing.
_SHORTENED = frozenset(
    "esim puh nro n os klo v kk vk ao oik vas lääk prof dr tri ns mm jne yms ym ks vrt tms p t"
    "".split()
)
_LONGEST_ORDINAL = 4
_NOT_A_NAME = Name()


class Word(NamedTuple):
    """A word of the text and what is known of it; offsets are those of the text as given.

    low: in small letters. forms: itself and its base forms. marks: what the word lists say of it,
    such as "relation" or the elements of phrases. initial: it begins a sentence. sentence: its
    number, from 0.
    """

    start: int
    end: int
    written: str
    low: str
    forms: frozenset[str]
    marks: frozenset[str]
    name: Name
    initial: bool
    sentence: int

    @property
    def capital(self) -> bool:
        """Whether it is written like a name: Maija, not MAIJA and not maija."""
        return self.written[:1].isupper() and (len(self.written) == 1 or not self.written.isupper())

    @property
    def named(self) -> bool:
        """Whether it is nothing but a person's name, however it is written."""
        return self.name.person and not self.name.common and not self.name.place

    def has(self, *marks: str) -> bool:
        """Whether a word list has it under one of these marks."""
        return not self.marks.isdisjoint(marks)


class Text(NamedTuple):
    """A text that was read. sentences: the first word of each and the one behind its last.

    where: in which sentences each mark stands.
    """

    text: str
    words: tuple[Word, ...]
    sentences: tuple[tuple[int, int], ...]
    where: dict[str, set[int]]

    def sentence(self, number: int) -> Sequence[Word]:
        """Give the words of a sentence, none for a number that no sentence has."""
        if not 0 <= number < len(self.sentences):
            return ()
        first, end = self.sentences[number]
        return self.words[first:end]

    def between(self, one: Word, other: Word) -> str:
        """Give what stands between two words."""
        return self.text[one.end : other.start]


def read(text: str) -> Text:
    """Read a text. Words of other languages are read as they are written."""
    words: list[Word] = []
    sentences: list[tuple[int, int]] = []
    first = 0
    for start, end, ways in language.index_words(text, "fi"):
        before = words[-1] if words else None
        initial = before is None or _ends(before, text[before.end : start])
        if initial and words:
            sentences.append((first, len(words)))
            first = len(words)
        written = text[start:end]
        whole = frozenset(form for form, kind, _weight in ways if kind in _WHOLE)
        low, marks, name = _known[written, whole]
        words.append(Word(start, end, written, low, whole, marks, name, initial, len(sentences)))
    if words:
        sentences.append((first, len(words)))
    where: dict[str, set[int]] = {}
    for word in words:
        for mark in word.marks:
            where.setdefault(mark, set()).add(word.sentence)
    return Text(text, tuple(words), tuple(sentences), where)


_WHOLE = frozenset({"surface", "lemma", "root", "stem"})


def _look_up(asked: tuple[str, frozenset[str]]) -> tuple[str, frozenset[str], Name]:
    written, forms = asked
    low = unicodedata.normalize("NFC", written.replace("\u00ad", "")).lower()[:_LONGEST]
    name = language.name_of(low) if low.replace("-", "").isalpha() else _NOT_A_NAME
    return low, marks_of(low, forms), name


_known: Kept[tuple[str, frozenset[str]], tuple[str, frozenset[str], Name]] = Kept(_look_up, _KEPT)


def _ends(before: Word, between: str) -> bool:
    """Tell whether a sentence ends between two words."""
    if between == " " or not _ENDS.search(between):
        return False
    if between.strip() != "." or "\n" in between:
        return True
    # A short number with a full stop is a date or "the third"; a telephone number ends a sentence.
    ordinal = before.low.isdigit() and len(before.low) <= _LONGEST_ORDINAL
    return not (len(before.low) == 1 or before.low in _SHORTENED or ordinal)
