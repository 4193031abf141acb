"""Why an idea was found: the words of its texts that matched, and the words marked in a text."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from innovation import language
from innovation.search.engine import Word

_MOST_SHOWN = 6
_AROUND = 60
_NOTHING = Markup("")


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
class Why:
    """Title and excerpt with the found words marked, and which words matched.

    words: written as in the idea, in small letters, the first few. said: when only the discussion
    has them, a piece of it with the words marked.
    """

    title: Markup
    excerpt: Markup
    words: tuple[str, ...] = ()
    said: Markup = _NOTHING

    @property
    def found(self) -> bool:
        """Whether anything matches the idea as it is now."""
        return bool(self.words or self.said)


def explain(texts: Texts, words: list[Word]) -> Why:
    """Find which words of the idea match; the texts further down only as far as needed."""
    wanted = _terms(words)
    places = {text: _matches(text, texts.language, wanted) for text in (texts.title, texts.excerpt)}
    shown: dict[str, None] = {}
    met: set[int] = set()
    for text in (texts.title, texts.excerpt, texts.text, texts.what_helps):
        if len(met) == len(words):
            break
        for place in places.get(text) or _matches(text, texts.language, wanted):
            shown.setdefault(text[place.start : place.end].lower())
            met |= place.words
    return Why(
        _marked(texts.title, places[texts.title]),
        _marked(texts.excerpt, places[texts.excerpt]),
        tuple(shown)[:_MOST_SHOWN],
        _NOTHING if shown else _quoted(texts.said, wanted),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A word of a text that matches, and which of the wanted words it is."""

    start: int
    end: int
    words: frozenset[int]


def _terms(words: list[Word]) -> dict[str, set[int]]:
    """Give which of the words each term stands for."""
    terms: dict[str, set[int]] = {}
    for which, word in enumerate(words):
        for text, _weight in word.terms:
            terms.setdefault(text, set()).add(which)
    return terms


def _matches(text: str, code: str, wanted: dict[str, set[int]]) -> list[_Place]:
    """Give the places of the matching words in order."""
    places: dict[tuple[int, int], set[int]] = {}
    if wanted and text:
        for term in language.index_terms(text, code):
            if term.text in wanted:
                places.setdefault((term.start, term.end), set()).update(wanted[term.text])
    return [_Place(start, end, frozenset(words)) for (start, end), words in places.items()]


def _quoted(said: tuple[tuple[str, str], ...], wanted: dict[str, set[int]]) -> Markup:
    """Give the surroundings of the first match in the comments, cut at words."""
    for text, code in said:
        places = _matches(text, code, wanted)
        if places:
            return _piece(text, places)
    return _NOTHING


def _piece(text: str, places: list[_Place]) -> Markup:
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
