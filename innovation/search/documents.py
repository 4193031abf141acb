"""Rows to documents: what of an idea a nameless visitor may read, as terms for the index."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from typing import Any

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
_HYPHENS = frozenset("-\u2010\u2011")

# A text and its language.
Said = tuple[str, str]


def documents_of(numbers: Collection[int]) -> Iterator[Document]:
    """Give the documents of those of these ideas that everybody may read, as they are now."""
    with transaction.reading():
        rows = _rows_of(numbers)
    for idea, comments in rows:
        texts = {"title": idea.title, "text": idea.text, "helps": idea.what_helps}
        said = {name: [(text, idea.language)] for name, text in texts.items() if text}
        if comments:
            said["comments"] = comments
        fields = {name: _placed(pieces) for name, pieces in said.items()}
        words = words_in(piece for pieces in said.values() for piece in pieces)
        yield Document(idea.id, _stamp(idea, comments), fields, words)


def every_document() -> Iterator[Document]:
    """Give all documents, some hundred ideas at a time, so that no reading lasts long."""
    last = 0
    while numbers := _numbers_after(last):
        yield from documents_of(numbers)
        last = numbers[-1]


def stamps() -> dict[int, str]:
    """Give the stamp of every document that belongs into the index, without making any."""
    found: dict[int, str] = {}
    last = 0
    while numbers := _numbers_after(last):
        with transaction.reading():
            found |= {idea.id: _stamp(idea, comments) for idea, comments in _rows_of(numbers)}
        last = numbers[-1]
    return found


def readable_numbers() -> set[int]:
    """Give the numbers of all ideas that belong into the index."""
    return set(db.session.scalars(select(Idea.id).where(visible_to(Nobody()))))


def count_readable() -> int:
    """Give how many ideas belong into the index."""
    wanted = select(func.count()).select_from(Idea).where(visible_to(Nobody()))
    return db.session.scalar(wanted) or 0


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


def texts_of(numbers: Collection[int]) -> dict[int, list[Said]]:
    """Give the texts of those of these ideas that everybody may read, and what was said there."""
    return {
        idea.id: [
            (text, idea.language) for text in (idea.title, idea.text, idea.what_helps) if text
        ]
        + comments
        for idea, comments in _rows_of(numbers)
    }


def words_in(texts: Iterable[Said]) -> dict[str, bool]:
    """Give the words of texts in small letters, and their base forms; true for what stands so."""
    words: dict[str, bool] = {}
    for text, code in texts:
        for word, as_written in _read(text, code, language.analyser())[1]:
            words[word] = as_written or words.get(word, False)
    return words


def _rows_of(numbers: Collection[int]) -> list[tuple[Any, list[Said]]]:
    ideas = db.session.execute(
        select(Idea.id, Idea.language, Idea.title, Idea.text, Idea.what_helps).where(
            Idea.id.in_(numbers), visible_to(Nobody())
        )
    ).all()
    comments: dict[int, list[Said]] = defaultdict(list)
    for number, text, code in public_comments([idea.id for idea in ideas]):
        comments[number].append((text, code))
    return [(idea, comments.get(idea.id, [])) for idea in ideas]


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


def _stamp(idea: Any, comments: Sequence[Said]) -> str:
    texts = [idea.language, idea.title, idea.text, idea.what_helps]
    texts += [piece for comment in comments for piece in comment]
    return blake2b("\0".join(texts).encode(), digest_size=9).hexdigest()


def _placed(texts: Iterable[Said]) -> tuple[Placed, ...]:
    """Give the terms of texts one after the other."""
    placed: list[Placed] = []
    first = 0
    for text, code in texts:
        terms = _read(text, code, language.analyser())[0]
        placed += (
            [Placed(text, first + place, weight, whole) for text, place, weight, whole in terms]
            if first
            else terms
        )
        first = (placed[-1].place if placed else first) + _GAP
    return tuple(placed)


@lru_cache(maxsize=1_000)
def _read(
    text: str, code: str, _analyser: str
) -> tuple[tuple[Placed, ...], tuple[tuple[str, bool], ...]]:
    """Give terms and words of one text; kept, since most texts of a discussion do not change."""
    placed: list[Placed] = []
    words: dict[str, bool] = {}
    for place, terms in enumerate(_by_place(language.index_terms(text, code)), start=1):
        placed += [Placed(one.text, place, one.weight, one.kind != "part") for one in terms]
        first = terms[0]
        # What hangs on a hyphen is a piece of a word: ihmis- ja palvelukeskus.
        if _HYPHENS.isdisjoint(
            (text[first.start - 1 : first.start], text[first.end : first.end + 1])
        ):
            base_forms = {one.text for one in terms if one.kind == "lemma"}
            # Of several possible base forms some are not meant, and nobody knows which.
            if len(base_forms) == 1:
                words.setdefault(base_forms.pop(), False)
            words[first.text] = True
    return tuple(placed), tuple(words.items())


def _by_place(terms: Iterable[language.Term]) -> Iterator[list[language.Term]]:
    """Give the terms of each word together, the word as written first."""
    for _start, group in groupby(terms, key=attrgetter("start")):
        yield list(group)
