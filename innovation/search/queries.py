"""Searching ideas: the engine finds, the database takes away what is not visible, and counts."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Integer, Select, Text, bindparam, func, select

from innovation.core import clock, jobs
from innovation.core.db import among, db
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, Nobody
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.listing import FilterCounts, IdeaFilter, IdeaRow, rows_and_texts
from innovation.ideas.models import Idea
from innovation.ideas.queries import listed_for, seen_with
from innovation.ideas.reckoning import kept
from innovation.ideas.sifting import Kind, Sifter, sifted_by
from innovation.search import retrieval
from innovation.search.alike import (
    SimilarRow,
    references_of,
    similar_among,
    similar_ideas,
    similar_to,
)
from innovation.search.documents import briefs_of, public_answers, public_comments
from innovation.search.engine import Engine, Matches, Query, SearchUnavailableError
from innovation.search.plain import plainly_found
from innovation.search.retrieval import Looked, Standing
from innovation.search.upkeep import KIND
from innovation.search.why import Further, Texts, Why, explain
from innovation.search.words import query_of, typed_in

__all__ = [
    "RELEVANCE",
    "Found",
    "Results",
    "SimilarRow",
    "found",
    "found_references",
    "search_ideas",
    "similar_among",
    "similar_ideas",
    "similar_to",
]

RELEVANCE = "relevance"
_ORDERS: dict[str, Any] = {
    "topical": Idea.topical,
    "newest": Idea.published_at,
    "supported": Idea.support_count,
    "discussed": Idea.comment_count,
}
_STANDS = select(Idea.id, Idea.published_at, Idea.support_count)


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found. The rows' titles and excerpts have the found words marked.

    why: by the idea's number. complete: how many ideas have every word; those that follow have
    most of them. more: there are others beyond MOST_HITS. limited: the index could not be read.
    searched: there was something to look for. corrected: typed words and what was looked for.
    lacking: the ideas of the page that lack a word or more. looked: what was looked for.
    """

    page: Page[IdeaRow]
    counts: FilterCounts
    why: dict[int, Why]
    complete: int
    more: bool
    limited: bool
    searched: bool
    corrected: Mapping[str, str]
    lacking: frozenset[int]
    looked: Looked


def search_ideas(
    engine: Engine, actor: Actor, wanted: IdeaFilter, language: str, *, as_written: bool = False
) -> Results:
    """Give the ideas that the actor may see and that have the words of the filter.

    A fixed number of queries, however many ideas are found. as_written: correct no typos.
    """
    looked, limited = _looked(engine, wanted.words, language, as_written=as_written)
    chosen, limited = found(engine, actor, looked, wanted, limited)
    start = (wanted.page - 1) * PAGE_SIZE
    shown = chosen.numbers[start : start + PAGE_SIZE]
    read = rows_and_texts(actor, shown)
    why = _why(read, looked.query)
    rows = [row for row, _texts in read]
    if not limited:
        # Rows whose text changed a moment ago may no longer have the words.
        stale = _waiting([row.number for row in rows if not why[row.number].found])
        rows = [row for row in rows if row.number not in stale]
    return Results(
        page=Page(
            [_marked(row, why[row.number]) for row in rows], wanted.page, len(chosen.numbers)
        ),
        counts=chosen.counts,
        why=why,
        complete=len(chosen.complete),
        more=looked.matches.more,
        limited=limited,
        searched=bool(looked.query.clauses),
        corrected=looked.corrected,
        lacking=frozenset(shown) - chosen.complete,
        looked=looked,
    )


def _marked(row: IdeaRow, why: Why) -> IdeaRow:
    """Give the row with the found words marked, in another piece of the text where need be."""
    return replace(row, title=why.title, excerpt=why.piece or why.excerpt)


def found_references(engine: Engine, text: str, most: int) -> list[str]:
    """Give the references of the best ideas for a text, as a nameless visitor finds them.

    The reference is the external one of an idea that was brought along with one.
    """
    wanted = IdeaFilter(words=text, sort=RELEVANCE, default_sort=RELEVANCE)
    looked, limited = _looked(engine, text, "fi")
    best = found(engine, Nobody(), looked, wanted, limited)[0].numbers[:most]
    known = references_of(best)
    return [known[number] for number in best]


def _looked(
    engine: Engine, text: str, language: str, *, as_written: bool = False
) -> tuple[Looked, bool]:
    """Ask the engine, or the database itself when the index cannot be read."""
    try:
        return retrieval.look_up(engine, text, language, as_written=as_written), False
    except SearchUnavailableError:
        query = query_of(text, language)
        return Looked(query, Matches(plainly_found(typed_in(query))), {}), True


@dataclass(frozen=True, slots=True)
class Found:
    """What the filter lets through, in order. complete: those that have every word."""

    numbers: list[int]
    complete: frozenset[int]
    counts: FilterCounts


def found(
    engine: Engine, actor: Actor, looked: Looked, wanted: IdeaFilter, limited: bool = False
) -> tuple[Found, bool]:
    """Take away what may not be seen, sift, count and sort; and tell whether that was limited."""
    matches = looked.matches
    kinds = _kinds_of(actor, [*matches.every, *matches.most])
    sifter = Sifter(wanted)
    try:
        worth: dict[int, float] = {}
        most = [one for one in matches.most if kinds[one] is not None]
        if most:
            # Before any filter, so that the counts of the filters agree with each other; those with
            # every word are few then, and are read together with them.
            seen = [one for one in matches.every if kinds[one] is not None]
            worth = retrieval.relevance(engine, looked, [*seen, *most], _standing)
            most = retrieval.best_first(engine, looked, [], most, _standing, worth)
        every = _sifted(sifter, kinds, matches.every)
        most = _sifted(sifter, kinds, most)
        numbers = [*every, *most]
        if wanted.sort != RELEVANCE:
            numbers = _in_order(numbers, _ORDERS.get(wanted.sort, Idea.id))
        elif not limited:
            numbers = retrieval.best_first(engine, looked, every, most, _standing, worth)
    except SearchUnavailableError:
        plain = Looked(looked.query, Matches(matches.every), {})
        return found(engine, actor, plain, wanted, True)
    return Found(numbers, frozenset(every), sifter.counts(len(numbers))), limited


def _kinds_of(actor: Actor, numbers: Collection[int]) -> Mapping[int, Kind | None]:
    """Give what these ideas are sifted by, None for those that the actor sees in no list.

    At most one query; what was read is kept until an idea changes, as all counts are. Others
    than these may be there too.
    """
    known: dict[int, Kind | None] = kept(dict, "sifted", listed_for(actor), clock.today().year)
    new = [number for number in numbers if number not in known]
    if new:
        kind = _kind_of(listed_for(actor), clock.today().year)
        rows = db.session.connection().execute(*_asked_of(kind, new))
        read = {number: tuple(kind) for seen, number, *kind in rows if seen}
        # At once: another thread must not take for unseen what is only not read yet.
        known |= {number: read.get(number) for number in new}
    return known


def _sifted(sifter: Sifter, kinds: Mapping[int, Kind | None], numbers: Sequence[int]) -> list[int]:
    """Give those of the ideas that are seen and that the filter lets through."""
    seen = [(number, kind) for number in numbers if (kind := kinds[number]) is not None]
    through = sifter.sift([kind for _number, kind in seen])
    return [number for (number, _kind), fits in zip(seen, through, strict=True) if fits]


def _in_order(numbers: Sequence[int], place: Any) -> list[int]:
    """Sort ideas by a column, the last and newest first."""
    rows = db.session.execute(select(Idea.id, place).where(among(Idea.id, numbers)))
    places = {number: value for number, value in rows}  # noqa: C416 - rows are no pairs to mypy
    return sorted(numbers, key=lambda one: (places[one], one), reverse=True)


def _standing(numbers: Collection[int]) -> dict[int, Standing]:
    """Give what of these ideas nudges their places."""
    rows = db.session.connection().execute(*_asked_of(_STANDS, numbers))
    return {number: Standing(published_at, supports) for number, published_at, supports in rows}


@cache
def _kind_of(listed: tuple[Visibility, ...], _year: int) -> Select[Any]:
    # What is not seen is no condition, since that misleads SQLite into going through every idea.
    return select(seen_with(listed).label("seen"), Idea.id, *sifted_by())


def _asked_of(columns: Any, numbers: Collection[int]) -> tuple[Select[Any], dict[str, Any]]:
    """Give what reads these columns of some ideas, and its values."""
    if db.session.get_bind().dialect.name == "postgresql":
        return _of_some(columns, postgresql=True), {"numbers": list(numbers)}
    return _of_some(columns, postgresql=False), {"numbers": json.dumps(list(numbers))}


@cache
def _of_some(columns: Any, *, postgresql: bool) -> Select[Any]:
    # Made once: that takes longer than reading some ideas. The numbers go as one value.
    if postgresql:
        return columns.where(Idea.id == func.any(bindparam("numbers", type_=ARRAY(Integer))))  # type: ignore[no-any-return]
    listed = func.json_each(bindparam("numbers", type_=Text)).table_valued("value")
    return columns.where(Idea.id.in_(select(listed.c.value)))  # type: ignore[no-any-return]


def _why(read: Sequence[tuple[IdeaRow, tuple[str, str]]], query: Query) -> dict[int, Why]:
    """Explain each row by its current texts."""
    texts = [Texts(row.number, row.language, row.title, row.excerpt, *more) for row, more in read]
    tongues = {row.number: row.language for row, _more in read}
    return explain(texts, query, lambda some: _further({one: tongues[one] for one in some}))


def _further(numbers: Mapping[int, str]) -> dict[int, Further]:
    """Give the Finnish words under these ideas, the answers and public comments on each.

    numbers: with the languages of the ideas.
    """
    briefs = briefs_of(numbers)
    further = {number: Further(briefs.get(number, ""), [], []) for number in numbers}
    for number, text, code in public_answers(numbers):
        further[number].answers.append((text, code))
    for number, text, code in public_comments(numbers):
        further[number].said.append((text, code))
    return further


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
