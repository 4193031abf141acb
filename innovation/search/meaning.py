"""What a text is about: the concepts and needs it tells of, as terms that can be indexed."""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from innovation import language
from innovation.language.kept import KeptOf
from innovation.search.expansion import Vocabulary
from innovation.search.sayings import Evidence, Fills, Sayings, Ways, strengths
from innovation.search.speaking import Speaking
from innovation.vocabulary import shipped
from innovation.vocabulary.needs import shipped_needs

# No word of a text begins so.
_MARK = "\u00a7"
_CONCEPT, _NEED = f"{_MARK}c:", f"{_MARK}n:"
# How much a text is about altogether; there is no other way to know it of an indexed one.
LENGTH = f"{_MARK}length"
# The length that is the most which can be kept.
MOST_LENGTH = 8.0
# What a need says of the concepts that it is about, and each of these of the need.
_ABOUT, _OF = 0.35, 0.3
# What a part of a compound says of a concept.
_PART = 0.5
# A text about a need and one about a related concept.
_RELATED = 0.5
# How much a need counts beside a concept; and what tells who and where instead of what.
_NEEDS = 0.6
_WHO_AND_WHERE = 0.3
_WHO = frozenset(
    """
    ikaihmiset isovanhemmat elakelaiset aiti isa mies nainen lapsi nuori perhe puoliso tytar-poika
    omaiset vauva hoitaja laakari sairaanhoitaja lahihoitaja terveydenhoitaja terveyskeskus
    henkilosto kaupunginosat kunnat saa talvi vuodenajat auto sisarukset hyvinvointialue
    poliklinikka vuodeosasto kylat parantaa tyytyvaisyys
    """.split()
)
_NOWHERE: frozenset[int] = frozenset()
_END = re.compile(r"[.!?\n]")
# So many words of texts are kept with what they tell.
_MOST_WORDS = 30_000

# The words of a text by its sentences, each with all that it is met by.
Sentences = Sequence[Sequence[Ways]]
_Places = dict[str, set[int]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was understood. words: as written, and the base forms of each.

    evidence: what speaks for which concept or need, by its term, in which of the words.
    """

    written: tuple[str, ...]
    words: tuple[frozenset[str], ...]
    evidence: tuple[Evidence, ...]


class _Word(NamedTuple):
    """What a word of a text tells. whole, parts: its terms, and those of parts of a compound."""

    fills: Fills
    whole: tuple[str, ...]
    parts: tuple[str, ...]


class _Known(NamedTuple):
    """What texts are understood by. terms: those of the keys of sayings; words: as they are met."""

    speaking: Speaking
    sayings: Sayings
    terms: Mapping[str, str]
    about: Mapping[str, tuple[str, ...]]
    related: Mapping[str, tuple[str, ...]]
    words: KeptOf[Ways, _Word]


@cache
def _known() -> _Known:
    """Make ready what comes with the product; administrators' words serve search alone.

    So the meaning of an indexed text changes only with the product.
    """
    table = shipped_needs()
    about: dict[str, list[str]] = defaultdict(list)
    for need in table.needs.values():
        for key in need.about:
            about[_NEED + need.key].append(_CONCEPT + key)
            about[_CONCEPT + key].append(_NEED + need.key)
    related: dict[str, set[str]] = defaultdict(set)
    for key, concept in shipped().items():
        for other in concept.related:
            related[_CONCEPT + key].add(_CONCEPT + other)
            related[_CONCEPT + other].add(_CONCEPT + key)
    sayings = Sayings(table)

    def word(ways: Ways) -> _Word:
        return _Word(
            sayings.fills(ways),
            tuple(form for form, kind, _weight in ways if kind != "part"),
            tuple(form for form, kind, _weight in ways if kind == "part"),
        )

    return _Known(
        Speaking(Vocabulary(shipped())),
        sayings,
        {key: (_NEED if key in table.needs else _CONCEPT) + key for key in sayings.keys},
        {key: tuple(others) for key, others in about.items()},
        {key: tuple(sorted(others)) for key, others in related.items()},
        KeptOf(word, _MOST_WORDS),
    )


def load() -> None:
    """Make ready what texts are understood by: a third of a second in each process otherwise."""
    _known()


def read(text: str, code: str) -> Reading:
    """Understand a text in a language."""
    found = list(language.index_words(text, code))
    return Reading(
        tuple(text[start:end].lower() for start, end, _ways in found),
        tuple(_base_forms(ways) for _start, _end, ways in found),
        tuple(_evidence(sentences(text, found), placed=True)),
    )


def sentences(text: str, words: Iterable[tuple[int, int, Ways]]) -> Sentences:
    """Put the words of a text, with where they start and end, into its sentences."""
    found: list[list[Ways]] = [[]]
    last = 0
    for start, end, ways in words:
        # Mostly there is a space between two words.
        if text[last:start] != " " and found[-1] and _END.search(text, last, start):
            found.append([])
        last = end
        found[-1].append(ways)
    return found


def terms_of(texts: Iterable[Sentences]) -> dict[str, float]:
    """Give the terms of what texts tell of, with weights from 0 to 1.

    texts: the sentences of each, those in one language together.
    """
    found = dict(strengths(one for text in texts for one in _evidence(text)))
    if found:
        length = math.hypot(*(strength * influence(term) for term, strength in found.items()))
        found[LENGTH] = min(1.0, length / MOST_LENGTH)
    return found


@cache
def influence(term: str) -> float:
    """Give how much a concept or need counts when two texts speak of it, from 0 to 1."""
    if term.startswith(_NEED):
        need = shipped_needs().needs.get(term.removeprefix(_NEED))
        return _NEEDS * (need.weight if need else 1.0)
    return _WHO_AND_WHERE if term.removeprefix(_CONCEPT) in _WHO else 1.0


@cache
def related(term: str) -> tuple[tuple[str, float], ...]:
    """Give the terms of related concepts, and what they count."""
    return tuple((other, _RELATED) for other in _known().related.get(term, ()))


def name_of(term: str, code: str) -> str:
    """Give what a concept or need is called in a language."""
    if term.startswith(_NEED):
        return shipped_needs().needs[term.removeprefix(_NEED)].name(code)
    concept = shipped()[term.removeprefix(_CONCEPT)]
    words = {"sv": concept.sv, "en": concept.en}.get(code) or (concept.name,)
    return words[0]


def tells_what(term: str) -> bool:
    """Tell whether a term is of a need, or of what a text is about, not of who and where."""
    return influence(term) > _WHO_AND_WHERE


def is_need(term: str) -> bool:
    """Tell whether a term is of a need."""
    return term.startswith(_NEED)


def _base_forms(ways: Sequence[language.Weighed]) -> frozenset[str]:
    for wanted in ("lemma", "stem"):
        found = frozenset(form for form, kind, _weight in ways if kind == wanted)
        if found:
            return found
    return frozenset((ways[0][0],))


def _evidence(sentences: Sentences, *, placed: bool = False) -> Iterable[Evidence]:
    """Give what a text tells of. placed: in which of its words; of concepts that takes time."""
    known = _known()
    words = known.words
    told = [words.each(sentence) for sentence in sentences]
    found = [
        Evidence(known.terms[key], where, sure)
        for key, where, sure in known.sayings.told(
            [[one.fills for one in some] for some in told], placed=placed
        )
    ]
    whole = set().union(*[one.whole for some in told for one in some])
    parts = set().union(*[one.parts for some in told for one in some]) - whole
    where, where_parts = _places(sentences) if placed else ({}, {})
    spoken = _spoken if placed else _spoken_somewhere
    found += spoken(whole, 1.0, where)
    found += spoken(parts, _PART, where_parts)
    yield from found
    yield from _spread(found, known.about)


def _places(sentences: Sentences) -> tuple[_Places, _Places]:
    """Give where each term stands as a whole word, and where as a part of a compound."""
    whole: _Places = defaultdict(set)
    parts: _Places = defaultdict(set)
    for at, ways in enumerate(ways for sentence in sentences for ways in sentence):
        for form, kind, _weight in ways:
            (parts if kind == "part" else whole)[form].add(at)
    return whole, parts


def _spoken(terms: Set[str], share: float, places: _Places) -> Iterable[Evidence]:
    """Give what speaks for concepts. share: how much it says; places: where each term stands."""
    for key, sure, said in _known().speaking.spoken_of(terms):
        where = frozenset(at for term in said if term in places for at in places[term])
        yield Evidence(_CONCEPT + key, where, sure * share)


def _spoken_somewhere(terms: Set[str], share: float, _places: _Places) -> Iterable[Evidence]:
    """Give the same without where."""
    return [
        Evidence(_CONCEPT + key, _NOWHERE, sure * share)
        for key, sure, _said in _known().speaking.spoken_of(terms)
    ]


def _spread(found: Collection[Evidence], about: Mapping[str, Sequence[str]]) -> Iterable[Evidence]:
    """Let what speaks for a need speak a little for what it is about, and the other way round."""
    for key, words, sure in found:
        share = _ABOUT if key.startswith(_NEED) else _OF
        for other in about.get(key, ()):
            yield Evidence(other, words, sure * share)
