"""What is offered to somebody who looks for something: words and ideas while typing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from innovation import language as words_of_languages
from innovation.core.db import db
from innovation.core.i18n import DEFAULT_LANGUAGE, LazyString
from innovation.core.permissions import Actor
from innovation.ideas.lifecycle import status_code
from innovation.ideas.models import Idea
from innovation.ideas.queries import status_label, visible_ideas
from innovation.search.concepts import know_programme_words
from innovation.search.engine import (
    FEW,
    Clause,
    Engine,
    Kind,
    Matches,
    SearchUnavailableError,
)
from innovation.search.models import SearchWord
from innovation.search.retrieval import Looked, relevance
from innovation.search.spelling import nearest, visible_words
from innovation.search.words import FUNCTION_WORDS, is_known, query_of

MOST_WORDS = 5
MOST_IDEAS = 3
SHORTEST = 2
# A longer text is not a search that somebody is still beginning.
LONGEST = 200
_SHORTEST_FOR_IDEAS = 3
_SHORTEST_MISSPELT = 5
# So many completions are looked at, since forms of the same word are offered once.
_LOOKED_AT = 40
_WEIGHED = 40
# How many times as common a word must be to be offered for one that few ideas have.
_MUCH_MORE = 5

_LAST = chr(0x10FFFF)
# Made once each: that takes as long as reading so little.
_BEGINNING = (
    select(SearchWord.word)
    .where(SearchWord.word >= bindparam("start"), SearchWord.word < bindparam("end"))
    .order_by(SearchWord.word != bindparam("start"), SearchWord.ideas.desc(), SearchWord.word)
    .limit(_LOOKED_AT)
)
_LAST_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*-?$")


@dataclass(frozen=True, slots=True)
class OfferedWord:
    """A text to look for: what was typed, and what completes it.

    Where typed words were wrong, `typed` ends before them.
    """

    typed: str
    rest: str

    @property
    def text(self) -> str:
        """The whole text."""
        return self.typed + self.rest


@dataclass(frozen=True, slots=True)
class OfferedIdea:
    """An idea that may be the one meant."""

    number: int
    title: str
    language: str
    status_code: str
    status_label: LazyString


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is offered for what has been typed so far, the likeliest first."""

    words: Sequence[OfferedWord] = ()
    ideas: Sequence[OfferedIdea] = ()

    @property
    def count(self) -> int:
        """How many there are to choose from."""
        return len(self.words) + len(self.ideas)


def suggest(engine: Engine, actor: Actor, typed: str, language: str) -> Suggestions:
    """Offer words that complete the last one, and ideas for the text so far.

    Words are only such as stand in what everybody may read at this moment. Nothing for less than
    two letters, and nothing while the index cannot be read.
    """
    begun = " ".join(typed.split()) + (" " if typed[-1:].isspace() else "")
    if sum(map(str.isalpha, begun)) < SHORTEST or len(begun) > LONGEST:
        return Suggestions()
    try:
        words, whole = _completions(engine, begun, language)
        if len(begun.strip()) < _SHORTEST_FOR_IDEAS:
            return Suggestions(words)
        texts = [begun, *(one.text for one in words[:1])]
        # What is no word yet is hardly what is looked for: what it may become comes first.
        ideas = _ideas(engine, actor, texts if whole else texts[::-1], language)
        return Suggestions(words, ideas)
    except SearchUnavailableError:
        return Suggestions()


def alternative(engine: Engine, text: str, language: str, looked: Looked | None = None) -> str:
    """Give the text with its rarest word replaced by a near one that finds much more; "" for none.

    For searches that found few ideas. looked: what was looked for and found, when that is known.
    Raises SearchUnavailableError.
    """
    with engine.together():
        return _alternative(engine, text, language, looked or _looked(engine, text, language))


def _alternative(engine: Engine, text: str, language: str, looked: Looked) -> str:
    matches = looked.matches
    if matches.more or len(matches.every) >= FEW:
        return ""
    single = [
        (known, clause)
        for clause, known in zip(looked.query.wanted, matches.known, strict=True)
        if known < FEW
        and " " not in clause.typed
        # A real word that several have written is meant as it stands.
        and not (known > 1 and is_known(clause))
    ]
    for _known, clause in sorted(single, key=lambda one: one[0]):
        word = _commoner(engine, clause, language)
        if word:
            other = re.sub(
                rf"(?<![^\W_]){re.escape(clause.typed)}(?![^\W_])", word, text, flags=re.IGNORECASE
            )
            more = _looked(engine, other, language).matches
            if len(more.every) >= FEW or len(more.every) > 2 * len(matches.every) + 1:
                return other
    return ""


def _commoner(engine: Engine, clause: Clause, language: str) -> str:
    """Give another word that is one slip away and stands in many more ideas."""
    if len(clause.typed) < _SHORTEST_MISSPELT:
        return ""
    near = nearest(clause.typed, most=8)
    own = next((one.ideas for one in near if not one.distance), 0)
    forms = {
        term
        for way in clause.ways
        if way.kind in {Kind.SURFACE, Kind.LEMMA}
        for slot in way.slots
        for term in slot
    }
    others = [
        one
        for one in near
        if one.distance == 1
        and one.ideas >= _MUCH_MORE * max(own, 1)
        and forms.isdisjoint(query_of(one.word, language).terms)
    ]
    visible = visible_words(engine, [one.word for one in others])
    return next((one.word for one in others if one.word in visible), "")


def _completions(engine: Engine, begun: str, language: str) -> tuple[list[OfferedWord], bool]:
    """Give what completes or corrects the last word, and whether it may be whole as it stands."""
    match = _LAST_WORD.search(begun)
    if match is None or len(match[0]) < SHORTEST:
        return [], True
    last = match[0].lower()
    known = _beginning_with(last)
    longer = [word for word in known if word != last]
    if longer:
        found = _visible(engine, _first_forms(longer, language))
        return [OfferedWord(begun, word[len(last) :]) for word in found], last in known
    if len(last) < _SHORTEST_MISSPELT or is_known(Clause((), last)):
        return [], True
    near = [one.word for one in nearest(last, most=3) if one.distance == 1 and not one.pieces]
    return [OfferedWord(begun[: match.start()], word) for word in _visible(engine, near)], True


def _visible(engine: Engine, words: Sequence[str]) -> list[str]:
    """Give the first of the words that may be shown; further ones are looked into when needed."""
    found: list[str] = []
    first = 0
    with engine.together():
        while first < len(words) and len(found) < MOST_WORDS:
            some = words[first : first + MOST_WORDS - len(found)]
            visible = visible_words(engine, some)
            found += [word for word in some if word in visible]
            first += len(some)
    return found


def _beginning_with(start: str) -> list[str]:
    """Give words that begin so, the one that is no longer first, then those of most ideas."""
    rows = db.session.connection().execute(_BEGINNING, {"start": start, "end": start + _LAST})
    return [word for (word,) in rows]


def _first_forms(words: Sequence[str], language: str) -> list[str]:
    """Leave out other forms of words that are there already; the base form comes first."""
    every = set(words)
    taken: set[str] = set(FUNCTION_WORDS)
    chosen: dict[str, None] = {}
    for word in words:
        if len(chosen) == 2 * MOST_WORDS:
            break
        forms = [
            term.text
            for code in dict.fromkeys((DEFAULT_LANGUAGE, language))
            for term in words_of_languages.query_terms(word, code)
            if term.kind in {"lemma", "stem"}
        ]
        if not taken.isdisjoint((word, *forms)):
            continue
        taken.update(forms)
        chosen[next((form for form in forms if form in every), word)] = None
    return list(chosen)


def _ideas(engine: Engine, actor: Actor, texts: Sequence[str], language: str) -> list[OfferedIdea]:
    """Find ideas for these texts, for each only while those before it gave too few."""
    numbers: dict[int, None] = {}
    with engine.together():
        for text in texts:
            if len(numbers) < MOST_IDEAS:
                looked = _looked(engine, text, language)
                worth = relevance(engine, looked, looked.matches.every[:_WEIGHED])
                best = sorted(worth, key=lambda number: (-worth[number], -number))
                numbers |= dict.fromkeys(best[: 2 * MOST_IDEAS])
    return _offered(actor, list(numbers))[:MOST_IDEAS]


def _looked(engine: Engine, text: str, language: str) -> Looked:
    """Find the ideas that have every word in any of its forms, without what is related to it."""
    know_programme_words()
    query = query_of(text, language)
    query = replace(query, clauses=tuple(map(_bare, query.clauses)))
    return Looked(query, engine.every(query) if query.clauses else Matches(), {})


def _bare(clause: Clause) -> Clause:
    own = tuple(way for way in clause.ways if way.kind not in {Kind.SAME, Kind.NEAR})
    return replace(clause, ways=own or clause.ways)


def _offered(actor: Actor, numbers: Sequence[int]) -> list[OfferedIdea]:
    columns = (
        Idea.id,
        Idea.title,
        Idea.language,
        Idea.visibility,
        Idea.handling,
        Idea.asked_at,
        Idea.primary_sub_project_id,
    )
    rows = {
        row.id: row
        for row in db.session.execute(visible_ideas(actor, *columns).where(Idea.id.in_(numbers)))
    }
    offered = []
    for row in (rows[number] for number in numbers if number in rows):
        code = status_code(row.visibility, row.handling, row.asked_at is not None)
        label = status_label(code, row.primary_sub_project_id)
        offered.append(OfferedIdea(row.id, row.title, row.language, code, label))
    return offered
