"""Experiments and operating models that have the words looked for, or tell of the same need."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from innovation.core.pagination import PAGE_SIZE, Page
from innovation.experiments.sheets import ExperimentRow
from innovation.ideas.filters import IdeaFilter
from innovation.operating_models.queries import ModelCard
from innovation.programme.queries import snapshot
from innovation.search import similarity
from innovation.search.engine import Clause, Engine, Kind, Query, SearchUnavailableError, Way
from innovation.search.ranking import rarities, scores, weighed
from innovation.search.retrieval import Looked
from innovation.search.why import Further, Why, explain
from innovation.search.works import KINDS, MODELS, Work, Works, known_works

IDEAS = "ideas"
# What the reader may ask for alone.
EACH_ALONE = (IDEAS, *KINDS)
# So many of each kind stand above the ideas.
ABOVE = 2
# A part of a word alone is too little.
_LEAST_WAY = 0.3
# Where none has every word: those with this share of them.
_MOST_OF_THEM = 0.6
# A model less like a text is not offered to those who write it. Nothing in the demo comes nearer to
# a text about another thing.
LEAST_SIMILAR = 0.16
_MOST_BESIDE = 2


@dataclass(frozen=True, slots=True)
class FoundWork:
    """An experiment or an operating model that was found, with the found words marked.

    missing: whether it lacks some of the words, which `why` tells.
    """

    row: ExperimentRow | ModelCard
    why: Why
    missing: bool

    @property
    def title(self) -> Markup:
        """Its name."""
        return self.why.title

    @property
    def excerpt(self) -> Markup:
        """The beginning of what it says, or the piece that has the words."""
        return self.why.piece or self.why.excerpt


@dataclass(frozen=True, slots=True)
class FoundWorks:
    """What was found, by kind: how many there are, and those that are shown.

    alone: a page of the one kind that is asked for, None otherwise.
    """

    counts: Mapping[str, int]
    shown: Mapping[str, Sequence[FoundWork]]
    alone: Page[FoundWork] | None = None

    @property
    def any(self) -> bool:
        """Whether anything was found."""
        return any(self.counts.values())


_NOTHING = FoundWorks(dict.fromkeys(KINDS, 0), {})


def found_works(looked: Looked, wanted: IdeaFilter) -> FoundWorks:
    """Give what has the words that were looked for among the ideas, as everybody may read it.

    Of the filter, sub-project and area count here too; with others the ideas stand alone, unless
    a kind is asked for. One query, and some more when anything is new.
    """
    query = _firm(looked.query)
    if not query.wanted:
        return _NOTHING
    works = known_works()
    numbers, missing = _matching(query, works)
    best = _best_first(query, works, _narrowed(numbers, works, wanted), looked.near)
    by_kind = {kind: [one for one in best if works.every[one].kind == kind] for kind in KINDS}
    counts = {kind: len(some) for kind, some in by_kind.items()}
    if wanted.kind in KINDS:
        some = by_kind[wanted.kind]
        start = (wanted.page - 1) * PAGE_SIZE
        items = _explained(query, works, some[start : start + PAGE_SIZE], missing=missing)
        return FoundWorks(counts, {}, Page(list(items.values()), wanted.page, len(some)))
    of_ideas = wanted.group or wanted.capacity or wanted.answered or wanted.year
    if wanted.kind or wanted.page > 1 or of_ideas:
        return FoundWorks(counts, {})
    first = {kind: some[:ABOVE] for kind, some in by_kind.items()}
    told = _explained(
        query, works, [one for some in first.values() for one in some], missing=missing
    )
    shown = {kind: [told[one] for one in some] for kind, some in first.items() if some}
    return FoundWorks(counts, shown)


def similar_models(engine: Engine, text: str, code: str) -> list[ModelCard]:
    """Give the operating models that answer to what a text in a language tells of, best first."""
    works = known_works()
    models = [work for work in works.every.values() if work.kind == MODELS]
    if not models:
        return []
    try:
        asked = similarity.asked_of(engine, text, code, works.having)
    except SearchUnavailableError:
        return []
    likely = [work for work in models if asked.bound(work.weights) >= LEAST_SIMILAR]
    alike = {work.number: asked.score(work.weights) for work in likely}
    likely.sort(key=lambda work: (-alike[work.number], -work.number))
    best = [work.row for work in likely if alike[work.number] >= LEAST_SIMILAR][:_MOST_BESIDE]
    return [row for row in best if isinstance(row, ModelCard)]


def _firm(query: Query) -> Query:
    """Leave out the ways that say little here, where texts are long and stand above the ideas."""
    clauses = (replace(one, ways=tuple(filter(_is_firm, one.ways))) for one in query.clauses)
    return replace(query, clauses=tuple(clauses))


def _is_firm(way: Way) -> bool:
    if way.weight < _LEAST_WAY or way.kind is Kind.NEAR:
        return False
    # Several related words, or parts of words, are somewhere in most long texts.
    return len(way.slots) == 1 or way.kind not in {Kind.SAME, Kind.PART}


def _matching(query: Query, works: Works) -> tuple[set[int], bool]:
    """Give those that have every word, or else most of them, and whether some are missing."""
    unwanted = set().union(*[_meeting(clause, works) for clause in query.unwanted])
    meeting = [_meeting(clause, works) - unwanted for clause in query.wanted]
    every = set.intersection(*meeting)
    if every or len(meeting) == 1:
        return every, False
    least = _MOST_OF_THEM * len(meeting)
    some = set().union(*meeting)
    return {one for one in some if sum(one in met for met in meeting) >= least}, True


def _meeting(clause: Clause, works: Works) -> set[int]:
    found: set[int] = set()
    for way in clause.ways:
        slots = [set().union(*[works.having.get(term, ()) for term in slot]) for slot in way.slots]
        numbers = set.intersection(*slots) if slots else set()
        if way.adjacent and len(slots) > 1:
            numbers = {one for one in numbers if _stands_so(way, works.every[one])}
        found |= numbers
    return found


def _stands_so(way: Way, work: Work) -> bool:
    """Tell whether the words of a phrase stand one after another."""
    terms = weighed(work.document)
    # For each word of the phrase, where the phrase would begin.
    begins = [
        {at - place for term in slot if term in terms for at in terms[term].places}
        for place, slot in enumerate(way.slots)
    ]
    return bool(set.intersection(*begins))


def _narrowed(numbers: Collection[int], works: Works, wanted: IdeaFilter) -> list[int]:
    known = snapshot()
    homes = {known.sub_project_by_slug[slug].id for slug in wanted.sub_project}
    areas = {known.area_by_slug[slug].id for slug in wanted.area}
    some = [works.every[number] for number in numbers]
    return [
        one.number
        for one in some
        if (not homes or one.sub_project_id in homes) and (not areas or one.areas & areas)
    ]


def _best_first(query: Query, works: Works, numbers: Sequence[int], near: float) -> list[int]:
    if len(numbers) < 2:
        return list(numbers)
    known = tuple(len(_meeting(clause, works)) for clause in query.wanted)
    rare = rarities(query, known, len(works.every))
    weights = {
        one: {
            term: works.every[one].weights[term]
            for term in query.terms & works.every[one].weights.keys()
        }
        for one in numbers
    }
    worth = scores(numbers, weights, rare, near)
    return sorted(numbers, key=lambda one: (-worth[one], -one))


def _explained(
    query: Query, works: Works, numbers: Sequence[int], *, missing: bool
) -> dict[int, FoundWork]:
    if not numbers:
        return {}
    told = explain(
        [works.every[one].texts for one in numbers],
        query,
        lambda some: dict.fromkeys(some, Further("", [], [])),
    )
    return {one: FoundWork(works.every[one].row, told[one], missing) for one in numbers}
