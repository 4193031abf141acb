"""Moving a comment from one status to another, and with it the idea's counter; only here."""

from typing import Any

from sqlalchemy import select, update

from innovation.comments.events import CommentHidden, CommentPublished
from innovation.comments.lifecycle import MOVES, Visibility
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.ideas.events import IdeaChanged
from innovation.ideas.models import Idea
from innovation.ideas.moves import NEVER_SHOWN
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind, add_entry


def move(actor: Actor, comment: Comment, target: Visibility, **values: Any) -> None:
    """Change who can see a comment, once, even when two try at the same time.

    Raises ConflictError when no such move exists from where the comment is now, and for an urgent
    one that would be shown. Raises ForbiddenError.
    """
    source = Visibility(comment.visibility)
    gone = ConflictError(_("The comment has changed meanwhile. Look at it again."))
    permission = MOVES.get((source, target))
    if permission is None:
        raise gone
    authorize(actor, permission, comment)
    if target == Visibility.PUBLIC and values.get("risk", comment.risk) == Risk.URGENT:
        raise ConflictError(NEVER_SHOWN)
    if not change(comment, source, visibility=target, decided_at=clock.now(), **values):
        raise gone
    if target == Visibility.PUBLIC:
        now_public(comment)
    elif source == Visibility.PUBLIC:
        _step_counters(comment.idea_id, -1)


def was_seen(comment: Comment) -> bool:
    """Tell whether others have been able to read it: then a stub stays when it goes."""
    return comment.decided_at is not None


def put_away(actor: Actor, comment: Comment, rule: str, reason: str = "") -> None:
    """Hide a comment, or decline one that others never saw, with its entry in the timeline.

    Again with another rule it corrects the rule.
    """
    if comment.visibility in {Visibility.HIDDEN, Visibility.DECLINED}:
        if comment.rule == rule:
            return
        change(comment, rule=rule)
    else:
        target = Visibility.HIDDEN if was_seen(comment) else Visibility.DECLINED
        move(actor, comment, target, rule=rule)
    entry = add_entry(
        actor,
        db.session.get_one(Idea, comment.idea_id),
        Kind.COMMENT_HIDDEN,
        comment_id=comment.id,
        rule=rule,
        reason=reason,
        public=comment.visibility == Visibility.HIDDEN,
    )
    record(CommentHidden(comment.id, comment.idea_id, entry.id))


def change(comment: Comment, source: Visibility | None = None, **values: Any) -> bool:
    """Write to the comment's row; false when it is no longer in `source`."""
    statement = update(Comment).where(Comment.id == comment.id)
    if source is not None:
        statement = statement.where(Comment.visibility == source)
    came = db.session.execute(
        statement.values(**values)
        .returning(Comment.id)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.expire(comment)
    return came is not None


def now_public(comment: Comment) -> None:
    """Count a comment that everybody can read from now on, and tell whom it concerns."""
    _step_counters(comment.idea_id, 1)
    record(CommentPublished(comment.id, comment.idea_id))


def _step_counters(idea_id: int, step: int) -> None:
    """Move the counter of the idea, and of the one that it was merged into."""
    head = db.session.scalar(select(Idea.merged_into_id).where(Idea.id == idea_id))
    for number in sorted({idea_id, head or idea_id}):
        set_counter(number, Idea.comment_count + step)
        record(IdeaChanged(number))


def set_counter(idea_id: int, value: Any) -> None:
    """Set the counter in the database itself, so that nobody's step is lost."""
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea_id)
        .values(comment_count=value, version=Idea.version + 1)
        .execution_options(synchronize_session=False)
    )
    known = db.session.get(Idea, idea_id)
    if known is not None:
        db.session.expire(known, ["comment_count", "version"])
