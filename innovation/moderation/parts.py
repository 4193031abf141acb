"""Decisions on what belongs to an idea: its changed texts, its comments, and reports."""

from innovation.comments import actions as comments
from innovation.comments.models import Comment
from innovation.comments.reports import DISMISSED, resolve_reports
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.ideas.actions import apply_revision
from innovation.ideas.events import IdeaMoved
from innovation.ideas.models import Idea, Revision
from innovation.ideas.moves import hold, move_visibility
from innovation.ideas.queries import place_to_return
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.actions import check_reason, check_rule, in_time, take
from innovation.moderation.recusals import refuse_recused
from innovation.moderation.undo import undoable

_CHANGED = _("The comment has changed meanwhile. Look at it again.")


def accept_revision(
    actor: Actor, idea: Idea, revision: Revision, *, seen: int | None = None
) -> None:
    """Make a waiting text the one that is shown."""
    if not take(actor, idea, seen, (Kind.EDITED,)):
        return
    _still_waits(revision)
    with undoable(actor, "accept_edit", idea):
        apply_revision(idea, revision)
        revision.decided_at = clock.now()
        others = idea.support_count + idea.comment_count > 0
        entry = add_entry(actor, idea, Kind.EDITED, revision_id=revision.id, public=others)
        record(IdeaMoved(idea.id, entry.id))


def decline_revision(
    actor: Actor, idea: Idea, revision: Revision, reason: str, *, seen: int | None = None
) -> None:
    """Keep the text that is shown; the author reads why."""
    check_reason(reason)
    if not take(actor, idea, seen, (Kind.EDIT_DECLINED,)):
        return
    _still_waits(revision)
    with undoable(actor, "decline_edit", idea):
        revision.state = "declined"
        revision.decided_at = clock.now()
        entry = add_entry(
            actor, idea, Kind.EDIT_DECLINED, revision_id=revision.id, reason=reason, public=False
        )
        record(IdeaMoved(idea.id, entry.id))


def publish_comment(actor: Actor, comment: Comment, *, seen: str | None = None) -> None:
    """Let everybody read a comment. Safe to repeat.

    seen: what `as_seen` gave when the moderator read it; with it a decision that comes after
    another's, or on other words, raises ConflictError instead, here and when hiding.
    """
    authorize(actor, "comment:moderate", comment)
    refuse_recused(actor, _idea_of(comment))
    _still_as_seen(comment, seen, {"public"})
    with undoable(actor, "publish_comment", _idea_of(comment), comment=comment):
        comments.publish_comment(actor, comment)


def hide_comment(
    actor: Actor, comment: Comment, rule: str, reason: str, *, seen: str | None = None
) -> None:
    """Hide a comment by a rule; a stub with the rule stays where others saw it. Safe to repeat."""
    authorize(actor, "comment:moderate", comment)
    refuse_recused(actor, _idea_of(comment))
    check_rule(rule)
    check_reason(reason)
    if not _still_as_seen(comment, seen, {"hidden", "declined"}):
        return
    with undoable(actor, "hide_comment", _idea_of(comment), comment=comment, rule=rule):
        comments.hide_comment(actor, comment, rule, reason)


def as_seen(comment: Comment) -> str:
    """Give what tells whether a comment is still what somebody read: where it is, and its words."""
    edited = comment.edited_at
    return comment.visibility if edited is None else f"{comment.visibility} {edited.isoformat()}"


def dismiss_report(
    actor: Actor,
    idea: Idea,
    comment: Comment | None,
    reason: str,
    *,
    seen: int | str | None = None,
) -> None:
    """Leave a reported text as it is; one that waited for this is shown again. Safe to repeat.

    seen: the last entry of the idea's timeline, or what `as_seen` gave of the comment.
    """
    authorize(actor, "idea:moderate", idea)
    refuse_recused(actor, idea)
    check_reason(reason)
    if comment is not None:
        hold(comment)  # before its idea, as everywhere, so that no two wait for each other
    hold(idea)
    waits = (comment or idea).visibility == "waiting"
    # Its author may have written something else meanwhile.
    if comment is None and waits and not isinstance(seen, str):
        in_time(actor, idea, seen, ())
    if comment is not None and waits and seen not in (None, as_seen(comment)):
        raise ConflictError(_CHANGED)
    with undoable(actor, "dismiss_report", idea, comment=comment):
        _dismiss(actor, idea, comment, reason, waits)


def _dismiss(actor: Actor, idea: Idea, comment: Comment | None, reason: str, waits: bool) -> None:
    if not resolve_reports(actor, idea.id, comment.id if comment else None, DISMISSED):
        return
    if comment is not None and waits:
        comments.publish_comment(actor, comment)
    place = place_to_return(idea.id) if comment is None and waits else None
    if place is not None:
        move_visibility(actor, idea, place, Kind.RESTORED, reason=reason)
        return
    add_entry(
        actor,
        idea,
        Kind.REPORT_DISMISSED,
        comment_id=comment.id if comment else None,
        reason=reason,
        public=False,
    )


def _idea_of(comment: Comment) -> Idea:
    return db.session.get_one(Idea, comment.idea_id)


def _still_waits(revision: Revision) -> None:
    hold(revision)
    if revision.state != "waiting":
        raise ConflictError(_("This text no longer waits. Look at the idea again."))


def _still_as_seen(comment: Comment, seen: str | None, targets: set[str]) -> bool:
    """Hold the comment; False when it is already where the decision would bring it."""
    hold(comment)
    if comment.visibility in targets:
        return False
    if seen not in (None, as_seen(comment)):
        raise ConflictError(_CHANGED)
    return True
