"""From a misspelt word to the words of the index that it is nearest to."""

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from sqlalchemy import select

from innovation.core.db import db
from innovation.search import concepts
from innovation.search.documents import Said, texts_of, words_in
from innovation.search.engine import Engine
from innovation.search.lexicon import is_word, rests, sound
from innovation.search.models import SearchSpelling, SearchWord
from innovation.search.slips import slips

# Words that are shorter are looked for within one slip, longer ones within two.
LONG = 8
# Two letters can be left out of a longer word in more ways than are worth asking for.
_LONGEST_FOR_TWO = 24
_SHORTEST_HEAD, _SHORTEST_TAIL = 3, 4
_MOST_SPLITS = 12
# How much a word that many ideas have is nearer than one that a single idea has.
_FREQUENT = 0.06
# In so many ideas a word is looked for before it counts as not to be seen.
_LOOKED_INTO = 4
_BEST = 2
_SAME_START = 2
_MOST_SEEN = 20_000

_SAME_SOUND = 0.6

# Where each word was seen lately; whether it still stands there is looked up every time.
_seen: dict[str, tuple[int, ...]] = {}


@dataclass(frozen=True, slots=True)
class Near:
    """A word of the index that may be meant. distance: slips between; ideas: how many have it.

    pieces: of a compound that stands nowhere as a whole, the words that it is made of.
    """

    word: str
    distance: int
    ideas: int
    pieces: tuple[str, ...] = ()


def nearest(word: str, most: int = 5) -> list[Near]:
    """Give the words of the index that are nearest to a word, the likeliest first.

    Whether they may be shown is for `visible_words` to tell.
    """
    typed = word.lower()
    if not is_word(typed):
        return []
    found = _within_one(typed)
    if len(typed) >= LONG:
        found = found or _within_two(typed) or _compounds(typed)
    return [near for _cost, near in sorted(found, key=lambda one: (one[0], one[1].word))[:most]]


def meant(engine: Engine, word: str) -> str:
    """Give the known word that a misspelt one stands for, "" when there is none to be shown.

    Words of the index come before those of the vocabulary, which are nobody's secret and find
    ideas by what they mean. Raises SearchUnavailableError.
    """
    near = nearest(word)
    ours = _of_vocabulary(word.lower())
    pieces = {piece for one in near for piece in one.pieces or (one.word,)}
    visible = visible_words(engine, pieces)
    shown = [one for one in near if visible.issuperset(one.pieces or (one.word,))]
    best = sorted([*shown, *ours], key=lambda one: one.distance)
    return best[0].word if best else ""


def _of_vocabulary(typed: str) -> list[Near]:
    """Give the words of the vocabulary that a word may stand for; the first letter is right."""
    if not is_word(typed):
        return []
    farthest = 2 if len(typed) >= LONG else 1
    alike = {
        word: 0
        for word in concepts.words_with(typed[0])
        if abs(len(word) - len(typed)) <= farthest and len(set(word) ^ set(typed)) <= 2 * farthest
    }
    found = _costed(typed, alike, farthest)
    return [near for _cost, near in sorted(found, key=lambda one: (one[0], one[1].word))]


Costed = tuple[float, Near]


def _within_one(typed: str) -> list[Costed]:
    return list(_costed(typed, _having(rests(typed)), 1))


def _within_two(typed: str) -> list[Costed]:
    """Reach further: two letters less of what was typed, against one less of a word."""
    if len(typed) > _LONGEST_FOR_TWO:
        return []
    shorter = {
        typed[:one] + typed[one + 1 : other] + typed[other + 1 :]
        for one, other in combinations(range(len(typed)), 2)
    }
    return list(_costed(typed, _having(rests(typed) | shorter), 2))


def _having(wanted: Collection[str]) -> dict[str, int]:
    """Give the words with one of these rests, and how many ideas have them."""
    rows = db.session.execute(
        select(SearchWord.word, SearchWord.ideas)
        .join(SearchSpelling, SearchSpelling.word == SearchWord.word)
        .where(SearchSpelling.rest.in_(sorted(wanted)))
    )
    return {row.word: row.ideas for row in rows}


def _costed(typed: str, known: Mapping[str, int], farthest: int) -> Iterator[Costed]:
    heard = sound(typed)
    for word, ideas in known.items():
        distance, cost = slips(typed, word)
        if distance > 1 and heard == sound(word):
            distance, cost = 1, _SAME_SOUND
        if distance <= farthest:
            yield cost - _FREQUENT * math.log2(1 + ideas), Near(word, distance, ideas)


def _compounds(typed: str) -> list[Costed]:
    """Correct the tail or the head of a compound when the other half is known."""
    splits = [
        (typed[:place], typed[place:])
        for place in range(_SHORTEST_HEAD, len(typed) - _SHORTEST_TAIL + 1)
    ]
    known = _counts({half for split in splits for half in split})
    half_known = [split for split in splits if split[0] in known or split[1] in known]
    # The longer the known half, the less is left to chance.
    half_known.sort(key=lambda split: -max(len(half) for half in split if half in known))
    found: dict[str, Costed] = {}
    for head, tail in half_known[:_MOST_SPLITS]:
        heads, tails = _either(head, known), _either(tail, known)
        for head_cost, first in heads:
            for tail_cost, last in tails:
                distance = first.distance + last.distance
                ideas = min(first.ideas, last.ideas)
                near = Near(first.word + last.word, distance, ideas, (first.word, last.word))
                if distance <= 1 and near.word not in found:
                    found[near.word] = (head_cost + tail_cost, near)
    return list(found.values())


def _either(half: str, known: Mapping[str, int]) -> list[Costed]:
    if half in known:
        return [(0.0, Near(half, 0, known[half]))]
    return sorted(_within_one(half), key=lambda one: one[0])[:2] if len(half) > 3 else []


def _counts(words: Collection[str]) -> dict[str, int]:
    rows = db.session.execute(
        select(SearchWord.word, SearchWord.ideas).where(SearchWord.word.in_(sorted(words)))
    )
    return {row.word: row.ideas for row in rows}


def visible_words(engine: Engine, words: Iterable[str]) -> set[str]:
    """Give those of the words that stand in something that everybody may read at this moment.

    The index tells where to look, the texts tell. Raises SearchUnavailableError.
    """
    wanted = set(words)
    before = {word: _seen[word] for word in wanted if word in _seen}
    places = _ideas_with(engine, wanted - before.keys())
    # The first place nearly always has the word, so that the others need not be read.
    shown = _standing(before | {word: numbers[:1] for word, numbers in places.items()})
    others = {word: numbers[1:] for word, numbers in places.items() if word not in shown}
    return shown | _standing(others | _ideas_with(engine, before.keys() - shown))


def _ideas_with(engine: Engine, words: Collection[str]) -> dict[str, Sequence[int]]:
    """Give for each word the ideas to be looked into for it."""
    found = engine.having(words) if words else {}
    return {word: _likeliest(weights) for word, weights in found.items() if weights}


def _likeliest(weights: Mapping[int, float]) -> list[int]:
    """Give the ideas where a word weighs most, and others: in a title it may be inflected."""
    best = sorted(weights, key=lambda number: -weights[number])
    return list(dict.fromkeys((*best[:_BEST], *weights)))[:_LOOKED_INTO]


def _standing(places: Mapping[str, Sequence[int]]) -> set[str]:
    """Give the words that stand in one of the ideas named for them, and remember in which."""
    looked_into = {number for numbers in places.values() for number in numbers}
    texts = texts_of(looked_into) if looked_into else {}
    found = set()
    for word, numbers in places.items():
        for number in numbers:
            if number in texts and _stands_in(word, tuple(texts[number])):
                found.add(word)
                if len(_seen) >= _MOST_SEEN:
                    _seen.clear()
                _seen[word] = (number,)
                break
        else:
            _seen.pop(word, None)
    return found


@lru_cache(maxsize=4_000)
def _stands_in(word: str, texts: tuple[Said, ...]) -> bool:
    """Tell whether a word stands in texts, as it is or in another form that begins alike."""
    start = rf"(?<![^\W_]){re.escape(word[:_SAME_START])}[^\W_]*(?:-[^\W_]+)*"
    forms = {
        (match[0].lower(), code)
        for text, code in texts
        for match in re.finditer(start, unicodedata.normalize("NFC", text), re.IGNORECASE)
    }
    return any(form == word for form, _code in forms) or any(
        word in words_in([one]) for one in sorted(forms)
    )
