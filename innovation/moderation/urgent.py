"""Texts that tell of somebody in danger: what was done is written down, or it was nothing."""

from sqlalchemy import select

from innovation.comments.actions import seen_in as seen_in_comment
from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.comments.moves import change, move
from innovation.comments.reports import UPHELD, resolve_reports
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.drafts import draft_of
from innovation.ideas.events import IdeaChanged
from innovation.ideas.inspecting import look
from innovation.ideas.lifecycle import Handling
from innovation.ideas.models import Idea, Revision
from innovation.ideas.moves import hold, move_handling
from innovation.ideas.publishing import seen_in
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.actions import take
from innovation.moderation.parts import as_seen
from innovation.moderation.recusals import refuse_recused
from innovation.moderation.undo import undoable

LONGEST_RECORD = 1_000


def is_urgent(idea: Idea) -> bool:
    """Tell whether the idea, or its text that waits, tells of danger and nobody has acted yet."""
    own = idea.risk == Risk.URGENT and idea.handling != Handling.PASSED_ON
    return own or _urgent_text(idea) is not None


def is_urgent_comment(comment: Comment) -> bool:
    """Tell whether the comment tells of danger and nobody has acted yet."""
    return comment.risk == Risk.URGENT and comment.visibility == CommentVisibility.WAITING


def record_act(actor: Actor, idea: Idea, words: str, *, seen: int | None = None) -> None:
    """Write down what was done for somebody in danger; the text leaves the list and is never shown.

    The words are for moderators: its author reads only that it was acted on. seen: as in
    `publish_idea`. Raises RuleBrokenError at "words", ConflictError and ForbiddenError.
    """
    _check(words)
    if not take(actor, idea, seen, (Kind.URGENT,)):
        return
    text = _still_urgent(idea)
    with undoable(actor, "urgent", idea):
        if text is not None:
            text.state, text.decided_at = "declined", clock.now()
        if idea.risk == Risk.URGENT and idea.handling != Handling.PASSED_ON:
            move_handling(actor, idea, Handling.PASSED_ON, Kind.PASSED_ON, public=False)
        add_entry(actor, idea, Kind.URGENT, reason=words, public=False)
        resolve_reports(actor, idea.id, None, UPHELD)
        record(IdeaChanged(idea.id))


def mark_not_urgent(actor: Actor, idea: Idea, *, seen: int | None = None) -> None:
    """Find that nobody is in danger: the text goes the ordinary way, with what else was marked.

    Raises ConflictError and ForbiddenError.
    """
    if not take(actor, idea, seen, (Kind.URGENT,)):
        return
    text = _still_urgent(idea)
    with undoable(actor, "not_urgent", idea):
        if idea.risk == Risk.URGENT:
            idea.risk = seen_in(draft_of(idea)).calm_risk
        if text is not None:
            said = {"text": text.text, "what_helps": text.what_helps, "title": text.title}
            text.risk = look(said, idea.language).calm_risk
        record(IdeaChanged(idea.id))


def record_act_on_comment(
    actor: Actor, comment: Comment, words: str, *, seen: str | None = None
) -> None:
    """Do the same for a comment: only its writer sees it from now on. seen: as in `parts`."""
    _check(words)
    idea = _held(actor, comment, seen)
    if not is_urgent_comment(comment):
        return
    with undoable(actor, "urgent", idea, comment=comment):
        move(actor, comment, CommentVisibility.DECLINED)
        add_entry(actor, idea, Kind.URGENT, comment_id=comment.id, reason=words, public=False)


def mark_comment_not_urgent(actor: Actor, comment: Comment, *, seen: str | None = None) -> None:
    """Find that nobody is in danger: the comment waits the ordinary way."""
    idea = _held(actor, comment, seen)
    if not is_urgent_comment(comment):
        return
    with undoable(actor, "not_urgent", idea, comment=comment):
        change(comment, risk=int(seen_in_comment(comment.text, comment.language).calm_risk))


def _held(actor: Actor, comment: Comment, seen: str | None) -> Idea:
    authorize(actor, "comment:moderate", comment)
    idea = db.session.get_one(Idea, comment.idea_id)
    refuse_recused(actor, idea)
    hold(comment)
    if is_urgent_comment(comment) and seen not in (None, as_seen(comment)):
        raise ConflictError(_("The comment has changed meanwhile. Look at it again."))
    return idea


def _check(words: str) -> None:
    if not words:
        raise RuleBrokenError(_("Write what was done, and who was told."), "words")
    refuse_long(LONGEST_RECORD, words=words)
    refuse_identity_codes(words=words)


def _still_urgent(idea: Idea) -> Revision | None:
    """Give its urgent text that waits, if there is one. Raises ConflictError when nothing is."""
    if not is_urgent(idea):
        raise ConflictError(_("This is no longer marked as urgent. Look at the idea again."))
    return _urgent_text(idea)


def _urgent_text(idea: Idea) -> Revision | None:
    return db.session.scalar(
        select(Revision)
        .where(
            Revision.idea_id == idea.id,
            Revision.state == "waiting",
            Revision.risk == Risk.URGENT,
        )
        .limit(1)
    )
