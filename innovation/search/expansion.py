"""The vocabulary ready for use: what concepts words speak of, and what else they are met by."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from innovation import language
from innovation.language.stems import stem
from innovation.search.engine import Kind, Way
from innovation.vocabulary import Concept, Entry, entries_of

# How much another word of the same concept speaks for an idea, a near one, and one of a related
# concept, where the typed word itself is worth 1.
SAME, NEAR, RELATED = 0.75, 0.4, 0.22
# A word of so many concepts says less of each of them.
SHARED = (1.0, 0.85, 0.7, 0.55, 0.4)
MOST_WAYS = 60
LONGEST_RUN = 4
# A name of more words would hardly stand in an idea as it is.
_MOST_SLOTS = 5
# Words that hold a name together; a text may say the same thing without them.
_JOINING = frozenset(
    """
    ja sekä och samt för i på av till med om vid från en ett att and of the for in to on at with a
    """.split()
)
# Shorter words and stems of other languages are only met as they are written.
_SHORTEST = 4
_EXACTLY = "="
# A stem of a word that no dictionary knows, which is not mixed up with words.
_STEM = "~"
_SHORTEST_STEM = 5
# Forms of everyday words that could also be forms of words that concepts have: joki, silta, ajaa.
_LOOK_ALIKES = frozenset(
    """
    joissa joista joihin joilla joilta joille joita joina joiksi silloin olin olinko olit tein teen
    ajan ajat paikkaa paikkaan kokeilla soitamme vahingossa
    """.split()
)
# What weighs less in the analysis is a stem: no dictionary knows the word.
_SURE = 0.75


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word of a query: as written in small letters, and every term that it can be met by.

    One with an empty surface is not widened, and no run of words goes over it.
    """

    surface: str
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Expansion:
    """What the typed words from first to last, both counted, are met by because of a concept."""

    first: int
    last: int
    ways: tuple[Way, ...]
    concept: str


class _Found(NamedTuple):
    """A word that comes with a concept."""

    weight: float
    kind: Kind
    entry: Entry
    concept: str


class Vocabulary:
    """Concepts that are in use, looked up by their words; never changed once it is made.

    single, several: their words of one piece and of more, by the terms that they are recognised
    by. slots: gives what has to stand in a text with a word, alternatives for each piece.
    """

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        """Take in the concepts; words are analysed when they are first needed."""
        self._concepts = concepts
        self._entries = {key: entries_of(concept) for key, concept in concepts.items()}
        # Only ever added to, and always the same for the same piece, so threads may share it.
        self._terms: dict[tuple[str, str], tuple[str, ...]] = {}
        self.slots = cache(self._slots_of)
        single: dict[str, list[Entry]] = defaultdict(list)
        several: dict[str, list[Entry]] = defaultdict(list)
        for entries in self._entries.values():
            for entry in entries:
                if len(entry.pieces) == 1:
                    for term in self._keys(entry):
                        single[term].append(entry)
                elif len(entry.pieces) <= LONGEST_RUN:
                    for piece in set(entry.pieces) - _JOINING:
                        several[self._raw(piece, entry.code)].append(entry)
        self.single, self.several = dict(single), dict(several)

    def read_all(self) -> None:
        """Analyse every word now: seconds where none is known, a tenth where all were recalled."""
        for entries in self._entries.values():
            for entry in entries:
                self.slots(entry)

    def expansions(self, words: Sequence[TypedWord]) -> list[Expansion]:
        """Give what single words, and runs of up to LONGEST_RUN words, are met by besides.

        The ways of one run are at most MOST_WAYS, all its concepts together, strongest first.
        """
        found: list[Expansion] = []
        for (first, last), entries in sorted(self._met(words).items()):
            found += self._widened(first, last, entries, words[first : last + 1])
        return found

    @cached_property
    def words(self) -> Mapping[str, frozenset[str]]:
        """The single Finnish words of all concepts, in small letters, by their first letter."""
        words = defaultdict(set)
        for entries in self._entries.values():
            for entry in entries:
                if entry.code == "fi" and len(entry.pieces) == 1:
                    words[entry.pieces[0][0]].add(entry.pieces[0])
        return {letter: frozenset(some) for letter, some in words.items()}

    def _met(self, words: Sequence[TypedWord]) -> dict[tuple[int, int], set[Entry]]:
        """Find the runs of words that are words of concepts."""
        met: dict[tuple[int, int], set[Entry]] = defaultdict(set)
        known = [_lookups(word) for word in words]
        for place, terms in enumerate(known):
            for term in terms:
                if words[place].surface not in _LOOK_ALIKES:
                    met[place, place].update(self.single.get(term, ()))
                for entry in self.several.get(term, ()):
                    long = len(entry.pieces)
                    for first in range(max(0, place - long + 1), min(place, len(words) - long) + 1):
                        if self._fits(entry, known[first : first + long]):
                            met[first, first + long - 1].add(entry)
        return {run: kept for run, entries in met.items() if (kept := _without(met, run, entries))}

    def _fits(self, entry: Entry, run: Sequence[frozenset[str]]) -> bool:
        """Tell whether the words of a run are those of the entry, in whatever order."""
        left = list(run)
        for piece in entry.pieces:
            terms = self._terms_of(piece, entry.code)
            match = next((word for word in left if not word.isdisjoint((*terms, piece))), None)
            if match is None:
                return False
            left.remove(match)
        return True

    def _widened(
        self, first: int, last: int, met: set[Entry], words: Sequence[TypedWord]
    ) -> Iterator[Expansion]:
        own = sorted({entry.concept for entry in met if entry.own})
        near = sorted({entry.concept for entry in met} - set(own))
        found = [
            *(one for key in own for one in self._of_own(key, share_of(len(own)))),
            *(one for key in near for one in self._of_near(key, share_of(len(own) + len(near)))),
        ]
        typed = [word.terms | {word.surface} for word in words]
        brought: dict[str, list[Way]] = {key: [] for key in (*own, *near)}
        known: set[tuple[tuple[str, ...], ...]] = set()
        for weight, kind, entry, concept in sorted(found, key=lambda one: -one.weight):
            slots = self.slots(entry)
            if slots in known or len(slots) > _MOST_SLOTS or _says(slots, typed):
                continue
            known.add(slots)
            brought[concept].append(Way(slots, round(weight, 3), kind, label=entry.label))
            if len(known) == MOST_WAYS:
                break
        for concept, ways in brought.items():
            if ways:
                yield Expansion(first, last, tuple(ways), concept)

    def _of_own(self, key: str, share: float) -> Iterator[_Found]:
        for entry in self._entries[key]:
            weight, kind = (SAME, Kind.SAME) if entry.own else (NEAR, Kind.NEAR)
            yield _Found(weight * share, kind, entry, key)
        for other in self._concepts[key].related:
            for entry in self._entries.get(other, ()):
                if entry.own:
                    yield _Found(RELATED * share, Kind.NEAR, entry, key)

    def _of_near(self, key: str, share: float) -> Iterator[_Found]:
        for entry in self._entries[key]:
            weight = (NEAR if entry.own else RELATED) * share
            yield _Found(weight, Kind.NEAR, entry, key)

    def _keys(self, entry: Entry) -> Iterable[str]:
        """Give the terms by which a single word is recognised, quickly: most are base forms."""
        piece = entry.pieces[0]
        if entry.code != "fi" and len(piece) < _SHORTEST:
            # Finnish forms stemmed in another language come down to such words: mene to men.
            return {_EXACTLY + piece}
        if entry.dialect:
            # No dictionary has most of these, so an inflected one has come down to a stem.
            return {piece, _STEM + stem(piece, "fi")}
        if entry.code != "fi" or piece.endswith("t"):
            return {piece, *self._terms_of(piece, entry.code)}
        return {piece, piece.replace("-", "")}

    def _raw(self, piece: str, code: str) -> str:
        return piece if code == "fi" else self._terms_of(piece, code)[-1]

    def _slots_of(self, entry: Entry) -> tuple[tuple[str, ...], ...]:
        """Give what has to stand in a text with this word: alternatives for each piece."""
        if entry.dialect and len(entry.pieces) == 1 and entry.pieces[0].endswith("t"):
            # Päivät may be slang for something that a päivä never is.
            return (entry.pieces,)
        return tuple(
            self._terms_of(piece, entry.code)
            for piece in entry.pieces
            if len(entry.pieces) == 1 or piece not in _JOINING
        )

    def _terms_of(self, piece: str, code: str) -> tuple[str, ...]:
        if (piece, code) not in self._terms:
            self._terms[piece, code] = _analysed(piece, code)
        return self._terms[piece, code]


def _without(
    met: Mapping[tuple[int, int], set[Entry]], run: tuple[int, int], entries: set[Entry]
) -> set[Entry]:
    """Leave out what only hints at a concept that a word inside the run names."""
    first, last = run
    named = {
        entry.concept
        for (start, end), inner in met.items()
        if first <= start and end <= last and end - start < last - first
        for entry in inner
        if entry.own
    }
    return {entry for entry in entries if entry.own or entry.concept not in named}


def _analysed(piece: str, code: str) -> tuple[str, ...]:
    """Give the terms that a text with this word is indexed by; itself for a base form."""
    terms = language.query_terms(piece, code)
    words = dict.fromkeys(term.text for term in terms if term.kind != "surface")
    if code != "fi" or not words:
        return tuple(word for word in words if len(word) >= _SHORTEST) or (piece,)
    if piece in words:
        joined = piece.replace("-", "")
        return (piece,) if joined == piece else (piece, joined)
    # A word that no dictionary knows is met as it is written too.
    return (*words, piece) if any(term.weight < _SURE for term in terms) else tuple(words)


def _lookups(word: TypedWord) -> frozenset[str]:
    """Give what a typed word is looked up by; nothing when it is not to be widened."""
    if not word.surface:
        return frozenset()
    found = word.terms | {word.surface, _EXACTLY + word.surface}
    shortened = stem(word.surface, "fi")
    if len(shortened) >= _SHORTEST_STEM and shortened != word.surface and shortened in word.terms:
        found |= {_STEM + shortened}
    return found


def _says(slots: tuple[tuple[str, ...], ...], typed: Sequence[frozenset[str]]) -> bool:
    """Tell whether a text with these words has the typed ones anyway."""
    return all(any(word.issuperset(slot) for slot in slots) for word in typed)


def share_of(concepts: int) -> float:
    """Give how much a word of so many concepts says of each of them."""
    return SHARED[min(concepts, len(SHARED)) - 1]
