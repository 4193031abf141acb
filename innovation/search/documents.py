"""Rows to documents: what of an idea a nameless visitor may read, as terms for the index."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from innovation import language
from innovation.answers.queries import said_in_answers
from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.core import transaction
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_to
from innovation.language.kept import KeptOf
from innovation.search.engine import Document, Placed
from innovation.search.meaning import sentences, terms_of
from innovation.search.sayings import Ways

_AT_ONCE = 200
# A phrase does not reach from one comment into the next.
_GAP = 100
# So many words of texts are kept with what they have.
_MOST_WORDS = 40_000
_HYPHENS = frozenset("-\u2010\u2011")
# One that does not stand inside a word.
_LOOSE_HYPHEN = re.compile(r"[-\u2010\u2011](?:(?<![^\W_].)|(?![^\W_]))", re.DOTALL)

_ANSWERED_IN = frozenset({"fi", "sv"})

# Made once each: that takes as long as reading a page of ideas.
_SAID = (
    select(Comment.idea_id, Comment.text, Comment.language, Comment.visibility)
    .where(Comment.idea_id.in_(bindparam("numbers", expanding=True)))
    .order_by(Comment.id)
)

_BRIEFS = select(Idea.id, Idea.in_brief).where(
    Idea.id.in_(bindparam("numbers", expanding=True)), Idea.in_brief != ""
)

_WRITTEN = select(
    Idea.id,
    Idea.language,
    Idea.title,
    Idea.text,
    Idea.what_helps,
    Idea.in_brief,
    visible_to(Nobody()).label("seen"),
).where(Idea.id.in_(bindparam("numbers", expanding=True)))

# A text and its language.
Said = tuple[str, str]
# A term, its weight, and whether it stands as a whole word.
Had = tuple[str, float, bool]


class _Had(NamedTuple):
    """What one word has: its terms, itself as written, and its base form."""

    terms: tuple[Had, ...]
    written: str
    base_form: str


class _Read(NamedTuple):
    """What one text has: the terms of each word, its words as written, and their base forms.

    found: the words as the analysis gives them, with where they stand.
    """

    terms: tuple[tuple[Had, ...], ...]
    found: Sequence[tuple[int, int, Ways]]
    written: frozenset[str]
    base_forms: frozenset[str]


def documents_of(numbers: Collection[int]) -> Iterator[Document]:
    """Give the documents of those of these ideas that everybody may read, as they are now."""
    with transaction.reading():
        rows = _rows_of(numbers)
    for idea, comments in rows:
        said = _said_in(idea)
        if comments:
            said["comments"] = comments
        yield document_of(idea.id, _stamp(idea, comments), said)


def document_of(number: int, stamp: str, said: Mapping[str, Sequence[Said]]) -> Document:
    """Make a document of texts by the names of their fields, those of Document.fields."""
    analyser = language.analyser()
    read = {name: [_read(*one, analyser) for one in pieces] for name, pieces in said.items()}
    fields = {name: _placed(pieces) for name, pieces in read.items()}
    words = _words(one for pieces in read.values() for one in pieces)
    # What others say about it may be about something else.
    own = tuple(one for name, pieces in said.items() if name != "comments" for one in pieces)
    return Document(number, stamp, fields, words, _meaning(own, analyser))


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
    rows = db.session.connection().execute(_SAID, {"numbers": list(numbers)})
    # Sifted here: asked for as well, the visibility misleads SQLite into reading every comment.
    for number, text, code, visibility in rows:
        if visibility == CommentVisibility.PUBLIC:
            yield number, text, code


def public_answers(tongues: Mapping[int, str]) -> Iterator[tuple[int, str, str]]:
    """Give idea, text and language of the answers to these ideas, oldest first.

    tongues: the languages of the ideas. Swedish is answered in Swedish, all else in Finnish.
    """
    for number, text in said_in_answers(tongues):
        yield number, text, tongues[number] if tongues[number] in _ANSWERED_IN else "fi"


def texts_of(numbers: Collection[int]) -> dict[int, list[Said]]:
    """Give the texts of those of these ideas that everybody may read, and what was said there."""
    return {
        idea.id: [piece for pieces in _said_in(idea).values() for piece in pieces] + comments
        for idea, comments in _rows_of(numbers)
    }


def briefs_of(numbers: Collection[int]) -> dict[int, str]:
    """Give the Finnish words under texts in other languages, of those ideas that have some."""
    rows = db.session.connection().execute(_BRIEFS, {"numbers": list(numbers)})
    return {number: brief for number, brief in rows}  # noqa: C416 - rows are no pairs to mypy


def words_in(texts: Iterable[Said]) -> dict[str, bool]:
    """Give the words of texts in small letters, and their base forms; true for what stands so."""
    analyser = language.analyser()
    return _words(_read(text, code, analyser) for text, code in texts)


def _rows_of(numbers: Collection[int]) -> list[tuple[Any, list[Said]]]:
    rows = db.session.connection().execute(_WRITTEN, {"numbers": list(numbers)})
    ideas = [idea for idea in rows if idea.seen]
    said: dict[int, list[Said]] = defaultdict(list)
    for number, text, code in public_comments([idea.id for idea in ideas]):
        said[number].append((text, code))
    for number, text, code in public_answers({idea.id: idea.language for idea in ideas}):
        said[number].append((text, code))
    return [(idea, said.get(idea.id, [])) for idea in ideas]


def _said_in(idea: Any) -> dict[str, list[Said]]:
    """Give the texts of an idea by the names of their fields, those that say something."""
    code = idea.language
    texts = {
        "title": [(idea.title, code)],
        "text": [(idea.text, code), (idea.in_brief, "fi")],
        "helps": [(idea.what_helps, code)],
    }
    said = {name: [one for one in pieces if one[0]] for name, pieces in texts.items()}
    return {name: pieces for name, pieces in said.items() if pieces}


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
    texts = [idea.language, idea.title, idea.text, idea.what_helps, idea.in_brief]
    texts += [piece for comment in comments for piece in comment]
    return blake2b("\0".join(texts).encode(), digest_size=9).hexdigest()


def _placed(texts: Iterable[_Read]) -> tuple[Placed, ...]:
    """Give the terms of texts one after the other."""
    placed: list[Placed] = []
    made = tuple.__new__  # there are millions, and the ordinary way is twice as long
    first = last = 0
    for one in texts:
        for place, terms in enumerate(one.terms, start=first + 1):
            placed += [made(Placed, (text, place, weight, whole)) for text, weight, whole in terms]
        if one.terms:
            last = first + len(one.terms)
        first = (last or first) + _GAP
    return tuple(placed)


def _words(texts: Iterable[_Read]) -> dict[str, bool]:
    written: set[str] = set()
    base_forms: set[str] = set()
    for one in texts:
        written |= one.written
        base_forms |= one.base_forms
    return dict.fromkeys(base_forms, False) | dict.fromkeys(written, True)


@lru_cache(maxsize=1_000)
def _read(text: str, code: str, _analyser: str) -> _Read:
    """Give terms and words of one text; kept, since most texts of a discussion do not change."""
    found = list(language.index_words(text, code))
    had = _hads.each([ways for _start, _end, ways in found])
    whole = had
    if _LOOSE_HYPHEN.search(text):
        # What hangs on a hyphen is a piece of a word: ihmis- ja palvelukeskus.
        whole = [
            one
            for one, (start, end, _ways) in zip(had, found, strict=True)
            if _HYPHENS.isdisjoint((text[start - 1 : start], text[end : end + 1]))
        ]
    return _Read(
        tuple([one.terms for one in had]),
        found,
        frozenset([one.written for one in whole]),
        frozenset([one.base_form for one in whole if one.base_form]),
    )


@lru_cache(maxsize=1_000)
def _meaning(texts: tuple[Said, ...], analyser: str) -> Mapping[str, float]:
    """Give what an idea is about; kept, since its own texts are the same after each comment."""
    together: dict[str, list[Sequence[Ways]]] = defaultdict(list)
    for text, code in texts:
        together[code] += sentences(text, _read(text, code, analyser).found)
    return terms_of(together.values())


def _had(ways: Ways) -> _Had:
    """Give each term of a word once, with its first weight, and its base form or ""."""
    terms: dict[str, Had] = {}
    for text, kind, weight in ways:
        _text, known, whole = terms.get(text, (text, weight, False))
        terms[text] = (text, known, whole or kind != "part")
    base_forms = {text for text, kind, _weight in ways if kind == "lemma"}
    # Of several possible base forms some are not meant, and nobody knows which.
    base_form = base_forms.pop() if len(base_forms) == 1 else ""
    return _Had(tuple(terms.values()), ways[0][0], base_form)


_hads: KeptOf[Ways, _Had] = KeptOf(_had, _MOST_WORDS)
