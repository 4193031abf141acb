"""Why an idea was found: the words of its texts that matched, and the words marked in a text."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

from markupsafe import Markup, escape

from innovation import language
from innovation.search.engine import Kind, Query

_MOST_SHOWN = 6
_AROUND = 60
_NOTHING = Markup("")
_OF_WORDS = frozenset({Kind.SURFACE, Kind.LEMMA})
# What is said of a word that matches in several ways: the plainest of them.
_PLAINEST = (Kind.SURFACE, Kind.LEMMA, Kind.TYPO, Kind.PART, Kind.SAME, Kind.NEAR)


@dataclass(frozen=True, slots=True)
class Texts:
    """What of an idea can match. said: the public comments, each with its language."""

    language: str
    title: str
    excerpt: str
    text: str
    what_helps: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of an idea that matched. shown: as it stands there, in small letters.

    meant: the word that was typed, or what it was widened to or corrected to; "" when it is the
    shown word itself. typed: the word or words that were typed.
    """

    shown: str
    kind: Kind
    meant: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Title and excerpt with the found words marked, and which words matched.

    reasons: one for each word that matched, the first few. said: when only the discussion has
    them, a piece of it with the words marked. piece: when title and excerpt have none of them, a
    piece of the text that has. missing: typed words that neither the idea nor its discussion has.
    """

    title: Markup
    excerpt: Markup
    reasons: tuple[Reason, ...] = ()
    said: Markup = _NOTHING
    piece: Markup = _NOTHING
    missing: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything matches the idea as it is now."""
        return bool(self.reasons)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A term that is looked for: for which clause, how, and standing for which word.

    way, slot: where in the clause's ways it stands; needed: how many slots that way has.
    """

    clause: int
    kind: Kind
    meant: str
    typed: str
    way: int = 0
    slot: int = 0
    needed: int = 1


@dataclass(frozen=True, slots=True)
class _Place:
    """A word of a text that matches, and what it matches."""

    start: int
    end: int
    hits: tuple[_Hit, ...]


_Wanted = dict[str, list[_Hit]]
_Places = dict[tuple[int, int], list[_Hit]]
# The matches of a text in a language: all of them, and those that are told of.
_Found = Callable[[str, str], _Places]
_Matches = Callable[[str, str], list[_Place]]


def explain(texts: Texts, query: Query) -> Why:
    """Find which words of the idea match; the texts further down only as far as needed.

    One word of a term of several words is told of only where nothing else is.
    """
    wanted = _wanted(query)
    clauses = {hit.clause for hits in wanted.values() for hit in hits}

    # Kept, since both times the same texts are read.
    @cache
    def found(text: str, code: str) -> _Places:
        return _found(text, code, wanted)

    why = _explained(texts, query, clauses, partial(_whole, found))
    return why if why.found else _explained(texts, query, clauses, partial(_any, found))


def _explained(texts: Texts, query: Query, clauses: set[int], matches: _Matches) -> Why:
    title, excerpt = (matches(text, texts.language) for text in (texts.title, texts.excerpt))
    reasons: dict[str, Reason] = {}
    met: set[int] = set()
    pieces = (
        (texts.title, title),
        (texts.excerpt, excerpt),
        *((text, None) for text in (texts.text, texts.what_helps)),
    )
    piece = _NOTHING
    for text, places in pieces:
        if met >= clauses:
            break
        found = matches(text, texts.language) if places is None else places
        _gather(reasons, met, text, found)
        if found and places is None and not (title or excerpt or piece):
            piece = _piece(text, found)
    said = _NOTHING
    for text, code in texts.said:
        if met >= clauses:
            break
        found = matches(text, code)
        if found and not met:
            said = _piece(text, found)
        _gather(reasons, met, text, found)
    return Why(
        _marked(texts.title, title),
        _marked(texts.excerpt, excerpt),
        tuple(reasons.values())[:_MOST_SHOWN],
        said,
        piece,
        tuple(query.clauses[number].typed for number in sorted(clauses - met)),
    )


def _wanted(query: Query) -> _Wanted:
    """Give, for each term that is looked for, what it stands for."""
    wanted: _Wanted = {}
    next_way = 0
    for number, clause in enumerate(query.clauses):
        if clause.optional:
            continue
        for way in clause.ways:
            for place, slot in enumerate(way.slots):
                hit = _Hit(
                    number, way.kind, way.label or clause.typed, clause.typed,
                    next_way, place, len(way.slots),
                )  # fmt: skip
                for term in slot:
                    wanted.setdefault(term, []).append(hit)
            next_way += 1
    return wanted


def _found(text: str, code: str, wanted: _Wanted) -> _Places:
    """Give the places of the words that match, in order, with what they match."""
    places: _Places = {}
    for term in language.matching(text, code, wanted.keys()):
        hits = wanted[term.text]
        if term.kind == "part":
            hits = [replace(hit, kind=Kind.PART) if hit.kind in _OF_WORDS else hit for hit in hits]
        places.setdefault((term.start, term.end), []).extend(hits)
    return places


def _any(found: _Found, text: str, code: str) -> list[_Place]:
    """Give the places of the matching words in order."""
    return _in_order(found(text, code))


def _whole(found: _Found, text: str, code: str) -> list[_Place]:
    """Give them too, of a term of several words only where the text has all of them."""
    return _in_order(_only_whole(found(text, code)))


def _in_order(places: _Places) -> list[_Place]:
    return [_Place(start, end, tuple(hits)) for (start, end), hits in places.items()]


def _only_whole(places: _Places) -> _Places:
    """Leave out what belongs to a term of several words that are not all there."""
    met: dict[int, set[int]] = {}
    for hits in places.values():
        for hit in hits:
            met.setdefault(hit.way, set()).add(hit.slot)
    kept = {
        place: [hit for hit in hits if len(met[hit.way]) == hit.needed]
        for place, hits in places.items()
    }
    return {place: hits for place, hits in kept.items() if hits}


def _gather(reasons: dict[str, Reason], met: set[int], text: str, places: list[_Place]) -> None:
    """Note the words that tell of a clause which none before told of."""
    for place in places:
        best = min(place.hits, key=lambda hit: _PLAINEST.index(hit.kind))
        shown = text[place.start : place.end].lower()
        if best.clause not in met or best.kind in _OF_WORDS:
            meant = "" if best.meant == shown else best.meant
            reasons.setdefault(shown, Reason(shown, best.kind, meant, best.typed))
        met |= {hit.clause for hit in place.hits}


def _piece(text: str, places: list[_Place]) -> Markup:
    """Give the surroundings of the first match, cut at words."""
    first = places[0]
    start, end = max(0, first.start - _AROUND), min(len(text), first.end + _AROUND)
    if start:
        start = text.find(" ", start, first.start) + 1 or first.start
    if end < len(text):
        space = text.rfind(" ", first.end, end)
        end = space if space > 0 else first.end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return escape(before) + _marked(text, places, start, end) + escape(after)


def _marked(text: str, places: list[_Place], first: int = 0, last: int | None = None) -> Markup:
    """Give a piece of a text with the words that match marked, safe to put into a page."""
    end, done, pieces = len(text) if last is None else last, first, Markup("")
    for place in places:
        if done <= place.start and place.end <= end:
            word = text[place.start : place.end]
            pieces += escape(text[done : place.start]) + Markup("<mark>{}</mark>").format(word)
            done = place.end
    return pieces + escape(text[done:end])
