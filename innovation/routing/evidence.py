"""What stands in a text that can speak for a sub-project: words, parts, phrases and concepts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from innovation import language as languages
from innovation.core.i18n import LANGUAGES
from innovation.vocabulary import entries_of, shipped

# How surely a word of a text means what it is read as; a part of a compound is half a word.
READ_AS = {"lemma": 1.0, "root": 0.8, "stem": 0.8, "part": 0.45}
# A word that means a concept, and one that is only near to it.
OWN, NEAR = 1.0, 0.6
# A word of several concepts says less of each of them.
SHARED = (1.0, 0.8, 0.6, 0.45)
# How many other words may stand between those of a phrase.
GAP = 3
# A phrase said with the same words as another one, and how much a word of two readings loses.
ECHO, DOUBT = 0.2, 0.5
# What stands after a number that is only an amount.
AMOUNTS = frozenset(
    """
    km kilometri metri m cm kg kilo gramma g litra l mg ml aste prosentti euro e eur sentti tonni
    kpl kappale sivu kohta numero sekunti min minuutti h tunti t vrk päivä pv viikko vko kuukausi kk
    vuosi v vuotias henkilö hlö ihminen asukas asiakas potilas hoitaja työntekijä lapsi vanhus
    perhe käynti kerta soitto puhelu viesti vuode paikka hehtaari neliö
    kilometer meter mile procent krona år dag timme minut kilometre percent year day hour minute
    """.split()
)
_CONCEPT = "#"
_SHORTEST = 3
# Words that anybody uses of anything; phrases may hold them.
SAYS_NOTHING = frozenset(
    """
    ei olla että kun jos niin kuin kuten vaikka koska sekä joka mikä kuka kumpi se tämä tuo nämä
    itse oma sama toinen muu moni kaikki joku jokin jokainen molempi kukaan mikään minä sinä hän me
    te he minun meidän siitä siinä sitten silti vielä enää aina koskaan juuri vain edes myös taas
    nyt heti ihan aivan liian hyvin oikein todella vähän paljon kovin melkein jopa ehkä kyllä
    yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen puoli pari sata ensi
    ensimmäinen viimeinen saada pitää voida tulla mennä käydä sanoa kysyä kertoa antaa ottaa tehdä
    laittaa panna lähteä jäädä nähdä tietää haluta täytyä alkaa jatkaa kannattaa tarvita löytyä
    löytää tuntua näyttää pystyä osata ehtiä yrittää mieli aika ajaa kerta kerrata asia ihminen
    paikka tapa hyvä huono iso pieni uusi pitkä lyhyt eri koko osa tunti minuutti päivä
    viikko kuukausi vuosi aamu ilta kello maanantai tiistai keskiviikko torstai perjantai
    kanssa luo luona mukaan mukana ennen jälkeen jälki aikana takia vuoksi kautta ilman alla päälle
    pää suora alku loppu syy tosi varma kai moinen semmoinen sellainen tuollainen tällainen
    missä mihin mistä siellä sinne sieltä täällä tänne täältä miksi miten milloin paljonko montako
    kiitos toivoa ehdottaa ehdotus idea euro raha maksaa kuu väli kohta lista
    """.split()
)
_JOINING = frozenset(
    "ja tai sekä eli on olla och eller som att en ett i på the a an of and or to in".split()
)


class Word(NamedTuple):
    """A word of a text: where it stands, and what it is read as, each with its weight.

    sure: how sure any one reading is, where there are several.
    """

    start: int
    end: int
    terms: Mapping[str, float]
    sure: float


class Hint(NamedTuple):
    """Something that may speak for a sub-project, by the words (their places) that say it."""

    feature: str
    weight: float
    words: tuple[int, ...]


class Phrase(NamedTuple):
    """Words that mean something together, cut into pieces; `name` is what is noted of them."""

    name: str
    pieces: tuple[str, ...]
    code: str
    weight: float = 1.0


def read_in(language: str) -> str:
    """Give the language in which a text is read: Finnish where none of ours was told."""
    return language if language in LANGUAGES else "fi"


def words_of(text: str, language: str) -> list[Word]:
    """Read the words of a text in `fi`, `sv` or `en`."""
    return [
        Word(start, end, *_terms(ways))
        for start, end, ways in languages.index_words(text, language)
    ]


@lru_cache(50_000)
def _terms(ways: tuple[languages.Weighed, ...]) -> tuple[Mapping[str, float], float]:
    """Give what a word is read as, and how sure any one reading is."""
    terms: dict[str, float] = {}
    surface = ""
    for form, kind, _weight in ways:
        if kind == "surface":
            surface = form
        else:
            terms[form] = max(READ_AS[kind], terms.get(form, 0.0))
    if not terms or max(terms.values()) < READ_AS["lemma"]:
        terms.setdefault(surface, READ_AS["stem"])
    whole = sum(weight >= READ_AS["lemma"] for weight in terms.values())
    return terms, float(max(1, whole) ** -DOUBT)


def hints(words: Sequence[Word], language: str, phrases: "Phrases") -> Iterator[Hint]:
    """Give everything that a text says: its words, the known phrases, and concepts."""
    mark = mark_of(language)
    words = [
        word._replace(terms={}) if _is_amount(words, place) else word
        for place, word in enumerate(words)
    ]
    for place, word in enumerate(words):
        for term, weight in word.terms.items():
            if len(term) >= _SHORTEST and term not in SAYS_NOTHING:
                yield Hint(mark + term, weight * word.sure, (place,))
    said = (one for one in phrases.found(words) if one[0].code == language)
    yield from _without_echoes(said)
    yield from concepts(language).hints(words)


def mark_of(language: str) -> str:
    """Give what stands before the words of a language among the features."""
    return "" if language == "fi" else f"{language}:"


def _is_amount(words: Sequence[Word], place: int) -> bool:
    """Tell whether a word is a number of something: “112 km” calls nobody."""
    if place + 1 == len(words) or not any(map(str.isdigit, words[place].terms)):
        return False
    return not AMOUNTS.isdisjoint(words[place + 1].terms)


def _without_echoes(found: Iterable[tuple[Phrase, tuple[int, ...]]]) -> Iterator[Hint]:
    """Let phrases that share all their words with a longer or an earlier one count less."""
    heard: list[set[int]] = []
    for phrase, places in sorted(found, key=lambda one: (-len(one[1]), one[1], one[0].name)):
        echo = any(before.issuperset(places) for before in heard)
        heard.append(set(places))
        yield Hint(phrase.name, phrase.weight * (ECHO if echo else 1.0), places)


class Phrases:
    """Phrases, found in texts whose words stand near to each other in whatever order."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Take in the phrases; each is looked up by that of its words which fewest others have."""
        every = tuple(phrases)
        often = Counter(piece for phrase in every for piece in set(phrase.pieces))
        # By a word that begins the search: the phrases, and what else has to be there.
        self._by_term: dict[str, list[tuple[Phrase, tuple[str, ...]]]] = defaultdict(list)
        for phrase in every:
            pieces = [piece for piece in phrase.pieces if piece not in _JOINING]
            if pieces:
                rarest = min(pieces, key=lambda piece: (often[piece], -len(piece)))
                pieces.remove(rarest)
                for term in set(slot_of(rarest, phrase.code)):
                    self._by_term[term].append((phrase, tuple(pieces)))

    def found(self, words: Sequence[Word]) -> Iterator[tuple[Phrase, tuple[int, ...]]]:
        """Give the phrases of a text, each with the places of its words, one for each place."""
        standing: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            for term, weight in word.terms.items():
                if weight >= READ_AS["stem"]:
                    standing[term].append(place)
        seen: set[tuple[str, tuple[int, ...]]] = set()
        for term in standing.keys() & self._by_term.keys():
            for phrase, others in self._by_term[term]:
                for places in _standing(phrase, others, standing, standing[term]):
                    if (phrase.name, places) not in seen:
                        seen.add((phrase.name, places))
                        yield phrase, places


def _standing(
    phrase: Phrase,
    others: Sequence[str],
    standing: Mapping[str, Sequence[int]],
    around: Sequence[int],
) -> Iterator[tuple[int, ...]]:
    """Give where the words of a phrase stand whose first stands at the places `around`."""
    slots = []
    for piece in others:
        slot = slot_of(piece, phrase.code)
        if standing.keys().isdisjoint(slot):
            return
        slots.append(slot)
    reach = len(phrase.pieces) - 1 + GAP
    for here in around:
        places = _near(here, slots, standing, reach)
        if places:
            yield places


def _near(
    here: int, slots: Sequence[Sequence[str]], standing: Mapping[str, Sequence[int]], reach: int
) -> tuple[int, ...]:
    """Give where the words of a phrase stand near to its first, nothing where one is too far."""
    taken = [here]
    for slot in slots:
        free = [
            place
            for term in slot
            if term in standing
            for place in standing[term]
            if abs(place - here) <= reach and place not in taken
        ]
        if not free:
            return ()
        taken.append(min(free, key=lambda place: (abs(place - here), place)))
    return tuple(sorted(taken)) if max(taken) - min(taken) <= reach else ()


@cache
def slot_of(piece: str, code: str) -> tuple[str, ...]:
    """Give what a word of a text may be read as to be this piece of a phrase."""
    read = words_of(piece, code)
    if not read:
        return (piece,)
    return tuple(term for term, weight in read[0].terms.items() if weight >= READ_AS["stem"])


class Concepts:
    """The concepts of the vocabulary that texts in one language speak of."""

    def __init__(self, code: str) -> None:
        """Take in the words of one language."""
        single: dict[str, dict[str, float]] = defaultdict(dict)
        several: list[Phrase] = []
        for concept in shipped().values():
            for entry in entries_of(concept):
                weight = OWN if entry.own else NEAR
                if entry.code != code:
                    continue
                if len(entry.pieces) > 1:
                    several.append(Phrase(_CONCEPT + entry.concept, entry.pieces, code, weight))
                    continue
                # Finnish words stand in the vocabulary in base form already.
                terms = entry.pieces if code == "fi" else slot_of(entry.pieces[0], code)
                for term in terms:
                    known = single[term]
                    known[entry.concept] = max(weight, known.get(entry.concept, 0.0))
        self._single = dict(single)
        self._several = Phrases(several)

    def hints(self, words: Sequence[Word]) -> Iterator[Hint]:
        """Give the concepts that the words of a text speak of."""
        for place, word in enumerate(words):
            for term, sure in word.terms.items():
                known = self._single.get(term)
                if known:
                    share = SHARED[min(len(known), len(SHARED)) - 1]
                    for concept, weight in known.items():
                        yield Hint(_CONCEPT + concept, sure * share * weight, (place,))
        for phrase, places in self._several.found(words):
            yield Hint(phrase.name, phrase.weight, places)


@cache
def concepts(language: str) -> Concepts:
    """Give the concepts as words of a language speak of them."""
    return Concepts(language)


def summed(found: Iterable[Hint]) -> dict[str, float]:
    """Give what a text says, each once: what is said again counts less each time."""
    sums: dict[str, float] = defaultdict(float)
    for hint in found:
        sums[hint.feature] += hint.weight
    return {feature: total**0.5 if total > 1 else total for feature, total in sums.items()}
