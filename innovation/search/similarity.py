"""Ideas that tell of the same need as a text: found by what it is about, and by its rare words."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from weakref import WeakKeyDictionary

from innovation.search import concepts
from innovation.search.comparing import Alike, Asked, clause_of
from innovation.search.engine import MOST_WEIGHED, Clause, Engine, Query
from innovation.search.meaning import LENGTH, Reading, name_of, read

LONGEST = 2_000
# Of the text's words, and of what it is about, so many of the most telling find what is compared.
_FINDING = 8
# So many ideas are compared closely.
_MOST_COMPARED = 60
# An idea with one of them is compared, if it is not too many.
_SHARE = 0.05

# By engine and clause: until when a count is remembered, and the count.
_COUNTS: WeakKeyDictionary[Engine, dict[Clause, tuple[float, int]]] = WeakKeyDictionary()
_COUNT_SECONDS, _MOST_COUNTS = 60.0, 20_000
_NEVER = (0.0, 0)


def similar(engine: Engine, text: str, code: str) -> list[Alike]:
    """Give the ideas most like a text in a language, best first. Raises SearchUnavailableError."""
    concepts.know_programme_words()
    reading = read(text[:LONGEST], code)
    with engine.together():
        return _compared(engine, reading)


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


def _compared(engine: Engine, reading: Reading) -> list[Alike]:
    asked = Asked(lambda clauses: counted(engine, clauses), reading)
    numbers: dict[int, None] = {}
    for clauses in _finding(asked):
        found = engine.find(Query(clauses, share=_SHARE))
        numbers |= dict.fromkeys([*found.every[:MOST_WEIGHED], *found.most])
    if not numbers:
        return []
    # In one order, so that every process adds up alike.
    forms = (form for word in asked.words for form in sorted(word.forms))
    terms = dict.fromkeys((LENGTH, *asked.telling, *forms))
    weights = engine.weigh(list(numbers), terms.keys())
    bounds = {number: asked.bound(weights[number]) for number in numbers if number in weights}
    best = sorted(bounds, key=lambda number: -bounds[number])
    # Comparing takes longer than telling what it can come to at most.
    compared = [asked.compare(number, weights[number]) for number in best[:_MOST_COMPARED]]
    return sorted(compared, key=lambda one: (-one.score, -one.number))


def reason_in(reason: str, code: str) -> str:
    """Give a reason in words, in a language."""
    return name_of(reason, code) if reason.startswith(LENGTH[0]) else reason


def _finding(asked: Asked) -> Iterable[tuple[Clause, ...]]:
    """Give what finds the ideas to compare: the most telling keys, and the rarest words."""
    telling = [(key,) for key in asked.telling[: 2 * _FINDING]]
    words = sorted(range(len(asked.words)), key=lambda at: -asked.rarities[at])
    rare = [asked.words[at].forms for at in words if asked.rarities[at]][:_FINDING]
    for forms in (telling[:_FINDING], telling[_FINDING:], rare):
        if forms:
            yield tuple(clause_of(one) for one in forms)


def counted(engine: Engine, clauses: Sequence[Clause]) -> tuple[list[int], int]:
    """Count the indexed ideas as Counting says, as it was a moment ago: rarity changes slowly.

    What nothing met is asked again, since an idea that was put in meanwhile has to be found.
    """
    now = time.monotonic()
    known = _COUNTS.setdefault(engine, {})
    if len(known) > _MOST_COUNTS:
        known.clear()
    new = [one for one in dict.fromkeys(clauses) if known.get(one, _NEVER)[0] < now]
    fresh = dict(zip(new, engine.known(new), strict=True))
    counts = [fresh[one] if one in fresh else known[one][1] for one in clauses]
    known.update({one: (now + _COUNT_SECONDS, count) for one, count in fresh.items() if count})
    return counts, engine.count()
