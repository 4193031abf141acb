"""Searching ideas: the engine finds, the database takes away what is not visible, and counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.core import jobs
from innovation.core.db import among, db
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, Nobody
from innovation.ideas.listing import FilterCounts, IdeaFilter, IdeaRow, rows_of
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_to
from innovation.ideas.sifting import Sifter, sifted_by
from innovation.search import retrieval
from innovation.search.documents import public_comments
from innovation.search.engine import MOST_HITS, Engine, Matches, Query, SearchUnavailableError
from innovation.search.retrieval import Looked, Standing
from innovation.search.upkeep import KIND
from innovation.search.why import Texts, Why, explain
from innovation.search.words import query_of, typed_in

RELEVANCE = "relevance"
_ORDERS: dict[str, Any] = {
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
    rows = rows_of(actor, shown)
    why = _why(rows, looked.query)
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
    rows = db.session.execute(
        select(Idea.id, Idea.external_reference, Idea.reference).where(Idea.id.in_(best))
    )
    known = {number: external or own for number, external, own in rows}
    return [known[number] for number in best]


def similar_ideas(
    engine: Engine, actor: Actor, text: str, language: str, without: int = 0, most: int = 4
) -> list[IdeaRow]:
    """Give ideas that tell of the same thing as a text, the most similar first.

    without: the idea's own number, when the text is that of an idea. None when nothing is close.
    """
    try:
        numbers = retrieval.similar(engine, text, language)
    except SearchUnavailableError:
        return []
    rows = rows_of(actor, [number for number in numbers if number != without][: 2 * most])
    return rows[:most]


def number_of_reference(reference: str, text: str = "") -> int | None:
    """Give the number of the idea with this reference, whoever may see it.

    text: as it was typed, which may be the reference of an idea brought along from elsewhere.
    """
    known = [Idea.external_reference.in_({text, text.upper(), text.lower()})] if text else []
    return db.session.scalar(select(Idea.id).where(or_(Idea.reference == reference, *known)))


def _looked(
    engine: Engine, text: str, language: str, *, as_written: bool = False
) -> tuple[Looked, bool]:
    """Ask the engine, or the database itself when the index cannot be read."""
    try:
        return retrieval.look_up(engine, text, language, as_written=as_written), False
    except SearchUnavailableError:
        query = query_of(text, language)
        return Looked(query, Matches(_plain(typed_in(query))), {}), True


def _plain(typed: Sequence[str]) -> list[int]:
    """Look for the words as they were typed in the texts themselves, without any index."""
    words = typed[:_MOST_PLAIN_WORDS]
    if not words:
        return []
    return list(
        db.session.scalars(
            select(Idea.id)
            .where(visible_to(Nobody()), *[_stands_in(word) for word in words])
            .order_by(Idea.topical.desc(), Idea.id.desc())
            .limit(MOST_HITS)
        )
    )


def _stands_in(word: str) -> ColumnElement[bool]:
    said = select(Comment.idea_id).where(
        Comment.visibility == CommentVisibility.PUBLIC, _holds(Comment.text, word)
    )
    texts = (Idea.title, Idea.text, Idea.what_helps)
    return or_(*[_holds(text, word) for text in texts], Idea.id.in_(said))


def _holds(text: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    # SQLite folds the case of English letters alone, so äiti is looked for as Äiti and ÄITI too.
    forms = {word} if word.isascii() else {word, word.capitalize(), word.upper()}
    return or_(*[text.icontains(form, autoescape=True) for form in sorted(forms)])


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
    known = _known(actor, [*matches.every, *matches.most], wanted.sort)
    sifter = Sifter(wanted)
    try:
        worth: dict[int, float] = {}
        most = [one for one in matches.most if one in known]
        if most:
            # Before any filter, so that the counts of the filters agree with each other.
            most = retrieval.best_first(engine, looked, [], most, _standing, worth)
        every = [one for one in matches.every if one in known and sifter.lets_through(known[one])]
        most = [one for one in most if sifter.lets_through(known[one])]
        numbers = [*every, *most]
        if wanted.sort != RELEVANCE:
            numbers.sort(key=lambda one: (known[one].place, one), reverse=True)
        elif not limited:
            numbers = retrieval.best_first(engine, looked, every, most, _standing, worth)
    except SearchUnavailableError:
        plain = Looked(looked.query, Matches(matches.every), {})
        return found(engine, actor, plain, wanted, True)
    return Found(numbers, frozenset(every), sifter.counts(len(numbers))), limited


def _known(actor: Actor, numbers: Sequence[int], sort: str) -> dict[int, Any]:
    """Give those of the ideas that the actor may see, with what they are sifted by.

    One query: what is counted has been found already, so it is not asked for once more by field.
    """
    place = [] if sort == RELEVANCE else [_ORDERS.get(sort, Idea.id).label("place")]
    rows = db.session.execute(
        select(*sifted_by(), Idea.id, *place).where(among(Idea.id, numbers), visible_to(actor))
    ).all()
    return {row.id: row for row in rows}


def _standing(numbers: Collection[int]) -> dict[int, Standing]:
    """Give what of these ideas nudges their places."""
    rows = db.session.execute(
        select(Idea.id, Idea.published_at, Idea.support_count).where(among(Idea.id, numbers))
    )
    return {number: Standing(published_at, supports) for number, published_at, supports in rows}


def _why(rows: Sequence[IdeaRow], query: Query) -> dict[int, Why]:
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
            query,
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
