"""Finds phrases of the lexicon in a text that was read: words near each other, in any order."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from innovation.guard.lexicon import Phrase, lexicon
from innovation.guard.reading import Text, Word

# How many words more than it has a phrase may spread over.
_SPREAD = 4


class Place(NamedTuple):
    """Where a phrase stands: the first and the last of its words."""

    first: Word
    last: Word


def phrases_in(text: Text, name: str, *, sentences: int = 1, near: bool = True) -> Iterator[Place]:
    """Give the places of the phrases of a list.

    sentences: over how many sentences in a row a phrase may spread. near: its words stand near
    each other, with few others between them.
    """
    here = text.where.keys()
    for phrase in lexicon().phrases.get(name, ()):
        # Most texts have nothing of most phrases, of which there are hundreds.
        if here.isdisjoint(phrase.elements[0]):
            continue
        for words in _stretches(text, phrase, sentences):
            place = _found(phrase, words, near=near)
            if place:
                yield place


def _stretches(text: Text, phrase: Phrase, sentences: int) -> Iterator[Sequence[Word]]:
    """Give the stretches of so many sentences that have every element of the phrase."""
    numbers: set[int] | None = None
    for element in phrase.elements:
        having = {
            number - before
            for mark in element & text.where.keys()
            for number in text.where[mark]
            for before in range(sentences)
        }
        numbers = having if numbers is None else numbers & having
        if not numbers:
            return
    last = len(text.sentences) - 1
    for number in sorted({max(0, number) for number in numbers or ()}):
        first, end = text.sentences[number][0], text.sentences[min(number + sentences - 1, last)][1]
        yield text.words[first:end]


def _found(phrase: Phrase, words: Sequence[Word], *, near: bool) -> Place | None:
    where = [
        [at for at, word in enumerate(words) if not word.marks.isdisjoint(element)]
        for element in phrase.elements
    ]
    if not all(where):
        return None
    if near:
        spread = len(where) + _SPREAD
        ways = (_around(at, where, spread) for at in where[0])
        chosen = next((way for way in ways if way), None)
    else:
        chosen = _around(where[0][0], where, len(words))
    if chosen is None or (phrase.ordered and any(one >= after for one, after in pairwise(chosen))):
        return None
    place = Place(words[min(chosen)], words[max(chosen)])
    return None if _is_left_out(phrase, place, words) else place


def _is_left_out(phrase: Phrase, place: Place, words: Sequence[Word]) -> bool:
    """Tell whether the sentences of a phrase have a word that may not be there."""
    sentences = range(place.first.sentence, place.last.sentence + 1)
    return bool(phrase.missing) and any(
        word.sentence in sentences and not word.marks.isdisjoint(phrase.missing) for word in words
    )


def _around(at: int, where: list[list[int]], spread: int) -> list[int] | None:
    """Choose for each element the word nearest to `at` that no other element has."""
    chosen = [at]
    for places in where[1:]:
        left = [place for place in places if place not in chosen]
        if not left:
            return None
        chosen.append(min(left, key=lambda place: abs(place - at)))
    return chosen if max(chosen) - min(chosen) < spread else None
