"""Searching ideas: the engine finds, the database takes away what is not visible, and counts."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.core import jobs
from innovation.core.db import db
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, Nobody
from innovation.ideas.lifecycle import GROUPS, Capacity
from innovation.ideas.listing import FilterCounts, IdeaFilter, IdeaRow, rows_of
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_to
from innovation.programme.queries import snapshot
from innovation.search.documents import public_comments
from innovation.search.engine import MOST_HITS, Engine, Hits, SearchUnavailableError, Word
from innovation.search.upkeep import KIND
from innovation.search.why import Texts, Why, explain
from innovation.search.words import surfaces_of, words_of

RELEVANCE = "relevance"
_GROUP_OF = {handling: name for name, handlings in GROUPS.items() for handling in handlings}
_FIELDS = ("group", "sub_project", "area", "capacity")
_ORDERS: dict[str, Any] = {
    RELEVANCE: Idea.id,  # read and not used: the engine's order stands
    "topical": Idea.topical,
    "newest": Idea.published_at,
    "supported": Idea.support_count,
    "discussed": Idea.comment_count,
}
# Without the index each word reads every text, so only some are looked for.
_MOST_PLAIN_WORDS = 6


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found. The rows' titles and excerpts have the found words marked.

    why: by the idea's number. every_word: false when only most words were found. more: there are
    others beyond MOST_HITS. limited: the index could not be read. searched: there was something to
    look for.
    """

    page: Page[IdeaRow]
    counts: FilterCounts
    why: dict[int, Why]
    every_word: bool
    more: bool
    limited: bool
    searched: bool


def search_ideas(engine: Engine, actor: Actor, wanted: IdeaFilter, language: str) -> Results:
    """Give the ideas that the actor may see and that have the words of the filter.

    A fixed number of queries, however many ideas are found.
    """
    words = words_of(wanted.words, language)
    hits, limited = _hits(engine, words)
    chosen, counts = _sifted(actor, hits.numbers, wanted)
    start = (wanted.page - 1) * PAGE_SIZE
    rows = rows_of(actor, chosen[start : start + PAGE_SIZE])
    why = _why(rows, words)
    if not limited:
        # Rows whose text changed a moment ago may no longer have the words.
        stale = _waiting([row.number for row in rows if not why[row.number].found])
        rows = [row for row in rows if row.number not in stale]
    marked = [
        replace(row, title=why[row.number].title, excerpt=why[row.number].excerpt) for row in rows
    ]
    return Results(
        page=Page(marked, wanted.page, len(chosen)),
        counts=counts,
        why=why,
        every_word=hits.every_word,
        more=hits.more,
        limited=limited,
        searched=bool(words),
    )


def found_references(engine: Engine, text: str, most: int) -> list[str]:
    """Give the references of the best ideas for a text, as a nameless visitor finds them.

    The reference is the external one of an idea that was brought along with one.
    """
    hits, _limited = _hits(engine, words_of(text, "fi"))
    rows = db.session.execute(
        select(Idea.id, Idea.external_reference, Idea.reference).where(
            Idea.id.in_(hits.numbers), visible_to(Nobody())
        )
    )
    known = {number: external or own for number, external, own in rows}
    return [known[number] for number in hits.numbers if number in known][:most]


def number_of_reference(reference: str) -> int | None:
    """Give the number of the idea with this reference, whoever may see it."""
    return db.session.scalar(select(Idea.id).where(Idea.reference == reference))


def _hits(engine: Engine, words: list[Word]) -> tuple[Hits, bool]:
    try:
        return engine.search(words), False
    except SearchUnavailableError:
        return _plain_hits(words), True


def _plain_hits(words: list[Word]) -> Hits:
    """Look for the words as they were typed in the texts themselves, without any index."""
    typed = surfaces_of(words)[:_MOST_PLAIN_WORDS]
    if not typed:
        return Hits()
    numbers = db.session.scalars(
        select(Idea.id)
        .where(visible_to(Nobody()), *[_stands_in(word) for word in typed])
        .order_by(Idea.topical.desc(), Idea.id.desc())
        .limit(MOST_HITS)
    )
    return Hits(list(numbers))


def _stands_in(word: str) -> ColumnElement[bool]:
    # SQLite folds the case of ASCII letters alone, so Äiti is looked for beside äiti.
    forms = {word, word.capitalize()}
    texts = (Idea.title, Idea.text, Idea.what_helps)
    said = exists().where(
        Comment.idea_id == Idea.id,
        Comment.visibility == CommentVisibility.PUBLIC,
        or_(*[Comment.text.icontains(form, autoescape=True) for form in forms]),
    )
    return or_(*[text.icontains(form, autoescape=True) for text in texts for form in forms], said)


def _sifted(
    actor: Actor, numbers: Sequence[int], wanted: IdeaFilter
) -> tuple[list[int], FilterCounts]:
    """Give the visible ideas that the filter lets through, in order, and count for every choice.

    One query: what is counted has been found already, so it is not asked for once more by field.
    """
    order = _ORDERS.get(wanted.sort, Idea.id)
    rows = db.session.execute(
        select(
            Idea.id,
            Idea.handling,
            Idea.primary_sub_project_id,
            Idea.area_id,
            Idea.capacity,
            order.label("place"),
        ).where(Idea.id.in_(numbers), visible_to(actor))
    ).all()
    known = {row.id: row for row in rows}
    found = [known[number] for number in numbers if number in known]
    if wanted.sort != RELEVANCE:
        found.sort(key=lambda row: (row.place, row.id), reverse=True)
    sifter = _Sifter(wanted)
    chosen = [row.id for row in found if sifter.lets_through(row)]
    return chosen, sifter.counts(len(chosen))


class _Sifter:
    """Lets rows through one by one, and counts what each choice of each field would show."""

    def __init__(self, wanted: IdeaFilter) -> None:
        programme = snapshot()
        self._slugs = (
            {one.id: one.slug for one in programme.sub_projects},
            {one.id: one.slug for one in programme.areas},
        )
        self._wanted = {"group": (wanted.group,) if wanted.group else (), **wanted.values}
        self._counted: dict[str, Counter[str | None]] = {name: Counter() for name in _FIELDS}

    def lets_through(self, row: Any) -> bool:
        """Tell whether the row fits every field; it is counted where no other field refuses it."""
        sub_projects, areas = self._slugs
        values: tuple[str | None, ...] = (
            _GROUP_OF.get(row.handling),
            sub_projects.get(row.primary_sub_project_id),
            areas.get(row.area_id),
            row.capacity,
        )
        refused = [
            name
            for name, value in zip(_FIELDS, values, strict=True)
            if self._wanted[name] and value not in self._wanted[name]
        ]
        if len(refused) < 2:
            for name, value in zip(_FIELDS, values, strict=True):
                if not refused or name in refused:
                    self._counted[name][value] += 1
        return not refused

    def counts(self, total: int) -> FilterCounts:
        """Give what was counted, with 0 for choices without ideas."""
        sub_projects, areas = self._slugs
        counted = self._counted
        return FilterCounts(
            total=total,
            everything=counted["group"].total(),
            groups={name: counted["group"][name] for name in GROUPS},
            sub_project={slug: counted["sub_project"][slug] for slug in sub_projects.values()},
            area={slug: counted["area"][slug] for slug in areas.values()},
            capacity={str(one): counted["capacity"][one] for one in Capacity},
        )


def _why(rows: Sequence[IdeaRow], words: list[Word]) -> dict[int, Why]:
    """Explain each row by its current texts: two queries."""
    numbers = [row.number for row in rows]
    if not numbers:
        return {}
    bodies = {
        number: (text, helps)
        for number, text, helps in db.session.execute(
            select(Idea.id, Idea.text, Idea.what_helps).where(Idea.id.in_(numbers))
        )
    }
    said: Mapping[int, list[tuple[str, str]]] = {number: [] for number in numbers}
    for number, text, code in public_comments(numbers):
        said[number].append((text, code))
    return {
        row.number: explain(
            Texts(
                row.language, row.title, row.excerpt, *bodies[row.number], tuple(said[row.number])
            ),
            words,
        )
        for row in rows
    }


def _waiting(numbers: Collection[int]) -> set[int]:
    """Give those of the ideas whose index job still waits."""
    if not numbers:
        return set()
    keys = db.session.scalars(
        select(jobs.Job.unique_key).where(
            jobs.Job.kind == KIND, jobs.Job.unique_key.in_([str(number) for number in numbers])
        )
    )
    return {int(key) for key in keys}
