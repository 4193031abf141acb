"""Finds what would help somebody to break in: door codes, where keys are, what stands open."""

import re
from collections.abc import Iterator, Sequence

from innovation.guard.findings import Finding, Kind
from innovation.guard.phrases import phrases_in
from innovation.guard.reading import Text, Word

_DIGITS = re.compile(r"\d{3,8}")
_SECRET = re.compile(r"(?=\D*\d)(?=[^A-Za-zÅÄÖåäö]*[A-Za-zÅÄÖåäö])\w{5,20}")
_SIGNS = re.compile(r"[#*]+")
_NEAR = 6


def security_details(text: Text) -> Iterator[Finding]:
    """Give the codes with their numbers, the hiding places of keys, and what is not locked."""
    for number in range(len(text.sentences)):
        words = text.sentence(number)
        yield from _codes(text, words)
        yield from _pairs(words, "key", "hidden")
        yield from _pairs(words, "drugs", "open")
    for place in phrases_in(text, "security"):
        yield _finding(place.first.start, place.last.end)


def _codes(text: Text, words: Sequence[Word]) -> Iterator[Finding]:
    about_doors = any(word.has("code_place", "key") for word in words)
    for at, word in enumerate(words):
        if not word.has("code") or word.has("other_code"):
            continue
        sure = about_doors or word.has("sure_code")
        for other in words[max(0, at - 3) : at + _NEAR]:
            digits = bool(_DIGITS.fullmatch(other.low)) and sure
            secret = word.has("password") and _SECRET.fullmatch(other.written)
            if other is not word and (digits or secret):
                signs = _SIGNS.match(text.text, other.end)
                end = signs.end() if signs else other.end
                yield _finding(min(word.start, other.start), max(word.end, end))
                break


def _pairs(words: Sequence[Word], what: str, how: str) -> Iterator[Finding]:
    """Give the stretches from one to the other of two things that stand near each other."""
    for at, word in enumerate(words):
        if not word.has(what):
            continue
        near = words[max(0, at - _NEAR) : at + _NEAR + 1]
        others = [other for other in near if other is not word and other.has(how)]
        if others:
            every = (word, *others)
            yield _finding(min(one.start for one in every), max(one.end for one in every))
            return


def _finding(start: int, end: int) -> Finding:
    return Finding(start, end, Kind.SECURITY)
