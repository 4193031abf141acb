"""Ideas that tell of the same need as a text: found by what it is about, and by its rare words."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from weakref import WeakKeyDictionary

from innovation.search import concepts
from innovation.search.comparing import Alike, Asked, clause_of
from innovation.search.engine import MOST_WEIGHED, Clause, Engine, Matches, Query, Weights
from innovation.search.meaning import LENGTH, Reading, name_of, read

LONGEST = 2_000
# Of the text's words, and of what it is about, so many of the most telling find what is compared.
_FINDING = 8
# So many ideas are compared closely.
_MOST_COMPARED = 60
# So much more than its bound may a score be that was rounded.
_ROUNDED = 0.0001
# An idea with one of them is compared, if it is not too many.
_SHARE = 0.05

# By engine and clause: until when a count is remembered, and the count. Those of some drafts that
# are being written; each takes more than a kilobyte.
_COUNTS: WeakKeyDictionary[Engine, dict[Clause, tuple[float, int]]] = WeakKeyDictionary()
_COUNT_SECONDS, _MOST_COUNTS = 60.0, 2_000
_NEVER = (0.0, 0)


def similar(
    engine: Engine, text: str, code: str, most: int, least: float, without: int = 0
) -> tuple[list[Alike], Alike | None]:
    """Give the ideas most like a text in a language, best first, and the one most in its words.

    most: how many. least: the score of the last. without: the number of an idea that is passed
    over. Raises SearchUnavailableError.
    """
    concepts.know_programme_words()
    reading = read(text[:LONGEST], code)
    with engine.together():
        asked, weights, bounds = _likely(engine, reading)
    bounds.pop(without, None)
    best = _best(asked, weights, bounds, most, least)
    return [asked.compare(one, weights[one]) for one in best], _twin(asked, weights, bounds, least)


def asked_of(engine: Engine, text: str, code: str, others: Mapping[str, Collection[int]]) -> Asked:
    """Read a text whose like is looked for among other texts than those in the index.

    others: which of those have a term. The index tells how rare words are, and they where it has
    none. Raises SearchUnavailableError.
    """
    concepts.know_programme_words()
    reading = read(text[:LONGEST], code)

    def counting(clauses: Sequence[Clause]) -> tuple[Sequence[int], int]:
        known, documents = counted(engine, clauses)
        for at, clause in enumerate(clauses):
            having = [others.get(term, ()) for way in clause.ways for term in way.slots[0]]
            known[at] = known[at] or len(set().union(*having))
        return known, documents

    with engine.together():
        return Asked(counting, reading)


def _likely(engine: Engine, reading: Reading) -> tuple[Asked, Weights, dict[int, float]]:
    """Find what is compared closely: what it weighs, and what its score comes to at most."""
    asked = Asked(lambda clauses: counted(engine, clauses), reading)
    numbers: dict[int, None] = {}
    for clauses in _finding(asked):
        query = Query(tuple(clauses), share=_SHARE)
        if len(clauses) > 1:
            # How many have each is known already, and whoever has them all stands first.
            found = engine.with_most(query, Matches(known=tuple(clauses.values())))
        else:
            found = engine.every(query)
        numbers |= dict.fromkeys([*found.every[:MOST_WEIGHED], *found.most])
    if not numbers:
        return asked, {}, {}
    # In one order, so that every process adds up alike.
    forms = (form for word in asked.words for form in sorted(word.forms))
    terms = dict.fromkeys((LENGTH, *asked.telling, *forms))
    weights = engine.weigh(list(numbers), terms.keys())
    bounds = {number: asked.bound(weights[number]) for number in numbers if number in weights}
    best = sorted(bounds, key=lambda number: -bounds[number])[:_MOST_COMPARED]
    return asked, weights, {number: bounds[number] for number in best}


def _best(
    asked: Asked, weights: Weights, bounds: Mapping[int, float], most: int, least: float
) -> list[int]:
    """Give the numbers of those with the highest scores, best first.

    Comparing takes longer than telling what it can come to at most: what cannot be among them is
    not compared.
    """
    scores: list[tuple[float, int]] = []
    for number, bound in bounds.items():
        last = scores[-1][0] if len(scores) == most else least
        if bound < last - _ROUNDED:
            break
        score = asked.score(weights[number])
        if score >= least:
            scores = sorted([*scores, (score, number)], reverse=True)[:most]
    return [number for _score, number in scores]


def _twin(
    asked: Asked, weights: Weights, bounds: Mapping[int, float], least: float
) -> Alike | None:
    """Give the one that has most of the text's words, of those that are alike at all."""
    shares = {number: asked.words_with(weights[number]) for number in bounds}
    found: Alike | None = None
    for number in sorted(shares, key=lambda number: -shares[number]):
        if found and shares[number] < found.words:
            break
        one = asked.compare(number, weights[number])
        if one.score >= least and (not found or (one.score, number) > (found.score, found.number)):
            found = one
    return found


def reason_in(reason: str, code: str) -> str:
    """Give a reason in words, in a language."""
    return name_of(reason, code) if reason.startswith(LENGTH[0]) else reason


def _finding(asked: Asked) -> Iterable[dict[Clause, int]]:
    """Give what finds the ideas to compare: the most telling keys, and the rarest words.

    With each, how many ideas have it.
    """
    telling = [(key,) for key in asked.telling[: 2 * _FINDING]]
    words = sorted(range(len(asked.words)), key=lambda at: -asked.rarities[at])
    rare = [asked.words[at].forms for at in words if asked.rarities[at]][:_FINDING]
    for forms in (telling[:_FINDING], telling[_FINDING:], rare):
        if forms:
            yield {clause: asked.known[clause] for clause in map(clause_of, forms)}


def counted(engine: Engine, clauses: Sequence[Clause]) -> tuple[list[int], int]:
    """Count the indexed ideas as Counting says, as it was a moment ago: rarity changes slowly.

    What nothing met is asked again, since an idea that was put in meanwhile has to be found.
    """
    now = time.monotonic()
    known = _COUNTS.setdefault(engine, {})
    if len(known) > _MOST_COUNTS:
        known.clear()
    # Each is looked up once: finding a clause takes about as long as counting with it.
    kept = [known.get(one, _NEVER) for one in clauses]
    old = (one for one, (until, _count) in zip(clauses, kept, strict=True) if until < now)
    new = list(dict.fromkeys(old))
    fresh = dict(zip(new, engine.known(new), strict=True))
    counts = [
        fresh[one] if until < now else count
        for one, (until, count) in zip(clauses, kept, strict=True)
    ]
    known.update({one: (now + _COUNT_SECONDS, count) for one, count in fresh.items() if count})
    return counts, engine.count()
