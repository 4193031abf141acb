"""Moving a comment from one status to another, and with it the idea's counter; only here."""

from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from innovation.comments.events import CommentHidden, CommentPublished
from innovation.comments.lifecycle import MOVES, Visibility
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.ideas.counters import hold_head
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
    db.session.flush()
    known = db.session.identity_map.get(identity_key(Idea, idea_id))
    alone = known is not None and known.merged_into_id is None
    waiting = sorted({idea_id} if alone else {idea_id, hold_head(idea_id) or idea_id})
    done = set()
    while waiting:
        number = waiting.pop(0)
        counted = db.session.connection().execute(_STEP, {"number": number, "step": step})
        head = _put(number, counted)
        done.add(number)
        if head is not None and head not in {*done, *waiting}:
            waiting.append(head)  # it was merged after it had been read
        record(IdeaChanged(number, in_lists=False))


def set_counter(idea_id: int, value: int) -> None:
    """Set the counter to what was counted."""
    db.session.flush()
    _put(idea_id, db.session.connection().execute(_SET, {"number": idea_id, "counted": value}))


def _put(idea_id: int, written: Any) -> int | None:
    """Let the idea, where it has been read, say what stands in the database now.

    Gives what it was merged into.
    """
    known = db.session.identity_map.get(identity_key(Idea, idea_id))
    counted = written.first()
    if known is not None and counted is not None:
        set_committed_value(known, "comment_count", counted.comment_count)
        set_committed_value(known, "version", counted.version)
    return counted.merged_into_id if counted is not None else None


_NUMBER = Idea.id == bindparam("number")
_COUNTED = (
    update(Idea).where(_NUMBER).returning(Idea.comment_count, Idea.version, Idea.merged_into_id)
)
# In the database itself, so that nobody's step is lost.
_STEP = _COUNTED.values(
    {Idea.comment_count: Idea.comment_count + bindparam("step"), Idea.version: Idea.version + 1}
)
_SET = _COUNTED.values({Idea.comment_count: bindparam("counted"), Idea.version: Idea.version + 1})
