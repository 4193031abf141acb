"""Searching without any index: the words as they were typed, in the texts themselves."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from innovation.answers.models import Answer
from innovation.comments.lifecycle import Visibility
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_to
from innovation.search.engine import MOST_HITS

# Each word reads every text, so only some are looked for.
_MOST_WORDS = 6


def plainly_found(typed: Sequence[str]) -> list[int]:
    """Give the ideas that have all of the words as they were typed, topical ones first."""
    words = typed[:_MOST_WORDS]
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
        Comment.visibility == Visibility.PUBLIC, _holds(Comment.text, word)
    )
    answered = select(Answer.idea_id).where(_holds(Answer.text, word))
    texts = (Idea.title, Idea.text, Idea.what_helps)
    return or_(*[_holds(text, word) for text in texts], Idea.id.in_(said), Idea.id.in_(answered))


def _holds(text: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    # SQLite folds the case of English letters alone, so äiti is looked for as Äiti and ÄITI too.
    forms = {word} if word.isascii() else {word, word.capitalize(), word.upper()}
    return or_(*[text.icontains(form, autoescape=True) for form in sorted(forms)])
