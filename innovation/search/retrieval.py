"""From typed words to ideas in order: find, correct what is unknown, weigh, and sort."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from innovation.core import clock
from innovation.search import concepts, spelling
from innovation.search.engine import (
    FEW,
    MOST_WEIGHED,
    Clause,
    Engine,
    Kind,
    Matches,
    Query,
)
from innovation.search.ranking import rarities, scores
from innovation.search.words import direct_ways, is_known, loosened, query_of

# Of the ideas that lack a word or more, so many of the best are shown.
MOST_INCOMPLETE = 50
# When so many have the words themselves, nobody needs those with related words.
PLENTY = 20
# Nobody who typed a word that several ideas have should see those with related words first.
_LESS_NEAR = 0.7
_TYPO = 0.7
# A word that fewer ideas have is met by one part of a compound alone.
_VERY_FEW = 6
# What it is worth to have every word.
_EVERY_WORD = 1.4
_NEW = 0.08
_NEW_HALVES_IN = timedelta(days=180)
_SUPPORTED = 0.03


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked for and what the index has of it.

    corrected: for typed words that no idea has, the known word that was looked for instead. near:
    what related words are worth: less, the more ideas have the words themselves.
    """

    query: Query
    matches: Matches
    corrected: Mapping[str, str]
    near: float = 1.0


class Standing(NamedTuple):
    """What of an idea nudges its place among those with the same words."""

    published_at: datetime | None
    support_count: int


def look_up(engine: Engine, text: str, page_language: str, *, as_written: bool = False) -> Looked:
    """Find the ideas for a text. Words that nobody wrote are taken for typos.

    as_written: take nothing for a typo. Raises SearchUnavailableError.
    """
    concepts.know_programme_words()
    with engine.together():
        return _looked_up(engine, query_of(text, page_language), page_language, as_written)


def _looked_up(engine: Engine, query: Query, page_language: str, as_written: bool) -> Looked:
    if not query.clauses:
        return Looked(query, Matches(), {})
    narrow = _without_near(query)
    matches = engine.every(narrow)
    if len(matches.every) >= PLENTY:
        return Looked(narrow, matches, {})
    near = 1 - _LESS_NEAR * min(1.0, len(matches.every) / FEW)
    if narrow != query:
        matches = engine.every(query)
    corrected = {} if as_written else _corrections(engine, query, matches)
    if corrected:
        query = _corrected(query, corrected, page_language)
        matches = engine.every(query)
    for few, apart in ((FEW, False), (_VERY_FEW, True)):
        looser = _loosened(query, matches, page_language, few, apart=apart)
        if looser != query:
            query, matches = looser, engine.every(looser)
    return Looked(query, engine.with_most(query, matches), corrected, near)


def _without_near(query: Query) -> Query:
    """Leave out the words that are only near to what was typed."""
    clauses = tuple(
        replace(one, ways=tuple(way for way in one.ways if way.kind is not Kind.NEAR))
        for one in query.clauses
    )
    return replace(query, clauses=clauses)


def _loosened(
    query: Query, matches: Matches, page_language: str, few: int, *, apart: bool
) -> Query:
    """Let more meet those words that fewer ideas have."""
    rare = {
        clause.typed
        for clause, known in zip(query.wanted, matches.known, strict=True)
        if known < few
    }
    clauses = tuple(
        loosened(one, page_language, apart=apart) if one.typed in rare else one
        for one in query.clauses
    )
    return replace(query, clauses=clauses)


def _corrections(engine: Engine, query: Query, matches: Matches) -> dict[str, str]:
    unknown = [
        clause.typed
        for clause, known in zip(query.wanted, matches.known, strict=True)
        if not known and " " not in clause.typed and not is_known(clause)
    ]
    meant = {word: spelling.meant(engine, word) for word in unknown}
    return {word: known for word, known in meant.items() if known}


def _corrected(query: Query, corrected: Mapping[str, str], page_language: str) -> Query:
    def mended(clause: Clause) -> Clause:
        if clause.typed not in corrected:
            return clause
        word = corrected[clause.typed]
        meant = query_of(word, page_language).clauses
        ways = meant[0].ways if len(meant) == 1 else direct_ways(word, page_language)
        typos = tuple(
            replace(way, weight=way.weight * _TYPO, label=way.label or word)
            if way.kind in {Kind.SAME, Kind.NEAR}
            else replace(way, weight=way.weight * _TYPO, kind=Kind.TYPO, label=word)
            for way in ways
        )
        return replace(clause, ways=clause.ways + typos)

    return replace(query, clauses=tuple(map(mended, query.clauses)))


def best_first(
    engine: Engine,
    looked: Looked,
    every: Sequence[int],
    most: Sequence[int],
    standing: Callable[[Collection[int]], Mapping[int, Standing]],
    known: dict[int, float],
) -> list[int]:
    """Put ideas into the order of relevance; beyond MOST_WEIGHED they stay as they are, last.

    every: those with every word, in the order of Matches. most: those that lack one or more, of
    which the MOST_INCOMPLETE best are given. standing: tells it of ideas. known: what relevance is
    known already; the rest is added. Raises SearchUnavailableError.
    """
    whole = set(every[:MOST_WEIGHED])
    weighed = [*every[:MOST_WEIGHED], *most]
    new = [number for number in weighed if number not in known]
    known |= relevance(engine, looked, new, standing)
    worth = {one: known[one] * (_EVERY_WORD if one in whole else 1) for one in weighed}
    best = sorted(worth, key=lambda number: (-worth[number], -number))
    lacking = [number for number in best if number not in whole]
    dropped = set(lacking[MOST_INCOMPLETE:])
    return [*(number for number in best if number not in dropped), *every[MOST_WEIGHED:]]


def relevance(
    engine: Engine,
    looked: Looked,
    numbers: Collection[int],
    standing: Callable[[Collection[int]], Mapping[int, Standing]] | None = None,
) -> dict[int, float]:
    """Score ideas by their words, nudged by how new and how supported they are.

    standing: tells it of ideas; without it nothing is nudged. Raises SearchUnavailableError.
    """
    if not numbers:
        return {}
    query, known = looked.query, looked.matches.known
    rare = rarities(query, known, engine.count())
    weights = engine.weigh(list(numbers), query.terms)
    stands = standing(numbers) if standing else {}
    now = clock.now()
    return {
        number: score * _nudge(stands.get(number), now)
        for number, score in scores(numbers, weights, rare, looked.near).items()
    }


def _nudge(standing: Standing | None, now: datetime) -> float:
    """Give the factor of recency and support: from 1 to about 1.2."""
    if standing is None:
        return 1.0
    age = max(now - (standing.published_at or now), timedelta())
    new: float = _NEW * 0.5 ** (age / _NEW_HALVES_IN)
    return 1 + new + _SUPPORTED * math.log10(1 + standing.support_count)
