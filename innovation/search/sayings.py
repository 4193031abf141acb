"""Sayings of the table of needs in a text, found by the base forms of its words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from innovation.language import Weighed
from innovation.language.kept import Kept
from innovation.vocabulary.needs import Saying, Table

# What a word of a text is met by.
Ways = tuple[Weighed, ...]
# How surely a saying of one, two, or more words tells of its need; and a hint of one or more.
_SURE = (0.6, 0.8, 0.9)
_HINTS = (0.3, 0.5)
_MOST_SURE = 0.98
# How much of that is left when its words stand in sentences one after the other.
_APART = 0.5
# How much more a sentence tells that wishes for something.
_WISHED = 1.25
_WISHES = frozenset(
    """
    pitää pitäisi täytyä voida voisi saada saisi antaa toivoa ehdottaa haluta tarvita tarvittaisiin
    kaivata olisi ehdotan toivon sais vois ois pitäs pittäis järjestää kunpa riittää kelvata auttaa
    should could please borde kunde skulle
    """.split()
)
_SHORTEST_BEGINNING = 3
# So many ways to fill sayings are kept: most words fill none, and forms of a word fill the same.
_MOST_FILLS = 10_000
# A word that stands as a whole, a last part of a compound, another part.
_WHOLE, _HEAD, _FRONT = 0, 1, 2

# The number of a saying and that of its slot.
Place = tuple[int, int]
# By slot, the words that stand there; the last part of a compound counts as a word of its own.
Filled = dict[int, set[tuple[int, int]]]
# By saying, the slots that a word fills, each with the part of the word that does.
_Slots = dict[int, list[tuple[int, int]]]


class Fills(NamedTuple):
    """What a word fills. wishes: it is one of those that wish for something.

    planes: numbers of slots, each with the sayings that have the word there, as bits of a number.
    """

    slots: Mapping[int, Sequence[tuple[int, int]]]
    planes: tuple[tuple[int, int], ...]
    wishes: bool


class Evidence(NamedTuple):
    """What speaks for a key. words: their places in the text; sure: from 0 to 1."""

    key: str
    words: frozenset[int]
    sure: float


class Sayings:
    """Sayings ready for reading texts, by number; never changed once they are made.

    keys: of the need or concept that each tells of.
    """

    def __init__(self, table: Table) -> None:
        """Take in the needs and the hints."""
        self._exactly: dict[str, list[Place]] = defaultdict(list)
        self._beginning: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        self._slots: list[int] = []
        self._sure: list[float] = []
        self.keys: list[str] = []
        for need in table.needs.values():
            for saying in need.says:
                self._take(need.key, saying, _SURE)
        for key, sayings in table.hints.items():
            for saying in sayings:
                self._take(key, saying, _HINTS)
        # By slot, the sayings that are too short to have it, as bits.
        self._lacking = [
            sum(1 << number for number, slots in enumerate(self._slots) if slots <= slot)
            for slot in range(max(self._slots, default=1))
        ]
        self._fills = Kept(self._filled_by, _MOST_FILLS)

    def _take(self, key: str, saying: Saying, sure: Sequence[float]) -> None:
        number = len(self.keys)
        self.keys.append(key)
        self._slots.append(len(saying))
        self._sure.append(sure[min(len(saying), len(sure)) - 1])
        for place, slot in enumerate(saying):
            for word in slot:
                if word.endswith("*"):
                    start = word[:-1]
                    self._beginning[start[:_SHORTEST_BEGINNING]].append((start, (number, place)))
                else:
                    self._exactly[word].append((number, place))

    def told(self, sentences: Iterable[Sequence[Fills]], *, placed: bool = True) -> list[Evidence]:
        """Give the sayings that a text has, each once. sentences: what their words fill.

        placed: in which of the words, which takes as long again.
        """
        found: dict[int, Evidence] = {}
        before: list[tuple[int, Fills]] = []
        planes = earlier = [0] * len(self._lacking)
        first = 0
        for sentence in sentences:
            here = [(at, fills) for at, fills in enumerate(sentence, start=first) if fills.planes]
            first += len(sentence)
            earlier, planes = planes, _planes(here, len(planes))
            likely, within = self._likely(planes, earlier)
            wished = _WISHED if any(fills.wishes for fills in sentence) else 1.0
            for number in _numbers(likely):
                worth = wished if within >> number & 1 else _APART
                known = found.get(number)
                if known is not None and known.sure >= min(_MOST_SURE, worth * self._sure[number]):
                    continue
                if worth is wished and not placed and self._slots[number] == 1:
                    slots: Filled = {}
                else:
                    slots = _filled(number, here) if worth is wished else {}
                    if not self._whole(number, slots):
                        slots, worth = _filled(number, [*here, *before]), _APART
                        if not self._whole(number, slots):
                            continue
                sure = min(_MOST_SURE, worth * self._sure[number])
                if known is None or known.sure < sure:
                    words = frozenset(at for some in slots.values() for at, _part in some)
                    found[number] = Evidence(self.keys[number], words, sure)
            before = here
        return list(found.values())

    def _likely(self, here: Sequence[int], earlier: Sequence[int]) -> tuple[int, int]:
        """Give the sayings whose every slot has some word, here or in the sentence before.

        And those that have all of them here.
        """
        some, every, within = 0, -1, -1
        for now, ago, lacking in zip(here, earlier, self._lacking, strict=True):
            some |= now
            every &= now | ago | lacking
            within &= now | lacking
        return every & some, within & some

    def _whole(self, number: int, slots: Filled) -> bool:
        """Tell whether every slot has a word, or a part of a compound, of its own."""
        needed = self._slots[number]
        if len(slots) != needed:
            return False
        return needed == 1 or len(set().union(*slots.values())) >= needed

    def fills(self, ways: Ways) -> Fills:
        """Give what a word fills."""
        whole = [text for text, kind, _weight in ways if kind == "lemma"]
        found: dict[Place, int] = {}
        for text, kind, _weight in ways:
            here = set(self._exactly.get(text, ()))
            for start, place in self._beginning.get(text[:_SHORTEST_BEGINNING], ()):
                if text.startswith(start):
                    here.add(place)
            part = _WHOLE
            if kind == "part":
                part = _HEAD if any(one.endswith(text) for one in whole) else _FRONT
            for place in here:
                found[place] = min(part, found.get(place, part))
        # The first part alone is not what the compound is: a kotihoito is no koti.
        meant = {number for (number, _slot), part in found.items() if part != _FRONT}
        wishes = any(text in _WISHES for text, _kind, _weight in ways)
        filled = [one for one in found.items() if one[1] != _FRONT or one[0][0] in meant]
        return self._fills[tuple(sorted(filled)), wishes]

    def _filled_by(self, filled: tuple[tuple[tuple[Place, int], ...], bool]) -> Fills:
        slots: _Slots = {}
        planes: dict[int, int] = {}
        for (number, slot), part in filled[0]:
            slots.setdefault(number, []).append((slot, part))
            planes[slot] = planes.get(slot, 0) | 1 << number
        return Fills(slots, tuple(planes.items()), filled[1])


def _planes(standing: Iterable[tuple[int, Fills]], slots: int) -> list[int]:
    """Give by slot the sayings that have some word there."""
    planes = [0] * slots
    for _at, fills in standing:
        for slot, sayings in fills.planes:
            planes[slot] |= sayings
    return planes


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        yield lowest.bit_length() - 1


def _filled(number: int, standing: Iterable[tuple[int, Fills]]) -> Filled:
    """Give by slot of a saying which words stand there."""
    found: Filled = {}
    for at, fills in standing:
        for slot, part in fills.slots.get(number, ()):
            found.setdefault(slot, set()).add((at, part))
    return found


def strengths(evidence: Iterable[Evidence]) -> Mapping[str, float]:
    """Give how surely each key is spoken of, from 0 to 1: all evidence ends some doubt."""
    doubts: dict[str, float] = {}
    for key, _words, sure in evidence:
        doubts[key] = doubts.get(key, 1.0) * (1 - sure)
    return {key: 1 - doubt for key, doubt in doubts.items()}
