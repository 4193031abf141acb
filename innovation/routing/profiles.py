"""What speaks for each sub-project before anything is decided: names, purposes, sayings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from innovation.programme.queries import SubProjectFact
from innovation.routing.evidence import Hint, Phrase, Phrases, concepts, hints, mark_of, words_of
from innovation.routing.vocabulary_file import Expression, Saying, Vocabulary

# The class of what belongs to no sub-project; it stands last among the classes.
NONE = ""

# What an expression of the vocabulary is worth, and a sentence of a purpose, word by word.
SAYS, STRONG, NOT_OURS, NAME, PURPOSE = 1.0, 5.0, -1.0, 0.6, 0.5
# What is made of an expression beside itself: the words of a phrase, parts and concepts of a word.
OF_PHRASE, OF_PART, OF_CONCEPT = 0.4, 0.45, 0.4
# A phrase is surer than a word.
PHRASE = 2.0
# However often a profile has a word, it does not weigh more than this.
MOST = {"word": 1.2, "concept": 0.6, "strong": 2.0}
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Decision:
    """A text in a language, and where it was decided to belong: a sub-project's id, or NONE."""

    text: str
    language: str
    sub_project: str


@dataclass(frozen=True, slots=True)
class Profiles:
    """Weights of features for each class. slugs: the open sub-projects, then NONE.

    weights: for each feature one weight for each class. phrases: those that are features.
    """

    slugs: tuple[str, ...]
    phrases: Phrases
    weights: Mapping[str, tuple[float, ...]]


def profiles_of(facts: Sequence[SubProjectFact], vocabulary: Vocabulary) -> Profiles:
    """Make the profiles of open sub-projects; one with a successor adds its own to that one."""
    heirs = {fact.slug: heir for fact in facts if (heir := _heir(fact, facts))}
    slugs = tuple(fact.slug for fact in facts if heirs.get(fact.slug) == fact.slug)
    amounts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    phrases: dict[str, Phrase] = {}
    strong: set[str] = set()
    for fact in facts:
        heir = heirs.get(fact.slug)
        if heir is None:
            continue
        saying = vocabulary.sayings.get(fact.slug, Saying())
        for hint in (*_told(fact, saying), *_said(saying, phrases)):
            amounts[hint.feature][heir] += hint.weight
            if hint.weight >= STRONG:
                strong.add(hint.feature)
    for hint in _all(vocabulary.other, SAYS, phrases):
        amounts[hint.feature][NONE] += hint.weight
    classes = (*slugs, NONE)
    weights = {}
    # Most features say the same as another one: each row of weights is kept once.
    rows: dict[tuple[float, ...], tuple[float, ...]] = {}
    for feature, amount in amounts.items():
        row = _weights(amount, classes, _most(feature, strong))
        weights[feature] = rows.setdefault(row, row)
    return Profiles(classes, Phrases(phrases.values()), weights)


def heirs_of(facts: Sequence[SubProjectFact]) -> dict[str, str]:
    """Give the open sub-project in which the work of each goes on, by ids; perhaps itself."""
    return {fact.slug: heir for fact in facts if (heir := _heir(fact, facts))}


def _heir(fact: SubProjectFact, facts: Sequence[SubProjectFact]) -> str | None:
    """Give the last open one in the chain of successors: those on the way send their ideas on."""
    by_id = {one.id: one for one in facts}
    heir = None if fact.closed else fact.slug
    here: SubProjectFact | None = fact
    for _step in facts:
        here = by_id.get(here.successor_id or 0) if here else None
        if here is None:
            return heir
        heir = heir if here.closed else here.slug
    return None if fact.closed else fact.slug  # the chain is a circle, which leads nowhere


def _told(fact: SubProjectFact, saying: Saying) -> Iterator[Hint]:
    """Give what names and purposes say, each word once."""
    texts = [
        *((text, code, NAME) for code, text in fact.short_names.items()),
        *((text, code, NAME) for code, text in fact.official_names.items()),
        *((text, "fi", NAME) for text in fact.aliases),
        *((text, code, PURPOSE) for code, text in fact.purposes.items()),
        *((text, "fi", PURPOSE) for text in saying.purpose),
    ]
    best: dict[str, float] = {}
    nothing = Phrases(())
    for text, code, worth in texts:
        plain = text.replace("\u00ad", "")
        for hint in hints(words_of(plain, code), code, nothing):
            share = OF_CONCEPT if hint.feature.startswith("#") else 1.0
            best[hint.feature] = max(best.get(hint.feature, 0.0), worth * share * hint.weight)
    yield from (Hint(feature, weight, ()) for feature, weight in best.items())


def _said(saying: Saying, phrases: dict[str, Phrase]) -> Iterator[Hint]:
    yield from _all(saying.says, SAYS, phrases)
    yield from _all(saying.strong, STRONG, phrases)
    yield from _all(saying.not_ours, NOT_OURS, phrases)


def _all(
    expressions: Iterable[Expression], worth: float, phrases: dict[str, Phrase]
) -> Iterator[Hint]:
    for expression in expressions:
        yield from _expression(expression, worth, phrases)


def _expression(expression: Expression, worth: float, phrases: dict[str, Phrase]) -> Iterator[Hint]:
    """Give the features of an expression: the word or phrase itself, and what is near to it."""
    words = words_of(*expression)
    mark = mark_of(expression.code)
    alone = len(words) == 1
    if not alone:
        pieces = tuple(expression.text[word.start : word.end].lower() for word in words)
        name = mark + " ".join(pieces)
        phrases.setdefault(name, Phrase(name, pieces, expression.code))
        yield Hint(name, worth * PHRASE, ())
    # What speaks against is meant as it stands, without its neighbours.
    plain = min(worth, SAYS) if worth > 0 else 0.0
    for word in words:
        for term, sure in word.terms.items():
            if alone and sure > OF_PART:
                yield Hint(mark + term, worth, ())
            elif plain and len(term) >= _SHORTEST:
                yield Hint(mark + term, plain * (OF_PART if alone else OF_PHRASE) * sure, ())
    for hint in concepts(expression.code).hints(words) if plain else ():
        spans = alone or len(hint.words) > 1
        share = OF_CONCEPT if spans else OF_PHRASE * OF_CONCEPT
        yield Hint(hint.feature, plain * share * hint.weight, ())


def _most(feature: str, strong: Collection[str]) -> float:
    """Give what a feature weighs at most. strong: those that a profile calls so."""
    if feature in strong:
        return MOST["strong"]
    return MOST["concept"] if feature.startswith("#") else MOST["word"]


def _weights(amount: Mapping[str, float], classes: Sequence[str], most: float) -> tuple[float, ...]:
    """Turn how much each profile has of a feature into what it says: nothing where all have it."""
    kept = {slug: min(value, most) for slug, value in amount.items()}
    positive = [value for value in kept.values() if value > 0]
    telling = 1.0
    if positive:
        profiles = sum(positive) / max(positive)
        telling = max(0.0, 1 - log(profiles) / log(max(2, len(classes))))
    return tuple(
        round(kept.get(slug, 0.0) * (telling if kept.get(slug, 0.0) > 0 else 1.0), 4)
        for slug in classes
    )
