"""Concepts as they are now: the vocabulary, what administrators changed, and the programme."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from innovation import language
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LANGUAGES
from innovation.core.text import normal_key
from innovation.ideas.models import Counter
from innovation.programme.queries import Snapshot, SubProjectFact, snapshot
from innovation.search import meaning
from innovation.search.expansion import Expansion, TypedWord, Vocabulary
from innovation.search.models import MissedSearch, SearchConcept
from innovation.vocabulary import LISTS, Concept, shipped

__all__ = [
    "MARK",
    "Concept",
    "Expansion",
    "KnownConcept",
    "MissedRow",
    "TypedWord",
    "Whose",
    "expansions",
    "know_programme_words",
    "known_concepts",
    "missed_searches",
    "programme_words",
    "read_all",
    "typed_words",
    "words_with",
]

# The counter that tells whether administrators have changed a concept. Its value means nothing.
MARK = "concepts"
_READ_MARK = select(Counter.value).where(Counter.name == MARK)
_SUB_PROJECT = "sub-project-"
_SOFT_HYPHEN = "\u00ad"


class Whose(StrEnum):
    """Where a concept comes from: the product, the programme's data, the administrators."""

    SHIPPED = "shipped"
    PROGRAMME = "programme"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class KnownConcept:
    """A concept as it is now. given: as it came, None for the administrators' own.

    changed_at: when administrators changed it or switched it off or on, None when they never did.
    """

    concept: Concept
    given: Concept | None
    whose: Whose
    active: bool
    changed_at: datetime | None

    @property
    def changed(self) -> tuple[str, ...]:
        """The lists in which administrators changed the words of a given concept."""
        if self.given is None:
            return ()
        return tuple(name for name in LISTS if self.given.words(name) != self.concept.words(name))


@dataclass(frozen=True, slots=True)
class MissedRow:
    """What was looked for and not found, how often, and when last."""

    words: str
    times: int
    last_on: date


@dataclass(frozen=True, slots=True)
class _Kept:
    """All concepts at one mark, of one version of the programme."""

    mark: int | None
    programme: Snapshot | None
    known: Mapping[str, KnownConcept]
    vocabulary: Vocabulary


_kept: dict[str, _Kept] = {}
_words: list[tuple[Snapshot, tuple[language.KnownWord, ...]]] = []


def expansions(words: Sequence[TypedWord]) -> list[Expansion]:
    """Give by what else typed words, in their order, can be met. At most one small query."""
    return _current().vocabulary.expansions(words)


def read_all() -> None:
    """Analyse all words of the concepts, before anybody looks for them."""
    _current().vocabulary.read_all()
    meaning.load()


def words_with(letter: str) -> frozenset[str]:
    """Give the single Finnish words of the concepts in use that begin with a small letter."""
    return _current().vocabulary.words.get(letter, frozenset())


def known_concepts() -> Mapping[str, KnownConcept]:
    """Give every concept by its key, switched off or on, in the order of their names."""
    return _current().known


def typed_words(text: str) -> list[TypedWord]:
    """Give the words of a text as they are looked for, read in all three languages."""
    places: dict[int, tuple[str, set[str]]] = {}
    for code in LANGUAGES:
        for term in language.query_terms(text, code):
            surface = text[term.start : term.end].lower()
            places.setdefault(term.start, (surface, set()))[1].add(term.text)
    return [TypedWord(surface, frozenset(terms)) for _, (surface, terms) in sorted(places.items())]


def programme_words() -> tuple[language.KnownWord, ...]:
    """Give the programme's own words, names and abbreviations that are inflected in texts."""
    return _words_of(snapshot())


def know_programme_words() -> None:
    """Let the analysis of words know those of the programme; cheap when nothing has changed."""
    with suppress(NotFoundError):
        _tell(snapshot())


def _tell(programme: Snapshot) -> None:
    # Only the words of a snapshot are kept, not whether they were told: the analysis knows that.
    if not _words or _words[0][0] is not programme:
        _words[:] = [(programme, _words_of(programme))]
    language.know(_words[0][1])


def missed_searches(most: int) -> list[MissedRow]:
    """Give the searches that found nothing, the most frequent and then the latest first."""
    rows = db.session.execute(
        select(MissedSearch.words, MissedSearch.times, MissedSearch.last_on)
        .order_by(MissedSearch.times.desc(), MissedSearch.last_on.desc(), MissedSearch.words)
        .limit(most)
    )
    return [MissedRow(*row) for row in rows]


def _current() -> _Kept:
    """Give the concepts, made anew when they or the programme have changed since.

    One tiny query for each unit of work.
    """
    asked = db.session().info.get(MARK)
    if isinstance(asked, _Kept):
        return asked
    where = str(db.session.get_bind().engine.url)
    programme: Snapshot | None = None
    with suppress(NotFoundError):
        programme = snapshot()
        _tell(programme)
    mark: int | None = db.session.connection().scalar(_READ_MARK)
    kept = _kept.get(where)
    if kept is None or kept.mark != mark or kept.programme is not programme:
        known = _read(programme)
        used = {key: one.concept for key, one in known.items() if one.active}
        # Most changes of the programme change none of its names; what is analysed stays so.
        if (
            kept is not None
            and kept.known == known
            and _words_of(kept.programme) == _words_of(programme)
        ):
            vocabulary = kept.vocabulary
        else:
            vocabulary = Vocabulary(used)
        kept = _kept[where] = _Kept(mark, programme, known, vocabulary)
    db.session().info[MARK] = kept
    return kept


def forget() -> None:
    """Forget the concepts of the running unit of work; the actions call it after a change."""
    db.session().info.pop(MARK, None)


def _read(programme: Snapshot | None) -> dict[str, KnownConcept]:
    rows = {
        row.key: row
        for row in db.session.execute(
            select(
                SearchConcept.key,
                SearchConcept.active,
                SearchConcept.words,
                SearchConcept.changed_at,
            )
        )
    }
    given = {key: (concept, Whose.SHIPPED) for key, concept in shipped().items()}
    for fact in programme.sub_projects if programme else ():
        concept = _of_sub_project(fact)
        given[concept.key] = (concept, Whose.PROGRAMME)
    known = []
    for key, (concept, whose) in given.items():
        row = rows.pop(key, None)
        known.append(
            KnownConcept(
                concept=_changed(concept, row.words) if row else concept,
                given=concept,
                whose=whose,
                active=row.active if row else True,
                changed_at=row.changed_at if row else None,
            )
        )
    for key, row in rows.items():
        own = _changed(Concept(key), row.words)
        # A row without a name changed a concept that the product no longer brings.
        if own.fi:
            known.append(KnownConcept(own, None, Whose.OWN, row.active, row.changed_at))
    known.sort(key=lambda one: (normal_key(one.concept.name), one.concept.key))
    return {one.concept.key: one for one in known}


def _changed(concept: Concept, words: Mapping[str, Sequence[str]]) -> Concept:
    lists: dict[str, Any] = {name: tuple(words[name]) for name in LISTS if name in words}
    return replace(concept, **lists)


def _of_sub_project(fact: SubProjectFact) -> Concept:
    """Make a concept of a sub-project's names; its other names are in whatever language."""
    texts = (fact.short_names, fact.official_names)
    names = {code: [text[code] for text in texts if code in text] for code in LANGUAGES}
    names["everyday"] = list(fact.aliases)
    lists: dict[str, Any] = {}
    known: set[str] = set()
    for key, written in names.items():
        plain = {normal_key(name): name.replace(_SOFT_HYPHEN, "") for name in written}
        lists[key] = tuple(name for same, name in plain.items() if same not in known)
        known |= plain.keys()
    return Concept(f"{_SUB_PROJECT}{fact.slug}", **lists)


def _words_of(programme: Snapshot | None) -> tuple[language.KnownWord, ...]:
    words = programme.words if programme else ()
    return tuple(language.KnownWord(word["lemma"], tuple(word["stems"])) for word in words)
