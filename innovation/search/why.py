"""Why an idea was found: the words of its texts that matched, and the words marked in a text."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from markupsafe import Markup, escape

from innovation import language
from innovation.search.engine import Kind, Query

_MOST_SHOWN = 6
_AROUND = 60
_NOTHING = Markup("")
_MARK, _END_OF_MARK = Markup("<mark>"), Markup("</mark>")
# What is said of a word that matches in several ways: the plainest of them.
_PLAINEST = (Kind.SURFACE, Kind.LEMMA, Kind.TYPO, Kind.PART, Kind.SAME, Kind.NEAR)
_OF_WORDS = (Kind.SURFACE, Kind.LEMMA)

# A text and its language.
Said = tuple[str, str]


class Texts(NamedTuple):
    """What of an idea can match, besides what was said about it."""

    number: int
    language: str
    title: str
    excerpt: str
    text: str
    what_helps: str


class Further(NamedTuple):
    """What matches where the texts do not. brief: Finnish words under one in another language."""

    brief: str
    said: list[Said]
    answers: list[Said]


class Reason(NamedTuple):
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

    reasons: one for each word that matched, the first few. answered, said: when only an answer, or
    the discussion, has them, a piece of it with the words marked. piece: when title and excerpt
    have none of them, a piece of the text that has. missing: typed words that nothing of it has.
    """

    title: Markup
    excerpt: Markup
    reasons: tuple[Reason, ...] = ()
    said: Markup = _NOTHING
    answered: Markup = _NOTHING
    piece: Markup = _NOTHING
    missing: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything matches the idea as it is now."""
        return bool(self.reasons)


class _Hit(NamedTuple):
    """A term that is looked for: for which clause, how, and standing for which word.

    rank: how plain a way it is, 0 the plainest. way, slot: where in the query's ways it stands;
    needed: how many slots that way has.
    """

    clause: int
    kind: Kind
    rank: int
    meant: str
    typed: str
    way: int
    slot: int
    needed: int


class _Place(NamedTuple):
    """A word of a text that matches, and what it matches."""

    start: int
    end: int
    hits: list[_Hit]


_rank = attrgetter("rank")
_Places = Sequence[_Place]
# Gives the places of the words of a text, in its language, that match, in order.
_Matches = Callable[[str, str], _Places]


def explain(
    every: Iterable[Texts],
    query: Query,
    further: Callable[[Collection[int]], Mapping[int, Further]],
) -> dict[int, Why]:
    """Find, by the number of each idea, which words match; texts further down only as needed.

    further: gives what more there is of ideas; asked once, for those that it may matter to.
    One word of a term of several words is told of only where nothing else is.
    """
    sought = _Sought(query)
    told = {one.number: _Told(one, sought.whole, sought.clauses) for one in every}
    lacking = [number for number, one in told.items() if one.lacks]
    more = further(lacking) if lacking else {}
    for number in lacking:
        told[number].hear(more[number], sought.whole)
        if not told[number].reasons:
            told[number] = _Told(told[number].texts, sought.any, sought.clauses)
            told[number].hear(more[number], sought.any)
    return {number: one.why(query) for number, one in told.items()}


class _Sought:
    """The terms that a query looks for, to be found in many texts."""

    def __init__(self, query: Query) -> None:
        self._hits = _hits(query)
        self._as_part = {
            term: [hit._replace(kind=Kind.PART, rank=_PLAINEST.index(Kind.PART))
                   if hit.kind in _OF_WORDS else hit for hit in hits]
            for term, hits in self._hits.items()
        }  # fmt: skip
        self._matches = language.matcher(self._hits)
        every = [hit for hits in self._hits.values() for hit in hits]
        self.clauses = {hit.clause for hit in every}
        self._several = any(hit.needed > 1 for hit in every)

    def any(self, text: str, code: str) -> _Places:
        """Give the places of the words that match, in order."""
        places: list[_Place] = []
        last = -1
        for term in self._matches(text, code):
            hits = (self._as_part if term.kind == "part" else self._hits)[term.text]
            if term.start == last:
                places[-1].hits.extend(hits)
            else:
                places.append(_Place(term.start, term.end, [*hits]))
                last = term.start
        return places

    def whole(self, text: str, code: str) -> _Places:
        """Give them too, of a term of several words only where the text has all of them."""
        places = self.any(text, code)
        return _only_whole(places) if places and self._several else places


class _Told:
    """What is known of why one idea matches, while its texts are looked at one by one."""

    def __init__(self, texts: Texts, matches: _Matches, clauses: Collection[int]) -> None:
        self.texts = texts
        self.reasons: dict[str, Reason] = {}
        self._left = set(clauses)
        self._title = matches(texts.title, texts.language)
        self._excerpt = matches(texts.excerpt, texts.language)
        self._said = self._answered = self._piece = _NOTHING
        for text, places in ((texts.title, self._title), (texts.excerpt, self._excerpt)):
            self._gather(text, places)
        for text in (texts.text, texts.what_helps):
            self._look(text, texts.language, matches)

    @property
    def lacks(self) -> bool:
        """Whether there are words that none of the texts has."""
        return bool(self._left)

    def hear(self, further: Further, matches: _Matches) -> None:
        """Look at the Finnish words and the discussion as well, as far as needed."""
        if further.brief:
            self._look(further.brief, "fi", matches)
        self._answered = self._heard(further.answers, matches)
        self._said = self._heard(further.said, matches)

    def _heard(self, said: Iterable[Said], matches: _Matches) -> Markup:
        """Look at what others said; give a piece of the first that matches where nothing did."""
        piece = _NOTHING
        for text, code in said:
            if not self._left:
                break
            places = matches(text, code)
            if places and not self.reasons:
                piece = _piece(text, places)
            self._gather(text, places)
        return piece

    def why(self, query: Query) -> Why:
        """Give all that was found."""
        return Why(
            _marked(self.texts.title, self._title),
            _marked(self.texts.excerpt, self._excerpt),
            tuple(self.reasons.values())[:_MOST_SHOWN],
            self._said,
            self._answered,
            self._piece,
            tuple(query.clauses[number].typed for number in sorted(self._left)),
        )

    def _look(self, text: str, code: str, matches: _Matches) -> None:
        """Look at a text whose matches are shown only where title and excerpt have none."""
        if self._left:
            places = matches(text, code)
            if places and not (self._title or self._excerpt or self._piece):
                self._piece = _piece(text, places)
            self._gather(text, places)

    def _gather(self, text: str, places: _Places) -> None:
        """Note the words that tell of a clause which none before told of, while any is left."""
        if not self._left:
            return
        for start, end, hits in places:
            best = min(hits, key=_rank)
            if best.clause in self._left or best.kind in _OF_WORDS:
                shown = text[start:end].lower()
                meant = "" if best.meant == shown else best.meant
                self.reasons.setdefault(shown, Reason(shown, best.kind, meant, best.typed))
            self._left.difference_update([hit.clause for hit in hits])


def _hits(query: Query) -> dict[str, list[_Hit]]:
    """Give, for each term that is looked for, what it stands for."""
    wanted: dict[str, list[_Hit]] = {}
    ways = [
        (number, clause.typed, way)
        for number, clause in enumerate(query.clauses)
        if not clause.optional
        for way in clause.ways
    ]
    for at, (number, typed, way) in enumerate(ways):
        rank = _PLAINEST.index(way.kind)
        for place, slot in enumerate(way.slots):
            meant = way.label or typed
            hit = _Hit(number, way.kind, rank, meant, typed, at, place, len(way.slots))
            for term in slot:
                wanted.setdefault(term, []).append(hit)
    return wanted


def _only_whole(places: _Places) -> _Places:
    """Leave out what belongs to a term of several words that are not all there."""
    met: dict[int, set[int]] = {}
    for place in places:
        for hit in place.hits:
            if hit.needed > 1:
                met.setdefault(hit.way, set()).add(hit.slot)
    if not met:
        return places
    kept = [
        _Place(
            start, end, [hit for hit in hits if hit.needed < 2 or len(met[hit.way]) == hit.needed]
        )
        for start, end, hits in places
    ]
    return [place for place in kept if place.hits]


def _piece(text: str, places: _Places) -> Markup:
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


def _marked(text: str, places: _Places, first: int = 0, last: int | None = None) -> Markup:
    """Give a piece of a text with the words that match marked, safe to put into a page."""
    end, done = len(text) if last is None else last, first
    pieces: list[str] = []
    for place in places:
        if done <= place.start and place.end <= end:
            pieces += (text[done : place.start], _MARK, text[place.start : place.end], _END_OF_MARK)
            done = place.end
    # Joining escapes what is not markup yet.
    return _NOTHING.join([*pieces, text[done:end]])
