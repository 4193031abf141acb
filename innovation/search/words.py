"""What somebody typed, as the words to look for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from innovation import language
from innovation.core.i18n import LANGUAGES
from innovation.search.concepts import TypedWord, expansions
from innovation.search.engine import Clause, Kind, Query, Way

# More words than anybody types to find something; a pasted text is looked for by its beginning.
MOST_WORDS = 32
LONGEST = 1_000
# What a word is worth when it is read in a language that is not the page's.
_OTHER_LANGUAGE = 0.7
# Both ends of a typed compound, wherever they stand; both, or what they are related to; one of
# them alone; and what it is related to, as a share of what the relation itself is worth.
_PARTS = 0.35
_ENDS = 0.35
_PART = 0.2
_OF_PART = 0.6
_SHORTEST_PART = 4
_MOST_PARTS = 6
_KINDS = {"surface": Kind.SURFACE, "part": Kind.PART}
_REFERENCE = re.compile(r"([^\W\d_]{1,8})[- ]?(\d{4})[- ](\d{1,6})")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"'))
# "a phrase", -"without it", -without, OR between words.
_MARKS = re.compile(
    r'(?:(?<=\s)|^)-"[^"]*"|"[^"]*"|(?:(?<=\s)|^)-(?=\w)|(?<=\s)(?:OR|TAI|ELLER)(?=\s)'
)
# Words that hold a sentence together and name nothing.
FUNCTION_WORDS = frozenset(
    """
    ei en et emme ette eivät ole on oon oli olla ovat olen olisi ja tai eli sekä että jos kun ku
    niin kuin myös vai mutta vaan koska jotta vaikka sitten nyt jo vielä vain se ne tämä tää
    nämä tuo nuo sen tämän niitä sitä tätä siitä tästä siinä tässä siihen tähän minä mä mie
    minun mun minua minulle mulle sinä sä sinun hän hänen he me meidän te teidän joka jotka
    jonka jota josta mitä mikä mitkä missä mistä mihin minne miten miksi kuka ketä kenelle
    kuinka milloin mitäs saa saisi saako voi voiko voisi voisiko voin onko eikö pitää pitäisi
    pitäs täytyy haluan haluaisin asia asiasta joku jokin jotain kaikki aina liian ihan och att
    det den som är inte jag vi man på av för med till om ett i har hur var vad när the a an and
    or of to in at for with is are was be we you it my our how what where when not no
    """.split()
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A typed word with every term it may be met by, and the mark it stands under."""

    start: int
    typed: str
    ways: tuple[Way, ...]
    terms: frozenset[str]
    mark: int = -1
    unwanted: bool = False
    after_or: bool = False


@dataclass(slots=True)
class _Readings:
    """The terms of one place, by text: the best weight and its kind; and the parts in order."""

    typed: str
    terms: dict[str, tuple[float, Kind]] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)


def query_of(text: str, page_language: str) -> Query:
    """Understand a text as what is looked for; nothing that can be typed is an error.

    Words are all wanted; "words in quotes" stand one after another; what follows a minus is not
    wanted; OR, TAI or ELLER between two words lets either do. Ideas are written in several
    languages, so a word is read in each of them.
    """
    written = text[:LONGEST].translate(_QUOTES)
    tokens = _marked(written, _tokens(written, page_language))
    if all(token.unwanted for token in tokens):
        # A minus with nothing before it is a dash.
        tokens = [replace(token, unwanted=False) for token in tokens]
    wanted = _clauses([token for token in tokens if not token.unwanted], widened=True)
    unwanted = _clauses([token for token in tokens if token.unwanted], widened=False)
    if all(clause.optional for clause in wanted):
        wanted = [replace(clause, optional=False) for clause in wanted]
    return Query(tuple(dict.fromkeys(wanted))[:MOST_WORDS], tuple(unwanted)[:MOST_WORDS])


def typed_in(query: Query) -> list[str]:
    """Give the wanted words as they were typed, in small letters."""
    return [word for clause in query.wanted for word in clause.typed.split()]


def reference_in(text: str) -> str:
    """Read a reference number that makes up the whole text, in any case; "" when it is none."""
    match = _REFERENCE.fullmatch(text.strip())
    return f"{match[1].upper()}-{match[2]}-{match[3].zfill(4)}" if match else ""


def direct_ways(word: str, page_language: str) -> tuple[Way, ...]:
    """Give the ways of one word by itself, without what it is related to."""
    return tuple(way for token in _tokens(word, page_language) for way in token.ways)


def loosened(clause: Clause, page_language: str, *, apart: bool = False) -> Clause:
    """Let both ends of a compound, or what they are related to, meet a rare word too.

    apart: one of the parts alone is enough.
    """
    terms = (
        language.query_terms(clause.typed, page_language, parts=True)
        if " " not in clause.typed
        else []
    )
    parts = list(dict.fromkeys(term.text for term in terms if term.kind == "part"))
    if not parts:
        return clause
    ends = [_related(part) for part in dict.fromkeys((parts[0], parts[-1]))]
    ways = []
    if len(ends) == 2:
        slots = tuple(
            tuple(dict.fromkeys(way.slots[0][0] for way in end if len(way.slots) == 1))
            for end in ends
        )
        ways.append(Way(slots, _ENDS, Kind.PART))
    if apart:
        for part in parts if len(parts) < _MOST_PARTS else (parts[0], parts[-1]):
            ways += _related(part) if len(part) >= _SHORTEST_PART else ()
    return replace(clause, ways=_best((*clause.ways, *ways)))


def _related(part: str) -> tuple[Way, ...]:
    """Give the ways of a part of a compound by itself."""
    ways = [Way(((part,),), _PART, Kind.PART)]
    for one in expansions([TypedWord(part, frozenset((part,)))]):
        ways += (replace(way, weight=round(way.weight * _OF_PART, 3)) for way in one.ways)
    return tuple(ways)


def is_known(clause: Clause) -> bool:
    """Tell whether a dictionary knows the typed word, so that it is hardly a typo."""
    return language.is_finnish(clause.typed)


def _tokens(text: str, page_language: str) -> list[_Token]:
    places: dict[int, _Readings] = {}
    for code in (page_language, *(one for one in LANGUAGES if one != page_language)):
        worth = 1.0 if code == page_language else _OTHER_LANGUAGE
        for term in language.query_terms(text, code, parts=True):
            known = places.setdefault(term.start, _Readings(text[term.start : term.end].lower()))
            if term.kind == "part":
                known.parts.append(term.text)
                continue
            kind = _KINDS.get(term.kind, Kind.LEMMA)
            weight = round(term.weight * worth, 3)
            if weight > known.terms.get(term.text, (0.0, kind))[0]:
                known.terms[term.text] = (weight, kind)
    return [_token(start, places[start]) for start in sorted(places)]


def _token(start: int, known: _Readings) -> _Token:
    ways = [Way(((text,),), weight, kind) for text, (weight, kind) in known.terms.items()]
    if len(known.parts) > 1 and known.parts[0] != known.parts[-1]:
        slots = ((known.parts[0],), (known.parts[-1],))
        ways.append(Way(slots, _PARTS, Kind.PART))
    return _Token(start, known.typed, tuple(ways), frozenset(known.terms))


def _marked(text: str, tokens: list[_Token]) -> list[_Token]:
    """Put each token under the quotes, the minus or the OR that it stands under."""
    found = list(_MARKS.finditer(text))
    ors = {match.start(): match.end() for match in found if match[0].isalpha()}
    marked: list[_Token] = []
    after_or = False
    for token in tokens:
        if token.start in ors:
            after_or = bool(marked)
            continue
        mark, unwanted = -1, False
        for match in found:
            if match[0] == "-":
                unwanted |= match.end() == token.start
            elif '"' in match[0] and match.start() <= token.start < match.end():
                mark, unwanted = match.start(), match[0].startswith("-")
        marked.append(replace(token, mark=mark, unwanted=unwanted, after_or=after_or))
        after_or = False
    return marked


def _clauses(tokens: Sequence[_Token], *, widened: bool) -> list[Clause]:
    """Make clauses: phrases whole, concepts of several words whole, other words one by one."""
    clauses: list[Clause] = []
    place = 0
    grown = _grown(tokens) if widened else {}
    while place < len(tokens):
        token = tokens[place]
        last = place
        if token.mark >= 0:
            while last + 1 < len(tokens) and tokens[last + 1].mark == token.mark:
                last += 1
            clause = _phrase(tokens[place : last + 1])
        else:
            last, ways = grown.get(place, (place, ()))
            clause = _clause(tokens[place : last + 1], ways)
        if token.after_or and clauses:
            before = clauses.pop()
            clause = Clause(
                before.ways + clause.ways, f"{before.typed} {clause.typed}", before.optional
            )
        clauses.append(clause)
        place = last + 1
    return clauses


def _grown(tokens: Sequence[_Token]) -> dict[int, tuple[int, tuple[Way, ...]]]:
    """Give, by the place of its first word, what related words each run of words is met by."""
    typed = [
        TypedWord("" if token.mark >= 0 or token.after_or else token.typed, token.terms)
        for token in tokens
    ]
    grown: dict[int, tuple[int, tuple[Way, ...]]] = {}
    taken: set[int] = set()
    for one in sorted(expansions(typed), key=lambda one: one.first - one.last):
        places = set(range(one.first, one.last + 1))
        if one.first in grown and grown[one.first][0] == one.last:
            grown[one.first] = (one.last, grown[one.first][1] + one.ways)
        elif not places & taken:
            grown[one.first] = (one.last, one.ways)
            taken |= places
    return grown


def _clause(tokens: Sequence[_Token], related: tuple[Way, ...]) -> Clause:
    typed = " ".join(token.typed for token in tokens)
    if len(tokens) == 1:
        own = tokens[0].ways
        optional = not related and typed in FUNCTION_WORDS
        return Clause(_best(own + related), typed, optional)
    slots = tuple(tuple(sorted(token.terms)) for token in tokens)
    return Clause(_best((Way(slots, 1.0), *related)), typed)


def _phrase(tokens: Sequence[_Token]) -> Clause:
    typed = " ".join(token.typed for token in tokens)
    if len(tokens) == 1:
        ways = tuple(way for way in tokens[0].ways if way.kind is not Kind.PART)
        return Clause(ways, typed)
    slots = tuple(tuple(sorted(token.terms)) for token in tokens)
    return Clause((Way(slots, 1.0, Kind.LEMMA, adjacent=True),), typed)


def _best(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Leave out ways that another one of the same slots is worth more than."""
    best: dict[tuple[tuple[str, ...], ...], Way] = {}
    for way in ways:
        if way.slots not in best or way.weight > best[way.slots].weight:
            best[way.slots] = way
    return tuple(best.values())
