"""Rows to documents: what of an idea a nameless visitor may read, as terms for the index."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import func, select

from innovation import language
from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.core import transaction
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_to
from innovation.search.engine import Document, Placed

_AT_ONCE = 200
# A phrase does not reach from one comment into the next.
_GAP = 100


def documents_of(numbers: Collection[int]) -> Iterator[Document]:
    """Give the documents of those of these ideas that everybody may read, as they are now."""
    with transaction.reading():
        ideas = db.session.execute(
            select(
                Idea.id, Idea.reference, Idea.language, Idea.title, Idea.text, Idea.what_helps
            ).where(Idea.id.in_(numbers), visible_to(Nobody()))
        ).all()
        comments = _comments_of([idea.id for idea in ideas])
    for idea in ideas:
        texts = {"title": idea.title, "text": idea.text, "helps": idea.what_helps}
        fields = {name: _placed([(text, idea.language)]) for name, text in texts.items() if text}
        if idea.id in comments:
            fields["comments"] = _placed(comments[idea.id])
        yield Document(idea.id, idea.reference, fields)


def every_document() -> Iterator[Document]:
    """Give all documents, some hundred ideas at a time, so that no reading lasts long."""
    last = 0
    while numbers := _numbers_after(last):
        yield from documents_of(numbers)
        last = numbers[-1]


def readable_numbers() -> set[int]:
    """Give the numbers of all ideas that belong into the index."""
    return set(db.session.scalars(select(Idea.id).where(visible_to(Nobody()))))


def count_readable() -> int:
    """Give how many ideas belong into the index."""
    wanted = select(func.count()).select_from(Idea).where(visible_to(Nobody()))
    return db.session.scalar(wanted) or 0


def _numbers_after(last: int) -> list[int]:
    with transaction.reading():
        return list(
            db.session.scalars(
                select(Idea.id)
                .where(visible_to(Nobody()), Idea.id > last)
                .order_by(Idea.id)
                .limit(_AT_ONCE)
            )
        )


def public_comments(numbers: Collection[int]) -> Iterator[tuple[int, str, str]]:
    """Give idea, text and language of the public comments on these ideas, oldest first."""
    rows = db.session.execute(
        select(Comment.idea_id, Comment.text, Comment.language, Comment.visibility)
        .where(Comment.idea_id.in_(numbers))
        .order_by(Comment.id)
    )
    # Sifted here: asked for as well, the visibility misleads SQLite into reading every comment.
    for number, text, code, visibility in rows:
        if visibility == CommentVisibility.PUBLIC:
            yield number, text, code


def _comments_of(numbers: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    comments: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for number, text, code in public_comments(numbers):
        comments[number].append((text, code))
    return comments


def _placed(texts: Iterable[tuple[str, str]]) -> tuple[Placed, ...]:
    """Give the terms of texts, each with its language, one after the other."""
    placed: list[Placed] = []
    place = 0
    for text, code in texts:
        start = -1
        for term in language.index_terms(text, code):
            if term.start != start:
                start = term.start
                place += 1
            placed.append(Placed(term.text, place, term.weight))
        place += _GAP
    return tuple(placed)
